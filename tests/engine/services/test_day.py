"""A manager's day on the demo bank: who is called, in which order, why, and what came of it."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.agenda import told
from engine.agenda.calls import LIMIT, OBJECTS, OPTED_OUT, SPOKEN
from engine.agenda.timeline import _logged
from engine.errors import BadInput, NotFound
from engine.results import Campaign
from tests.conftest import DEMO
from tests.engine.agenda.call_oracle import CallOracle

MANAGER = "Rita Abbott"
SAID = {"leaves", "alerted", "worth", "settle_first", "likely", "cases_open", "unhappy"}


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 7, 1, 9)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def asked(trained_state: Path, clock: Clock) -> Engine:
    """For questions alone."""
    return Engine.open(DEMO, trained_state, now=clock)


@pytest.fixture(scope="module")
def own(trained_state: Path, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """For what is written; each test has customers of its own."""
    state = tmp_path_factory.mktemp("day") / "state"
    return Engine.open(DEMO, shutil.copytree(trained_state, state), now=clock)


def book(engine: Engine, manager: str | None = None):
    table = engine.scores.get()
    named = table.bank["customers"]["relationship_manager"]
    rows = table.snapshot.all_rows if manager is None else np.flatnonzero(named == manager)
    return table, *engine.days._book(table, rows)


def ids(engine: Engine, kind: str = "") -> list[str]:
    """Everybody who is called, in their order; of one kind only."""
    table, _, _, found = book(engine, MANAGER)
    kept = [place for place in found.order if kind in ("", found.kind[place])]
    return table.bank.customer_ids[found.rows[kept]].tolist()


def test_the_day_has_at_most_as_many_calls_as_the_setting_and_says_whose(asked):
    day = asked.days.today(MANAGER)
    assert len(day.calls) == asked.snapshot().settings.day.calls
    assert {call.manager for call in day.calls} == {MANAGER}
    assert day.n_customers == 184
    assert len(day.calls) + day.n_waiting + sum(day.left_out.values()) == day.n_customers
    assert day.sentence.startswith("5 calls today of 184 customers")
    everybody = asked.days.today()
    assert everybody.n_customers == 1000 and MANAGER in everybody.managers
    with pytest.raises(NotFound, match="no relationship manager 'Nobody'; choose one of"):
        asked.days.today("Nobody")


def test_the_score_is_the_sum_of_its_parts_and_the_order_is_by_score(asked):
    calls = asked.days.today(MANAGER, most=999).calls
    for call in calls:
        assert sum(part.points for part in call.parts) == pytest.approx(call.score, abs=1e-9)
    place = {customer: i for i, customer in enumerate(asked.snapshot().bank.customer_ids)}
    slow = sorted(
        calls, key=lambda c: (c.kind != "promise", -round(c.score, 12), place[c.customer_id])
    )
    assert [c.customer_id for c in slow] == [c.customer_id for c in calls]


def test_the_parts_are_the_factors_of_the_settings_and_the_middles_of_the_book(asked):
    table, _, _, found = book(asked, MANAGER)
    settings, value = table.settings.day, table.snapshot.profiles.table["value_a_year"]
    personal = table.snapshot.consents["personalisation_allowed"].to_numpy(dtype=bool)
    mine = value.to_numpy()[found.rows][personal[found.rows]]
    middle = np.median(mine[mine > 0])
    for call in asked.days.today(MANAGER, most=60).calls:
        for part in call.parts:
            if part.name in settings.urgency:
                assert np.exp(part.points) == pytest.approx(settings.urgency[part.name])
            if part.name == "value":
                times = np.clip(
                    max(call.value_a_year, 1e-9) / middle,
                    1 / settings.value_times,
                    settings.value_times,
                )
                assert np.exp(part.points) == pytest.approx(times)


def test_every_claim_of_every_call_is_true_by_the_tables(asked):
    oracle, said = CallOracle(asked), []
    for manager in asked.days.managers():
        table, pressing, agreed, found = book(asked, manager)
        for place in found.order[: table.settings.day.calls]:
            customer = str(table.bank.customer_ids[found.rows[place]])
            claims = told.line_claims(table, found, int(place), pressing, agreed)
            said += [(customer, claim) for claim in claims]
    false = [f"{c}: {claim.text}: {w}" for c, claim in said if (w := oracle.wrong(c, claim))]
    assert false == []
    assert {claim.kind for _, claim in said} >= SAID
    for kind in ("worth", "leaves", "likely", "settle_first"):
        customer, claim = next(one for one in said if one[1].kind == kind)
        name = {"worth": "amount", "leaves": "index", "likely": "share", "settle_first": "on"}[kind]
        lie = claim.figures[name] + (pd.Timedelta(days=1) if name == "on" else 1)
        assert oracle.wrong(customer, claim.but(**{name: lie})) != ""


def test_the_line_says_what_presses_the_value_what_to_settle_and_the_offer_in_this_order(asked):
    call = next(c for c in asked.days.today(MANAGER).calls if c.kind == "case" and c.product)
    order = ["unresolved case", "worth about USD", "settle the case of", f"then {call.product}, "]
    places = [call.line.index(text) for text in order]
    assert places == sorted(places)
    assert call.line.endswith(" in 100")
    assert call.avoid[0].startswith("No offer before the case of")


def test_nobody_who_objects_is_called_for_an_offer(asked):
    consents = asked.snapshot().consents.set_axis(asked.snapshot().bank.customer_ids)
    day = asked.days.today(MANAGER, most=999)
    for call in day.calls:
        if not consents.at[call.customer_id, "marketing_allowed"]:
            assert call.kind in ("case", "support") and call.product is None
            assert {"services", "opted"} & set(" ".join(call.avoid).split())
        if not consents.at[call.customer_id, "personalisation_allowed"]:
            assert call.kind in ("case", "support") and call.value_a_year is None
            assert {p.name for p in call.parts} <= {"case", "repeated", "unhappy", "support"}
    kinds = {call.kind for call in day.calls}
    assert {"case", "offer"} <= kinds
    assert day.left_out[OBJECTS] > 0 and day.left_out[OPTED_OUT] > 0


def test_an_objection_holds_at_once(own):
    customer = ids(own, "offer")[0]
    own.records.set_consent(customer, "marketing", "refused", source="call")
    assert customer not in ids(own)
    card = own.days.card(customer)
    assert (card.kind, card.product) == ("", None)
    assert card.line == "Not called today: objects to marketing"


def test_every_offer_is_one_that_may_be_made_and_the_first_of_the_list(asked):
    overview = asked.customers.table().set_index("customer_id")
    for call in asked.days.today(MANAGER, most=60).calls:
        if call.product is None:
            continue
        assert call.product == overview.at[call.customer_id, "next_offer"]
        assert call.confidence == overview.at[call.customer_id, "next_offer_confidence"]


def test_done_and_snoozed_customers_leave_until_their_day_and_undo_brings_them_back(own, clock):
    first, second, third, *_ = ids(own)
    own.days.done(first, contact_id="d1", actor="Rita")
    own.days.snooze(second, contact_id="d2", actor="Rita", until=dt.date(2026, 7, 3))
    left = ids(own)
    assert left[0] == third and not {first, second} & set(left)
    assert own.days.today(MANAGER).left_out["Done"] == 1
    assert not own.days.done(first, contact_id="d1", actor="Rita"), "a second click"
    clock.now += dt.timedelta(days=2)
    assert ids(own)[0] == second
    clock.now -= dt.timedelta(days=2)
    assert own.days.take_back("d1", actor="Rita") and own.days.take_back("d2", actor="Rita")
    assert ids(own)[:3] == [first, second, third]


def test_what_is_promised_for_today_comes_first_and_is_named(own, clock):
    last = ids(own)[-1]
    own.days.log(
        last, contact_id="p1", outcome="reached", actor="Rita", note="wants the rates",
        follow_up=dt.date(2026, 7, 6),
    )  # fmt: skip
    assert last not in ids(own)
    card = own.days.card(last)
    assert [p.note for p in card.follow_ups] == ["wants the rates"]
    listed = own.customers.table().set_index("customer_id")["last_contact"]
    assert listed[last] == pd.Timestamp(clock.now), "the list knows of the call"
    assert (listed.drop(last) < pd.Timestamp(clock.now)).sum() > 800
    assert card.last_note == "wants the rates"
    clock.now = dt.datetime(2026, 7, 6, 8)
    day = own.days.today(MANAGER)
    assert day.calls[0].customer_id == last and day.calls[0].kind == "promise"
    assert day.calls[0].line.startswith("Promised for 6 Jul 2026 (wants the rates)")
    assert "1 of them promised" in day.sentence
    assert len(own.days.today(MANAGER, most=1).calls) == 1
    own.days.done(last, contact_id="p2", actor="Rita")
    assert last not in ids(own)
    clock.now = dt.datetime(2026, 7, 1, 9)


def test_a_call_for_an_offer_waits_for_the_quiet_period_and_the_contact_limit(own, clock):
    customer = ids(own, "offer")[5]
    limits = own.snapshot().settings.day
    for n in range(limits.contact_limit):
        own.days.log(customer, contact_id=f"q{n}", outcome="reached", actor="Rita")
    assert own.days.today(MANAGER).left_out[SPOKEN] >= 1
    assert customer not in ids(own)
    clock.now += dt.timedelta(days=limits.quiet_days + 1)
    assert own.days.card(customer).line == f"Not called today: {LIMIT.lower()}"
    clock.now += dt.timedelta(days=limits.contact_days)
    assert customer in ids(own)
    clock.now = dt.datetime(2026, 7, 1, 9)


def test_who_was_not_reached_comes_back_the_next_day(own, clock):
    first = ids(own)[0]
    own.days.log(first, contact_id="n1", outcome="not reached", actor="Rita")
    assert first not in ids(own)
    clock.now += dt.timedelta(days=1)
    assert ids(own)[0] == first
    clock.now -= dt.timedelta(days=1)
    own.days.take_back("n1", actor="Rita")


def test_a_case_that_came_after_the_call_is_called_about_all_the_same(own, clock):
    customer = ids(own, "case")[0]
    own.days.log(customer, contact_id="c1", outcome="reached", actor="Rita")
    assert customer not in ids(own), "the case was spoken of"
    clock.now += dt.timedelta(days=1)
    own.records.add_ticket(
        customer, text="Still charged twice!", submit_id="t1", actor="Rita",
        on=clock.now.date(),
    )  # fmt: skip
    assert customer in ids(own, "case")
    clock.now -= dt.timedelta(days=1)


def test_a_group_that_was_spoken_of_is_not_offered_again(own, clock):
    customer = ids(own, "offer")[9]
    before = own.days.card(customer).product_id
    products = own.snapshot().bank["products"].set_index("product_id")["category"]
    own.days.log(
        customer, contact_id="g1", outcome="reached", actor="Rita", product_id=before,
    )  # fmt: skip
    clock.now += dt.timedelta(days=own.snapshot().settings.day.quiet_days + 1)
    after = own.days.card(customer).product_id
    assert after is None or products[after] != products[before]
    clock.now = dt.datetime(2026, 7, 1, 9)


def test_a_note_is_kept_and_read_by_nothing(own):
    customer = ids(own)[20]
    snapshot, before = own.snapshot(), own.offers.recommend(customer)
    mood = own.customers.profile(customer).mood
    note = "Terrible, angry complaint: closes the account"
    own.days.log(customer, contact_id="s1", outcome="not reached", actor="Rita", note=note)
    assert own.snapshot() is snapshot
    assert own.offers.recommend(customer).offers == before.offers
    assert own.customers.profile(customer).mood == mood
    stream = own.days.timeline(customer)
    assert note in set(stream["detail"])


def test_what_cannot_be_stored_is_named(own):
    who = {"contact_id": "w1", "actor": "Rita"}
    customer = ids(own)[0]
    with pytest.raises(BadInput, match="outcome 'sold'"):
        own.days.log(customer, outcome="sold", **who)
    with pytest.raises(BadInput, match="expected one from 2 Jul 2026"):
        own.days.snooze(customer, until=dt.date(2026, 7, 1), **who)
    with pytest.raises(BadInput, match="at most 2,000"):
        own.days.log(customer, outcome="reached", note="x" * 2001, **who)
    with pytest.raises(NotFound):
        own.days.done("nobody", **who)
    with pytest.raises(NotFound):
        own.days.log(customer, outcome="reached", product_id="nothing", **who)
    assert "w1" not in set(own.snapshots.state.contacts.read()["contact_id"])


def test_the_card_has_three_points_for_the_customers_ears(asked):
    calls = asked.days.today(MANAGER, most=60).calls
    call = next(c for c in calls if c.product and c.kind == "offer")
    card = asked.days.card(call.customer_id)
    assert (card.line, card.product, card.parts) == (call.line, call.product, call.parts)
    assert (card.kind, card.topic) == ("offer", call.product)
    assert 1 <= len(card.talking_points) <= 3
    assert not [text for text in card.talking_points if "Churn index" in text]
    with pytest.raises(NotFound):
        asked.days.card("nobody")


def test_the_card_of_a_case_talks_of_the_case_and_not_of_the_offer(asked):
    call = next(c for c in asked.days.today(MANAGER).calls if c.kind == "case" and c.product)
    card = asked.days.card(call.customer_id)
    on = call.avoid[0].removeprefix("No offer before ").removesuffix(" is settled")
    assert (card.kind, card.topic) == ("case", on)
    texts = asked.snapshot().bank["messages"].set_index("customer_id")["text"]
    quoted = card.talking_points[0].strip("“”").removesuffix("…")
    assert any(text.startswith(quoted) for text in texts.loc[[call.customer_id]])
    assert not [text for text in card.talking_points if call.product in text]


def test_every_list_counts_a_call_recorded_here_as_the_last_contact(own, clock):
    table = own.prospects.of("P01", top=3).table
    customer = table["customer_id"].iloc[0]
    own.days.log(customer, contact_id="pr1", outcome="reached", actor="Rita")
    today = pd.Timestamp(clock.now)
    for listed in (
        own.prospects.of("P01", top=3).table,
        own.customers.table(search=customer),
        own.campaigns.plan(Campaign("x", products=("P01",), no_contact=0, hold_out=0)).table,
    ):
        mine = listed.set_index("customer_id")["last_contact"]
        if customer in mine.index:
            assert mine[customer] == today
    assert own.days.card(customer).last_contact == today


def test_the_timeline_is_one_stream_newest_first(asked):
    bank = asked.snapshot().bank
    spoken = set(bank["contacts"]["customer_id"]) & set(bank["events"]["customer_id"])
    customer = sorted(spoken & set(bank["messages"]["customer_id"]))[0]
    stream = asked.days.timeline(customer)
    assert stream["at"].is_monotonic_decreasing
    assert set(stream["kind"]) >= {"contact", "message", "money"}
    assert set(stream["kind"]) & {"offer", "decision"}
    most = asked.snapshot().settings.day.large_amounts
    assert (stream["kind"] == "money").sum() <= most
    paid = bank.rows("transactions").whole()
    paid = paid[paid["customer_id"] == customer]["amount"].abs()
    assert f"USD {paid.max():,.0f}" in stream.loc[stream["kind"] == "money", "what"].str.cat()


def test_posts_stay_out_of_the_timeline_without_consent(asked):
    snapshot = asked.snapshot()
    posts = snapshot.bank["messages"]
    silent = snapshot.bank.customer_ids[~snapshot.consents["social_allowed"].to_numpy(dtype=bool)]
    mine = posts[(posts["kind"] == "post") & posts["customer_id"].isin(silent)]
    customer = mine["customer_id"].iloc[0]
    stream = asked.days.timeline(customer)
    assert not stream["what"].str.startswith("Post").any()


def test_a_bank_that_names_no_manager_and_knows_little_says_so(small_bank, tmp_path, clock):
    customers = small_bank["customers"].assign(relationship_manager=None)
    bank = small_bank.with_tables(
        customers=customers, messages=small_bank["messages"].iloc[:0],
        months=small_bank["months"].iloc[:0], accounts=small_bank["accounts"].iloc[:0],
        transactions=small_bank["transactions"].iloc[:0],
    )  # fmt: skip
    bank.save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state", now=clock)
    engine.models.warm_up()
    day = engine.days.today()
    said = " ".join(day.notes)
    assert day.managers == () and "everybody is one book" in said
    assert "no messages" in said
    assert "name no contacts" in said
    assert all(sum(p.points for p in c.parts) == pytest.approx(c.score) for c in day.calls)
    with pytest.raises(NotFound, match="this bank names none"):
        engine.days.today("Rita")


def test_talking_points_are_for_the_customers_ears(asked):
    table, _, _, found = book(asked)
    for place in found.order[:40]:
        row, product = int(found.rows[place]), int(found.offers.products[place])
        for point in told.offer_points(table, row, product) if product >= 0 else ():
            assert "No strong reason" not in point and not point.startswith("Against it")


def test_a_value_that_counts_for_less_than_it_is_says_so(asked):
    times = asked.snapshot().settings.day.value_times
    calls = asked.days.today(most=200).calls
    parts = [part for call in calls for part in call.parts if part.name == "value"]
    capped = [part for part in parts if np.isclose(np.exp(part.points), times)]
    assert capped and all(f"counts as {times:g} times, the most" in p.detail for p in capped)
    assert all("counts as" not in part.detail for part in parts if abs(part.points) < 1)


def test_what_an_import_keeps_of_an_event_is_told_in_words():
    kept = '{"product_name": "Trading Platform", "clicked": true, "selected": false}'
    assert _logged(kept) == ("Trading Platform", "clicked")
    assert _logged("too dear") == (None, "too dear")
    assert _logged("{not json") == (None, "{not json")
    assert _logged(pd.NA) == (None, "")


def test_F146_who_needs_help_is_called_about_it_whatever_they_allow_and_is_sold_nothing(asked):
    snapshot = asked.snapshot()
    holds = snapshot.rulebook.hardship.holds
    needs = holds["arrears"] | holds["distress"]
    _, _, _, found = book(asked, MANAGER)
    called = [p for p in found.order if found.kind[p] == "support"]
    assert len(called) > 5
    sells = snapshot.consents["marketing_allowed"].to_numpy(dtype=bool)[found.rows]
    assert not sells[called].all(), "an objection takes no help away"
    for place in called:
        assert needs[found.rows[place]] and found.offers.products[place] == -1
    call = next(c for c in asked.days.today(MANAGER, most=999).calls if c.kind == "support")
    assert "call about a payment plan: " in call.line.lower() and call.product is None
    assert "worth about" not in call.line, "help is called for, not what a customer brings"
    assert any(text.startswith("No credit is offered now: ") for text in call.avoid)
    card = asked.days.card(call.customer_id)
    assert card.topic == "a payment plan" and card.talking_points
