"""Values of offers and limits in; one offer a customer at most, prices of the limits, a bound out.

The best allocation is a linear program: a customer has one place, a product so many, a budget is
shared by all. Its dual puts a price on every limit. At given prices each customer takes what is
worth most after its price, so that everybody is looked at at once; prices are moved until what is
taken fits the limits. Any prices give a bound that no allocation can exceed, and the bound is
printed beside what was reached (Lagrangian duality; Boyd and Vandenberghe 2004, 5.1).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

SMALL = 20_000
"""Pairs up to which the program is solved as it is, by HiGHS."""
_NODES = 200
"""Branches that are looked at: a count and no clock, so that every machine finds the same."""
_SAMPLE = 8_000
"""Customers from whom the first prices are found; all others refine them."""
_SOFTNESS = (0.3, 0.1, 0.03, 0.01)
_FINE = (0.01, 0.003)
"""Width of the softened choice as a share of a usual value: wide first, so that prices move."""
_STEPS, _FINE_STEPS = 40, 12


@dataclass(frozen=True, eq=False)
class Limits:
    """What is scarce. Each limit is used up by offers of products.

    Attributes
    ----------
    names : tuple of str
        Of the limits, for people.
    capacity : ndarray of float64, shape (n_limits,)
    use : ndarray of float64, shape (n_limits, n_products)
        How much of a limit one offer of a product takes.
    """

    names: tuple[str, ...]
    capacity: np.ndarray
    use: np.ndarray

    def used(self, product: np.ndarray) -> np.ndarray:
        """How much of each limit an allocation takes, shape (n_limits,)."""
        counts = np.bincount(product[product >= 0], minlength=self.use.shape[1])
        return self.use @ counts


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who is offered what.

    Attributes
    ----------
    product : ndarray of int, shape (n_customers,)
        Position of the product, -1 for none.
    value : float
        Sum of the values of what is offered.
    bound : float
        No allocation within the limits is worth more.
    prices : ndarray of float64, shape (n_limits,)
        What one more unit of each limit would be worth; 0 where it is not used up.
    """

    product: np.ndarray
    value: float
    bound: float
    prices: np.ndarray

    @property
    def gap(self) -> float:
        """Share of the bound that was not reached, 0-1."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.value / self.bound)


def allocate(values: np.ndarray, limits: Limits) -> Allocation:
    """The allocation of most value.

    Parameters
    ----------
    values : ndarray of float64, shape (n_customers, n_products)
        What an offer is worth; 0 or less, or NaN, where it may not be made.

    Notes
    -----
    Up to `SMALL` possible offers it is exact; above, the prices are found by descent on the
    softened dual, and what they leave open is filled in the order of worth after price. Equal
    worth goes to the customer who stands first.
    """
    values = np.where(np.isfinite(values) & (values > 0), values, 0.0)
    n_possible = int(np.count_nonzero(values))
    if n_possible == 0:
        none = np.full(len(values), -1)
        return Allocation(none, 0.0, 0.0, np.zeros(len(limits.names)))
    best = wanted(values)
    if (limits.used(best) <= limits.capacity).all():
        worth = _worth(values, best)
        return Allocation(best, worth, worth, np.zeros(len(limits.names)))
    prices = _prices(values, limits)
    bound = _dual(prices, values, limits)
    product = _filled(values, limits, prices)
    if n_possible <= SMALL:
        product, bound = _exact(values, limits, product, bound)
    worth = _worth(values, product)
    return Allocation(product, worth, max(bound, worth), prices)  # sums are rounded


def priced(values: np.ndarray, limits: Limits, prices: np.ndarray) -> np.ndarray:
    """What each customer would take at given prices whatever is left, -1 for nothing.

    This is the allocation's rule without its limits: what somebody who is left out on purpose
    would have been offered.
    """
    return wanted(np.where(values > 0, values - prices @ limits.use, 0.0))


def wanted(values: np.ndarray) -> np.ndarray:
    """What each customer would be offered without limits, -1 for nothing."""
    if not values.shape[1]:
        return np.full(len(values), -1)
    best = values.argmax(axis=1)
    return np.where(values[np.arange(len(values)), best] > 0, best, -1)


# --- prices


def _prices(values: np.ndarray, limits: Limits) -> np.ndarray:
    """Prices that make the exact dual small: from a part of the customers first, then from all."""
    prices = np.zeros(len(limits.names))
    scale = float(np.median(values.max(axis=1)[values.max(axis=1) > 0]))
    n = len(values)
    if n > 2 * _SAMPLE:
        some = np.linspace(0, n - 1, _SAMPLE).astype(int)
        part = Limits(limits.names, limits.capacity * len(some) / n, limits.use)
        prices = _descended(values[some], part, prices, scale, _SOFTNESS)
        return _descended(values, limits, prices, scale, _FINE, _FINE_STEPS)
    return _descended(values, limits, prices, scale, (*_SOFTNESS, _FINE[-1]))


def _descended(
    values: np.ndarray,
    limits: Limits,
    prices: np.ndarray,
    scale: float,
    softness: tuple[float, ...],
    steps: int = _STEPS,
) -> np.ndarray:
    """The best prices met on the way down, by the exact dual."""
    from scipy.optimize import minimize

    unit = scale / np.maximum(np.abs(limits.use).max(axis=1), 1e-12)
    best, lowest = prices, _dual(prices, values, limits)
    for share in softness:
        found = minimize(
            lambda x, width=share * scale: _soft_dual(x * unit, values, limits, width, unit),
            best / unit,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * len(prices),
            options={"maxiter": steps},
        )
        now = _dual(found.x * unit, values, limits)
        if now < lowest:
            best, lowest = found.x * unit, now
    return best


def _dual(prices: np.ndarray, values: np.ndarray, limits: Limits) -> float:
    """The bound at these prices: worth of the limits and of everybody's best choice after price."""
    after = np.where(values > 0, values - prices @ limits.use, 0.0)
    return float(prices @ limits.capacity + np.maximum(after.max(axis=1), 0).sum())


