"""Messages are read by our own model, and posts only where the customer allows it."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.consents import effective_consents
from engine.customers.row_index import rows_of
from engine.customers.words import mood
from engine.customers.words.mood import mood_by_month, only_thanks, read_messages, recency_of
from engine.settings import default


@pytest.fixture
def messages_of(texts):
    def read(bank):
        consents = effective_consents(bank, default())
        return read_messages(bank, rows_of(bank, "messages"), consents, texts, default())

    return read


def test_sentiment_is_ours_and_never_the_sources_label(small_bank, messages_of):
    labelled = small_bank["messages"].assign(sentiment=1.0)
    messages = messages_of(small_bank.with_tables(messages=labelled))
    assert messages.sentiment.round(1).tolist() == [0.9, -0.9, -0.9, 0.0]


def test_F73_each_text_is_searched_once_for_what_it_is_about(small_bank, messages_of, monkeypatch):
    searched = []
    real = mood.named_in
    monkeypatch.setattr(mood, "named_in", lambda texts: searched.extend(texts) or real(texts))
    said = small_bank["messages"].iloc[[0] * 4].assign(message_id=list("abcd"))
    said["text"] = pd.Series(["a fee", None, "the card", "a fee"], index=said.index, dtype="str")
    read = messages_of(small_bank.with_tables(messages=said))
    assert sorted(searched) == ["", "a fee", "the card"]
    np.testing.assert_array_equal(read.aspects, real(["a fee", "", "the card", "a fee"]))


def test_posts_count_only_with_consent_and_tickets_always(small_bank, messages_of):
    messages = messages_of(small_bank)
    assert messages.used.tolist() == [True, True, True, False]  # dee's social consent is unknown
    assert messages.case.tolist() == [False, True, True, False]
    assert messages.mood[0] == pytest.approx(0.9)
    assert messages.mood[1] == pytest.approx(-0.9)
    assert np.isnan(messages.mood[2:]).all()


def test_an_unresolved_chat_or_call_is_a_case_as_a_ticket_is_and_a_post_is_none(
    small_bank, messages_of
):
    asked = small_bank["messages"].iloc[[0] * 4].assign(
        message_id=list("abcd"), kind=["ticket", "chat", "voice", "post"], text="a question",
        resolved=pd.array([False] * 4, dtype="boolean"),
    )  # fmt: skip
    read = messages_of(small_bank.with_tables(messages=asked))
    assert read.unresolved.tolist() == read.case.tolist() == [True, True, True, False]
    settled = asked.assign(resolved=pd.array([True] * 4, dtype="boolean"))
    assert not messages_of(small_bank.with_tables(messages=settled)).case.any()


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("That was quick, thanks for the help with the new phone! Wonderful service.", True),
        ("The adviser explained everything. Much appreciated.", True),
        ("Thanks for taking the call. I have called three times about the same thing.", False),
        ("Thank you, but the fee of 12 is still there.", False),
        ("Can I speak to an adviser? Thank you for your time.", False),
        ("Thanks. It isn\u2019t booked.", False),
        ("There is a payment of 120. Good morning.", False),
        ("I am leaving the bank, thanks for the years.", False),
        ("Thank you for raising my fees!", False),
        ("I'd be grateful for a reply", False),
        ("I\u2019d be grateful for the form.", False),
        ("Thanks in advance for raising my card limit", False),
        ("Thank you for explaining. I will leave the bank", False),
        ("Thank you, closing my account tomorrow", False),
        ("Thanks, I am moving my savings to another bank.", False),
        ("I am grateful, the card came the next day.", True),
        ("", False),
    ],
)
def test_F90_who_only_thanks_has_no_case_and_a_polite_complaint_is_one(text, thanks):
    assert only_thanks(pd.Series([text], dtype="str")).tolist() == [thanks]


def test_F90_an_open_message_that_only_thanks_is_no_case_unless_repeated(small_bank, messages_of):
    said = small_bank["messages"].iloc[[0] * 3].assign(
        message_id=["x", "y", "z"], customer_id="ann", kind="ticket",
        text=["Thanks for the help, well done.", "Where is my card?", "Thanks, well done."],
        resolved=False, repeated=[False, False, True],
    )  # fmt: skip
    read = messages_of(small_bank.with_tables(messages=said))
    assert read.unresolved.tolist() == [False, True, True]
    assert read.case.tolist() == [False, True, True]


def test_F90_the_mood_is_of_all_messages_and_not_of_the_last(small_bank, messages_of):
    mine = (
        small_bank["messages"]
        .iloc[[0, 0, 0]]
        .assign(
            message_id=["m1", "m2", "m3"],
            text=["I hate this", "an awful app", "thank you"],
            sent_at=pd.Timestamp("2024-12-01"),
        )
    )
    mood = messages_of(small_bank.with_tables(messages=mine)).mood[0]
    assert mood == pytest.approx((-0.9 - 0.9 + 0.9) / 3)


def test_an_objection_takes_the_posts_out_at_once(small_bank, messages_of):
    refused = small_bank["consents"].assign(status="refused")
    messages = messages_of(small_bank.with_tables(consents=refused))
    assert messages.used.tolist() == [False, True, True, False]


def test_recency_halves_with_every_half_life():
    day = pd.Timestamp("2024-12-31")
    dates = pd.Series(pd.to_datetime(["2024-12-31", "2024-07-04", None, "2025-06-01"]))
    assert recency_of(dates, day, 180.0).tolist() == pytest.approx([1.0, 0.5, 0.5, 1.0])


def test_mood_by_month_leaves_out_what_is_undated(small_bank, messages_of):
    frame = mood_by_month(small_bank, messages_of(small_bank))
    assert frame["n"].tolist() == [1, 2]
    assert frame["month"].tolist() == [pd.Timestamp("2024-11-01"), pd.Timestamp("2024-12-01")]
    undated = small_bank["messages"].assign(sent_at=pd.NaT)
    bank = small_bank.with_tables(messages=undated)
    assert mood_by_month(bank, messages_of(bank)).empty


def test_a_bank_without_messages_has_no_mood(small_bank, messages_of):
    bank = small_bank.with_tables(messages=small_bank["messages"].iloc[:0])
    messages = messages_of(bank)
    assert np.isnan(messages.mood).all()
    assert mood_by_month(bank, messages).empty
