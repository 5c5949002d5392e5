"""Questions about a customer's money in; balance, spending, income, due and expected out."""

from dataclasses import replace
from typing import Final

import pandas as pd

from engine.assistant import claims
from engine.assistant.periods import Period, coming
from engine.bank.parsing.sensitive_spending import is_sensitive_word
from engine.customers.claims import Claim
from engine.figures import count, day, figure, listing, money
from engine.results import Answer, Fact, Forecast
from engine.services.assistant.asking import Asking, amount, share
from engine.vocabulary import MASKED

_TOP: Final = 5
_DUE: Final = 6
_RECORD: Final = "the customer's record"
_PAYMENTS: Final = "the transactions on record"
_MONTHS: Final = "the months on record"
SENSITIVE_KINDS: Final = frozenset({"health"})
"""Kinds of ours whose payments are masked where sensitive spending is."""
_NOW: Final = ("today", "this")
"""How a time begins that the newest figures are of."""


def balance(ask: Asking) -> Answer:
    """The one balance of a customer, and the accounts that it is of."""
    unclear = not_understood(ask, numbers=False) or _of_now_only(ask, "The balance")
    if unclear:
        return ask.asked_back(unclear, "Customers, Overview")
    said = _of_record(ask, "Balance")
    accounts = [
        amount(str(row.kind).replace("_", " ").capitalize(), row.balance, ask.currency)
        for row in ask.profile.accounts.dropna(subset="balance").head(_TOP).itertuples()
    ]
    return ask.answer(
        _RECORD,
        said[0],
        facts=(*said[1], *accounts) if len(accounts) > 1 else said[1],
        link="Customers, Overview",
    )


def _of_now_only(ask: Asking, what: str) -> str:
    """What to say where a figure of now is asked for another time."""
    period = ask.slots.period
    if period is None or period.label.startswith(_NOW):
        return ""
    return f"{what} is known as it stands now, not of {period.label}; the chart shows the months"


def income(ask: Asking) -> Answer:
    """Yearly income or revenue, and what came in each month lately; or that of whole months."""
    unclear = not_understood(ask, each=("year", "month"))
    if unclear:
        return ask.asked_back(unclear, "Customers, Overview")
    record, period = ask.profile, ask.slots.period
    if period is not None:
        if period.ahead or not _whole(ask, period):
            said = f"Income is told of whole months on record, not of {period.label}"
            return ask.asked_back(said, "Customers, Overview")
        return _of_months(ask, period, "income")
    label = next((one for one in ("Yearly income", "Yearly revenue") if one in record.figures), "")
    said, facts = _of_record(ask, label or "Yearly income")
    months = record.months.dropna(subset="income").tail(3)
    facts += tuple(
        amount(f"{row.month:%b %Y}", row.income, ask.currency, "came in")
        for row in months.itertuples()
        if record.months_dated
    )
    return ask.answer(_RECORD, said, facts=facts, link="Customers, Overview")


def _of_record(ask: Asking, label: str) -> tuple[Claim, tuple[Fact, ...]]:
    """A key figure of the record as a claim and as a figure."""
    known = ask.profile.figures.get(label)
    if known is None:
        return claims.asked_unknown(label=label), ()
    value, remark = known
    said = claims.asked_figure(label=label, value=value, remark=remark)
    return said, (Fact(label, value, value, remark),)


# --- spending ------------------------------------------------------------------------------------


def spending(ask: Asking) -> Answer:
    """By kind, by days, or both; without either what the record has of each kind."""
    period, kinds = ask.slots.period, ask.slots.categories
    link = "Customers, Overview"
    unclear = not_understood(ask, each=("month",)) or (
        f"{_upper(period.label)} lies after the data, which ends on {day(ask.bank.as_of)}; "
        "ask for the forecast"
        if period is not None and period.ahead
        else ""
    )
    if unclear:
        return ask.asked_back(unclear, link)
    said: list[Claim] = []
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    known = ask.sources.customers.spending_kinds()
    for item in dict.fromkeys((*kinds, *ask.slots.unread)):
        hidden = _hidden(ask, item, known)
        if hidden is not None:
            said.append(hidden)
            continue
        told = _by_kind(ask, item) if period is None else _paid_in(ask, period, item)
        said.append(told[0])
        facts += told[1]
        notes += told[2]
    if said:
        source = _RECORD if period is None else _PAYMENTS
        notes = tuple(dict.fromkeys(notes))
        link = link if period is None else "Customers, Transactions"
        return ask.answer(source, *said, facts=facts, notes=notes, link=link)
    if period is None:
        figure = _of_record(ask, "Monthly spending")
        top = tuple(
            amount(str(r.category).capitalize(), r.amount, ask.currency, str(r.over))
            for r in ask.profile.categories.head(_TOP).itertuples()
        )
        return ask.answer(_RECORD, figure[0], facts=figure[1] + top, link=link)
    if _whole(ask, period):
        return _of_months(ask, period, "spending")
    one, facts, notes = _paid_in(ask, period, "")
    return ask.answer(_PAYMENTS, one, facts=facts, notes=notes, link="Customers, Transactions")


