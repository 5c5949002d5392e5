"""Profiles in; one customer's key figures and one sentence, in words, out."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine.customers import segments, wording
from engine.customers.profiles import Profiles
from engine.vocabulary import CORPORATE

CREDIT_BANDS: Final = (
    (750.0, "Excellent"),
    (700.0, "Very good"),
    (650.0, "Good"),
    (600.0, "Fair"),
    (-np.inf, "Poor"),
)
"""Lower edge and word of a credit score."""
_HEALTHY_RATIO: Final = 0.5
_MANY_CONTACTS: Final = 3


def figures(profiles: Profiles, position: int, currency: str) -> dict[str, tuple[str, str]]:
    """Label -> value and remark, only what is known.

    Notes
    -----
    Current is the last known month, the arrow compares it with the month before; satisfaction is
    (s + 1) / 2; the spending ratio is last month's spending times 12 over yearly income, healthy
    under .5; more than 3 tickets are above average.
    """
    row = profiles.features.iloc[position]
    entries: dict[str, tuple[str, str]] = {}
    for label, name in (("Balance", "balance"), ("Monthly spending", "spending")):
        last, before = _last_two(profiles, position, name)
        if not np.isnan(last):
            entries[label] = (wording.money(last, currency), _arrow(last, before))
    balance = profiles.table["balance"].iloc[position]
    if "Balance" not in entries and not np.isnan(balance):
        entries["Balance"] = (wording.money(balance, currency), "")
    if not np.isnan(row["income"]):
        company = profiles.data.bank["customers"]["audience"].iloc[position] == CORPORATE
        label = "Yearly revenue" if company else "Yearly income"
        entries[label] = (wording.money(row["income"], currency), "")
        spent, _ = _last_two(profiles, position, "spending")
        if not np.isnan(spent) and row["income"] > 0:
            ratio = spent * 12 / row["income"]
            word = "healthy" if ratio < _HEALTHY_RATIO else "high"
            entries["Spending ratio"] = (f"{100 * ratio:.1f} %", word)
    if not np.isnan(row["credit_score"]):
        entries["Credit score"] = (f"{row['credit_score']:.0f}", credit_word(row["credit_score"]))
    if not np.isnan(row["satisfaction"]):
        entries["Satisfaction"] = (wording.percent((row["satisfaction"] + 1) / 2), "")
    tickets = profiles.data.bank["messages"]["kind"].iloc[profiles.data.message_rows.of(position)]
    if n := int((tickets == "ticket").sum()):
        word = "above average" if n > _MANY_CONTACTS else "usual"
        entries["Support contacts"] = (str(n), word)
    if not np.isnan(row["value_a_year"]):
        band = profiles.table["value_band"].iloc[position]
        entries["Value a year"] = (wording.money(row["value_a_year"], currency), band)
    if not np.isnan(row["spending_variation"]):
        volatile = bool(profiles.table["volatile"].iloc[position])
        share = wording.percent(row["spending_variation"])
        entries["Spending variation"] = (share, "volatile" if volatile else "steady")
    return entries


def credit_word(score: float) -> str:
    """Excellent, Very good, Good, Fair or Poor."""
    return next(word for edge, word in CREDIT_BANDS if score >= edge)


def insight(
    profiles: Profiles, position: int, currency: str, known: Mapping[str, tuple[str, str]]
) -> str:
    """One sentence about one customer; every figure in it stands on the profile too.

    Parameters
    ----------
    known : mapping
        What `figures` gave for this customer.
    """
    row = profiles.table.iloc[position]
    parts = []
    if row["n_complaints_open"]:
        parts.append(wording.count(row["n_complaints_open"], "unresolved complaint"))
    change = profiles.features["balance_change"].iloc[position]
    if "Balance" in known:
        moved = abs(change) >= 0.1  # False for NaN
        side = "below" if change < 0 else "above"
        moved_by = f"{wording.percent(abs(change))} {side}"
        trend = f" (median of the last 3 months {moved_by} that of the 9 before)"
        parts.append(f"a balance of {known['Balance'][0]}{trend if moved else ''}")
    mine = profiles.interests_of(position)
    spends = mine[mine["kind"] == "spending"].sort_values("value", ascending=False)
    if len(spends):
        top = spends.iloc[0]
        over = wording.count(top["days"], "day") if top["days"] > 0 else ""
        how = f" on {top['item']} in {over}" if over else f" a month on {top['item']}"
        parts.append(wording.money(top["value"], currency) + how)
    goals = mine.loc[(mine["kind"] == "goal") & (mine["weight"] >= 1), "item"].tolist()
    if goals:
        said = wording.listing([f"“{goal}”" for goal in goals[:3]])
        parts.append(f"the goal{'s' if len(goals) > 1 else ''} {said}")
    elif not len(spends):
        others = mine.loc[mine["kind"].isin(["topic", "message", "declared"]), "item"]
        if len(others):
            parts.append(f"an interest in {wording.listing(list(dict.fromkeys(others))[:3])}")
    if not parts and row["n_holdings"]:
        parts.append(wording.count(row["n_holdings"], "product"))
    if not parts:
        return "Little is known of this customer yet."
    name = "A customer" if row["segment"] == segments.UNKNOWN else row["segment"]
    return f"{name}, with {wording.listing(parts)}."


def _last_two(profiles: Profiles, position: int, name: str) -> tuple[float, float]:
    values = profiles.data.months.figures[name][position]
    known = values[~np.isnan(values)]
    padded = np.concatenate([[np.nan, np.nan], known])
    return float(padded[-1]), float(padded[-2])


def _arrow(last: float, before: float) -> str:
    if pd.isna(before):
        return ""
    if last == before:
        return "as the month before"
    return "up on the month before" if last > before else "down on the month before"
