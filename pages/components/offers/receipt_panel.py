"""Receipts: what was considered, left out and offered, what stood behind it, replay and check."""

import json

import pandas as pd
import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import Receipt, Recommendation, Replay
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

MOST = 200
"""Receipts that the list of all shows; the newest are what one looks for (own choice)."""

MOST_NAMES = 40
"""Products of one rule that are named."""

LIST = {
    "number": ("No.", "count"),
    "at": ("Shown, UTC", "moment"),
    "customer_id": "Customer",
    "list": "List",
    "actor": "To",
    "model_version": "Version",
    "receipt_id": "Receipt",
}


def of_list(engine: Engine, given: Recommendation) -> None:
    """The receipt of the list on the page, opened on demand."""
    with st.expander(
        f"Receipt {escape(given.receipt_id)}", key="receipt", on_change="rerun"
    ) as box:
        if box.open:
            _panel(engine, given.receipt_id)


def all_of_them(engine: Engine) -> None:
    """Every receipt, newest first; the chosen one opens, and all of them can be verified."""
    found = engine.receipts.table()
    if found.empty:
        notices.empty("No receipt yet", "Each list that is shown is written down here.")
        return
    st.caption(
        "Each list that was shown is written down with what it came from, and sealed with the "
        "hash of the one before. Whatever is edited, removed or reordered afterwards is found."
    )
    _verification(engine)
    shown = found.head(MOST)
    chosen = tables.show(
        shown.assign(list=shown["list"].map(LIST_LABELS)),
        LIST,
        "Receipts, newest first",
        key="receipts",
        on_select="rerun",
        selection_mode="single-row",
    )
    if len(found) > MOST:
        st.caption(f"The newest {MOST} of {len(found):,}.")
    rows = chosen.selection.rows
    if rows:
        _panel(engine, int(shown["number"].iloc[rows[0]]))
    else:
        st.caption("Select a row to open its receipt.")


@st.fragment
def _verification(engine: Engine) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if not st.button("Verify all receipts", icon=":material/verified:"):
            return
        with st.spinner("Following the chain"):
            found = engine.receipts.verify()
        if found.sound:
            st.badge(escape(found.verdict), icon=":material/check:", color="green")
            st.caption(f"Head {found.head[:12]}", help=f"Note it elsewhere: {found.head}")
        else:
            st.badge(escape(found.problem), icon=":material/error:", color="red")


@st.fragment
def _panel(engine: Engine, reference: str | int) -> None:
    """One receipt; a click on Replay draws this part alone anew."""
    found = engine.receipts.get(reference)
    asked = "by value" if found.order == "value" else "by score"
    st.markdown(
        f"**No. {found.number:,}** · {LIST_LABELS[found.list]} list, {asked}, up to {found.k} · "
        f"shown to {escape(found.actor)} on {wording.moment(found.at)} UTC · "
        f"model {escape(found.model_version)}"
    )
    with st.grid(min_column_width=150, border=True):
        for step, n in found.funnel.itertuples(index=False):
            st.metric(escape(step), wording.count(n))
    _not_offered(found)
    st.markdown("**What stood behind it**")
    tables.show(
        found.facts,
        {"subject": "Subject", "fact": "What", "value": ("Value or hash", "long")},
        "Versions, settings, consents and hashes of inputs",
        height=230,
    )
    _replay(engine, found)


def _not_offered(found: Receipt) -> None:
    for rule, n, products in found.removed.itertuples(index=False):
        names = escape(", ".join(products[:MOST_NAMES]))
        more = f" and {n - MOST_NAMES} more" if n > MOST_NAMES else ""
        st.markdown(f"**{escape(rule)} ({n})**: {names}{more}")


def _replay(engine: Engine, found: Receipt) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(
            "Replay",
            icon=":material/replay:",
            key=f"replay_{found.number}",
            help="Rebuild the list from the stored version, settings and what was known then.",
        )
        st.download_button(
            "Download",
            json.dumps(found.content, indent=2, sort_keys=True),
            f"receipt-{found.number}.json",
            "application/json",
            key=f"download_{found.number}",
            help="The whole receipt. It names the customer by a key alone.",
        )
    if asked:
        with st.spinner("Rebuilding the list"):
            again = engine.receipts.replay(found.number)
        _verdict(again)


def _verdict(again: Replay) -> None:
    if again.same:
        st.success(escape(again.verdict), icon=":material/check_circle:")
    else:
        st.error(escape(again.verdict), icon=":material/error:")
    marks = {True: "✓ the same", False: "✗ another"}
    tables.show(
        again.checks.assign(same=[marks.get(same, wording.DASH) for same in again.checks["same"]]),
        {"check": "Checked", "same": "Result", "detail": ("Detail", "long")},
        "What was compared with the receipt",
        height="content",
    )
    if not again.differences.empty:
        tables.show(
            pd.DataFrame(again.differences),
            {"where": "Where", "stored": "Then", "found": "Now"},
            "Values that differ, the first of them",
        )
