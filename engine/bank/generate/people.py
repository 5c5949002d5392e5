"""Invented people: a seed in, a Population of retail customers with believable traits out."""

import numpy as np
import pandas as pd

from engine.bank.generate.dates import AS_OF, N_MONTHS, as_times
from engine.bank.generate.draws import stream, texts, weighted, weighted_rows, words
from engine.bank.generate.population import Population
from engine.bank.tables import join_list
from engine.vocabulary import RETAIL, RISK_TOLERANCES

# Lower edge and share of age bands (own choice, close to a European retail bank).
_AGE_BANDS = ((18, 0.12), (25, 0.24), (35, 0.22), (45, 0.17), (55, 0.14), (65, 0.11))
_OLDEST = 84
_GENDERS = ("female", "male", "other")
_GENDER_SHARES = np.array([0.495, 0.49, 0.015])
_MARITAL = ("single", "partnered", "married", "divorced", "widowed")
_EDUCATION = ("secondary school", "vocational training", "bachelor's degree", "master's degree")


def people(n: int, seed: int) -> Population:
    """Draw n retail customers; every column that the bank could know is filled."""
    rng = stream(seed, RETAIL, "people")
    age = _ages(rng, n)
    jobs = pd.DataFrame(words("people")["occupation"])
    job = _occupations(rng, age, jobs)
    group = jobs["group"].to_numpy(dtype=object)[job]
    hardship = rng.normal(size=n)
    income = _incomes(rng, age, jobs["income"].to_numpy()[job], group)
    gender = weighted(rng, _GENDER_SHARES, n)
    marital = _marital(rng, age)
    dependents = _dependents(rng, age, marital)
    mood = rng.normal(size=n)
    log_income = np.log(income / 50_000) / 0.6
    credit = 655 + 38 * log_income - 32 * hardship + 0.8 * (age - 40) + rng.normal(0, 45, n)
    traits = _traits(age, group, log_income, marital, dependents, hardship)
    needs = bent_needs(rng, RETAIL, traits, n)
    growth = needs[:, list(words("people")["needs"][RETAIL]).index("growth")]
    decline = declines(rng, mood)
    tolerance = 0.8 * growth - 0.02 * (age - 45) + rng.normal(0, 0.7, n)
    customers = pd.DataFrame(
        {
            "audience": RETAIL,
            "name": _names(rng, gender),
            "age": age.astype(np.float64),
            "age_as_of": as_times(np.full(n, AS_OF)),
            "gender": texts(list(_GENDERS), gender),
            "marital_status": texts(list(_MARITAL), marital),
            "dependents": dependents.astype(np.float64),
            "education": texts(list(_EDUCATION), _education(rng, income, group)),
            **places(rng, n),
            "occupation": texts(list(jobs["name"]), job),
            "industry": texts([None if i == "None" else i for i in jobs["industry"]], job),
            "annual_income": np.round(income, -2),
            "credit_score": credit.round().clip(300, 850),
            "risk_tolerance": texts(
                list(RISK_TOLERANCES), np.digitize(tolerance, [-0.6, 0.7, 1.6])
            ),
            "goals": goals(rng, RETAIL, needs),
            "joined_on": as_times(joining_days(rng, n, (age - 16) * 365)),
            "satisfaction": satisfaction(rng, mood, decline),
            "savings_goal": np.where(
                rng.random(n) < 0.4, np.round(income * rng.uniform(0.05, 0.6, n), -2), np.nan
            ),
            "vulnerable": rng.random(n)
            < 0.015 + 0.05 * (age >= 75) + 0.04 * (hardship > 1.6) + 0.02 * (group == "unemployed"),
        }
    )
    wealth = income * np.clip((age - 18) / 22, 0.05, 2.5) * rng.lognormal(-0.7, 0.9, n)
    turn_need, turn_month = turns(rng, needs)
    return Population(
        audience=RETAIL,
        customers=customers,
        group=group,
        needs=needs,
        wealth=wealth * np.exp(0.2 * growth - 0.2 * hardship),
        mood=mood,
        decline=decline,
        volatility=np.where(rng.random(n) < 0.06, rng.uniform(0.5, 0.9, n), 0.1),
        save_rate=np.clip(0.07 + 0.04 * log_income + rng.normal(0, 0.06, n), -0.04, 0.35),
        turn_need=turn_need,
        turn_month=turn_month,
    )


# --- shared with companies -----------------------------------------------------------------------


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


# --- people only ---------------------------------------------------------------------------------


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
    return rng.poisson(window * np.where(paired, 1.5, 0.5)).clip(0, 4)


def _education(rng: np.random.Generator, income: np.ndarray, group: np.ndarray) -> np.ndarray:
    level = np.log(income / 50_000) + rng.normal(0, 0.6, len(income))
    level += np.isin(group, ["tech", "finance", "business"]) * 0.4
    return np.digitize(level, [-0.7, 0.1, 0.8])


def _traits(
    age: np.ndarray,
    group: np.ndarray,
    log_income: np.ndarray,
    marital: np.ndarray,
    dependents: np.ndarray,
    hardship: np.ndarray,
) -> dict[str, np.ndarray]:
    """Traits that people.toml names; flags as 0/1."""
    flags = {
        "young": age < 30,
        "early": (age >= 25) & (age < 40),
        "middle": (age >= 40) & (age < 55),
        "mature": (age >= 50) & (age < 66),
        "senior": age >= 66,
        "single": marital == 0,
        "family": dependents > 0,
    }
    flags |= {name: group == name for name in np.unique(group)}
    named = ("tech", "finance", "business", "care", "public", "mobile", "creative", "hospitality")
    blank = np.zeros(len(age))
    extra = {name: blank for name in (*named, "student", "unemployed")}
    drawn = {name: flag.astype(np.float64) for name, flag in flags.items()}
    return {**extra, **drawn, "income": log_income, "hardship": hardship}


def _names(rng: np.random.Generator, gender: np.ndarray) -> pd.Series:
    """First and last names of one culture; other genders carry names of either list."""
    cultures = words("names")["culture"]
    listed = np.where(gender == 2, rng.integers(0, 2, len(gender)), gender)
    culture = weighted(rng, np.array([c["share"] for c in cultures]), len(gender))
    firsts = [c[key].split() for c in cultures for key in ("female", "male")]
    lasts = [c["last"].split() for c in cultures]
    first = _from_lists(rng, firsts, culture * 2 + listed)
    return first + " " + _from_lists(rng, lasts, culture)


def _from_lists(rng: np.random.Generator, lists: list[list[str]], which: np.ndarray) -> pd.Series:
    sizes = np.array([len(entries) for entries in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    inside = (rng.random(len(which)) * sizes[which]).astype(np.int64)
    return texts([entry for entries in lists for entry in entries], starts[which] + inside)
