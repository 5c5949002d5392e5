"""What is said of an offer that a price on groups moved, typed: its figures, and its words.

`tests/engine/scoring/test_group_prices.py` works every figure out again from the scores.
"""

from collections.abc import Sequence

from engine.customers.claims import kind
from engine.figures import count, listing, percent

__all__ = ["aside", "beside", "by_score", "closed", "idle", "moved", "uses"]

Reasons = Sequence[tuple[str, Sequence[str]]]
"""Attribute, and the kinds of offers that groups are to be shown alike."""


@kind
def moved(before: int, now: int, reasons: Reasons) -> str:
    """How many places an offer was moved, and for what; `before` is 0 where it was on no list."""
    way = f"Moved {'up' if before > now else 'down'} {count(abs(before - now), 'place')}"
    return f"{way if before else 'Brought onto the list'} so that {_for(reasons)}"


@kind
def uses(attribute: str, kinds: Sequence[str]) -> str:
    """That the order reads a protected trait, and the scores do not."""
    return (
        f"The order of this list uses the customer's {attribute}: a price a group, set so that "
        f"{_for([(attribute, kinds)])}. The scores do not use it"
    )


@kind
def by_score(place: int, reasons: Reasons) -> str:
    """Where a product would stand among all that may be offered, but for prices on groups."""
    return (
        f"By its score alone it would stand in place {place:,}; prices on groups move it so that "
        f"{_for(reasons)}"
    )


@kind
def aside() -> str:
    """That a list of customers is not touched by prices, which order a customer's own lists."""
    return (
        "Prices on groups order each customer's own lists; they do not touch this choice of "
        "customers"
    )


@kind
def idle(attribute: str) -> str:
    """That prices are in force which this edition of the bank cannot use."""
    return (
        f"Prices on groups by {attribute} are in force, but nobody in this edition of the bank is "
        "in a group that they name: they move no offer"
    )


@kind
def beside(
    attribute: str,
    tolerance: float,
    n_gaps: int,
    n_before: int,
    n_after: int,
    worst_before: float,
    worst_after: float,
) -> str:
    """What new prices do to the gaps of an attribute whose prices are in force already."""
    return (
        f"Prices by {attribute} stay in force: of {count(n_gaps, 'gap')} between its groups, "
        f"{f'{n_before:,}' if n_before else 'none'} {'are' if n_before > 1 else 'is'} above "
        f"{_points(tolerance)} points and beyond chance before, "
        f"{f'{n_after:,}' if n_after else 'none'} after; the largest goes from "
        f"{_points(worst_before)} to {_points(worst_after)} points"
    )


@kind
def closed(
    attribute: str,
    kinds: Sequence[str],
    tolerance: float,
    n_gaps: int,
    n_before: int,
    n_after: int,
    worst_before: float,
    worst_after: float,
    moved: float,
    changed: float,
    score_lost: float,
    least_lost: float,
) -> str:
    """How many gaps are above a tolerance without and with prices, and what prices cost."""
    start = (
        f"Of {count(n_gaps, 'gap')} of attention on {listing(list(kinds))} between groups by "
        f"{attribute}, {f'{n_before:,}' if n_before else 'none'} "
        f"{'are' if n_before > 1 else 'is'} above "
        f"{_points(tolerance)} points and beyond chance"
    )
    if not moved:
        return f"{start}; the largest is {_points(worst_before)} points, so no price is needed"
    left = f"{n_after:,}" if n_after else "none"
    return (
        f"{start}; with prices {left}. The largest gap goes from {_points(worst_before)} to "
        f"{_points(worst_after)} points. That moves {percent(moved)} of the offers in "
        f"{percent(changed)} of the lists and costs {score_lost:.4f} of the mean score of a list; "
        f"no order within the tolerance costs less than {least_lost:.4f}"
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _for(reasons: Reasons) -> str:
    aims = [f"customers of every {one} are shown {listing(list(kinds))} alike"
            for one, kinds in reasons]  # fmt: skip
    return listing(aims)
