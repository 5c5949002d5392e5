"""What a schema cannot say of one table alone: references, the future, far amounts, gaps."""

import pandas as pd

from engine import settings
from engine.bank.bank import Bank
from engine.bank.importing import schema
from engine.bank.importing.columns.mapping import FILE, LINE, Frames, reject_rows, warn_rows
from engine.bank.quality import Findings
from engine.figures import figure
from engine.vocabulary import CORPORATE, KEYS, TABLES

_FUTURE_REJECTS = {
    "transactions": "booked_at",
    "months": "month",
    "holdings": "opened_on",
    "events": "recorded_at",
    "contacts": "contacted_at",
    "labels": "known_on",
}
_FUTURE_EMPTIES = {
    # A refusal from a clock that runs ahead is a refusal; without its day it wins over all.
    "consents": ("recorded_at",),
    "messages": ("sent_at",),
    "customers": ("joined_on", "age_as_of"),
    "accounts": ("opened_on", "as_of"),
}
_EARLY_REJECTS = frozenset({"transactions", "months"})
"""Tables whose rows mean nothing without their day; in others an early day is left empty."""
_EARLY_EMPTIES = {
    "holdings": ("opened_on",),
    "events": ("recorded_at",),
    "contacts": ("contacted_at",),
    "labels": ("known_on",),
    **_FUTURE_EMPTIES,
}
_LIVES = frozenset({"joined_on", "opened_on"})
"""Days that may lie a lifetime back."""

_AMOUNTS = {
    "transactions": ("amount",),
    "months": ("spending", "income"),
    "customers": ("annual_income",),
}
_GAPS = {
    "customers": ("age", "annual_income", "credit_score", "satisfaction", "annual_revenue"),
    "months": ("balance", "spending", "income", "loan_balance", "n_transactions"),
    "products": ("description", "category"),
}
"""Columns in which single missing values are reported, where their file has the column at all."""

_LABELS = {
    table: tuple(c for c, kind in TABLES[table].items() if kind == "text" and c not in texts)
    for table, texts in {"customers": (), "products": ("description", "eligibility")}.items()
}
"""Columns that pages show as a word or a name."""

_NAMING = frozenset(t for t in TABLES if t != "customers" and "customer_id" in TABLES[t])
_PERSONAL = ("age", "annual_income", "credit_score")

_MAX_ROUNDS = 2


def clean(
    frames: Frames,
    now: pd.Timestamp,
    outlier_sigmas: float,
    findings: Findings,
    earlier: Bank | None = None,
    derived: bool = False,
) -> Frames:
    """Check every table in turn; customers and products first, because others refer to them.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Mapped tables with FILE and LINE.
    now : Timestamp
        The moment of import; a date after it is in the future.
    outlier_sigmas : float
        Amounts this many standard deviations from the others are reported, and kept.
    findings : Findings
    earlier : Bank, optional
        Whose customers and products are known as well.
    derived : bool
        Customers were made from the rows that name them: one of whose rows none is kept is none.

    Returns
    -------
    dict of str to DataFrame
        The rows kept, still with FILE and LINE.
    """
    cleaned: Frames = {}
    rejected = frames.get("customers", pd.DataFrame(columns=[FILE, LINE]))[[FILE, LINE]].iloc[:0]
    order = ["customers", "products", *(t for t in TABLES if t not in ("customers", "products"))]
    for table in order:
        if table in frames:
            given = _without(frames[table], rejected)
            _report_gaps(table, given, findings)
            rows = schema.check(table, given, findings)
            rows = _known_customers(table, rows, cleaned, earlier, findings)
            rows = _known_products(table, rows, cleaned, earlier, findings)
            rows = _past(table, rows, now, findings)
            rows = _not_placeholders(table, rows, findings)
            rows = _short_labels(table, rows, findings)
            _report_far_amounts(table, rows, outlier_sigmas, findings)
            cleaned[table] = rows
            if table == "customers":
                rejected = _without(given, rows)[[FILE, LINE]]
    return _with_rows_only(cleaned, findings) if derived else cleaned


def _with_rows_only(cleaned: Frames, findings: Findings) -> Frames:
    """The same without customers of whom no row of any other table was kept."""
    customers = cleaned["customers"]
    named = [rows["customer_id"] for t, rows in cleaned.items() if t in _NAMING and len(rows)]
    is_left = customers["customer_id"].isin(pd.concat(named or [pd.Series(dtype="str")]))
    gone = customers[~is_left]
    problem = "every row that names this customer was rejected"
    reject_rows(findings, "customers", gone, [problem] * len(gone))
    return {**cleaned, "customers": customers[is_left]}


