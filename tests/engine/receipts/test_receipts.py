"""Every list that is shown has a receipt, once, that says where it came from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import Engine
from engine.bank.importing.product_scores import lends
from engine.errors import BadInput, Busy, NotFound, StateError
from engine.labels import CREDIT_NOTICE
from engine.receipts.reading import edition_of
from engine.state.store import Store
from tests.engine.receipts.conftest import CUSTOMER, NOW, Clock, dismiss, show, stored_bytes


def test_a_list_that_is_shown_is_written_down_once_a_person_and_day(engine: Engine, clock: Clock):
    shown = show(engine)
    show(engine)
    assert len(engine.receipts.table()) == 1
    engine.feedback.record_shown(shown, actor="Raj")
    clock.now += timedelta(days=1)
    engine.feedback.record_shown(shown, actor="Rita")
    found = engine.receipts.of(CUSTOMER)
    assert found["number"].tolist() == [3, 2, 1]
    assert found["actor"].tolist() == ["Rita", "Raj", "Rita"]
    assert (found["receipt_id"] == shown.receipt_id).all()
    assert engine.receipts.of("C00002").empty


def test_scores_of_a_batch_leave_no_receipt(standing: Engine):
    standing.offers.score(k=3, customers=["C00005"])
    standing.offers.recommend("C00005")
    assert standing.receipts.of("C00005").empty


def test_a_receipt_says_what_was_considered_left_out_and_offered(standing: Engine):
    shown = show(standing, "C00003", k=4, list="retention", order="value")
    found = standing.receipts.get(shown.receipt_id)
    assert (found.k, found.list, found.order, found.actor) == (4, "retention", "value", "Rita")
    assert found.customer_id == "C00003" and found.at == NOW
    steps = found.funnel.set_index("step")["n"]
    meant = standing.bank["products"]["audience"].isin(["retail", "any"]).sum()
    assert steps["Considered"] == meant
    assert steps["Left out by a rule"] == len(shown.removed)
    assert steps["Considered"] == steps.drop("Considered").sum()
    assert found.offers["product_id"].tolist() == [o.product_id for o in shown.offers]
    assert found.offers["score"].tolist() == pytest.approx([o.score for o in shown.offers])
    parts = found.content["decision"]["offers"][0]["parts"]
    assert parts == pytest.approx(dict(shown.offers[0].parts))
    assert found.removed["n"].sum() == len(shown.removed) + steps["Ranked lower"]


def test_a_receipt_holds_no_personal_data_beyond_a_key(engine: Engine):
    show(engine)
    row = engine.bank["customers"].set_index("customer_id").loc[CUSTOMER]
    stored = engine.snapshots.state.receipts
    [row] = stored.rows()
    line = " ".join(str(cell) for cell in row)
    assert CUSTOMER not in line
    said = [row[c] for c in ("name", "email", "phone", "occupation", "city") if c in row]
    assert not [text for text in said if isinstance(text, str) and text in line]
    assert stored.keys.all() == {CUSTOMER: row.customer}


def test_a_list_is_written_down_as_it_was_worked_out_whatever_happens_meanwhile(standing: Engine):
    shown = standing.offers.recommend("C00010")
    known = standing.snapshot().recorded_bank.known_rows["events"]
    dismiss(standing, shown)
    standing.offers.recommend("C00010")
    standing.feedback.record_shown(shown, actor="Rita")
    found = standing.receipts.get(shown.receipt_id)
    assert found.content["decision"]["known"]["events"] == known
    assert standing.receipts.replay(found.number).same


def test_erasing_a_customer_empties_their_receipts_and_destroys_their_key(
    engine: Engine, opened: Callable[[], Engine]
):
    shown = show(engine)
    show(engine, "C00002")
    noted = engine.receipts.verify().head
    key = engine.snapshots.state.receipts.keys.all()[CUSTOMER]
    written = stored_bytes(engine)
    assert all(text.encode() in written for text in (CUSTOMER, key, shown.receipt_id))
    assert engine.receipts.erase(CUSTOMER, actor="Rita") == 1
    left = stored_bytes(engine)
    assert not [text for text in (CUSTOMER, key, shown.receipt_id) if text.encode() in left]
    again = opened().receipts
    assert again.verify(noted).sound and again.verify().n_erased == 1
    assert again.of(CUSTOMER).empty and again.table()["number"].tolist() == [2]
    for reference in (1, 3, shown.receipt_id):
        with pytest.raises(NotFound):
            again.get(reference)
    assert again.erase(CUSTOMER, actor="Rita") == 0
    assert again.replay(2).same


def test_two_that_show_a_customer_first_at_once_use_one_key(
    small_demo: Path, standing: Engine, monkeypatch: pytest.MonkeyPatch
):
    other = Engine.open(small_demo, standing.state, now=lambda: NOW)
    keys = other.snapshots.state.receipts.keys
    known = keys.all()
    number = standing.receipts.write(standing.offers.recommend("C00012"), actor="Rita")
    with monkeypatch.context() as patched:  # it looked before the first one stored its key
        patched.setattr(keys, "all", lambda: known)
        second = other.receipts.write(other.offers.recommend("C00012"), actor="Raj")
    keys = {standing.receipts.get(n).content["about"]["customer"] for n in (number, second)}
    assert len(keys) == 1


def test_a_key_that_was_damaged_is_not_taken_for_none_when_a_customer_is_erased(
    small_demo: Path, engine: Engine
):
    show(engine)
    change_key = "UPDATE receipt_keys SET content = 'x'"
    state = engine.snapshots.state
    with state.store.writing() as connection:
        connection.execute(change_key)
    state.store.close()
    with pytest.raises(StateError, match="was changed"):
        Engine.open(small_demo, engine.state).receipts.erase(CUSTOMER, actor="Rita")


def test_an_erasure_that_left_traces_is_ended_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    show(engine)

    def busy(_store: Store) -> None:
        raise Busy("erase again in a minute")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "scrub", busy)
        for _ in range(2):
            with pytest.raises(Busy):
                engine.receipts.erase(CUSTOMER, actor="Rita")
    assert engine.receipts.erase(CUSTOMER, actor="Rita") == 0
    assert CUSTOMER.encode() not in stored_bytes(engine)


def test_after_an_erasure_a_customer_has_another_key(engine: Engine):
    show(engine)
    first = engine.receipts.get(1).content["about"]["customer"]
    engine.receipts.erase(CUSTOMER, actor="Rita")
    show(engine)
    found = engine.receipts.get(3)
    assert found.customer_id == CUSTOMER
    assert found.content["about"]["customer"] != first


def test_an_empty_list_has_a_receipt_too(standing: Engine):
    shown = show(standing, "C00008")  # has opted out
    assert not shown.offers
    found = standing.receipts.get(shown.receipt_id)
    assert found.offers.empty and found.funnel["n"].iloc[-1] == 0
    assert standing.receipts.replay(found.number).same


def test_empty_lists_of_other_reasons_have_receipts_of_their_own(standing: Engine):
    first = show(standing, "C00008")  # has opted out
    standing.records.set_consent("C00008", "personalisation", "granted", source="page")
    standing.records.set_consent("C00008", "marketing", "refused", source="page")
    second = show(standing, "C00008")
    assert first.receipt_id != second.receipt_id
    assert len(standing.receipts.of("C00008")) == 2


def test_a_reset_starts_a_chain_afresh(engine: Engine, clock: Clock):
    show(engine)
    engine.records.reset()
    assert engine.receipts.table().empty
    show(engine)
    assert engine.receipts.verify().n_receipts == 1
    assert engine.receipts.replay(1).same


def test_a_list_that_the_engine_did_not_make_has_no_receipt(standing: Engine):
    shown = standing.offers.recommend("C00004")
    with pytest.raises(BadInput, match="put together"):
        standing.receipts.write(replace(shown, basis=None), actor="Rita")
    with pytest.raises(NotFound, match="no receipt 'r-nothing'"):
        standing.receipts.get("r-nothing")


def test_a_receipt_names_bank_and_edition_and_one_of_version_0_1_the_content_alone():
    bank = {"id": "demo-1234", "edition": 2, "fingerprint": "ab" * 32}
    assert edition_of({"bank": bank}) == bank
    assert edition_of({"bank": "cd" * 32})["fingerprint"] == "cd" * 32


def test_F146_an_offer_of_credit_says_that_it_is_personalised_by_automated_processing(
    standing: Engine,
):
    bank = standing.bank
    credit = set(bank.product_ids[lends(bank["products"])])
    scored = standing.offers.score(lists=["growth"], k=3)
    customer = scored.loc[scored["product_id"].isin(credit), "customer_id"].iloc[0]
    shown = show(standing, customer, list="growth")
    told = {offer.product_id: offer.notice for offer in shown.offers if offer.notice}
    assert set(told) == credit & {offer.product_id for offer in shown.offers}
    assert set(told.values()) == {CREDIT_NOTICE}
    printed = {one["product_id"]: one["notice"] for one in shown.to_json()["offers"]}
    assert {product: said for product, said in printed.items() if said} == told
    receipt = standing.receipts.get(shown.receipt_id)
    assert receipt.content["decision"]["notices"] == told
    assert standing.receipts.replay(receipt.number).same
    brief = standing.briefs.of(customer, actor="Rita")
    names = bank["products"].set_index("product_id")["name"]
    lent = {names[product] for product in credit}
    assert all((CREDIT_NOTICE in one.checks) == (one.name in lent) for one in brief.offers)
