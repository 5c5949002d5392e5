"""Newer files for a bank that is there: what would change, then the next edition."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import column_label
from engine.results import ImportReview
from pages.components.data import import_outcome, import_questions, uploads
from pages.components.frame import session
from pages.components.look import choosing, drift, notices, tables, wording
from pages.components.look.wording import escape

FLOW = "update"
MODES = {"auto": "As they look", "whole": "The whole content", "rows": "Further rows only"}
CHANGES: tables.Columns = {
    "table": "Table",
    "before": ("Rows before", "count"),
    "new": ("New", "count"),
    "changed": ("Changed", "count"),
    "gone": ("Gone", "count"),
    "after": ("Rows after", "count"),
    "amount_before": ("Restated from", "sum"),
    "amount_after": ("Restated to", "sum"),
}
MOST_COLUMNS = 20


def show() -> None:
    """Choose a bank, upload, look at what would change, take it over."""
    banks = Engine.banks.own(session.state_folder()).set_index("bank_id")
    ids = banks.index.tolist()
    chosen = st.selectbox(
        "Bank",
        ids,
        index=ids.index(session.bank_id()) if session.bank_id() in ids else 0,
        format_func=lambda bank: str(banks["name"].get(bank, bank)),
        key="update_bank",
    )
    row = banks.loc[chosen]
    st.caption(
        f"Edition {row['edition']}, as of {wording.day(row['as_of'])}, "
        f"{wording.counted(row['n_customers'], 'customer')}. Consents, events, versions and "
        "settings stay. Full extracts and files of further rows both work."
    )
    source = uploads.upload(FLOW, str(row["path"]))
    if source is None:
        return
    plan = uploads.plan(FLOW)
    review = uploads.review(FLOW, source, plan, update_of=str(row["path"]))
    if review is None:
        return
    import_questions.show(FLOW, review)
    mode = choosing.one_of("What the files hold of their tables", MODES, key="update_mode")
    ready = not review.problem
    of_what = (chosen, int(row["edition"]), review, mode)
    if st.button("Show what would change", type="primary", disabled=not ready):
        st.session_state["update_preview"] = (of_what, _preview(source, row, review, mode))
    kept = st.session_state.get("update_preview")
    if kept is not None and kept[0] == of_what and kept[1] is not None:
        _changes(kept[1])
        if kept[1]["edition"] != row["edition"] and st.button("Take over", type="primary"):
            _take_over(source, row, review, mode)


def _preview(source: Any, row: pd.Series, review: ImportReview, mode: str) -> Any:
    try:
        with st.spinner("Comparing with the present edition"):
            return _updated(source, row, review, mode, preview=True)
    except EngineError as error:
        st.error(escape(error))
        return None


def _updated(
    source: Any, row: pd.Series, review: ImportReview, mode: Any, preview: bool
) -> dict[str, Any]:
    return Engine.banks.update_upload(
        source,
        str(row["path"]),
        session.state_folder(),
        plan=review.plan,
        mode=mode,
        preview=preview,
    )


def _changes(preview: Mapping[str, Any]) -> None:
    """Rows new, changed and gone by table; which columns; amounts that were restated."""
    changes = preview["changes"]
    counts = pd.DataFrame(changes["tables"])
    if not (counts[["new", "changed", "gone"]].to_numpy() > 0).any():
        notices.empty("Nothing would change", "The files hold what the bank has already.")
        return
    st.markdown("**What would change**")
    named = counts.assign(table=[wording.label(name) for name in counts["table"]])
    restated = named[["amount_before", "amount_after"]].notna().any(axis=None)
    shown = {c: said for c, said in CHANGES.items() if restated or not c.startswith("amount")}
    tables.show(named, shown, "Rows new, changed and gone by table", height="content")
    _columns(changes["columns"])
    guesses = [r for r in changes["readings"] if r["certainty"] == "a guess"]
    if guesses:
        st.warning(
            "A guess: the files may hold the whole content of a table or further rows only. Say "
            "above which it is.",
            icon=":material/help:",
        )
    notices.notes(
        [
            f"{reading['about'].capitalize()}: {reading['reading']}, {reading['certainty']} "
            f"({reading['evidence']})"
            for reading in changes["readings"]
        ]
    )
    notices.notes(preview["consents"])
    drift.show(preview["drift"])


def _columns(columns: list[dict[str, Any]]) -> None:
    if not columns:
        return
    with st.expander("Which columns change"):
        named = pd.DataFrame(columns).head(MOST_COLUMNS)
        tables.show(
            named.assign(
                table=[wording.label(name) for name in named["table"]],
                column=[column_label(name) for name in named["column"]],
            ),
            {"table": "Table", "column": "Column", "changed": ("Rows", "count")},
            "Columns that change",
            height="content",
        )


def _take_over(source: Any, row: pd.Series, review: ImportReview, mode: str) -> None:
    try:
        with st.spinner("Checking and saving"):
            made = _updated(source, row, review, mode, preview=False)
    except EngineError as error:
        st.error(escape(error))
        return
    title = f"{row['name']} is edition {made['edition']} now"
    after = {table["table"]: table["after"] for table in made["changes"]["tables"]}
    n_customers = after.get("customers", 0)
    import_outcome.remember(title, made["report"], n_customers, made["drift"])
    st.session_state["open_bank"] = made["bank_id"]
    uploads.empty(FLOW)
    st.rerun()
