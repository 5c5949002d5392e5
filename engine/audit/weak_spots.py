"""Who found what on a list in; the groups for whom the lists are surely worse than for others out.

Groups are found on one half of the customers and judged on the other, so that the figure of a group
is not the one that it was chosen by.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from engine import rates
from engine.audit import slices, weak_spot_claims
from engine.audit.evaluation import SERVED, bootstrap, with_random_ties
from engine.audit.grading import Verdict
from engine.audit.metrics import per_customer
from engine.audit.slices import Condition
from engine.errors import StateError
from engine.results import IN_TIME, WeakSpots
from engine.settings import FairnessSettings, WeakSpotsSettings

FILE: Final = "weak_spots.json"
NO_REPORT: Final = "This version was made before its weak spots were looked for. Retrain it."
NOBODY: Final = "Nothing shows how good the lists are, so nobody for whom they fail can be named."
K: Final = 3
"""Places of a list that count."""
ENTRY: Final = 0.05
"""One-sided chance below which a group stands out where it is looked for (own choice)."""
MOST_TRIED: Final = 5_000
"""Groups that are compared with those listed before them, the surest first (own choice)."""
_HALVES: Final = 31
"""Draws of its own for the two halves."""
POPULAR: Final = "popular"


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What became of the lists of the customers who are judged, and what was known of them.

    Attributes
    ----------
    hit : ndarray of bool, shape (n,)
        What was taken next stood among the first `K`.
    reciprocal : ndarray of shape (n,)
        1 / place of the first of it.
    popular : ndarray of bool, shape (n,)
        The same as `hit` for what most people hold, in place of the list.
    fields, protected : DataFrame of n rows
        Columns to tell customers apart by; protected ones are never combined.
    conditions : mapping
        Column of `fields` -> what it can be cut into.
    left_out : mapping
        Columns that stand for a protected trait and are not among `fields`, and for which.
    """

    hit: np.ndarray
    reciprocal: np.ndarray
    popular: np.ndarray
    fields: pd.DataFrame
    protected: pd.DataFrame
    conditions: dict[str, list[Condition]]
    left_out: dict[str, str] = dataclasses.field(default_factory=dict)


class _Groups(NamedTuple):
    """Groups of one or two conditions, with counts where they are looked for.

    `members` has the conditions' customers, shape (n, n_conditions); `pairs` has two places in it
    for each group, twice the same where it is one condition. `p` is the chance of a share as low.
    """

    conditions: list[Condition]
    members: np.ndarray
    pairs: np.ndarray
    p: np.ndarray
    n: np.ndarray

    def of(self, group: int) -> list[Condition]:
        return [self.conditions[i] for i in dict.fromkeys(self.pairs[group].tolist())]

    def holds(self, group: int) -> np.ndarray:
        first, second = self.pairs[group]
        return (self.members[:, first] > 0) & (self.members[:, second] > 0)


def outcomes_of(verdict: Verdict, settings: WeakSpotsSettings, rule: FairnessSettings) -> Outcomes:
    """The lists that would have been shown to later adopters, or with one holding hidden.

    Everything that is known of a customer is as it was on the day of the lists.
    """
    hits: list[pd.DataFrame] = []
    popular, fields, protected = [], [], []
    left_out: dict[str, str] = {}
    for one in verdict.judged:
        signals, fold = one.fold.signals, one.fold
        blend = verdict.blend(signals) if verdict.fallback else one.blend
        counted = signals.bank.held.sum(axis=0, dtype=float)
        scores = {
            SERVED: one.lists.of(fold, blend),
            POPULAR: np.broadcast_to(counted, fold.adopted.shape),
        }
        mixed, adopted, there = with_random_ties(scores, fold.adopted, fold.candidates, one.seed)
        hits.append(per_customer(mixed[SERVED], adopted, there))
        popular.append(per_customer(mixed[POPULAR], adopted, there)[f"hit@{K}"])
        profiles = signals.profiles
        everybody = slices.fields_of(profiles)
        left_out |= slices.telling(everybody, signals.bank, rule)
        fields.append(everybody.iloc[fold.rows])
        protected.append(slices.protected_of(signals.bank, rule).iloc[fold.rows])
    found = pd.concat(hits)
    known = pd.concat(fields, ignore_index=True).drop(columns=list(left_out))
    cut = slices.conditions_of(known, verdict.judged[-1].fold.signals.profiles, settings.bins)
    return Outcomes(
        hit=found[f"hit@{K}"].to_numpy() > 0,
        reciprocal=found["mrr"].to_numpy(),
        popular=pd.concat(popular).to_numpy() > 0,
        fields=known,
        protected=pd.concat(protected, ignore_index=True),
        conditions=cut,
        left_out=left_out,
    )


