"""How each customer's money comes and goes in a usual month: rates, amounts and trends."""

from dataclasses import dataclass

import numpy as np

from engine.demo import personas
from engine.demo.dates import MONTHS, N_MONTHS, month_index
from engine.demo.draws import stream, words
from engine.demo.population import Population
from engine.vocabulary import CORPORATE

_NET_OF_TAX = {"retail": 0.74, "corporate": 1.0}
_TIER_AMOUNT = np.array([0.85, 1.0, 1.35])
_TIER_EDGES = (-0.45, 1.45)
_TIER_SPREAD = 0.55
_DECLINE_MONTHS = 9
_CARRIED_AWAY = 0.5


@dataclass(frozen=True)
class Budget:
    """Rows are customers, columns spending categories.

    Attributes
    ----------
    rate : ndarray of shape (n, k)
        Transactions a month.
    unit : ndarray of shape (n, k)
        Usual amount of one transaction of tier 1, USD.
    spread : ndarray of shape (k,)
        Sigma of the log of an amount.
    every : ndarray of int, shape (k,)
        A regular booking falls due once every so many months; 0 for irregular spending.
    least : ndarray of int, shape (k,)
        Irregular transactions a month at least.
    habit : ndarray of int, shape (n, k)
        A number that stands for habits: the merchant, the day, the month of regular bookings.
    season : ndarray of shape (N_MONTHS, k)
        Factor of a month.
    trend : ndarray of shape (n, N_MONTHS)
        Factor on irregular amounts: growth, and the jumps of those with uneven months.
    fading : ndarray of shape (n, N_MONTHS)
        Share of the business that is still here: fewer transactions and less income follow it.
    income : ndarray of shape (n,)
        Money in, a usual month, USD.
    tier : ndarray of shape (n,)
        Taste for the expensive, standard deviations.
    first_month : ndarray of int, shape (n,)
        First month with figures, position in MONTHS.
    """

    categories: tuple[str, ...]
    rate: np.ndarray
    unit: np.ndarray
    spread: np.ndarray
    every: np.ndarray
    least: np.ndarray
    habit: np.ndarray
    season: np.ndarray
    trend: np.ndarray
    fading: np.ndarray
    income: np.ndarray
    tier: np.ndarray
    first_month: np.ndarray

    def active(self, month: int) -> np.ndarray:
        """Customers with figures in a month, bool of shape (n,)."""
        return self.first_month <= month

    def due(self, month: int) -> np.ndarray:
        """Regular bookings of a month, shape (n, k); those who leave end them one by one."""
        turn = (month + self.habit) % np.maximum(self.every, 1) == 0
        stays = self.fading[:, [month]] > 0.3 + (self.habit % 97) / 200
        return turn & (self.every > 0) & stays & self.active(month)[:, None]

    def usual_count(self, month: int) -> np.ndarray:
        """Mean number of irregular transactions of a month, shape (n, k)."""
        rate = np.where(self.every > 0, 0.0, self.rate) * self.fading[:, [month]]
        return rate * self.active(month)[:, None]

    def usual_income(self, month: int) -> np.ndarray:
        """Money in, before jumps, shape (n,); salaries leave faster than spending does."""
        return self.income * self.fading[:, month] ** 2 * self.active(month)

    def moved_away(self, month: int) -> np.ndarray:
        """Savings carried to another bank by those who are leaving, shape (n,)."""
        gone = 1 - self.fading[:, month]
        return np.round(_CARRIED_AWAY * self.income * gone * self.active(month), 2)


