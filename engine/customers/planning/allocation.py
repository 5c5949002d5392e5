"""A risk level and a market figure in; an allocation over asset classes, with its reasons, out."""

import re
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import attributes
from engine.customers import claims_ahead
from engine.customers.claims import Claim
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
_FAR_AWAY: Final = "usually ten years or more away, so swings matter less"
_HORIZONS: Final = (
    (r"\b(?:retire\w*|retiring|pensions?|wealth|legacy|long[- ]?term)\b", _FAR_AWAY),
    (
        r"\b(?:houses?|homes?|real estate|education|business(?:es)?|child(?:ren)?)\b",
        "usually three to ten years away",
    ),
    (
        r"\b(?:emergency|emergencies|travel(?:s|l?ing)?|weddings?|cars?|holidays?)\b",
        "usually within three years, so little should swing",
    ),
)
"""Words of a goal -> how far off such goals usually are (own choice); whole words alone, so that a
career is no car and a long weekend no long term."""
_NOT_FAR_FROM: Final = 50.0
"""Years of age from which a retirement, early or not, need not be ten years away (own choice)."""


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
    risk, stated, appetite = risk_level(customer, profiles, position)
    base = allocate(risk, 0.0, settings.strategy)
    weights = allocate(risk, market.figure, settings.strategy)
    percent = _hundredths(weights)
    shares = {"base": base, "weight": weights, "percent": percent}
    frame = pd.DataFrame({"asset": pd.Series(ASSETS, dtype="str"), **shares})
    lines = tuple(f"{asset}: {round(p, 2):g} %" for asset, p in zip(ASSETS, percent, strict=True))
    goal = goals.goal_or_none(bank, profiles, customer_id)
    named = bool(goals.has_savings(bank)[position])
    said = plan_claim(risk, stated, appetite, market, settings.strategy)
    notes = note_claims(customer, goal, named, float(weights[0]), settings.strategy)
    return Strategy(
        customer_id=bank.customer_ids[position],
        risk=risk,
        risk_source=claims_ahead.risk_source(stated, appetite),
        market=market.figure,
        market_source=market.source,
        weights=frame,
        lines=lines,
        sentence=f"{said.text}.",
        goal=goal,
        notes=(*(f"{claim.text}." for claim in notes), NO_ADVICE),
    )


def risk_level(customer: pd.Series, profiles: Profiles, position: int) -> tuple[str, str, float]:
    """The level, the stated tolerance ("" for none) and the appetite that it is read from.

    Raises
    ------
    BadInput
        If nothing is known of either.
    """
    stated, row = customer["risk_tolerance"], profiles.table.iloc[position]
    if not pd.isna(stated):
        return _SAME_AS.get(stated, stated), str(stated), float(row["risk"])
    if not row["risk_known"]:
        raise BadInput(
            "The risk level of this customer is not known: no tolerance is stated and nothing "
            f"speaks for one. Ask the customer; expected one of {', '.join(LEVELS)}."
        )
    level = LEVELS[int(np.searchsorted(_APPETITE_EDGES, row["risk"], side="right"))]
    return level, "", float(row["risk"])


def _hundredths(weights: np.ndarray) -> np.ndarray:
    """Per cent of two decimals that sum to 100: the largest remainders are rounded up."""
    exact = weights * 10_000
    whole = np.floor(exact + 1e-6)
    missing = round(10_000 - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole / 100


def plan_claim(
    risk: str, stated: str, appetite: float, market: Market, settings: StrategySettings
) -> Claim:
    """The shares by a risk level, and what the market figure moves most."""
    base = allocate(risk, 0.0, settings)
    weights = allocate(risk, market.figure, settings)
    moved = weights - base
    most = int(np.argmax(np.abs(moved)))
    tilts = abs(moved[most]) >= 5e-5
    return claims_ahead.allocation(
        risk=risk,
        stated=stated,
        appetite=appetite,
        percent_of=dict(zip(ASSETS, _hundredths(weights).tolist(), strict=True)),
        market=market.figure,
        source=market.source,
        tilted=ASSETS[most] if tilts else "",
        points=100 * float(moved[most]),
    )


def note_claims(
    customer: pd.Series, goal: Goal | None, named: bool, stocks: float, settings: StrategySettings
) -> list[Claim]:
    """How far off goals usually are, the stated horizon, and the savings goal."""
    near = _is_near_retirement(customer)
    said = [
        claims_ahead.goal_away(goal=text, said=away)
        for text in _goals(customer)
        if (away := _horizon(text)) and not (near and away == _FAR_AWAY)
    ]
    if horizon := attributes(customer).get("time_horizon"):
        said.append(claims_ahead.horizon(text=str(horizon)))
    if goal is None:
        return said
    own = goals.goal_claim(goal, named=named)
    if goal.months is not None and 0 < goal.months <= settings.goal_soon_months:
        own = claims_ahead.goal_soon(goal=own, share=stocks)
    return [*said, own]


def _goals(customer: pd.Series) -> list[str]:
    if pd.isna(customer["goals"]):
        return []
    return [g.strip() for g in customer["goals"].split(LIST_SEPARATOR.strip()) if g.strip()]


def _is_near_retirement(customer: pd.Series) -> bool:
    """Is the customer retired, or old enough that ten years are no longer usual?"""
    job = customer["occupation"]
    retired = not pd.isna(job) and bool(re.search(r"retired|pensioner", job.lower()))
    return retired or (not pd.isna(customer["age"]) and customer["age"] >= _NOT_FAR_FROM)


def _horizon(goal: str) -> str:
    return next((said for words, said in _HORIZONS if re.search(words, goal.lower())), "")
