"""The popularity signal: how often each product is taken by those who could take it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.ranking.signals.centring import centre
from engine.ranking.temporal_split import dated_adoptions
from engine.settings import RankingSettings

HELD_EDGES = np.array([1, 2, 3, 5])
"""Groups of customers by what they hold: nothing, 1, 2, 3-4, 5 or more (own choice)."""
SEGMENT_PRIORS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 10_000.0)
"""Occasions of everybody that a segment's may be mixed with (own choice of steps)."""
EARLIEST = pd.Timestamp(0)
"""Stands for the day of what has been held since nobody knows when."""
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Occasions:
    """Every day on which a customer took something."""

    taken: np.ndarray
    """Bool, shape (n_occasions, n_products)."""
    open: np.ndarray
    """Bool, shape (n_occasions, n_products). Not held before that day: what could have been
    taken."""
    day: np.ndarray
    """Int, shape (n_occasions,). Days since 1970, rising."""

    @property
    def group(self) -> np.ndarray:
        """By what was held before that day, see HELD_EDGES."""
        return group_of((~self.open).sum(axis=1))


def group_of(n_held: np.ndarray) -> np.ndarray:
    """Group of customers who hold so many products, 0 to len(HELD_EDGES)."""
    return np.searchsorted(HELD_EDGES, n_held, side="right")


def occasions(bank: Bank) -> Occasions:
    """The occasions of a bank as known on its day."""
    table = dated_adoptions(bank)
    day = table["day"].to_numpy("datetime64[D]").astype(np.int64)
    key = day * max(bank.n_customers, 1) + table["customer"].to_numpy()
    keys, occasion = np.unique(key, return_inverse=True)
    days, customers = np.divmod(keys, max(bank.n_customers, 1))
    taken = np.zeros((len(keys), bank.n_products), dtype=bool)
    taken[occasion, table["product"].to_numpy()] = True
    return Occasions(taken, _first_days(bank)[customers] >= days[:, None], days)


def _first_days(bank: Bank) -> np.ndarray:
    """Day on which each customer first held each product; undated ones count as before."""
    holdings = bank["holdings"]
    rows = bank.customer_positions(holdings["customer_id"])
    columns = bank.product_positions(holdings["product_id"])
    days = holdings["opened_on"].dt.normalize().fillna(EARLIEST).to_numpy("datetime64[D]")
    known = (rows >= 0) & (columns >= 0)
    first = np.full((bank.n_customers, bank.n_products), _NEVER)
    np.minimum.at(first, (rows[known], columns[known]), days[known].astype(np.int64))
    return first


def log_rates(bank: Bank, settings: RankingSettings) -> np.ndarray:
    """Logarithm of each product's share of the occasions on which it could have been taken.

    Parameters
    ----------
    settings : RankingSettings
        popularity_half_life_days: an occasion so long ago counts half; popularity_prior and
        popularity_group_prior: occasions of what is held, and of all customers, that are mixed
        in.

    Returns
    -------
    ndarray of shape (len(HELD_EDGES) + 1, n_products)
        By group of customers. The first product of a newcomer is not the sixth of anybody.

    Notes
    -----
    Counting who took a product flatters what few lack and slights what nearly all hold already;
    the share among those who lacked it is what the next customer without it is likely to do (an
    occurrence-exposure rate, as in survival analysis). Rare products lean on what is held, groups
    on all customers.
    """
    history = occasions(bank)
    n_groups = len(HELD_EDGES) + 1
    owned = bank.held.sum(axis=0) + 0.5
    usual = owned / owned.sum()
    if not len(history.day):
        return np.tile(np.log(usual), (n_groups, 1))
    ago = (history.day.max() - history.day) / settings.popularity_half_life_days
    weight = 0.5**ago
    return _leaning(*_by_group(history.group, weight, history.taken, history.open), usual, settings)


