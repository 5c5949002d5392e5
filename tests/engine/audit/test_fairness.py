"""Gaps by group on banks whose right answer is known by counting."""

import numpy as np
import pandas as pd
import pytest

from engine import settings as _settings
from engine.audit.parity.fairness import fairness
from engine.errors import BadInput

SETTINGS = _settings.load()
HALF = ["female"] * 200 + ["male"] * 200


def everything(bank) -> np.ndarray:
    return np.ones((bank.n_customers, bank.n_products), dtype=bool)


def mixed(women: int, men: int) -> list[int]:
    """Positions of the first `women` and the first `men` of HALF."""
    return [*range(women), *range(200, 200 + men)]


def row(report, category: str, group: str) -> pd.Series:
    table = report.table
    return table.loc[(table["category"] == category) & (table["group"] == group)].iloc[0]


def test_F142_a_gap_of_16_points_is_an_alert_and_14_points_are_none(people, offer):
    bank = people(gender=HALF)
    wide = fairness(bank, offer(bank, loan=mixed(66, 34)), everything(bank), "gender", SETTINGS)
    near = fairness(bank, offer(bank, loan=mixed(64, 36)), everything(bank), "gender", SETTINGS)
    assert row(wide, "Loan", "female")["gap"] == pytest.approx(0.16)
    assert row(wide, "Loan", "female")["alert"]
    assert row(near, "Loan", "female")["gap"] == pytest.approx(0.14)
    assert near.alerts == ()
    assert wide.alerts[0].startswith(
        "Loan: customers with gender “female” are 66 % of those offered it and 50 % of those who "
        "could be, 16 points more (95 % interval "
    )
    assert "34 offered of 200 eligible" in wide.alerts[1]
    assert wide.sentence.startswith("Look closer: of 2 comparisons")
    assert near.sentence.startswith("No alert: of 2 comparisons")


def test_F142_the_gap_is_measured_against_the_eligible_not_against_everybody(people, offer):
    bank = people(gender=HALF)
    eligible = everything(bank)
    eligible[100:200] = False  # only 100 women may have anything: a third of the eligible
    lists = offer(bank, loan=[*range(40), *range(200, 280)])
    report = fairness(bank, lists, eligible, "gender", SETTINGS)
    found = row(report, "Loan", "female")
    assert found["share_of_recipients"] == pytest.approx(1 / 3)
    assert found["share_of_eligible"] == pytest.approx(1 / 3)
    assert found["gap"] == pytest.approx(0)
    assert report.alerts == ()


def test_F142_other_and_small_groups_are_shown_and_not_judged(people, offer):
    bank = people(gender=HALF + ["Other"] * 12 + [None] * 5)
    lists = offer(bank, loan=[*mixed(60, 60), *range(400, 412)])
    report = fairness(bank, lists, everything(bank), "gender", SETTINGS)
    other = row(report, "Loan", "other")
    assert (other["n_eligible"], other["n_recipients"]) == (12, 12)
    assert not other["judged"]
    assert not other["alert"]
    assert other["note"] == "too few to judge"
    assert np.isnan(other["q_value"])
    assert report.overall["group"].tolist() == ["female", "male", "other", "not recorded"]
    assert report.overall["n"].tolist() == [200, 200, 12, 5]


def test_F142_a_category_that_few_are_offered_is_not_judged(people, offer):
    bank = people(gender=HALF)
    report = fairness(bank, offer(bank, loan=range(29)), everything(bank), "gender", SETTINGS)
    found = row(report, "Loan", "female")
    assert found["gap"] == pytest.approx(0.5)
    assert not found["alert"]
    assert found["note"] == "offered to too few to judge"
    assert row(report, "Investment", "female")["note"] == "offered to nobody"
    assert report.sentence.startswith("No group is large enough")


def test_F142_a_wide_gap_within_chance_is_no_alert(people, offer):
    bank = people(gender=["female"] * 30 + ["male"] * 31)
    lists = offer(bank, loan=[*range(20), *range(30, 41)])
    found = row(fairness(bank, lists, everything(bank), "gender", SETTINGS), "Loan", "female")
    strict = SETTINGS.model_copy(
        update={"fairness": SETTINGS.fairness.model_copy(update={"confidence_level": 0.999})}
    )
    unsure = row(fairness(bank, lists, everything(bank), "gender", strict), "Loan", "female")
    assert found["gap"] == unsure["gap"] > 0.15
    assert unsure["judged"]
    assert unsure["low"] < 0 < unsure["high"]
    assert not unsure["alert"]


