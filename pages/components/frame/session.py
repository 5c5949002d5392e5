"""The one cached engine of each bank, what a session remembers, and the submit functions."""

import gc
import logging
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from engine import Engine
from engine.errors import EngineError, NotFound
from engine.results import Added, FairnessReport, Offer, Recommendation
from pages.components.frame import access
from pages.components.frame.places import ROOT, state_folder

DEMO = ROOT / "data" / "demo"
HIDDEN = "hidden"
"""Rule that leaves out what was decided."""
SAME_CLICK = 0.6
"""Seconds after a stored decision in which another click counts as the same (own choice: a
double click is at most .5 s on every desktop, and by then the next card stands in its place)."""
_n_resets = 0
"""How often the demonstration was started over since this process began."""
STAYS = 100_000
"""New objects between two looks for garbage while the first bank is opened; usually 700."""

logger = logging.getLogger("attune")


# --- banks and their engines -------------------------------------------------------------------


def banks() -> pd.DataFrame:
    """Banks that can be opened, one row each, the one to open first on top (ATTUNE_DATA)."""
    return Engine.banks.available(state_folder(), _folders())


def may_be_removed(bank: str | None) -> bool:
    """Is a bank one that was brought in here, and not the one that is served first?

    Nobody may take one away whose role does not open that.
    """
    if not access.may("banks.remove"):
        return False
    own = Engine.banks.own(state_folder()).set_index("bank_id")["path"]
    served = {Path(folder).resolve() for folder in _folders()}
    return bank in own.index and Path(own[bank]).resolve() not in served


def remove_bank(bank: str, typed: str) -> None:
    """Take a bank away, and open another one."""
    if not may_be_removed(bank):
        return
    served = _folders()
    if submit(lambda: Engine.banks.remove(state_folder(), bank, typed, served), "Removed"):
        opened.clear()
        st.session_state.pop("bank", None)
        st.query_params.pop("bank", None)
        choose(None)
        _forget_customer()


def unreadable() -> pd.DataFrame:
    """Banks that are there and cannot be opened: path, problem."""
    return Engine.banks.unreadable(state_folder(), _folders())


def _folders() -> list[Path | str]:
    first = os.environ.get("ATTUNE_DATA")
    return [*([first] if first else []), DEMO]


@st.cache_resource(show_spinner=False, max_entries=4)
def opened(path: str, state: str, edition: int) -> Engine:  # noqa: ARG001, tells two openings apart
    """Open an edition of a bank once for all sessions, with a version ready to serve."""
    engine = Engine.open(path, state)
    engine.models.warm_up()
    return engine


def try_demo() -> None:
    """Make the demo bank, where it did not come along, and open it."""
    st.session_state["open_bank"] = Engine.banks.make_demo(state_folder())


def warm_up() -> None:
    """Open the first bank before anybody asks; a page repeats whatever fails, and shows it.

    What is loaded meanwhile stays: to look through it for garbage took a seventh of the imports.
    """
    usual = gc.get_threshold()
    gc.set_threshold(STAYS, *usual[1:])
    try:
        available = banks()
        if len(available):
            first = available.iloc[0]
            engine = opened(str(first["path"]), str(state_folder()), int(first["edition"]))
            engine.search.warm_up()
            engine.segments.warm_up()
    except EngineError as error:
        logger.warning("warm-up: %s", type(error).__name__)
    finally:
        gc.set_threshold(*usual)
        gc.freeze()


def choose_bank(ids: list[str]) -> None:
    """Settle which bank is open: the one just made, else the address, else the last one.

    The address holds the bank's id, which a widget bound to it would not: that writes the name.
    """
    asked = st.session_state.pop("open_bank", None) or st.query_params.get("bank")
    known = st.session_state.get("bank")
    chosen = next((bank for bank in (asked, known) if bank in ids), ids[0])
    if asked is not None and asked not in ids:
        st.session_state["unknown_bank"] = (asked, None)
        st.query_params.pop("bank", None)
    if known is not None and chosen != known:
        _forget_customer()
    st.session_state["bank"] = chosen
    if len(ids) > 1:
        st.query_params["bank"] = chosen


