"""Mapped rows in, rows that satisfy the tables' schemas out; everything else goes to the report."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from engine.bank import tables as _tables
from engine.bank.importing.columns.mapping import FILE, LINE, reject_rows, warn_rows
from engine.bank.quality import Findings
from engine.vocabulary import (
    ACCOUNT_KINDS,
    ACTIONS,
    AUDIENCES,
    CONSENT_STATUSES,
    FOREIGN,
    ITEM_TYPES,
    KEYS,
    MESSAGE_KINDS,
    ORDERS,
    PRODUCT_SCORES,
    PURPOSES,
    RATING_ASPECTS,
    RISK_TOLERANCES,
    TABLES,
)

_SHARE, _MOOD, _SCORE, _MONEY = (0.0, 1.0), (-1.0, 1.0), (0.0, 10.0), (0.0, 1e15)
_ANY_MONEY = (-1e15, 1e15)

RANGES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "customers": {
        "age": (0, 120),
        "dependents": (0, 50),
        "annual_income": _MONEY,
        "credit_score": (0, 1000),
        "satisfaction": _MOOD,
        "savings_goal": _MONEY,
        "annual_revenue": _MONEY,
        "n_employees": (0, 1e7),
        "years_in_business": (0, 1000),
    },
    "accounts": {"balance": _ANY_MONEY, "credit_limit": _MONEY, "interest_rate": _MOOD},
    "labels": {"value": _ANY_MONEY},
    "products": {
        "min_age": (0, 120),
        "max_age": (0, 120),
        "interest_rate": _MOOD,
        "management_fee": _SHARE,
        "rewards_rate": _SHARE,
        "expected_return": _MOOD,
        "volatility": (0, 100),
        "term_months": (0, 1200),
        "lock_in_months": (0, 1200),
        **dict.fromkeys(
            (
                "min_income",
                "min_investment",
                "annual_fee",
                "monthly_fee",
                "credit_limit_min",
                "credit_limit_max",
                "loan_amount_min",
                "loan_amount_max",
                "monthly_premium",
                "coverage_amount",
                "deductible",
            ),
            _MONEY,
        ),
        **dict.fromkeys(PRODUCT_SCORES, _SCORE),
    },
    "transactions": {"amount": _ANY_MONEY},
    FOREIGN: {"amount": _ANY_MONEY},
    ORDERS: {"amount": _ANY_MONEY},
    "months": {
        "balance": _ANY_MONEY,
        "income": _MONEY,
        "spending": _MONEY,
        "n_transactions": _MONEY,
    },
    "messages": {"sentiment": _MOOD, "engagement": _MOOD},
    "events": {"rating": _SHARE, **dict.fromkeys(RATING_ASPECTS, _SHARE), "propensity": _SHARE},
}
"""Table -> column -> lowest and highest value; a value outside is left empty, with a warning."""

ALLOWED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customers": {"audience": AUDIENCES, "risk_tolerance": RISK_TOLERANCES},
    "consents": {"purpose": PURPOSES, "status": CONSENT_STATUSES},
    "accounts": {"kind": ACCOUNT_KINDS},
    "products": {"audience": AUDIENCES, "item_type": ITEM_TYPES},
    "messages": {"kind": MESSAGE_KINDS},
    "events": {"action": ACTIONS},
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "consents": ("customer_id", "purpose", "status"),
    "accounts": ("account_id", "customer_id"),
    "labels": ("customer_id", "name", "value"),
    "contacts": ("customer_id",),
    "products": ("product_id", "name"),
    "holdings": ("customer_id", "product_id"),
    "transactions": ("transaction_id", "customer_id", "booked_at", "amount"),
    FOREIGN: ("transaction_id", "customer_id", "booked_at", "amount", "currency"),
    ORDERS: ("customer_id", "amount"),
    "months": ("customer_id", "month"),
    "messages": ("message_id", "customer_id", "text"),
    "events": ("event_id", "customer_id", "product_id", "action"),
}
"""Columns without which a row means nothing: such a row is rejected."""


def pandera_schema(table: str, *, unique: bool = True, columns: Sequence[str] | None = None) -> Any:
    """The pandera schema of one table: required and unique keys, ranges and allowed values; of all
    its columns, or of some."""
    import pandera.pandas as pa

    of = {}
    for column in TABLES[table] if columns is None else columns:
        checks = []
        if column in RANGES.get(table, {}):
            checks.append(pa.Check.in_range(*RANGES[table][column]))
        if column in ALLOWED.get(table, {}):
            checks.append(pa.Check.isin(list(ALLOWED[table][column])))
        nullable = column not in REQUIRED[table]
        of[column] = pa.Column(None, checks, nullable=nullable, required=False)
    keys = list(KEYS[table]) if unique and table in KEYS else None
    return pa.DataFrameSchema(of, unique=keys, report_duplicates="exclude_first")


def check(table: str, rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Validate the rows of one table, lazily, and sort what fails into rejected and warnings.

    Parameters
    ----------
    table : str
    rows : DataFrame
        Columns of the table plus FILE and LINE.
    findings : Findings
        Takes the rejected rows and the warnings.

    Returns
    -------
    DataFrame
        The rows kept, in all columns of the table plus FILE and LINE; a value that is out of
        range or not allowed is empty.
    """
    origin = rows[[FILE, LINE]].reset_index(drop=True)
    rows = pd.concat(
        [_tables.coerce(table, rows.drop(columns=[FILE, LINE])), origin], axis="columns"
    )
    cases = _failure_cases(table, rows)
    missing = cases[cases["check"] == "not_nullable"].drop_duplicates("index")
    reject_rows(
        findings,
        table,
        rows.loc[missing["index"]],
        [f"{column} is missing" for column in missing["column"]],
    )
    rejected = set(missing["index"])
    twice = [i for i in _repeated(table, rows) if i not in rejected]
    reject_rows(findings, table, rows.loc[twice], _duplicate_texts(table, rows, twice))
    kept = rows.drop(index=[*rejected, *twice])
    return _emptied(table, kept, cases[cases["check"].isin(["in_range", "isin"])], findings)


