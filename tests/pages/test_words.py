"""How things are written on the pages, and data that must stay text."""

import math

import pandas as pd
import pytest

from pages.components.look import wording


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1240.4, "USD", "USD\u00a01,240"),
        (99.5, "USD", "USD\u00a099.50"),
        (12.0, "EUR", "EUR\u00a012"),
        (-310.4, "GBP", "−GBP\u00a0310"),
        (1500, "CZK", "CZK\u00a01,500"),
        (None, "USD", "–"),
        (math.nan, "USD", "–"),
    ],
)
def test_money_has_separators_and_no_cents_above_a_hundred(value, currency: str, text: str):
    assert wording.money(value, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345, "USD\u00a012.3k"),
        (2_200_000, "USD\u00a02.2M"),
        (450, "USD\u00a0450"),
        (-5_000, "−USD\u00a05k"),
    ],
)
def test_compact_money_has_three_digits(value: float, text: str):
    assert wording.compact_money(value, "USD") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.54, "54\u00a0%"), (0.054, "5.4\u00a0%"), (0, "0\u00a0%"), (-0.07, "−7\u00a0%")],
)
def test_a_share_is_per_cent_with_one_decimal_below_ten(value: float, text: str):
    assert wording.share(value) == text


def test_a_date_names_its_month():
    assert wording.day(pd.Timestamp("2026-03-12")) == "12 Mar 2026"
    assert wording.day(pd.NaT) == "–"


def test_a_mean_of_counts_keeps_one_decimal():
    assert wording.count(1234.0) == "1,234"
    assert wording.count(3.5) == "3.5"


@pytest.mark.parametrize(
    ("value", "word"), [(0.6, "Good"), (0.1, "Neutral"), (-0.25, "Poor"), (None, "–")]
)
def test_mood_is_a_word(value, word: str):
    assert wording.mood(value) == word


def test_a_change_has_its_sign():
    assert wording.change(-0.18) == "−18\u00a0%"
    assert wording.change(0.0134) == "+1.3\u00a0%"
    assert wording.change(None) is None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("![x](http://a)", r"\!\[x\](http" + "\u2060" + r"\://a)"),
        ("**b** _i_", r"\*\*b\*\* \_i\_"),
        ("$a$ :red[c]", r"\$a\$ \:red\[c\]"),
        ("<script>", r"\<script\>"),
        ("ann@bank.example", "ann@" + "\u2060" + "bank.example"),
        ("MAP@7", "MAP@7"),
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("two\nlines", "two lines"),
        (r"back\slash", r"back\\slash"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_text_from_data_is_escaped_where_markdown_is_read(text, safe: str):
    assert wording.escape(text) == safe


def test_a_badge_leaves_brackets_to_streamlit_which_escapes_them_itself():
    assert wording.badge_text("a[b]*") == r"a[b]\*"


def test_text_in_a_figure_keeps_its_signs_as_text():
    assert wording.figure_text("<b>A & B</b>") == "&lt;b&gt;A &amp; B&lt;/b&gt;"
