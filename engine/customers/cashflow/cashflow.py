"""Profiles and one customer's id in; that customer's cash flow out, in milliseconds."""

import numpy as np
import pandas as pd

from engine.customers import claims_ahead
from engine.customers.cashflow.ahead import balance_after, due, everyday
from engine.customers.cashflow.bookings import Bookings, as_times, bookings_of
from engine.customers.cashflow.kinds import kinds_of
from engine.customers.cashflow.payees import names_of
from engine.customers.cashflow.recurring import DAYS_A_MONTH, RHYTHMS, RecurringPayments, recurring
from engine.customers.cashflow.savings import savings
from engine.customers.cashflow.sentences import ahead, kept, reasons, swings
from engine.customers.cashflow.unusual import unusual
from engine.customers.claims import Claim
from engine.customers.finances.spending import NAMES
from engine.customers.finances.standing_orders import claim_of
from engine.customers.profiles import Profiles
from engine.results.money import Cashflow, Due, Savings, Volatility
from engine.settings import Settings

_RHYTHMS = np.array([r.words for r in RHYTHMS], dtype=object)
_DAYS = np.array([r.days for r in RHYTHMS])


def cashflow(profiles: Profiles, customer_id: str, settings: Settings) -> Cashflow:
    """What recurs, what is due, what stands out, what swings and what is left.

    Parameters
    ----------
    settings : Settings
        Sections cashflow and metrics.

    Raises
    ------
    NotFound
        If the bank has no such customer.
    """
    bank, rules = profiles.data.bank, settings.cashflow
    position = bank.customer_position(customer_id)
    currency = bank.manifest.currency
    bookings = bookings_of(profiles, rules, position)
    series = recurring(bookings, rules)
    shown = _recurring(profiles, series)
    habits = np.append(shown["kind"] == "habit", False)[series.of_booking]
    owed = np.where(habits, -1, series.of_booking)  # a habit counts as everyday spending
    spent = everyday(bookings, owed, bank.n_customers)
    calendar = _calendar(profiles, bookings, series, shown, spent, settings)
    odd = _unusual(profiles, bookings, series, settings)
    after = calendar["balance_after"]
    lowest = None if after.isna().all() else float(after.min())
    swing = _volatility(profiles, position, settings)
    next_salary = _next_salary(calendar)
    going_out = calendar.loc[calendar["amount"] < 0, "amount"].abs().sum()
    subscribed = shown["active"] & (shown["kind"] == "subscription")
    return Cashflow(
        customer_id=bank.customer_ids[position],
        as_of=bank.as_of,
        currency=currency,
        horizon_days=rules.horizon_days,
        recurring=_largest_first(shown),
        calendar=calendar,
        unusual=odd,
        next_salary=next_salary,
        bills_due=float(going_out),
        subscriptions_month=float(shown.loc[subscribed, "a_month"].abs().sum()),
        everyday_day=float(spent[position]) if len(bookings) else None,
        lowest_balance=lowest,
        volatility=swing,
        savings=_savings(profiles, position, settings),
        summary=" ".join(
            f"{claim.text}."
            for claim in ahead(
                next_salary,
                calendar,
                lowest,
                rules.horizon_days,
                currency,
                len(bookings) > 0,
                claim_of(bank, position),
            )
        ),
        notes=tuple(f"{claim.text}." for claim in notes_of(profiles, position, bookings, calendar)),
    )


def _names(profiles: Profiles, rows: np.ndarray) -> pd.DataFrame:
    """name (the merchant, else the description) and description of some transactions."""
    table = profiles.data.bank.rows("transactions").take(rows, ["merchant", "description"])
    texts = {"name": names_of(table), "description": table["description"].fillna("")}
    return pd.DataFrame(texts)


def _recurring(profiles: Profiles, series: RecurringPayments) -> pd.DataFrame:
    """The series as they are shown, in the order of `series.table`."""
    table, rhythm = series.table, series.table["rhythm"].to_numpy()
    shown = _names(profiles, table["last_row"].to_numpy())
    return shown.assign(
        kind=pd.Series(kinds_of(series, profiles.data.bank.rows("transactions")), dtype="str"),
        category=_categories(table["code"]),
        rhythm=pd.Series(_RHYTHMS[rhythm], dtype="str"),
        amount=table["amount"],
        a_month=table["amount"] * DAYS_A_MONTH / _DAYS[rhythm],
        fixed=table["fixed"],
        n=table["n"],
        **{c: as_times(table[c].to_numpy()) for c in ("first", "last", "next_due")},
        active=table["active"],
        late=table["late"] & table["active"],
    )


