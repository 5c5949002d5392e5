"""Profiles in; one customer's key figures and what stands out, in claims, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers import claims, claims_ahead, leaving_words, segments, wording
from engine.customers.claims import Claim
from engine.customers.finances import standing_orders
from engine.customers.finances.months import RECENT, last_day
from engine.customers.interests import UNTELLING
from engine.customers.profiles import Profiles
from engine.figures import figure
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
_IN_ACCOUNTS: Final = "current, savings or deposit accounts"
_CLEAR_CHANGE: Final = 0.1
_TELL_USUAL: Final = 30
"""Customers with spending from which it is told what is usual at a bank (own choice)."""
_OLD_DAYS: Final = 62
"""Payments that end longer ago are said with their month (own choice)."""


def figures(profiles: Profiles, position: int, currency: str) -> dict[str, tuple[str, str]]:
    """Label -> value and remark, only what is known.

    Notes
    -----
    The balance is that of current, savings and deposit accounts, as everywhere; a month is named
    where it is not the bank's last. Satisfaction is (s + 1) / 2; the spending ratio is the last
    month's spending times 12 over yearly income, healthy under .5.
    """
    row = profiles.features.iloc[position]
    entries: dict[str, tuple[str, str]] = {}
    if said := balance(profiles, position, currency):
        amount = said.figures["amount"]
        same = profiles.data.months.latest("balance")[position] == amount
        moved = _month_and_arrow(profiles, position, "balance") if same else ""
        remark = moved or ("" if said.figures["month"] else _IN_ACCOUNTS)
        entries["Balance"] = (wording.money(amount, currency), remark)
    if not np.isnan(spent := profiles.data.months.latest("spending")[position]):
        remark = _month_and_arrow(profiles, position, "spending")
        entries["Monthly spending"] = (wording.money(spent, currency), remark)
    if not np.isnan(row["income"]):
        company = profiles.data.bank["customers"]["audience"].iloc[position] == CORPORATE
        label = "Yearly revenue" if company else "Yearly income"
        n = profiles.data.months.n_of_year("income", position)
        span = profiles.data.months.span_of_year("income", position)
        how = "" if profiles.states_income(position) else wording.mean_income(n, span)
        entries[label] = (wording.money(row["income"], currency), how)
        if not np.isnan(spent) and _is_whole(profiles, position, "spending") and row["income"] > 0:
            ratio = spent * 12 / row["income"]
            word = "healthy" if ratio < _HEALTHY_RATIO else "high"
            share = f"{100 * ratio:.1f}".removesuffix(".0")
            entries["Spending ratio"] = (f"{share} %", f"{word}, last month x 12")
    if not np.isnan(row["credit_score"]):
        entries["Credit score"] = (f"{row['credit_score']:.0f}", credit_word(row["credit_score"]))
    if not np.isnan(row["satisfaction"]):
        raw = f"{figure(row['satisfaction'])} on a scale of −1 to 1"
        entries["Satisfaction"] = (wording.percent((row["satisfaction"] + 1) / 2), raw)
    tickets = profiles.data.bank["messages"]["kind"].iloc[profiles.data.message_rows.of(position)]
    if n := int((tickets == "ticket").sum()):
        word = f"more than {_MANY_CONTACTS}" if n > _MANY_CONTACTS else "usual"
        entries["Support contacts"] = (str(n), word)
    if not np.isnan(row["value_a_year"]):
        band = profiles.table["value_band"].iloc[position]
        remark = segments.VALUE_WORDS[band]
        entries["Value a year"] = (wording.money(row["value_a_year"], currency), remark)
    if not np.isnan(row["spending_variation"]):
        volatile = bool(profiles.table["volatile"].iloc[position])
        share = wording.percent(row["spending_variation"])
        entries["Spending variation"] = (share, "volatile" if volatile else "steady")
    return entries


def credit_word(score: float) -> str:
    """Excellent, Very good, Good, Fair or Poor."""
    return next(word for edge, word in CREDIT_BANDS if score >= edge)


def balance(profiles: Profiles, position: int, currency: str) -> Claim | None:
    """The one balance of a customer: of accounts, else of the last month on record."""
    amount = profiles.table["balance"].iloc[position]
    if np.isnan(amount):
        return None
    in_accounts = profiles.data.money.in_accounts[position]
    month = "" if in_accounts else _last_month(profiles, position, "balance")
    return claims.balance(amount=float(amount), month=month, currency=currency)


def insight(profiles: Profiles, position: int, currency: str) -> tuple[Claim, ...]:
    """What stands out about one customer; the first is the segment, none where nothing is known."""
    row = profiles.table.iloc[position]
    said = []
    leaves = leaving_words.said(profiles.data.bank, profiles, profiles.leaving_days, position)
    for one in leaves.itertuples():
        said.append(claims_ahead.says_leaving(words=one.words, on=one.sent_at))
    if row["n_cases_open"]:
        said.append(claims.cases_open(n=int(row["n_cases_open"])))
    if known := balance(profiles, position, currency):
        said.append(known)
    change = profiles.features["balance_change"].iloc[position]
    basis = profiles.data.months.basis("balance", position)
    if abs(change) >= _CLEAR_CHANGE and not claims.parts_from(change, basis["by_mean"]):
        fell = f"a monthly balance that {wording.direction(change)}"
        said.append(claims.change(figure="Balance", share=change, verb=fell, **basis))
    mine = profiles.interests_of(position)
    spends = mine[mine["kind"] == "spending"].sort_values("value", ascending=False)
    if spent := _spent_on(profiles, position, spends, currency):
        said.append(spent)
    goals = mine.loc[(mine["kind"] == "goal") & (mine["weight"] >= 1), "item"].tolist()
    if goals:
        said.append(claims.goals(names=goals[:3]))
    elif not len(spends):
        written = mine.loc[mine["kind"].isin(["topic", "message"]), "item"]
        declared = mine.loc[mine["kind"] == "declared", "item"]
        if len(named := written if len(written) else declared):
            names = list(dict.fromkeys(named))[:3]
            said.append(claims.interests(names=names, declared=not len(written)))
    if not said:
        said += _at_least(profiles, position, currency)
    name = segment_name(profiles, position)
    name = "A customer" if name == segments.UNKNOWN else name
    return (claims.segment(name=name), *said) if said else ()


def _at_least(profiles: Profiles, position: int, currency: str) -> list[Claim]:
    """What is on record of whom nothing stands out: accounts, standing orders, products."""
    bank, said = profiles.data.bank, []
    since = bank.of_customer("accounts", position)["opened_on"]
    if len(since) and since.notna().all():
        said.append(claims.account_since(n=len(since), first=since.min()))
    if orders := standing_orders.claim_of(bank, position):
        known = {name: orders.figures[name] for name in ("n", "amount")}
        said.append(claims.has_orders(**known, currency=currency))
    held = profiles.table["n_holdings"].iloc[position]
    if held > 0:
        said.append(claims.holds(n=int(held)))
    return said


def _spent_on(
    profiles: Profiles, position: int, spends: pd.DataFrame, currency: str
) -> Claim | None:
    """What a customer spends more on than is usual, or most where too few others tell the usual."""
    if spends.empty:
        return None
    data, largest = profiles.data.spending, profiles.spending.iloc[position].idxmax()
    item = spends["item"].iloc[0] if data.known.sum() >= _TELL_USUAL else largest
    if item in UNTELLING:
        return None
    column = profiles.spending.columns.get_loc(item)
    return claims.spent_on(
        item=item,
        amount=float(data.stated[position, column]),
        days=float(data.days[position, column]),
        until=spent_until(profiles, position),
        currency=currency,
        most=bool(largest == item),
    )


def segment_name(profiles: Profiles, position: int) -> str:
    """What a customer's segment is called beside the name: no low churn while a case is open."""
    return str(segments.said_of(profiles.table.iloc[[position]]).iloc[0])


