"""Hidden needs, goals, moods, places and turns in life: what people and companies share."""

import numpy as np
import pandas as pd

from engine.bank.tables import join_list
from engine.demo.dates import AS_OF, N_MONTHS
from engine.demo.draws import texts, weighted, words


def bent_needs(
    rng: np.random.Generator, audience: str, traits: dict[str, np.ndarray], n: int
) -> np.ndarray:
    """Hidden needs: noise, bent by traits as people.toml says; shape (n, n_needs)."""
    table = words("people")["needs"]
    bends = table[audience]
    needs = rng.normal(0, table["noise"], (n, len(bends)))
    for column, weights in enumerate(bends.values()):
        for trait, weight in weights.items():
            needs[:, column] += weight * traits[trait]
    return needs


def goals(rng: np.random.Generator, audience: str, needs: np.ndarray) -> pd.Series:
    """Up to three stated goals per customer, the ones behind the strongest needs more often."""
    spoken = words("people")["goals"][audience]
    names = list(words("people")["needs"][audience])
    columns = [names.index(need) for need in spoken]
    noisy = needs[:, columns] + rng.gumbel(0, 0.45, (len(needs), len(columns)))
    order = np.argsort(-noisy, axis=1)[:, :3]
    kept = np.take_along_axis(noisy, order, axis=1) > np.array([0.4, 0.9, 1.4])
    variants = [phrases * 2 for phrases in spoken.values()]
    which = rng.integers(0, 2, order.shape)
    pool = [phrase for pair in variants for phrase in pair[:2]]
    codes = np.where(kept, order * 2 + which, -1)
    unique, inverse = np.unique(codes, axis=0, return_inverse=True)
    cells = [join_list(pool[c] for c in row if c >= 0) for row in unique]
    return texts(cells, inverse.ravel())


def joining_days(rng: np.random.Generator, n: int, most_days: np.ndarray) -> np.ndarray:
    """Days on which customers joined: exponential tenure of 9 years on average."""
    tenure = np.minimum(rng.exponential(9 * 365, n), most_days).astype(np.int64)
    return AS_OF - np.maximum(tenure, 20)


def declines(rng: np.random.Generator, mood: np.ndarray) -> np.ndarray:
    """Share of the business that moved away: none for most, more often for the unhappy."""
    leaving = rng.random(len(mood)) < 1 / (1 + np.exp(3.0 + 1.3 * mood))
    return np.where(leaving, rng.uniform(0.25, 0.85, len(mood)), 0.0)


def satisfaction(rng: np.random.Generator, mood: np.ndarray, decline: np.ndarray) -> np.ndarray:
    """Answers to the yearly survey, -1..1."""
    felt = 0.3 + 0.45 * mood - 0.4 * decline + rng.normal(0, 0.3, len(mood))
    return np.tanh(felt).round(1) + 0.0


def turns(rng: np.random.Generator, needs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Half of the customers live through one turn that raises a need for a while."""
    n, n_needs = needs.shape
    happens = rng.random(n) < 0.5
    need = rng.integers(0, n_needs, n)
    month = rng.integers(1, N_MONTHS, n)
    return np.where(happens, need, -1), np.where(happens, month, -1)


def places(rng: np.random.Generator, n: int) -> dict[str, pd.Series]:
    """City, region and country columns."""
    place = words("people")["place"]
    cities = [(c, r["name"], r["share"]) for r in place["regions"] for c in r["cities"]]
    shares = np.array([share / (1 + i % 3) for i, (_, _, share) in enumerate(cities)])
    drawn = weighted(rng, shares, n)
    return {
        "city": texts([c for c, _, _ in cities], drawn),
        "region": texts([r for _, r, _ in cities], drawn),
        "country": texts([place["country"]], np.zeros(n, dtype=np.int64)),
    }
