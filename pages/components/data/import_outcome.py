"""What came of an import: the control sheet, what to do next, and the quality report."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components.data import bank_contents
from pages.components.frame import session
from pages.components.look import drift, wording
from pages.components.look.wording import escape

KEPT = "import_report"
DRIFT = "import_drift"


def remember(
    title: str,
    report: Mapping[str, Any],
    n_customers: int,
    moved: Mapping[str, Any] | None = None,
) -> None:
    """Show with the next drawing of the page what came in, how many customers there are now and,
    after an update, the drift that it brought."""
    st.session_state[KEPT] = (title, report, n_customers)
    st.session_state[DRIFT] = moved


def show() -> bool:
    """The last import, until it is dismissed; whether there was one."""
    title, report, n_customers = st.session_state.get(KEPT, ("", None, 0))
    if report is None:
        return False
    with st.container(border=True):
        _headline(title, report, n_customers)
        if moved := st.session_state.get(DRIFT):
            drift.show(moved)
        bank_contents.control(report.get("control", ()))
        guesses = [d for d in report.get("decisions", ()) if d["certainty"] == "a guess"]
        if guesses:
            st.warning(
                f"{wording.counted(len(guesses), 'reading')} stayed a guess: see the notes of the "
                "report. A plan or a new import with answers settles them.",
                icon=":material/help:",
            )
        with st.expander("Quality report"):
            bank_contents.quality_report(report)
        if st.button("Import or update another bank", type="tertiary"):
            del st.session_state[KEPT]
            st.rerun()
    return True


def _headline(title: str, report: Mapping[str, Any], n_customers: int) -> None:
    """A success only where somebody can be recommended something, and no table stayed empty."""
    counts = report.get("tables", {})
    n_rejected = sum(count["rejected"] for count in counts.values())
    if not n_customers:
        st.error(
            f"{escape(title)}, but without a single customer: nothing can be recommended. Look at "
            "the rejected rows below, then import again with a file that names the customers.",
            icon=":material/error:",
        )
        return
    kept = [
        wording.counted(count["kept"], wording.label(name).lower().removesuffix("s"))
        for name, count in counts.items()
        if count["kept"] and name in ("customers", "products", "transactions")
    ]
    rejected = f" {wording.counted(n_rejected, 'row')} rejected." if n_rejected else ""
    empty = [name for name, count in counts.items() if not count["kept"] and count["rejected"]]
    if empty:
        without = " and ".join(wording.label(name).lower() for name in empty)
        st.warning(
            f"**{escape(title)}, but without {without}**: {', '.join(kept)}.{rejected}",
            icon=":material/rule:",
        )
    else:
        st.success(
            f"**{escape(title)}**: {', '.join(kept)}.{rejected}", icon=":material/check_circle:"
        )
    for name in empty:
        first = next(r["problem"] for r in report["rejected"] if r["table"] == name)
        st.warning(
            f"No row of {wording.label(name).lower()} was kept. The first was rejected since: "
            f"{escape(first)}.",
            icon=":material/warning:",
        )
    if st.button("See customers", type="primary", icon=":material/groups:"):
        del st.session_state[KEPT]
        st.switch_page("customer_explorer.py", query_params={"bank": session.bank_id() or ""})
