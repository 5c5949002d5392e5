"""Profiles in; sentences with count, segment, evidence and action out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import wording
from engine.customers.profiles import Profiles
from engine.settings import Settings

MIN_LIFT_N: Final = 10
_SURE_LIFT: Final = 1.2
_FEW_PRODUCTS: Final = 2


def portfolio(
    bank: Bank, profiles: Profiles, settings: Settings, needs: pd.DataFrame, lift: pd.DataFrame
) -> tuple[str, ...]:
    """What to know and do first; a sentence is left out where there is nothing to say."""
    sentences = [
        _valuable_leaving(bank, profiles, settings),
        _complaints(profiles),
        _falling(bank, profiles, settings),
        _loyal(profiles),
        _need(needs),
        _lift(lift),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _valuable_leaving(bank: Bank, profiles: Profiles, settings: Settings) -> str:
    table = profiles.table
    chosen = table["churn"] >= settings.metrics.retention_from_churn
    worth = chosen & (table["value_band"] == "high")
    chosen, name = (worth, "At risk, high value") if worth.any() else (chosen, "At risk")
    if not chosen.any():
        return ""
    value = wording.money(table.loc[chosen, "value_a_year"].sum(), bank.manifest.currency)
    complaining = int((table.loc[chosen, "n_complaints_open"] > 0).sum())
    unresolved = f", {complaining} with an unresolved complaint" if complaining else ""
    return f"{name}: {_who(chosen)}, {value} a year{unresolved}. Call them before any offer."


def _complaints(profiles: Profiles) -> str:
    table = profiles.table
    chosen = table["n_complaints_open"] > 0
    if not chosen.any():
        return ""
    open_ = wording.count(table["n_complaints_open"].sum(), "complaint")
    churn = f"mean churn index {table.loc[chosen, 'churn'].mean():.1f}"
    if not chosen.all():
        churn += f" against {table['churn'].mean():.1f} in all"
    return (
        f"Open complaints: {_who(chosen)} with {open_} to resolve{_mostly(table[chosen])}; "
        f"{churn}. Settle the oldest first."
    )


def _falling(bank: Bank, profiles: Profiles, settings: Settings) -> str:
    change = profiles.features["balance_change"]
    chosen = change <= -settings.metrics.large_change
    if not chosen.any():
        return ""
    where = _mostly(profiles.table[chosen])
    left = wording.money(profiles.table.loc[chosen, "balance"].sum(), bank.manifest.currency)
    fall = wording.percent(settings.metrics.large_change)
    return (
        f"Falling balances: {_who(chosen)} with {fall} or more less than before (last 3 months "
        f"against the 9 before){where}, {left} left. Ask where the money goes."
    )


def _loyal(profiles: Profiles) -> str:
    table = profiles.table
    chosen = (
        (table["churn_band"] == "low")
        & (table["value_band"] == "high")
        & table["n_holdings"].between(1, _FEW_PRODUCTS)
    )
    usual = table["n_holdings"].mean()
    if not chosen.any() or usual <= _FEW_PRODUCTS:
        return ""
    return (
        f"Loyal, high value: {_who(chosen)} with only one or two products, against "
        f"{usual:.1f} on average. Propose the next by need."
    )


def _need(needs: pd.DataFrame) -> str:
    if needs.empty:
        return ""
    first = needs.iloc[0]
    product = first["top_product"]
    action = (
        "Look at what is offered to them."
        if pd.isna(product)
        else f"{product} is offered to them most often: check that it fits."
    )
    n = wording.count(first["n"], "customer")
    return (
        f"Most common need: {first['need']}, {n} ({wording.percent(first['share'])} of the book, "
        f"all segments). {action}"
    )


def _lift(lift: pd.DataFrame) -> str:
    sure = lift[(lift["n"] >= MIN_LIFT_N) & (lift["low"] >= _SURE_LIFT)]
    if sure.empty:
        return ""
    first = sure.iloc[0]
    without = round(first["n"] * (1 - first["rate"]))
    return (
        f"{first['segment']}: {first['product']} is held {first['lift']:.1f} times as often as in "
        f"the book (95 % interval {first['low']:.1f} to {first['high']:.1f}, "
        f"{wording.count(first['n'], 'customer')}). Offer it to the {without} without it."
    )


def _who(chosen: pd.Series) -> str:
    n = int(chosen.sum())
    return f"{wording.count(n, 'customer')} ({wording.percent(n / len(chosen))} of the book)"


def _mostly(table: pd.DataFrame) -> str:
    """The segment of most of them; "" where no segment has more than one of several."""
    names, counts = np.unique(table["segment"].to_numpy(dtype=object), return_counts=True)
    best = int(np.argmax(counts))
    if counts[best] == len(table):
        return f", in “{names[best]}”"
    return f", most in “{names[best]}” ({counts[best]})" if counts[best] > 1 else ""
