"""Are the lists fair: selection rates by group, and whether scores are blind to who somebody is."""

import numpy as np

from engine.audit.parity import blinding, fairness, groups, list_measures, proxies
from engine.labels import part_label
from engine.results import BlindingReport, FairnessReport, GroupComparison, ProxyReport
from engine.scoring.current import CurrentScores
from engine.scoring.lists import lists_of
from engine.scoring.score_table import ScoreTable
from engine.services.offers import check_length, check_list
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import CORPORATE, GROWTH


class Fairness:
    """The audit of one bank's lists; it measures and never acts."""

    def __init__(self, snapshots: Snapshots, scores: CurrentScores):
        self._snapshots = snapshots
        self._scores = scores

    @property
    def attributes(self) -> tuple[str, ...]:
        """What customers can be grouped by; two of them with `groups.AND` between cross."""
        snapshot = self._snapshots.current()
        return groups.attributes_of(snapshot.bank, snapshot.settings.fairness)

    @staticmethod
    def crossed(*attributes: str) -> str:
        """The intersection of attributes, as `report` and `compare` take it."""
        return groups.AND.join(dict.fromkeys(attributes))

    def report(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> FairnessReport:
        """Selection rates by group; attributes are `attributes`."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        return fairness.fairness(
            scores.bank,
            lists_of(scores, scores.snapshot.all_rows, [list], k),
            scores.allowed,
            attribute,
            scores.settings,
            list=list,
            k=k,
            model_version=scores.version,
        )

    def compare(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> GroupComparison:
        """What each group's lists show beside everybody else's, with intervals; persons only."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        bank, rule = scores.bank, scores.settings.fairness
        person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
        group = groups.group_of(bank, attribute, rule).where(person)
        lists = lists_of(scores, scores.snapshot.all_rows, [list], k)
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
            notes=list_measures.notes(bank, table, rule),
        )

    def proxies(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> ProxyReport:
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

    def reports(self) -> list[FairnessReport]:
        """Reports of every attribute on the growth list."""
        return [self.report(attribute) for attribute in self.attributes]

    def blinding(self) -> BlindingReport:
        """Replace gender, age, name and place of everybody and score again."""
        snapshot = self._snapshots.current()
        return blinding.blinding(
            self._snapshots.scores_of, snapshot.bank, snapshot.settings.models.seed
        )


def _offered(scores: ScoreTable, rows: np.ndarray, list: str, k: int) -> np.ndarray:
    """Bool of shape (n_rows, n_products): is it among the first k offers?"""
    lists = lists_of(scores, rows, [list], k)
    at = np.searchsorted(rows, scores.bank.customer_positions(lists["customer_id"]))
    offered = np.zeros((len(rows), scores.bank.n_products), dtype=bool)
    offered[at, scores.bank.product_positions(lists["product_id"])] = True
    return offered
