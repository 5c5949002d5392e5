"""Invented companies: a seed in, a Population of corporate customers out."""

import numpy as np
import pandas as pd

from engine.bank.generate import people as _people
from engine.bank.generate.dates import as_times
from engine.bank.generate.draws import stream, texts, weighted, words
from engine.bank.generate.population import Population
from engine.vocabulary import CORPORATE, RISK_TOLERANCES

_TRAITS = ("making", "trading", "moving", "shop", "seasonal", "office", "growing")


def companies(n: int, seed: int) -> Population:
    """Draw n corporate customers; every column that the bank could know is filled."""
    rng = stream(seed, CORPORATE, "companies")
    industries = words("people")["industry"]
    industry = rng.integers(0, len(industries), n)
    employees = np.ceil(rng.lognormal(2.5, 1.1, n)).clip(2, 900)
    per_head = np.array([i["per_head"] for i in industries])[industry]
    revenue = employees * per_head * rng.lognormal(-0.1, 0.35, n)
    size = (np.log(employees) - 2.5) / 1.1
    years = np.ceil(rng.exponential(11, n)).clip(1, 90)
    hardship, mood = rng.normal(size=n), rng.normal(size=n)
    flags = np.array([[t in i["traits"] for t in _TRAITS] for i in industries], dtype=np.float64)
    traits = dict(zip(_TRAITS, flags[industry].T, strict=True))
    traits |= {"large": np.maximum(size, 0), "small": np.maximum(-size, 0), "hardship": hardship}
    traits["growing"] = np.maximum(traits["growing"], (years < 6) * 0.6)
    needs = _people.bent_needs(rng, CORPORATE, traits, n)
    decline = _people.declines(rng, mood)
    credit = 680 + 25 * size - 35 * hardship + np.minimum(years, 20) + rng.normal(0, 35, n)
    customers = pd.DataFrame(
        {
            "audience": CORPORATE,
            "name": _names(rng, industries, industry),
            **_people.places(rng, n),
            "industry": texts([i["name"] for i in industries], industry),
            "credit_score": credit.round().clip(300, 850),
            "risk_tolerance": texts(
                list(RISK_TOLERANCES), np.digitize(rng.normal(size=n), [-0.5, 0.9, 2.0])
            ),
            "goals": _people.goals(rng, CORPORATE, needs),
            "joined_on": as_times(_people.joining_days(rng, n, years * 365)),
            "satisfaction": _people.satisfaction(rng, mood, decline),
            "vulnerable": False,
            "annual_revenue": np.round(revenue, -3),
            "n_employees": employees,
            "years_in_business": years,
        }
    )
    turn_need, turn_month = _people.turns(rng, needs)
    return Population(
        audience=CORPORATE,
        customers=customers,
        group=np.full(n, "", dtype=object),
        needs=needs,
        wealth=revenue * rng.lognormal(-2.6, 0.8, n),
        mood=mood,
        decline=decline,
        volatility=np.where(traits["seasonal"] > 0, 0.35, 0.12),
        save_rate=np.clip(rng.normal(0.03, 0.025, n), -0.02, 0.12),
        turn_need=turn_need,
        turn_month=turn_month,
    )


def _names(rng: np.random.Generator, industries: list[dict], industry: np.ndarray) -> pd.Series:
    """Such as "Alder Logistics" or "Blue Heron Dental Group"."""
    lists = words("names")["company"]
    firsts = [w.replace("_", " ") for w in lists["first"].split()]
    seconds = ["", "", *(f" {w}" for w in lists["second"].split("|"))]
    sizes = np.array([len(i["words"]) for i in industries])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    word = starts[industry] + (rng.random(len(industry)) * sizes[industry]).astype(np.int64)
    trades = [f" {w}" for i in industries for w in i["words"]]
    first = weighted(rng, np.ones(len(firsts)), len(industry))
    second = weighted(rng, np.ones(len(seconds)), len(industry))
    return texts(firsts, first) + texts(trades, word) + texts(seconds, second)
