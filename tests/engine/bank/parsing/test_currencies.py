import pandas as pd
import pytest

from engine.bank.decision import Certainty
from engine.bank.parsing import currencies


@pytest.mark.parametrize(
    ("header", "code", "certainty"),
    [
        ("Value (CHF)", "CHF", "proved"),
        ("balance_gbp", "GBP", "proved"),
        ("Betrag in EUR", "EUR", "proved"),
        ("Paid in (€)", "EUR", "proved"),
        ("A$ total", "AUD", "proved"),
        ("Kontostand £", "GBP", "likely"),
        ("Balance ($)", "USD", "a guess"),
        ("all", "", "a guess"),
        ("Top category", "", "a guess"),
        ("amount", "", "a guess"),
    ],
)
def test_the_currency_in_a_columns_name(header, code, certainty):
    reading = currencies.of_header(header)
    assert (reading.code, str(reading.certainty)) == (code, certainty)


def test_codes_count_in_any_letter_case():
    cells = pd.Series(["EUR", "eur", " Eur ", None], dtype="str")
    assert currencies.of_codes(cells).code == "EUR"
    assert currencies.read(cells).tolist()[:3] == ["EUR", "EUR", "EUR"]


def test_a_sign_of_several_currencies_is_a_guess_until_a_code_stands_somewhere():
    alone = currencies.of_signs(["$"], "the column")
    assert (alone.code, alone.certainty) == ("USD", Certainty.GUESS)
    assert "AUD" in alone.others
    both = currencies.together([alone, currencies.of_header("Amount AUD")])
    assert (both.code, both.certainty) == ("AUD", Certainty.PROVED)
    assert currencies.of_signs(["kr"], "the column").others == ("NOK", "DKK", "ISK")
    assert currencies.read(pd.Series(["$"], dtype="str"), prefer="CAD")[0] == "CAD"


def test_currencies_that_contradict_are_a_guess():
    mixed = currencies.of_codes(pd.Series(["EUR", "USD"], dtype="str"))
    assert (mixed.code, mixed.others) == ("", ("EUR", "USD"))
    euro, dollar = currencies.of_header("sum EUR"), currencies.of_header("sum USD")
    assert currencies.together([euro, dollar]).certainty is Certainty.GUESS
    pound = currencies.of_signs(["£"], "the column")
    assert currencies.together([euro, pound]).certainty is Certainty.GUESS
    assert currencies.together([]).decision("b.csv", "a").reading == "not said"


def test_a_code_in_words_of_a_cell_is_no_currency():
    assert currencies.meanings("apples") == ()
    assert currencies.meanings("kr.") == ("SEK", "NOK", "DKK", "ISK")
