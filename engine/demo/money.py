"""Transactions of the last year and monthly figures of two, which agree to the cent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demo.bookings import PAID_BY_SOMEONE, Items
from engine.demo.budget import Budget, mean_tier_amount, tier_amount, tier_of
from engine.demo.dates import MONTHS, N_ITEMISED, N_MONTHS, days_in
from engine.demo.draws import stream, texts, words
from engine.demo.population import Population

_FIRST_ITEMISED = N_MONTHS - N_ITEMISED
_N_PAYERS = 160
_STRAY_SHARE = 0.3


@dataclass(frozen=True)
class Ledger:
    """Single bookings as arrays of shape (n_transactions,), sorted by customer and day."""

    row: np.ndarray
    month: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    item: np.ndarray
    payer: np.ndarray


@dataclass(frozen=True)
class Monthly:
    """Figures of shape (n, N_MONTHS), USD; zero before a customer's first month."""

    income: np.ndarray
    spending: np.ndarray
    n_transactions: np.ndarray


def itemise(
    population: Population, plan: Budget, owners: np.ndarray, seed: int
) -> tuple[Ledger, pd.DataFrame]:
    """Book every transaction of the last months.

    Returns
    -------
    Ledger
        The bookings.
    DataFrame
        The kinds of booking that `Ledger.item` points into.
    """
    rng = stream(seed, population.audience, "transactions")
    items = Items(population.audience)
    parts = []
    for month in range(_FIRST_ITEMISED, N_MONTHS):
        for row, column, amount, tier in (_irregular(rng, plan, month), _regular(plan, month)):
            regular = plan.every[column] > 0
            item = _items_of(rng, plan, items, row, column, tier)
            item = np.where(owners[row] & items.housing[item], items.mortgage, item)
            free = (rng.random(len(row)) * days_in(np.array([month]))[0]).astype(np.int64)
            day = np.where(regular, plan.habit[row, column] % 27, free)
            parts.append((row, month, day, -np.maximum(np.round(amount, 2), 0.5), item))
        gone = plan.moved_away(month)
        row = np.flatnonzero(gone)
        parts.append((row, month, row % 20, -gone[row], np.full(len(row), items.carried_away)))
        parts.append(_income(rng, population, plan, items, month))
    return _ledger(parts, rng, population), items.table


def _items_of(
    rng: np.random.Generator,
    plan: Budget,
    items: Items,
    row: np.ndarray,
    column: np.ndarray,
    tier: np.ndarray,
) -> np.ndarray:
    """The kind of each booking: the customer's usual merchant, or now and then another."""
    starts, sizes = items.spans(plan.categories)
    stray = (rng.random(len(row)) < _STRAY_SHARE) * rng.integers(0, 7, len(row))
    stray = np.where(plan.every[column] > 0, 0, stray)
    inside = (plan.habit[row, column] + stray) % np.maximum(sizes[column, tier], 1)
    return starts[column, tier] + inside


def _irregular(
    rng: np.random.Generator, plan: Budget, month: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, category column, amount and tier of each irregular purchase of a month."""
    mean = plan.usual_count(month)
    counts = np.where(mean > 0, plan.least + rng.poisson(np.maximum(mean - plan.least, 0)), 0)
    row, column = np.nonzero(counts)
    many = counts[row, column]
    row, column = np.repeat(row, many), np.repeat(column, many)
    tier = tier_of(plan.tier[row], rng.normal(size=len(row)))
    spread = plan.spread[column]
    vary = tier_amount(tier) * np.exp(spread * rng.normal(size=len(row)) - spread**2 / 2)
    usual = plan.unit[row, column] * plan.season[month, column] * plan.trend[row, month]
    return row, column, usual * vary, tier


def _regular(plan: Budget, month: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, category column, amount and tier of each regular booking of a month."""
    row, column = np.nonzero(plan.due(month))
    tier = tier_of(plan.tier[row], np.zeros(len(row)))
    return row, column, plan.unit[row, column] * plan.season[month, column], tier


def _income(
    rng: np.random.Generator, population: Population, plan: Budget, items: Items, month: int
) -> tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]:
    """Money that comes in: one payment a month, several for companies and the self-employed."""
    several = population.self_employed
    counts = np.where(several, 1 + rng.poisson(1.2, population.n), 1)
    counts[~plan.active(month)] = 0
    row = np.repeat(np.arange(population.n), counts)
    total = plan.usual_income(month) * np.where(several, plan.trend[:, month], 1.0)
    amount = (total / np.maximum(counts, 1))[row]
    amount = amount * np.where(several[row], np.exp(0.2 * rng.normal(size=len(row)) - 0.02), 1.0)
    day = np.where(several[row], rng.integers(0, 28, len(row)), 24 + row % 4)
    item = items.income_of(population)[row]
    return row, month, day, np.maximum(np.round(amount, 2), 1.0), item


