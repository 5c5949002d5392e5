"""Prices on groups in the settings; what each customer's products cost in the order of a list, out.

A score never reads a protected trait. Where a bank switches prices on, the order after the scores
does: each product of a kind costs customers of a group a price, in units of score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.audit.parity.gap_parts import kinds_of
from engine.audit.parity.groups import group_of, without_bounds
from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.settings import FairnessSettings
from engine.vocabulary import CORPORATE, PRICE_KEY


@dataclass(frozen=True, eq=False)
class GroupPrices:
    """What products of a kind cost customers of a group in the order of the lists."""

    by_list: Mapping[str, tuple["_Charge", ...]]
    """Those that cost somebody something."""
    idle: Mapping[str, tuple[str, ...]]
    """By list, attributes whose prices name no group and kind of this bank: they cost nobody."""

    @classmethod
    def of(cls, bank: Bank, rule: FairnessSettings) -> "GroupPrices":
        """Of the prices in the settings; a price of an attribute, group or kind that this edition
        of the bank does not have costs nobody anything."""
        prices = {_read(key): price for key, price in rule.prices.items() if price}
        kinds = kinds_of(bank, rule)
        found: dict[str, list[_Charge]] = {}
        idle: dict[str, list[str]] = {}
        for which, attribute in dict.fromkeys(key[:2] for key in prices):
            mine = {key[2:]: p for key, p in prices.items() if key[:2] == (which, attribute)}
            charge = _charge(bank, rule, attribute, mine, kinds)
            if charge is None:
                idle.setdefault(which, []).append(attribute)
            else:
                found.setdefault(which, []).append(charge)
        return cls(*({name: tuple(of) for name, of in one.items()} for one in (found, idle)))

    def of_rows(self, which: str, rows: np.ndarray, but: str = "") -> np.ndarray | None:
        """Price of every product for some customers, shape (n_rows, n_products); None for none.

        Prices on the attribute `but` are left out.
        """
        charges = [one for one in self.by_list.get(which, ()) if one.attribute != but]
        return None if not charges else sum(one.table[one.codes[rows]] for one in charges)

    def reasons(self, which: str, row: int | None = None) -> list[tuple[str, tuple[str, ...]]]:
        """Attribute and kinds that are priced in a list; of one customer, those alone of whose
        prices one is theirs and not 0."""
        return [
            (one.attribute, one.kinds)
            for one in self.by_list.get(which, ())
            if row is None or one.touched[one.codes[row]]
        ]


@dataclass(frozen=True, eq=False)
class _Charge:
    attribute: str
    kinds: tuple[str, ...]
    codes: np.ndarray
    """Int, shape (n_customers,). Group of each; the last row of `table` where they are in none."""
    table: np.ndarray
    """Float64, shape (n_groups + 1, n_products)."""

    @cached_property
    def touched(self) -> np.ndarray:
        """Has the group a price that is not 0, bool of shape (n_groups + 1,)?"""
        return self.table.any(axis=1)


def _charge(
    bank: Bank,
    rule: FairnessSettings,
    attribute: str,
    prices: Mapping[tuple[str, ...], float],
    kinds: Mapping[str, np.ndarray],
) -> _Charge | None:
    """None where no price names a group and a kind that there are."""
    try:
        group = group_of(bank, attribute, rule)
    except BadInput:  # a column of an earlier edition, or an attribute that the bank took back
        return None
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
    group = group.where(person)
    names = [without_bounds(str(name)) for name in group.cat.categories]
    table = np.zeros((len(names) + 1, bank.n_products))
    for (name, kind), price in prices.items():
        if name in names and kind in kinds:
            table[names.index(name)] += price * kinds[kind]
    codes = np.where(group.isna(), len(names), group.cat.codes)
    used = [kind for name, kind in prices if name in names and kind in kinds]
    return _Charge(attribute, tuple(dict.fromkeys(used)), codes, table) if used else None


def _read(key: str) -> tuple[str, str, str, str]:
    which, attribute, rest = key.split(PRICE_KEY, 2)
    group, kind = rest.rsplit(PRICE_KEY, 1)
    return which, attribute, without_bounds(group), kind


def key_of(which: str, attribute: str, group: str, kind: str) -> str:
    """A price's key in `fairness.prices`; a quarter of the incomes keeps it as its bounds move."""
    return PRICE_KEY.join((which, attribute, without_bounds(group), kind))
