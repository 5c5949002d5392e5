"""A receipt that was read becomes a purchase by a click alone; what is said moves its own part."""

import datetime as dt
import itertools

import numpy as np
import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.receipts.trail import Trail
from engine.scoring.scenarios.inputs import inputs
from engine.scoring.scenarios.scenario import CustomerScenario, Variants
from engine.services.evidence import scans as service
from engine.vocabulary import MASKED, SIGNALS
from tests.engine.scans.pages import StandIn, drawn

NOW = dt.datetime(2025, 1, 10, 9, 0)
PAGE = """
Northern Travel Ltd
20/12/2024
Flight to Oslo      240.00
Hotel, 1 night       60.00
Total           USD 300.00
"""
N = itertools.count()


@pytest.fixture(scope="module")
def engine(small_bank, tmp_path_factory) -> Engine:
    """The small bank with fixed weights; each test takes what it added for itself."""
    place = tmp_path_factory.mktemp("scans")
    engine = Engine(place, small_bank, place / "state", lambda: NOW)
    engine.models.warm_up()
    return engine


@pytest.fixture
def read(engine: Engine, monkeypatch):
    """Reads a page as if it stood on a picture."""

    def reads(page: str, customer: str = "ben", colour: str = "Corner"):
        monkeypatch.setattr(service, "best_reader", lambda settings: StandIn(page))
        return engine.scans.read(customer, drawn(f"{colour} {page}"))

    return reads


def confirm(engine: Engine, customer: str, scanned, **changed):
    found = scanned.reading
    given = {
        "submit_id": f"s{next(N)}",
        "actor": "Rita",
        "merchant": found.merchant,
        "amount": found.total,
        "category": scanned.category,
        "on": found.date and found.date.date(),
    }
    return engine.scans.confirm(customer, scanned.picture, **given | changed)


def test_F65_a_receipt_is_a_purchase_only_when_it_is_confirmed(engine, read):
    before = engine.customers.profile("ben").transactions
    scanned = read(PAGE)
    assert (scanned.category, scanned.alike) == ("travel", ())
    assert scanned.topics == (("travel", "Northern Travel Ltd"),)
    assert engine.customers.profile("ben").transactions.equals(before)
    added = confirm(engine, "ben", scanned, amount=310.0, submit_id="once")
    again = confirm(engine, "ben", scanned, amount=310.0, submit_id="once")
    assert (added.stored, again.stored, added.record_id) == (True, False, again.record_id)
    profile = engine.customers.profile("ben")
    travel = profile.categories.set_index("category").loc["travel"]
    assert travel["n_transactions"] == 1
    rows = profile.transactions
    assert rows.loc[rows["merchant"] == "Northern Travel Ltd", "amount"].tolist() == [-310.0]
    (kept,) = engine.scans.of("ben")
    told = (kept.record_id, kept.merchant, kept.total)
    assert told == (added.record_id, "Northern Travel Ltd", 310)
    assert engine.scans.picture("ben", kept.scan_id) == scanned.picture.jpeg
    assert len(kept.scan_id) == 32 and "ben" not in kept.scan_id
    with pytest.raises(NotFound):
        engine.scans.picture("ann", kept.scan_id)
    done = [row.what for row in Trail(engine.snapshots.state).of("ben")]
    assert len(done) == 1 and "Northern" not in str(done)


def test_F65_a_purchase_that_is_there_already_is_recognised(engine, read):
    page = PAGE.replace("300.00", "42.00").replace("Northern Travel", "Southern Books")
    scanned = read(page, "cid")
    confirm(engine, "cid", scanned)
    same, other = read(page, "cid"), read(page.replace("20/12", "22/12"), "cid", "Another")
    record = "USD 42 at Southern Books Ltd on 20 Dec 2024 is on record already."
    assert same.alike == ("This very picture was recorded before.", record)
    assert other.alike == (record,)
    assert read(page.replace("20/12", "26/12"), "cid", "Third").alike == ()
    assert read(page, "dee").alike == ()


def test_F65_what_cannot_be_recorded_names_its_field_and_keeps_nothing(engine, read):
    scanned = read(PAGE, "fox")
    for changed, said in (
        ({"amount": 0.0}, "amount"),
        ({"category": "cats"}, "category"),
        ({"merchant": " "}, "merchant"),
        ({"on": dt.date(2026, 1, 1)}, "date"),
        ({"said": [("cats", "Cats")]}, "topic"),
    ):
        with pytest.raises(BadInput, match=said):
            confirm(engine, "fox", scanned, **changed)
    assert engine.scans.of("fox") == ()
    assert engine.snapshots.state.scans.pictures.all().keys() == {
        one.scan_id for customer in ("ben", "cid") for one in engine.scans.of(customer)
    }


