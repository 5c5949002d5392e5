"""What is past its period goes; what a kept list rests on serves its replay alone until then."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from engine.bank import editions
from engine.bank.bank import Bank
from engine.bank.importing.import_source import import_bank, update_bank
from engine.errors import NotFound
from engine.receipts.chain import Chain
from engine.results import Picture, Retention
from tests.engine.receipts.conftest import CUSTOMER, Clock, about, dismiss, show

SAID = "The kitchen renovation loan is what I dream of"
NOTE = "promised to send brochures"
DAY = dt.timedelta(days=1)
PERIODS = {
    "EVENTS": 100,
    "MESSAGES": 100,
    "EVIDENCE": 40,
    "SCANS": 40,
    "CONTACT_NOTES": 60,
    "RECEIPTS": 50,
    "TRAIL_DETAILS": 200,
}


@pytest.fixture(autouse=True)
def periods(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, days in PERIODS.items():
        monkeypatch.setenv(f"ATTUNE_RETENTION__DAYS__{kind}", str(days))


def _counts(found: Retention, column: str) -> dict[str, int]:
    rows = found.table.set_index("kind")[column]
    return {str(kind): int(n) for kind, n in rows.items() if n}


def _bytes(engine: Engine) -> bytes:
    engine.snapshots.state.store.close()
    folder = engine.state / engine.bank.bank_id
    paths = [*folder.glob("state.sqlite*"), *folder.glob("events/*")]
    return b"".join(path.read_bytes() for path in paths)


def test_F153_what_is_past_its_period_goes_and_kept_lists_replay(engine: Engine, clock: Clock):
    start = clock.now
    first = show(engine)
    dismiss(engine, first)
    engine.records.add_post(CUSTOMER, platform="X", text=SAID, submit_id="s1", actor="Rita")
    engine.days.log(
        CUSTOMER, contact_id="c1", outcome="reached", note=NOTE, actor="Rita",
        follow_up=(clock.now + 9 * DAY).date(),
    )  # fmt: skip
    engine.trail.looked(CUSTOMER, actor="Rita", session="one")
    clock.now = start + 90 * DAY
    rests = show(engine)  # on the dismissal and the post
    dismissed = first.offers[0].product_id
    assert dismissed not in [offer.product_id for offer in rests.offers]

    clock.now = start + 110 * DAY
    due = engine.retention.due()
    assert _counts(due, "due") == {
        "events": len(engine.snapshots.events.read()) - _shown_since(engine, start + DAY),
        "receipts": 1, "contact_notes": 2, "messages": 1,
    }  # fmt: skip
    assert SAID.encode() in _bytes(engine) and not due.deleted
    run = engine.retention.run(actor="Kim")
    assert run.deleted and _counts(run, "held").keys() == {"events", "messages"}
    assert NOTE.encode() not in _bytes(engine) and SAID.encode() in _bytes(engine)
    with pytest.raises(NotFound, match=r"deleted on .* its retention period had ended"):
        engine.receipts.get(1)
    after = show(engine)
    assert dismissed in [offer.product_id for offer in after.offers]  # nobody reads it any more
    for number in (engine.receipts.of(CUSTOMER)["number"]).tolist():
        assert engine.receipts.replay(number).same

    clock.now = start + 141 * DAY
    assert not _counts(engine.retention.run(actor="Kim"), "held")
    left = _bytes(engine)
    assert SAID.encode() not in left and first.offers[0].product_id.encode() in left
    events = engine.snapshots.events.read()
    assert CUSTOMER not in set(events.loc[events["recorded_at"] < start + DAY, "customer_id"])
    (kept,) = engine.receipts.of(CUSTOMER)["number"]
    assert engine.receipts.replay(kept).same
    assert engine.receipts.verify().sound and engine.facts.damage(thorough=True).empty

    clock.now = start + 201 * DAY
    assert _counts(engine.retention.run(actor="Kim"), "due")["trail_details"] >= 2
    assert engine.trail.verify().sound
    table = engine.trail.table()
    assert (table["what"] == "deleted after its period").sum() >= 2
    assert (table["action"] == "Deleted what is past its period").sum() == 3
    assert _counts(engine.retention.due(), "due") == {}
    assert engine.retention.due().sentence == "Nothing is past its period."


def test_F153_evidence_and_pictures_of_receipts_go_and_the_purchase_stays(
    engine: Engine, clock: Clock
):
    start, said = clock.now, [("travel", "We dream of Madeira")]
    given = {"source": "voice", "actor": "Rita"}
    engine.evidence.add(CUSTOMER, said, record_id="v1", **given)
    engine.evidence.add(CUSTOMER, said, record_id="v2", **given)
    gone = engine.evidence.of(CUSTOMER)[0].evidence_id
    engine.evidence.take_back(CUSTOMER, gone, actor="Rita")
    bought = engine.scans.confirm(
        CUSTOMER, Picture(b"the very picture", 9, 9, "PNG"), submit_id="s1", actor="Rita",
        merchant="Quayside Books", amount=17.5, category="education", on=start.date(),
    )  # fmt: skip
    show(engine)  # rests on what was said
    clock.now = start + 39 * DAY
    assert _counts(engine.retention.due(), "n")["evidence"] == 2
    assert engine.retention.due().sentence == "Nothing is past its period."
    clock.now = start + 41 * DAY
    assert _counts(engine.retention.run(actor="Kim"), "held")["evidence"] == 2
    assert engine.scans.of(CUSTOMER) == () and engine.evidence.of(CUSTOMER) == ()
    assert engine.snapshots.state.scans.pictures.all() == {}
    assert engine.snapshots.current().signals.said is None, "nothing but a replay reads it"
    (kept,) = engine.receipts.of(CUSTOMER)["number"]
    assert engine.receipts.replay(kept).same
    paid = engine.snapshots.current().bank["transactions"]
    assert bought.record_id in set(paid["transaction_id"]), "the purchase stays"
    clock.now = start + 52 * DAY
    run = engine.retention.run(actor="Kim")
    assert _counts(run, "due")["evidence"] == 2 and "evidence" not in _counts(run, "held")
    assert b"Madeira" not in _bytes(engine) and engine.facts.damage(thorough=True).empty
    assert "evidence" not in _counts(engine.retention.due(), "n")


def _shown_since(engine: Engine, moment: dt.datetime) -> int:
    return int((engine.snapshots.events.read()["recorded_at"] >= moment).sum())


def test_F153_a_purchase_stays_and_a_period_of_0_has_no_end(
    engine: Engine, opened: Callable[[], Engine], clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    shown = show(engine, "C00002")
    bought = shown.offers[0].product_id
    engine.feedback.record(
        event_id="accepted", customer_id="C00002", product_id=bought, action="accepted",
        actor="Rita", offer=shown.offers[0],
    )  # fmt: skip
    engine.feedback.purchased("accepted", event_id="bought", actor="Rita")
    clock.now += 1000 * DAY
    engine.retention.run(actor="Kim")
    holdings = engine.bank["holdings"]
    assert bought in set(holdings.loc[holdings["customer_id"] == "C00002", "product_id"])
    for kind in PERIODS:
        monkeypatch.setenv(f"ATTUNE_RETENTION__DAYS__{kind}", "0")
    clock.now += 9000 * DAY
    assert _counts(opened().retention.due(), "due") == {}


def test_F153_an_earlier_edition_goes_with_the_last_list_that_rests_on_it(
    small_bank: Bank, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_RETENTION__DAYS__EDITIONS", "30")
    source, folder = tmp_path / "source", tmp_path / "bank"
    source.mkdir()
    people, products = small_bank["customers"], small_bank["products"]
    products.dropna(axis=1, how="all").to_csv(source / "products.csv", index=False)
    for n, make in enumerate((import_bank, update_bank)):
        people.assign(region=f"West {n}").to_csv(source / "customers.csv", index=False)
        make(source, folder, now=clock.now)
    engine = Engine.open(folder, tmp_path / "state", now=clock)
    clock.now += 40 * DAY
    rests = {"bank": {"id": engine.bank.bank_id, "edition": 1, "fingerprint": "of then"}}
    Chain(engine.snapshots.state.receipts).add(about(1, day=14), rests)
    assert _counts(engine.retention.run(actor="Kim"), "held") == {"editions": 1}
    assert len(editions.earlier(folder)) == 1
    clock.now += 40 * DAY
    assert _counts(engine.retention.run(actor="Kim"), "due") == {"receipts": 1, "editions": 1}
    assert editions.earlier(folder).empty and engine.trail.verify().sound
