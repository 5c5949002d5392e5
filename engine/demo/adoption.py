"""Who took what and when: hidden needs, holdings so far, popularity and chance -> holdings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demo import personas
from engine.demo.catalogue import LOAN_CATEGORIES
from engine.demo.dates import AS_OF, MONTHS, N_MONTHS, WINDOW_START, days_in, month_index
from engine.demo.draws import softmax_choice, stream
from engine.demo.population import Population
from engine.vocabulary import RETAIL

# How the pieces weigh in one choice (own choices). Measured on 5,000 customers, first adoption of
# 2026: knowing every hidden need names it at once for 25 %, popularity for 11 %, chance for 2 %.
_NEED_WEIGHT = 1.15
_TURN_WEIGHT = 1.5
_TURN_MONTHS = 6
_SAME_KIND = -2.5
_FIRST_IS_ACCOUNT = 4.0
_ADOPTIONS_A_MONTH = 0.115
_EARLIER_ADOPTIONS = 1.1
_CLOSED_SHARE = 0.04
_CLOSED_SHARE_LEAVING = 0.25
_USED_ONCE = ("P43",)  # a service that ends when the complaint is settled
_WEALTHY_FROM = 150_000
_SENIOR_FROM = 60


@dataclass
class _Ledger:
    """Choices so far; the arrays change as the simulation goes on."""

    population: Population
    utility: np.ndarray
    held: np.ndarray
    kinds: np.ndarray
    rows: list[np.ndarray]
    products: list[np.ndarray]
    days: list[np.ndarray]

    def add(self, rows: np.ndarray, products: np.ndarray, days: np.ndarray) -> None:
        self.held[rows, products] = True
        self.rows.append(rows)
        self.products.append(products)
        self.days.append(days)


def eligible(population: Population) -> np.ndarray:
    """Products that each customer may take, bool of shape (n, n_products)."""
    products, customers = population.catalogue.products, population.customers
    limits = {
        "min_age": customers.get("age"),
        "min_credit_score": customers["credit_score"],
        "min_income": population.income,
        "min_balance": population.wealth,
        "min_investment": population.wealth,
    }
    allowed = np.ones((population.n, len(products)), dtype=bool)
    for column, values in limits.items():
        bound = products[column].to_numpy()
        if values is not None and not np.isnan(bound).all():
            allowed &= ~(np.asarray(values)[:, None] < bound)
    if population.audience == RETAIL:
        age = customers["age"].to_numpy()
        allowed &= ~(age[:, None] > products["max_age"].to_numpy())
        facts = {
            "student": population.group == "student",
            "senior": age >= _SENIOR_FROM,
            "wealthy": population.wealth >= _WEALTHY_FROM,
        }
        for fact, holds in facts.items():
            asked = products["requires"].str.contains(fact).fillna(False).to_numpy(dtype=bool)
            allowed &= holds[:, None] | ~asked
    allowed &= np.isfinite(population.catalogue.popularity)
    return allowed


def adopt(population: Population, seed: int) -> pd.DataFrame:
    """Simulate every customer's choices from joining to the bank's day.

    Returns
    -------
    DataFrame
        row (of the population), product (position), product_id, opened_on and closed_on as
        datetime64[D] (NaT while open), sorted by row and day.
    """
    rng = stream(seed, population.audience, "adoption")
    cat = population.catalogue
    utility = (_NEED_WEIGHT * np.einsum("ck,kp->cp", population.needs, cat.appeal)).astype(
        np.float32
    )
    utility += cat.popularity.astype(np.float32)
    utility[~eligible(population)] = -np.inf
    ledger = _Ledger(
        population, utility, np.zeros(utility.shape, dtype=bool), cat.subcategories, [], [], []
    )
    free = np.ones(population.n, dtype=bool)
    free[personas.fixed_holders(population.audience)] = False
    _stock(ledger, rng, free)
    _monthly(ledger, rng, free)
    return _closed(_collected(ledger), population, rng)


def _choose(
    ledger: _Ledger, rng: np.random.Generator, rows: np.ndarray, added: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """The next product of each of these rows; rows with nothing left are dropped."""
    held = ledger.held[rows]
    utility = ledger.utility[rows] + added
    for owned, other, lift in ledger.population.catalogue.lift:
        utility[:, other] += np.float32(lift) * held[:, owned]
    for kind in range(ledger.kinds.max() + 1):
        alike = ledger.kinds == kind
        utility[:, alike] += np.float32(_SAME_KIND) * held[:, alike].any(axis=1)[:, None]
    utility[held] = -np.inf
    chosen = softmax_choice(rng, utility)
    possible = np.isfinite(utility[np.arange(len(rows)), chosen])
    return rows[possible], chosen[possible]


def _stock(ledger: _Ledger, rng: np.random.Generator, free: np.ndarray) -> None:
    """What was taken on joining and until the window of months begins."""
    population = ledger.population
    category = population.catalogue.products["category"]
    account = category.isin(["Current Account", "Business Account"]).to_numpy()
    rows = np.flatnonzero(free)
    rows, chosen = _choose(ledger, rng, rows, (_FIRST_IS_ACCOUNT * account).astype(np.float32))
    ledger.add(rows, chosen, population.joined[rows])
    years = (WINDOW_START - population.joined).astype(np.int64) / 365
    many = rng.poisson(_EARLIER_ADOPTIONS * np.clip(years / 5, 0, 1.6))
    for turn in range(int(many.max(initial=0))):
        rows = np.flatnonzero(free & (many > turn))
        rows, chosen = _choose(ledger, rng, rows, np.float32(0))
        span = (WINDOW_START - population.joined[rows]).astype(np.int64)
        later = (rng.random(len(rows)) * span).astype(np.int64)
        ledger.add(rows, chosen, population.joined[rows] + later)


def _monthly(ledger: _Ledger, rng: np.random.Generator, free: np.ndarray) -> None:
    """What was taken in each month of the window."""
    population = ledger.population
    joined = month_index(population.joined)
    eagerness = _ADOPTIONS_A_MONTH * rng.gamma(3.0, 1 / 3.0, population.n)
    eagerness *= 1 - 0.7 * population.decline
    appeal = population.catalogue.appeal.astype(np.float32)
    for month in range(N_MONTHS):
        rows = np.flatnonzero(free & (joined < month) & (rng.random(population.n) < eagerness))
        since = month - population.turn_month[rows]
        turned = (population.turn_need[rows] >= 0) & (since >= 0) & (since < _TURN_MONTHS)
        turn = np.where(turned[:, None], _TURN_WEIGHT * appeal[population.turn_need[rows]], 0)
        rows, chosen = _choose(ledger, rng, rows, turn.astype(np.float32))
        day = (rng.random(len(rows)) * days_in(np.array([month]))[0]).astype(np.int64)
        ledger.add(rows, chosen, MONTHS[month].astype("datetime64[D]") + day)


def _collected(ledger: _Ledger) -> pd.DataFrame:
    audience = ledger.population.audience
    ids = ledger.population.catalogue.products["product_id"]
    stated = personas.holdings(audience)
    ledger.add(
        stated["row"].to_numpy(dtype=np.int64),
        pd.Index(ids).get_indexer(stated["product_id"]),
        stated["opened_on"].to_numpy().astype("datetime64[D]"),
    )
    row, product = np.concatenate(ledger.rows), np.concatenate(ledger.products)
    day = np.concatenate(ledger.days).astype("datetime64[D]")
    order = np.lexsort((product, day, row))
    frame = pd.DataFrame({"row": row[order], "product": product[order]})
    frame["product_id"] = ids.take(frame["product"]).array
    frame["opened_on"] = day[order].astype("datetime64[us]")
    return frame


def _closed(
    holdings: pd.DataFrame, population: Population, rng: np.random.Generator
) -> pd.DataFrame:
    """Some holdings end; those of customers who are leaving more often and lately."""
    row = holdings["row"].to_numpy()
    opened = holdings["opened_on"].to_numpy().astype("datetime64[D]")
    leaving = population.decline[row] > 0
    share = np.where(leaving, _CLOSED_SHARE_LEAVING, _CLOSED_SHARE)
    first = ~holdings["row"].duplicated().to_numpy()
    persona = row < population.n_personas
    span = (AS_OF - opened).astype(np.int64) - 90
    ends = (rng.random(len(row)) < share) & ~first & ~persona & (span > 90)
    back = rng.random(len(row)) * np.where(leaving, np.minimum(span, 200), np.minimum(span, 720))
    closed = np.where(ends, AS_OF - back.astype(np.int64), np.datetime64("NaT", "D"))
    used = holdings["product_id"].isin(_USED_ONCE).to_numpy() & (span > 0)
    closed = np.where(used, opened + 21, closed)
    repaid = _repaid_on(holdings, population, opened)
    closed = np.where(~(closed <= repaid) & (repaid <= AS_OF), repaid, closed)
    return holdings.assign(closed_on=closed.astype("datetime64[us]"))


def _repaid_on(holdings: pd.DataFrame, population: Population, opened: np.ndarray) -> np.ndarray:
    """Day on which a loan is paid back, NaT for other products."""
    products = population.catalogue.products
    term = products["term_months"].where(products["category"].isin(LOAN_CATEGORIES))
    days = term.to_numpy()[holdings["product"]] * 30.44
    known = np.nan_to_num(days).astype(np.int64)
    return np.where(np.isnan(days), np.datetime64("NaT", "D"), opened + known)


def is_open(holdings: pd.DataFrame) -> pd.Series:
    """Holdings that stand on the bank's day."""
    return holdings["closed_on"].isna() | (holdings["closed_on"] > pd.Timestamp(AS_OF))
