"""B: nested monthly totals to months; card, deposit and loan columns to holdings and accounts."""

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank import dates, parse
from engine.bank.mapping import Frames, placed
from engine.bank.quality import Findings
from engine.bank.raw import RawTable

_MONTHS = "customer_monthly_transaction_insights"
_PROFILE = "customer_profile"


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add months, holdings and accounts; leave durations to the products that they belong to."""
    frames = dict(frames)
    if _MONTHS in tables:
        frames["months"] = _months(tables[_MONTHS])
    if _PROFILE in tables:
        profile = tables[_PROFILE]
        frames["accounts"] = _accounts(frames["accounts"], profile)
        if "products" in frames:
            frames["holdings"] = _cards(profile, frames["products"], findings)
        _compare_balances(profile, findings)
    if "products" in frames:
        frames["products"] = _durations(frames["products"])
    return frames


def _months(raw: RawTable) -> pd.DataFrame:
    insights = [json.loads(cell) for cell in raw.frame["Transaction_Insights"]]
    counts = [len(months) for months in insights]
    cells = pd.DataFrame.from_records([m for months in insights for m in months]).astype("str")
    rows = np.repeat(np.arange(len(counts)), counts)
    months = pd.DataFrame(
        {
            "customer_id": raw.frame["CustomerID"].to_numpy()[rows],
            "month": dates.month_start(parse.time(cells["Month"])),
            "spending": parse.number(cells["Total_Transaction_Amount"]),
            "n_transactions": parse.number(cells["Total_Transaction_Count"]),
        }
    )
    return placed(months, raw, rows)


def _accounts(current: pd.DataFrame, profile: RawTable) -> pd.DataFrame:
    """The current account of every customer, and an account without a balance for each "Yes"."""
    parts = [current]
    for column, kind in (("DepositStatus", "deposit"), ("LoanStatus", "loan")):
        if column in profile.frame:
            rows = np.flatnonzero(parse.flag(profile.frame[column]).fillna(False))
            ids = profile.frame["CustomerID"].to_numpy()[rows]
            parts.append(placed(pd.DataFrame({"customer_id": ids, "kind": kind}), profile, rows))
    return pd.concat(parts, ignore_index=True)


def _cards(profile: RawTable, products: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The card of each customer, found in the catalogue by its name."""
    ids = products.drop_duplicates("name").set_index(products["name"].str.lower())["product_id"]
    cards = parse.lower(profile.frame["PlasticCard"])
    found = cards.map(ids)
    unknown = profile.frame[cards.notna() & found.isna()]
    findings.warn(
        "holdings",
        unknown["CustomerID"],
        [f"card {c!r} is not in the catalogue" for c in unknown["PlasticCard"]],
    )
    rows = np.flatnonzero(found.notna())
    holdings = pd.DataFrame(
        {
            "customer_id": profile.frame["CustomerID"].to_numpy()[rows],
            "product_id": found.to_numpy()[rows],
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
    balance, deposits, withdrawals = (parse.number(profile.frame[c]) for c in needed)
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
