"""Whom, what, when and how much a question names, on the hand-made bank."""

import pandas as pd
import pytest

from engine.assistant import periods
from engine.assistant.naming import Shelf
from engine.assistant.nearest import LexicalReader
from engine.assistant.phrasings import shipped
from engine.assistant.slots import Finder, Slots
from engine.assistant.words import Spelling, words

AS_OF, TODAY = pd.Timestamp("2024-12-31"), pd.Timestamp("2025-01-15")


@pytest.fixture(scope="module")
def finder(small_bank) -> Finder:
    return Finder.of(small_bank, LexicalReader(shipped()).vocabulary)


def whole(finder: Finder, question: str) -> Slots:
    return finder.parts(question, AS_OF, TODAY)[0]


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("last month", "2024-11-01", "2024-11-30"),
        ("this month", "2024-12-01", "2024-12-31"),
        ("in March", "2024-03-01", "2024-03-31"),
        ("in March 2023", "2023-03-01", "2023-03-31"),
        ("since May", "2024-05-01", "2024-12-31"),
        ("in 2023", "2023-01-01", "2023-12-31"),
        ("since 2023", "2023-01-01", "2024-12-31"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("last quarter", "2024-07-01", "2024-09-30"),
        ("last 3 months", "2024-09-01", "2024-11-30"),
        ("last two weeks", "2024-12-18", "2024-12-31"),
        ("last mounth", "2024-11-01", "2024-11-30"),
        ("yesterday", "2024-12-30", "2024-12-30"),
        ("between January and March 2024", "2024-01-01", "2024-03-31"),
        ("from January to March", "2024-01-01", "2024-03-31"),
        ("from October to March", "2023-10-01", "2024-03-31"),
        ("from 5 March to 10 April", "2024-03-05", "2024-04-10"),
        ("on 5 March", "2024-03-05", "2024-03-05"),
        ("on March 5, 2023", "2023-03-05", "2023-03-05"),
        ("on 2024-03-05", "2024-03-05", "2024-03-05"),
        ("since 5 March", "2024-03-05", "2024-12-31"),
        ("in the first week of May", "2024-05-01", "2024-05-07"),
        ("in the last week of May", "2024-05-25", "2024-05-31"),
        ("in Q1 2024", "2024-01-01", "2024-03-31"),
        ("in the second quarter", "2024-04-01", "2024-06-30"),
        ("in the first half of 2024", "2024-01-01", "2024-06-30"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("today", "2024-12-31", "2024-12-31"),
        ("last Monday", "2024-12-30", "2024-12-30"),
    ],
)
def test_F130_a_period_is_counted_from_the_day_of_the_data(finder, said, first, last):
    found = whole(finder, f"what did Ann Ash spend {said}?").period
    assert found is not None
    assert (found.first, found.last) == (pd.Timestamp(first), pd.Timestamp(last)), found
    assert not found.ahead


@pytest.mark.parametrize(
    "said",
    ["until March", "before June", "at the end of June", "in summer", "on 31 February", "a year"],
)
def test_F130_words_of_time_that_no_days_are_read_from_are_kept_apart(finder, said):
    found = whole(finder, f"what did Ann Ash spend {said}?")
    assert found.left or found.amount is not None, found


def test_F130_all_times_and_kinds_are_kept_and_what_is_no_kind_is_told(finder):
    assert len(whole(finder, "what did Ann Ash spend in May and in June?").times) == 2
    found = whole(finder, "what did Ann Ash spend on dining, travel and coffee last month?")
    assert (found.categories, found.unread) == (("dining", "travel"), ("coffee",))
    assert whole(finder, "what did Ann Ash spend on gambling?").unread == ("gambling",)
    plain = "how much does Ann Ash spend in total on average a month?"
    assert (whole(finder, plain).unread, whole(finder, plain).left) == ((), ())


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("on 3 January", "2026-01-03"),
        ("in two weeks", "2025-01-29"),
        ("in May", "2025-05-01"),
        ("next month", "2025-02-01"),
        ("today", "2025-01-15"),
        ("yesterday", None),
        ("on 3 January 2025", None),
        ("last Monday", None),
    ],
)
def test_a_day_to_come_back_on_is_counted_from_today_and_never_past(finder, said, on):
    found = periods.coming(whole(finder, f"call Ann Ash {said}").when, TODAY)
    assert (None if found is None else f"{found.first:%Y-%m-%d}") == on


@pytest.mark.parametrize(
    ("said", "first"),
    [("next month", "2025-01-01"), ("on Tuesday", "2025-01-21"), ("in 2 weeks", "2025-01-01")],
)
def test_what_lies_ahead_is_told_from_what_was(finder, said, first):
    found = whole(finder, f"what will Ann Ash have {said}?").period
    assert found is not None and found.ahead and found.first == pd.Timestamp(first)


def test_may_and_march_without_a_word_of_time_are_no_months(finder):
    assert whole(finder, "may I offer Ann Ash something?").period is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [("90,000", 90_000), ("20k", 20_000), ("1.5m", 1.5e6), ("USD 500", 500), ("12.50", 12.5)],
)
def test_amounts_are_read_with_their_size(finder, said, amount):
    assert whole(finder, f"what if she earned {said}?").amount == pytest.approx(amount)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("Ann Ash", ("ann",)),
        ("ann ash", ("ann",)),
        ("Ash", ("ann",)),
        ("Ann Ahs", ("ann",)),
        ("eve", ("eve",)),
        ("C00017", ()),
    ],
)
def test_customers_are_found_by_name_number_and_past_a_slip(finder, said, ids):
    assert whole(finder, f"what is the balance of {said}?").customers == (ids,)


@pytest.mark.parametrize(
    ("said", "key"),
    [("Travel card", "card"), ("travel crad", "card"), ("growth fund", "fund"), ("Saver", "save")],
)
def test_products_are_found_by_name_and_past_a_slip(finder, said, key):
    assert whole(finder, f"why not {said} for Ben Bay?").products == ((key,),)


def test_a_product_whose_number_is_bare_figures_takes_no_figures_from_a_question(small_bank):
    names = pd.Series(["Visa Classic", "Senior Savings Scheme", "Youth Savings Scheme"])
    shelf = Shelf(pd.Series(["12", "33", "34"]), names)
    assert (
        shelf.find(["what", "did", "she", "spend", "in", "the", "last", "12", "months"], ()) == []
    )
    (one,) = shelf.find(["what", "is", "product", "33"], ())
    assert one.keys == ("33",)
    (both,) = shelf.find(["a", "savings", "scheme"], ())
    assert both.keys == ("33", "34")


def test_kinds_of_spending_and_attributes_have_other_words_too(finder):
    assert whole(finder, "what did Ann Ash pay for eating out?").category == "dining"
    assert whole(finder, "do women get it less often?").attribute == "gender"
    assert whole(finder, "what if she wanted to buy a house?").goal == "buy a house"


def test_a_question_is_cut_where_it_has_parts_and_names_stay_whole(finder):
    parts = finder.parts("balance of Ann Ash, and what is due?", AS_OF, TODAY)
    assert [" ".join(part.words) for part in parts[1:]] == ["balance of xcustomerx", "what is due"]


def test_words_are_written_out_and_slips_mended():
    assert words("What's up? I don't know") == ["what", "is", "up", "i", "do", "not", "know"]
    assert words("Her card, his card")[0] == "xcustomerx"
    spelling = Spelling({"balance": 5, "money": 3, "many": 1})
    assert [spelling.mended(w) for w in ("balanse", "mony", "blance", "xyz", "weather")] == [
        *("balance", "money", "balance", "xyz", "weather")
    ]