def not_understood(ask: Asking, each: tuple[str, ...] = (), numbers: bool = True) -> str:
    """What to ask back where a question names times that no figure can be cut to; "" else.

    Parameters
    ----------
    each : tuple of str
        Units of time that the figure is stated in.
    numbers : bool
        A number that was not read counts too; not where the figure is of now alone.
    """
    slots = ask.slots
    if len(slots.times) > 1:
        named = listing([one.label for one in slots.times])
        return f"You named several times: {named}. Ask for one, or from one to the other"
    left = [one for one in slots.left if one.removesuffix("s") not in each]
    if not numbers:
        left = [one for one in left if not any(map(str.isdigit, one))]
    elif slots.amount is not None:
        left.append(figure(slots.amount))
    if not left:
        return ""
    words = listing([f"“{one}”" for one in left])
    return (
        f"I do not know which days you mean by {words}. Say them as in March 2026, from January to "
        "March 2026, on 5 March 2026 or last month"
    )


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _hidden(ask: Asking, item: str, known: tuple[str, ...]) -> Claim | None:
    """Why a kind is not told of: masked, or none of this bank; None where it is told of."""
    if item in SENSITIVE_KINDS or is_sensitive_word(item):
        categories = ask.bank["transactions"]["category"]
        if bool((categories == MASKED).any()):
            return claims.asked_masked(item=item)
    return None if item in known else claims.asked_no_such_kind(item=item, known=known)


Told = tuple[Claim, tuple[Fact, ...], tuple[str, ...]]
"""A claim, figures and notes."""


def _by_kind(ask: Asking, item: str) -> Told:
    """What the record has of a kind."""
    table = ask.profile.categories
    row = table[table["category"] == item]
    if row.empty:
        return claims.asked_not_spent(item=item, when=""), (), ()
    one = row.iloc[0]
    money_, part, over = float(one["amount"]), float(one["share"]), str(one["over"])
    said = claims.asked_spends(
        item=item, over=over, currency=ask.currency, amount=money_, share=part
    )
    facts = (
        amount(item.capitalize(), money_, ask.currency, over),
        share("Share of spending", part, item),
    )
    return said, facts, ()


def _whole(ask: Asking, period: Period) -> bool:
    """Are the days whole months that the record has by month?"""
    months = ask.profile.months_dated
    end = period.last == period.last + pd.offsets.MonthEnd(0) or period.last >= _ends(ask)
    return bool(months and period.first.day == 1 and end)


def _ends(ask: Asking) -> pd.Timestamp:
    return ask.bank.as_of.normalize()


def _when(ask: Asking, period: Period) -> str:
    """What the days are called, and where the data ends before they do."""
    ends = _ends(ask)
    return f"{period.label}, to {day(ends)}" if period.last > ends else period.label


def _of_months(ask: Asking, period: Period, name: str) -> Answer:
    """Whole months by the chart of months."""
    when, link = _when(ask, period), "Customers, Overview"
    known = ask.profile.months.dropna(subset=name)
    inside = known[(known["month"] >= period.first) & (known["month"] <= period.last)]
    if inside.empty:
        if known.empty:
            return ask.answer(_MONTHS, claims.asked_unknown(label=_upper(name)), link=link)
        months = known["month"]
        said = claims.asked_not_of_days(
            when=when, begins=f"{months.min():%b %Y}", ends=f"{months.max():%b %Y}"
        )
        return ask.answer(_MONTHS, said, link=link)
    total, n = float(inside[name].sum()), len(inside)
    told = claims.asked_spent_months if name == "spending" else claims.asked_came_in
    facts = tuple(
        amount(f"{row.month:%b %Y}", getattr(row, name), ask.currency)
        for row in inside.tail(_TOP).itertuples()
    )
    first = inside["month"].min()
    late = (f"The months on record begin with {first:%b %Y}.",) if first > period.first else ()
    return ask.answer(
        _MONTHS,
        told(amount=total, when=when, n=n, currency=ask.currency),
        facts=(amount(_upper(name), total, ask.currency, when), *(facts if n > 1 else ())),
        notes=late,
        link=link,
    )


def _paid_in(ask: Asking, period: Period, item: str) -> Told:
    """A kind, or all that went out, by the payments themselves."""
    rows, when = ask.profile.transactions, _when(ask, period)
    begins = rows["booked_at"].min()
    if len(rows) and (pd.isna(begins) or period.last < begins.normalize()):
        no_day = "no day" if pd.isna(begins) else day(begins)
        said = claims.asked_not_of_days(when=when, begins=no_day, ends=day(_ends(ask)))
        return said, (), ()
    end = period.last + pd.Timedelta(days=1)
    kept = (rows["booked_at"] >= period.first) & (rows["booked_at"] < end)
    out = rows["amount"] < 0
    mine = (rows["category"] == item) if item else out
    notes: tuple[str, ...] = ()
    if not pd.isna(begins) and period.first < begins.normalize():
        notes += (f"The payments on record begin on {day(begins)}.",)
    if n := int((rows["booked_at"].isna() & out & mine).sum()):
        notes += (f"{count(n, 'payment')} without a day not counted.",)
    paid = rows[(kept & out & mine).fillna(False)]
    last = rows["booked_at"].max()
    if paid.empty and period.first > last:
        said = claims.asked_not_of_days(when=when, begins=day(begins), ends=day(last))
        return said, (), notes
    if paid.empty:
        return claims.asked_not_spent(item=item, when=when), (), notes
    total = float(-paid["amount"].sum())
    said = claims.asked_spent(
        amount=total, item=item, when=when, n=len(paid), currency=ask.currency
    )
    return said, (amount(item.capitalize() or "Payments out", total, ask.currency, when),), notes