def insight_sentence(profiles: Profiles, position: int, currency: str) -> str:
    """The claims of `insight` as one sentence."""
    said = insight(profiles, position, currency)
    if not said:
        return "Little is known of this customer yet."
    return f"{said[0].text}: {wording.listing([claim.text for claim in said[1:]])}."


def spent_until(profiles: Profiles, position: int) -> str:
    """ " to Jun 2023" where a customer's payments end long before the bank's day."""
    last = pd.Timestamp(profiles.data.spending.last_day[position])
    old = last_day(profiles.data.bank) - last > pd.Timedelta(days=_OLD_DAYS)
    return f" (up to {last:%b %Y})" if old else ""


def _month_and_arrow(profiles: Profiles, position: int, name: str) -> str:
    """The month where it is not the bank's last, and how it stands to the one before it."""
    months = profiles.data.months
    values = months.figures[name][position]
    last = int(np.flatnonzero(~np.isnan(values))[-1])
    old = months.dated and last < len(values) - 2
    month = f"{months.months[last]:%b %Y}" if old else ""
    running = "" if months.complete[last] else "month so far"
    if not running and name == "spending":
        running = _cut_short(profiles, position, months.months[last])
    if not running and not _is_whole(profiles, position, name):
        newest = pd.Timestamp(profiles.data.spending.last_day[position])
        running = f"payments up to {wording.day(newest)}"
    arrow = "" if running else _arrow(values[last], values[last - 1] if last else np.nan)
    return ", ".join(filter(None, (month, running, arrow)))


def _cut_short(profiles: Profiles, position: int, month: pd.Timestamp) -> str:
    """Until when the payments of a month reach whose sum is no figure that the bank gave."""
    bank = profiles.data.bank
    mine = bank["months"][bank["months"]["customer_id"] == bank.customer_ids[position]]
    newest = pd.Timestamp(profiles.data.spending.last_day[position])
    end = month + pd.offsets.MonthEnd(0)
    ends_early = month <= newest <= end - pd.Timedelta(days=RECENT)
    return f"payments up to {wording.day(newest)}" if ends_early and mine.empty else ""


def _is_whole(profiles: Profiles, position: int, name: str) -> bool:
    """Is the last month of a figure over?"""
    months = profiles.data.months
    known = np.flatnonzero(~np.isnan(months.figures[name][position]))
    in_part = np.isnan(months.of_whole(name, position)[known[-1]])
    return bool(months.complete[known[-1]]) and not in_part


def _last_month(profiles: Profiles, position: int, name: str) -> str:
    """ " (of Mar 1997)": the last month of a figure; undated months have no name."""
    months = profiles.data.months
    last = np.flatnonzero(~np.isnan(months.figures[name][position]))[-1]
    return f" (of {months.months[last]:%b %Y})" if months.dated else " (no date)"


def _arrow(last: float, before: float) -> str:
    if pd.isna(before):
        return ""
    if last == before:
        return "as the month before"
    return "up on the month before" if last > before else "down on the month before"