def _failure_cases(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    import pandera.errors

    # What is repeated is looked for on its own: pandera lists every cell of it. And what cannot
    # fail is not looked at: columns without a rule, and empty ones that may be so.
    limited = {*RANGES.get(table, {}), *ALLOWED.get(table, {})}
    bound = [c for c in rows if c in REQUIRED[table] or (c in limited and rows[c].notna().any())]
    try:
        pandera_schema(table, unique=False, columns=bound).validate(rows[bound], lazy=True)
    except pandera.errors.SchemaErrors as failed:
        cases = failed.failure_cases
        cases = cases.assign(check=cases["check"].str.replace(r"\(.*", "", regex=True))
        return cases[cases["index"].notna()].astype({"index": "int64"})
    return pd.DataFrame(columns=["column", "check", "failure_case", "index"])


def _repeated(table: str, rows: pd.DataFrame) -> list[int]:
    keys = list(KEYS.get(table, ()))
    return rows.index[rows.duplicated(keys)].tolist() if keys else []


def _duplicate_texts(table: str, rows: pd.DataFrame, twice: list[int]) -> list[str]:
    if not twice:
        return []
    keys = list(KEYS[table])
    first = rows.drop_duplicates(keys).set_index(keys)
    places = first[FILE].astype("str") + " line " + first[LINE].astype("str")
    wanted = (
        pd.MultiIndex.from_frame(rows.loc[twice, keys])
        if len(keys) > 1
        else rows.loc[twice, keys[0]]
    )
    texts = rows.loc[twice, keys].astype("str")
    shown = texts[keys[0]].str.cat(texts[keys[1:]], sep=" ")
    return [
        f"duplicate {' and '.join(keys)} {key!r}: it stands in {place} already"
        for key, place in zip(shown, places.reindex(wanted), strict=True)
    ]


def _emptied(
    table: str, rows: pd.DataFrame, cases: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    """Leave values that fail empty, and say so."""
    rows = rows.copy()
    cases = cases[cases["index"].isin(rows.index)]
    for column, failed in cases.groupby("column", sort=False):
        index = failed["index"].unique()
        problems = [
            f"{column} {v!r} {_expected(table, column)}; left empty"
            for v in rows.loc[index, column]
        ]
        warn_rows(findings, table, rows.loc[index], problems)
        rows.loc[index, column] = None
    return rows


def _expected(table: str, column: str) -> str:
    if column in RANGES.get(table, {}):
        low, high = RANGES[table][column]
        return f"is outside {low:g} to {high:g}"
    return f"is not one of {', '.join(ALLOWED[table][column])}"
