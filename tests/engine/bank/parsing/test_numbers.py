import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bank.decision import Certainty
from engine.bank.parsing import numbers


def cells(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def as_read(*values: str | None) -> list[float]:
    return numbers.read(cells(*values), numbers.form_of(cells(*values))).tolist()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$(0.03)", -0.03),
        ("($0.03)", -0.03),
        ("2,345.67 CR", 2345.67),
        ("2,345.67Cr.", 2345.67),
        ("90.00 Dr", -90),
        ("12,50 S", -12.5),
        ("12,50 H", 12.5),
        ("R 2 345.67", 2345.67),
        ("Rp 3.250.000", 3250000),
        ("2\u00a0345,67\u00a0zł", 2345.67),
        ("2\u202f345,67 €", 2345.67),
        ("-₺13,50", -13.5),
        ("₺-13,50", -13.5),
        ("12,50-", -12.5),
        ("\u221212.50", -12.5),
        ("+7", 7),
        ("6.-", 6),
        ("6,--", 6),
        ("6.—", 6),
        ("2’345.-", 2345),
        ("CHF 2'345.50", 2345.5),
        ("Fr. 20", 20),
        ("SFr. 20.50", 20.5),
        ("23,45,678.90", 2345678.9),
        ("₹ 1,23,45,678", 12345678),
        ("Rs.500", 500),
        ("A$ 5.10", 5.1),
        ("S$5.10", 5.1),
        ("HK$2,345", 2345),
        ("US$2,345.00", 2345),
        ("R$ 2.345,00", 2345),
        ("2.345,00 kr.", 2345),
        ("£2,345.00", 2345),
        ("¥2,345,678", 2345678),
        ("AUD 5.5", 5.5),
        ("5.5 aud", 5.5),
        ("2,345.67 USD Cr", 2345.67),
        ("２,３４５．５", 2345.5),
        ("٢٣٤٫٥", 234.5),
        (".5", 0.5),
        ("-,5", -0.5),
        ("0,125", 0.125),
        ("1.5m€", 1.5e6),
        ("3 Mio. EUR", 3e6),
        ("2 crore", 2e7),
        ("21,5 %", 21.5),
        ("1e3", 1000),
        ("1234.567", 1234.567),
        ("1.234.567,8", 1234567.8),
    ],
)
def test_a_number_in_many_spellings_is_read_alone_in_its_column(text, value):
    assert as_read(text) == [pytest.approx(value, rel=1e-12)]
    assert numbers.form_of(cells(text)).certainty is not Certainty.LIKELY


@pytest.mark.parametrize(
    "text",
    [
        "abc", "1,2,3", "12 apples", "inf", "1e999", "--", "1-2", "(5", "5)", "((5))", "5²",
        "1 2 3", "12.03.2019", "2024-01-05", "10:30", "12,34.56,78", "0,125,000", "30 d",
        "-5-", "5 DR CR", "1 23", "$", "½", "12/03",
    ],
)  # fmt: skip
def test_what_is_no_number_is_missing_in_every_form(text):
    for form in (numbers.EACH, numbers.form_of(cells(text)), numbers.NumberForm(",")):
        assert numbers.read(cells(text), form).isna().all()


def test_one_cell_proves_the_decimal_sign_of_its_column():
    said = cells("-7,25", "31.000", "-2.400", None)
    form = numbers.form_of(said)
    assert (form.decimal, form.certainty, form.thousands) == (",", Certainty.PROVED, ".")
    assert form.evidence == "1 of 3 different cells cannot have the other decimal sign"
    assert numbers.read(said, form).tolist()[:3] == [-7.25, 31000, -2400]


def test_a_nought_before_the_mark_parts_no_thousands():
    form = numbers.form_of(cells("0,375", "1,250"))
    assert (form.decimal, form.certainty) == (",", Certainty.PROVED)
    assert as_read("0,375", "1,250") == [0.375, 1.25]


@pytest.mark.parametrize(
    ("text", "other"), [("62.000", "decimal point"), ("1,234", "decimal comma")]
)
def test_three_figures_behind_one_mark_are_a_guess_that_names_the_other_reading(text, other):
    form = numbers.form_of(cells(text))
    assert form.certainty is Certainty.GUESS
    assert form.others == (other,)
    assert numbers.read(cells(text), form)[0] == float(text.replace(",", "").replace(".", ""))
    assert numbers.read(cells(text), numbers.form_named(other))[0] == float(text.replace(",", "."))


def test_small_numbers_without_a_mark_make_thousands_likely():
    form = numbers.form_of(cells("62.000", "950", "7"))
    assert (form.decimal, form.certainty) == (",", Certainty.LIKELY)


def test_both_signs_in_one_column_are_read_cell_by_cell_and_said():
    said = cells("1,234.56", "1 234,56", "1,234")
    form = numbers.form_of(said)
    assert (form.is_mixed, form.certainty) == (True, Certainty.GUESS)
    assert numbers.read(said, form).tolist() == [1234.56, 1234.56, 1234]
    assert numbers.form_of(said.head(2)).certainty is Certainty.LIKELY


