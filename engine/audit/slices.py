"""Profiles of a day in; the groups by which customers can be told apart, and who is in one, out.

A slice is one or two conditions on what is known of a customer: a word, a range, or "not known".
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from engine.audit.parity.groups import AGE_BAND, GENDER, NOT_RECORDED, group_of
from engine.bank.bank import Bank
from engine.customers.columns import attribute_dates, column_label, columns_of
from engine.customers.learned_metrics.column_checks import proxies, traits_of
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.figures import MISSING, figure, money
from engine.settings import FairnessSettings
from engine.vocabulary import CORPORATE

PROTECTED: Final = (GENDER, AGE_BAND)
"""Groups that are measured one at a time, by the bands and the smallest size of the fairness
audit, among persons, and that open no customers."""
MOST_ASKED: Final = 5_000
"""Customers, drawn once, by whom a column is asked whether it tells a protected trait: they bound
the time (own choice)."""
_OWN: Final = {
    "segment": "segment",
    "churn_band": "churn",
    "value_band": "value",
    "value_a_year": "value a year",
    "mood": "mood from −1 to 1",
    "n_messages": "messages",
    "n_cases_open": "open cases",
    "volatile": "spending that swings",
}
"""Columns of the profiles -> what they are called."""
_PROFILE: Final = "profile."
_MONEY: Final = ("months.", "accounts.balance", "accounts.credit_limit", "profile.value_a_year")
_MONEY_OF_CUSTOMERS: Final = ("annual_income", "annual_revenue", "savings_goal")
_DAYS: Final = " days before"
_MOST_DIGITS: Final = 9
"""Of the edge of a range (own choice)."""


@dataclass(frozen=True)
class Condition:
    """What customers of a slice have in common in one column.

    Attributes
    ----------
    column : str
        As `fields_of` names it.
    word : str
        The value; "" where there is none.
    low, high : float
        Half-open range of a number; infinite where it has no such end.
    known : bool
        False for those of whom the column is not known.
    unit : str
        What a number is followed by; currencies stand before it.
    whole : bool
        The number is a count.
    """

    column: str
    word: str = ""
    low: float = -math.inf
    high: float = math.inf
    known: bool = True
    unit: str = ""
    whole: bool = False

    @property
    def text(self) -> str:
        """For example "balance, mean of 12 months: USD 1,200 to 4,800"."""
        return f"{label(self.column)}: {self._value()}"

    def _value(self) -> str:
        if not self.known:
            return MISSING
        if self.word:
            return self.word
        if math.isinf(self.low) and math.isinf(self.high):
            return "known"
        if math.isinf(self.high):
            return f"{self._figure(self.low)} and more"
        if math.isinf(self.low):
            none = self.whole and self.high == 1
            return self._figure(0.0) if none else f"under {self._figure(self.high)}"
        if self.whole and self.high == self.low + 1:
            return self._figure(self.low)
        return f"{self._figure(self.low, first=True)} to {self._last(self.high)}"

    def _last(self, high: float) -> str:
        return self._figure(high - 1 if self.whole else high, last=True)

    def _figure(self, value: float, *, first: bool = False, last: bool = False) -> str:
        if self.unit.strip().isupper():
            return figure(value) if last else money(value, self.unit)
        return figure(value) if first else f"{figure(value)}{self.unit}"

    @property
    def address(self) -> str:
        """As one parameter of a selection of customers."""
        ends = [None if math.isinf(end) else end for end in (self.low, self.high)]
        stored = [self.column, self.word, *ends, self.known, self.unit, self.whole]
        return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, address: str) -> "Condition":
        """The condition of an address; BadInput where it is none."""
        try:
            column, word, low, high, known, unit, whole = json.loads(address)
            stated = [float(end) for end in (low, high) if end is not None]
            typed = (
                all(isinstance(text, str) for text in (column, word, unit))
                and all(isinstance(flag, bool) for flag in (known, whole))
                and not any(isinstance(end, bool | str) for end in (low, high))
                and all(math.isfinite(end) for end in stated)
            )
            if not typed:
                raise TypeError("a part of another type")
            ends = -math.inf if low is None else float(low), math.inf if high is None else high
            condition = cls(column, word, ends[0], float(ends[1]), known, unit, whole)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadInput(
                f"Got {address!r} as a condition on customers; expected a column with a word or "
                "two ends. Open it from Recommendations, How good?, again."
            ) from error
        return condition

    def holds(self, values: pd.Series) -> np.ndarray:
        """Of which values it is true, bool."""
        if not self.known:
            return values.isna().to_numpy()
        if self.word:
            return (values == self.word).fillna(False).to_numpy(dtype=bool)
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
        return (numbers >= self.low) & (numbers < self.high)


def said(conditions: Sequence[Condition]) -> str:
    """What the customers of a slice have in common: "segment: …; products held: 0"."""
    return "; ".join(condition.text for condition in conditions)


def title(conditions: Sequence[Condition]) -> str:
    """The same as a name."""
    text = said(conditions)
    return text[:1].upper() + text[1:]


def members(
    profiles: Profiles, conditions: Sequence[Condition], bank: Bank, rule: FairnessSettings
) -> np.ndarray:
    """Who is in a slice now, bool of shape (n_customers,).

    Parameters
    ----------
    bank : Bank
        With protected traits, which `profiles` are without.

    Raises
    ------
    BadInput
        If a column is not known of this bank, is a protected trait, or stands for one.
    """
    fields = fields_of(profiles)
    asked = fields.columns.intersection([condition.column for condition in conditions])
    for column, said in telling(fields[asked], bank, rule).items():
        raise BadInput(
            f"Got a condition on {column!r}, which {said}: nobody is chosen by it. Open another "
            "group from Recommendations, How good?."
        )
    chosen = np.ones(len(fields), dtype=bool)
    for condition in conditions:
        if condition.column not in fields:
            raise BadInput(
                f"Got a condition on {condition.column!r}, by which customers of this bank cannot "
                "be chosen. Retrain, and open the group from Recommendations, How good?, again."
            )
        chosen &= condition.holds(fields[condition.column])
    return chosen


def telling(fields: pd.DataFrame, bank: Bank, rule: FairnessSettings) -> dict[str, str]:
    """Columns by which nobody is told apart: "stands for gender: female (AUC 0.97)".

    They tell a protected trait as well as `column_checks.PROXY_FROM` asks. Words may be a band of
    age that no quarter of the ages is, so they are held against the bands too.

    Parameters
    ----------
    fields : DataFrame of n_customers rows
        Of `fields_of`, in the bank's order.
    """
    if fields.empty:
        return {}
    traits, bands = traits_of(bank), {}
    for name, words in protected_of(bank, rule).items():
        known = words.notna() & words.ne(NOT_RECORDED)
        for word in sorted(words[known].unique()):
            bands[f"{name}: {word}"] = words.eq(word).astype(float).where(known).to_numpy()
    rows = np.random.default_rng(0).permutation(len(fields))[:MOST_ASKED]
    asked = fields.iloc[rows]
    told = proxies(asked, {name: given[rows] for name, given in traits.items()})
    left = asked.select_dtypes(exclude="number").columns.difference(list(told), sort=False)
    return told | proxies(asked[left], {name: given[rows] for name, given in bands.items()})


def fields_of(profiles: Profiles) -> pd.DataFrame:
    """Every column by which customers may be told apart, if it is not `telling`.

    None is a protected trait by its name.

    Returns
    -------
    DataFrame of n_customers rows
        Numbers, or words of few values; missing where nothing is known.
    """
    table = profiles.table
    own = table[list(_OWN)].astype({"volatile": "object"})
    own["volatile"] = table["volatile"].map({True: "yes", False: "no"})
    own["churn_band"] = own["churn_band"].where(table["churn_known"])
    own["value_band"] = own["value_band"].where(table["profit_known"])
    given = columns_of(profiles.data)
    flags = profiles.data.bank["customers"].select_dtypes(["bool", "boolean"]).columns
    for name in given.columns.intersection([f"customers.{flag}" for flag in flags]):
        given[name] = given[name].map({1.0: "yes", 0.0: "no"})
    frame = own.add_prefix(_PROFILE).join(given)
    return frame.reset_index(drop=True)


def protected_of(bank: Bank, rule: FairnessSettings) -> pd.DataFrame:
    """Gender and age band of persons, as the fairness audit groups them."""
    person = bank["customers"]["audience"].ne(CORPORATE).to_numpy()
    groups = {name: group_of(bank, name, rule).astype("str") for name in PROTECTED}
    return pd.DataFrame({name: words.where(person) for name, words in groups.items()})


def conditions_of(
    fields: pd.DataFrame, profiles: Profiles, bins: int
) -> dict[str, list[Condition]]:
    """Conditions that every column can be cut into.

    Parameters
    ----------
    fields : DataFrame
        Of the customers who are looked at.
    bins : int
        Ranges of a number, of about as many customers each.
    """
    currency = profiles.data.bank.manifest.currency
    days = _days(profiles)
    found = {}
    for column in fields:
        values = fields[column]
        if pd.api.types.is_numeric_dtype(values):
            unit = _DAYS if column in days else currency if _is_money(column) else ""
            made = _ranges(column, values.to_numpy(dtype=float), bins, unit)
        else:
            made = [Condition(column, word=str(word)) for word in sorted(values.dropna().unique())]
        if values.isna().any():
            made.append(Condition(column, known=False))
        found[column] = made if len(made) > 1 else []
    return found


def _ranges(column: str, values: np.ndarray, bins: int, unit: str) -> list[Condition]:
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    if len(distinct) < 2:
        return [Condition(column, low=distinct[0], unit=unit)] if len(distinct) else []
    whole = not unit and bool((distinct == np.round(distinct)).all() and distinct[0] >= 0)
    if len(distinct) <= bins + 1:
        edges = distinct[1:]
    else:
        edges = np.quantile(known, np.arange(1, bins) / bins, method="higher")
        edges = np.where(edges <= distinct[0], distinct[1], edges)
        edges = edges if whole else _rounded(edges, distinct[0], distinct[-1])
    edges = np.unique(edges[(edges > distinct[0]) & (edges <= distinct[-1])])
    ends = [-math.inf, *edges.tolist(), math.inf]
    return [
        Condition(column, low=low, high=high, unit=unit, whole=whole)
        for low, high in pairwise(ends)
    ]


def _rounded(edges: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    """To two digits, so that a range can be said; to more where two leave no edge between values.

    None has more decimals than a page shows.
    """
    for digits in range(2, _MOST_DIGITS + 1):
        shorter = [float(f"{edge:.{digits}g}") for edge in edges]
        found = np.array([round(edge, 0 if abs(edge) >= 100 else 2) for edge in shorter])
        if ((found > lowest) & (found <= highest)).any():
            return found
    return np.zeros(0)


def _is_money(column: str) -> bool:
    if column.startswith("customers."):
        return column.partition(".")[2] in _MONEY_OF_CUSTOMERS
    return column.startswith(_MONEY) and "n_transactions" not in column


def _days(profiles: Profiles) -> set[str]:
    """Columns that are dates, as days before the bank's day."""
    customers = profiles.data.bank["customers"]
    dates = customers.select_dtypes("datetime").columns
    return {f"customers.{name}" for name in dates} | attribute_dates(customers["attributes"])


def label(column: str) -> str:
    """What a column is called in a sentence: "products held"."""
    table, _, name = column.partition(".")
    if table == "holdings":
        return "products held" if name == "number" else f"{name} held"
    if table == "accounts" and name == "number":
        return "accounts"
    if table == "contacts":
        return "contacts noted" if name == "number" else "channel of the last contact"
    if column.startswith(_PROFILE):
        return _OWN.get(name, name)
    text = column_label(column)
    return text[:1].lower() + text[1:]
