"""One customer's money: months and what is expected, what is due, what recurs, what stands out."""

import pandas as pd
import streamlit as st

from engine.results import Cashflow, Forecast, Outlook, Profile
from engine.vocabulary import MASKED
from pages.components.frame import session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import badge_text, escape
from pages.components.money import money_charts

KINDS = {
    "salary": "Salary",
    "income": "Income",
    "bill": "Bill",
    "subscription": "Subscription",
    "transfer": "Transfer",
    "habit": "Habit",
}
AMOUNT, NUMBER = "Amount", "Number"
BESIDES = {"channel": "Where", "payment_method": "Paid by"}
"""Column -> label of what only some banks know of a transaction."""
ROWS_SHOWN = 12


# --- months and what is expected ---------------------------------------------------------------


def months(profile: Profile, outlook: Outlook) -> None:
    """Balance and spending by month with what is expected; says so where there are none."""
    known = [forecast for forecast in (outlook.balance, outlook.spending) if len(forecast.history)]
    if not known:
        notices.empty("No months yet", "This bank has no balances or transactions for them.")
        return
    for place, forecast in zip(st.columns(len(known), gap="medium"), known, strict=True):
        with place:
            counted = forecast.figure == "spending" and outlook.activity["count"].notna().any()
            if counted and st.session_state.get("activity") == NUMBER:
                _activity(outlook)
            else:
                _ahead(profile, forecast)
            if counted:
                choices = [AMOUNT, NUMBER]
                st.segmented_control(
                    "Show by month", choices, default=AMOUNT, required=True, key="activity"
                )


def _activity(outlook: Outlook) -> None:
    table = outlook.activity.dropna(subset="count")
    charts.show(
        money_charts.activity(table),
        "Transactions by month",
        "Number of transactions by month",
        table,
        key="months_activity",
        columns={
            "month": ("Month", "month"),
            "count": ("Transactions", "count"),
            "amount": (f"Spending, {outlook.currency}", "money"),
        },
    )


def _ahead(profile: Profile, forecast: Forecast) -> None:
    currency = profile.currency
    column, name = {"balance": ("loan_balance", "Loans"), "spending": ("income", "Income")}[
        forecast.figure
    ]
    beside = _beside(profile.months, column, forecast)
    title = f"{forecast.label}{'' if beside is None else f' and {name.lower()}'} by month"
    charts.show(
        money_charts.ahead(forecast, beside, name=name, currency=currency),
        title + (", and what is expected" if forecast.known else ""),
        f"{title}, in {currency}. {forecast.sentence}",
        _months_table(forecast, beside),
        key=f"months_{forecast.figure}",
        columns={
            "month": ("Month", "month"),
            "value": (f"{forecast.label}, {currency}", "money"),
            "low": ("From", "money"),
            "high": ("To", "money"),
        }
        | ({} if beside is None else {"beside": (f"{name}, {currency}", "money")}),
    )
    if forecast.unusual_last_month:
        st.badge("Unusual month", icon=":material/warning:", color="orange")
    st.write(escape(forecast.sentence))
    if forecast.known:
        rest = " (a fallback for this customer)" if forecast.fallback else ""
        st.caption(f"By {escape(forecast.method)}{rest}. {escape(forecast.tested)}")
    notices.notes([note for note in forecast.notes if note not in profile.notes])


def _beside(table: pd.DataFrame, column: str, forecast: Forecast) -> pd.Series | None:
    """Another figure of the months that are drawn; None where it is nothing or mostly unknown."""
    values = table.set_index("month")[column].reindex(forecast.history["month"])
    return values if values.notna().mean() >= 0.5 and values.fillna(0).ne(0).any() else None


def _months_table(forecast: Forecast, beside: pd.Series | None) -> pd.DataFrame:
    past = forecast.history
    if beside is not None:
        past = past.assign(beside=beside.to_numpy())
    return pd.concat([past, forecast.months], ignore_index=True).reindex(
        columns=["month", "value", "low", "high", "beside"]
    )


# --- cash flow ---------------------------------------------------------------------------------


def cash(profile: Profile) -> None:
    """What is due in the next days, what recurs, what is saved and how spending swings."""
    flow = session.engine().customers.cashflow(profile.customer_id)
    st.header(f"Cash flow, next {flow.horizon_days} days", anchor=False)
    st.write(escape(flow.summary))
    _figures(flow)
    if not flow.calendar.empty:
        _calendar(flow)
    if not flow.recurring.empty:
        _recurring(flow)
    notices.notes(flow.notes)


