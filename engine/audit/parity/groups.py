"""Customers in; the group of each by gender, age, income, region or what the bank names, out."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, product

import numpy as np
import pandas as pd

from engine.bank.ages import age_on
from engine.bank.bank import Bank
from engine.bank.tables import attribute_texts
from engine.errors import BadInput
from engine.settings import FairnessSettings
from engine.vocabulary import CORPORATE

GENDER = "gender"
AGE_BAND = "age band"
INCOME_BAND = "income band"
REGION = "region"
ATTRIBUTES = (GENDER, AGE_BAND, INCOME_BAND)
"""Measured in every bank; see `attributes_of`."""
AND = " × "
"""Between the attributes of an intersection."""

NOT_RECORDED = "not recorded"

_GENDERS: Mapping[str, str] = {
    "f": "female",
    "woman": "female",
    "m": "male",
    "man": "male",
    "": NOT_RECORDED,
    "unknown": NOT_RECORDED,
    "prefer not to say": NOT_RECORDED,
}
_QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
_BOUNDS = re.compile(rf"({'|'.join(_QUARTERS)}) \([^()]*\)")
_LEVELS = ("very low", "low", "medium", "high", "very high")


def attributes_of(bank: Bank, rule: FairnessSettings) -> tuple[str, ...]:
    """What a bank's customers can be grouped by: ATTRIBUTES, the region where it is recorded, and
    what the setting fairness.attributes names."""
    recorded = bank["customers"]["region"].notna().any()
    own = [name for name in rule.attributes if name not in ATTRIBUTES]
    return tuple(dict.fromkeys([*ATTRIBUTES, *([REGION] if recorded else []), *own]))


def group_of(bank: Bank, attribute: str, rule: FairnessSettings) -> pd.Series:
    """The group of every customer, in the bank's order.

    Parameters
    ----------
    attribute : str
        One of `attributes_of`, or several of them with AND between: their intersections.

    Returns
    -------
    Series of ordered category, length n_customers
        Missing values are a group of their own, "not recorded", which comes last.

    Raises
    ------
    BadInput
        For an unknown attribute.
    """
    if AND in attribute:
        return _crossed([group_of(bank, one, rule) for one in attribute.split(AND)])
    if attribute == GENDER:
        return _gender(bank["customers"])
    if attribute == AGE_BAND:
        return _age_band(bank, rule.age_bands)
    if attribute == INCOME_BAND:
        return _income_band(bank["customers"])
    known = attributes_of(bank, rule)
    if attribute in known:
        return as_recorded(bank["customers"], attribute)
    raise BadInput(
        f"Fairness is measured by {', '.join(known)}; got {attribute!r}. Choose one of them, or "
        "name a column of the customers in the setting fairness.attributes."
    )


def without_bounds(group: str) -> str:
    """A group's name without the incomes that a quarter lies between, which move with each import:
    "lowest quarter (under 29,950)" is "lowest quarter"."""
    return _BOUNDS.sub(r"\1", group)


def _crossed(groups: list[pd.Series]) -> pd.Series:
    """Intersections; who is not recorded in one of them is not recorded."""
    named = [group.astype("str") for group in groups]
    words = named[0].str.cat(named[1:], sep=AND)
    missing = np.logical_or.reduce([(name == NOT_RECORDED).to_numpy() for name in named])
    order = [
        AND.join(names)
        for names in product(*([c for c in g.cat.categories if c != NOT_RECORDED] for g in groups))
    ]
    return _ordered(words.mask(missing, NOT_RECORDED), order)


def as_recorded(customers: pd.DataFrame, attribute: str, order: Sequence[str] = ()) -> pd.Series:
    """A column of the customers as it stands, or a field of their kept attributes.

    Groups come in `order` where they are named there, then by the alphabet; "not recorded" last.
    """
    if attribute in customers:
        words = customers[attribute]
    else:
        words = customers["attributes"].map(
            lambda cell: _field(cell, attribute), na_action="ignore"
        )
    words = words.astype("object").where(words.notna(), NOT_RECORDED).astype("str").str.strip()
    words = words.mask(words == "", NOT_RECORDED)
    known = [name for name in order if (words == name).any()]
    return _ordered(words, [*known, *sorted(set(words) - {NOT_RECORDED, *known})])


def _field(cell: str, attribute: str) -> str | None:
    stored = {key.lower(): value for key, value in (json.loads(cell) if cell else {}).items()}
    value = stored.get(attribute.lower())
    return None if value is None else str(value)


def _gender(customers: pd.DataFrame) -> pd.Series:
    words = customers["gender"].fillna("").str.strip().str.lower()
    words = words.map(_GENDERS).fillna(words)
    present = sorted(set(words) - {NOT_RECORDED})
    return _ordered(words, present)


def _age_band(bank: Bank, edges: list[float]) -> pd.Series:
    customers = bank["customers"]
    age = age_on(customers, bank.as_of)
    edges = sorted(edges)
    ends = [f"{low:.0f} to {high - 1:.0f}" for low, high in pairwise(edges)]
    names = [f"under {edges[0]:.0f}", *ends, f"{edges[-1]:.0f} and over"]
    return _banded(age, edges, names)


def _income_band(customers: pd.DataFrame) -> pd.Series:
    """Quarters of the recorded incomes; without any figure, the source's own words."""
    person = customers["audience"] != CORPORATE
    income = customers["annual_income"].where(person).to_numpy(dtype=float)
    if np.isnan(income).all():
        return _income_level(customers["attributes"])
    edges = np.unique(np.nanquantile(income, [0.25, 0.5, 0.75]))
    between = [f"{low:,.0f} to {high:,.0f}" for low, high in pairwise(edges)]
    names = [f"under {edges[0]:,.0f}", *between, f"{edges[-1]:,.0f} and over"]
    if len(edges) == 3:  # else many incomes are equal, and fewer bands have their bounds alone
        names = [f"{q} ({bounds})" for q, bounds in zip(_QUARTERS, names, strict=True)]
    return _banded(income, list(edges), names)


def _income_level(attributes: pd.Series) -> pd.Series:
    words = attribute_texts(attributes, "income_level").str.lower()
    words = words.mask(words == "", NOT_RECORDED)
    others = sorted(set(words) - {NOT_RECORDED, *_LEVELS})
    return _ordered(words, [w for w in (*_LEVELS, *others) if (words == w).any()])


def _banded(values: np.ndarray, edges: list[float], names: list[str]) -> pd.Series:
    band = np.searchsorted(np.asarray(edges), values, side="right")
    words = np.where(np.isnan(values), NOT_RECORDED, np.asarray(names, dtype=object)[band])
    return _ordered(pd.Series(words, dtype="str"), names)


def _ordered(words: pd.Series, order: list[str]) -> pd.Series:
    dtype = pd.CategoricalDtype([*order, NOT_RECORDED], ordered=True)
    return words.reset_index(drop=True).astype(dtype)
