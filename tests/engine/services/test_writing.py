"""A line and a paragraph about a customer are true by the tables, whoever wrote them."""

from types import SimpleNamespace

import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput, NotFound, WeightsError
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


def _asking(engine, monkeypatch, writer) -> service.Writing:
    monkeypatch.setattr(service, "writer_of", lambda settings, cache: writer)
    clock = SimpleNamespace(now=0.0)
    made = service.Writing(
        engine.snapshots, engine.selections, engine.days, engine.offers, lambda: clock.now
    )
    made.clock = clock
    return made


def test_F110_a_writer_is_asked_only_if_told_to_and_no_name_reaches_it(engine, monkeypatch):
    liar = _Liar("The customer owes USD 5 and wants a loan.")
    asked = _asking(engine, monkeypatch, liar)
    customer = next(iter(engine.bank.customer_ids))
    plain = asked.customer(customer)
    assert liar.asked == [] and plain.paragraph.by == "template"
    told = asked.customer(customer, ask=("line", "paragraph"))
    assert told.paragraph.text == plain.paragraph.text
    assert told.paragraph.mark.startswith("Template: the text of a liar was refused")
    person = engine.bank["customers"].iloc[0]
    names = [*engine.bank["products"]["name"], customer, person["name"]]
    names += str(person["goals"]).split("; ")
    assert len(liar.asked) == 2
    sent = " ".join(liar.asked)
    assert [name for name in names if pd.notna(name) and name and name in sent] == []
    with pytest.raises(BadInput, match="expected line or paragraph"):
        asked.customer(customer, ask=("book",))


def test_F110_only_what_is_shown_is_sent_and_what_failed_not_again_for_a_minute(
    engine, monkeypatch
):
    liar = _Liar("The customer owes USD 5 and wants a loan.")
    asked = _asking(engine, monkeypatch, liar)
    customer = next(iter(engine.bank.customer_ids))
    marks = set()
    for now in (0.0, 1.0, 59.0):
        asked.clock.now = now
        marks.add(asked.customer(customer, ask=("paragraph",)).paragraph.mark)
    assert len(liar.asked) == 1 and len(marks) == 1
    assert asked.customer(customer).paragraph.mark in marks, "the reason stays on the page"
    asked.clock.now = 61.0
    assert asked.customer(customer).paragraph.mark == "Template"
    asked.customer(customer, ask=("paragraph",))
    assert len(liar.asked) == 2


def test_F110_what_a_writer_wrote_stays_without_asking_again(engine, monkeypatch):
    echo = _Liar("")
    echo.write = lambda prompt: echo.asked.append(prompt) or _facts_in(prompt)
    asked = _asking(engine, monkeypatch, echo)
    monkeypatch.setattr(service, "_KEPT", 1)
    for customer in engine.bank.customer_ids[:EVERY]:
        if asked.customer(customer, ask=("line",)).line.by == "a liar":
            break
    n = len(echo.asked)
    asked.clock.now = 1e6
    for ask in ((), ("line",), ()):
        assert asked.customer(customer, ask=ask).line.by == "a liar"
    assert len(echo.asked) == n


def _facts_in(prompt: str) -> str:
    return prompt.split("Facts: ", 1)[1].split("\n", 1)[0]


def test_F115_nothing_of_who_opted_out_goes_to_a_service(engine, monkeypatch):
    liar = _Liar("Offer a loan.")
    asked = _asking(engine, monkeypatch, liar)
    ids = engine.bank.customer_ids
    opted_out = next(c for c in ids if not engine.offers.recommend(c, k=1).personalised)
    told = asked.customer(opted_out, ask=("line", "paragraph"))
    assert liar.asked == [] and told.writer == ""
    assert "opted out of personal recommendations" in told.paragraph.mark
    liar.local = True
    asked.customer(opted_out, ask=("paragraph",))
    assert len(liar.asked) == 1, "a model of this machine may be asked"


def test_F115_a_writer_that_cannot_be_asked_is_looked_for_again(engine, monkeypatch):
    asked = _asking(engine, monkeypatch, _Liar("x"))
    monkeypatch.setattr(service, "writer_of", _raise)
    assert asked.trouble == "no weights" and asked.writer == ""
    customer = next(iter(engine.bank.customer_ids))
    told = asked.customer(customer, ask=("paragraph",))
    assert (told.paragraph.mark, told.line.mark) == ("Template: no weights", "Template")
    monkeypatch.setattr(service, "writer_of", lambda settings, cache: _Liar("x"))
    assert asked.trouble == "" and asked.writer == "a liar"


def _raise(settings, cache):
    raise WeightsError("no weights")


def test_F110_an_unknown_customer_is_not_found(engine):
    with pytest.raises(NotFound):
        engine.writing.customer("nobody")
