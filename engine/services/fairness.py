"""Are the lists fair: selection rates by group, and whether scores are blind to who somebody is."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import numpy as np
import pandas as pd

from engine.audit.parity import (
    adoptions,
    blinding,
    fairness,
    gap_claims,
    gap_parts,
    groups,
    list_measures,
    move_claims,
    proxies,
)
from engine.bank.consents import without_objectors
from engine.guard.verdicts import RULES
from engine.labels import part_label
from engine.receipts.trail import Trail, read
from engine.results import (
    AdoptionComparison,
    BlindingReport,
    FairnessReport,
    GapReport,
    GroupComparison,
    ProxyReport,
)
from engine.scoring.current import CurrentScores
from engine.scoring.lists import lists_of
from engine.scoring.score_table import ScoreTable
from engine.services.offers import check_length, check_list
from engine.snapshot.kept_results import ResultsOfOne
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.vocabulary import AUDIT_K, AUDITED, CORPORATE, GROWTH


class Fairness:
    """The audit of one bank's lists; it measures and never acts."""

    def __init__(self, snapshots: Snapshots, scores: CurrentScores, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._scores = scores
        self._now = now
        self._results = ResultsOfOne()

    @property
    def attributes(self) -> tuple[str, ...]:
        """What customers can be grouped by; two of them with `groups.AND` between cross."""
        snapshot = self._snapshots.current()
        return groups.attributes_of(snapshot.bank, snapshot.settings.fairness)

    @staticmethod
    def crossed(*attributes: str) -> str:
        """The intersection of attributes, as `report` and `compare` take it."""
        return groups.AND.join(dict.fromkeys(attributes))

    def report(self, attribute: str, *, list: str = GROWTH, k: int = AUDIT_K) -> FairnessReport:
        """Selection rates by group; attributes are `attributes`."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        return self._results.get(
            f"{attribute}, {list}, {k}", scores, lambda: self._reported(scores, attribute, list, k)
        )

    def _reported(self, scores: ScoreTable, attribute: str, list: str, k: int) -> FairnessReport:
        return fairness.fairness(
            scores.bank,
            self._lists(scores, list, k),
            scores.allowed,
            attribute,
            scores.settings,
            list=list,
            k=k,
            model_version=scores.version,
        )

    def _lists(self, scores: ScoreTable, list: str, k: int) -> pd.DataFrame:
        """Everybody's list, made once for all attributes."""
        rows = scores.snapshot.all_rows
        return self._results.get(f"{list}, {k}", scores, lambda: lists_of(scores, rows, [list], k))

    def compare(self, attribute: str, *, list: str = GROWTH, k: int = AUDIT_K) -> GroupComparison:
        """What each group's lists show beside everybody else's, with intervals; persons only."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        bank, rule = scores.bank, scores.settings.fairness
        person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
        group = groups.group_of(bank, attribute, rule).where(person)
        lists = self._lists(scores, list, k)
        table = list_measures.compared(list_measures.measured(bank, lists, k, rule), group, rule)
        return GroupComparison(
            attribute=attribute,
            list=list,
            k=k,
            table=table,
            sentence=list_measures.sentence(table, rule),
            n=int(person.sum()),
            min_n=rule.min_n,
            currency=bank.manifest.currency,
            model_version=scores.version,
            as_of=bank.as_of,
            notes=(*_idle(scores, list), *list_measures.notes(bank, table, rule)),
        )

    def taken(self, attribute: str) -> AdoptionComparison:
        """What each group has taken, by the data that models learn from; persons only."""
        snapshot = self._snapshots.current()
        return self._results.get(
            f"taken, {attribute}", self._scores.get(), lambda: self._taken(snapshot, attribute)
        )

    def _taken(self, snapshot: Snapshot, attribute: str) -> AdoptionComparison:
        rule = snapshot.settings.fairness
        bank = without_objectors(snapshot.bank, snapshot.settings)
        person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
        group = groups.group_of(bank, attribute, rule).where(person)
        group = group.mask(group == groups.NOT_RECORDED)
        table = adoptions.compared(bank, group, rule)
        return AdoptionComparison(
            attribute=attribute,
            table=table,
            sentence=adoptions.sentence(table, rule),
            n=int(person.sum()),
            min_n=rule.min_n,
            as_of=bank.as_of,
            notes=adoptions.notes(bank, snapshot.bank.n_customers - bank.n_customers),
        )

    def proxies(self, attribute: str, *, list: str = GROWTH, k: int = AUDIT_K) -> ProxyReport:
        """How well the first k offers, and each signal, tell a group apart; persons only."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        bank, settings = scores.bank, scores.settings
        rows = proxies.drawn(bank.n_customers, settings.models.seed)
        person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
        group = groups.group_of(bank, attribute, settings.fairness).where(person)
        group = group.iloc[rows].reset_index(drop=True)
        group = group.mask(group == groups.NOT_RECORDED)
        sources = {"the offers": _offered(scores, rows, list, k)}
        sources |= {part_label(name): part for name, part in scores.parts(rows).items()}
        table = proxies.told_apart(sources, group, settings.fairness, settings.models.seed)
        return ProxyReport(
            attribute=attribute,
            list=list,
            k=k,
            table=table,
            sentence=proxies.sentence(table, attribute, settings.fairness),
            n=int(group.notna().sum()),
            model_version=scores.version,
            as_of=bank.as_of,
        )

    def why(self, attribute: str, *, list: str = GROWTH, k: int = AUDIT_K) -> GapReport:
        """What rules, signals and limits add to each gap of attention between groups; persons only.

        Notes
        -----
        A bank of more than `gap_parts.MOST_CUSTOMERS` persons is drawn from by the seed.
        """
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        bank, rule = scores.bank, scores.settings.fairness
        group, rows, n_bank = _known(scores, attribute)
        made = _list_making(scores, rows, list, k)
        gaps, parts = gap_parts.by_group(made, gap_parts.kinds_of(bank, rule), group, rule)
        claims = [gap_claims.cause_of(attribute, row, parts) for row in gaps.to_dict("records")]
        labels = [gap_claims.named(*part) for part in parts[["part_of", "part"]].to_numpy()]
        return GapReport(
            attribute=attribute,
            list=list,
            k=k,
            gaps=gaps.assign(says=[f"{claim.text}." for claim in claims]),
            parts=parts.assign(label=labels),
            sentence=gap_claims.said(attribute, gaps, parts, rule.min_n),
            n=len(rows),
            n_bank=n_bank,
            min_n=rule.min_n,
            model_version=scores.version,
            as_of=bank.as_of,
            notes=(*_idle(scores, list), *gap_claims.notes(bank, len(rows), n_bank, rule)),
        )

    def hours_since_audit(self, *, list: str = GROWTH) -> float | None:
        """Hours since every attribute was audited on a list of the version that serves and of
        today's bank, by the trail; None where one was not."""
        last = self._last_audits(list)
        if not set(self.attributes) <= set(last):
            return None
        oldest = min(last[attribute][0] for attribute in self.attributes)
        return (self._now() - oldest).total_seconds() / 3600

    def alerts_of_last_audit(self, *, list: str = GROWTH) -> int:
        """How many alerts the audits of `hours_since_audit` found."""
        last = self._last_audits(list)
        return sum(last[one][1] for one in self.attributes if one in last)

    def _last_audits(self, list: str) -> dict[str, tuple[datetime, int]]:
        """Attribute -> when it was audited last, by the trail, and how many alerts that found."""
        scores = self._scores.get()
        about = (list, scores.version, f"{scores.bank.as_of:%Y-%m-%d}", AUDIT_K)
        last: dict[str, tuple[datetime, int]] = {}
        for row in Trail(self._snapshots.state).rows(action=AUDITED):
            told = {"first": AUDIT_K} | (read(row) or {})
            if tuple(told.get(name) for name in ("list", "version", "as_of", "first")) == about:
                with suppress(ValueError, TypeError, KeyError):  # edited: `check` names it
                    at = datetime.fromisoformat(row.noted_at)
                    last[str(told["of"])] = at, int(told["alerts"])
        return last

    def reports(self) -> list[FairnessReport]:
        """Reports of every attribute on the growth list."""
        return [self.report(attribute) for attribute in self.attributes]

    def blinding(self) -> BlindingReport:
        """Replace gender, age, name and place of everybody and score again."""
        snapshot = self._snapshots.current()
        return blinding.blinding(
            self._snapshots.scores_of, snapshot.bank, snapshot.settings.models.seed
        )


def _known(scores: ScoreTable, attribute: str) -> tuple[pd.Series, np.ndarray, int]:
    """Groups of persons whose group is recorded, who they are, and how many there are in the bank;
    at most `gap_parts.MOST_CUSTOMERS` of them, drawn by the seed."""
    bank, settings = scores.bank, scores.settings
    group = groups.group_of(bank, attribute, settings.fairness)
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
    rows = np.flatnonzero(person & (group != groups.NOT_RECORDED).to_numpy())
    n_bank, most = len(rows), gap_parts.MOST_CUSTOMERS
    if n_bank > most:
        rng = np.random.default_rng(settings.models.seed)
        rows = np.sort(rng.choice(rows, most, replace=False))
    return group.iloc[rows].reset_index(drop=True), rows, n_bank


def _list_making(scores: ScoreTable, rows: np.ndarray, which: str, k: int) -> gap_parts.ListMaking:
    """What the lists of some customers are made of."""
    found, verdicts = scores.judged(rows)
    weight = found.emphasis
    parts = {name: weight.get(name, 1.0) * part for name, part in found.parts.items()}
    total, prices = found.total(which), scores.group_prices.of_rows(which, rows)
    if prices is not None:
        parts[gap_parts.PRICES] = -prices
    ordered = scores.ordered(which, rows, total)
    return gap_parts.ListMaking(ordered, parts, verdicts.codes, RULES, scores.top_k, k)


def _idle(scores: ScoreTable, which: str) -> tuple[str, ...]:
    """That prices are in force which this edition of the bank cannot use."""
    idle = scores.group_prices.idle.get(which, ())
    return tuple(f"{move_claims.idle(attribute=one).text}." for one in idle)


def _offered(scores: ScoreTable, rows: np.ndarray, list: str, k: int) -> np.ndarray:
    """Bool of shape (n_rows, n_products): is it among the first k offers?"""
    lists = lists_of(scores, rows, [list], k)
    at = np.searchsorted(rows, scores.bank.customer_positions(lists["customer_id"]))
    offered = np.zeros((len(rows), scores.bank.n_products), dtype=bool)
    offered[at, scores.bank.product_positions(lists["product_id"])] = True
    return offered
