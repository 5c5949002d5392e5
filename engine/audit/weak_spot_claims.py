"""What is said of a group for whom the lists are worse, typed: its figures, and its words.

`tests/engine/audit/weak_spot_oracle.py` works every figure out again from the lists and the tables.
"""

from engine.customers.claims import Claim, kind
from engine.figures import count

__all__ = ["Claim", "found_by", "looked", "popular", "weak"]

_PLACES = {1: "first", 2: "among the first two", 3: "among the first three"}


@kind
def weak(
    group: str,
    n: int,
    hits: int,
    low: float,
    high: float,
    n_others: int,
    hits_others: int,
    gap: float,
    gap_low: float,
    gap_high: float,
    k: int,
    in_time: bool,
) -> str:
    """How often what was taken next stood on the lists of a group, and on those of all others."""
    what = "what was taken next" if in_time else "a holding that was hidden"
    way, word = (-1, "fewer") if gap < 0 else (1, "more")
    ends = sorted((way * gap_low, way * gap_high))
    return (
        f"Of {count(n, 'customer')} ({group}) {what} stood {_PLACES[k]} for {hits:,}, that is "
        f"{_hundred(hits / n)} in 100 [{_hundred(low)}, {_hundred(high)}]; of the {n_others:,} "
        f"others for {_hundred(hits_others / n_others)} in 100: {_hundred(abs(gap))} in 100 {word} "
        f"({_hundred(ends[0])} to {_hundred(ends[1])})"
    )


@kind
def found_by(group: str, n: int, hits: int, n_others: int, hits_others: int) -> str:
    """The same on the half of the customers where the group was found."""
    del group
    return (
        f"Found on the other half of the customers: {hits:,} of {n:,}, beside {hits_others:,} of "
        f"{n_others:,}"
    )


@kind
def popular(group: str, n: int, popular: int) -> str:
    """What the products that most people hold would have found in place of the lists."""
    del group
    return f"What most people hold would have found it for {popular:,} of these {n:,}"


@kind
def looked(
    n: int, n_found: int, n_groups: int, min_n: int, n_candidates: int, n_confirmed: int
) -> str:
    """How many groups were looked at, stood out on one half, and do on the other."""
    if not n_groups:
        return f"{count(n, 'customer')} in two halves are too few: no group has {min_n:,} in both"
    if not n_candidates:
        stood = "none stood out"
    else:
        are = "is" if n_confirmed == 1 else "are"
        whose = "it" if n_candidates == 1 else f"{n_confirmed:,} of them"
        judged = f"{whose} {are}" if n_confirmed else "none is"
        stood = f"{n_candidates:,} stood out, and {judged} surely worse off on the other half"
    return (
        f"{n_groups:,} groups of {min_n:,} customers or more were looked at on one half "
        f"({n_found:,} of {n:,}): {stood}"
    )


def _hundred(share: float) -> str:
    """Customers in 100."""
    return f"{100 * share:.0f}".replace("-", "−")
