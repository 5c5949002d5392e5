"""Profiles in; what to know and do first, as claims with an action each, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims, segments
from engine.customers.claims import Claim
from engine.customers.profiles import Profiles
from engine.settings import Settings

MIN_LIFT_N: Final = 10
_SURE_LIFT: Final = 1.2
_FEW_PRODUCTS: Final = 2

Advice = tuple[Claim, str]
"""What is so, and what to do about it."""


def portfolio(
    bank: Bank,
    profiles: Profiles,
    settings: Settings,
    needs: pd.DataFrame,
    lift: pd.DataFrame,
    next_offer: pd.Series | None = None,
) -> list[Advice]:
    """What to know and do first; left out where there is nothing to say.

    `next_offer` is each customer's first offer, missing where the guard lets none pass.
    """
    advice = [
        _leaving(bank, profiles, settings),
        _cases(profiles),
        _falling(bank, profiles, settings),
        _few_products(profiles, next_offer),
        _need(needs, len(profiles.table)),
        _lift(lift),
    ]
    return [one for one in advice if one]


def sentences(advice: list[Advice]) -> tuple[str, ...]:
    """For example "Open cases: 3 customers ... Settle the oldest first."."""
    return tuple(f"{claim.text}. {action}" for claim, action in advice)


def _leaving(bank: Bank, profiles: Profiles, settings: Settings) -> Advice | None:
    table = profiles.table
    chosen = table["churn_known"] & (table["churn"] >= settings.metrics.retention_from_churn)
    worth = chosen & (table["value_band"] == "high")
    valued = bool(worth.any())
    chosen = worth if valued else chosen
    if not chosen.any():
        return None
    return claims.leaving(
        n=int(chosen.sum()),
        of=len(table),
        value=float(table.loc[chosen, "value_a_year"].sum()),
        n_open=int((table.loc[chosen, "n_cases_open"] > 0).sum()),
        valued=valued,
        currency=bank.manifest.currency,
    ), "Call them before any offer."


def _cases(profiles: Profiles) -> Advice | None:
    table = profiles.table
    chosen = table["n_cases_open"] > 0
    if not chosen.any():
        return None
    return claims.book_cases(
        n=int(chosen.sum()),
        of=len(table),
        cases=int(table["n_cases_open"].sum()),
        where=mostly(segments.said_of(table[chosen])),
        churn=float(table.loc[chosen, "churn"].mean()),
        churn_all=float(table.loc[table["churn_known"], "churn"].mean()),
    ), "Settle the oldest first."


def _falling(bank: Bank, profiles: Profiles, settings: Settings) -> Advice | None:
    edge = settings.metrics.large_change
    chosen = profiles.features["balance_change"] <= -edge
    if not chosen.any():
        return None
    table = profiles.table[chosen]
    return claims.falling(
        n=len(table),
        of=len(chosen),
        edge=edge,
        where=mostly(table["segment"]),
        left=float(table["balance"].sum()),
        currency=bank.manifest.currency,
    ), "Ask where the money goes."


def _few_products(profiles: Profiles, next_offer: pd.Series | None = None) -> Advice | None:
    table = profiles.table
    chosen = (
        table["churn_known"]
        & (table["churn_band"] == "low")
        & (table["value_band"] == "high")
        & table["n_holdings"].between(1, _FEW_PRODUCTS)
    )
    usual = float(table["n_holdings"].mean())
    if not chosen.any() or usual <= _FEW_PRODUCTS:
        return None
    said = claims.few_products(n=int(chosen.sum()), of=len(table), usual=usual)
    if next_offer is None:
        return said, "See what each of them may be offered."
    n_may = int(next_offer[chosen.to_numpy()].notna().sum())
    return said, f"{n_may:,} of them may be offered something: propose the next by need."


def _need(needs: pd.DataFrame, n_customers: int) -> Advice | None:
    if needs.empty:
        return None
    first = needs.iloc[0]
    product = first["top_product"]
    action = (
        "Look at what is offered to them."
        if pd.isna(product)
        else f"{product} is offered to them most often: check that it fits."
    )
    return claims.most_need(need=first["need"], n=int(first["n"]), of=n_customers), action


def _lift(lift: pd.DataFrame) -> Advice | None:
    lacking = lift["n"] * (1 - lift["rate"])
    enough = (lift["n"] >= MIN_LIFT_N) & (lacking >= MIN_LIFT_N)
    sure = lift[enough & (lift["low"] >= _SURE_LIFT) & (lift["n_may"] != 0)]
    if sure.empty:
        return None
    first = sure.iloc[0]
    without = round(first["n"] * (1 - first["rate"]))
    said = claims.lifted(
        segment=first["segment"],
        product=first["product"],
        times=float(first["lift"]),
        low=float(first["low"]),
        high=float(first["high"]),
        n=int(first["n"]),
    )
    if np.isnan(first["n_may"]):
        return said, f"See who of the {without:,} without it may be offered it."
    return said, f"{first['n_may']:,.0f} of the {without:,} without it may be offered it."


def mostly(names: pd.Series) -> Claim | None:
    """The segment of most of them; None where no segment has more than one of several."""
    found, counts = np.unique(names.to_numpy(dtype=object), return_counts=True)
    best = int(np.argmax(counts))
    if counts[best] < 2 and len(names) > 1:
        return None
    return claims.mostly(segment=str(found[best]), n=int(counts[best]), of=len(names))