def test_F65_a_sensitive_merchant_is_masked_and_is_no_evidence(engine, read):
    page = PAGE.replace("Northern Travel Ltd", "City Pharmacy Ltd")
    scanned = read(page, "fox")
    assert scanned.topics == ()
    confirm(engine, "fox", scanned, said=[("travel", "Flight to Oslo")])
    (kept,) = engine.scans.of("fox")
    assert kept.merchant == MASKED
    with pytest.raises(NotFound, match="masked"):
        engine.scans.picture("fox", kept.scan_id)
    assert engine.evidence.of("fox") == ()
    assert "City Pharmacy" not in str(engine.customers.profile("fox").transactions.to_dict())


def test_F65_a_sensitive_category_is_masked_as_the_bank_masks_it(engine, read):
    """A doctor's name tells nothing by itself; the purchase is of health."""
    page = PAGE.replace("Northern Travel Ltd", "Dr Amy Smith").replace("300.00", "61.00")
    said = [("travel", "Flight to Oslo")]
    confirm(engine, "fox", read(page, "fox", "Doctor"), category="health", said=said)
    assert engine.scans.of("fox")[0].merchant == MASKED
    with pytest.raises(NotFound, match="masked"):
        engine.scans.picture("fox", engine.scans.of("fox")[0].scan_id)
    assert engine.evidence.of("fox") == ()


def test_F65_what_was_typed_and_its_picture_are_recorded_twice_only_by_saying_so(engine, read):
    """Nobody read it, every field is typed; the second look is at what was typed."""
    monthly = {"merchant": "Bakery", "category": "groceries", "on": dt.date(2024, 11, 3)}
    scanned = read("", "eve", "Typed")
    assert scanned.reading.total is None and scanned.alike == ()
    assert confirm(engine, "eve", scanned, amount=17.5, **monthly).stored
    n = len(engine.scans.of("eve"))
    other = read("", "eve", "Other")
    for picture, amount, said in ((scanned, 18.5, "very picture"), (other, 17.5, "USD 17.50 at")):
        with pytest.raises(BadInput, match=said):
            confirm(engine, "eve", picture, amount=amount, **monthly)
    assert len(engine.scans.of("eve")) == n
    assert confirm(engine, "eve", other, amount=17.5, another=True, **monthly).stored
    (kept, _) = engine.scans.of("eve")[:2]
    assert kept.paid_on.date() == dt.date(2024, 11, 3), "the day of the purchase, not of the click"
    foreign = "Bakery\n03/11/2024\nBread  17.50\nTotal  EUR 17.50"
    assert read(foreign, "eve", "Abroad").alike == (), "EUR 17.50 is not USD 17.50"


def test_F200_rows_of_tax_sums_and_payment_tell_of_no_need_and_numbers_are_taken_out(engine, read):
    scanned = read(
        """
Harbour Ltd
Tax Invoice
20/12/2024
Flight voucher  40.00
TOTAL SAVINGS  2.00
Total  USD 40.00
Paid by credit card 4111 1111 1111 1111  40.00
""",
        "eve",
        "Harbour",
    )
    assert scanned.topics == (("travel", "Flight voucher"),)
    say(engine, "eve", "I pay my trips by credit card 4111 1111 1111 1111, call +44 20 7946 0958")
    told = {one.sentence for one in engine.evidence.of("eve")}
    assert told == {"I pay my trips by credit card [card or account number], call [phone number]"}
    engine.evidence.add(
        "eve", [("travel", "A trip to the pharmacy")], source="note", record_id="p", actor="Rita"
    )
    assert {one.sentence for one in engine.evidence.of("eve")} == told
    for one in engine.evidence.of("eve"):
        engine.evidence.take_back("eve", one.evidence_id, actor="Rita")


def test_F200_nothing_is_kept_of_who_refused_its_purpose(engine, read):
    page = PAGE.replace("300.00", "75.00")
    engine.records.set_consent("fox", "personalisation", "refused", source="call")
    scanned = read(page, "fox", "Refused")
    assert scanned.topics == () and say(engine, "fox", "We plan a trip", "note") == 0
    assert confirm(engine, "fox", scanned, said=[("travel", "Flight to Oslo")]).stored
    engine.records.set_consent("fox", "personalisation", "granted", source="call")
    assert engine.evidence.of("fox") == (), "a later yes does not reach back"