def test_a_given_form_is_used_as_it_is_and_what_contradicts_it_is_missing():
    given = numbers.read(cells("1.234", "0.5", "1,5", "7"), numbers.form_named("decimal comma"))
    assert given.fillna(-1).tolist() == [1234, -1, 1.5, 7]


def test_units_signs_and_styles_are_named_in_the_decisions():
    form = numbers.form_of(cells("(1.50) €", "-2.25 €", "3.75- €", "4.00 DR"))
    assert form.signs == ("€",)
    assert form.negative == ("DR", "minus", "minus behind", "parentheses")
    assert form.currency.code == "EUR"
    about = {d.about: d.reading for d in form.decisions("b.csv", "amount")}
    assert about == {"decimal sign": "decimal point", "currency": "EUR"}
    assert numbers.form_of(cells("5 %", "7")).unit == "% in some"
    assert numbers.shares(cells("5 %", "0.07")).tolist() == [0.05, 0.07]


def test_a_minus_beside_debit_is_doubtful():
    assert numbers.form_of(cells("-80.00 DR", "5.00 DR")).is_doubtful
    assert not numbers.form_of(cells("-80.00", "5.00 DR")).is_doubtful


def test_another_column_makes_a_guess_likely_only_where_it_does_not_contradict():
    frame = pd.DataFrame({"a": ["62.000", "71.500"], "b": ["1.200,5", "3,5"]}, dtype="str")
    assert numbers.forms_of(frame)["a"].certainty is Certainty.LIKELY
    frame = pd.DataFrame({"a": ["62.000", "71.500"], "rate": ["1.08", "1.1"]}, dtype="str")
    form = numbers.forms_of(frame)["a"]
    assert (form.decimal, form.certainty) == (",", Certainty.GUESS)


_VALUES = st.lists(
    st.tuples(st.integers(-(10**9), 10**9), st.booleans()), min_size=1, max_size=12
).map(lambda drawn: [whole if is_cents else whole * 100 for whole, is_cents in drawn])
"""Cents."""


def _grouped(digits: str, sign: str, is_lakh: bool) -> str:
    if not sign or len(digits) <= 3:
        return digits
    head, groups, size = digits[:-3], [digits[-3:]], 2 if is_lakh else 3
    while head:
        head, group = head[:-size], head[-size:]
        groups.insert(0, group)
    return sign.join(groups)


def _written(value: float, places: int, marks: tuple[str, str, bool], style: str, sign: str) -> str:
    decimal, thousands, is_lakh = marks
    digits, _, rest = f"{abs(value):.{places}f}".partition(".")
    body = _grouped(digits, thousands, is_lakh) + (decimal + rest if rest else "")
    if sign:
        body = f"{sign}{body}" if sign in "$£€" else f"{body} {sign}"
    out = {"-": f"-{body}", "behind": f"{body}-", "()": f"({body})", "CR": f"{body} DR"}[style]
    return out if value < 0 else f"{body} CR" if style == "CR" else body


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(
    cents=_VALUES,
    places=st.sampled_from([0, 2, 2, 3, 4]),
    marks=st.sampled_from(
        [(".", ",", False), (",", ".", False), (",", "\u00a0", False), (".", "'", False),
         (",", "\u202f", False), (".", "", False), (",", "", False), (".", ",", True)]
    ),
    style=st.sampled_from(["-", "behind", "()", "CR"]),
    sign=st.sampled_from(["", "", "$", "€", "USD", "kr", "zł", "CHF"]),
)  # fmt: skip
def test_values_in_any_spelling_come_back_or_the_right_reading_is_named(
    cents, places, marks, style, sign
):
    values = [round(c / 100, places) + 0.0 for c in cents]
    said = cells(*(_written(value, places, marks, style, sign) for value in values))
    form = numbers.form_of(said)
    first = numbers.read(said, form).tolist()
    if first != pytest.approx(values, rel=1e-12):
        assert form.certainty is not Certainty.PROVED
        others = [numbers.read(said, numbers.form_named(name)).tolist() for name in form.others]
        assert any(other == pytest.approx(values, rel=1e-12) for other in others)
        assert form.certainty is Certainty.GUESS


def test_a_bare_number_has_the_parts_that_the_long_way_finds(monkeypatch):
    rng = np.random.default_rng(3)
    cells = ["".join(rng.choice([*"0123456789.,-"], n)) for n in rng.integers(1, 9, 4000)]
    cells += ["1" * n for n in range(60, 70)] + ["-" + "1" * n for n in range(60, 70)]
    short = [numbers.parts_of(cell) for cell in cells]
    monkeypatch.setattr(numbers, "_BARE", re.compile("(?!)"))
    assert short == [numbers.parts_of(cell) for cell in cells]
    assert 500 < sum(parts is not None for parts in short) < len(cells)


def test_whole_thousands_among_semicolons_are_asked_about():
    frame = pd.DataFrame({"income": ["9,000", "12,000"]}, dtype="str")
    form = numbers.forms_of(frame, ";")["income"]
    assert (str(form.certainty), form.others) == ("a guess", ("decimal point",))
    assert "semicolons part the cells of the file, but 2 of 2" in form.evidence