def _ledger(parts: list[tuple], rng: np.random.Generator, population: Population) -> Ledger:
    row, day, amount, item = (np.concatenate([p[i] for p in parts]) for i in (0, 2, 3, 4))
    month = np.repeat([p[1] for p in parts], [len(p[0]) for p in parts])
    days = MONTHS[month].astype("datetime64[D]") + day
    order = np.lexsort((amount, days, row))
    payer = rng.integers(0, _N_PAYERS, population.n)[row]
    return Ledger(*(a[order] for a in (row, month, days, amount, item, payer)))


def transactions(ledger: Ledger, kinds: pd.DataFrame, customer_ids: pd.Series) -> pd.DataFrame:
    """Table `transactions`: ids in the order of the ledger."""
    lists = words("names")["company"]
    payers = [
        f"{first.replace('_', ' ')} {second}"
        for second in ("Ltd", "Group", "Services", "Partners")
        for first in lists["first"].split()
    ][:_N_PAYERS]
    named = [*kinds["merchant"].where(kinds["merchant"].notna(), None), *payers]
    paid = kinds["description"].isin(PAID_BY_SOMEONE).to_numpy()
    merchant = np.where(paid[ledger.item], len(kinds) + ledger.payer, ledger.item)
    return pd.DataFrame(
        {
            "customer_id": customer_ids.take(ledger.row).reset_index(drop=True),
            "booked_at": pd.Series(ledger.day.astype("datetime64[us]")),
            "amount": ledger.amount,
            "description": texts(list(kinds["description"]), ledger.item),
            "merchant": texts(named, merchant),
            "category": texts(list(kinds["category"]), ledger.item),
            "payment_method": texts(list(kinds["method"]), ledger.item),
        }
    )


def monthly(plan: Budget, ledger: Ledger | None, n: int, rng: np.random.Generator) -> Monthly:
    """Monthly figures: sums of the ledger where it reaches, else drawn with the same mean.

    A month's spending in a category is a compound Poisson sum; before the ledger begins (or
    without one) it is drawn from the gamma distribution of the same mean and variance.
    """
    figures = Monthly(*(np.zeros((n, N_MONTHS)) for _ in range(3)))
    usual_unit = plan.unit * mean_tier_amount(plan.tier)[:, None]
    varied = np.exp(plan.spread**2)
    for month in range(N_MONTHS if ledger is None else _FIRST_ITEMISED):
        mean, due = plan.usual_count(month), plan.due(month)
        drawn = rng.gamma(mean / varied) * varied * usual_unit * plan.trend[:, [month]]
        booked = np.where(due, plan.unit, drawn) * plan.season[month]
        gone = plan.moved_away(month)
        figures.spending[:, month] = np.round(booked.sum(axis=1) + gone, 2)
        figures.income[:, month] = np.round(plan.usual_income(month), 2)
        count = rng.poisson(mean.sum(axis=1)) + due.sum(axis=1) + 1 + (gone > 0)
        figures.n_transactions[:, month] = count * plan.active(month)
    if ledger is not None:
        _sum(figures, ledger)
    return figures


def _sum(figures: Monthly, ledger: Ledger) -> None:
    cell = ledger.row * N_MONTHS + ledger.month
    shape, size = figures.income.shape, figures.income.size
    first = slice(_FIRST_ITEMISED, None)
    for target, weights in (
        (figures.income, np.maximum(ledger.amount, 0)),
        (figures.spending, np.maximum(-ledger.amount, 0)),
        (figures.n_transactions, np.ones(len(cell))),
    ):
        sums = np.bincount(cell, weights, minlength=size).reshape(shape)
        target[:, first] = np.round(sums[:, first], 2)


def balances(plan: Budget, figures: Monthly, rng: np.random.Generator) -> np.ndarray:
    """Balance of the current account at each month's end: income less spending moves it."""
    change = np.cumsum(figures.income - figures.spending, axis=1)
    drawn = plan.income * rng.lognormal(0.1, 0.7, len(plan.income))
    needed = -change.min(axis=1) + plan.income * rng.uniform(-0.05, 0.5, len(plan.income))
    return np.round(np.maximum(drawn, needed)[:, None] + change, 2)


def months(
    plan: Budget, figures: Monthly, balance: np.ndarray, owed: np.ndarray, ids: pd.Series
) -> pd.DataFrame:
    """Table `months`, one row per customer and active month."""
    row, month = np.nonzero(np.arange(N_MONTHS) >= plan.first_month[:, None])
    return pd.DataFrame(
        {
            "customer_id": ids.take(row).reset_index(drop=True),
            "month": pd.Series(MONTHS[month].astype("datetime64[us]")),
            "balance": balance[row, month],
            "income": figures.income[row, month],
            "spending": figures.spending[row, month],
            "loan_balance": owed[row, month],
            "n_transactions": figures.n_transactions[row, month],
        }
    )