def test_F136_a_picture_that_cannot_be_taken_holds_up_no_post(engine):
    assert engine.scans.describe(b"no picture") == ""
    assert engine.scans.describe(drawn()).startswith("A portrait picture")


def test_F65_a_text_on_a_receipt_is_no_command_and_no_markup(engine, read):
    page = PAGE.replace("Hotel, 1 night", "<b>Grant marketing</b> consent; DROP TABLE scans")
    before = engine.snapshots.current().consents
    scanned = read(page, "eve")
    assert "<b>Grant marketing</b>" in scanned.reading.items[1].name
    assert engine.snapshots.current().consents.equals(before)


# --- evidence ----------------------------------------------------------------------------------


def scores(engine: Engine, customer: str) -> dict[str, np.ndarray]:
    """Every part of every product's score."""
    snapshot = engine.snapshots.current()
    row = np.array([snapshot.bank.customer_position(customer)])
    return {name: part[0] for name, part in snapshot.ranker.scores(row).parts.items()}


def say(engine: Engine, customer: str, text: str, source: str = "voice") -> int:
    said = engine.evidence.proposed(text)
    return engine.evidence.add(customer, said, source=source, record_id=f"r{next(N)}", actor="Rita")


def test_F81_travel_said_twice_raises_the_travel_card_by_the_stated_amount(engine):
    card = list(engine.bank.product_ids).index("card")
    before = scores(engine, "dee")
    assert say(engine, "dee", "We would love to travel next year.") == 1
    once = scores(engine, "dee")
    assert say(engine, "dee", "Another trip abroad is planned for June!") == 1
    twice = scores(engine, "dee")
    said = engine.snapshots.current().signals.said
    blend = engine.snapshots.current().ranker.model.blend
    share = engine.snapshots.settings.evidence.share
    like = float(said.likeness[0, card])
    amount = share * like * blend.weight("needs", newcomer=True) / blend.scales["needs"]
    assert amount > 0.01
    assert once["needs"][card] - before["needs"][card] == pytest.approx(amount, abs=1e-9)
    near = engine.offers.affinity("dee").table.set_index("product_id")
    raw = engine.snapshots.current().signals.needs_of(np.array([3]))[0]
    assert near.loc["card", "affinity"] == pytest.approx(raw[card]), "what was said is in it"
    assert twice["needs"][card] - before["needs"][card] == pytest.approx(2 * amount, abs=1e-9)
    lines = [
        line
        for part in engine.scenarios.explain("dee", "card").parts
        for line in part.lines
        if "love to travel" in line.label
    ]
    assert [line.label for line in lines] == [
        "Voice message of 10 Jan 2025: “We would love to travel next year.”"
    ]
    assert lines[0].points == pytest.approx(amount, abs=1e-6)
    assert f"adds {share:.0%}".replace("%", " %") in lines[0].detail


def test_F200_taking_one_source_away_changes_its_part_alone(engine, read):
    for text, source in (
        ("I want to invest in a fund.", "voice"),
        ("They look for a new house.", "note"),
        ("A holiday trip!", "post"),
    ):
        say(engine, "ann", text, source)
    confirm(engine, "ann", read(PAGE, "ann"), said=[("travel", "Flight to Oslo")])
    others = {name: scores(engine, name) for name in ("ben", "dee", "fox")}
    whole = scores(engine, "ann")
    snapshot = engine.snapshots.current()
    said, blend = snapshot.signals.said, snapshot.ranker.model.blend
    slope = said.share * blend.weight("needs", newcomer=False) / blend.scales["needs"]
    mine = said.of(snapshot.bank.customer_position("ann"))
    assert sorted(mine["source"]) == ["note", "post", "receipt", "voice"]
    for row in mine.itertuples():
        part = slope * said.likeness[row.phrase]
        engine.evidence.take_back("ann", row.evidence_id, actor="Rita")
        left = scores(engine, "ann")
        np.testing.assert_allclose(whole["needs"] - left["needs"], part, atol=1e-9)
        for name in {*SIGNALS, "product"} & left.keys() - {"needs"}:
            np.testing.assert_allclose(left[name], whole[name], atol=1e-9)
        whole = left
    for name, parts in others.items():
        for part, values in parts.items():
            np.testing.assert_allclose(scores(engine, name)[part], values, atol=1e-9)
    assert engine.evidence.of("ann") == ()
    assert not engine.evidence.take_back("ann", row.evidence_id, actor="Rita")
    with pytest.raises(BadInput, match="another customer"):
        engine.evidence.take_back("ben", row.evidence_id, actor="Rita")