def unknown_bank(page: str) -> str | None:
    """The bank that the address named and that is not here; until another page is opened."""
    asked, said_on = st.session_state.get("unknown_bank", (None, None))
    if asked is None or said_on not in (None, page):
        st.session_state.pop("unknown_bank", None)
        return None
    st.session_state["unknown_bank"] = (asked, page)
    return asked


def bank_id() -> str | None:
    """The chosen bank; the chooser in the sidebar owns it."""
    return st.session_state.get("bank")


def engine() -> Engine:
    """The engine of the chosen bank, for who may see the page that is open: what is asked of it is
    kept to what that person may see and do."""
    person = access.still()
    whole = _whole()
    return whole.seen_by(person) if access.signs_in() else whole


def note_names() -> None:
    """Note whether the open bank lets analysts see names: pages about one customer open by it."""
    if access.signs_in() and access.require().role == "analyst":
        st.session_state[access.NAMES_SEEN] = _whole().analysts_see_names


def may(action: str) -> bool:
    """May the person ask for "service.method"?"""
    return engine().may(action)


def _whole() -> Engine:
    available = banks().set_index("bank_id")
    chosen = bank_id()
    if chosen not in available.index:
        raise NotFound("No bank is open. Choose one in the sidebar or import one on the Data page.")
    row = available.loc[chosen]
    return opened(str(row["path"]), str(state_folder()), int(row["edition"]))


# --- the chosen customer ------------------------------------


def customer_id() -> str | None:
    """The chosen customer, as `settle_customer` settled it for this run of the script."""
    return st.session_state.get("customer")


def settle_customer(page: str) -> None:
    """Settle who is chosen, once a run of the script.

    A menu leads to an address without a customer, who stays chosen. The same page without the one
    that it had in its address is where the browser's Back leads: nobody is chosen there.
    """
    asked = st.query_params.get("customer")
    before = st.session_state.get("addressed")
    chosen = asked or st.session_state.get("customer")
    if not asked and before == (page, chosen):
        chosen = None
    choose(chosen)
    st.session_state["addressed"] = (page, chosen)


def unknown_customer() -> str | None:
    """Who is chosen though the open bank has nobody of that number; nobody is chosen then."""
    asked = customer_id()
    if asked is None or (
        may("customers.table") and asked in set(engine().customers.table(search="")["customer_id"])
    ):
        return None
    choose(None)
    return asked


def choose(customer: str | None) -> None:
    """Choose a customer for every page, or none."""
    st.session_state["customer"] = customer
    if customer is None:
        st.query_params.pop("customer", None)
    elif st.query_params.get("customer") != customer:
        st.query_params["customer"] = customer


def on_bank_change() -> None:
    """Another bank was chosen in the sidebar: its customers are not those of the last one."""
    st.session_state.pop("unknown_bank", None)
    st.query_params["bank"] = st.session_state["bank"]
    st.query_params.pop("customer", None)
    _forget_customer()


def start_over() -> None:
    """Forget whoever was chosen, and have every session note anew what it shows."""
    global _n_resets
    _n_resets += 1
    st.session_state.pop("demo", None)
    choose(None)
    _forget_customer()


def _forget_customer() -> None:
    for name in ("customer", "last_decision"):
        st.session_state.pop(name, None)


# --- submitting --------------------------------------------------------------------------------


def event_id(*what: str) -> str:
    """The id under which this will be stored: one until it is, so that a repeat is no second event.

    A reload starts a new session; by then what was sent is stored, its button is gone, and
    the browser sends no click again.
    """
    ids: dict[tuple[str | None, ...], str] = st.session_state.setdefault("event_ids", {})
    return ids.setdefault((bank_id(), *what), str(uuid.uuid4()))


def used(event: str) -> None:
    """What was sent under this id is stored; what is sent next gets another."""
    ids = st.session_state.get("event_ids", {})
    st.session_state["event_ids"] = {what: known for what, known in ids.items() if known != event}


def submit(doing: Callable[[], Any], done: str = "") -> bool:
    """Run a change; say that it is done, or what went wrong, on the next drawing of the page."""
    try:
        doing()
    except EngineError as error:
        st.session_state["flash"] = ("error", str(error))
        return False
    if done:
        st.session_state["flash"] = ("done", done)
    return True


