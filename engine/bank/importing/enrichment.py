"""Checked rows in, whole tables out: ids, categories, scores, months and the bank's day."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank import tables as _tables
from engine.bank.ages import full_years
from engine.bank.decision import counted
from engine.bank.importing import product_scores
from engine.bank.importing.columns.layout import BORN, MONTHS_BACK, Layout
from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.parsing import dates, eligibility_clauses, merchant_codes
from engine.bank.quality import Findings
from engine.vocabulary import FOREIGN, INCOME_CATEGORY, RETAIL, TABLES

_DATED = {
    "transactions": ("booked_at",),
    FOREIGN: ("booked_at",),
    "messages": ("sent_at",),
    "events": ("recorded_at",),
    "holdings": ("opened_on", "closed_on"),
    "contacts": ("contacted_at",),
    "accounts": ("opened_on", "as_of"),
    "customers": ("joined_on",),
    "labels": ("known_on",),
    "consents": ("recorded_at",),
}


KNOWN_SINCE = ", no day given: known since this import"
"""Behind the source of an objection that got the day of its import, which is no activity."""


def last_day(frames: Frames, now: pd.Timestamp) -> pd.Timestamp | None:
    """The last dated activity up to now: a bank of old files is judged as of its own day.

    A monthly figure counts up to the last day of its month, unless something else is dated in
    that very month: then the month may not be over.
    """
    if "consents" in frames and "source" in (consents := frames["consents"]):
        given = ~consents["source"].astype("str").str.endswith(KNOWN_SINCE, na=False)
        frames = {**frames, "consents": consents[given]}
    days = [
        frames[table].loc[frames[table][column] <= now, column].max()
        for table, columns in _DATED.items()
        for column in columns
        if table in frames and column in frames[table]
    ]
    known = [day for day in days if pd.notna(day)]
    if "months" in frames and "month" in frames["months"]:
        month = frames["months"]["month"]
        last = month[month <= now].max()
        if pd.notna(last) and all(day < last for day in known):
            known.append(min(last + pd.offsets.MonthEnd(0), now))
    return max(known).normalize() if known else None


def place_months(frames: Frames, day: pd.Timestamp) -> Frames:
    """Lay undated series to end in the month of the bank's day."""
    if "months" not in frames or MONTHS_BACK not in frames["months"]:
        return frames
    months = frames["months"]
    number = day.year * 12 + day.month - 1 - months[MONTHS_BACK].to_numpy(dtype="int64")
    placed = months.drop(columns=MONTHS_BACK).assign(month=_month_starts(number, months.index))
    return {**frames, "months": placed}


def place_ages(frames: Frames, day: pd.Timestamp) -> Frames:
    """Full years on the bank's day from days of birth, which themselves are not kept."""
    if "customers" not in frames or BORN not in frames["customers"]:
        return frames
    customers = frames["customers"]
    years = full_years(customers[BORN], day)
    age = customers["age"].fillna(years) if "age" in customers else years
    return {**frames, "customers": customers.drop(columns=BORN).assign(age=age)}


def filled_in(
    frames: Frames, layout: Layout, day: pd.Timestamp, currency: str, findings: Findings
) -> Mapping[str, pd.DataFrame]:
    """Fill what a source leaves out by stated rules.

    Returns
    -------
    dict of str to DataFrame
        Tables of the vocabulary, without FILE and LINE.
    """
    whole = {t: f.drop(columns=[FILE, LINE]).reset_index(drop=True) for t, f in frames.items()}
    if "products" in whole:
        whole["products"] = _products(whole["products"], findings)
    if "customers" in whole:
        customers = whole["customers"]
        as_of = customers["age_as_of"].fillna(day).where(customers["age"].notna())
        whole["customers"] = customers.assign(
            audience=customers["audience"].fillna(RETAIL), age_as_of=as_of
        )
    if "accounts" in whole:
        accounts = whole["accounts"]
        as_of = accounts["as_of"].fillna(day).where(accounts["balance"].notna())
        whole["accounts"] = accounts.assign(as_of=as_of)
    if "transactions" in whole:
        whole["transactions"] = _transactions(whole["transactions"], layout, currency, findings)
        whole["months"] = _months(whole, findings)
    return whole


