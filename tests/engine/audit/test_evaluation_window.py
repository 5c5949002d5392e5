"""A test in time: what is known before it, who is in the cohort, and what is refused."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from engine.audit.evaluation_window import EvaluationWindow
from engine.bank.bank import Bank, Manifest
from engine.errors import BadInput

window_of = partial(EvaluationWindow.of, stock_share=0.5)
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
    window = window_of(stocked, pd.Timestamp("2015-09-01"), needed=2)
    ids = stocked.customer_ids.to_numpy()
    candidates = ~window.then.held
    assert ids[window.rows("cohort", candidates)].tolist() == ["s05", "s06"]
    assert ids[window.rows("came later", candidates)].tolist() == ["late"]
    assert ids[window.rows("new", candidates)].tolist() == ["nobody"]
    assert window.cohort == "customers who were there on 28 Jan 2015, when the file begins"


def test_nothing_of_the_test_is_known_before_it(stocked: Bank):
    window = window_of(stocked, pd.Timestamp("2015-09-01"), needed=2)
    assert window.then["holdings"]["opened_on"].max() < window.since
    assert not (window.adopted & window.then.held).any()
    assert window.adopted.sum() == 4
    assert (window.since, window.until) == (pd.Timestamp("2015-09-01"), pd.Timestamp("2016-01-28"))


def test_without_a_stock_the_cohort_is_everybody_who_held_something():
    days = pd.date_range("2015-01-01", periods=40, freq="7D")
    rows = [(f"x{i % 10}", "abcd"[i // 10], f"{day:%Y-%m-%d}") for i, day in enumerate(days)]
    bank = bank_of(rows, as_of="2016-01-01")
    window = window_of(bank, None, needed=10)
    assert window.cohort == "customers who held something on the day before"
    assert set(window.group) == {"cohort", "new"}
    share = window.adopted.sum() / 39
    assert share == pytest.approx(0.25, abs=0.05)


def test_decision_4_too_few_dated_adoptions_are_no_test(stocked: Bank):
    assert window_of(stocked, None, needed=200) is None
    assert window_of(stocked, LATER, needed=200) is None


@pytest.mark.parametrize("day", ["2014-01-01", "2017-01-01", "2015-03-28"])
def test_a_day_without_adoptions_on_both_sides_is_refused(stocked: Bank, day: str):
    with pytest.raises(BadInput, match=r"Got --from .* Name a"):
        window_of(stocked, pd.Timestamp(day), needed=2)


def test_the_masks_have_one_row_a_customer(stocked: Bank):
    window = window_of(stocked, pd.Timestamp("2015-09-01"), needed=2)
    assert window.adopted.shape == (stocked.n_customers, stocked.n_products)
    assert np.array_equal(window.group.shape, [stocked.n_customers])