def _record(event: str, customer: str, product: str, action: str, **what: Any) -> None:
    engine().feedback.record(
        event_id=event,
        customer_id=customer,
        product_id=product,
        action=action,
        actor=access.require().actor,
        **what,
    )


def decide(
    event: str,
    customer: str,
    offer: Offer,
    action: str,
    receipt: str,
    seen: str,
    reason: str = "",
    comment: str = "",
) -> None:
    """Store what became of an offer, once; not over an answer that the page did not show.

    `seen` is the id of the last answer that it did show, "" where there was none.
    """
    if time.monotonic() - st.session_state.get("decided_at", float("-inf")) < SAME_CLICK:
        return
    if why := _decided_elsewhere(customer, offer.product_id, seen):
        st.session_state["flash"] = ("error", why)
        return
    said = {"reason": reason, "comment": comment, "offer": offer, "receipt_id": receipt}
    what = {**said, "seen": seen}
    stored = submit(lambda: _record(event, customer, offer.product_id, action, **what))
    st.session_state["decided_at"] = time.monotonic()
    if stored:
        used(event)
        st.session_state["last_decision"] = (customer, event, action, offer.name)


def _decided_elsewhere(customer: str, product: str, seen: str) -> str:
    """Why an offer that stands on this page may not be answered any more; "" where it may.

    A list holds nothing that is left out: somebody decided in another browser meanwhile. The
    engine looks again as it stores, so that of two at the same moment one is told.
    """
    answer = engine().feedback.answers(customer).get(product)
    if answer is not None and answer.event_id != seen:
        return f"{answer.said} Nothing was recorded."
    removed = engine().offers.recommend(customer, k=1).removed
    gone = [one for one in removed if (one.product_id, one.rule) == (product, HIDDEN)]
    if not gone:
        return ""
    return f"{gone[0].name} is off the list. {gone[0].reason}. Nothing was recorded."


def shown(given: Recommendation) -> None:
    """Store that a list was shown, and its receipt: once per list, day and person."""
    seen: set[tuple[str, int, int]] = st.session_state.setdefault("shown", set())
    what = (given.receipt_id, len(given.offers), _n_resets)
    if what not in seen:
        actor = access.require().actor
        if submit(lambda: engine().feedback.record_shown(given, actor=actor)):
            seen.add(what)


def viewed(customer: str, offer: Offer, receipt: str) -> None:
    """Store that an offer's detail was opened: once per receipt, offer and person."""
    actor = access.require().actor
    once = uuid.uuid5(uuid.NAMESPACE_URL, "|".join((receipt, offer.product_id, "viewed", actor)))
    seen: set[uuid.UUID] = st.session_state.setdefault("viewed", set())
    if once in seen:
        return
    seen.add(once)
    what = {"offer": offer, "receipt_id": receipt}
    submit(lambda: _record(str(once), customer, offer.product_id, "viewed", **what))


def rate(
    event: str, customer: str, product: str, aspects: dict[str, float], comment: str, done: str
) -> None:
    """Store a six-part rating; the engine works out its mean."""
    said = {"aspects": aspects, "comment": comment}
    if submit(lambda: _record(event, customer, product, "rated", **said), done):
        used(event)


def undo(event: str, what: str) -> None:
    """Take a decision back; the store keeps both."""
    undoing = event_id("undo", event)
    actor = access.require().actor
    if submit(
        lambda: engine().feedback.undo(event, undo_id=undoing, actor=actor), f"Undone: {what}"
    ):
        used(undoing)
        st.session_state.pop("last_decision", None)


def looked(customer: str) -> None:
    """Note that a customer's record was opened: once a session and customer."""
    seen: set[tuple[str, str, int]] = st.session_state.setdefault("looked", set())
    what = (bank_id(), customer, _n_resets)
    if what in seen:
        return
    number = st.session_state.setdefault("session_number", uuid.uuid4().hex)
    actor = access.require().actor
    if submit(lambda: engine().trail.looked(customer, actor=actor, session=number)):
        seen.add(what)


