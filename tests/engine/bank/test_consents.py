"""The last recorded consent stands, and an objection wins over every doubt and default."""

import dataclasses

import pandas as pd
import pytest

from engine import settings as _settings
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents, latest
from engine.bank.tables import coerce
from engine.vocabulary import PURPOSES


def consents(*rows):
    names = ["customer_id", "purpose", "status", "recorded_at", "source"]
    return coerce("consents", pd.DataFrame([(*row, "form") for row in rows], columns=names))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("granted", "2024-01-01"), ("refused", "2024-02-01")], "refused"),
        ([("refused", "2024-02-01"), ("granted", "2024-01-01")], "refused"),
        ([("refused", "2024-01-01"), ("granted", "2024-02-01")], "granted"),
        ([("refused", "2024-01-01"), ("granted", "2024-01-01")], "refused"),
        ([("refused", None), ("granted", None)], "refused"),
        ([("refused", None), ("granted", "2024-01-01")], "refused"),
        ([("granted", None), ("unknown", "2024-01-01")], "unknown"),
    ],
)
def test_the_latest_consent_stands_and_an_objection_wins_where_the_order_is_not_known(
    rows, expected
):
    table = consents(*(("ann", "marketing", status, when) for status, when in rows))
    assert latest(table)["status"].tolist() == [expected]


def test_each_customer_and_purpose_has_a_consent_of_its_own():
    table = consents(
        ("ann", "marketing", "granted", "2024-01-01"),
        ("ann", "social", "refused", "2024-01-02"),
        ("ben", "marketing", "refused", "2024-01-03"),
    )
    assert len(latest(table)) == 3


def test_unrecorded_consents_follow_the_settings(small_bank):
    standing = effective_consents(small_bank, _settings.default())
    assert standing.index.equals(pd.RangeIndex(small_bank.n_customers))
    assert standing["social"].tolist() == ["granted"] + ["unknown"] * 5
    assert standing["social_allowed"].tolist() == [True] + [False] * 5
    assert standing["personalisation_allowed"].all()
    assert standing["marketing"].tolist() == ["unknown"] * 3 + ["refused"] + ["unknown"] * 2
    assert standing["marketing_allowed"].tolist() == [True, True, True, False, True, True]


def test_a_consent_stated_at_import_holds_for_all_but_those_who_object(small_bank):
    manifest = dataclasses.replace(small_bank.manifest, consent_defaults={"social": "granted"})
    bank = Bank(manifest, small_bank.tables, small_bank.base_fingerprint)
    bank = bank.with_tables(consents=consents(("ben", "social", "refused", "2024-01-01")))
    standing = effective_consents(bank, _settings.default())
    assert standing["social_allowed"].tolist() == [True, False, True, True, True, True]


def test_an_objection_wins_whatever_the_settings_allow(small_bank):
    rows = [(c, p, "refused", "2024-01-01") for c in small_bank.customer_ids for p in PURPOSES]
    allow_all = _settings.load(consent={"unknown_allows": dict.fromkeys(PURPOSES, True)})
    standing = effective_consents(small_bank.with_tables(consents=consents(*rows)), allow_all)
    assert not standing[[f"{p}_allowed" for p in PURPOSES]].to_numpy().any()


def test_a_consent_of_a_stranger_changes_nobody(small_bank):
    stranger = small_bank.with_tables(
        consents=consents(("nobody", "marketing", "refused", "2024-01-01"))
    )
    assert effective_consents(stranger, _settings.default())["marketing_allowed"].all()
