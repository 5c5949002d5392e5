"""Balances, goals, loans, months and payments in; alerts on a customer's money out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims
from engine.customers.alerts.raised import raised
from engine.customers.cashflow.bookings import as_times, bookings_of
from engine.customers.cashflow.recurring import recurring
from engine.customers.cashflow.sentences import reasons
from engine.customers.cashflow.unusual import unusual
from engine.customers.finances.kept_figures import Arrays
from engine.customers.finances.months import YEAR, last_day, median
from engine.customers.finances.profitability import LOAN_KINDS
from engine.customers.planning.goals import has_savings, savings_of
from engine.customers.profiles import Profiles
from engine.customers.row_index import customer_positions, total
from engine.settings import Settings

UNUSUAL = ("amount", "payee", "times", "usual", "n", "of")
"""What the claim on an unusual payment rests on, beside its day."""
CUSTOMERS = 5_000
"""Customers looked at together: their bookings, about half a million, stay near the processor."""


def savings_goals(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Each customer's own goal is reached; one who has named none is left alone."""
    del settings
    goal = bank["customers"]["savings_goal"].to_numpy(dtype=float)
    have, day = savings_of(bank, profiles), last_day(bank)
    rows = np.flatnonzero((goal > 0) & (have >= goal))  # False for NaN
    named = has_savings(bank)
    return raised(
        "savings_goal",
        rows,
        cause=[f"{value:.2f}" for value in goal[rows]],
        raised_at=day,
        claims=[
            claims.saved(
                amount=have[i], goal=goal[i], named=named[i], currency=bank.manifest.currency
            )
            for i in rows
        ],
        action="Congratulate, and ask what comes next: a new goal, or a longer horizon.",
        severity="good",
    )


