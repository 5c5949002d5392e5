"""Consents, edits and added records beside a base that stays as it was imported."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from engine import settings as _settings
from engine.bank import edits, record_forms
from engine.bank.added_rows import was_added
from engine.bank.consents import effective_consents
from engine.bank.tables import coerce, concat
from engine.errors import BadInput, NotFound
from engine.snapshot.laid_over import laid_over, said_of_consents
from engine.snapshot.snapshot import Snapshots
from engine.state.state import State
from engine.vocabulary import PRODUCT_SCORES
from tests.engine.state.changed import refuse

NOON = datetime(2024, 12, 31, 12)


@pytest.fixture
def state(tmp_path, small_bank):
    return State(tmp_path, small_bank.bank_id)


def edit(state, table, row_id, column, value):
    rows = edits.rows(table, row_id, {column: value}, now=NOON, actor="Ana")
    state.edits.append(rows)


def allowed(state, bank, purpose):
    frame = effective_consents(laid_over(bank, state), _settings.default())
    return bank.customer_ids[frame[f"{purpose}_allowed"]].tolist()


def test_an_untouched_state_gives_the_same_bank_and_writes_nothing(state, small_bank, tmp_path):
    assert laid_over(small_bank, state) is small_bank
    assert list(tmp_path.iterdir()) == []


def test_an_objection_wins_over_the_base_even_if_the_clock_says_it_is_older(state, small_bank):
    assert "ann" in allowed(state, small_bank, "personalisation")
    refuse(state, "ann", "personalisation")
    assert "ann" not in allowed(state, small_bank, "personalisation")
    assert allowed(state, small_bank, "social") == ["ann"], "other purposes stay"


def newer(bank, status, day):
    """The bank with what a file said of eve's marketing."""
    row = {"customer_id": "eve", "purpose": "marketing", "status": status, "source": "file"}
    row["recorded_at"] = pd.Timestamp(day)
    return bank.with_checked(
        consents=concat("consents", [bank["consents"], coerce("consents", pd.DataFrame([row]))])
    )


@pytest.mark.parametrize(
    ("status", "day", "stands"),
    [
        ("refused", "2025-01-15", False),
        ("refused", "2024-12-31", False),  # a day without a time is the whole of it
        ("refused", "2024-12-31 11:00", True),
        ("refused", "2024-12-30", True),
        ("granted", "2025-01-15", True),
    ],
)
def test_an_objection_of_newer_files_holds_against_an_older_consent_recorded_here(
    state, small_bank, status, day, stands
):
    state.consents.record("eve", "marketing", "granted", now=NOON, source="page")
    bank = newer(small_bank, status, day)
    assert ("eve" in allowed(state, bank, "marketing")) == stands
    said = said_of_consents(bank, state)
    assert [text.split(":")[0] for text in said] == (
        [] if stands else ["1 objection of the files against an older consent recorded here"]
    )
    state.consents.record(
        "eve", "marketing", "granted", now=NOON + timedelta(days=60), source="page"
    )
    assert "eve" in allowed(state, bank, "marketing"), "said later, it lifts the objection"


def test_an_objection_recorded_here_holds_against_a_newer_consent_of_the_files(state, small_bank):
    refuse(state, "eve", "marketing")
    bank = newer(small_bank, "granted", "2030-01-01")
    assert "eve" not in allowed(state, bank, "marketing")
    assert said_of_consents(bank, state) == [
        "1 objection recorded here against a consent of the files: the objection holds."
    ]


def test_a_customer_may_change_their_mind(state, small_bank):
    state.consents.record("dee", "marketing", "granted", now=NOON, source="page")
    assert "dee" in allowed(state, small_bank, "marketing")
    refuse(state, "dee")
    assert "dee" not in allowed(state, small_bank, "marketing")


