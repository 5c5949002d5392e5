"""Slow and obvious ways to the engine's answers: what its speed is a ratio to."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from engine import Engine
from engine.customers.profile import profile as profile_of
from engine.customers.profiles import build
from engine.customers.words.texts import TextModels, load_texts
from engine.results import Profile
from engine.settings import default


def page(table: pd.DataFrame, word: str, size: int) -> list[str]:
    """The first `size` customers with a word in name or number, read and sorted row by row."""
    found = [
        row
        for row in table.itertuples(index=False)
        if word.lower() in row.name.lower() or word.lower() in row.customer_id.lower()
    ]
    unknown = float("-inf")
    found.sort(key=lambda row: row.customer_id)
    found.sort(
        key=lambda row: unknown if pd.isna(row.value_a_year) else row.value_a_year, reverse=True
    )
    return [row.customer_id for row in found[:size]]


def profile(engine: Engine, customer_id: str) -> Profile:
    """One customer's record, every table searched for their rows and all worked out when asked.

    Percentiles are those of the whole bank, as in the engine's own answer, and so is the day on
    which its record begins: whose payment that was comes along.
    """
    snapshot, settings = engine.snapshot(), default()
    payments = snapshot.bank["transactions"].dropna(subset="booked_at")
    wanted = {customer_id, *payments.nsmallest(1, "booked_at")["customer_id"]}
    mine = {
        name: table.loc[table["customer_id"].isin(wanted)].reset_index(drop=True)
        for name, table in snapshot.bank.tables.items()
        if "customer_id" in table
    }
    bank = snapshot.bank.with_tables(**mine)
    rows = np.flatnonzero(snapshot.bank.customer_ids.isin(wanted))
    consents = snapshot.consents.iloc[rows].reset_index(drop=True)
    built = build(
        bank,
        consents=consents,
        texts=_texts(),
        settings=settings,
        reference=snapshot.profiles.reference,
    )
    return profile_of(bank, built, consents, customer_id, settings)


@cache
def _texts() -> TextModels:
    return load_texts(default())


def score(engine: Engine, customers: list[str]) -> Iterator[pd.DataFrame]:
    """Both lists of some customers, one customer after another."""
    for customer in customers:
        yield engine.offers.score(customers=[customer])