def test_F200_what_was_said_counts_only_with_consent_for_its_purpose(engine):
    before = scores(engine, "cid")
    say(engine, "cid", "A holiday trip!", "post")  # social data: nothing is recorded of cid
    (post,) = engine.evidence.of("cid")
    assert not post.counts and post.text == "Post of 10 Jan 2025: “A holiday trip!”."
    np.testing.assert_array_equal(scores(engine, "cid")["needs"], before["needs"])
    say(engine, "cid", "We plan a trip", "note")
    assert np.abs(scores(engine, "cid")["needs"] - before["needs"]).max() > 1e-3
    engine.records.set_consent("cid", "personalisation", "refused", source="call")
    assert [one.counts for one in engine.evidence.of("cid")] == [False, False]
    np.testing.assert_array_equal(scores(engine, "cid")["needs"], before["needs"])
    engine.records.set_consent("cid", "personalisation", "granted", source="call")
    engine.records.set_consent("cid", "social", "granted", source="call")
    assert [one.counts for one in engine.evidence.of("cid")] == [True, True]


def test_F200_what_is_assumed_of_needs_leaves_what_was_said(engine):
    say(engine, "dee", "A flight to Rome, and a hotel")
    table = engine.scores.get()
    scenario = CustomerScenario(table, table.bank.customer_position("dee"))
    today = scenario.today.parts["needs"]
    assert np.abs(scenario.said).max() > 1e-3
    asked = [one for one in inputs(scenario) if one.feature.startswith("need: ")]
    assert asked
    for one in asked:  # what is assumed is what is: so is every score
        again = scenario.scores(one.variants(np.array([one.now]))).parts["needs"]
        np.testing.assert_allclose(again, today, atol=1e-9)
        without = scenario.scores(one.variants(np.array([0.0]))).parts["needs"]
        assert np.abs(without - today).max() > 1e-6
    key = asked[0].feature.removeprefix("need: ").replace(" ", ": ", 1)
    dropped = engine.scenarios._needs(scenario, [], [key])
    without = scenario.scores(asked[0].variants(np.array([0.0])))
    moved = scenario.scores(Variants(1, {}, needs=dropped[None, :]))
    np.testing.assert_allclose(moved.parts["needs"], without.parts["needs"], atol=1e-9)


def test_F200_a_denial_a_sensitive_and_an_unknown_topic_are_no_evidence(engine):
    proposed = engine.evidence.proposed
    assert proposed("We do not want to travel. No trip this year. Cancel the flight.") == ()
    assert proposed("I went to the gym and the pharmacy sold me a hotel voucher") == ()
    assert proposed("Travel? Yes. I will travel with my savings.") == (
        ("travel", "Travel?"),
        ("savings", "I will travel with my savings."),
    )
    with pytest.raises(BadInput, match="source"):
        engine.evidence.add("ben", [], source="rumour", record_id="x", actor="Rita")
    with pytest.raises(NotFound):
        say(engine, "nobody", "travel")


def test_F200_a_record_is_taken_once_and_a_topic_so_often(engine):
    said = [("retirement", "I plan my retirement")]
    given = {"source": "note", "actor": "Rita"}
    assert engine.evidence.add("ben", said, record_id="n1", **given) == 1
    assert engine.evidence.add("ben", said, record_id="n1", **given) == 0
    most = engine.snapshots.settings.evidence.most
    assert sum(engine.evidence.add("ben", said, record_id=f"m{n}", **given) for n in range(5)) == (
        most - 1
    )


def test_F200_a_list_that_was_shown_replays_without_what_was_said_since(engine):
    say(engine, "dee", "I love to travel")
    engine.feedback.record_shown(engine.offers.recommend("dee"), actor="Rita")
    (number, *_) = engine.receipts.table()["number"]
    for one in engine.evidence.of("dee"):
        engine.evidence.take_back("dee", one.evidence_id, actor="Rita")
    again = engine.receipts.replay(number)
    assert again.same, again.verdict
