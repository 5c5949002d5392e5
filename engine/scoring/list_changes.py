"""Two score tables of one moment in; whose first offers differ between them, and why, out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.claims import kind
from engine.explain.evidence import asked_of
from engine.explain.signals.answers import claim_of
from engine.figures import count, figure
from engine.labels import PART_LABELS
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals.answers import AnswerModel
from engine.results import ListChanges
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import LISTS

NAMED: Final = 5
"""Customers who are named of those whose first offer one person's answers change."""
MOST: Final = 200
"""Changed first offers that are told one by one; all are counted."""
COLUMNS: Final = (
    "customer_id", "customer", "list", "before", "after",
    "rank_before", "rank_after", "part", "by", "why",
)  # fmt: skip


@kind
def passed(part: str, by: float, lead: float) -> str:
    """How far one offer came before another, and what the part that moved most adds to that."""
    return f"{part} moved it by {figure(by)} of {figure(lead)} points"


@kind
def changed(n: int, n_customers: int, before: str, after: str) -> str:
    """How many first offers are others."""
    if not n:
        return f"No first offer of {n_customers:,} is another with {after} than with {before}"
    who = f"{n:,} of {n_customers:,} customers get another first offer"
    return f"{who} with {after} than with {before}"


@kind
def by_answers(actor: str, n: int, n_no: int, n_later: int, n_changed: int) -> str:
    """What the answers of one person changed by themselves; `n_later` were "Not now"."""
    if n_no == n:
        what = count(n, "answer that says no", "answers that say no")
    elif n_later == n:
        what = count(n, "offer postponed", "offers postponed")
    elif not n_no and not n_later:
        what = count(n, "yes", "yeses")
    else:
        what = count(n, "answer")
    if not n_changed:
        return f"{actor}: {what}, which by themselves change no first offer"
    changes = "changes" if n == 1 else "change"
    return f"{actor}: {what} by themselves {changes} {count(n_changed, 'first offer')}"


@kind
def came(after: str) -> str:
    """A first offer where there was none."""
    return f"{after} is offered where nothing was before"


@kind
def went(before: str) -> str:
    """No first offer where there was one."""
    return f"{before} is no longer offered, and nothing in its place"


def with_model(table: ScoreTable, model: Model) -> ScoreTable:
    """The same customers, settings and moment under another model; scores nobody yet."""
    snapshot = table.snapshot
    signals = replace(snapshot.signals, learned=model.learned)
    changed = replace(snapshot, signals=signals, ranker=Ranker(signals, model))
    return ScoreTable(changed, table.now)


def changes(old: ScoreTable, new: ScoreTable) -> ListChanges:
    """Whose first offers differ, the part of the score that moved most, and what it rests on."""
    before, after = old.first_offers.products, new.first_offers.products
    rows = np.flatnonzero(before != after)
    told = rows[:MOST]
    return ListChanges(
        before=old.version,
        after=new.version,
        n_customers=len(before),
        n_changed=len(rows),
        rows=_told(old, new, told, before[told], after[told]),
    )


def said(found: ListChanges) -> tuple[str, ...]:
    """It all in sentences."""
    n, people = found.n_changed, found.by_person.itertuples(index=False)
    told = [changed(n=n, n_customers=found.n_customers, before=found.before, after=found.after)]
    told += [
        by_answers(
            actor=p.actor, n=p.n_answers, n_no=p.n_no, n_later=p.n_later, n_changed=p.n_changed
        )
        for p in people
    ]
    return tuple(f"{claim.text}." for claim in told)


def counted_by_person(
    new: ScoreTable,
    before: AnswerModel | None,
    people: Mapping[str, tuple[int, int, int, AnswerModel | None]],
) -> pd.DataFrame:
    """How many first offers the answers of each person alone would change.

    Parameters
    ----------
    before : AnswerModel, optional
        What was learned before; with it, and all else as in `new`, theirs are compared.
    people : mapping
        Person -> how many new answers they gave, how many of them were a no and how many "Not
        now", and what would be learned of those and the answers of before alone.

    Returns
    -------
    DataFrame
        actor, n_answers, n_no, n_later, n_changed (customers with another first offer), customers
        (the first of them by name).
    """
    rows, was = [], _first(new, before)
    customers = new.bank["customers"]
    for actor, (n, n_no, n_later, model) in people.items():
        changed = np.flatnonzero(_first(new, model) != was)
        known = customers.iloc[changed[:NAMED]]
        names = known["name"].fillna(known["customer_id"]).astype("str")
        rows.append((actor, n, n_no, n_later, len(changed), ", ".join(names)))
    columns = ["actor", "n_answers", "n_no", "n_later", "n_changed", "customers"]
    return pd.DataFrame(rows, columns=columns)


