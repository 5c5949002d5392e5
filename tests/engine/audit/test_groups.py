"""Bands and groups, the missing ones included."""

import json

import pytest

from engine import settings as _settings
from engine.audit.parity.groups import attributes_of, group_of
from engine.errors import BadInput

RULE = _settings.load().fairness


def groups(bank, attribute: str) -> list[str]:
    return group_of(bank, attribute, RULE).astype("str").tolist()


def test_genders_are_read_in_any_spelling_and_missing_ones_kept(people):
    bank = people(gender=["F", "female ", "M", "Male", "Other", "", None, "Unknown"])
    assert groups(bank, "gender") == ["female"] * 2 + ["male"] * 2 + ["other"] + (
        ["not recorded"] * 3
    )


def test_age_bands_start_at_their_edges(people):
    bank = people(age=[17, 18, 24, 25, 64, 65, 90, None])
    assert groups(bank, "age band") == [
        "under 18",
        "18 to 24",
        "18 to 24",
        "25 to 34",
        "55 to 64",
        "65 and over",
        "65 and over",
        "not recorded",
    ]


def test_an_age_of_years_ago_is_an_older_age_now(people):
    bank = people(age=[24, 24], age_as_of=["2021-01-01", None])
    assert groups(bank, "age band") == ["25 to 34", "18 to 24"]


def test_income_bands_are_quarters_with_their_bounds(people):
    bank = people(annual_income=[1000, 2000, 3000, 4000, None])
    assert groups(bank, "income band") == [
        "lowest quarter (under 1,750)",
        "second quarter (1,750 to 2,500)",
        "third quarter (2,500 to 3,250)",
        "highest quarter (3,250 and over)",
        "not recorded",
    ]


def test_equal_incomes_make_fewer_bands_and_none_twice(people):
    bank = people(annual_income=[0, 0, 0, 0, 0, 0, 0, 900])
    assert groups(bank, "income band") == ["0 and over"] * 8


def test_without_figures_the_sources_own_income_levels_are_the_bands(people):
    cells = [json.dumps({"income_level": w}) for w in ("High", "Low", "Very High")]
    bank = people(attributes=[*cells, json.dumps({"x": 1}), None])
    found = group_of(bank, "income band", RULE)
    assert found.astype("str").tolist() == [
        "high",
        "low",
        "very high",
        "not recorded",
        "not recorded",
    ]
    assert list(found.cat.categories) == ["low", "high", "very high", "not recorded"]


def test_a_companys_income_does_not_move_the_bands_of_persons(people):
    bank = people(
        annual_income=[1000, 2000, 3000, 4000, 9e9], audience=["retail"] * 4 + ["corporate"]
    )
    assert groups(bank, "income band")[:4] == [
        "lowest quarter (under 1,750)",
        "second quarter (1,750 to 2,500)",
        "third quarter (2,500 to 3,250)",
        "highest quarter (3,250 and over)",
    ]


def test_two_attributes_cross_and_who_lacks_one_is_not_recorded(people):
    bank = people(gender=["F", "M", None, "F"], age=[20, 70, 30, None])
    assert groups(bank, "gender × age band") == [
        "female × 18 to 24",
        "male × 65 and over",
        "not recorded",
        "not recorded",
    ]


def test_a_bank_names_what_else_its_customers_are_grouped_by(people):
    cells = [json.dumps({"Marital": word}) for word in ("single", "married", " ")]
    bank = people(attributes=[*cells, None], region=["North", None, "South", "North"])
    rule = RULE.model_copy(update={"attributes": ["marital"]})
    assert attributes_of(bank, rule) == ("gender", "age band", "income band", "region", "marital")
    assert group_of(bank, "marital", rule).astype("str").tolist() == [
        "single",
        "married",
        "not recorded",
        "not recorded",
    ]
    assert groups(bank, "region") == ["North", "not recorded", "South", "North"]
    with pytest.raises(BadInput, match=r"got 'marital'.*fairness\.attributes"):
        group_of(bank, "marital", RULE)
