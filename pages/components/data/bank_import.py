"""The tab "Import": one's own files as a new bank, or as the next edition of one that is there."""

from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import PURPOSE_LABELS
from engine.results import ImportReview
from engine.vocabulary import CONSENT_STATUSES, PURPOSES
from pages.components.data import bank_contents, bank_update, import_outcome, import_questions
from pages.components.data import uploads as upload_form
from pages.components.frame import session
from pages.components.look import choosing
from pages.components.look.wording import escape

FLOW = "import"
CONSENTS = {"unknown": "not recorded", "granted": "granted", "refused": "refused"}
WAYS = {"new": "A new bank", "update": "Update a bank"}


def show() -> None:
    """What was imported last; else the form of a new bank or of an update."""
    bank_contents.unreadable()
    if import_outcome.show():
        return
    way = "new"
    if not Engine.banks.own(session.state_folder()).empty:
        way = choosing.one_of("What for", WAYS, key="import_way")
    if way == "update":
        upload_form.release(FLOW)
        bank_update.show()
    else:
        upload_form.release(bank_update.FLOW)
        _new_bank()


def _new_bank() -> None:
    """Upload, answer what the files do not tell, say what customers consented to, import."""
    text, template = st.columns([3, 1], vertical_alignment="bottom")
    with text:
        st.markdown("**Bring your own bank**")
        st.caption(
            "Several files at once: a workbook, CSV, JSON, Parquet, SQLite, or statements in OFX, "
            "CAMT.053, MT940 and QIF. They stay on this machine, and nothing in them is run."
        )
    with template:
        st.download_button(
            "Template workbook",
            Engine.banks.template,
            "attune-template.xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
    source = upload_form.upload(FLOW)
    if source is None:
        return
    plan = upload_form.plan(FLOW)
    review = upload_form.review(FLOW, source, plan)
    if review is None:
        return
    import_questions.show(FLOW, review)
    name = st.text_input("Name of the bank", value="My bank", max_chars=60, key="import_name")
    with st.expander("Consent, where the files record none"):
        consent = _consents()
    begin, save = st.columns([1, 3])
    with begin:
        is_ready = bool(name.strip()) and not review.problem
        asked = st.button("Import", type="primary", disabled=not is_ready)
    with save:
        st.download_button(
            "Save the plan for the next files",
            review.saved,
            "plan.toml",
            icon=":material/download:",
            on_click="ignore",
            disabled=bool(review.problem),
        )
    if review.guesses and not review.problem:
        st.caption("What is not answered is read as said above, and the report names it.")
    if asked:
        _run(source, name.strip(), consent, review)


def _consents() -> dict[str, str]:
    """What holds for customers whose consent the files do not record."""
    places = st.columns(len(PURPOSES))
    chosen = {}
    for place, purpose in zip(places, PURPOSES, strict=True):
        with place:
            chosen[purpose] = st.selectbox(
                PURPOSE_LABELS[purpose],
                sorted(CONSENT_STATUSES, key=list(CONSENTS).index),
                format_func=CONSENTS.get,
                key=f"consent_default_{purpose}",
            )
    st.caption(
        "Not recorded: personal recommendations and marketing are allowed and shown as not "
        "recorded; social posts stay unused."
    )
    return {purpose: status for purpose, status in chosen.items() if status != "unknown"}


def _run(source: Any, name: str, consent: dict[str, str], review: ImportReview) -> None:
    try:
        with st.spinner("Checking and saving"):
            bank, report = Engine.banks.import_upload(
                source, session.state_folder(), name=name, consent=consent, plan=review.plan
            )
    except EngineError as error:
        st.error(escape(error))
        return
    n_customers = report["tables"].get("customers", {}).get("kept", 0)
    import_outcome.remember(f"{name} was imported and is open now", report, n_customers)
    st.session_state["open_bank"] = bank
    upload_form.empty(FLOW)
    session.choose(None)
    st.rerun()
