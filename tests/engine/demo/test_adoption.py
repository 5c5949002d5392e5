"""Choices and debts of the simulation, seen from the inside."""

import numpy as np
import pandas as pd
import pytest

from engine.demo import loans
from engine.demo.adoption import adopt, eligible, is_open
from engine.demo.companies import companies
from engine.demo.dates import AS_OF
from engine.demo.people import people
from engine.demo.personas import cast


@pytest.fixture(scope="module")
def population():
    return cast(people(3_000, 5))


@pytest.fixture(scope="module")
def adopted(population):
    return adopt(population, 5)


def test_nothing_is_taken_that_a_customer_is_not_eligible_for(population, adopted):
    free = adopted[adopted["row"] >= population.n_personas]
    assert eligible(population)[free["row"], free["product"]].all()


def test_hidden_needs_drive_what_is_taken(population, adopted):
    products = population.catalogue.products["product_id"]
    for need, product_id in (("travel", "P15"), ("green", "P10"), ("tech", "P04")):
        column = int(np.flatnonzero(products == product_id)[0])
        could = eligible(population)[:, column]
        took = np.zeros(population.n, dtype=bool)
        took[adopted.loc[adopted["product"] == column, "row"]] = True
        felt = population.need(need)
        assert felt[took & could].mean() > felt[~took & could].mean() + 0.5


def test_what_is_owned_draws_what_goes_with_it(population, adopted):
    held = pd.crosstab(adopted["row"], adopted["product_id"]).astype(bool)
    assert held.loc[held["P36"], "P37"].mean() > held.loc[~held["P36"], "P37"].mean()
    assert held.loc[held["P25"], "P28"].mean() > 1.3 * held.loc[~held["P25"], "P28"].mean()


def test_the_unhappy_close_more(population, adopted):
    leaving = population.decline[adopted["row"]] > 0
    assert adopted["closed_on"].notna()[leaving].mean() > 2 * (
        adopted["closed_on"].notna()[~leaving].mean()
    )


def test_a_loan_shrinks_to_nothing_and_is_then_closed(population, adopted):
    borrowed = loans.loans(population, adopted, 5)
    first = borrowed.head(1)
    opened = first["opened_on"].to_numpy().astype("datetime64[D]")[0]
    term = int(first["term_months"].iloc[0] * 31)
    at_start = loans.left_on(first.assign(closed_on=pd.NaT), opened)[0]
    assert at_start == first["principal"].iloc[0]
    assert loans.left_on(first, opened - 1)[0] == 0
    assert loans.left_on(first, opened + term)[0] == 0
    assert (loans.left_on(borrowed[is_open(borrowed)], AS_OF) > 0).all()


def test_companies_come_in_every_industry_with_names_of_their_trade():
    population = companies(500, 5)
    frame = population.customers
    assert frame["industry"].nunique() == 10
    haulier = frame[frame["industry"] == "Transport and logistics"]
    assert haulier["name"].str.contains("Logistics|Freight|Couriers").all()
    assert (frame["annual_revenue"] > 0).all()