def spending_limits(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """More was spent in a month than the limit; income never counts.

    Notes
    -----
    The latest month is looked at, and while that one is still running the month before as well.
    """
    months = profiles.data.months
    slot = _latest(months.figures["spending"])
    slots = [slot - i for i in range(1 if months.complete[slot] else 2) if slot - i >= 0]
    by_month = [_over_limit(bank, profiles, settings, slot) for slot in slots]
    return pd.concat(by_month) if by_month else _nothing("spending_limit")


def _over_limit(bank: Bank, profiles: Profiles, settings: Settings, slot: int) -> pd.DataFrame:
    """Who spent too much in one month of the grid.

    Notes
    -----
    The limit is the bank's, or a share above the customer's own usual month (the median of up to
    12 before) where that is more: a household or a company that always spends much is no news.
    """
    limits, months = settings.alerts, profiles.data.months
    spending, month = months.figures["spending"], months.months[slot]
    spent = spending[:, slot]
    usual, n = median(spending[:, max(slot - YEAR, 0) : slot]) if slot else (spent, spent * 0)
    own = np.where(n > 0, usual * limits.usual_month_factor, 0.0)
    limit = np.fmax(limits.spending_limit, own)
    rows = np.flatnonzero(spent > limit)
    return raised(
        "spending_limit",
        rows,
        cause=f"{month:%Y-%m}",
        raised_at=min(month + pd.offsets.MonthEnd(1), last_day(bank)),
        claims=[
            claims.spent_much(
                amount=spent[i],
                month=f"{month:%b %Y}",
                limit=limit[i],
                usual=usual[i],
                n=int(n[i]),
                currency=bank.manifest.currency,
            )
            for i in rows
        ],
        action="Ask whether the month was planned; offer a budget or a spending notice.",
        severity="medium",
    )


def loans_nearly_repaid(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """A loan has at most a small rest; monthly loan balances where no account is known."""
    most, day = settings.alerts.loan_nearly_repaid, last_day(bank)
    accounts = bank["accounts"]
    loans = accounts[accounts["kind"].isin(LOAN_KINDS)]
    rows = customer_positions(bank, loans["customer_id"])
    rest = np.abs(loans["balance"].to_numpy(dtype=float))
    due = (rows >= 0) & (rest > 0) & (rest <= most)
    monthly = np.abs(profiles.data.months.latest("loan_balance"))
    only = (total(rows, bank.n_customers) == 0) & (monthly > 0) & (monthly <= most)
    positions = np.concatenate([rows[due], np.flatnonzero(only)])
    left = np.concatenate([rest[due], monthly[only]])
    ids = loans["account_id"].fillna("").to_numpy(dtype=object)[due]
    currency = bank.manifest.currency
    return raised(
        "loan_nearly_repaid",
        positions,
        cause=np.concatenate([ids, np.full(only.sum(), "loan", dtype=object)]),
        raised_at=day,
        claims=[claims.loan_left(amount=value, edge=most, currency=currency) for value in left],
        action="Talk about what the freed instalment could do next: save, invest, another plan.",
        severity="good",
    )


def volatile_spending(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Monthly spending swings: sample deviation over mean of the last 12 months."""
    rows = np.flatnonzero(profiles.table["volatile"].to_numpy())
    variation = profiles.features["spending_variation"].to_numpy()[rows]
    day, edge, months = last_day(bank), settings.metrics.volatile_from, profiles.data.months
    return raised(
        "volatility",
        rows,
        cause=f"{day:%Y-%m}",
        raised_at=day,
        claims=[
            claims.swings(
                variation=value,
                n=months.n_of_year("spending", i),
                edge=edge,
                span=months.span_of_year("spending", i),
            )
            for i, value in zip(rows, variation, strict=True)
        ],
        action="Ask what drives the large months; a buffer or a payment plan may help.",
        severity="low",
    )


def shortfalls(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """The balance will not last a usual month: balance + income - spending is below zero.

    Notes
    -----
    Usual is the median of the last 3 complete months (at least 2 known), so one odd month raises
    nothing; what a customer states to earn stands in where no income was seen. Every deposit
    counts, not the current account alone.
    """
    day = last_day(bank)
    income = _usual(profiles, "income", settings)
    seen = income > 0
    income = np.where(seen, income, profiles.table["income_month"].to_numpy(dtype=float))
    spending = _usual(profiles, "spending", settings)
    balance = profiles.table["balance"].to_numpy(dtype=float)
    ahead = balance + income - spending
    rows = np.flatnonzero(ahead < 0)  # False for NaN
    month = day + pd.offsets.MonthBegin(1)
    return raised(
        "shortfall",
        rows,
        cause=f"{month:%Y-%m}",
        raised_at=day,
        claims=[
            claims.shortfall(
                balance=balance[i],
                income=income[i],
                stated=not seen[i],
                spending=spending[i],
                n=settings.alerts.shortfall_months,
                currency=bank.manifest.currency,
            )
            for i in rows
        ],
        action="Call before the bills are due: move a payment, or agree on a buffer.",
        severity="high",
    )


def unusual_transactions(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Payments of the last days that are far from the customer's own history.

    Notes
    -----
    They are those of the cash flow (engine.customers.cashflow.unusual), as long as they are news.
    """
    kept = profiles.data.kept
    rests_on = f"{settings.cashflow.model_dump_json()} {settings.alerts.unusual_days}"

    def make() -> Arrays:
        return _unusual(bank, profiles, settings)

    found = kept.get("unusual", make, rests_on) if kept else make()
    return raised(
        "unusual_transaction",
        found["position"],
        cause=found["cause"].astype(object),
        raised_at=found["on"],
        claims=[
            claims.unusual(
                on=pd.Timestamp(on),
                currency=bank.manifest.currency,
                **dict(zip(UNUSUAL, row, strict=True)),
            )
            for on, *row in zip(
                found["on"], *(found[name].tolist() for name in UNUSUAL), strict=True
            )
        ],
        action="Ask whether the customer made it; stop the card or the order if not.",
        severity="medium",
    )


def _unusual(bank: Bank, profiles: Profiles, settings: Settings) -> Arrays:
    rules = settings.cashflow
    firsts = range(0, max(bank.n_customers, 1), CUSTOMERS)
    together = [bookings_of(profiles, rules, slice(i, i + CUSTOMERS)) for i in firsts]
    parts = [unusual(part, recurring(part, rules).of_booking, rules) for part in together]
    payments = pd.concat(parts, ignore_index=True)
    payments = payments[payments["day"] > together[0].today - settings.alerts.unusual_days]
    said = [claim.figures for claim in reasons(profiles, payments)]
    return {
        "position": payments["position"].to_numpy(),
        "cause": _ids(bank, payments["row"].to_numpy(dtype=np.int64)).astype("U"),
        "on": as_times(payments["day"].to_numpy()),
        **{name: np.array([one[name] for one in said]) for name in UNUSUAL},
    }


RULES = (
    savings_goals,
    spending_limits,
    loans_nearly_repaid,
    volatile_spending,
    shortfalls,
    unusual_transactions,
)


def _ids(bank: Bank, rows: np.ndarray) -> np.ndarray:
    return bank.rows("transactions").take(rows, ["transaction_id"]).to_numpy(dtype=object)[:, 0]


def _usual(profiles: Profiles, name: str, settings: Settings) -> np.ndarray:
    """Median of each customer's last complete months, NaN under 2 known ones."""
    months, n_recent = profiles.data.months, settings.alerts.shortfall_months
    values = months.figures[name][:, months.complete]
    slot = _latest(values)
    if slot < 0:
        return np.full(len(values), np.nan)
    middle, n = median(values[:, max(slot - n_recent + 1, 0) : slot + 1])
    return np.where(n >= 2, middle, np.nan)


def _latest(values: np.ndarray) -> int:
    """The last month of which anything is known of anybody, -1 for none."""
    known = np.flatnonzero((~np.isnan(values)).any(axis=0))
    return int(known[-1]) if len(known) else -1


def _nothing(kind: str) -> pd.DataFrame:
    nobody = np.zeros(0, dtype=np.int64)
    return raised(kind, nobody, cause=[], raised_at=[], claims=[], action="", severity="low")