def looked_at_rows(table: str) -> None:
    """Note that the rows of a table were shown: once a session and table."""
    seen: set[tuple[str, str, int]] = st.session_state.setdefault("looked", set())
    what = (bank_id(), f"rows of {table}", _n_resets)
    if what in seen:
        return
    actor = access.require().actor
    if submit(lambda: engine().trail.exported(what[1], actor=actor)):
        seen.add(what)


def audited(report: FairnessReport, k: int) -> None:
    """Note that an audit of the first `k` offers was shown: once a session and outcome."""
    seen: set[tuple[object, ...]] = st.session_state.setdefault("audited", set())
    found = (report.n, report.alerts, report.model_version, report.as_of)
    what = (bank_id(), report.attribute, report.list, k, *found, _n_resets)
    if what in seen:
        return
    number = st.session_state.setdefault("session_number", uuid.uuid4().hex)
    said: dict[str, Any] = {"actor": access.require().actor, "k": k, "session": number}
    if submit(lambda: engine().trail.audited(report, **said)):
        seen.add(what)


def noted(
    what: str, making: Callable[[], bytes], customer: str | None = None
) -> Callable[[], bytes]:
    """Make a file when it is asked for, and note who got it; no file without its note.

    It is made outside of the session, so all that the note needs is taken here.
    """
    trail, actor = engine().trail, access.require().actor

    def made() -> bytes:
        content = making()
        trail.exported(what, actor=actor, customer_id=customer)
        return content

    return made


def set_consent(customer: str, purpose: str, key: str) -> None:
    """Record a consent that was changed on the page; it acts at once."""
    status, actor = st.session_state[key], access.require().actor
    submit(
        lambda: engine().records.set_consent(customer, purpose, status, source="page", actor=actor),
        f"Recorded: {purpose} {status}",
    )


def contact(way: str, customer: str, event: str, said: str, **what: Any) -> bool:
    """Store a call, a promise, a snooze, or that a customer is done: once."""
    if time.monotonic() - st.session_state.get("contacted_at", float("-inf")) < SAME_CLICK:
        return False
    days = engine().days
    ways = {"log": days.log, "promise": days.promise, "snooze": days.snooze, "done": days.done}
    actor = access.require().actor
    stored = submit(lambda: ways[way](customer, contact_id=event, actor=actor, **what))
    if stored:
        used(event)
        st.session_state["contacted_at"] = time.monotonic()
        st.session_state["last_contact"] = (bank_id(), event, said)
    return stored


def take_back(event: str, said: str) -> None:
    """Take back what was stored about a customer; both stay on record."""
    actor = access.require().actor
    if submit(lambda: engine().days.take_back(event, actor=actor), f"Undone: {said}"):
        st.session_state.pop("last_contact", None)


def carried_bank() -> dict[str, str]:
    """What a link to another page takes along of the address."""
    bank = st.query_params.get("bank")
    return {"bank": bank} if bank else {}


def address_of(customer: str) -> dict[str, str]:
    """What a link to a customer's page takes along."""
    return {"customer": customer} | carried_bank()


def save_preferences(customer: str, stated: dict[str, Any]) -> None:
    """Set down what a customer wants; only a submit does."""
    actor = access.require().actor
    submit(
        lambda: engine().records.save_preferences(customer, actor=actor, **stated),
        "Preferences saved",
    )


def add_record(kind: str, customer: str, submit_id: str, fields: dict[str, Any]) -> bool:
    """Store a purchase, ticket or post, once a submit; everything derived follows at once."""
    if time.monotonic() - st.session_state.get("added_at", float("-inf")) < SAME_CLICK:
        return False
    records = engine().records
    ways = {
        "purchase": records.add_purchase,
        "ticket": records.add_ticket,
        "post": records.add_post,
    }
    adding = ways[kind]
    added: list[Added] = []
    actor = access.require().actor
    stored = submit(
        lambda: added.append(adding(customer, submit_id=submit_id, actor=actor, **fields))
    )
    if stored:
        used(submit_id)
        st.session_state["added_at"] = time.monotonic()
        st.session_state["flash"] = ("done", f"Added {added[0].record_id}")
    return stored