def _products(products: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    products = products.assign(
        audience=products["audience"].fillna(RETAIL), item_type=product_scores.item_types(products)
    )
    own_category = products["category"].notna()
    products["category"] = product_scores.categorise(products)
    limits = products["attributes"].str.extract(r'"age_limit": "([^"]*)"')[0]
    products, read = eligibility_clauses.apply(products, limits)
    products["sensitive"] = product_scores.sensitive(products)
    products = product_scores.estimate(products)
    for clause in read.itertuples(index=False):
        findings.note(
            f"Product {clause.product_id}: {clause.clause!r} was read as {clause.column} "
            f"{clause.value if isinstance(clause.value, str) else f'{clause.value:g}'}."
        )
    if n := int((~own_category).sum()):
        findings.note(f"{counted(n, 'product')} without a category: derived from the name.")
    if n := int(products["scores_estimated"].sum()):
        findings.note(f"{counted(n, 'product')} without scores: estimated by rule and flagged.")
    return products


def _transactions(
    transactions: pd.DataFrame, layout: Layout, currency: str, findings: Findings
) -> pd.DataFrame:
    category, n_codes = merchant_codes.named(
        transactions["category"], said=_are_merchant_codes(layout)
    )
    if n_codes:
        findings.note(
            f"Categories are {counted(n_codes, 'merchant category code')}; each has its name of "
            "ISO 18245 beside it."
        )
    mapped = (
        category.str.lower().map(layout.categories).astype("str") if layout.categories else category
    )
    income = mapped.isna() & (transactions["amount"] > 0)
    return transactions.assign(
        category=mapped.fillna(category).mask(income & category.isna(), INCOME_CATEGORY),
        currency=transactions["currency"].fillna(currency),
    )


def _are_merchant_codes(layout: Layout) -> bool:
    """Does the source call its column of categories so?"""
    columns = [spec.columns for spec in layout.tables if spec.into == "transactions"]
    headers = [name for one in columns if "category" in one for name in one["category"].sources]
    return bool(headers) and all(map(merchant_codes.is_header, headers))


def _months(whole: Frames, findings: Findings) -> pd.DataFrame:
    """Monthly figures: the source's own, with gaps filled from transactions."""
    given = whole.get("months", _tables.empty("months"))
    if given[["spending", "income"]].notna().any(axis=None):
        return given
    sums = monthly_sums(whole["transactions"])
    findings.note(f"{counted(len(sums), 'customer month')} added up from transactions.")
    keys = ["customer_id", "month"]
    merged = given.drop(columns=["income", "spending", "n_transactions"]).merge(sums, "outer", keys)
    return merged[list(TABLES["months"])].sort_values(keys, kind="stable", ignore_index=True)


def monthly_sums(transactions: pd.DataFrame) -> pd.DataFrame:
    """Income, spending and number of transactions per customer and month.

    Returns
    -------
    DataFrame
        customer_id, month, income, spending (both positive), n_transactions. A month without a
        transaction between a customer's first and last is there with zeros.
    """
    amount = transactions["amount"].to_numpy()
    rows = pd.DataFrame(
        {
            "customer_id": transactions["customer_id"],
            "month": dates.month_start(transactions["booked_at"]),
            "income": np.clip(amount, 0, None),
            "spending": np.clip(-amount, 0, None),
            "n_transactions": 1.0,
        }
    )
    sums = rows.groupby(["customer_id", "month"], as_index=False).sum()
    spans = sums.groupby("customer_id")["month"].agg(["min", "max"])
    first = spans["min"].dt.year * 12 + spans["min"].dt.month - 1
    counts = (spans["max"].dt.year * 12 + spans["max"].dt.month - first).to_numpy()
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    numbers = np.repeat(first.to_numpy(), counts) + steps
    grid = pd.DataFrame(
        {
            "customer_id": pd.Series(np.repeat(spans.index.to_numpy(), counts), dtype="str"),
            "month": _month_starts(numbers, pd.RangeIndex(len(numbers))),
        }
    )
    filled = grid.merge(sums, "left", ["customer_id", "month"])
    figures = ["income", "spending", "n_transactions"]
    return filled.assign(**{f: filled[f].fillna(0.0) for f in figures})


def _month_starts(numbers: np.ndarray, index: pd.Index) -> pd.Series:
    """First days of months that are counted from the year 0."""
    starts = (numbers - 1970 * 12).astype("datetime64[M]").astype("datetime64[us]")
    return pd.Series(starts, index=index, dtype=dates.TIME)
