"""Drawn values of 100,000 customers and 60 products in; time and quality of an allocation out.

Beside it stands the naive way, pair by pair: sorted by value, each taken if its places are left.
Its share of the bound is the ratio of the second line.

usage: python -m tests.benchmarks.allocation [CUSTOMERS] [PRODUCTS]
"""

import sys
from collections.abc import Sequence

import numpy as np

from engine.campaigns.allocation import Limits, allocate
from tests.benchmarks.measure import Row, machine, processor_seconds, show, timed

TIGHTNESS = (0.2, 0.5, 1.0)
"""Places in all as a share of the customers, about."""


def drawn(customers: int, products: int, tight: float, seed: int = 0) -> tuple[np.ndarray, Limits]:
    """Values, three in ten of them forbidden; places of every product, a budget, a most of all."""
    draw = np.random.default_rng(seed)
    values = draw.lognormal(0, 1, (customers, products)) * draw.lognormal(2, 1, products) / 20
    values[draw.random(values.shape) < 0.3] = 0
    places = np.ceil(draw.random(products) * 2 * tight * customers / products)
    use = np.vstack([np.eye(products), draw.uniform(1, 5, products), np.ones(products)])
    names = (*(f"P{n}" for n in range(products)), "Budget", "Offers in all")
    capacity = np.concatenate([places, [2 * tight * customers, 0.8 * tight * customers]])
    return values, Limits(names, capacity, use)


def naive(values: np.ndarray, limits: Limits) -> float:
    """What the pairs bring when each is taken in the order of its value, if it still fits."""
    customers, products = np.nonzero(values)
    order = np.argsort(-values[customers, products], kind="stable")
    left, free, worth = limits.capacity.copy(), np.ones(len(values), dtype=bool), 0.0
    for at in order.tolist():
        who, what = customers[at], products[at]
        if free[who] and (limits.use[:, what] <= left).all():
            left -= limits.use[:, what]
            free[who] = False
            worth += values[who, what]
    return worth


def rows(customers: int = 100_000, products: int = 60) -> list[Row]:
    """A row for each tightness."""
    made = []
    for tight in TIGHTNESS:
        values, limits = drawn(customers, products, tight)
        places = f"{customers:,} x {products}, places for {tight:.0%} of them"
        reached = 1 - allocate(values, limits).gap
        times = [processor_seconds(lambda v=values, m=limits: allocate(v, m)) for _ in range(3)]
        plain = naive(values, limits) / allocate(values, limits).bound
        slow = processor_seconds(lambda v=values, m=limits: naive(v, m))
        ratio = f"{slow / np.median(times):.1f} x faster than pair by pair"
        made.append(timed(f"{places}, processor", times, ratio=ratio, goal="10 s"))
        made.append(Row("reached of the bound", f"{reached:.3%}", "", 1, f"{plain:.1%}", "99 %"))
    return made


def main(arguments: Sequence[str]) -> None:
    print(f"Attune on {machine()}", flush=True)
    show("Campaigns: one offer a customer within limits", rows(*map(int, arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
