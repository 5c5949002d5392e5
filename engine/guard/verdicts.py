"""All rules in order: what may be offered to whom, and the one reason why something may not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.guard import affordability, eligibility, standing, suitability
from engine.guard.eligibility import Clause
from engine.guard.facts import Facts, gather
from engine.guard.groups import FAILED, OPEN, PASSED
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.customers.profiles import Profiles

RULES = (
    "allowed",
    "consent",
    "objection",
    "status",
    "audience",
    "held",
    "hidden",
    "eligibility",
    "affordability",
    "suitability",
)
"""In the order in which they are asked; a verdict's code is an index into it, 0 is "allowed"."""

RULE_LABELS = {
    "allowed": "May be offered",
    "consent": "Opted out of personal recommendations",
    "objection": "Objects to marketing",
    "status": "Relationship has ended",
    "audience": "For other customers",
    "held": "Already held",
    "hidden": "Accepted, postponed or unwanted",
    "eligibility": "Not eligible",
    "affordability": "Not affordable",
    "suitability": "Too much risk",
}
"""Rule -> what a page calls it."""

_CLAUSE_RULES = ("eligibility", "affordability", "suitability")


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What may be offered to n_rows customers.

    Attributes
    ----------
    codes : ndarray of int8, shape (n_rows, n_products)
        0 where the product may be offered, else the index in `RULES` of the first rule against it.
    checks : ndarray of uint32, shape (n_rows, n_products)
        Bit 0, 1, 2: an eligibility, affordability or suitability clause is open; "check first".
    """

    codes: np.ndarray
    checks: np.ndarray
    _bars: tuple[standing.Bar, ...]
    _facts: Facts
    _products: pd.DataFrame
    _settings: Settings
    _memo: dict[int, list[tuple[str, Clause]]] = field(default_factory=dict)

    @property
    def allowed(self) -> np.ndarray:
        """bool of shape (n_rows, n_products)."""
        return self.codes == 0

    def rule(self, row: int, product: int) -> str:
        """Name of the first rule against the pair, "allowed" where there is none.

        `row` counts within the rows that were judged, `product` is the product's position.
        """
        return RULES[self.codes[row, product]]

    def reason(self, row: int, product: int) -> str:
        """Why the pair is ruled out, in one sentence; empty where it may be offered."""
        rule = self.rule(row, product)
        for bar in self._bars:
            if bar.rule == rule:
                return bar.text(row, product)
        return next(iter(self._texts(row, product, FAILED, (rule,))), "")

    def check_texts(self, row: int, product: int) -> tuple[str, ...]:
        """What is not recorded and has to be checked before the offer, one sentence each."""
        return tuple(dict.fromkeys(self._texts(row, product, OPEN, _CLAUSE_RULES)))

    def passed_texts(self, row: int, product: int) -> tuple[str, ...]:
        """Which conditions were checked and hold, with the figures."""
        return tuple(dict.fromkeys(self._texts(row, product, PASSED, _CLAUSE_RULES)))

    def _texts(self, row: int, product: int, outcome: int, rules: tuple[str, ...]) -> Iterator[str]:
        for rule, clause in self._clauses_of(row):
            if rule not in rules:
                continue
            place = int(np.searchsorted(clause.columns, product))
            if place == len(clause.columns) or clause.columns[place] != product:
                continue
            if clause.outcome[0, place] == outcome and (text := clause.text(0, place)):
                yield text

    def _clauses_of(self, row: int) -> list[tuple[str, Clause]]:
        """One customer's clauses, kept while sentences are asked for the same customer."""
        if row not in self._memo:
            self._memo.clear()
            found = _clauses(self._facts.take(row), self._products, self._settings)
            self._memo[row] = list(found)
        return self._memo[row]


def judge(
    bank: Bank,
    profiles: "Profiles",
    consents: pd.DataFrame,
    rows: np.ndarray,
    settings: Settings,
    now: datetime | pd.Timestamp,
) -> Verdicts:
    """Judge every product for the customers at `rows`.

    Parameters
    ----------
    bank : Bank
        With its overlay; its events are those that stand (retracted ones left out).
    profiles : Profiles
    consents : DataFrame
        What each customer allows, row i for customer i (engine.bank.consents).
    rows : ndarray of int
        Customer positions.
    settings : Settings
    now : datetime
        UTC; decides whether "Not now" and "Accepted" still hide a product.

    Returns
    -------
    Verdicts

    Notes
    -----
    Reads no score. A hundred thousand customers cost a few array operations per clause;
    sentences are built for one pair when somebody asks.
    """
    rows = np.asarray(rows, dtype=np.int64)
    products = bank["products"]
    facts = gather(bank, profiles, rows, settings.guard)
    bars = (
        *standing.consent(bank, consents, rows),
        standing.status(bank, rows, settings.guard),
        standing.audience(bank, rows),
        standing.held(bank, rows),
        standing.hidden(bank, rows, settings.guard, _utc(now)),
    )
    codes = np.zeros((len(rows), bank.n_products), dtype=np.int8)
    checks = np.zeros(codes.shape, dtype=np.uint32)
    for bar in bars:
        codes[(codes == 0) & bar.blocked] = RULES.index(bar.rule)
    memo: dict[int, list[tuple[str, Clause]]] = {}
    clauses: Iterable[tuple[str, Clause]] = _clauses(facts, products, settings)
    if len(rows) == 1:  # one customer is about to be shown: sentences come from the same clauses
        clauses = memo[0] = list(clauses)
    for rule, clause in clauses:
        _apply(codes, checks, rule, clause)
    return Verdicts(codes, checks, bars, facts, products, settings, memo)


_Source = Callable[..., Iterator[Clause]]


def _clauses(
    facts: Facts, products: pd.DataFrame, settings: Settings
) -> Iterator[tuple[str, Clause]]:
    """Every clause with the rule that it belongs to, in the order of `RULES`."""
    sources: tuple[_Source, ...] = (
        eligibility.clauses,
        affordability.clauses,
        lambda *given: iter((suitability.clause(*given),)),
    )
    for rule, source in zip(_CLAUSE_RULES, sources, strict=True):
        for clause in source(facts, products, settings.guard):
            yield rule, clause


def _apply(codes: np.ndarray, checks: np.ndarray, rule: str, clause: Clause) -> None:
    """Write one clause's failures and open points into the two tables."""
    failed, is_open = clause.outcome == FAILED, clause.outcome == OPEN
    if failed.any():
        before = codes[:, clause.columns]
        before[(before == 0) & failed] = RULES.index(rule)
        codes[:, clause.columns] = before
    if is_open.any():
        bit = np.uint32(1 << _CLAUSE_RULES.index(rule))
        checks[:, clause.columns] |= np.where(is_open, bit, np.uint32(0))


def _utc(now: datetime | pd.Timestamp) -> pd.Timestamp:
    moment = pd.Timestamp(now)
    return moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)
