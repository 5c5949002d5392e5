"""Interests come from what people say and do, never from who they are."""

import json

import pandas as pd
import pytest

from engine.ranking.signals.needs import phrase


def _items(profiles, position: int, kind: str) -> dict[str, float]:
    mine = profiles.interests_of(position)
    mine = mine[mine["kind"] == kind]
    return dict(zip(mine["item"], mine["weight"], strict=True))


def _with_message(bank, **cells):
    row = {"message_id": "new", "customer_id": "dee", "sent_at": "2024-12-20", **cells}
    messages = pd.concat([bank["messages"], pd.DataFrame([row])], ignore_index=True)
    return bank.with_tables(messages=messages.astype({"sent_at": "datetime64[us]"}))


def test_goals_spending_topics_work_and_words_are_found(small_profiles):
    assert _items(small_profiles, 0, "goal") == {"travel": 1.0, "buy a house": 1.0}
    assert "travel" in _items(small_profiles, 0, "spending")
    assert "travel" in _items(small_profiles, 0, "topic")
    assert "travel" in _items(small_profiles, 0, "message")
    assert _items(small_profiles, 0, "occupation") == {"software engineer": 0.5}
    assert "retirement" in _items(small_profiles, 2, "life_stage")
    assert "high growth investments" in _items(small_profiles, 3, "tolerance")
    assert "high growth investments" not in _items(small_profiles, 3, "goal")


def test_spending_tells_its_money_a_month_and_its_number(small_profiles):
    mine = small_profiles.interests_of(0)
    row = mine[mine["kind"] == "spending"].iloc[0]
    assert (row["item"], row["value"], row["n"], row["days"]) == ("travel", 2000.0, 2, 29.0)


def test_weights_lie_between_0_and_1_and_rows_are_ordered(small_profiles):
    table = small_profiles.interests
    assert table["weight"].between(0, 1, inclusive="right").all()
    assert table["position"].is_monotonic_increasing
    assert small_profiles.interests_of(4).empty


def test_a_post_without_consent_is_no_interest(small_profiles):
    assert _items(small_profiles, 3, "topic") == {}


def test_F79_a_complaint_is_no_interest(small_profiles, small_bank, profile_of):
    assert _items(small_profiles, 1, "topic") == {}
    angry = {"kind": "ticket", "topics": "mortgage", "text": "I hate your mortgage rates"}
    assert _items(profile_of(_with_message(small_bank, **angry)), 3, "topic") == {}


def test_a_calm_question_is_an_interest(small_bank, profile_of):
    calm = {"kind": "ticket", "topics": "mortgage", "text": "What are the rates?"}
    bank = _with_message(small_bank, **calm)
    assert _items(profile_of(bank), 3, "topic") == {"mortgage": pytest.approx(0.616, abs=0.01)}
    open_ = _with_message(small_bank, **calm, resolved=False)
    assert _items(profile_of(open_), 3, "topic") == {}


def test_a_place_is_no_interest_and_a_topic_list_is_cut(small_bank, profile_of):
    topics = "Texas; Banking; " + "; ".join(f"topic {i}" for i in range(12))
    granted = small_bank["consents"].assign(customer_id="dee", purpose="social", status="granted")
    bank = _with_message(small_bank, kind="post", topics=topics, text="Nice")
    found = _items(profile_of(bank.with_tables(consents=granted)), 3, "topic")
    assert len(found) == 8
    assert not {"texas", "banking"} & set(found)


def test_F83_spending_that_is_known_beats_declared_categories(small_bank, profile_of):
    customers = small_bank["customers"].copy()
    declared = json.dumps({"main_purchase_cat": "Groceries, Travel"})
    customers["attributes"] = pd.Series([declared] * 5 + [None], dtype="str")
    profiles = profile_of(small_bank.with_tables(customers=customers))
    assert _items(profiles, 0, "declared") == {}
    assert _items(profiles, 2, "declared") == {"groceries": 0.7, "travel": 0.7}


def test_declared_lists_and_services_are_read(small_bank, profile_of):
    customers = small_bank["customers"].copy()
    cell = json.dumps(
        {"FrequentlyUsedTransactionCategory": ["Dining"], "preferred_services": "A; B"}
    )
    customers["attributes"] = pd.Series([cell] * 6, dtype="str")
    profiles = profile_of(small_bank.with_tables(customers=customers))
    assert set(_items(profiles, 2, "declared")) == {"dining", "a", "b"}
    assert set(_items(profiles, 0, "declared")) == {"a", "b"}


def test_who_works_in_an_industry_is_not_said_to_run_a_business_of_it(small_bank, profile_of):
    customers = small_bank["customers"].copy()
    customers.loc[0, "industry"] = "Logistics"
    profiles = profile_of(small_bank.with_tables(customers=customers))
    items = _items(profiles, 0, "occupation")
    assert "logistics sector" in items and "logistics business" not in items
    assert phrase("occupation", "logistics sector") == "works in logistics"
    assert phrase("occupation", "logistics business") == "runs a business in logistics"


def test_companies_have_industry_size_and_youth(small_bank, profile_of):
    customers = small_bank["customers"].copy()
    customers.loc[5, "industry"] = "Logistics"
    customers.loc[5, "n_employees"] = 12
    customers.loc[5, "years_in_business"] = 2
    profiles = profile_of(small_bank.with_tables(customers=customers))
    assert "logistics business" in _items(profiles, 5, "occupation")
    assert set(_items(profiles, 5, "life_stage")) == {"growing company", "small company"}


def test_gender_age_name_and_place_change_no_interest(small_bank, small_profiles, profile_of):
    customers = small_bank["customers"].assign(
        gender="other", age=99.0, name="X", region="Y", city="Z", marital_status="widowed"
    )
    profiles = profile_of(small_bank.with_tables(customers=customers))
    pd.testing.assert_frame_equal(profiles.interests, small_profiles.interests)