def _first(table: ScoreTable, answers: AnswerModel | None) -> np.ndarray:
    """First offers if something else had been learned from answers; all else stays."""
    blend, signals = table.ranker.model.blend, table.snapshot.signals
    weight, rows = blend.weights.get("answers", 0.0), table.snapshot.all_rows
    was = signals.answered(rows)
    if not weight or was is None:
        products: np.ndarray = table.first_offers.products
        return products
    would = 0.0 if answers is None else answers.raw(signals.groups, rows)
    moved, pairs = weight * (would - was), table.pairs
    often = table.ranker.emphasis.get("answers", 1.0)
    emphasised = pairs.emphasised
    pairs = replace(
        pairs,
        blended=pairs.blended + moved,
        emphasised=None if emphasised is None else emphasised + often * moved,
    )
    first = np.full(len(rows), -1)
    opens = table.lists_that_open(rows)
    for which in LISTS:
        at = np.flatnonzero(opens == which)
        first[at] = table.top(pairs, at, which, 1)[:, 0]
    return first


def _told(
    old: ScoreTable, new: ScoreTable, rows: np.ndarray, before: np.ndarray, after: np.ndarray
) -> pd.DataFrame:
    """One row a changed first offer."""
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS))
    opens, people = new.lists_that_open(rows), new.bank["customers"]["name"]
    ids, names = new.bank.customer_ids[rows], new.bank["products"]["name"]
    places = _Places(old, rows), _Places(new, rows)
    table = []
    for at, (b, a) in enumerate(zip(before, after, strict=True)):
        part, by, why = _why(places, at, str(opens[at]), int(b), int(a), rows)
        table.append(
            {
                "customer_id": str(ids[at]),
                "customer": str(people.iloc[rows[at]]) if pd.notna(people.iloc[rows[at]]) else "",
                "list": str(opens[at]),
                "before": str(names.iloc[b]) if b >= 0 else "",
                "after": str(names.iloc[a]) if a >= 0 else "",
                "rank_before": places[0].rank(at, str(opens[at]), int(a)),
                "rank_after": places[1].rank(at, str(opens[at]), int(b)),
                "part": part,
                "by": by,
                "why": why,
            }
        )
    return pd.DataFrame(table, columns=list(COLUMNS))


class _Places:
    """Scores of some customers in one table, and where a product stands among what is allowed."""

    def __init__(self, table: ScoreTable, rows: np.ndarray):
        self.table = table
        self.scores = table.ranker.scores(rows)
        self._pairs = table.of(rows)

    def rank(self, at: int, which: str, product: int) -> float:
        """By score, from 1; NaN where the product may not be offered or is none."""
        if product < 0 or self._pairs.codes[at, product] != 0:
            return float("nan")
        rows = self.scores.rows[[at]]
        total = self.table.ordered(which, rows, self.scores.total(which)[[at]])[0]
        allowed = self._pairs.codes[at] == 0
        ahead = (total > total[product]) | (
            (total == total[product]) & (np.arange(len(total)) < product)
        )
        return float(1 + (allowed & ahead).sum())

    def parts(self, at: int, which: str, product: int) -> dict[str, float]:
        """Parts of what the order is read from."""
        return self.table.parts_ordered(which, self.scores, at, product)


def _why(
    places: tuple[_Places, _Places], at: int, which: str, before: int, after: int, rows: np.ndarray
) -> tuple[str, float, str]:
    """The part that moved the second before the first, by how much, and the claims."""
    new = places[1].table
    names = new.bank["products"]["name"]
    if before < 0:
        return "", float("nan"), came(after=str(names.iloc[after])).text
    if after < 0:
        return "", float("nan"), went(before=str(names.iloc[before])).text
    leads = [
        {n: up - down for (n, up), down in zip(
            place.parts(at, which, after).items(),
            place.parts(at, which, before).values(), strict=True)}
        for place in places
    ]  # fmt: skip
    moved = {n: leads[1].get(n, 0.0) - leads[0].get(n, 0.0) for n in leads[0] | leads[1]}
    part = max(moved, key=lambda name: moved[name])
    said = [
        passed(
            part=PART_LABELS.get(part, part),
            by=moved[part],
            lead=sum(moved.values()),
        ).text
    ]
    if part == "answers":
        for product in (after, before):
            found = asked_of(new.ranker, int(rows[at]), product)
            if found is not None:
                said.append(claim_of(found, new.bank["products"].iloc[product]).text)
    return part, moved[part], ". ".join(said)
