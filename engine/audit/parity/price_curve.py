"""Lists and tolerances in; what closing gaps to each costs, and the gaps before and after, out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity.gap_parts import differences
from engine.audit.parity.price_search import Found, PricedLists, search
from engine.guard.list_selection import NONE
from engine.settings import FairnessSettings

CURVE = [
    *("tolerance", "worst", "n_violations", "closed", "score_lost", "least_lost"),
    *("lists_changed", "offers_moved", "value", "value_lost"),
]
GAPS = [
    *("group", "kind", "n", "before", "before_low", "before_high", "after", "after_low"),
    *("after_high", "violates_before", "violates_after", "price"),
]


def plain(lists: PricedLists) -> np.ndarray:
    """Lists without any price."""
    return lists.picks(np.zeros((len(lists.sizes), lists.kinds.shape[1])))


def curve(
    lists: PricedLists,
    tolerances: Sequence[float],
    asked: float,
    worth: np.ndarray | None,
    rule: FairnessSettings,
) -> tuple[pd.DataFrame, dict[float, Found]]:
    """What closing the gaps beyond chance to each tolerance costs.

    Parameters
    ----------
    tolerances : sequence of float
        Largest gap of attention, 0-1.
    asked : float
        The tolerance by which violations are counted in every row, so that rows compare.
    worth : ndarray of shape (n, n_products), optional
        Expected value of each offer a year, money; NaN counts nothing.

    Returns
    -------
    tuple of DataFrame and dict
        One row a tolerance, the first without prices (tolerance NaN): worst (gap), n_violations,
        closed, score_lost (mean score of a list, its places weighed by attention), least_lost (no
        lists within the tolerance lose less), lists_changed and offers_moved (shares), value (mean
        over customers of the value of a list, NaN without `worth`) and value_lost; and the prices
        found for each tolerance.
    """
    before = plain(lists)
    start, money = lists.score(before), _value(before, worth)
    rows = [_row(lists, before, before, np.nan, asked, rule) | _lost(0.0, 0.0, money, money)]
    found, sure = {}, beyond(lists, rule)
    for tolerance in tolerances:
        one = found[tolerance] = search(lists, tolerance, sure)
        lost = _lost(start - one.score, max(start - one.best, 0.0), _value(one.picks, worth), money)
        row = _row(lists, before, one.picks, tolerance, asked, rule) | {"closed": one.closed}
        rows.append(row | lost)
    return pd.DataFrame(rows, columns=CURVE), found


def gaps(
    lists: PricedLists,
    after: np.ndarray,
    prices: np.ndarray,
    names: Sequence[str],
    kinds: Sequence[str],
    asked: float,
    rule: FairnessSettings,
) -> pd.DataFrame:
    """Gaps of each judged group before and after on the same customers; see GAPS, shares 0-1.

    Parameters
    ----------
    after : ndarray of shape (n, k)
        Lists afterwards.
    prices : ndarray of shape (n_groups, n_kinds)
        That were put on each group and kind for them.
    """
    rows = []
    first = _intervals(lists, plain(lists), rule)
    then = _intervals(lists, after, rule)
    for at in np.flatnonzero(lists.judged):
        for place, kind in enumerate(kinds):
            one, other = first[at][place], then[at][place]
            rows.append(
                (names[at], kind, int(lists.sizes[at]), *one, *other, _violates(one, asked),
                 _violates(other, asked), float(prices[at, place]))
            )  # fmt: skip
    return pd.DataFrame(rows, columns=GAPS)


def beyond(lists: PricedLists, rule: FairnessSettings) -> np.ndarray:
    """Which gaps are beyond chance without prices, bool of shape (n_groups, n_kinds)."""
    found = np.zeros((len(lists.sizes), lists.kinds.shape[1]), dtype=bool)
    for at, gaps in _intervals(lists, plain(lists), rule).items():
        found[at] = [_violates(gap, 0.0) for gap in gaps]
    return found


def _row(
    lists: PricedLists,
    before: np.ndarray,
    after: np.ndarray,
    tolerance: float,
    asked: float,
    rule: FairnessSettings,
) -> dict[str, object]:
    every = [gap for group in _intervals(lists, after, rule).values() for gap in group]
    n_offers = max(int((after != NONE).sum()), 1)
    return {
        "tolerance": tolerance,
        "worst": lists.worst(after),
        "n_violations": sum(_violates(gap, asked) for gap in every),
        "closed": not any(_violates(gap, asked) for gap in every),
        "lists_changed": float((before != after).any(axis=1).mean()) if len(after) else 0.0,
        "offers_moved": float((before != after)[after != NONE].sum() / n_offers),
    }


def _lost(score: float, least: float, value: float, money: float) -> dict[str, float]:
    return {
        "score_lost": score,
        "least_lost": least,
        "value": value,
        "value_lost": money - value,
    }


def _value(picks: np.ndarray, worth: np.ndarray | None) -> float:
    if worth is None or not len(picks):
        return float("nan")
    there = picks != NONE
    values = np.take_along_axis(np.nan_to_num(worth), np.where(there, picks, 0), axis=1)
    return float(np.where(there, values, 0.0).sum(axis=1).mean())


Gap = tuple[float, float, float]
"""Of attention, and its interval."""


def _intervals(
    lists: PricedLists, picks: np.ndarray, rule: FairnessSettings
) -> dict[int, list[Gap]]:
    """By judged group, its gap on each kind."""
    shown, found = lists.attention(picks), {}
    for at in np.flatnonzero(lists.judged):
        mine = lists.members[:, at] > 0
        _, _, gap, low, high, _ = differences(shown[mine], shown[~mine], rule)
        found[int(at)] = list(zip(gap.tolist(), low.tolist(), high.tolist(), strict=True))
    return found


def _violates(gap: Gap, tolerance: float) -> bool:
    """Above the tolerance, and beyond chance."""
    value, low, high = gap
    return abs(value) > tolerance + 1e-12 and (low > 0 or high < 0)


def quality(before: np.ndarray, after: np.ndarray, level: float) -> tuple[float, ...]:
    """Means of a metric of later adopters before and after, and the difference with its interval.

    `before` and `after` have shape (n,), one figure a customer; the interval is of paired
    differences (Student's t).
    """
    gain = after - before
    n = len(gain)
    nothing = 0.0, 0.0, np.inf
    spread = float(gain.var(ddof=1)) if n > 1 else 0.0
    found = rates.welch(float(gain.mean()), spread, n, *nothing, level=level)
    return (
        float(before.mean()),
        float(after.mean()),
        *(float(end) for end in (found.value, found.low, found.high)),
    )