def _largest_first(shown: pd.DataFrame) -> pd.DataFrame:
    order = np.lexsort((shown["name"], -shown["a_month"].abs(), ~shown["active"]))
    return shown.iloc[order].reset_index(drop=True)


def _categories(codes: pd.Series) -> pd.Series:
    return pd.Series(np.array(NAMES, dtype=object)[codes.to_numpy()], dtype="str")


def _calendar(
    profiles: Profiles,
    bookings: Bookings,
    series: RecurringPayments,
    shown: pd.DataFrame,
    spent_a_day: np.ndarray,
    settings: Settings,
) -> pd.DataFrame:
    """The next days, without habits: nobody owes the bakery a visit."""
    items = due(series, bookings.today, settings.cashflow)
    items = items[(shown["kind"] != "habit").to_numpy()[items["series"]]]
    balance = profiles.table["balance"].to_numpy(dtype=float)
    calendar = shown.iloc[items["series"]][["name", "description", "kind"]]
    calendar = calendar.reset_index(drop=True).assign(
        amount=items["amount"].to_numpy(),
        late=items["late"].to_numpy(),
        balance_after=balance_after(items, balance, spent_a_day, bookings.today),
    )
    calendar.insert(0, "day", as_times(items["day"].to_numpy()))
    return calendar


def _unusual(
    profiles: Profiles, bookings: Bookings, series: RecurringPayments, settings: Settings
) -> pd.DataFrame:
    payments = unusual(bookings, series.of_booking, settings.cashflow)
    payments = payments.head(settings.cashflow.unusual_max)
    shown = _names(profiles, payments["row"].to_numpy()).assign(
        category=_categories(payments["code"]),
        amount=-payments["amount"],
        usual=payments["usual"],
        times=payments["times"],
        score=payments["score"],
        reason=pd.Series([claim.text for claim in reasons(profiles, payments)], dtype="str"),
    )
    shown.insert(0, "booked_at", as_times(payments["day"].to_numpy()))
    return shown


def _next_salary(calendar: pd.DataFrame) -> Due | None:
    salaries = calendar[calendar["kind"] == "salary"]
    if salaries.empty:
        salaries = calendar[calendar["kind"] == "income"]
        salaries = salaries.sort_values("amount", ascending=False, kind="stable")
    if salaries.empty:
        return None
    first = salaries.iloc[0]
    return Due(first["day"], str(first["name"]), float(first["amount"]))


def _volatility(profiles: Profiles, position: int, settings: Settings) -> Volatility:
    value = float(profiles.features["spending_variation"].iloc[position])
    known, threshold = not np.isnan(value), settings.metrics.volatile_from
    n = profiles.data.months.n_of_year("spending", position)
    span = profiles.data.months.span_of_year("spending", position)
    return Volatility(
        value=value if known else None,
        threshold=threshold,
        volatile=bool(profiles.table["volatile"].iloc[position]),
        sentence=f"{swings(value, n, threshold, span).text}.",
    )


def _savings(profiles: Profiles, position: int, settings: Settings) -> Savings:
    row = savings(profiles.data.months, settings.cashflow, np.array([position])).iloc[0]
    rate, income, spending = (
        None if np.isnan(row[c]) else float(row[c]) for c in ("rate", "income", "spending")
    )
    n, currency = int(row["n_months"]), profiles.data.bank.manifest.currency
    said = kept(rate, income, spending, n, currency)
    return Savings(rate, income, spending, n, f"{said.text}.")


def notes_of(
    profiles: Profiles, position: int, bookings: Bookings, calendar: pd.DataFrame
) -> list[Claim]:
    """What to know of what is due."""
    if not len(bookings):
        has_orders = claim_of(profiles.data.bank, position) is not None
        return [claims_ahead.no_dated_payments(orders=has_orders)]
    newest = pd.Timestamp(as_times(bookings.days).max())
    if bookings.today - int(bookings.days.max()) > 2 * DAYS_A_MONTH:
        return [claims_ahead.payments_end(on=newest, so="nothing is due from it")]
    if not calendar["balance_after"].notna().any():
        return []
    return [claims_ahead.counted(in_accounts=bool(profiles.data.money.in_accounts[position]))]
