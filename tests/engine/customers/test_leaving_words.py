"""Words of leaving are read as such, and what only sounds like them is not."""

import pandas as pd
import pytest

from engine.customers import claims_ahead, key_figures
from engine.customers.leaving_words import said, words_of
from engine.engine import Engine


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "If this isn\u2019t fixed, I will close my accounts and move my business elsewhere.",
            "If this isn\u2019t fixed, I will close my accounts and move my business elsewhere",
        ),
        (
            "No answer yet! If this goes on I will change banks. Call me.",
            "If this goes on I will change banks",
        ),
        ("I am moving my account to another bank.", "I am moving my account to another bank"),
        ("We\u2019re switching to a new bank in May", "We\u2019re switching to a new bank in May"),
        ("I want to close all my savings accounts", "I want to close all my savings accounts"),
        ("I have decided to leave your bank", "I have decided to leave your bank"),
        ("I am moving my money to a new lender", "I am moving my money to a new lender"),
        ("I will go to another bank for good.", "I will go to another bank for good"),
        (
            "We will transfer our savings to a different building society!",
            "We will transfer our savings to a different building society",
        ),
        ("I am closing my account at your bank", "I am closing my account at your bank"),
        ("I want to close my account and cards", "I want to close my account and cards"),
        (
            "I will close my account because fees went up",
            "I will close my account because fees went up",
        ),
        *(
            (text, text)
            for text in (
                "I will close my account fees are ridiculous",
                "I want to close my account payments keep failing",
                "We are closing our accounts monthly fees too high",
                "I am closing my account cards never arrived",
                "I am going to close my account fees really are too much",
                "I want to cancel my account transfers don't arrive",
            )
        ),
        (
            "I am closing my account with you and moving to another bank",
            "I am closing my account with you and moving to another bank",
        ),
    ],
)
def test_F128_who_speaks_of_leaving_is_quoted_with_the_condition(text: str, words: str):
    assert words_of(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "I will not close my account, do not worry",
        "You closed my account without a word",
        "How do I close an account?",
        "I am moving to another city",
        "I would never switch to another bank",
        "I am moving money to my account",
        "We want to move our salaries to your bank",
        "I would like to move my savings to a different account with you.",
        "I want to transfer my balance to another card.",
        "I will have to go to another bank to draw cash while your ATM is down.",
        "I am moving my money to a new fund.",
        "I have decided against moving my money elsewhere.",
        "I am closing my account at the other bank and coming to you",
        "I am closing my account with Barclays Bank next week",
        "We will close our accounts at our old bank",
        "I want to close my account with HSBC and join you",
        "I intend to switch to another bank account of yours",
        "I want to cancel my account statement by post",
        "I would like to cancel my account's monthly statements",
        "We want to cancel our account alerts",
        "I want to cancel my account statement can you do that",
        "I want to cancel my account alerts that are sent at night",
        "I would like to cancel my account fees insurance",
        "We want to cancel our account statement is that possible",
        None,
    ],
)
def test_what_only_sounds_like_leaving_is_not_read_so(text: str | None):
    assert words_of(text) == ""


def test_F128_words_without_a_date_are_said_to_have_none():
    undated = claims_ahead.says_leaving(words="I will change banks", on=pd.NaT)
    assert undated.text == "wrote “I will change banks” (no date is known)"
    dated = claims_ahead.says_leaving(words="I will change banks", on=pd.Timestamp("2026-05-02"))
    assert dated.text == "wrote “I will change banks” on 2 May 2026"


def test_an_account_at_a_bank_of_this_name_is_one_here():
    text = "I am closing my account with Alpine Bank"
    assert (words_of(text), words_of(text, "Alpine")) == ("", text)


def test_F128_the_index_the_insight_and_the_alerts_say_who_speaks_of_leaving(
    small_demo, small_state
):
    engine = Engine.open(small_demo, small_state)
    profiles = engine.snapshot().profiles
    found = said(engine.bank, profiles, 180)
    assert len(found) > 3
    for one in found.itertuples():
        customer = str(engine.bank.customer_ids[one.position])
        whole = engine.customers.profile(customer)
        assert f"\u201c{one.words}\u201d" in whole.insight
        assert f"\u201c{one.words}\u201d" in whole.metrics["churn"].argument
        assert "says_leaving" in set(engine.alerts.open(customer).table["kind"])
        alone = said(engine.bank, profiles, 180, one.position)
        assert alone["words"].tolist() == [one.words]
        assert key_figures.insight(profiles, one.position, "USD")[1].kind == "says_leaving"
