"""Receipts: what was considered, left out and offered, what stood behind it, replay and check."""

import json

import pandas as pd
import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import Receipt, Recommendation, Replay
from pages.components.frame import session
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
    receipts = engine.receipts.table()
    if receipts.empty:
        notices.empty("No receipt yet", "Each list that is shown is written down here.")
        return
    st.caption(
        "Each list that was shown is written down with what it came from, and sealed with the "
        "hash of the one before. Whatever is edited, removed or reordered afterwards is receipts."
    )
    _verification(engine)
    shown = receipts.head(MOST)
    chosen = tables.show(
        shown.assign(list=shown["list"].map(LIST_LABELS)),
        LIST,
        "Receipts, newest first",
        key="receipts",
        on_select="rerun",
        selection_mode="single-row",
    )
    if len(receipts) > MOST:
        st.caption(f"The newest {MOST} of {len(receipts):,}.")
    rows = chosen.selection.rows
    if rows:
        _panel(engine, int(shown["number"].iloc[rows[0]]))
    else:
        st.caption("Select a row to open its receipt.")


@st.fragment
def _verification(engine: Engine) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        may = engine.may("receipts.verify")
        if not may or not st.button("Verify all receipts", icon=":material/verified:"):
            return
        with st.spinner("Following the chain"):
            chain = engine.receipts.verify()
        if chain.sound:
            st.badge(escape(chain.verdict), icon=":material/check:", color="green")
            st.caption(f"Head {chain.head[:12]}", help=f"Note it elsewhere: {chain.head}")
        else:
            st.badge(escape(chain.problem), icon=":material/error:", color="red")


@st.fragment
def _panel(engine: Engine, reference: str | int) -> None:
    """One receipt; a click on Replay draws this part alone anew."""
    receipt = engine.receipts.get(reference)
    asked = "by value" if receipt.order == "value" else "by score"
    st.markdown(
        f"**No. {receipt.number:,}** · {LIST_LABELS[receipt.list]} list, {asked}, up to "
        f"{receipt.k} · shown to {escape(receipt.actor)} on {wording.moment(receipt.at)} UTC · "
        f"model {escape(receipt.model_version)}"
    )
    with st.grid(min_column_width=150, border=True):
        for step, n in receipt.funnel.itertuples(index=False):
            st.metric(escape(step), wording.count(n))
    _not_offered(receipt)
    st.markdown("**What stood behind it**")
    tables.show(
        receipt.facts,
        {"subject": "Subject", "fact": "What", "value": ("Value or hash", "long")},
        "Versions, settings, consents and hashes of inputs",
        height=230,
    )
    _replay(engine, receipt)


def _not_offered(receipt: Receipt) -> None:
    for rule, n, products in receipt.removed.itertuples(index=False):
        names = escape(", ".join(products[:MOST_NAMES]))
        more = f" and {n - MOST_NAMES} more" if n > MOST_NAMES else ""
        st.markdown(f"**{escape(rule)} ({n})**: {names}{more}")


def _content(receipt: Receipt) -> bytes:
    return json.dumps(receipt.content, indent=2, sort_keys=True).encode()


def _replay(engine: Engine, receipt: Receipt) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(
            "Replay",
            icon=":material/replay:",
            key=f"replay_{receipt.number}",
            help="Rebuild the list from the stored version, settings and what was known then.",
        )
        st.download_button(
            "Download",
            session.noted("receipt", lambda: _content(receipt), receipt.customer_id),
            f"receipt-{receipt.number}.json",
            "application/json",
            key=f"download_{receipt.number}",
            help="The whole receipt. It names the customer by a key alone.",
        )
    if asked:
        with st.spinner("Rebuilding the list"):
            again = engine.receipts.replay(receipt.number)
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
