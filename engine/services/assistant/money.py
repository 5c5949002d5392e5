"""Questions about a customer's money in; balance, spending, income, due and expected out."""

from typing import Final

import pandas as pd

from engine.assistant import claims
from engine.assistant.periods import Period
from engine.customers.claims import Claim
from engine.figures import day, money
from engine.results import Answer, Fact, Forecast
from engine.services.assistant.asking import Asking, amount, share

_TOP: Final = 5
_DUE: Final = 6
_RECORD: Final = "the customer's record"


def balance(ask: Asking) -> Answer:
    """The one balance of a customer, and the accounts that it is of."""
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


def income(ask: Asking) -> Answer:
    """Yearly income or revenue, and what came in each month lately."""
    record = ask.profile
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
    period, item = ask.slots.period, ask.slots.category
    if period is not None and not period.ahead:
        return _spent_in(ask, period, item)
    table = ask.profile.categories
    link = "Customers, Overview"
    if item:
        row = table[table["category"] == item]
        if row.empty:
            said = claims.asked_not_spent(item=item, when="")
            return ask.answer(_RECORD, said, link=link)
        one = row.iloc[0]
        figures = {"amount": float(one["amount"]), "share": float(one["share"])}
        said = claims.asked_spends(
            item=item, over=str(one["over"]), currency=ask.currency, **figures
        )
        facts = (
            amount(item.capitalize(), figures["amount"], ask.currency, str(one["over"])),
            share("Share of spending", figures["share"]),
        )
        return ask.answer(_RECORD, said, facts=facts, link=link)
    known = _of_record(ask, "Monthly spending")
    top = tuple(
        amount(str(r.category).capitalize(), r.amount, ask.currency, str(r.over))
        for r in table.head(_TOP).itertuples()
    )
    return ask.answer(_RECORD, known[0], facts=known[1] + top, link=link)


def _spent_in(ask: Asking, period: Period, item: str) -> Answer:
    """Whole months by the chart of months; a kind, or other days, by the payments themselves."""
    record = ask.profile
    whole = (
        period.first.day == 1
        and period.last == period.last + pd.offsets.MonthEnd(0)
        and record.months_dated
    )
    if not item and whole:
        months = record.months.dropna(subset="spending")
        inside = months[(months["month"] >= period.first) & (months["month"] <= period.last)]
        if inside.empty:
            said = claims.asked_not_spent(item="", when=period.label)
            return ask.answer("the months on record", said, link="Customers, Overview")
        total = float(inside["spending"].sum())
        said = claims.asked_spent_months(
            amount=total, when=period.label, n=len(inside), currency=ask.currency
        )
        facts = tuple(
            amount(f"{row.month:%b %Y}", row.spending, ask.currency)
            for row in inside.tail(_TOP).itertuples()
        )
        return ask.answer(
            "the months on record",
            said,
            facts=(amount("Spending", total, ask.currency, period.label), *facts)
            if len(inside) > 1
            else (amount("Spending", total, ask.currency, period.label),),
            link="Customers, Overview",
        )
    rows = record.transactions
    end = period.last + pd.Timedelta(days=1)
    kept = (rows["booked_at"] >= period.first) & (rows["booked_at"] < end) & (rows["amount"] < 0)
    if item:
        kept &= rows["category"] == item
    out = rows[kept.fillna(False)]
    link = "Customers, Transactions"
    if out.empty:
        said = claims.asked_not_spent(item=item, when=period.label)
        return ask.answer("the transactions on record", said, link=link)
    total = float(-out["amount"].sum())
    said = claims.asked_spent(
        amount=total, item=item, when=period.label, n=len(out), currency=ask.currency
    )
    fact = amount(item.capitalize() or "Payments out", total, ask.currency, period.label)
    return ask.answer("the transactions on record", said, facts=(fact,), link=link)


# --- what is due and expected --------------------------------------------------------------------


def due(ask: Asking) -> Answer:
    """The next days by the calendar."""
    flow = ask.sources.customers.cashflow(ask.customer_id)
    facts = []
    if flow.next_salary:
        when = f"{flow.next_salary.name}, {day(flow.next_salary.day)}"
        facts.append(amount("Next salary", flow.next_salary.amount, flow.currency, when))
    if flow.bills_due:
        facts.append(amount("Going out", flow.bills_due, flow.currency, "by the calendar"))
    if flow.lowest_balance is not None:
        facts.append(amount("Lowest balance ahead", flow.lowest_balance, flow.currency))
    coming = flow.calendar[flow.calendar["amount"] < 0]
    lines = tuple(
        f"{day(row.day)}: {row.name}, {money(-row.amount, flow.currency)}"
        for row in coming.astype({"name": object}).head(_DUE).itertuples()
    )
    if (more := len(coming) - len(lines)) > 0:
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
        link="Customers, Overview",
    )
