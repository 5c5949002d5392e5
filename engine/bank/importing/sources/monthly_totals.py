"""Nested monthly totals to months; card, deposit and loan columns to holdings and accounts."""

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank.importing.columns.mapping import Frames, lookup, placed
from engine.bank.parsing import cell_parsing, dates
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_MONTHS = "customer_monthly_transaction_insights"
_MONTH_KEYS = ("Month", "Total_Transaction_Amount", "Total_Transaction_Count")
_PROFILE = "customer_profile"


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add months, holdings and accounts; leave durations to the products that they belong to."""
    frames = dict(frames)
    if _MONTHS in tables:
        frames["months"] = _months(tables[_MONTHS], findings)
    if _PROFILE in tables:
        profile = tables[_PROFILE]
        frames["accounts"] = _accounts(frames["accounts"], profile)
        if "products" in frames:
            frames["holdings"] = _cards(profile, frames["products"], findings)
        _compare_balances(profile, findings)
    if "products" in frames:
        frames["products"] = _durations(frames["products"])
    return frames


def _months(raw: RawTable, findings: Findings) -> pd.DataFrame:
    insights = [_list_of_objects(cell) for cell in raw.column("Transaction_Insights")]
    unread = [i for i, months in enumerate(insights) if months is None]
    problem = "Transaction_Insights is no list of months"
    findings.reject("months", raw.file, raw.lines[unread], problem)
    counts = [len(months or ()) for months in insights]
    cells = pd.DataFrame.from_records(
        [m for months in insights for m in months or ()], columns=list(_MONTH_KEYS)
    ).astype("str")
    rows = np.repeat(np.arange(len(counts)), counts)
    months = pd.DataFrame(
        {
            "customer_id": raw.column("CustomerID").to_numpy()[rows],
            "month": dates.month_start(cell_parsing.time(cells["Month"])),
            "spending": cell_parsing.number(cells["Total_Transaction_Amount"]),
            "n_transactions": cell_parsing.number(cells["Total_Transaction_Count"]),
        }
    )
    return placed(months, raw, rows)


def _list_of_objects(cell: object) -> list[dict[str, object]] | None:
    try:
        value = json.loads(cell) if isinstance(cell, str) else None
    except json.JSONDecodeError:
        return None
    is_list = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return value if is_list else None


def _accounts(current: pd.DataFrame, profile: RawTable) -> pd.DataFrame:
    """The current account of every customer, and an account without a balance for each "Yes"."""
    parts = [current]
    for column, kind in (("DepositStatus", "deposit"), ("LoanStatus", "loan")):
        if column in profile.frame:
            rows = np.flatnonzero(cell_parsing.flag(profile.frame[column]).fillna(False))
            ids = profile.column("CustomerID").to_numpy()[rows]
            parts.append(placed(pd.DataFrame({"customer_id": ids, "kind": kind}), profile, rows))
    return pd.concat(parts, ignore_index=True)


def _cards(profile: RawTable, products: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The card of each customer, found in the catalogue by its name."""
    ids = lookup(cell_parsing.lower(products["name"]), products["product_id"])
    cards = cell_parsing.lower(profile.column("PlasticCard"))
    product_ids = cards.map(ids)
    unknown = profile.frame[cards.notna() & product_ids.isna()]
    findings.warn(
        "holdings",
        profile.column("CustomerID")[unknown.index],
        [f"card {c!r} is not in the catalogue" for c in unknown["PlasticCard"]],
    )
    rows = np.flatnonzero(product_ids.notna())
    holdings = pd.DataFrame(
        {
            "customer_id": profile.column("CustomerID").to_numpy()[rows],
            "product_id": product_ids.to_numpy()[rows],
        }
    )
    findings.note(
        "DepositStatus and LoanStatus name no product; they became accounts without balance."
    )
    return placed(holdings, profile, rows)


def _compare_balances(profile: RawTable, findings: Findings) -> None:
    needed = ["CurrentBalance", "TotalDeposits", "TotalWithdrawals"]
    if not set(needed) <= set(profile.frame.columns):
        return
    balance, deposits, withdrawals = (cell_parsing.number(profile.frame[c]) for c in needed)
    n_equal = int(((deposits - withdrawals - balance).abs() < 0.005).sum())
    findings.note(
        f"CurrentBalance equals TotalDeposits minus TotalWithdrawals for {n_equal} of "
        f"{len(balance)} customers; nothing was derived from them."
    )


def _durations(products: pd.DataFrame) -> pd.DataFrame:
    """A tenure is the term of a loan, and the shortest lock-in of a deposit."""
    loan = products["category"].str.lower() == "loan"
    deposit = products["category"].str.lower() == "deposit"
    return products.assign(
        term_months=products["term_months"].where(loan),
        lock_in_months=products["lock_in_months"].where(deposit),
    )
