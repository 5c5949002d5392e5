"""All rules in order: what may be offered to whom, and the one reason why something may not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.hardship.signs import SIGNS as NO_CREDIT
from engine.customers.hardship.signs import Hardship, hardship, in_force
from engine.customers.profiles import Profiles
from engine.experiments.arm_claims import kept_apart
from engine.guard import affordability, eligibility, no_credit, suitability
from engine.guard.customer_facts import CustomerFacts, customer_facts
from engine.guard.eligibility import Clause, Condition
from engine.guard.preconditions import BlockingRule, CustomerChoices, Preconditions
from engine.guard.target_groups import FAILED, OPEN, PASSED
from engine.guard.target_market import TargetMarket, target_market
from engine.settings import Settings

RULES = (
    "allowed",
    "consent",
    "objection",
    "status",
    "audience",
    "held",
    "hidden",
    *NO_CREDIT,
    "eligibility",
    "affordability",
    "suitability",
    "experiment",
)
"""In the order in which they are asked; a verdict's code is an index into it, 0 is "allowed"."""

_CLAUSE_RULES = ("eligibility", "affordability", "suitability")


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What may be offered to n_rows customers."""

    codes: np.ndarray
    """Int8, shape (n_rows, n_products). 0 where the product may be offered, else the index in
    `RULES` of the first rule against it."""
    _blocking: tuple[BlockingRule, ...]
    _facts: CustomerFacts
    _conditions: tuple[tuple[str, Condition], ...]
    _held_before: Callable[[int], dict[int, str]] = field(default=lambda _row: {})
    """Row -> product -> what is said of a holding that is closed."""
    _memo: dict[int, dict[int, list["_Asked"]]] = field(default_factory=dict)

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
        for blocking in self._blocking:
            if blocking.rule == rule:
                return blocking.text(row, product)
        return next(iter(self._texts(row, product, FAILED, (rule,))), "")

    def check_texts(self, row: int, product: int) -> tuple[str, ...]:
        """What is asked before the offer, one sentence each: a closed holding, what no record
        tells."""
        closed = self._held_before(row).get(product)
        said = self._texts(row, product, OPEN, _CLAUSE_RULES)
        return tuple(dict.fromkeys([*([closed] if closed else []), *said]))

    def passed_texts(self, row: int, product: int) -> tuple[str, ...]:
        """Which conditions were checked and hold, with the figures."""
        return tuple(dict.fromkeys(self._texts(row, product, PASSED, _CLAUSE_RULES)))

    def _texts(self, row: int, product: int, outcome: int, rules: tuple[str, ...]) -> Iterator[str]:
        for asked in self._asked(row).get(product, ()):
            if asked.rule in rules and asked.outcome == outcome and (text := asked.text()):
                yield text

    def _asked(self, row: int) -> dict[int, list["_Asked"]]:
        """Each product's clauses for one customer, kept while sentences are asked for the same."""
        known = self._memo.get(row)
        if known is None:
            facts = self._facts.take(np.array([row]))
            known = _by_product((rule, condition(facts)) for rule, condition in self._conditions)
            self._memo.clear()
            self._memo[row] = known
        return known