def _soft_dual(
    prices: np.ndarray, values: np.ndarray, limits: Limits, width: float, unit: np.ndarray
) -> tuple[float, np.ndarray]:
    """The dual with a softened best choice, and its slope in prices counted in units."""
    after = values - prices @ limits.use
    after /= width
    after[values <= 0] = -np.inf
    top = np.maximum(after.max(axis=1), 0)
    np.subtract(after, top[:, None], out=after)
    np.exp(after, out=after)
    total = after.sum(axis=1) + np.exp(-top)
    demand = (1 / total) @ after
    worth = float(prices @ limits.capacity + width * (top + np.log(total)).sum())
    return worth / (unit[0] or 1), (limits.capacity - limits.use @ demand) * unit / (unit[0] or 1)


# --- what prices leave open


def _filled(values: np.ndarray, limits: Limits, prices: np.ndarray) -> np.ndarray:
    """An allocation within the limits: in rounds everybody asks, the best after price get it."""
    n = len(values)
    product, left = np.full(n, -1), limits.capacity.astype(float).copy()
    after = np.where(values > 0, values - prices @ limits.use, -np.inf)
    open_products = (limits.use <= left[:, None] + 1e-9).all(axis=0)
    after[:, ~open_products] = -np.inf
    free = np.flatnonzero(np.isfinite(after).any(axis=1))
    while len(free):
        asked = after[free].argmax(axis=1)
        worth = after[free, asked]
        may = np.isfinite(worth)
        free, asked, worth = free[may], asked[may], worth[may]
        order = np.lexsort((free, -worth))
        taken = _within(limits.use[:, asked[order]], left)
        if taken.any():
            given = order[taken]
            product[free[given]] = asked[given]
            left -= limits.use[:, asked[given]].sum(axis=1)
            free = np.delete(free, given)
        closed = (limits.use > left[:, None] + 1e-9).any(axis=0)
        if not taken.any() and not closed[asked].any():
            break
        after[:, closed] = -np.inf
    return product


def _within(use: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Which of a queue get what they ask for: those before whom every limit that they use holds.

    Parameters
    ----------
    use : ndarray, shape (n_limits, n_asking)
        In the order of the queue.
    left : ndarray, shape (n_limits,)
    """
    fits = np.ones(use.shape[1], dtype=bool)
    for amount, rest in zip(use, left, strict=True):
        fits &= (amount == 0) | (np.cumsum(amount * fits) <= rest + 1e-9)
    return fits


def _worth(values: np.ndarray, product: np.ndarray) -> float:
    at = np.flatnonzero(product >= 0)
    return float(values[at, product[at]].sum())


def _exact(
    values: np.ndarray, limits: Limits, product: np.ndarray, bound: float
) -> tuple[np.ndarray, float]:
    """The program itself, where it is small; what was found by prices where it finds no better."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    customers, products = np.nonzero(values)
    worth = values[customers, products]
    n = len(worth)
    one_each = sparse.csr_matrix((np.ones(n), (customers, np.arange(n))), (len(values), n))
    program = LinearConstraint(
        sparse.vstack([one_each, sparse.csr_matrix(limits.use[:, products])]),
        ub=np.concatenate([np.ones(len(values)), limits.capacity]),
    )
    solved = milp(
        -worth,
        constraints=program,
        integrality=np.ones(n),
        bounds=Bounds(0, 1),
        options={"node_limit": _NODES, "mip_rel_gap": 1e-5},
    )
    if solved.mip_dual_bound is not None:
        bound = min(bound, -float(solved.mip_dual_bound))
    if solved.x is None or -solved.fun <= _worth(values, product):
        return product, bound
    better, chosen = np.full(len(values), -1), solved.x > 0.5
    better[customers[chosen]] = products[chosen]
    return better, bound
