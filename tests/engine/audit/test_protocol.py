"""A test in time: what is known before it, who is in the cohort, and what is refused."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from engine.audit import evaluation_window as audited
from engine.bank.bank import Bank, Manifest
from engine.errors import BadInput

protocol = partial(audited.protocol, stock_share=0.5)
STOCK, LATER = pd.Timestamp("2015-01-28"), pd.Timestamp("2015-03-28")


def bank_of(rows: list[tuple[str, str, str]], as_of: str = "2016-05-31") -> Bank:
    holdings = pd.DataFrame(rows, columns=["customer_id", "product_id", "opened_on"])
    holdings["opened_on"] = pd.to_datetime(holdings["opened_on"])
    customers = sorted({*holdings["customer_id"], "nobody"})
    return Bank.from_tables(
        Manifest("Cohort", as_of=as_of),
        {
            "customers": pd.DataFrame({"customer_id": customers}),
            "products": pd.DataFrame({"product_id": ["a", "b", "c", "d"]}),
            "holdings": holdings,
        },
    )


@pytest.fixture
def stocked() -> Bank:
    """Twelve customers held a and b when the file begins; one came in March; some take more."""
    stock = [(f"s{i:02d}", p, "2015-01-28") for i in range(12) for p in "ab"]
    taught = [(f"s{i:02d}", "c", "2015-03-28") for i in range(4)]
    tested = [("s05", "c", "2015-09-28"), ("s06", "d", "2015-10-28"), ("late", "b", "2015-11-28")]
    return bank_of(
        [*stock, *taught, ("late", "a", "2015-03-28"), *tested, ("nobody", "a", "2016-01-28")]
    )


def test_decision_25_the_cohort_was_there_when_the_file_begins(stocked: Bank):
    plan = protocol(stocked, pd.Timestamp("2015-09-01"), needed=2)
    ids = stocked.customer_ids.to_numpy()
    candidates = ~plan.then.held
    assert ids[plan.rows("cohort", candidates)].tolist() == ["s05", "s06"]
    assert ids[plan.rows("came later", candidates)].tolist() == ["late"]
    assert ids[plan.rows("new", candidates)].tolist() == ["nobody"]
    assert plan.cohort == "customers who were there on 28 Jan 2015, when the file begins"


def test_nothing_of_the_test_is_known_before_it(stocked: Bank):
    plan = protocol(stocked, pd.Timestamp("2015-09-01"), needed=2)
    assert plan.then["holdings"]["opened_on"].max() < plan.since
    assert not (plan.adopted & plan.then.held).any()
    assert plan.adopted.sum() == 4
    assert (plan.since, plan.until) == (pd.Timestamp("2015-09-01"), pd.Timestamp("2016-01-28"))


def test_without_a_stock_the_cohort_is_everybody_who_held_something():
    days = pd.date_range("2015-01-01", periods=40, freq="7D")
    rows = [(f"x{i % 10}", "abcd"[i // 10], f"{day:%Y-%m-%d}") for i, day in enumerate(days)]
    bank = bank_of(rows, as_of="2016-01-01")
    plan = protocol(bank, None, needed=10)
    assert plan.cohort == "customers who held something on the day before"
    assert set(plan.group) == {"cohort", "new"}
    share = plan.adopted.sum() / 39
    assert share == pytest.approx(0.25, abs=0.05)


def test_decision_4_too_few_dated_adoptions_are_no_test(stocked: Bank):
    assert protocol(stocked, None, needed=200) is None
    assert protocol(stocked, LATER, needed=200) is None


@pytest.mark.parametrize("day", ["2014-01-01", "2017-01-01", "2015-03-28"])
def test_a_day_without_adoptions_on_both_sides_is_refused(stocked: Bank, day: str):
    with pytest.raises(BadInput, match=r"Got --from .* Name a"):
        protocol(stocked, pd.Timestamp(day), needed=2)


def test_the_masks_have_one_row_a_customer(stocked: Bank):
    plan = protocol(stocked, pd.Timestamp("2015-09-01"), needed=2)
    assert plan.adopted.shape == (stocked.n_customers, stocked.n_products)
    assert np.array_equal(plan.group.shape, [stocked.n_customers])
