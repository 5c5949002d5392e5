"""The demo bank, whole: a number of customers and a seed in, a Bank out."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.bank import Bank, Manifest
from engine.demo import accounts as _accounts
from engine.demo import adoption, loans, messages, money, personas, records, responses
from engine.demo.budget import budget
from engine.demo.catalogue import catalogue
from engine.demo.companies import companies
from engine.demo.dates import AS_OF
from engine.demo.draws import missing, numbered, stream, texts, with_ids, words
from engine.demo.people import people
from engine.demo.population import Population
from engine.errors import BadInput
from engine.vocabulary import CORPORATE, RETAIL, TABLES

_CORPORATE_SHARE = 0.08
_FEWEST = 50
_BOOK = 200
_NUMBERED = {
    "accounts": ("account_id", "A"),
    "transactions": ("transaction_id", "T"),
    "messages": ("message_id", "M"),
}
# Share of values that the bank does not know (own choice).
_UNKNOWN = {
    RETAIL: {
        "annual_income": 0.03, "credit_score": 0.04, "risk_tolerance": 0.06, "education": 0.1,
        "satisfaction": 0.2, "marital_status": 0.03, "dependents": 0.03, "occupation": 0.02,
    },
    CORPORATE: {"credit_score": 0.08, "risk_tolerance": 0.3, "satisfaction": 0.3},
}  # fmt: skip


def generate(n_customers: int, seed: int, *, monthly_only: bool = False) -> Bank:
    """Invent a bank.

    Parameters
    ----------
    n_customers : int
        Customers in all, at least 50; 8 % of them are companies.
    seed : int
        The same seed gives the same bytes.
    monthly_only : bool
        Leave out transactions and messages; months are drawn with the same mean.

    Returns
    -------
    Bank
        Simulated, as of 2026-06-30, in USD; its first rows are the personas.

    Raises
    ------
    BadInput
        If there are too few customers or the seed is negative.
    """
    if n_customers < _FEWEST:
        raise BadInput(f"Got {n_customers} customers; a generated bank needs at least {_FEWEST}.")
    if seed < 0:
        raise BadInput(f"Got seed {seed}; give a whole number of 0 or more.")
    n_corporate = round(n_customers * _CORPORATE_SHARE)
    drawn = {
        RETAIL: people(n_customers - n_corporate, seed),
        CORPORATE: companies(n_corporate, seed),
    }
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for audience, population in drawn.items():
        cast = _with_managers(personas.cast(population))
        ids = _ids(cast, n_customers - n_corporate)
        for name, frame in _audience(cast, ids, seed, monthly_only).items():
            tables[name].append(frame)
        tables["products"].append(catalogue(audience).products)
    return Bank.from_tables(_manifest(n_customers, seed, monthly_only), _joined(tables))


def _audience(
    population: Population, ids: pd.Series, seed: int, monthly_only: bool
) -> dict[str, pd.DataFrame]:
    """Every table of one audience; customers of whom nothing is known yet are left bare."""
    held = adoption.adopt(population, seed)
    borrowed = loans.loans(population, held, seed)
    plan = budget(population, seed)
    ledger, kinds = None, pd.DataFrame()
    if not monthly_only:
        owners = loans.home_owners(borrowed, population.n)
        ledger, kinds = money.itemise(population, plan, owners, seed)
    rng = stream(seed, population.audience, "months")
    figures = money.monthly(plan, ledger, population.n, rng)
    balance = money.balances(plan, figures, rng)
    owed = loans.owed(borrowed, population.n)
    frames = {
        "customers": _known(population, ids, seed),
        "consents": records.consents(population, seed, ids),
        "accounts": _accounts.accounts(population, held, borrowed, balance[:, -1], seed, ids),
        "contacts": records.contacts(population, seed, ids),
        "holdings": with_ids(held.drop(columns=["product"]), ids),
        "months": money.months(plan, figures, balance, owed, ids),
        "events": responses.responses(population, held, seed, ids),
    }
    unresolved = np.zeros(population.n)
    if ledger is not None:
        frames["transactions"] = money.transactions(ledger, kinds, ids)
        frames["messages"] = messages.messages(population, seed, ids)
        unresolved = _unresolved(frames["messages"], ids)
    happened = records.labels(population, balance, unresolved, owed[:, -1], seed)
    frames["labels"] = with_ids(happened, ids)
    return _without_fresh(frames, population, ids)


def _ids(population: Population, n_retail: int) -> pd.Series:
    """Ids of an audience: personas first, whatever the size of the bank."""
    everyone = personas.PERSONAS.values()
    stated = [p.customer_id for p in everyone if p.audience == population.audience]
    first = len(everyone) + 1
    if population.audience == CORPORATE:
        first += n_retail - sum(p.audience == RETAIL for p in everyone)
    rest = range(first, first + population.n - len(stated))
    return pd.Series([*stated, *(f"C{i:05d}" for i in rest)], dtype="str")


def _with_managers(population: Population) -> Population:
    """Give every customer a relationship manager with a book of about 200."""
    lists = words("names")["manager"]
    firsts, lasts = lists["first"].split(), lists["last"].split()
    n_books = max(1, round(population.n / _BOOK))
    book = np.arange(population.n) * n_books // population.n
    skipped = len(lasts) // 2 if population.audience == CORPORATE else 0
    named = [
        f"{firsts[(7 * (b % len(lasts)) + b // len(lasts)) % len(firsts)]} {lasts[b % len(lasts)]}"
        for b in range(skipped, skipped + n_books)
    ]
    managers = texts(_told_apart(named), book)
    return replace(population, customers=population.customers.assign(relationship_manager=managers))


def _told_apart(names: list[str]) -> list[str]:
    """Repeated names with a number behind them."""
    times: Counter[str] = Counter()
    told = []
    for name in names:
        times[name] += 1
        told.append(name if times[name] == 1 else f"{name} {times[name]}")
    return told


def _known(population: Population, ids: pd.Series, seed: int) -> pd.DataFrame:
    """Table `customers` as the bank has it: some values are unknown."""
    rng = stream(seed, population.audience, "unknown")
    frame = population.customers.copy()
    for column, share in _UNKNOWN[population.audience].items():
        hidden = missing(rng, frame[column], share)
        stated = np.arange(population.n) < population.n_personas
        frame[column] = frame[column].where(stated, hidden)
    frame.insert(0, "customer_id", ids.array)
    frame["status"] = "active"
    frame["vulnerable"] = frame["vulnerable"].astype("boolean")
    for row, known in personas.fresh(population.audience).items():
        kept = {"customer_id", "audience", "name", "joined_on", "relationship_manager", "status"}
        frame.loc[row, [c for c in frame if c not in kept | set(known)]] = pd.NA
    return frame


def _unresolved(written: pd.DataFrame, ids: pd.Series) -> np.ndarray:
    """Unresolved tickets, chats and calls per customer, shape (n,)."""
    is_open = ~written["resolved"].astype("boolean").fillna(True).to_numpy(dtype=bool)
    rows = pd.Index(ids).get_indexer(written.loc[is_open, "customer_id"])
    return np.bincount(rows, minlength=len(ids)).astype(np.float64)


def _without_fresh(
    frames: dict[str, pd.DataFrame], population: Population, ids: pd.Series
) -> dict[str, pd.DataFrame]:
    """Brand-new customers have a row of their own and nothing else."""
    bare = ids.iloc[list(personas.fresh(population.audience))]
    if bare.empty:
        return frames
    return {
        name: frame
        if name == "customers"
        else frame[~frame["customer_id"].isin(bare)].reset_index(drop=True)
        for name, frame in frames.items()
    }


def _joined(tables: dict[str, list[pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """One frame a table; customers in the order of their ids, events in time."""
    joined = {
        name: pd.concat(frames, ignore_index=True) for name, frames in tables.items() if frames
    }
    for name, (column, prefix) in _NUMBERED.items():
        if name in joined:
            joined[name].insert(0, column, numbered(prefix, 1, len(joined[name])))
    customers = joined["customers"]
    order = customers["customer_id"].str[1:].astype("int64").argsort(kind="stable")
    joined["customers"] = customers.iloc[order]
    joined["events"] = joined["events"].sort_values(["recorded_at", "event_id"], kind="stable")
    return joined


def _manifest(n_customers: int, seed: int, monthly_only: bool) -> Manifest:
    notes = (
        f"Simulated: generated with {n_customers:,} customers and seed {seed}; no person, company "
        "or price in it is real.",
        "Single transactions cover the last 12 months, monthly figures 24.",
    )
    return Manifest(
        name="Attune demo bank",
        currency="USD",
        as_of=str(AS_OF),
        layout="generated",
        simulated=True,
        notes=notes[:1] if monthly_only else notes,
    )
