"""How often single clouds are said to fall into groups, and planted groups are found.

`python -m tests.benchmarks.clouds [EACH] [SEED]` prints a line a kind, with a 95 % interval. Every
cloud has 400 customers and 5 figures, cut off at 1 and 99 % and put on one scale as a bank's are.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from engine import rates
from engine.customers.clusters.division import divide, nearest

_N, _WIDTH = 400, 5
_CORRELATION: Final = 0.4


def _normal(rng: np.random.Generator) -> np.ndarray:
    shared = rng.normal(size=(_N, 1))
    own = rng.normal(size=(_N, _WIDTH))
    return np.sqrt(_CORRELATION) * shared + np.sqrt(1 - _CORRELATION) * own


def _skewed(rng: np.random.Generator) -> np.ndarray:
    return np.exp(_normal(rng))


def _heavy(rng: np.random.Generator) -> np.ndarray:
    return _normal(rng) / np.sqrt(rng.chisquare(3, size=(_N, 1)) / 3)


def _mixed(rng: np.random.Generator) -> np.ndarray:
    """Two figures without steps, a yes or no, a count and one of three kinds; all correlated."""
    cloud = _normal(rng)
    cloud[:, 2] = cloud[:, 2] > 0.5
    cloud[:, 3] = np.sqrt(np.floor(np.exp(0.7 * cloud[:, 3])))
    cloud[:, 4] = np.digitize(cloud[:, 4], (-0.5, 0.8))
    return cloud


def _filled(rng: np.random.Generator) -> np.ndarray:
    """Three in ten customers lack two of the figures and count as average in them."""
    cloud = _normal(rng)
    cloud[:, :2] = np.where(rng.random((_N, 2)) < 0.3, 0.0, cloud[:, :2])
    return cloud


def _planted(apart: float) -> Callable[[np.random.Generator], np.ndarray]:
    """Three groups of 200, 120 and 80 whose centres are so many standard deviations apart."""

    def drawn(rng: np.random.Generator) -> np.ndarray:
        groups = np.repeat([0, 1, 2], [200, 120, 80])
        centres = apart / np.sqrt(2) * np.eye(3, _WIDTH)
        return centres[groups] + rng.normal(size=(_N, _WIDTH))

    return drawn


KINDS: Final[Mapping[str, tuple[Callable[[np.random.Generator], np.ndarray], int]]] = {
    "normal cloud": (_normal, 0),
    "skewed cloud": (_skewed, 0),
    "heavy-tailed cloud": (_heavy, 0),
    "cloud with yes or no, kinds and counts": (_mixed, 0),
    "cloud with three in ten filled": (_filled, 0),
    "3 groups, 4 deviations apart": (_planted(4.0), 3),
    "3 groups, 5 deviations apart": (_planted(5.0), 3),
    "3 groups, 6 deviations apart": (_planted(6.0), 3),
}
"""What is drawn, and how many groups there are in it."""


def scaled(values: np.ndarray) -> np.ndarray:
    """Deviations of figures that are cut off at 1 and 99 %, as `figures.scales_of` makes them."""
    inside = np.clip(values, *np.quantile(values, (0.01, 0.99), axis=0))
    return np.asarray((inside - inside.mean(axis=0)) / inside.std(axis=0))


def main(each: int = 30, seed: int = 1) -> None:
    """Print how many of each kind were divided as found, and cut; planted ones as planted."""
    for kind, (draw, k) in KINDS.items():
        found, cut, right = 0, 0, 0
        for one in range(each):
            customers = scaled(draw(np.random.default_rng((seed, one))))
            division = divide(customers, seed=7)
            found += division.is_found
            cut += len(division.centres) > 0 and not division.is_found
            if k and division.is_found and len(division.centres) == k:
                groups = nearest(customers, division.centres)
                most = np.bincount(groups * k + np.repeat([0, 1, 2], [200, 120, 80]), minlength=9)
                right += most.reshape(k, k).max(axis=0).sum() >= 0.9 * len(customers)
        share = rates.wilson(np.array([found]), np.array([each]))
        low, high = float(share.low[0]), float(share.high[0])
        also = f", {right} as planted" if k else f", {cut} cut into parts that come back"
        print(f"{kind}: found in {found} of {each} [{low:.3f}, {high:.3f}]{also}", flush=True)


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