# --- what is due and expected --------------------------------------------------------------------


def due(ask: Asking) -> Answer:
    """The next days by the calendar."""
    flow = ask.sources.customers.cashflow(ask.customer_id)
    period = ask.slots.period
    unclear = not_understood(ask)
    if not unclear and period is not None and not period.label.startswith(_NOW):
        time = coming(ask.slots.when, ask.bank.as_of) if ask.slots.when else period
        horizon = ask.bank.as_of + pd.Timedelta(days=flow.horizon_days)
        if time is None or time.first > horizon:
            unclear = (
                f"The calendar is of the next {flow.horizon_days} days, not of "
                f"{(time or period).label}"
            )
    if unclear:
        return ask.asked_back(unclear, "Customers, Overview")
    facts = []
    if flow.next_salary:
        when = f"{flow.next_salary.name}, {day(flow.next_salary.day)}"
        facts.append(amount("Next salary", flow.next_salary.amount, flow.currency, when))
    if flow.bills_due:
        facts.append(amount("Going out", flow.bills_due, flow.currency, "by the calendar"))
    if flow.lowest_balance is not None:
        facts.append(amount("Lowest balance ahead", flow.lowest_balance, flow.currency))
    outgoing = flow.calendar[flow.calendar["amount"] < 0]
    lines = tuple(
        f"{day(row.day)}: {row.name}, {money(-row.amount, flow.currency)}"
        for row in outgoing.astype({"name": object}).head(_DUE).itertuples()
    )
    if (more := len(outgoing) - len(lines)) > 0:
        lines = (*lines, f"and {more} more")
    return ask.answer(
        f"the cash flow of the next {flow.horizon_days} days",
        flow.summary,
        facts=tuple(facts),
        lines=lines,
        notes=flow.notes,
        link="Customers, Overview",
    )


def forecast(ask: Asking) -> Answer:
    """Balance or spending of the months to come; both where neither is named."""
    outlook = ask.sources.customers.forecast(ask.customer_id)
    told = set(ask.slots.words)
    chosen: tuple[Forecast, ...] = (outlook.balance, outlook.spending)
    if told & {"spend", "spends", "spending", "expenses"} and "balance" not in told:
        chosen = (outlook.spending,)
    elif "balance" in told and not told & {"spend", "spending"}:
        chosen = (outlook.balance,)
    link, period = "Customers, Overview", ask.slots.period
    unclear = not_understood(ask)
    if not unclear and period is not None:
        time = coming(ask.slots.when, ask.bank.as_of) if ask.slots.when else period
        months = [one.months["month"] for one in chosen]
        inside = [
            time is not None
            and told_.between(_month_of(time.first), time.last).any()
            and time.last <= told_.max() + pd.offsets.MonthEnd(0)
            for told_ in months
        ]
        if not all(inside):
            ends = months[0]
            unclear = (
                f"The forecast is of {ends.min():%b %Y} to {ends.max():%b %Y}, not of "
                f"{(time or period).label}"
                if len(ends)
                else "There is no forecast"
            )
        elif time is not None:
            chosen = tuple(_cut(one, time) for one in chosen)
    if unclear:
        return ask.asked_back(unclear, link)
    facts = []
    for one in chosen:
        for row in one.months.head(3 if len(chosen) == 1 else 1).itertuples():
            known = not pd.isna(row.low)
            between = (
                f"{money(row.low, outlook.currency)} to {money(row.high, outlook.currency)}"
                if known
                else "no interval"
            )
            label = f"{one.label}, {row.month:%b %Y}"
            facts.append(amount(label, row.value, outlook.currency, between))
    notes = tuple(dict.fromkeys(note for one in chosen for note in one.notes))
    return ask.answer(
        "the forecast",
        *(one.sentence for one in chosen),
        facts=tuple(facts),
        notes=notes,
        link=link,
    )


def _month_of(on: pd.Timestamp) -> pd.Timestamp:
    return pd.Timestamp(on.year, on.month, 1)


def _cut(one: Forecast, time: Period) -> Forecast:
    """Only the months of a time; the sentence stands where it is of the first of them."""
    kept = one.months["month"].between(_month_of(time.first), time.last)
    months = one.months[kept]
    same = months["month"].iloc[0] == one.months["month"].iloc[0]
    said = one.sentence if same else f"{one.label} of {months['month'].iloc[0]:%B %Y}"
    return replace(one, months=months, sentence=said)
