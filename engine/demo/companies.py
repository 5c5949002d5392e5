"""Invented companies: a seed in, a Population of corporate customers out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demo import traits as _traits
from engine.demo.dates import as_times
from engine.demo.draws import stream, texts, weighted, words
from engine.demo.population import Population
from engine.vocabulary import CORPORATE, RISK_TOLERANCES

_KINDS = ("making", "trading", "moving", "shop", "seasonal", "office", "growing")
_USUAL_LOG_SIZE, _SIZE_SPREAD = 2.5, 1.1
_YOUNG_YEARS = 6


@dataclass(frozen=True)
class _Firms:
    """What shapes a company's needs; arrays of shape (n,)."""

    industry: np.ndarray
    employees: np.ndarray
    revenue: np.ndarray
    years: np.ndarray
    hardship: np.ndarray
    mood: np.ndarray
    decline: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """Log of the number of employees, standardised."""
        return (np.log(self.employees) - _USUAL_LOG_SIZE) / _SIZE_SPREAD


def companies(n: int, seed: int) -> Population:
    """Draw n corporate customers; every column that the bank could know is filled."""
    rng = stream(seed, CORPORATE, "companies")
    firms = _firms(rng, n)
    bends = _bends(firms)
    needs = _traits.bent_needs(rng, CORPORATE, bends, n)
    turn_need, turn_month = _traits.turns(rng, needs)
    return Population(
        audience=CORPORATE,
        customers=_customers(rng, firms, needs),
        group=np.full(n, "", dtype=object),
        needs=needs,
        wealth=firms.revenue * rng.lognormal(-2.6, 0.8, n),
        mood=firms.mood,
        decline=firms.decline,
        volatility=np.where(bends["seasonal"] > 0, 0.35, 0.12),
        save_rate=np.clip(rng.normal(0.03, 0.025, n), -0.02, 0.12),
        turn_need=turn_need,
        turn_month=turn_month,
    )


def _firms(rng: np.random.Generator, n: int) -> _Firms:
    industries = words("people")["industry"]
    industry = rng.integers(0, len(industries), n)
    employees = np.ceil(rng.lognormal(_USUAL_LOG_SIZE, _SIZE_SPREAD, n)).clip(2, 900)
    per_head = np.array([i["per_head"] for i in industries])[industry]
    mood = rng.normal(size=n)
    return _Firms(
        industry=industry,
        employees=employees,
        revenue=np.round(employees * per_head * rng.lognormal(-0.1, 0.35, n), -3),
        years=np.ceil(rng.exponential(11, n)).clip(1, 90),
        hardship=rng.normal(size=n),
        mood=mood,
        decline=_traits.declines(rng, mood),
    )


def _bends(firms: _Firms) -> dict[str, np.ndarray]:
    """The traits that people.toml names."""
    industries = words("people")["industry"]
    flags = np.array([[k in i["traits"] for k in _KINDS] for i in industries], dtype=np.float64)
    bends = dict(zip(_KINDS, flags[firms.industry].T, strict=True))
    bends["growing"] = np.maximum(bends["growing"], (firms.years < _YOUNG_YEARS) * 0.6)
    bends["large"] = np.maximum(firms.size, 0)
    bends["small"] = np.maximum(-firms.size, 0)
    bends["hardship"] = firms.hardship
    return bends


def _customers(rng: np.random.Generator, firms: _Firms, needs: np.ndarray) -> pd.DataFrame:
    """Table `customers` but for ids and managers."""
    n = len(firms.years)
    credit = 680 + 25 * firms.size - 35 * firms.hardship + np.minimum(firms.years, 20)
    tolerance = np.digitize(rng.normal(size=n), [-0.5, 0.9, 2.0])
    return pd.DataFrame(
        {
            "audience": CORPORATE,
            "name": _names(rng, firms.industry),
            **_traits.places(rng, n),
            "industry": texts([i["name"] for i in words("people")["industry"]], firms.industry),
            "credit_score": (credit + rng.normal(0, 35, n)).round().clip(300, 850),
            "risk_tolerance": texts(list(RISK_TOLERANCES), tolerance),
            "goals": _traits.goals(rng, CORPORATE, needs),
            "joined_on": as_times(_traits.joining_days(rng, n, firms.years * 365)),
            "satisfaction": _traits.satisfaction(rng, firms.mood, firms.decline),
            "vulnerable": False,
            "annual_revenue": firms.revenue,
            "n_employees": firms.employees,
            "years_in_business": firms.years,
        }
    )


def _names(rng: np.random.Generator, industry: np.ndarray) -> pd.Series:
    """Such as "Alder Logistics" or "Blue Heron Dental Group"."""
    industries, lists = words("people")["industry"], words("names")["company"]
    firsts = [w.replace("_", " ") for w in lists["first"].split()]
    seconds = ["", "", *(f" {w}" for w in lists["second"].split("|"))]
    sizes = np.array([len(i["words"]) for i in industries])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    word = starts[industry] + (rng.random(len(industry)) * sizes[industry]).astype(np.int64)
    trades = [f" {w}" for i in industries for w in i["words"]]
    first = weighted(rng, np.ones(len(firsts)), len(industry))
    second = weighted(rng, np.ones(len(seconds)), len(industry))
    return texts(firsts, first) + texts(trades, word) + texts(seconds, second)
