"""What was read of a bank in; every column that a metric may be learned from out."""

import json
import re
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.importing.outcome_columns import is_outcome
from engine.customers.features import CustomerData
from engine.customers.finances.months import RECENT, YEAR, last_day
from engine.customers.row_index import customer_positions, total
from engine.vocabulary import ACCOUNT_KINDS, FORBIDDEN_FEATURES, SOURCE_NAMES_OF_TRAITS

MAX_WORDS: Final = 30
"""A text with more different values than this is no category (own choice)."""
MIN_CUSTOMERS: Final = 20
"""A text that fewer customers have tells of them, not of a group: it is unknown (own choice)."""
_OUTSIDE: Final = frozenset(
    {"customer_id", "relationship_manager", "attributes", "status", "satisfaction", "vulnerable"}
)
"""Of the customers table: who they are, and what the scorecard's drivers read already."""
_TELLING: Final = frozenset(
    {
        "age",
        "sex",
        "gender",
        "marital",
        "birth",
        "nationality",
        "ethnicity",
        "race",
        "religion",
        "geography",
        "surname",
    }
)
"""Words of which one in a column's name is enough."""
_DAY: Final = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"


def columns_of(data: CustomerData) -> pd.DataFrame:
    """Numbers, dates as days before the bank's day, and words of few values; NaN where unknown.

    Returns
    -------
    DataFrame indexed by customer_id
        "customers.education", "attributes.Tier", "months.balance.mean of 12": table, then column.
        None is a protected trait, under our name or a source's, and none is named like an outcome.
    """
    return bank_columns(data.bank).assign(**_of_months(data))


def bank_columns(bank: Bank) -> pd.DataFrame:
    """The same of a bank without protected traits, but for its months."""
    columns = {
        **_of_customers(bank),
        **attribute_columns(bank["customers"]["attributes"], last_day(bank)),
        **_of_accounts(bank),
        **_of_holdings(bank),
        **_of_contacts(bank),
    }
    return pd.DataFrame(columns, index=bank.customer_ids)


