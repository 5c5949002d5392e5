"""What must not score is gone from what metrics, needs and signals read, and from nothing else."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.customers.protected_traits import without_protected_traits
from engine.errors import SettingsError
from engine.ranking.signals import rules
from engine.settings import load
from engine.vocabulary import FORBIDDEN_FEATURES


def test_protected_columns_are_empty_and_all_others_as_they_were(small_bank):
    stripped, before = without_protected_traits(small_bank)["customers"], small_bank["customers"]
    assert not small_bank["customers"]["age"].isna().all()
    for column in before:
        assert stripped[column].dtype == before[column].dtype
        if column in FORBIDDEN_FEATURES:
            assert stripped[column].isna().all(), column
        else:
            pd.testing.assert_series_equal(stripped[column], before[column])
    assert without_protected_traits(small_bank)["holdings"] is small_bank["holdings"]


def test_fields_that_a_source_keeps_are_left_out_whatever_their_case(small_bank):
    kept = json.dumps({"Nationality": "X", "hobby": "chess", "Postcode": "12"})
    cells = pd.Series([kept, None, '{"hobby": "chess"}', None, None, None], dtype="str")
    bank = small_bank.with_tables(customers=small_bank["customers"].assign(attributes=cells))
    stripped = without_protected_traits(bank, ["postcode"])["customers"]["attributes"]
    assert json.loads(stripped.iloc[0]) == {"hobby": "chess"}
    assert stripped.iloc[2] == cells.iloc[2]
    assert stripped.isna().tolist() == cells.isna().tolist()


def test_a_proxy_named_in_the_settings_reaches_no_interest_no_metric_and_no_rule(
    small_bank, profile_of, tmp_path
):
    (tmp_path / "settings.toml").write_text('[fairness]\nproxies = ["Occupation"]\n')
    named = load(tmp_path / "settings.toml")
    with_it, without = profile_of(small_bank), profile_of(small_bank, settings=named)
    assert "occupation" in with_it.interests["kind"].to_numpy()
    assert "occupation" not in without.interests["kind"].to_numpy()
    assert without.features["occupation"].isna().all()
    spends = np.full(small_bank.n_customers, 1e6)
    tech = rules.business_rules(without.data.bank, spends, 1.0)[0]
    assert not tech.customers.any()


def test_a_column_that_everything_rests_on_is_no_proxy(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('[fairness]\nproxies = ["audience"]\n')
    with pytest.raises(SettingsError, match="audience"):
        load(file)
