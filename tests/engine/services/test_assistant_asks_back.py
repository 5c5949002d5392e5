"""Where the assistant is not sure, on the demo bank: it asks back, refuses, or says steps first."""

import pytest

from engine import Engine
from engine.assistant.phrasings import FIRST
from engine.errors import AnsweredMeanwhile
from engine.results import ANSWERED, ASKED_BACK, REFUSED
from tests.conftest import DEMO
from tests.engine.services.test_assistant import engine, ids, only

__all__ = ["engine", "ids"]


@pytest.mark.parametrize(
    "question",
    [
        "what is the balance of john smyth",
        "what is the balance of mary",
        "balance of 12",
        "what is the income of 12",
        "balance of milan smyth",
        "balance of CUST_9",
        "balance of AmandaCooley47",
        "complaints of zyx qwerty",
        "Any alerts for Zyx Qwerty?",
    ],
)
def test_whom_nobody_knows_is_never_whoever_was_spoken_of(engine: Engine, ids, question: str):
    before = engine.assistant.ask(f"balance of {ids[0]}").conversation
    reply = engine.assistant.ask(question, before)
    assert (reply.status, reply.answers) == (ASKED_BACK, ())
    assert reply.sentence.startswith("There is no such customer here")


@pytest.mark.parametrize(
    "question",
    [
        "what is the highest balance",
        "balance of all customers",
        "who has the highest churn?",
        "what is the average income?",
        "what does the average customer earn?",
        "which customer has the lowest balance",
        "the customer with the highest balance",
    ],
)
def test_what_is_of_all_customers_is_not_answered_of_one(engine: Engine, ids, question: str):
    before = engine.assistant.ask(f"balance of {ids[0]}").conversation
    reply = engine.assistant.ask(question, before)
    assert reply.status == REFUSED and reply.conversation.customer_id == ids[0]
    (where,) = reply.answers
    assert (where.customer_id, where.facts, where.link) == ("", (), "Customers")
    assert "one customer at a time" in where.sentences[0]


def test_superlatives_of_one_customer_are_answered(engine: Engine, ids: list[str]):
    for question in ("which categories does {c} spend most on", "total on all accounts of {c}"):
        assert only(engine, question.format(c=ids[0])).customer_id == ids[0]
    before = engine.assistant.ask(f"balance of {ids[0]}").conversation
    assert only(engine, "top spending categories", before).customer_id == ids[0]


def test_of_two_customers_one_is_asked_for_and_the_choice_answers(engine: Engine, ids):
    for question in ("balance of {0} and {1}", "balance of {0}, {1} and what is due?"):
        reply = engine.assistant.ask(question.format(*ids))
        assert reply.status == ASKED_BACK and "Whom do you mean" in reply.sentence, question
        assert [one.rsplit("(", 1)[1] for one in reply.choices] == [f"{c})" for c in ids[:2]]
        chosen = engine.assistant.ask(reply.choices[1])
        assert {one.customer_id for one in chosen.answers} == {ids[1]}
    own = engine.assistant.ask(f"balance of {ids[0]} and income of {ids[1]}")
    told = [(one.intent, one.customer_id) for one in own.answers]
    assert told == [("balance", ids[0]), ("income", ids[1])]


@pytest.mark.parametrize(
    "question",
    [
        "Who would want a credit card?",
        "who would want a travel card",
        "why not a loan",
        "why not a mortgage",
        "she accepted a mortgage",
        "she accepted the credit card",
        "she accepted the Easy Saver and the Car Loan",
    ],
)
def test_a_kind_of_product_is_asked_about(engine: Engine, ids: list[str], question: str):
    before = engine.assistant.ask(f"balance of {ids[0]}").conversation
    reply = engine.assistant.ask(question, before)
    assert (reply.status, reply.answers) == (ASKED_BACK, ())
    assert reply.sentence.startswith("Which ")
    if reply.choices:
        assert engine.assistant.ask(reply.choices[0], before).answers[0].product_id


@pytest.mark.parametrize(
    "question",
    [
        "{c} says that her mother died, what should I offer?",
        "{c} is widowed since Monday, what should I offer her?",
        "{c} just buried her son; what to sell her?",
    ],
)
def test_F129_distress_is_remembered_before_later_offers(engine: Engine, ids, question: str):
    told = engine.assistant.ask(question.format(c=ids[0]))
    assert [one.intent for one in told.answers] == ["distress"]
    other = engine.assistant.ask(f"what should I offer {ids[1]}?", told.conversation)
    assert [one.intent for one in other.answers] == ["offers"]
    later = engine.assistant.ask(f"what should I offer {ids[0]}?", other.conversation)
    assert [one.intent for one in later.answers] == ["distress", "offers"]
    assert later.answers[1].sentences[0].startswith("An emergency of this customer")
    assert "Nothing is offered until this is settled." in later.answers[0].notes
    assumed = engine.assistant.ask("what if she earned 90000?", later.conversation)
    assert [one.intent for one in assumed.answers] == ["distress", "what_if"]


@pytest.mark.parametrize(
    "question", ["is fraud insurance offered fairly?", "who lost their job", "who was widowed"]
)
def test_F129_a_product_or_a_group_is_no_emergency(engine: Engine, question: str):
    assert not {one.intent for one in engine.assistant.ask(question).answers} & set(FIRST)


def test_of_two_who_record_an_answer_that_was_proposed_the_second_is_told(engine: Engine, ids):
    one = next(c for c in reversed(ids) if engine.offers.recommend(c).offers)
    offer = engine.offers.recommend(one).offers[1]
    (proposal,) = only(engine, f"{one} turned down the {offer.name}").proposals
    assert proposal.seen == "" and proposal.offer.rank == offer.rank
    assert proposal.offer.model_version == offer.model_version
    what = {"customer_id": one, "product_id": offer.product_id, "action": "dismissed"}
    first, second = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    sent = what | {"offer": proposal.offer, "seen": proposal.seen}
    assert engine.feedback.record(event_id=first, actor="Rita", **sent)
    with pytest.raises(AnsweredMeanwhile):
        engine.feedback.record(event_id=second, actor="Raj", **sent)
    event = engine.snapshots.events.find(first)
    assert (event["rank"], event["model_version"]) == (offer.rank, offer.model_version)
    again = only(engine, f"{one} accepted the {offer.name}").proposals[0]
    assert again.seen == first


@pytest.mark.parametrize(
    "question",
    [
        "spending of {} in March and in May",
        "balance of {} last month",
        "income of {} next year",
        "has {} accepted it?",
    ],
)
def test_a_time_or_a_wording_that_has_to_be_said_again_is_asked_back(engine, ids, question: str):
    reply = engine.assistant.ask(question.format(ids[0]))
    assert reply.status == ASKED_BACK and not any(one.facts for one in reply.answers)


def test_where_one_of_two_topics_is_answered_the_question_is(engine, ids):
    both = engine.assistant.ask(f"income of {ids[0]} next year and any alerts for {ids[0]}?")
    assert both.status == ANSWERED and {one.asks_back for one in both.answers} == {True, False}


def test_on_a_bank_that_was_never_fitted_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTUNE_QUESTIONS__READS", "words")
    engine = Engine.open(DEMO, tmp_path)
    for question in ("what should I offer C00001?", "who should I call today?"):
        (answer,) = engine.assistant.ask(question).answers
        assert answer.sentences == ("No version serves yet. Run: python -m engine retrain.",)