def test_the_base_is_never_written(state, small_bank):
    before = small_bank.fingerprint
    refuse(state, "ann")
    edit(state, "customers", "ann", "relationship_manager", "Raj")
    changed = laid_over(small_bank, state)
    assert small_bank["customers"].loc[0, "relationship_manager"] == "Rita"
    assert len(small_bank["consents"]) == 3
    assert changed.fingerprint != before
    assert changed.bank_id == small_bank.bank_id


def test_the_last_edit_of_a_cell_stands(state, small_bank):
    for manager in ("Raj", "Zoe", None):
        edit(state, "customers", "ann", "relationship_manager", manager)
    edit(state, "customers", "eve", "relationship_manager", "Zoe")
    edit(state, "customers", "nobody", "relationship_manager", "Zoe")
    managers = laid_over(small_bank, state)["customers"]["relationship_manager"]
    assert managers.isna().tolist() == [True, False, False, False, False, False]
    assert managers[4] == "Zoe"
    assert len(state.edits.read()) == 5


def test_product_scores_are_the_banks_own_once_all_five_were_edited(state, small_bank):
    estimated = small_bank.with_tables(
        products=small_bank["products"].assign(scores_estimated=True)
    )
    for score in PRODUCT_SCORES[:4]:
        edit(state, "products", "card", score, 7)
    assert laid_over(estimated, state)["products"]["scores_estimated"].all()
    edit(state, "products", "card", PRODUCT_SCORES[4], 7.5)
    edit(state, "products", "save", "sensitive", True)
    products = laid_over(estimated, state)["products"]
    assert products.loc[0, list(PRODUCT_SCORES)].tolist() == [7, 7, 7, 7, 7.5]
    assert products["scores_estimated"].tolist() == [False, True, True, True, True]
    assert products["sensitive"].tolist() == [True, False, False, True, True]
    assert products.dtypes.equals(estimated["products"].dtypes)


@pytest.mark.parametrize(
    ("table", "column", "value", "problem"),
    [
        ("customers", "gender", "x", "relationship_manager"),
        ("holdings", "product_id", "x", "customers, products"),
        ("products", "risk_customer", 11, "0-10"),
        ("products", "risk_customer", "high", "expected a number"),
    ],
)
def test_an_edit_that_is_not_allowed_is_refused(state, table, column, value, problem):
    with pytest.raises(BadInput, match=problem):
        edit(state, table, "card", column, value)


def test_a_state_can_be_read_as_it_was(state, small_bank, tmp_path):
    refuse(state, "ann")
    edit(state, "customers", "ann", "relationship_manager", "Raj")
    until = {"consents": state.consents.known_rows, **state.known_rows}
    state.consents.record("ann", "marketing", "granted", now=NOON, source="page")
    edit(state, "customers", "ann", "relationship_manager", "Rita")
    then = laid_over(small_bank, State(tmp_path, small_bank.bank_id, until=until))
    assert then["customers"]["relationship_manager"].iloc[0] == "Raj"
    marketing = then["consents"].query("purpose == 'marketing' and customer_id == 'ann'")
    assert marketing["status"].tolist() == ["refused"]


def test_where_the_file_cannot_be_read_nobody_is_offered_anything(state, small_bank):
    refuse(state, "ann")
    state.store.close()
    state.store.path.write_bytes(b"nonsense" * 1000)
    for purpose in ("personalisation", "marketing", "social"):
        assert allowed(state, small_bank, purpose) == []


# --- added records


def ticket(customer_id="ben", **fields):
    given = {"text": "Nobody helps me.", "now": NOON, **fields}
    return record_forms.ticket(customer_id, **given)


def purchase(customer_id="ann", **fields):
    known = {"amount": 12.5, "category": "dining", "merchant": "Cafe", "currency": "USD"}
    return record_forms.purchase(customer_id, now=NOON, **{**known, **fields})


def post(customer_id="ann", **fields):
    known = {"platform": "X", "text": "Off to Lisbon!"}
    return record_forms.post(customer_id, now=NOON, **{**known, **fields})


