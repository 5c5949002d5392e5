"""A line and a paragraph about a customer are true by the tables, whoever wrote them."""

import pandas as pd
import pytest

from engine import Engine
from engine.errors import NotFound
from engine.services import writing as service
from engine.writing import customer_text
from engine.writing.claim_facts import facts_of
from engine.writing.text_guard import check
from tests.conftest import DEMO

EVERY = 60


@pytest.fixture(scope="module")
def engine(trained_state) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def drafts(engine):
    snapshot, made = engine.snapshot(), {}
    for row in range(0, engine.bank.n_customers, EVERY):
        customer = engine.bank.customer_ids[row]
        given = engine.offers.recommend(customer, k=1)
        last = engine.days.card(customer).last_contact
        made[customer] = (customer_text.paragraph(snapshot, row, given, last), given)
    return made


def test_F110_what_a_paragraph_says_beside_the_line_is_true_by_the_tables(engine, drafts):
    bank, kinds = engine.bank, set()
    said = bank["messages"][bank["messages"]["kind"] != "post"].rename(
        columns={"sent_at": "contacted_at"}
    )
    both = pd.concat([one[["customer_id", "contacted_at"]] for one in (bank["contacts"], said)])
    reached = both.groupby("customer_id")["contacted_at"].max()
    names = set(bank["products"]["name"])
    for customer, (draft, given) in drafts.items():
        profile = engine.customers.profile(customer)
        for claim in draft.claims:
            kinds.add(claim.kind)
            of = claim.figures
            if claim.kind == "last_reached":
                assert of["on"] == reached[customer]
            elif claim.kind == "churn_index":
                assert of["value"] == profile.metrics["churn"].value
                open_case = any(one.kind == "cases_open" for one in draft.claims)
                assert not (open_case and of["word"] == "low")
            elif claim.kind == "next_offer":
                first = given.offers[0]
                assert (of["product"], of["share"]) == (first.name, first.confidence)
                assert of["product"] in names
    assert kinds >= {"last_reached", "churn_index", "next_offer", "worth"}


def test_F110_every_paragraph_passes_its_own_check_and_names_the_offer(drafts):
    for draft, given in drafts.values():
        facts = facts_of(draft.claims)
        wrote = any(claim.kind == "says_leaving" for claim in draft.claims)
        assert wrote if facts is None else check(draft.text, facts).reason == ""
        if given.offers:
            assert given.offers[0].name in draft.text


class _Liar:
    name, local = "a liar", False

    def __init__(self, text: str):
        self.text, self.asked = text, []

    def write(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.text


def test_F110_a_writer_is_asked_only_if_told_to_and_no_name_reaches_it(engine, monkeypatch):
    liar = _Liar("The customer owes USD 5 and wants a loan.")
    monkeypatch.setattr(service, "writer_of", lambda settings, cache: liar)
    asked = service.Writing(engine.snapshots, engine.selections, engine.days, engine.offers)
    customer = next(iter(engine.bank.customer_ids))
    plain = asked.customer(customer)
    assert liar.asked == [] and plain.paragraph.by == "template"
    told = asked.customer(customer, ask=True)
    assert told.paragraph.text == plain.paragraph.text
    assert told.paragraph.mark.startswith("Template: the text of a liar was refused")
    person = engine.bank["customers"].iloc[0]
    names = [*engine.bank["products"]["name"], customer, person["name"]]
    names += str(person["goals"]).split("; ")
    assert len(liar.asked) == 2
    sent = " ".join(liar.asked)
    assert [name for name in names if pd.notna(name) and name and name in sent] == []


def test_F110_an_unknown_customer_is_not_found(engine):
    with pytest.raises(NotFound):
        engine.writing.customer("nobody")