class _Asked(NamedTuple):
    """One clause's outcome for one customer and one product."""

    rule: str
    outcome: int
    text: Callable[[], str]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All rules of a bank with everything in them that no click changes, worked out once."""

    bank: Bank
    """Its customers, products, holdings and accounts are read."""
    profiles: Profiles
    settings: Settings

    @cached_property
    def facts(self) -> CustomerFacts:
        """Of all customers."""
        return customer_facts(self.bank, self.profiles, self.settings.guard)

    @cached_property
    def preconditions(self) -> Preconditions:
        """Of all customers."""
        return Preconditions(self.bank, self.settings.guard)

    @cached_property
    def hardship(self) -> Hardship:
        """Signs of everybody that keep credit from them."""
        return hardship(self.bank, self.profiles, self.settings)

    @cached_property
    def credit(self) -> np.ndarray:
        """Which products are credit, bool of shape (n_products,)."""
        products = self.bank["products"]
        return self.bank.of_products("credit", None, lambda: no_credit.is_credit(products))

    def market(self, position: int) -> TargetMarket:
        """For whom the product at a position is, and for whom it is not, by these very rules."""
        return target_market(
            self.bank["products"].iloc[position],
            position,
            (condition for _, condition in self.conditions),
            in_force(self.settings.guard) if self.credit[position] else (),
        )

    @cached_property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """Each with the rule that it belongs to, in the order of `RULES`."""
        settings = self.settings.guard
        rests_on = (settings, self.bank.manifest.currency)
        return self.bank.of_products("conditions", rests_on, self._conditions)

    def _conditions(self) -> tuple[tuple[str, Condition], ...]:
        products, settings = self.bank["products"], self.settings.guard
        currency = self.bank.manifest.currency
        sources = (
            eligibility.conditions(products, settings, currency),
            affordability.conditions(products, settings, currency),
            suitability.conditions(products, settings),
        )
        return tuple(
            (rule, condition)
            for rule, source in zip(_CLAUSE_RULES, sources, strict=True)
            for condition in source
        )

    def judge(
        self,
        choices: CustomerChoices,
        rows: np.ndarray,
        now: datetime,
        facts: CustomerFacts | None = None,
    ) -> Verdicts:
        """Judge every product for the customers at `rows`, at a moment in UTC without a zone.

        `facts` of as many rows stand in for what is recorded, where somebody asks "what if".

        Notes
        -----
        Reads no score. A hundred thousand customers cost a few array operations per clause;
        sentences are built for one pair when somebody asks.
        """
        rows = np.asarray(rows, dtype=np.int64)
        facts = self.facts.take(rows) if facts is None else facts
        blocking = (
            *self.preconditions.blocking(choices, rows, pd.Timestamp(now)),
            *no_credit.blocking(self.hardship, rows, self.credit),
        )
        codes = np.zeros((len(rows), self.bank.n_products), dtype=np.int8)
        for one in blocking:
            codes[(codes == 0) & one.blocked] = RULES.index(one.rule)
        for rule, condition in self.conditions:
            clause = condition(facts)
            failed = clause.outcome == FAILED
            if failed.any():
                before = codes[:, clause.columns]
                before[(before == 0) & failed] = RULES.index(rule)
                codes[:, clause.columns] = before
        if (apart := _kept_apart(choices, rows, now, codes == 0)) is not None:
            codes[apart.blocked] = RULES.index(apart.rule)
            blocking = (*blocking, apart)
        before = cache(lambda row: self.preconditions.held_before(int(rows[row])))
        return Verdicts(codes, blocking, facts, self.conditions, before)


def _kept_apart(
    choices: CustomerChoices, rows: np.ndarray, now: datetime, allowed: np.ndarray
) -> BlockingRule | None:
    """What an experiment keeps off the lists of its arms, of what every other rule leaves."""
    arms = None if choices.arms is None else choices.arms.now(now)
    off = None if arms is None else arms.withheld(rows, allowed)
    if arms is None or off is None:
        return None

    def text(row: int, _product: int) -> str:
        return kept_apart(arm=arms.arm(int(rows[row])), experiment=arms.name).text

    return BlockingRule("experiment", off, text)


def _by_product(clauses: Iterable[tuple[str, Clause]]) -> dict[int, list[_Asked]]:
    """One customer's clauses by product, in their order."""
    by_product: dict[int, list[_Asked]] = {}
    for rule, clause in clauses:
        outcomes = clause.outcome[0].tolist()
        for place, product in enumerate(clause.columns.tolist()):
            text = partial(clause.text, 0, place)
            by_product.setdefault(product, []).append(_Asked(rule, outcomes[place], text))
    return by_product