def test_F142_an_offer_to_somebody_not_eligible_counts_as_eligible(people, offer):
    bank = people(gender=HALF)
    none = np.zeros((400, 2), dtype=bool)
    report = fairness(bank, offer(bank, loan=mixed(50, 50)), none, "gender", SETTINGS)
    assert row(report, "Loan", "female")["n_eligible"] == 50
    assert set(report.table["category"]) == {"Loan"}


def test_the_overall_rate_is_counted_with_its_wilson_interval(people, offer):
    bank = people(gender=HALF)
    lists = offer(bank, loan=mixed(50, 100), fund=mixed(50, 0))
    overall = fairness(bank, lists, everything(bank), "gender", SETTINGS).overall
    assert overall["n"].tolist() == [200, 200]
    assert overall["n_with_offer"].tolist() == [50, 100]
    assert overall["rate"].tolist() == [0.25, 0.5]
    assert overall.loc[0, ["low", "high"]].round(3).tolist() == [0.195, 0.314]


def test_only_the_asked_list_and_the_first_k_offers_count(people, offer):
    bank = people(gender=HALF)
    lists = pd.concat(
        [
            offer(bank, loan=mixed(50, 50), fund=mixed(10, 10)),
            offer(bank, list="retention", loan=range(400)),
        ]
    )
    first = fairness(bank, lists, everything(bank), "gender", SETTINGS, k=1)
    assert row(first, "Loan", "male")["n_recipients"] == 50
    assert row(first, "Investment", "male")["n_recipients"] == 0
    kept = fairness(bank, lists, everything(bank), "gender", SETTINGS, list="retention")
    assert kept.list == "retention"
    assert row(kept, "Loan", "male")["n_recipients"] == 200
    assert row(kept, "Loan", "male")["gap"] == 0


def test_corporate_customers_are_left_out_and_the_note_says_so(people, offer):
    bank = people(
        gender=["female"] * 40 + [None] * 10, audience=["retail"] * 40 + ["corporate"] * 10
    )
    report = fairness(bank, offer(bank, loan=range(50)), everything(bank), "gender", SETTINGS)
    assert report.n == 40
    assert report.overall["group"].tolist() == ["female"]
    assert "10 corporate customers are not persons and are left out." in report.notes


def test_a_bank_that_does_not_record_the_attribute_says_that(people, offer):
    bank = people(gender=[None] * 40)
    report = fairness(bank, offer(bank, loan=range(40)), everything(bank), "gender", SETTINGS)
    assert report.sentence == ("The gender of no customer is recorded, so nothing can be compared.")
    assert report.overall["group"].tolist() == ["not recorded"]


def test_F143_every_income_band_has_its_row_and_the_date_is_stored(people, offer):
    income = [None] * 10 + [10_000 + 1000 * i for i in range(160)]
    bank = people(annual_income=income)
    report = fairness(
        bank,
        offer(bank, loan=range(10, 100)),
        everything(bank),
        "income band",
        SETTINGS,
        model_version="v7",
    )
    assert report.overall["group"].str.split(" \\(").str[0].tolist() == [
        "lowest quarter",
        "second quarter",
        "third quarter",
        "highest quarter",
        "not recorded",
    ]
    assert report.overall["n"].tolist() == [40, 40, 40, 40, 10]
    assert report.as_of == pd.Timestamp("2024-12-31")
    assert report.model_version == "v7"
    assert row(report, "Loan", report.overall["group"][0])["alert"]


def test_a_generated_bank_says_that_it_is_simulated(people, offer):
    bank = people(simulated=True, gender=HALF)
    report = fairness(bank, offer(bank, loan=[0]), everything(bank), "gender", SETTINGS)
    assert report.notes[-1].startswith("Simulated bank")


def test_wrong_input_is_refused_with_what_was_expected(people, offer):
    bank = people(gender=HALF)
    lists = offer(bank, loan=[0])
    with pytest.raises(BadInput, match=r"gender, age band, income band; got 'religion'"):
        fairness(bank, lists, everything(bank), "religion", SETTINGS)
    with pytest.raises(BadInput, match=r"shape \(2, 2\), the bank has 400 customers"):
        fairness(bank, lists, np.ones((2, 2), dtype=bool), "gender", SETTINGS)
    with pytest.raises(BadInput, match="not in this bank"):
        fairness(bank, lists.assign(product_id="x"), everything(bank), "gender", SETTINGS)


def test_an_empty_list_is_a_report_and_no_crash(people, offer):
    bank = people(gender=HALF)
    report = fairness(bank, offer(bank, loan=[]), everything(bank), "gender", SETTINGS)
    assert report.overall["rate"].tolist() == [0, 0]
    assert report.alerts == ()
    assert report.table["note"].eq("offered to nobody").all()