def budget(population: Population, seed: int) -> Budget:
    """Draw every customer's usual month from hidden needs, income and chance."""
    rng = stream(seed, population.audience, "budget")
    table = words("merchants")[population.audience]
    n, k = population.n, len(table)
    every = np.array([c.get("every", 0) for c in table.values()])
    rate = np.array([c.get("rate", 1 / max(c.get("every", 0), 1)) for c in table.values()])
    pull = rng.normal(0, 0.3, (n, k))
    for column, category in enumerate(table.values()):
        for need, weight in category["needs"].items():
            pull[:, column] += weight * population.need(need)
    shares = np.array([c["share"] for c in table.values()]) * np.exp(pull)
    shares /= shares.sum(axis=1, keepdims=True)
    income = population.income * _NET_OF_TAX[population.audience] / 12
    tier = _tiers(population)
    spent = shares * (income * (1 - population.save_rate))[:, None]
    often = np.exp(np.where(every > 0, 0.0, 0.5 * pull))
    rates = rate * np.clip(often, 0.4, 2.5)
    trend, fading = _trends(population, rng)
    unit = spent / (rates * np.where(every > 0, 1.0, mean_tier_amount(tier)[:, None]))
    _state(population, list(table), rates, unit, tier)
    return Budget(
        categories=tuple(table),
        rate=rates,
        unit=unit,
        spread=np.array([c.get("spread", 0.0) for c in table.values()]),
        every=every,
        least=np.array([c.get("least", 0) for c in table.values()]),
        habit=rng.integers(0, 9_240, (n, k)),
        season=_seasons(list(table.values())),
        trend=trend,
        fading=fading,
        income=income,
        tier=tier,
        first_month=np.maximum(month_index(population.joined) + 1, 0),
    )


def tier_of(tier: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Tier (0 plain to 2 luxury) of single purchases from taste and standard normal noise."""
    return np.digitize(tier + _TIER_SPREAD * noise, _TIER_EDGES)


def tier_amount(tier: np.ndarray) -> np.ndarray:
    """Factor on the usual amount."""
    return _TIER_AMOUNT[tier]


def mean_tier_amount(tier: np.ndarray) -> np.ndarray:
    """Expected `tier_amount` of a customer (logistic stand-in for the normal distribution)."""
    above = [1 / (1 + np.exp(-1.702 * (tier - edge) / _TIER_SPREAD)) for edge in _TIER_EDGES]
    steps = np.diff(_TIER_AMOUNT)
    return _TIER_AMOUNT[0] + steps[0] * above[0] + steps[1] * above[1]


def _tiers(population: Population) -> np.ndarray:
    if population.audience == CORPORATE:
        return np.log(population.income / 3_000_000) / 1.5
    return 0.45 * np.log(population.income / 50_000) + 0.7 * population.need("luxury")


def _trends(population: Population, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    back = np.arange(N_MONTHS - 1, -1, -1)
    ramp = np.clip((_DECLINE_MONTHS - back) / _DECLINE_MONTHS, 0, 1)
    fading = 1 - population.decline[:, None] * ramp
    growth = 1 + rng.normal(0.02, 0.03, (population.n, 1)) * (np.arange(N_MONTHS) / 12 - 1)
    jumps = rng.lognormal(0, 1, (population.n, N_MONTHS)) ** population.volatility[:, None]
    jumps /= np.exp(population.volatility**2 / 2)[:, None]
    return growth * jumps, fading


def _seasons(categories: list[dict]) -> np.ndarray:
    month = MONTHS.astype(np.int64) % 12 + 1
    return np.array([[c.get("season", {}).get(str(m), 1.0) for c in categories] for m in month])


def _state(
    population: Population,
    categories: list[str],
    rate: np.ndarray,
    unit: np.ndarray,
    tier: np.ndarray,
) -> None:
    """Write the stated monthly amounts of personas into the arrays just drawn.

    The other categories shrink or grow so that the month's total stays as it was.
    """
    for row, stated in personas.monthly(population.audience).items():
        amounts = rate[row] * unit[row]
        total = amounts.sum()
        columns = [categories.index(category) for category in stated]
        wanted = np.array(list(stated.values()))
        others = total - amounts[columns].sum()
        unit[row] *= max(total - wanted.sum(), 0.3 * total) / others
        rate[row, columns] = np.maximum(rate[row, columns], np.clip(wanted / 400, 1.5, 7.0))
        unit[row, columns] = wanted / (rate[row, columns] * mean_tier_amount(tier[[row]])[0])