def _figures(flow: Cashflow) -> None:
    def said(value: float | None) -> str:
        return escape(wording.money(value, flow.currency))

    shown: list[tuple[str, str, str, str]] = []
    if flow.next_salary:
        salary = flow.next_salary
        shown.append(("Next salary", said(salary.amount), wording.day(salary.day), salary.name))
    if flow.bills_due:
        shown.append(("Going out", said(flow.bills_due), "by the calendar", ""))
    if flow.subscriptions_month:
        shown.append(("Subscriptions", said(flow.subscriptions_month), "a month", ""))
    if flow.everyday_day:
        help_ = "Beside bills, subscriptions and transfers; mean of the last 90 days"
        shown.append(("Everyday spending", said(flow.everyday_day), "a day", help_))
    if flow.lowest_balance is not None:
        shown.append(("Lowest balance ahead", said(flow.lowest_balance), "all accounts", ""))
    if flow.savings.rate is not None:
        word = "of income kept" if flow.savings.rate >= 0 else "more goes out than comes in"
        rate = wording.share(flow.savings.rate)
        shown.append(("Savings rate", rate, word, flow.savings.sentence))
    if flow.volatility.value is not None:
        word = "volatile" if flow.volatility.volatile else "steady"
        swings = wording.share(flow.volatility.value)
        shown.append(("Spending swings", swings, word, flow.volatility.sentence))
    if not shown:
        return
    with st.grid(4 if len(shown) in (4, 7, 8) else 3, min_column_width=200, border=True):
        for label, value, remark, help_ in shown:
            tables.figure(
                label,
                value,
                escape(remark) if remark else None,
                help=escape(help_) if help_ else None,
            )


def _calendar(flow: Cashflow) -> None:
    table = flow.calendar.assign(kind=[KINDS.get(kind, kind) for kind in flow.calendar["kind"]])
    chart, rows = st.columns([4, 6], gap="medium")
    columns = {
        "day": ("Day", "day"),
        "name": "From or to",
        "kind": "Kind",
        "amount": (f"Amount, {flow.currency}", "cents"),
    }
    if table["balance_after"].notna().any():
        columns |= {"balance_after": ("Balance after", "money")}
    with chart:
        charts.show(
            money_charts.due(table, flow.currency),
            "Payments due, by day",
            f"Payments due by day, in {flow.currency}",
            table,
            key="due",
            columns=columns,
        )
    with rows:
        st.markdown("**Calendar of what is due**")
        tables.show(table, columns, "Payments due, by day", height=_height(table))


def _recurring(flow: Cashflow) -> None:
    st.markdown("**Recurring payments and subscriptions**")
    state = [
        ("late" if late else "active") if active else "ended"
        for active, late in zip(flow.recurring["active"], flow.recurring["late"], strict=True)
    ]
    tables.show(
        flow.recurring.assign(
            kind=[KINDS.get(kind, kind) for kind in flow.recurring["kind"]],
            next_due=flow.recurring["next_due"].where(flow.recurring["active"]),
            state=state,
        ),
        {
            "name": "From or to",
            "description": "For",
            "kind": "Kind",
            "rhythm": "How often",
            "amount": (f"Usually, {flow.currency}", "cents"),
            "a_month": ("A month", "cents"),
            "next_due": ("Next due", "day"),
            "state": "State",
        },
        "Recurring payments with rhythm, amount and next day",
        height=_height(flow.recurring),
    )


def _height(table: pd.DataFrame, rows: int = 8) -> int | str:
    """As high as a short table needs; one of more rows than that scrolls."""
    return "content" if len(table) <= rows else 40 * rows


# --- transactions ------------------------------------------------------------------------------


def transactions(profile: Profile) -> None:
    """All transactions, the unusual ones on top with the reason."""
    table, flow = profile.transactions, session.engine().customers.cashflow(profile.customer_id)
    if table.empty:
        notices.empty("No transactions", "This bank gave monthly figures only, or none.")
        return
    if not flow.unusual.empty:
        with st.container(border=True, gap="xsmall"):
            st.badge(badge_text("Unusual payments"), icon=":material/warning:", color="orange")
            reasons = [f"- {escape(reason)}" for reason in flow.unusual["reason"]]
            st.markdown("\n".join(reasons))
    masked = table["merchant"].eq(MASKED)
    told = ". Sensitive spending is masked; its amounts count." if masked.any() else ""
    st.caption(f"{len(table):,} transactions, newest first{told}")
    marked = _marked(table, flow.unusual)
    tables.show(
        table.assign(
            category=table["category"].map(wording.label).mask(masked, MASKED),
            channel=[wording.label(name) for name in table["channel"]],
            payment_method=[wording.label(name) for name in table["payment_method"]],
            mark=["▲ unusual" if mark else "" for mark in marked],
        ),
        {
            "booked_at": ("Date", "day"),
            "description": "Description",
            "merchant": "Merchant",
            "category": "Category",
        }
        | {name: label for name, label in BESIDES.items() if table[name].notna().any()}
        | {"amount": (f"Amount, {profile.currency}", "cents")}
        | ({"mark": ("Unusual", "92")} if marked.any() else {}),
        "Transactions, newest first",
        height=_height(table, ROWS_SHOWN),
    )


def _marked(table: pd.DataFrame, unusual: pd.DataFrame) -> pd.Series:
    """Which transactions are among the unusual ones: same time, amount and category."""
    keys = ["booked_at", "amount", "category"]
    rows = pd.MultiIndex.from_frame(table[keys])
    return pd.Series(rows.isin(pd.MultiIndex.from_frame(unusual[keys])), index=table.index)