def add(snapshots, kind, row, submit_id):
    return snapshots.add_record(kind, row, submit_id=submit_id, now=NOON, actor="Rita")


def test_F23_imported_ids_count_when_the_next_number_is_chosen(small_bank, tmp_path):
    bank = small_bank.with_tables(
        transactions=small_bank["transactions"].assign(
            transaction_id=["TXN_9", "TXN_66", "t3", "XTXN_99", "TXN_7b", "TXN_8"]
        )
    )
    snapshots = Snapshots(bank, tmp_path)
    found = [add(snapshots, "purchase", purchase(), f"s{i}").record_id for i in range(3)]
    assert found == ["TXN_67", "TXN_68", "TXN_69"]
    assert add(snapshots, "ticket", ticket(), "t").record_id == "SPRT_1"
    assert add(snapshots, "post", post(), "p").record_id == "POST_1"


def test_F23_an_unknown_customer_is_refused_and_nothing_is_written(small_bank, tmp_path):
    snapshots = Snapshots(small_bank, tmp_path)
    with pytest.raises(NotFound):
        add(snapshots, "ticket", ticket("nobody"), "s1")
    with pytest.raises(BadInput, match="submit_id"):
        add(snapshots, "ticket", ticket(), " ")
    assert list(tmp_path.iterdir()) == []


def test_F34_F35_F36_added_rows_are_rows_of_the_bank(tmp_path, small_bank):
    snapshots = Snapshots(small_bank, tmp_path)
    state = snapshots.state
    before = state.revision
    yesterday = (NOON - timedelta(days=1)).date()
    paid = purchase(amount=99.999, channel="online", payment_method="cash", on=yesterday)
    add(snapshots, "purchase", paid, "s1")
    asked = ticket(topics=["fees", "card", "fees"], repeated=True)
    add(snapshots, "ticket", asked, "s2")
    script = "<script>alert('x')</script>\nsecond line, with \"quotes\""
    add(snapshots, "post", post(text=script), "s3")
    assert state.revision != before
    bank = laid_over(small_bank, state)
    bought = bank["transactions"].iloc[-1]
    assert (bought["amount"], bought["currency"], bought["channel"]) == (-100.0, "USD", "online")
    assert bought["booked_at"] == pd.Timestamp(yesterday)
    said = bank["messages"].set_index("message_id")
    assert said.loc["SPRT_1", "topics"] == "fees; card"
    assert bool(said.loc["SPRT_1", "repeated"]) and not bool(said.loc["SPRT_1", "resolved"])
    assert said.loc["POST_1", "text"] == script
    assert pd.isna(said.loc["POST_1", "resolved"]) and pd.isna(said.loc["POST_1", "sentiment"])
    assert was_added(bank["messages"]["attributes"]).sum() == 2
    assert len(small_bank["messages"]) == 4
    assert bank.bank_id == small_bank.bank_id
    assert state.damage().empty


def test_rows_stand_in_the_order_of_their_content_not_of_their_adding(tmp_path, small_bank):
    rows = [purchase(amount=a, on=date(2024, 12, d)) for a, d in ((3, 1), (1, 2), (2, 1))]
    tables = []
    for name, order in (("a", (0, 1, 2)), ("b", (2, 1, 0))):
        snapshots = Snapshots(small_bank, tmp_path / name)
        for i in order:
            add(snapshots, "purchase", rows[i], f"s{i}")
        found = laid_over(small_bank, snapshots.state)["transactions"]
        tables.append(found.drop(columns="transaction_id"))
    pd.testing.assert_frame_equal(*tables)


def test_a_reset_takes_added_records_along_and_numbers_start_again(tmp_path, small_bank):
    snapshots = Snapshots(small_bank, tmp_path)
    add(snapshots, "ticket", ticket(), "s1")
    snapshots.state.reset()
    assert laid_over(small_bank, snapshots.state) is small_bank
    assert add(snapshots, "ticket", ticket(), "s1").record_id == "SPRT_1"
