"""What should be found, and how surely, in; how many customers that takes, out."""

import math
from collections.abc import Mapping
from typing import Final

from engine.errors import BadInput
from engine.experiment_plan import ENGINE
from engine.experiments.sequential import radius
from engine.experiments.sequential import spread as spread_of

_MOST: Final = 10**9
_LARGEST: Final = 0.99
"""Share that odds are taken of at most: where everybody did it there is nothing to tune to (own
choice)."""


def needed(
    base: float,
    uplift: float,
    shares: Mapping[str, float],
    *,
    spread: float = 0.0,
    power: float = 0.8,
    level: float = 0.95,
) -> int:
    """Customers in all arms together with which the change is most likely found at the end.

    Parameters
    ----------
    base : float
        Share without the program, 0-1; with `spread`, a mean in the bank's currency.
    uplift : float
        The change that should be found, as a share of the base, below 0 for a fall; two-sided.
    shares : mapping of str to float
        Arm -> share of the customers.
    spread : float
        Standard deviation a customer; 0 for shares, of which it follows.

    Notes
    -----
    The normal approximation for two rates or means of unequal groups at one look at the end
    (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd edition, 4.3), with
    the level divided by the number of comparisons (Bonferroni). The smallest arm decides.
    """
    from scipy.special import ndtri

    n_others = len(shares) - 1
    z = ndtri(1 - (1 - level) / n_others / 2) + ndtri(power)
    change = base * uplift
    return max(
        math.ceil(_variance(base, uplift, spread, shares, arm) * (z / change) ** 2 * sum_of(shares))
        for arm in shares
        if arm != ENGINE
    )


def needed_at_any_look(
    base: float,
    uplift: float,
    shares: Mapping[str, float],
    *,
    spread: float = 0.0,
    power: float = 0.8,
    level: float = 0.95,
) -> int:
    """The same where the interval holds at every look, tuned to the last one: what looking early
    costs. Raises BadInput where no number of customers that any bank has is enough."""
    from scipy.special import ndtri

    each = 1 - (1 - level) / (len(shares) - 1)

    def enough(n: int) -> bool:
        for arm in (one for one in shares if one != ENGINE):
            variance = _variance(base, uplift, spread, shares, arm, pooled=True)
            variance *= sum_of(shares) / n
            half = float(radius(variance, variance, level=each))
            if half + ndtri(power) * math.sqrt(variance) > abs(base * uplift):
                return False
        return True

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST:
            raise BadInput("No bank has the customers that this takes; look for a larger change.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def variance_at_end(
    base: float, uplift: float, n_engine: int, n_other: int, *, spread: float = 0.0
) -> float:
    """Of the difference at the last look as it is expected beforehand; what intervals are tuned to.

    Of shares it is that of the martingale of `sequential`, F / ((1 - F) n) an arm.
    """
    if not n_engine or not n_other:
        return math.nan
    if spread:
        return spread**2 * (1 / n_engine + 1 / n_other)
    return float(spread_of(_odds(base * (1 + uplift)), n_engine, _odds(base), n_other, 0.0))


def _odds(share: float) -> float:
    share = min(share, _LARGEST)
    return share / (1 - share)


def sum_of(shares: Mapping[str, float]) -> float:
    """Share of the customers who are in an arm at all."""
    return sum(shares.values())


def _variance(
    base: float,
    uplift: float,
    spread: float,
    shares: Mapping[str, float],
    arm: str,
    *,
    pooled: bool = False,
) -> float:
    """Of the difference, times the number of customers of the bank; `pooled` as intervals that hold
    at every look have it."""
    if spread:
        return spread**2 * (1 / shares[ENGINE] + 1 / shares[arm])
    with_it = base * (1 + uplift)
    own, other = with_it * (1 - with_it), base * (1 - base)
    if pooled:
        return float(spread_of(own, shares[ENGINE], other, shares[arm], base * uplift))
    return own / shares[ENGINE] + other / shares[arm]
