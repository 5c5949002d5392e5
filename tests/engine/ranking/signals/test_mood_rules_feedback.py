import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.tables import coerce, empty
from engine.ranking.signals import feedback, mood, rules


def _events(*rows: dict) -> pd.DataFrame:
    return coerce("events", pd.DataFrame(list(rows)))


def test_F90_a_bad_mood_lowers_sales_pressure_and_raises_service_items(small_bank: Bank):
    products = small_bank["products"].assign(item_type=["product"] * 4 + ["service"])
    selling = mood.pressure(small_bank.with_tables(products=products))
    signal = mood.mood_signal(np.array([-0.9, 0.0, 0.9, np.nan]), selling)
    assert (signal[0, :4] < 0).all()
    assert signal[0, 4] > 0
    assert (signal[1:] == 0).all()


@pytest.mark.parametrize(("spending", "holds"), [(7_999.0, False), (8_000.0, True)])
def test_F100_the_tech_banking_rule_starts_at_8000(small_bank: Bank, spending, holds):
    customers = small_bank["customers"].assign(
        occupation=["Senior Developer", "Teacher", None, None, None, None]
    )
    products = small_bank["products"].assign(
        name=["Travel card", "Growth fund", "Home insurance", "Business loan", "Tech Banking"]
    )
    bank = small_bank.with_tables(customers=customers, products=products)
    found = rules.business_rules(bank, np.full(6, spending), threshold=8_000)
    signal = rules.rules_signal(found, np.arange(6), 5)
    assert signal[0].tolist() == [0, 0, 0, 0, float(holds)]
    assert (signal[1:] == 0).all()


def test_F49_the_wellness_programme_goes_to_whose_spending_swings(small_bank: Bank):
    products = small_bank["products"].assign(
        name=["Travel card", "Growth fund", "Home insurance", "Money coach", "Budget planner"],
        tags=["cashback", "wellness industry", "home", None, "budget; coaching; uneven spending"],
    )
    bank = small_bank.with_tables(products=products)
    volatile = np.array([True, False, False, True, False, False])
    found = rules.business_rules(bank, np.zeros(6), 8_000, volatile)
    signal = rules.rules_signal(found, np.arange(6), 5)
    assert signal[volatile].tolist() == [[0, 0, 0, 1, 1]] * 2
    assert not signal[~volatile].any()
    assert "swings" in found[1].reason
    assert not rules.rules_signal(rules.business_rules(bank, np.zeros(6), 8_000), [0], 5).any()


def test_F163_two_low_ratings_lower_that_product_for_that_customer_only(small_bank: Bank):
    rated = {"customer_id": "ann", "product_id": "card", "action": "rated", "rating": 0.1}
    signal = feedback.own_feedback(small_bank, _events(rated, rated)).toarray()
    assert signal[0, 0] == pytest.approx(-1.6)
    signal[0, 0] = 0
    assert not signal.any()


def test_a_rating_left_at_its_default_says_nothing(small_bank: Bank):
    rated = {"customer_id": "ann", "product_id": "card", "action": "rated", "rating": 0.5}
    assert feedback.own_feedback(small_bank, _events(rated)).nnz == 0


def test_six_aspects_stand_in_for_a_missing_rating(small_bank: Bank):
    aspects = dict.fromkeys(
        ("relevance", "clarity", "value", "complexity", "risk_level", "cost"), 1.0
    )
    rated = {"customer_id": "ann", "product_id": "card", "action": "rated", **aspects}
    assert feedback.own_feedback(small_bank, _events(rated)).toarray()[0, 0] == pytest.approx(1.0)


def test_repeating_oneself_is_capped_and_unknown_ids_are_left_out(small_bank: Bank):
    no = {"customer_id": "dee", "product_id": "fund", "action": "dismissed"}
    stray = {"customer_id": "nobody", "product_id": "fund", "action": "dismissed"}
    signal = feedback.own_feedback(small_bank, _events(*[no] * 9, stray)).toarray()
    assert signal[3, 1] == -feedback.MAX_UNITS
    assert np.count_nonzero(signal) == 1
    assert feedback.own_feedback(small_bank, empty("events")).shape == (6, 5)
