"""A risk level and a market figure in; an allocation over asset classes, with its reasons, out."""

import re
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import attributes
from engine.customers import wording
from engine.customers.planning import goals
from engine.customers.planning.market import Market
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.results.money import NO_ADVICE, Goal, Strategy
from engine.settings import Settings, StrategySettings
from engine.vocabulary import LIST_SEPARATOR

ASSETS: Final = ("Stocks", "Bonds", "Real estate")
LEVELS: Final = ("low", "medium", "high")
_SAME_AS: Final = {"very high": "high"}
_APPETITE_EDGES: Final = (4.0, 7.0)
"""Risk appetite (0-10) from which it counts as medium and as high, as the profile words it."""
_HORIZONS: Final = (
    ("retire|pension|wealth|legacy|long", "usually ten years or more away, so swings matter less"),
    ("house|home|real estate|education|business|child", "usually three to ten years away"),
    ("emergency|travel|wedding|car|holiday", "usually within three years, so little should swing"),
)
"""Words of a goal -> how far off such goals usually are (own choice)."""


def allocate(risk: str, market: float, settings: StrategySettings) -> np.ndarray:
    """Shares of stocks, bonds and real estate.

    Parameters
    ----------
    risk : str
        low, medium, high, or very high (allocated as high).
    market : float
        Market figure f, at most `max_tilt` either way; 0 gives the allocation of the settings.

    Returns
    -------
    ndarray of shape (3,)
        Non-negative, sums to 1.

    Raises
    ------
    BadInput
        If the risk level is unknown or the market figure out of bounds.

    Notes
    -----
    The tilt adds f, -f/2, 0 (high), f/2, -f/4, 0 (medium) or 0, f/3, 0 (low), which sums to more
    or less than 1; the shares are then divided by their sum.
    """
    level = _SAME_AS.get(risk, risk)
    if level not in settings.allocation:
        expected = ", ".join((*settings.allocation, *_SAME_AS))
        raise BadInput(f"There is no risk level {risk!r}; expected one of {expected}.")
    if not abs(market) <= settings.max_tilt:  # also for NaN
        raise BadInput(
            f"Got the market figure {market:g}; expected a share of at most "
            f"{settings.max_tilt:g} either way."
        )
    shares = np.array(settings.allocation[level]) + market * np.array(settings.tilt[level])
    shares = np.clip(shares, 0.0, None)
    return shares / shares.sum()


def strategy(
    bank: Bank, profiles: Profiles, customer_id: str, market: Market, settings: Settings
) -> Strategy:
    """The allocation of one customer, with what stands behind it.

    Raises
    ------
    NotFound
        If the bank has no such customer.
    BadInput
        If nothing is known of the customer's risk level.
    """
    position = bank.customer_position(customer_id)
    customer = bank["customers"].iloc[position]
    risk, source = _risk_level(customer, profiles, position)
    base = allocate(risk, 0.0, settings.strategy)
    weights = allocate(risk, market.figure, settings.strategy)
    percent = _hundredths(weights)
    shares = {"base": base, "weight": weights, "percent": percent}
    frame = pd.DataFrame({"asset": pd.Series(ASSETS, dtype="str"), **shares})
    lines = tuple(f"{asset}: {round(p, 2):g} %" for asset, p in zip(ASSETS, percent, strict=True))
    goal = goals.goal_or_none(bank, profiles, customer_id)
    return Strategy(
        customer_id=bank.customer_ids[position],
        risk=risk,
        risk_source=source,
        market=market.figure,
        market_source=market.source,
        weights=frame,
        lines=lines,
        sentence=_sentence(risk, source, lines, base, weights, market),
        goal=goal,
        notes=_notes(customer, goal, weights, settings.strategy),
    )


def _risk_level(customer: pd.Series, profiles: Profiles, position: int) -> tuple[str, str]:
    stated = customer["risk_tolerance"]
    if not pd.isna(stated):
        return _SAME_AS.get(stated, stated), f"stated risk tolerance: {stated}"
    row = profiles.table.iloc[position]
    if not row["risk_known"]:
        raise BadInput(
            "The risk level of this customer is not known: no tolerance is stated and nothing "
            f"speaks for one. Ask the customer; expected one of {', '.join(LEVELS)}."
        )
    level = LEVELS[int(np.searchsorted(_APPETITE_EDGES, row["risk"], side="right"))]
    return level, f"risk appetite {row['risk']:.1f} of 10, as no tolerance is stated"


def _hundredths(weights: np.ndarray) -> np.ndarray:
    """Per cent of two decimals that sum to 100: the largest remainders are rounded up."""
    exact = weights * 10_000
    whole = np.floor(exact + 1e-6)
    missing = round(10_000 - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole / 100


def _sentence(
    risk: str,
    source: str,
    lines: tuple[str, ...],
    base: np.ndarray,
    weights: np.ndarray,
    market: Market,
) -> str:
    plan = f"For a {risk} risk level ({source}): {wording.listing(lines)}."
    moved = weights - base
    most = int(np.argmax(np.abs(moved)))
    if abs(moved[most]) < 5e-5:
        return f"{plan} The market does not tilt it: {market.source}."
    direction = "adds" if moved[most] > 0 else "takes"
    return (
        f"{plan} The market figure of {100 * market.figure:+.1f} % ({market.source}) {direction} "
        f"{100 * abs(moved[most]):.2f} points {'to' if moved[most] > 0 else 'from'} "
        f"{ASSETS[most].lower()}."
    )


def _notes(
    customer: pd.Series, goal: Goal | None, weights: np.ndarray, settings: StrategySettings
) -> tuple[str, ...]:
    notes = [f"Goal “{text}”: {_horizon(text)}." for text in _goals(customer) if _horizon(text)]
    if horizon := attributes(customer).get("time_horizon"):
        notes.append(f"Stated time horizon: {horizon}.")
    if goal and goal.months is not None and 0 < goal.months <= settings.goal_soon_months:
        notes.append(
            f"{goal.sentence} Keep what this goal needs out of stocks "
            f"({100 * weights[0]:.0f} % of the plan): it is needed soon."
        )
    elif goal:
        notes.append(goal.sentence)
    return (*notes, NO_ADVICE)


def _goals(customer: pd.Series) -> list[str]:
    if pd.isna(customer["goals"]):
        return []
    return [g.strip() for g in customer["goals"].split(LIST_SEPARATOR.strip()) if g.strip()]


def _horizon(goal: str) -> str:
    return next((said for words, said in _HORIZONS if re.search(words, goal.lower())), "")