def _without(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Rows from other lines of the files: a rejected row leaves nothing behind in any table."""
    near = rows[FILE].isin(others[FILE].unique())
    if others.empty or not near.any():
        return rows
    lines = pd.MultiIndex.from_frame(others[[FILE, LINE]])
    same = pd.MultiIndex.from_frame(rows.loc[near, [FILE, LINE]]).isin(lines)
    return rows.drop(index=rows.index[near][same])


def _known_customers(
    table: str, rows: pd.DataFrame, cleaned: Frames, earlier: Bank | None, findings: Findings
) -> pd.DataFrame:
    if "customer_id" not in rows or table == "customers":
        return rows
    stray = rows[~rows["customer_id"].isin(_known("customers", cleaned, earlier))]
    problems = [f"unknown customer {c!r}" for c in stray["customer_id"]]
    reject_rows(findings, table, stray, problems)
    return rows.drop(index=stray.index)


def _known_products(
    table: str, rows: pd.DataFrame, cleaned: Frames, earlier: Bank | None, findings: Findings
) -> pd.DataFrame:
    """Holdings of unknown products are rejected; events on them are kept and flagged."""
    if table not in ("holdings", "events"):
        return rows
    stray = rows[~rows["product_id"].isin(_known("products", cleaned, earlier))]
    problems = [f"unknown product {p!r}" for p in stray["product_id"]]
    if table == "events":
        warn_rows(findings, table, stray, problems)
        return rows
    reject_rows(findings, table, stray, problems)
    return rows.drop(index=stray.index)


def _known(table: str, cleaned: Frames, earlier: Bank | None) -> set[str]:
    """Ids of the customers or products of these files and of an earlier edition."""
    key = KEYS[table][0]
    ids = set() if earlier is None else set(earlier[table][key])
    return ids | set(cleaned[table][key]) if table in cleaned else ids


def _past(table: str, rows: pd.DataFrame, now: pd.Timestamp, findings: Findings) -> pd.DataFrame:
    """Reject activity dated after the import; empty other dates that lie after it."""
    if column := _FUTURE_REJECTS.get(table):
        late = rows[rows[column] > now]
        problems = [f"{column} {day:%Y-%m-%d} is in the future" for day in late[column]]
        reject_rows(findings, table, late, problems)
        rows = rows.drop(index=late.index)
    for column in _FUTURE_EMPTIES.get(table, ()):
        late = rows[rows[column] > now]
        problems = [f"{column} {day:%Y-%m-%d} is in the future; left empty" for day in late[column]]
        warn_rows(findings, table, late, problems)
        rows = rows.assign(**{column: rows[column].mask(rows[column] > now)})
    return rows


def _not_placeholders(table: str, rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Reject or empty days that stand for no day at all, such as 1900-01-01.

    One booking of the year 1 would give its customer two thousand years of empty months.
    """
    limits = settings.default().bank
    if table in _EARLY_REJECTS:
        column = _FUTURE_REJECTS[table]
        early = rows[rows[column].dt.year < limits.earliest_activity_year]
        problems = [f"{column} {day.date()} stands for no day" for day in early[column]]
        reject_rows(findings, table, early, problems)
        return rows.drop(index=early.index)
    for column in _EARLY_EMPTIES.get(table, ()):
        is_life = column in _LIVES
        year = limits.earliest_life_year if is_life else limits.earliest_activity_year
        early = rows[rows[column].dt.year < year]
        problems = [f"{column} {day.date()} stands for no day; left empty" for day in early[column]]
        warn_rows(findings, table, early, problems)
        rows = rows.assign(**{column: rows[column].mask(rows[column].dt.year < year)})
    return rows


def _short_labels(table: str, rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Cut what is shown as a label and is as long as a page: a name of 100,000 letters."""
    most = settings.default().bank.max_label_characters
    for column in _LABELS.get(table, ()):
        if column in rows:
            n = rows[column].str.len()
            is_long = n > most
            if not is_long.any():
                continue
            said = f"characters; the first {most - 1} are kept"
            problems = [f"{column} has {figure(size)} {said}" for size in n[is_long]]
            warn_rows(findings, table, rows[is_long], problems)
            cut = rows[column].str.slice(0, most - 1) + "…"
            rows = rows.assign(**{column: rows[column].mask(is_long, cut)})
    return rows


def _report_gaps(table: str, rows: pd.DataFrame, findings: Findings) -> None:
    for column in _GAPS.get(table, ()):
        if column in rows and FILE in rows:
            has_column = rows[column].notna().groupby(rows[FILE]).transform("any")
            gaps = rows[rows[column].isna() & has_column & _concerned(rows, column)]
            warn_rows(findings, table, gaps, f"{column} is missing")


def _concerned(rows: pd.DataFrame, column: str) -> pd.Series:
    """A company has no age and a person no revenue: nothing is missing there."""
    if "audience" not in rows or column not in (*_PERSONAL, "annual_revenue"):
        return pd.Series(True, index=rows.index)
    corporate = rows["audience"] == CORPORATE
    return ~corporate if column in _PERSONAL else corporate


def _report_far_amounts(table: str, rows: pd.DataFrame, sigmas: float, findings: Findings) -> None:
    for column in _AMOUNTS.get(table, ()):
        distance = far_from_others(rows[column], sigmas)
        far = rows[distance.notna()]
        problems = [
            f"{column} {value:,.2f} lies {d:.1f} standard deviations from the mean of all others"
            for value, d in zip(far[column], distance.dropna(), strict=True)
        ]
        warn_rows(findings, table, far, problems)


def far_from_others(values: pd.Series, sigmas: float) -> pd.Series:
    """How far each value lies from the mean of all others, where that is `sigmas` or more.

    Returns
    -------
    Series of float64
        Distance in standard deviations of the others; NaN for every value that is not far.
        Values that are found far are left out of "the others" in the next round, so that two
        outliers do not hide each other.
    """
    distance = pd.Series(float("nan"), index=values.index, dtype="float64")
    for _ in range(_MAX_ROUNDS):
        others = values[distance.isna()].dropna()
        n = len(others)
        if n < 10:
            break
        total, squares = others.sum(), (others**2).sum()
        mean = (total - others) / (n - 1)
        variance = ((squares - others**2) / (n - 1) - mean**2).clip(lower=0)
        far = (others - mean).abs() / variance.pow(0.5).replace(0, float("nan"))
        far = far[far >= sigmas]
        if far.empty:
            break
        distance.loc[far.index] = far
    return distance
