"""Invented people: a seed in, a Population of retail customers with believable traits out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demo import traits as _traits
from engine.demo.dates import AS_OF, as_times
from engine.demo.draws import from_lists, stream, texts, weighted, weighted_rows, words
from engine.demo.population import Population
from engine.vocabulary import RETAIL, RISK_TOLERANCES

# Lower edge and share of age bands (own choice, close to a European retail bank).
_AGE_BANDS = ((18, 0.12), (25, 0.24), (35, 0.22), (45, 0.17), (55, 0.14), (65, 0.11))
_OLDEST = 84
_GENDERS = ("female", "male", "other")
_GENDER_SHARES = np.array([0.495, 0.49, 0.015])
_MARITAL = ("single", "partnered", "married", "divorced", "widowed")
_EDUCATION = ("secondary school", "vocational training", "bachelor's degree", "master's degree")
_USUAL_INCOME = 50_000
_UNEVEN_SHARE = 0.06


@dataclass(frozen=True)
class _Lives:
    """What shapes a person's needs; arrays of shape (n,)."""

    age: np.ndarray
    job: np.ndarray
    group: np.ndarray
    income: np.ndarray
    marital: np.ndarray
    dependents: np.ndarray
    hardship: np.ndarray
    mood: np.ndarray
    decline: np.ndarray

    @property
    def log_income(self) -> np.ndarray:
        return np.log(self.income / _USUAL_INCOME) / 0.6


def people(n: int, seed: int) -> Population:
    """Draw n retail customers; every column that the bank could know is filled."""
    rng = stream(seed, RETAIL, "people")
    lives = _lives(rng, n)
    needs = _traits.bent_needs(rng, RETAIL, _bends(lives), n)
    growth = needs[:, list(words("people")["needs"][RETAIL]).index("growth")]
    turn_need, turn_month = _traits.turns(rng, needs)
    customers = _customers(rng, lives, needs, growth)
    saved = np.clip((lives.age - 18) / 22, 0.05, 2.5) * rng.lognormal(-0.7, 0.9, n)
    uneven = rng.random(n) < _UNEVEN_SHARE
    thrift = 0.07 + 0.04 * lives.log_income + rng.normal(0, 0.06, n)
    return Population(
        audience=RETAIL,
        customers=customers,
        group=lives.group,
        needs=needs,
        wealth=lives.income * saved * np.exp(0.2 * growth - 0.2 * lives.hardship),
        mood=lives.mood,
        decline=lives.decline,
        volatility=np.where(uneven, rng.uniform(0.5, 0.9, n), 0.1),
        save_rate=np.clip(thrift, -0.04, 0.35),
        turn_need=turn_need,
        turn_month=turn_month,
    )


def _lives(rng: np.random.Generator, n: int) -> _Lives:
    age = _ages(rng, n)
    jobs = pd.DataFrame(words("people")["occupation"])
    job = _occupations(rng, age, jobs)
    group = jobs["group"].to_numpy(dtype=object)[job]
    marital = _marital(rng, age)
    mood = rng.normal(size=n)
    return _Lives(
        age=age,
        job=job,
        group=group,
        income=np.round(_incomes(rng, age, jobs["income"].to_numpy()[job], group), -2),
        marital=marital,
        dependents=_dependents(rng, age, marital),
        hardship=rng.normal(size=n),
        mood=mood,
        decline=_traits.declines(rng, mood),
    )


def _customers(
    rng: np.random.Generator, lives: _Lives, needs: np.ndarray, growth: np.ndarray
) -> pd.DataFrame:
    """Table `customers` but for ids and managers."""
    n = len(lives.age)
    jobs = words("people")["occupation"]
    gender = weighted(rng, _GENDER_SHARES, n)
    tolerance = 0.8 * growth - 0.02 * (lives.age - 45) + rng.normal(0, 0.7, n)
    credit = 655 + 38 * lives.log_income - 32 * lives.hardship + 0.8 * (lives.age - 40)
    target = np.round(lives.income * rng.uniform(0.05, 0.6, n), -2)
    vulnerable = 0.015 + 0.05 * (lives.age >= 75) + 0.04 * (lives.hardship > 1.6)
    return pd.DataFrame(
        {
            "audience": RETAIL,
            "name": _names(rng, gender),
            "age": lives.age.astype(np.float64),
            "age_as_of": as_times(np.full(n, AS_OF)),
            "gender": texts(list(_GENDERS), gender),
            "marital_status": texts(list(_MARITAL), lives.marital),
            "dependents": lives.dependents.astype(np.float64),
            "education": texts(list(_EDUCATION), _education(rng, lives)),
            **_traits.places(rng, n),
            "occupation": texts([j["name"] for j in jobs], lives.job),
            "industry": texts([j.get("industry") for j in jobs], lives.job),
            "annual_income": lives.income,
            "credit_score": (credit + rng.normal(0, 45, n)).round().clip(300, 850),
            "risk_tolerance": texts(
                list(RISK_TOLERANCES), np.digitize(tolerance, [-0.6, 0.7, 1.6])
            ),
            "goals": _traits.goals(rng, RETAIL, needs),
            "joined_on": as_times(_traits.joining_days(rng, n, (lives.age - 16) * 365)),
            "satisfaction": _traits.satisfaction(rng, lives.mood, lives.decline),
            "savings_goal": np.where(rng.random(n) < 0.4, target, np.nan),
            "vulnerable": rng.random(n) < vulnerable,
        }
    )


