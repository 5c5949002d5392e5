import pandas as pd
import pytest

from engine.bank.parsing import directions


def cells(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("out", "into"),
    [
        ("debit", "credit"),
        ("DR", "CR"),
        ("DBIT", "CRDT"),
        ("Withdrawal", "Deposit"),
        ("Outflow", "Inflow"),
        ("-", "+"),
        ("Soll", "Haben"),
        ("S", "H"),
        ("W", "D"),
        ("D", "C"),
        ("-1", "1"),
        ("Débit", "Crédit"),
        ("cargo", "abono"),
        ("Uscita", "Entrata"),
        ("Saída", "Entrada"),
        ("Af", "Bij"),
        ("Obciążenie", "Uznanie"),
        ("Výdaj", "Příjem"),
        ("Uttag", "Insättning"),
        ("Belastung", "Gutschrift"),
    ],
)
def test_both_sides_in_the_words_of_other_banks(out, into):
    said = cells(out, into, None, out.lower())
    form = directions.form_of(said)
    assert form.certainty == "proved"
    assert directions.read(said, form).fillna(0).tolist() == [-1, 1, 0, -1]


def test_the_only_other_word_beside_a_known_one_is_likely_the_opposite():
    said = cells("debit", "plus entry")
    form = directions.form_of(said)
    assert form.certainty == "likely"
    assert directions.read(said, form).tolist() == [-1, 1]


def test_words_that_say_neither_are_named_and_asked_about():
    form = directions.form_of(cells("debit", "credit", "transfer"))
    assert (form.unknown, str(form.certainty)) == (("transfer",), "a guess")
    assert directions.read(cells("transfer"), form).isna().all()
    assert str(form.decision("b.csv", "type")) == (
        "b.csv, column type: direction is out is debit; in is credit, a guess (1 of 3 words say "
        "neither in nor out; it could also be transfer is the other way)"
    )
    assert directions.form_of(cells("Rent", "Food")).meanings == {}
    assert directions.form_of(cells(*map(str, range(60)))).meanings == {}


def test_a_card_is_always_paid_with_whatever_its_name():
    said = cells("DEBIT", "Cr", "Withdrawal", "salary", "Credit card", "+", "-")
    signs = directions.read(said, directions.form_of(said))
    assert signs.tolist() == [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0]


def test_one_side_alone_is_never_proved():
    assert directions.form_of(cells("debit", None)).certainty == "likely"
    assert directions.form_of(cells("D")).certainty == "a guess"
    assert directions.form_of(cells("purchase", "payment")).certainty == "a guess"