def stock_log_rates(
    held: np.ndarray,
    audience: np.ndarray,
    settings: RankingSettings,
    segment: np.ndarray | None = None,
    n_segments: int = 0,
) -> np.ndarray:
    """The same where holdings have no days: of what is held, any product may be the last one.

    Parameters
    ----------
    held, audience : ndarray of bool, shape (n_customers, n_products)
    segment : ndarray of int, shape (n_customers,), optional
        From 0; where it is given each segment has rates of its own, which lean on everybody's as
        far as segments are alike (empirical Bayes: the likeliest of SEGMENT_PRIORS).

    Returns
    -------
    ndarray of shape ((n_segments + 1) * (len(HELD_EDGES) + 1), n_products)
        By group of customers, counted without that last product: everybody's first, then those of
        each segment.
    """
    n_held = held.sum(axis=1)
    owned = held.sum(axis=0) + 0.5
    holders = n_held > 0
    share = held[holders] / n_held[holders, None]
    could = np.where(audience[holders] & ~held[holders], 1.0, share)
    could = np.where(audience[holders] | held[holders], could, 0.0)
    groups = group_of(n_held[holders] - 1)
    one = np.ones(len(share))
    everybody = _leaning(*_by_group(groups, one, share, could), owned / owned.sum(), settings)
    if segment is None:
        return everybody
    theirs = [(segment[holders] == number).astype(float) for number in range(n_segments)]
    sums = [_by_group(groups, mine, share, could) for mine in theirs]
    usual = np.exp(everybody)
    prior = max(
        SEGMENT_PRIORS, key=lambda prior: sum(_evidence(taken, usual, prior) for taken, _ in sums)
    )
    rates = [np.log((taken + prior * usual) / (open_to + prior)) for taken, open_to in sums]
    return np.concatenate([everybody, *rates])


def _evidence(taken: np.ndarray, usual: np.ndarray, prior: float) -> float:
    """How likely what a segment took is where its shares are drawn around everybody's.

    Log-likelihood, but for a constant, of the Dirichlet-multinomial distribution; the prior is its
    concentration: the larger, the less segments differ.
    """
    from scipy.special import gammaln

    around = prior * usual / usual.sum(axis=1, keepdims=True)
    of_all = gammaln(prior) - gammaln(taken.sum(axis=1) + prior)
    return float(of_all.sum() + (gammaln(taken + around) - gammaln(around)).sum())


def _by_group(
    groups: np.ndarray, weight: np.ndarray, taken: np.ndarray, could: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of what was and what could have been taken, each (n_groups, n_products)."""
    sums = [
        np.stack([weight[groups == g] @ table[groups == g] for g in range(len(HELD_EDGES) + 1)])
        for table in (taken, could)
    ]
    return sums[0], sums[1]


def _leaning(
    taken: np.ndarray, could: np.ndarray, usual: np.ndarray, settings: RankingSettings
) -> np.ndarray:
    """Logarithm of the rates of each group, which lean on everybody's, and those on `usual`."""
    prior, group_prior = settings.popularity_prior, settings.popularity_group_prior
    everyone = (taken.sum(axis=0) + prior * usual) / (could.sum(axis=0) + prior)
    return np.log((taken + group_prior * everyone) / (could + group_prior))


def raw(
    rates: np.ndarray | None, held: np.ndarray, audience: np.ndarray, segment: np.ndarray | int = -1
) -> np.ndarray | None:
    """How popular every product is with customers who hold as many, within their audience.

    `segment` is the number of each customer's, -1 for none that has rates of its own.
    """
    if rates is None:
        return None
    return centre(of_group(rates, held, segment), audience)


def of_group(rates: np.ndarray, held: np.ndarray, segment: np.ndarray | int = -1) -> np.ndarray:
    """The logarithms of the rates of each customer's group, shape (n_rows, n_products)."""
    group = group_of(held.sum(axis=1)) + (len(HELD_EDGES) + 1) * (segment + 1)
    return rates[group]