def _bends(lives: _Lives) -> dict[str, np.ndarray]:
    """The traits that people.toml names; flags as 0/1."""
    age, group = lives.age, lives.group
    flags = {
        "young": age < 30,
        "early": (age >= 25) & (age < 40),
        "middle": (age >= 40) & (age < 55),
        "mature": (age >= 50) & (age < 66),
        "senior": age >= 66,
        "single": lives.marital == 0,
        "family": lives.dependents > 0,
    }
    flags |= {j["group"]: group == j["group"] for j in words("people")["occupation"]}
    return {
        **{name: flag.astype(np.float64) for name, flag in flags.items()},
        "income": lives.log_income,
        "hardship": lives.hardship,
        "displeasure": 1.4 * lives.decline - lives.mood,
    }


def _ages(rng: np.random.Generator, n: int) -> np.ndarray:
    lows = np.array([low for low, _ in _AGE_BANDS])
    highs = np.append(lows[1:], _OLDEST + 1)
    band = weighted(rng, np.array([share for _, share in _AGE_BANDS]), n)
    return rng.integers(lows[band], highs[band])


def _occupations(rng: np.random.Generator, age: np.ndarray, jobs: pd.DataFrame) -> np.ndarray:
    low, high = np.array(jobs["ages"].tolist()).T
    by_age = np.arange(_OLDEST + 1)[:, None]
    weights = np.where((by_age >= low) & (by_age <= high), jobs["weight"].to_numpy(), 0.0)
    retired = (jobs["group"] == "retired").to_numpy()
    weights[66:, retired] *= 12
    return weighted_rows(rng, weights[age])


def _incomes(
    rng: np.random.Generator, age: np.ndarray, median: np.ndarray, group: np.ndarray
) -> np.ndarray:
    career = np.clip(1 + 0.012 * (np.minimum(age, 55) - 40), 0.7, 1.2)
    flat = np.isin(group, ["student", "retired", "unemployed"])
    return median * np.where(flat, 1.0, career) * rng.lognormal(0, 0.3, len(age))


def _marital(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    """Positions in _MARITAL."""
    older = np.clip((age - 22) / 25, 0, 1)
    late = np.clip((age - 60) / 25, 0, 1)
    weights = np.column_stack(
        [1.1 - 0.85 * older, 0.3 - 0.1 * older, 0.05 + 0.6 * older, 0.15 * older, 0.35 * late]
    )
    return weighted_rows(rng, weights)


def _dependents(rng: np.random.Generator, age: np.ndarray, marital: np.ndarray) -> np.ndarray:
    paired = np.isin(marital, [1, 2])
    window = np.exp(-(((age - 40) / 10) ** 2))
    return rng.poisson(window * np.where(paired, 1.7, 0.6)).clip(0, 4)


def _education(rng: np.random.Generator, lives: _Lives) -> np.ndarray:
    """Positions in _EDUCATION; what a job asks for is the least."""
    level = 0.6 * lives.log_income + rng.normal(0, 0.6, len(lives.age))
    jobs = words("people")["occupation"]
    least = np.array([_EDUCATION.index(j.get("degree", _EDUCATION[0])) for j in jobs])
    return np.maximum(np.digitize(level, [-0.7, 0.1, 0.8]), least[lives.job])


def _names(rng: np.random.Generator, gender: np.ndarray) -> pd.Series:
    """First and last names of one culture; other genders carry names of either list."""
    cultures = words("names")["culture"]
    listed = np.where(gender == 2, rng.integers(0, 2, len(gender)), gender)
    culture = weighted(rng, np.array([c["share"] for c in cultures]), len(gender))
    firsts = [c[key].split() for c in cultures for key in ("female", "male")]
    lasts = [c["last"].split() for c in cultures]
    first = from_lists(rng, firsts, culture * 2 + listed)
    return first + " " + from_lists(rng, lasts, culture)