def halves(n: int, seed: int) -> np.ndarray:
    """The half of the customers on which groups are looked for, bool of shape (n,)."""
    looked = np.zeros(n, dtype=bool)
    looked[np.random.default_rng([seed, _HALVES]).permutation(n)[: n // 2]] = True
    return looked


def weak_spots(
    outcomes: Outcomes, settings: WeakSpotsSettings, rule: FairnessSettings, seed: int
) -> tuple[pd.DataFrame, int]:
    """Find groups for whom the lists are worse than for everybody else, and judge them apart.

    Returns
    -------
    table : DataFrame
        conditions (addresses), protected, then counts and figures of the half where a group was
        found (n_found, hits_found, n_others_found, hits_others_found) and of the other, which
        judges: n, hits, n_others, hits_others, value, low, high, gap, gap_low, gap_high, p_value,
        q_value, mrr, mrr_low, mrr_high, mrr_others, popular (hits of what most people hold), the
        counts without customers of the groups taken before (n_left, hits_left, n_others_left,
        hits_others_left), and confirmed. In the order of the chance of it.
    n_groups : int
        Groups that were looked at.

    Notes
    -----
    Groups are one condition or two of different columns with at least `min_n` customers in both
    halves. One of two conditions has to be worse than the rest of either alone. They are taken one
    after another, the surest first, each judged by the customers that no earlier one holds, so that
    one which a listed group explains is not listed again (as in slice finders: Chung et al., ICDE
    2019). The half that judges does so twice, with everybody and without the customers of the
    groups taken before, and the larger of both chances counts. At most `candidates` go to the other
    half, where one-sided chances are adjusted for so many tests (Benjamini and Hochberg): where
    outcomes have nothing to do with who somebody is, a run lists anything at all with about the
    chance `false_discoveries`.
    """
    looked = halves(len(outcomes.hit), seed)
    groups = _groups(outcomes, looked, settings.min_n, max(settings.min_n, rule.min_n))
    kept = _distinct(groups, outcomes.hit, looked, settings)
    rows = []
    told = np.zeros(len(looked), dtype=bool)
    for group in kept:
        rows.append(_row(groups, group, outcomes, looked, told, seed))
        told = told | groups.holds(group)
    table = pd.DataFrame(rows, columns=[*_COLUMNS])
    figures = _figures(table)
    confirmed = (figures["q_value"] <= settings.false_discoveries) & (figures["gap"] < 0)
    figures = figures.assign(confirmed=confirmed.astype(bool))
    return figures.sort_values("p_value", kind="stable", ignore_index=True), len(groups.n)


_COUNTS: Final = ("n", "hits", "n_others", "hits_others")
_COLUMNS: Final = (
    *("conditions", "protected", "n_found", "hits_found", "n_others_found", "hits_others_found"),
    *("n", "hits", "n_others", "hits_others", "mrr", "mrr_low", "mrr_high", "mrr_others"),
    "popular",
    *("n_left", "hits_left", "n_others_left", "hits_others_left"),
)


def _groups(outcomes: Outcomes, looked: np.ndarray, min_n: int, min_protected: int) -> _Groups:
    """All groups that are large enough, with the chance of each where they are looked for."""
    alone = {
        name: [Condition(name, word=str(word)) for word in sorted(values.dropna().unique())]
        for name, values in outcomes.protected.items()
    }
    conditions = list(chain(*outcomes.conditions.values(), *alone.values()))
    members = np.zeros((len(looked), len(conditions)), dtype=np.float32)
    for i, condition in enumerate(conditions):
        table = outcomes.protected if condition.column in alone else outcomes.fields
        members[:, i] = condition.holds(table[condition.column])
    n, k = _crossed(members[looked], outcomes.hit[looked])
    n_judged, _ = _crossed(members[~looked], outcomes.hit[~looked])
    names = np.array([condition.column for condition in conditions], dtype=object)
    is_alone = np.isin(names, list(alone))
    needed = np.where(is_alone, min_protected, min_n)
    single = np.eye(len(names), dtype=bool)
    pair = (names[:, None] != names) & ~is_alone[:, None] & ~is_alone
    wanted = np.triu(single | pair)
    for counts, half in ((n, looked), (n_judged, ~looked)):
        wanted &= counts >= np.maximum(needed[:, None], needed)
        wanted &= half.sum() - counts >= min_n
    pairs = np.argwhere(wanted)
    rows, columns = pairs.T
    of, hits = n[rows, columns], k[rows, columns]
    p = _lower(of, hits, looked.sum() - of, outcomes.hit[looked].sum() - hits)
    two = rows != columns
    for parent in (rows, columns):  # one of two conditions adds something to either
        rest, rest_hits = n[parent, parent] - of, k[parent, parent] - hits
        adds = _lower(of, hits, rest, rest_hits) <= ENTRY
        p = np.where(two & ~adds, np.nan, p)
    return _Groups(conditions, members, pairs, p, of)


def _crossed(members: np.ndarray, hit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Customers of each two conditions, and those of them with a hit; whole numbers, exact."""
    both = np.rint(members.T @ members)
    hits = np.rint((members * hit[:, None].astype(np.float32)).T @ members)
    return both.astype(float), hits.astype(float)


def _lower(n: Any, hits: Any, n_others: Any, hits_others: Any) -> np.ndarray:
    """One-sided chance of a share as low beside the others; 1 where either has nobody."""
    two_sided = rates.two_proportion_p(hits, n, hits_others, n_others)
    lower = rates.rate(hits, n) < rates.rate(hits_others, n_others)
    return np.where(np.isnan(two_sided), 1.0, np.where(lower, two_sided / 2, 1 - two_sided / 2))


def _distinct(
    groups: _Groups, hit: np.ndarray, looked: np.ndarray, settings: WeakSpotsSettings
) -> list[int]:
    """The surest groups, none of which those before it explain."""
    order = np.lexsort((np.arange(len(groups.p)), -groups.n, groups.p))
    order = order[groups.p[order] <= ENTRY][:MOST_TRIED]
    told = np.zeros(len(hit), dtype=bool)
    kept: list[int] = []
    for group in order:
        holds = groups.holds(group)
        left = looked & ~told
        mine, others = left & holds, left & ~holds
        if mine.sum() < settings.min_n:
            continue
        counts = mine.sum(), hit[mine].sum(), others.sum(), hit[others].sum()
        if _lower(*counts) <= ENTRY:
            kept.append(int(group))
            told |= holds
        if len(kept) == settings.candidates:
            break
    return kept


def _row(
    groups: _Groups,
    group: int,
    outcomes: Outcomes,
    looked: np.ndarray,
    told: np.ndarray,
    seed: int,
) -> dict[str, Any]:
    holds, conditions = groups.holds(group), groups.of(group)
    counts = {}
    for half, suffix in ((looked, "_found"), (~looked, ""), (~looked & ~told, "_left")):
        for who, name in ((holds, ""), (~holds, "_others")):
            counts[f"n{name}{suffix}"] = int((half & who).sum())
            counts[f"hits{name}{suffix}"] = int(outcomes.hit[half & who].sum())
    mine = ~looked & holds
    reciprocal = bootstrap(outcomes.reciprocal[mine], seed=seed)
    return counts | {
        "conditions": [condition.address for condition in conditions],
        "protected": conditions[0].column in outcomes.protected,
        "mrr": float(reciprocal.value),
        "mrr_low": float(reciprocal.low),
        "mrr_high": float(reciprocal.high),
        "mrr_others": float(outcomes.reciprocal[~looked & ~holds].mean()),
        "popular": int(outcomes.popular[mine].sum()),
    }


def _figures(table: pd.DataFrame) -> pd.DataFrame:
    """Shares, differences and chances of the half that judges; each chance the larger of two."""
    counts = [table[name].to_numpy(dtype=float) for name in ("hits", "n")]
    others = [table[name].to_numpy(dtype=float) for name in ("hits_others", "n_others")]
    share, gap = rates.wilson(*counts), rates.newcombe(*counts, *others)
    left = (table[f"{name}_left"].to_numpy(dtype=float) for name in _COUNTS)
    p_value = np.maximum(_lower(counts[1], counts[0], others[1], others[0]), _lower(*left))
    return table.assign(
        **share._asdict(),
        value_others=rates.rate(*others),
        gap=gap.value,
        gap_low=gap.low,
        gap_high=gap.high,
        p_value=p_value,
        q_value=rates.benjamini_hochberg(p_value),
    )


# --- what a training keeps of it ---------------------------------------------------------------


def measured(
    verdict: Verdict | None,
    settings: WeakSpotsSettings,
    rule: FairnessSettings,
    *,
    simulated: bool = False,
) -> WeakSpots:
    """The weak spots of what serves, by what its training was judged on."""
    if verdict is None or verdict.grade is None:
        return WeakSpots.nothing(NOBODY, simulated=simulated)
    outcomes = outcomes_of(verdict, settings, rule)
    seed = verdict.judged[0].seed
    looked = halves(len(outcomes.hit), seed)
    table, n_groups = weak_spots(outcomes, settings, rule, seed)
    return _said(
        WeakSpots(
            kind=verdict.evaluation.kind,
            k=K,
            n=len(looked),
            n_found=int(looked.sum()),
            hits=int(outcomes.hit[~looked].sum()),
            min_n=settings.min_n,
            false_discoveries=settings.false_discoveries,
            n_groups=n_groups,
            table=table,
            simulated=simulated,
            left_out=outcomes.left_out,
        )
    )


def save(found: WeakSpots, folder: Path) -> None:
    """Write weak spots beside the model that they are of; figures alone, words follow from them."""
    stored = found.to_json()
    for name in ("sentence", "notes"):
        del stored[name]
    for row in stored["table"]:
        for name in ("group", "sentences"):
            del row[name]
    text = json.dumps(stored, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / FILE).write_text(text + "\n", "utf-8")


def conditions_of(row: Mapping[Any, Any]) -> list[Condition]:
    """The conditions of a row of the table."""
    return [Condition.read(address) for address in row["conditions"]]


def load(folder: Path) -> WeakSpots:
    """Read what `save` wrote; a version made before they were looked for says so."""
    path = folder / FILE
    if not path.is_file():
        return WeakSpots.nothing(NO_REPORT)
    try:
        stored = json.loads(path.read_text("utf-8"))
        found = WeakSpots(**stored | {"table": pd.DataFrame(stored["table"])})
        return found if found.reason else _said(found)
    except (ValueError, TypeError, KeyError) as error:
        raise StateError(f"{path} cannot be read ({error}). Retrain, or roll back.") from error


def _said(found: WeakSpots) -> WeakSpots:
    """With its words."""
    rows = found.table.to_dict("records")
    table = found.table.assign(
        group=[slices.title(conditions_of(row)) for row in rows],
        sentences=[[claim.text + "." for claim in claims_of(row, found)] for row in rows],
    )
    looked = weak_spot_claims.looked(
        n=found.n,
        n_found=found.n_found,
        n_groups=found.n_groups,
        min_n=found.min_n,
        n_candidates=len(rows),
        n_confirmed=found.n_confirmed,
    )
    return dataclasses.replace(
        found, table=table, sentence=f"{looked.text}.", notes=_notes(found, table)
    )


def claims_of(row: Mapping[Any, Any], found: WeakSpots) -> Sequence[weak_spot_claims.Claim]:
    """What is said of one group."""
    counts = {name: int(row[name]) for name in ("n", "hits", "n_others", "hits_others")}
    ends = {name: float(row[name]) for name in ("low", "high", "gap", "gap_low", "gap_high")}
    group, in_time = slices.said(conditions_of(row)), found.kind == IN_TIME
    where = {name: int(row[f"{name}_found"]) for name in counts}
    return (
        weak_spot_claims.weak(group=group, k=found.k, in_time=in_time, **counts, **ends),
        weak_spot_claims.found_by(group=group, **where),
        weak_spot_claims.popular(group=group, n=counts["n"], popular=int(row["popular"])),
    )


def _notes(found: WeakSpots, table: pd.DataFrame) -> tuple[str, ...]:
    rate = f"{100 * found.false_discoveries:.0f} in 100"
    notes = [
        "Groups were found on one half of the customers and judged on the other; figures are those "
        "of the other half. A group has to be worse off without the customers of the groups that "
        "were surer before it, too. Where lists are alike for everybody, about "
        f"{rate} trainings would name a group by chance.",
        "A group for whom the lists are worse may be harder to foresee; the third sentence says "
        "whether what most people hold would have done better.",
    ]
    if len(table) and table["protected"].any():
        notes.append("Groups by gender or age are measured alone and open no customers.")
    if found.left_out:
        said = "; ".join(f"{slices.label(name)} {why}" for name, why in found.left_out.items())
        notes.append(f"Customers are not told apart by what tells a protected trait: {said}.")
    if found.simulated:
        notes.append("Simulated bank: these figures describe generated customers.")
    return tuple(notes)
