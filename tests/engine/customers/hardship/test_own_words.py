"""What customers write of themselves, what of others, and what only sounds like it."""

import pandas as pd
import pytest

from engine.customers.hardship.own_words import distress_in, may_name_distress, topics

SAID = [
    ("bereavement", "My mother passed away on Monday."),
    ("bereavement", "My dear husband died in March and the account was in both our names."),
    ("bereavement", "We lost our son last year."),
    ("bereavement", "I am writing about the death of my father."),
    ("bereavement", "My grandmother's funeral is on Friday, may I pay later?"),
    ("bereavement", "I was recently widowed."),
    ("lost_income", "I’ve lost my job and need to change the standing order."),
    ("lost_income", "I was made redundant last week."),
    ("lost_income", "We have been laid off at the plant."),
    ("lost_income", "I am unemployed at the moment"),
    ("lost_income", "My husband lost his job in May."),
    ("cannot_pay", "I can't pay my rent this month."),
    ("cannot_pay", "i really have problems now and can't afford my mortgage payments"),
    ("cannot_pay", "We are struggling to keep up with the loan instalments."),
    ("cannot_pay", "I have fallen behind on my mortgage."),
    ("cannot_pay", "I cannot make ends meet any more"),
    ("cannot_pay", "I am in serious financial difficulty."),
    ("cannot_pay", "We are about to be evicted."),
    ("scam", "A scam took my savings!"),
    ("scam", "I was scammed."),
    ("scam", "i think i am the victim of identity theft"),
    ("scam", "Somebody stole 300 from my savings"),
    ("scam", "I fell for a fake broker scam."),
    ("crisis", "I am at my wits' end."),
    ("crisis", "We don't know what else to do any more."),
]
NOT_SAID = [
    "The film was to die for.",
    "I died laughing at your advert.",
    "My friend's mother passed away.",
    "My neighbour lost his job.",
    "He said I lost my job, which is not true.",
    "If I lost my job, would the insurance pay?",
    "What happens when my father has died?",
    "I have not lost my job.",
    "I was never scammed.",
    "My father died ten years ago.",
    "I lost my card.",
    "I lost my wife's card yesterday.",
    "We lost our son's passport and his card with it.",
    "I can't pay by card at the terminal.",
    "I can't make the payment screen work.",
    "Is this e-mail a scam?",
    "You stopped a fraudulent payment before I noticed it.",
    "My mother has passed her driving test.",
    "I passed away the time with your app.",
    "Does your cover pay out if I am made redundant?",
    "I cannot afford to lose your great service!",
    "I am desperate for a coffee",
    "People are scammed every day.",
    "Where do I pay my rent in the app?",
    "My phone died and I cannot log in.",
    "",
]


@pytest.mark.parametrize(("topic", "text"), SAID)
def test_F146_own_distress_is_read_with_its_topic(topic: str, text: str):
    found = distress_in(text)
    assert found is not None and found[0] == topic
    assert found[1] in " ".join(text.split())
    assert may_name_distress(pd.Series([text]))[0], "no hint lets the text be read"


@pytest.mark.parametrize("text", NOT_SAID)
def test_F146_what_is_of_others_supposed_denied_or_a_figure_of_speech_is_not_distress(text: str):
    assert distress_in(text) is None


def test_F146_only_the_sentence_is_quoted_and_a_long_one_is_cut():
    text = f"Good morning. My mother passed away{' and so on' * 40}. Which card has no fee?"
    topic, words = distress_in(text)
    assert topic == "bereavement" and words.startswith("My mother") and len(words) <= 121
    assert distress_in(None) is None and distress_in(pd.NA) is None


def test_F146_every_topic_says_for_how_many_days_it_counts():
    assert {topic.name: topic.days for topic in topics()} == {
        "bereavement": 365, "lost_income": 180, "cannot_pay": 180, "scam": 180, "crisis": 90,
    }  # fmt: skip
