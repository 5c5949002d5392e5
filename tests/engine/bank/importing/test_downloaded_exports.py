"""Files as they are downloaded: amounts, days, what does not count; every doubt is a guess."""

import dataclasses
import datetime as dt

import pytest

from engine.bank.decision import Certainty
from engine.bank.importing.import_source import explain, import_bank
from engine.bank.reading.files import read_files
from engine.errors import BadInput
from tests.engine.bank.importing.downloaded_exports import EXPORTS

NOW = dt.datetime(2026, 6, 1)
FEES = "date,text,amount (EUR),fee{more}\n"


@pytest.mark.parametrize("name", EXPORTS)
def test_a_public_export_is_read_to_the_cent_or_asked_about(name, tmp_path):
    given = EXPORTS[name]
    source = read_files("bank", {given.file: given.content})
    bank, report = import_bank(source, tmp_path / "bank", now=NOW)
    kept = bank["transactions"].sort_values("booked_at")
    assert tuple(kept["amount"]) == given.amounts
    assert (f"{kept['booked_at'].min():%F}", f"{kept['booked_at'].max():%F}") == given.days
    assert dict(zip(report.apart["kind"], report.apart["n"], strict=True)) == given.apart
    if given.currency:
        assert bank.manifest.currency == given.currency
    asked = {guess.about for guess in report.guesses}
    assert asked - {"customer", "currency"} == set(given.guesses)
    assert ("currency" in asked) == (not given.currency)
    assert all(guess.answer for guess in report.guesses)


def fee_of(text: str, plan=None):
    made = explain(read_files("f", {"statement.csv": text.encode()}), plan=plan)
    (decision,) = [d for d in made.decisions if d.about == "fee"]
    return made, decision


def test_whether_a_fee_is_in_the_amount_is_proved_by_the_balance_or_asked(tmp_path):
    plain = FEES.format(more="") + "2026-01-01,a,-10,1\n2026-01-02,b,-20,0\n2026-01-03,c,50,0\n"
    plan, decision = fee_of(plain)
    assert (decision.reading, decision.certainty) == ("in the amount", Certainty.GUESS)
    answered = plan.answered([(decision.answer, "on top of the amount")])
    _, decision = fee_of(plain, answered)
    assert (decision.reading, decision.certainty) == ("on top of the amount", Certainty.PROVED)
    source = read_files("f", {"statement.csv": plain.encode()})
    bank, _ = import_bank(source, tmp_path / "bank", now=NOW, plan=answered)
    assert sorted(bank["transactions"]["amount"]) == [-20, -11, 50]
    other = dataclasses.replace(decision.answer, is_open=True)
    with pytest.raises(BadInput, match="they can be 'in the amount' or 'on top of the amount'"):
        fee_of(plain, plan.answered([(other, "gone")]))
    within = FEES.format(more=",balance") + (
        "2026-01-01,a,-10,1,90\n2026-01-02,b,-20,2,70\n2026-01-03,c,50,0,120\n"
    )
    plan, decision = fee_of(within)
    assert (decision.reading, decision.certainty) == ("in the amount", Certainty.PROVED)
    _, doubted = fee_of(within, plan.answered([(decision.answer, "on top of the amount")]))
    assert doubted.certainty is Certainty.GUESS
    assert doubted.evidence == (
        "the plan says so, but 2 of 2 rows add up to the balance if it is in the amount"
    )


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Amount,Type,Fee\n100,Debit,2\n50,Credit,1\n0,Debit,3\n", [-102, 49, -3]),
        ("Amount,Type,Fee\n-100,Debit,2\n50,Credit,1\n0,Debit,3\n", [-102, 49, -3]),
        ("Amount,text,Fee\n100,Grocery,2\n-50,Salary,1\n80,Supermarket,0\n", [-102, 49, -80]),
        ("Amount,text,Fee\n€100.00,Tea,2\n€20.00,Cake,1\n€0.00,Card,3\n", [-102, -21, -3]),
        ("Amount,text,Fee\n-£100.00,Tea,2\n(£20.00),Cake,1\n£7k,Pay,0\n", [-102, -21, 7000]),
    ],
)
def test_a_fee_on_top_goes_out_whichever_way_amounts_are_written(text, amounts, tmp_path):
    head, *rows = text.splitlines()
    dated = [f"2026-01-0{n},{row}" for n, row in enumerate(rows, 1)]
    content = "\n".join([f"date,{head}", *dated, ""])
    plan, decision = fee_of(content)
    plan = plan.answered([(decision.answer, "on top of the amount")])
    source = read_files("f", {"statement.csv": content.encode()})
    bank, _ = import_bank(source, tmp_path / "bank", now=NOW, plan=plan)
    kept = bank["transactions"].sort_values("booked_at")
    assert kept["amount"].tolist() == amounts
    sign = next((code for sign, code in (("€", "EUR"), ("£", "GBP")) if sign in text), "")
    if sign:
        assert kept["currency"].tolist() == [sign] * len(rows)


def test_a_fee_beside_sizes_is_proved_by_the_gross_and_an_empty_amount_is_no_fault():
    text = "date,Amount,Type,Fee,Gross\n2026-01-01,98,Debit,2,100\n2026-01-02,50,Credit,0,50\n"
    _, decision = fee_of(text)
    assert (decision.reading, decision.certainty) == ("in the amount", Certainty.PROVED)
    empty = FEES.format(more="") + "2026-01-01,a,,1\n2026-01-02,b,-20,0\n"
    plan, decision = fee_of(empty)
    _, decision = fee_of(empty, plan.answered([(decision.answer, "on top of the amount")]))
    assert decision.reading == "on top of the amount"


def test_a_column_of_fees_without_a_fee_is_no_question():
    made = explain(
        read_files("f", {"s.csv": (FEES.format(more="") + "2026-01-01,a,-1,0\n").encode()})
    )
    assert not [d for d in made.decisions if d.about == "fee"]
