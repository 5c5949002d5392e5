"""Prices on groups in the settings; what each customer's products cost in the order of a list, out.

A score never reads a protected trait. Where a bank switches prices on, the order after the scores
does: each product of a kind costs customers of a group a price, in units of score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.audit.parity.gap_parts import kinds_of
from engine.audit.parity.groups import group_of
from engine.bank.bank import Bank
from engine.settings import FairnessSettings
from engine.vocabulary import CORPORATE

BETWEEN: Final = " | "


@dataclass(frozen=True, eq=False)
class GroupPrices:
    """What products of a kind cost customers of a group in the order of the lists."""

    by_list: Mapping[str, tuple["_Charge", ...]]

    @classmethod
    def of(cls, bank: Bank, rule: FairnessSettings) -> "GroupPrices":
        """Of the prices in the settings; a price of a group or kind that is no more costs nobody.

        Raises
        ------
        BadInput
            For an attribute that the bank's customers cannot be grouped by.
        """
        prices = {tuple(key.split(BETWEEN)): price for key, price in rule.prices.items() if price}
        kinds = kinds_of(bank, rule)
        found: dict[str, list[_Charge]] = {}
        for which, attribute in dict.fromkeys(key[:2] for key in prices):
            mine = {key[2:]: p for key, p in prices.items() if key[:2] == (which, attribute)}
            found.setdefault(which, []).append(_charge(bank, rule, attribute, mine, kinds))
        return cls({which: tuple(charges) for which, charges in found.items()})

    def of_rows(self, which: str, rows: np.ndarray) -> np.ndarray | None:
        """Price of every product for some customers, shape (n_rows, n_products); None for none."""
        charges = self.by_list.get(which)
        return None if not charges else sum(one.table[one.codes[rows]] for one in charges)

    def reasons(self, which: str) -> list[tuple[str, tuple[str, ...]]]:
        """Attribute and kinds that are priced in a list."""
        return [(one.attribute, one.kinds) for one in self.by_list.get(which, ())]


@dataclass(frozen=True, eq=False)
class _Charge:
    attribute: str
    kinds: tuple[str, ...]
    codes: np.ndarray
    """Int, shape (n_customers,). Group of each; the last row of `table` where they are in none."""
    table: np.ndarray
    """Float64, shape (n_groups + 1, n_products)."""


def _charge(
    bank: Bank,
    rule: FairnessSettings,
    attribute: str,
    prices: Mapping[tuple[str, ...], float],
    kinds: Mapping[str, np.ndarray],
) -> _Charge:
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
    group = group_of(bank, attribute, rule).where(person)
    names = [str(name) for name in group.cat.categories]
    table = np.zeros((len(names) + 1, bank.n_products))
    for (name, kind), price in prices.items():
        if name in names and kind in kinds:
            table[names.index(name)] += price * kinds[kind]
    codes = np.where(group.isna(), len(names), group.cat.codes)
    used = tuple(dict.fromkeys(kind for _, kind in prices if kind in kinds))
    return _Charge(attribute, used, codes, table)


def key_of(which: str, attribute: str, group: str, kind: str) -> str:
    """A price's key in `fairness.prices`."""
    return BETWEEN.join((which, attribute, group, kind))
