"""Whole banks in the shapes of public exports: read right with one question at most, to lists."""

import datetime as dt

import pytest

from engine.bank.importing.import_source import import_bank
from engine.bank.reading.files import read_files
from engine.engine import Engine
from tests.engine.bank.importing.public_banks import BANKS

NOW = dt.datetime(2026, 6, 1)


@pytest.mark.parametrize("name", BANKS)
def test_a_public_bank_ends_in_profiles_and_lists_with_one_question_at_most(name, tmp_path):
    given = BANKS[name]
    source = read_files("bank", given.files)
    bank, report = import_bank(source, tmp_path / "bank", now=NOW)
    assert len(report.guesses) <= 1
    assert all(guess.answer for guess in report.guesses)
    assert bank.manifest.currency == given.currency
    assert len(bank["customers"]) == given.n_customers
    assert report.n_rejected == 0
    assert len(bank["products"]) >= 3
    sheet = report.control.query("table == 'transactions'")
    for file, (sum_in, sum_out) in given.sums.items():
        lines = sheet[sheet["file"].str.startswith(file)]
        assert lines["part"].tolist() == ["source", "kept"]
        for line in lines.itertuples():
            assert (round(line.sum_in * 100), round(line.sum_out * 100)) == (sum_in, sum_out)
    engine = Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)
    engine.models.warm_up()
    lists = [engine.offers.recommend(customer) for customer in bank.customer_ids[:3]]
    assert any(told.offers for told in lists)
    assert engine.customers.profile(bank.customer_ids[0]).insight


def test_a_core_system_joins_postings_to_parties_and_makes_products_of_accounts(tmp_path):
    source = read_files("bank", BANKS["core banking"].files)
    bank, report = import_bank(source, tmp_path / "bank", now=NOW, strict=True)
    assert report.guesses == ()
    assert sorted(bank["products"]["product_id"]) == ["Card", "Current", "Savings"]
    held = bank["holdings"].set_index("customer_id").loc["700101"]
    assert (held["product_id"], str(held["opened_on"].date())) == ("Savings", "2019-02-05")
    assert bank["accounts"]["balance"].notna().all()


def test_flags_of_products_and_positive_charges_of_a_card_file(tmp_path):
    source = read_files("bank", BANKS["us card"].files)
    bank, report = import_bank(source, tmp_path / "bank", now=NOW)
    assert [guess.about for guess in report.guesses] == ["currency"]
    assert "positive is out" in {d.reading for d in report.decisions}
    assert len(bank["holdings"]) == 30 + 15 + 10


def test_a_catalogue_that_stands_in_is_said_to_be_one(tmp_path):
    source = read_files("bank", BANKS["aud workbook"].files)
    bank, report = import_bank(source, tmp_path / "bank", now=NOW, strict=True)
    assert any("stands in for the catalogue" in note for note in report.notes)
    assert bank["holdings"]["product_id"].unique().tolist() == ["Current account"]
    assert bank["products"]["scores_estimated"].all()


def test_one_answer_says_whose_several_files_are(tmp_path):
    from engine.bank.importing import import_plan
    from engine.bank.importing.import_source import explain

    source = read_files("bank", BANKS["french statements"].files)
    read = explain(source)
    (asked,) = read.guesses
    assert asked.answer.choices == ("one for each file", "one for all files")
    plan = import_plan.of_matches(read.matches, [(asked.answer, "one for all files")])
    bank, report = import_bank(source, tmp_path / "bank", now=NOW, plan=plan, strict=True)
    assert len(bank["customers"]) == 1
    assert report.guesses == ()
    explain(source, plan=plan).save(tmp_path / "plan.toml")
    assert import_plan.load(tmp_path / "plan.toml").customers == "one for all files"
