"""A receipt: uploaded, read, checked field by field beside its picture, and recorded by a click."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from engine.errors import EngineError
from engine.results import Scanned
from engine.vocabulary import SPENDING_CATEGORIES
from pages.components.frame import access, session, uploaded
from pages.components.look import notices, wording
from pages.components.look.wording import escape

KINDS = ["jpg", "jpeg", "png", "pdf"]
READ = "receipt_read"
"""Session key of the last picture that was read: (whose, which) and what was read or is wrong."""
SHOWN_ITEMS = 12
SHOWN_KEPT = 5
"""Receipts that are listed before the rest is asked for."""
LONGEST_NAME = 200


def show(customer_id: str, currency: str, place: str) -> None:
    """Upload, fields and the receipts that are kept.

    Parameters
    ----------
    place : str
        Which page asks; each has a form of its own.
    """
    submit = session.event_id("receipt", customer_id, place)
    file = st.file_uploader(
        "Picture of a receipt: JPG, PNG or one page of PDF",
        type=KINDS,
        key=f"receipt_file_{submit}",  # a new one is empty
    )
    if file is None:
        uploaded.release(f"receipt_{place}")
        st.session_state.pop(READ, None)
        if absence := session.engine().scans.absence():
            notices.notes([absence])
    elif problem := uploaded.refused(f"receipt_{place}", [file]):
        st.error(problem)
    else:
        digest = hashlib.sha256(file.getvalue()).hexdigest()
        scanned, problem = _read(customer_id, file.getvalue(), digest)
        if scanned is None:
            st.error(problem)
        else:
            form = session.event_id("receipt", customer_id, place, digest)
            _beside(customer_id, currency, (form, submit), scanned)


def _read(customer_id: str, content: bytes, digest: str) -> tuple[Scanned | None, str]:
    """What stands on the picture, read once; or what is wrong with it."""
    key = (session.bank_id(), customer_id, digest)
    kept = st.session_state.get(READ)
    if kept is not None and kept[0] == key:
        return kept[1]
    try:
        with st.spinner("Reading the receipt"):
            read = session.engine().scans.read(customer_id, content), ""
    except EngineError as error:
        read = None, escape(error)
    st.session_state[READ] = (key, read)
    return read


def _beside(customer_id: str, currency: str, submits: tuple[str, str], scanned: Scanned) -> None:
    """The picture, and its fields to be put right.

    Parameters
    ----------
    submits : tuple of str
        The id of this picture's form, which tells its fields from those of any other picture, and
        of the upload.
    """
    form = submits[0]
    picture, fields = st.columns([2, 3], gap="medium")
    with picture:
        st.image(scanned.picture.jpeg, width="stretch", alt="The receipt that was uploaded")
        st.caption(escape(scanned.reading.described))
    with fields:
        _told(scanned, currency)
        with st.form(f"receipt_{form}", border=False):
            _fields(form, currency, scanned)
            st.form_submit_button(
                "Record purchase",
                type="primary",
                icon=":material/receipt_long:",
                on_click=_record,
                args=(customer_id, submits, scanned),
            )
        _items(scanned)


def _told(scanned: Scanned, currency: str) -> None:
    """Whether it adds up, what to ask, and whether it is there already."""
    reading = scanned.reading
    for alike in scanned.alike:
        st.warning(f"{escape(alike)} Tick “Another purchase” only if it is.")
    if reading.currency and reading.currency != currency:
        st.warning(
            f"The receipt is in {escape(reading.currency)}, the accounts are in "
            f"{escape(currency)}: type what was paid in {escape(currency)}."
        )
    asked = [escape(doubt.question) for doubt in reading.doubts]
    if asked:
        st.markdown("\n".join(f"- :material/help: {question}" for question in asked))
    icon = {True: ":material/check_circle:", False: ":material/error:"}.get(
        reading.adds_up, ":material/info:"
    )
    for check in reading.checks:
        st.caption(f"{icon} {escape(check)}")
    absence = "" if reading.reader else session.engine().scans.absence()
    st.caption(escape(absence or f"Read by {reading.reader}. Nothing is kept before you record."))


def _fields(form: str, currency: str, scanned: Scanned) -> None:
    reading, today = scanned.reading, datetime.now(UTC).date()
    same = not reading.currency or reading.currency == currency
    left, right = st.columns(2)
    with left:
        st.text_input(
            "Merchant",
            value=reading.merchant[:LONGEST_NAME],
            max_chars=LONGEST_NAME,
            key=f"{form}_merchant",
        )
        st.selectbox(
            "Category",
            SPENDING_CATEGORIES,
            index=SPENDING_CATEGORIES.index(scanned.category),
            format_func=wording.label,
            key=f"{form}_category",
        )
    with right:
        st.number_input(
            f"Amount paid, {currency}",
            min_value=0.0,
            value=reading.total if same else None,
            step=0.01,
            format="%.2f",
            key=f"{form}_amount",
        )
        st.date_input(
            "Day",
            value=None if reading.date is None else min(reading.date.date(), today),
            max_value=today,
            format="DD/MM/YYYY",
            key=f"{form}_on",
        )
    if scanned.topics:
        st.pills(
            "Counts as evidence of a need",
            range(len(scanned.topics)),
            selection_mode="multi",
            format_func=lambda n: wording.label(scanned.topics[n][0]),
            key=f"{form}_said",
            help="Each that is chosen adds its own part to what products are searched by",
        )
    st.checkbox(
        "Another purchase than one that is on record",
        key=f"{form}_another",
        help="Needed where the same picture, or the same amount within days, is on record already",
    )


def _items(scanned: Scanned) -> None:
    """The lines of the receipt, as they were read."""
    items, code = scanned.reading.items, scanned.reading.currency
    if not items:
        return
    with st.expander(wording.counted(len(items), "item")):
        shown = [
            f"- {escape(item.name)}: {escape(wording.money(item.amount, code).strip())}"
            for item in items[:SHOWN_ITEMS]
        ]
        st.markdown("\n".join(shown))
        if len(items) > SHOWN_ITEMS:
            st.caption(f"and {wording.counted(len(items) - SHOWN_ITEMS, 'more item')}")


def _record(customer_id: str, submits: tuple[str, str], scanned: Scanned) -> None:
    """Store what stands in the fields, once."""
    form = submits[0]
    typed: dict[str, Any] = {
        name: st.session_state.get(f"{form}_{name}")
        for name in ("merchant", "amount", "category", "on", "said", "another")
    }
    chosen = typed.pop("said") or ()
    said = [scanned.topics[n] for n in chosen if n < len(scanned.topics)]
    typed |= {"merchant": typed["merchant"] or "", "amount": typed["amount"] or 0.0}
    typed["another"] = bool(typed["another"])
    if typed["on"] is None:
        st.session_state["flash"] = ("error", "The day is missing: type when it was paid.")
        return

    def doing() -> None:
        session.engine().scans.confirm(
            customer_id,
            scanned.picture,
            submit_id=form,
            actor=access.require().actor,
            said=said,
            **typed,
        )

    if session.submit(doing, f"Recorded the purchase at {typed['merchant']}"):
        for submit in submits:
            session.used(submit)
        st.session_state.pop(READ, None)


def kept(customer_id: str, currency: str) -> None:
    """The receipts that were kept with purchases, each with its picture."""
    every = session.engine().scans.of(customer_id)
    all_of_them = False
    if len(every) > SHOWN_KEPT:
        all_of_them = st.toggle(
            f"All of {wording.counted(len(every), 'receipt')}", key=f"receipts_all_{customer_id}"
        )
    for one in every if all_of_them else every[:SHOWN_KEPT]:
        amount = wording.money(one.total, currency)
        with st.expander(
            escape(f"{one.merchant}: {amount}, {wording.day(one.paid_on)}"),
            key=f"receipt_{one.scan_id}",
            on_change="rerun",
        ) as box:
            if box.open:
                _picture(customer_id, one.scan_id)


def _picture(customer_id: str, scan_id: str) -> None:
    """One kept picture; it is read and sent only while it is looked at."""
    try:
        picture = session.engine().scans.picture(customer_id, scan_id)
    except EngineError as error:
        st.caption(escape(error))
    else:
        st.image(picture, width=360, alt="The receipt that was kept")
