"""The check must pass what is blind and catch whatever peeks."""

import json

import numpy as np
import pytest

from engine.audit.parity.blinding import ALL, ATTRIBUTES, blinded, blinding
from engine.bank.bank import Bank


def blind_scores(bank: Bank) -> np.ndarray:
    income = bank["customers"]["annual_income"].fillna(0).to_numpy()
    return income[:, None] * np.arange(1.0, bank.n_products + 1)


def peeking(column: str):
    def score_of(bank: Bank) -> np.ndarray:
        codes = bank["customers"][column].astype("str").fillna("").str.len().to_numpy()
        first = bank["customers"][column].astype("str").fillna(" ").str[0].map(ord).to_numpy()
        return blind_scores(bank) + 1e-9 * (codes + first)[:, None] * 1e6

    return score_of


def test_F144_blind_scores_pass_for_every_attribute_and_customer(small_bank):
    report = blinding(blind_scores, small_bank, seed=7)
    assert report.table["attribute"].tolist() == [*ATTRIBUTES, ALL]
    assert report.table["n_customers"].eq(small_bank.n_customers).all()
    assert report.table["n_changed"].eq(0).all()
    assert report.table["largest_difference"].eq(0).all()
    assert report.n_changed == 0
    assert report.sentence.startswith("Every score of all 6 customers stays exactly the same")


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("gender", "gender"), ("age", "age"), ("name", "name"), ("city", "place")],
)
def test_F144_a_score_that_reads_a_forbidden_column_is_caught(small_bank, column, attribute):
    report = blinding(peeking(column), small_bank, seed=7)
    found = report.table.set_index("attribute")["n_changed"]
    assert found[attribute] > 0
    assert found[ALL] > 0
    assert found.drop([attribute, ALL]).eq(0).all()
    assert f"only {attribute} changes" in report.sentence
    assert 0 < report.n_changed <= 6


def test_F144_the_smallest_difference_counts(small_bank):
    def score_of(bank: Bank) -> np.ndarray:
        female = (bank["customers"]["gender"] == "female").to_numpy(dtype=float)
        return 1.0 + np.outer(female, np.full(bank.n_products, 2.0**-52))

    found = blinding(score_of, small_bank, seed=7).table.set_index("attribute")
    assert found.loc["gender", "n_changed"] > 0
    assert found.loc["gender", "largest_difference"] == 2.0**-52


def test_F144_a_product_that_appears_or_vanishes_is_a_change_without_limit(small_bank):
    def score_of(bank: Bank) -> np.ndarray:
        scores = np.ones((bank.n_customers, bank.n_products))
        scores[bank["customers"]["region"].isna().to_numpy()] = np.nan
        return scores

    found = blinding(score_of, small_bank, seed=7).table.set_index("attribute")
    assert found.loc["place", "n_changed"] == 1  # eve alone has no region
    assert np.isinf(found.loc["place", "largest_difference"])


def test_F144_places_of_transactions_and_source_fields_are_replaced_too(small_bank):
    cells = [json.dumps({"Sex": s, "hobby": "chess"}) for s in "FMFMFM"]
    customers = small_bank["customers"].assign(attributes=cells)
    bank = small_bank.with_tables(customers=customers)
    changed = blinded(bank, ("gender", "place"), np.random.default_rng(1))
    after = [json.loads(c) for c in changed["customers"]["attributes"]]
    assert [c["Sex"] for c in after] != list("FMFMFM")
    assert sorted(c["Sex"] for c in after) == sorted("FMFMFM")
    assert {c["hobby"] for c in after} == {"chess"}
    assert changed["transactions"]["location"].notna().all()
    assert bank["transactions"]["location"].isna().all()


def test_a_blinded_bank_has_another_identity_and_leaves_the_rest_alone(small_bank):
    changed = blinded(small_bank, tuple(ATTRIBUTES), np.random.default_rng(1))
    assert changed.base_fingerprint != small_bank.base_fingerprint
    touched = [c for group in ATTRIBUTES.values() for c in group]
    left = small_bank["customers"].drop(columns=touched)
    assert changed["customers"].drop(columns=touched).equals(left)
    for column in touched:
        both = small_bank["customers"][column], changed["customers"][column]
        assert both[1].notna().all()
        assert not (both[0] == both[1]).any()
    for table in ("products", "holdings", "months", "messages"):
        assert changed[table].equals(small_bank[table])


def test_the_same_seed_makes_the_same_replacements(small_bank):
    one, two = (blinded(small_bank, tuple(ATTRIBUTES), np.random.default_rng(3)) for _ in range(2))
    assert one.fingerprint == two.fingerprint


def test_scores_of_another_shape_are_refused(small_bank):
    calls = iter([np.ones((6, 5)), np.ones((6, 4))])
    with pytest.raises(ValueError, match="shape"):
        blinding(lambda bank: next(calls), small_bank, seed=7)
