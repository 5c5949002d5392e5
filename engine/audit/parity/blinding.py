"""A way to score a bank in, proof out that gender, age, name and place do not move a score."""

import dataclasses
import json
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.results import BlindingReport

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "gender": ("gender",),
    "age": ("age", "age_as_of"),
    "name": ("name",),
    "place": ("city", "region", "country"),
    "e-mail and phone": ("email", "phone"),
    "marital status": ("marital_status",),
}
"""What is replaced together -> its columns of the customers table."""

ALL = "all together"

_SOURCE_FIELDS: Mapping[str, frozenset[str]] = {
    "gender": frozenset({"gender", "sex", "gender_identity"}),
    "age": frozenset({"age", "birth_date", "birthdate", "date_of_birth", "dob", "birth_number"}),
    "name": frozenset({"name", "full_name", "first_name", "last_name", "surname", "username"}),
    "place": frozenset({"city", "region", "country", "location", "address", "state", "district"}),
    "e-mail and phone": frozenset({"email", "e_mail", "phone", "phone_number", "mobile"}),
    "marital status": frozenset({"marital_status", "civil_status"}),
}
"""The same facts under a source's own field names, where an import kept them in `attributes`."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "gender": ("female", "male", "other"),
    "name": ("Aisha Bello", "John Smith", "Mei Chen", "Olga Novak", "Pedro Lima", "Zoe Katz"),
    "city": ("Lagos", "Oslo", "Lima", "Pune", "Leeds"),
    "region": ("North", "South", "East", "West"),
    "country": ("Nigeria", "Norway", "Peru", "India", "United Kingdom"),
    "location": ("Lagos", "Oslo", "Lima", "Pune", "Leeds"),
    "marital_status": ("single", "married", "divorced", "widowed"),
}


def blinding(score_of: Callable[[Bank], np.ndarray], bank: Bank, seed: int) -> BlindingReport:
    """Replace what must not matter, score everybody again, and compare to the last bit.

    Parameters
    ----------
    score_of : callable
        Bank -> scores of shape (n_customers, n_products) before the guard, computed
        from that bank alone. The banks that it is given differ in `base_fingerprint`, so that a
        cache keyed by the bank's identity does not answer for them.
    seed : int
        Chooses the replacements.

    Returns
    -------
    BlindingReport
        One row an attribute and one for all together: n_customers (whose value was replaced),
        n_changed (with any score not exactly equal) and largest_difference (infinite where a
        score appears or disappears). `n_changed` counts distinct customers over all rows.

    Notes
    -----
    Missing values are filled and present ones exchanged for different ones, so the check also
    sees a signal that reads whether something is recorded. Places of transactions change with
    the place, and the same facts under a source's own names in `attributes` with each.
    """
    rng = np.random.default_rng(seed)
    before = np.asarray(score_of(bank))
    changed = np.zeros(bank.n_customers, dtype=bool)
    rows = []
    for label, parts in [*((a, (a,)) for a in ATTRIBUTES), (ALL, tuple(ATTRIBUTES))]:
        blind = blinded(bank, parts, rng)
        replaced = _differs(bank["customers"], blind["customers"])
        moved, largest = _compare(before, np.asarray(score_of(blind)))
        changed |= moved
        rows.append((label, int(replaced.sum()), int(moved.sum()), largest))
    columns = ["attribute", "n_customers", "n_changed", "largest_difference"]
    table = pd.DataFrame(rows, columns=columns)
    return BlindingReport(table, int(changed.sum()), _sentence(table, bank.n_customers))


def blinded(bank: Bank, attributes: tuple[str, ...], rng: np.random.Generator) -> Bank:
    """The bank with some of ATTRIBUTES replaced for every customer, under another identity."""
    customers = bank["customers"].copy()
    for attribute in attributes:
        for column in ATTRIBUTES[attribute]:
            customers[column] = _replaced(customers[column], column, bank.as_of, rng)
    fields = frozenset().union(*(_SOURCE_FIELDS[a] for a in attributes))
    customers["attributes"] = _replaced_fields(customers["attributes"], fields, rng)
    frames = {"customers": customers}
    if "place" in attributes and len(bank["transactions"]):
        location = bank["transactions"]["location"]
        frames["transactions"] = bank["transactions"].assign(
            location=_drawn(location, _WORDS["location"], rng)
        )
    changed = bank.with_tables(**frames)
    return dataclasses.replace(changed, base_fingerprint=changed.fingerprint)


def _replaced(
    values: pd.Series, column: str, as_of: pd.Timestamp, rng: np.random.Generator
) -> pd.Series:
    if column == "age":
        years = rng.integers(18, 91, len(values)).astype(float)
        same = years == values.to_numpy(dtype=float)
        return pd.Series(np.where(same, 108 - years, years), index=values.index)
    if column == "age_as_of":
        return pd.Series(as_of, index=values.index, dtype=values.dtype)
    if column in ("email", "phone"):
        number = pd.Series(rng.permutation(len(values)) + 10_000_000, index=values.index)
        number = number.astype("str")
        return "p" + number + "@example.org" if column == "email" else "+00 " + number
    return _drawn(values, _WORDS[column], rng)


def _drawn(values: pd.Series, words: tuple[str, ...], rng: np.random.Generator) -> pd.Series:
    """A word for every row that is not the one that stands there."""
    pool = np.asarray(words, dtype=object)
    pick = rng.integers(0, len(pool), len(values))
    same = pool[pick] == values.to_numpy(dtype=object, na_value=None)
    drawn = pool[np.where(same, (pick + 1) % len(pool), pick)]
    return pd.Series(drawn, index=values.index, dtype="str")


def _replaced_fields(
    cells: pd.Series, fields: frozenset[str], rng: np.random.Generator
) -> pd.Series:
    """The same JSON objects with the values of these fields exchanged among the customers."""
    present = cells.notna() & cells.str.lower().str.contains("|".join(fields), regex=True, na=False)
    if not present.any():
        return cells
    stored = cells.loc[present].map(json.loads)
    mixed = stored.tolist()
    for name in sorted({k for row in stored for k in row if _plain(k) in fields}):
        values = [row.get(name) for row in stored]
        drawn = rng.permutation(len(values))
        mixed = [row | {name: values[i]} for row, i in zip(mixed, drawn, strict=True)]
    out = cells.astype("object")
    out.loc[present] = [json.dumps(row, ensure_ascii=False) for row in mixed]
    return out.astype("str")


def _plain(field: str) -> str:
    return field.strip().lower().replace(" ", "_").replace("-", "_")


def _differs(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    same = (before == after) | (before.isna() & after.isna())
    return ~same.fillna(False).to_numpy(dtype=bool).all(axis=1)


def _compare(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, float]:
    """Customers with any score that is not exactly equal, and the largest difference."""
    if before.shape != after.shape:
        raise ValueError(f"Scores had shape {before.shape} and then {after.shape}.")
    missing = np.isnan(before) != np.isnan(after)
    unequal = (before != after) & ~(np.isnan(before) & np.isnan(after))
    if not unequal.any():
        return np.zeros(len(before), dtype=bool), 0.0
    difference = np.inf if missing.any() else float(np.abs(before[unequal] - after[unequal]).max())
    return unequal.any(axis=1), difference


def _sentence(table: pd.DataFrame, n_customers: int) -> str:
    moved = table.loc[table["n_changed"] > 0]
    if moved.empty:
        return (
            f"Every score of all {n_customers:,} customers stays exactly the same when gender, "
            "age, name, place, contact details and marital status are replaced, one by one and "
            "all together."
        )
    worst = moved.iloc[0]
    return (
        f"Scores move: {worst['n_changed']:,} of {n_customers:,} customers get another score when "
        f"only {worst['attribute']} changes. Find what reads it before anyone uses these lists."
    )