def plain_name(column: str) -> str:
    """Lower-case words joined by _: how names of columns are compared."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.rsplit("attributes.", 1)[-1])
    return re.sub(r"\W+|_+", "_", words).strip("_").lower()


def column_label(column: str) -> str:
    """What a column is called on a page: "Total trans ct", "Balance, mean of 12 months"."""
    table, _, name = column.partition(".")
    if not name:
        return column.replace("_", " ").capitalize()
    if table in ("customers", "attributes"):
        return plain_name(name).replace("_", " ").capitalize()
    field, _, how = name.replace("_", " ").partition(".")
    return f"{field.capitalize()}, {how}" if how else f"{field.capitalize()} ({table})"


def is_protected(column: str) -> bool:
    """Is it a protected trait, by the name that we or a source give it?"""
    name = plain_name(column.removeprefix("customers."))
    return name in FORBIDDEN_FEATURES | SOURCE_NAMES_OF_TRAITS or bool(
        _TELLING.intersection(name.split("_"))
    )


def _of_customers(bank: Bank) -> dict[str, np.ndarray]:
    customers = bank["customers"]
    columns = {}
    for name in customers.columns:
        if name in _OUTSIDE or name in FORBIDDEN_FEATURES or customers[name].isna().all():
            continue
        values = customers[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            columns[f"customers.{name}"] = (last_day(bank) - values).dt.days.to_numpy(dtype=float)
        elif pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            columns[f"customers.{name}"] = values.astype("float64").to_numpy(dtype=float)
        elif (shared := _shared_words(values)) is not None:
            columns[f"customers.{name}"] = shared
    return columns


def attribute_columns(
    cells: pd.Series, day: pd.Timestamp, *, protected: bool = False
) -> dict[str, np.ndarray]:
    """The fields that an import kept, each as numbers, days before a day, or few words.

    Either those that may be learned from, or the protected ones, which only a check reads.
    """
    kept = [json.loads(cell) if isinstance(cell, str) else {} for cell in cells]
    names = dict.fromkeys(name for fields in kept for name in fields)
    columns = {}
    for name in names:
        path = f"attributes.{name}"
        if is_protected(path) != protected or is_outcome(name):
            continue
        values = (fields.get(name) for fields in kept)
        plain = [
            str(cell).strip() if isinstance(cell, str | int | float) else None for cell in values
        ]
        texts = pd.Series(plain, dtype="str")
        there = int(texts.notna().sum())
        numbers = pd.to_numeric(texts, errors="coerce")
        days = texts.str.fullmatch(_DAY).fillna(False).astype(bool)
        if there and numbers.notna().sum() == there:
            columns[path] = numbers.to_numpy(dtype=float)
        elif there and days.sum() == there:
            dates = pd.to_datetime(texts.str[:10], errors="coerce")
            columns[path] = (day.normalize() - dates).dt.days.to_numpy(dtype=float)
        elif (shared := _shared_words(texts)) is not None:
            columns[path] = shared
    return columns


def attribute_dates(cells: pd.Series) -> set[str]:
    """Columns of `attribute_columns` that are days before a day, told by a customer who has it."""
    texts = cells.dropna()
    found, seen = set(), set()
    for cell in texts[~texts.duplicated()]:
        for name, value in json.loads(cell).items():
            if name in seen or value is None:
                continue
            seen.add(name)
            if re.fullmatch(_DAY, str(value).strip()):
                found.add(f"attributes.{name}")
    return found


def _shared_words(values: pd.Series) -> np.ndarray | None:
    """The words that enough customers have, None for any other; None where it is no category."""
    n = values.value_counts()
    if len(n) > MAX_WORDS or not (n >= MIN_CUSTOMERS).any():
        return None
    return np.where(values.isin(n.index[n >= MIN_CUSTOMERS]), values.to_numpy(dtype=object), None)


def _of_accounts(bank: Bank) -> dict[str, np.ndarray]:
    accounts = bank["accounts"]
    if not len(accounts):
        return {}
    rows = customer_positions(bank, accounts["customer_id"])
    columns = {"accounts.number": total(rows, bank.n_customers)}
    for figure in ("balance", "credit_limit"):
        values = accounts[figure].to_numpy(dtype=float)
        for kind in ACCOUNT_KINDS:
            mine = (accounts["kind"] == kind).to_numpy(dtype=bool) & ~np.isnan(values)
            if mine.any():
                n = total(rows[mine], bank.n_customers)
                sums = total(rows[mine], bank.n_customers, values[mine])
                columns[f"accounts.{figure}.{kind}"] = np.where(n > 0, sums, np.nan)
    return columns


def _of_months(data: CustomerData) -> dict[str, np.ndarray]:
    """Means of the last months that were over on the bank's day; changes are drivers already."""
    columns = {}
    over = np.flatnonzero(data.months.complete)
    for name, values in data.months.figures.items():
        for n in (RECENT, YEAR):
            given = values[:, over[-n:]] if len(over) else values[:, :0]
            known = (~np.isnan(given)).sum(axis=1)
            if known.any():
                mean = np.divide(
                    np.nansum(given, axis=1),
                    known,
                    out=np.full(len(given), np.nan),
                    where=known > 0,
                )
                columns[f"months.{name}.mean of {n} months"] = mean
    return columns


def _of_holdings(bank: Bank) -> dict[str, np.ndarray]:
    if not bank.held.any():
        return {}
    categories = bank["products"]["category"].fillna("other").to_numpy()
    columns = {"holdings.number": bank.held.sum(axis=1).astype(float)}
    for category in sorted(set(categories))[:MAX_WORDS]:
        held = bank.held[:, categories == category].sum(axis=1)
        columns[f"holdings.{category}"] = held.astype(float)
    return columns


def _of_contacts(bank: Bank) -> dict[str, np.ndarray]:
    contacts = bank["contacts"]
    if not len(contacts):
        return {}
    rows = customer_positions(bank, contacts["customer_id"])
    newest = contacts.assign(row=rows).sort_values("contacted_at", kind="stable")
    channel = newest.drop_duplicates("row", keep="last").set_index("row")["channel"]
    columns = {"contacts.number": total(rows, bank.n_customers)}
    last = _shared_words(channel.reindex(np.arange(bank.n_customers)))
    return columns if last is None else {**columns, "contacts.channel": last}
