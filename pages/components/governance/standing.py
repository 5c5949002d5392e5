"""Figures at the top, what people overrode, and what each training measured."""

import pandas as pd
import streamlit as st

from engine.results import Drift, Oversight, PilotScope
from pages.components.look import drift, notices, tables, wording
from pages.components.look.wording import escape

WIDTH = 200
"""Least width of a figure, in pixels, before the next goes below it."""


def figures(overview: Oversight) -> None:
    """Counts that a person who answers for it all looks at first."""
    with st.grid(4, min_column_width=WIDTH, border=True):
        n = overview.n_models + overview.n_rules
        tables.figure(
            "Models and rules",
            wording.count(n),
            f"{overview.n_models} models, {overview.n_rules} rules",
        )
        tables.figure(
            "Without an owner",
            wording.count(overview.n_without_owner),
            "nobody is named" if overview.n_without_owner == n else f"of {n}",
            help="Name owners in the bank's own settings file, section governance.owners.",
        )
        tables.figure(
            "Fields that drifted",
            wording.count(overview.n_changed),
            f"of {overview.n_compared} compared",
        )
        tables.figure(
            "Open overrides",
            wording.count(overview.n_overrides),
            f"{overview.n_endless} without an end" if overview.n_overrides else "none",
        )


def drifted(found: Drift, owner: str) -> None:
    """How far the bank has moved since the training, and who answers for it."""
    drift.show(found.to_json())
    st.caption(f"Who answers for drift: {escape(owner)}.")


def overrides(table: pd.DataFrame) -> None:
    """What people set by hand and still stands."""
    if table.empty:
        notices.empty(
            "Nothing is overridden",
            "No setting was moved, no record edited, no consent recorded by hand, no version "
            "rolled back.",
        )
        return
    tables.show(
        table.assign(
            kind=[wording.label(kind) for kind in table["kind"]],
            until=[wording.day(day) if pd.notna(day) else "no end set" for day in table["until"]],
        ),
        {
            "kind": ("Kind", "190"),
            "what": ("What", "long"),
            "n": ("Number", "count"),
            "by": "By",
            "since": ("Since", "day"),
            "until": "Until",
            "why": ("Why", "long"),
        },
        "What was set by hand and still stands, by whom, since when and until when",
        height=420,
    )


def audits(table: pd.DataFrame, versions: pd.DataFrame) -> None:
    """Audits of fairness that somebody ran, and what each training measured."""
    st.markdown("**Audits of fairness that were run**")
    if table.empty:
        st.caption("No audit yet. The page Fairness runs one, and so does the command audit.")
    else:
        tables.show(
            table,
            {"at": ("At", "moment"), "actor": ("By", "130"), "what": ("What was found", "long")},
            "Audits of fairness with day, person and what was found",
            height=320,
        )
    st.markdown("**What each training measured**")
    _history(versions)


def _history(table: pd.DataFrame) -> None:
    if table.empty:
        notices.empty("No audit yet", "The first version is judged when it is trained.")
        return
    tables.show(
        table.assign(
            serving=["serves" if serves else None for serves in table["serving"]],
            status=[wording.label(status) for status in table["status"]],
        ),
        {
            "version_id": ("Version", "90"),
            "created_at": ("Trained", "moment"),
            "status": ("Status", "100"),
            "grade": ("Grade", "120"),
            "n_adoptions": ("Adoptions", "count"),
            "n_events": ("Events", "count"),
            "note": ("What was decided", "long"),
        },
        "Versions with what their training measured and what was decided",
        height=420,
        row_height=tables.TWO_LINES,
    )


def pilot(scope: PilotScope) -> None:
    """Whose lists are written to files, where a bank begins with a part of its book."""
    st.markdown(f"**{escape(scope.sentence)}**")
    tables.show(
        scope.by_segment,
        {
            "segment": ("Segment", "260"),
            "n": ("Customers", "count"),
            "n_in_pilot": ("In the pilot", "count"),
        },
        "Customers and those in the pilot by segment",
        height="content",
    )
    st.caption(
        "The bank's own settings name a pilot: segments, relationship managers, and a share that "
        "is drawn by a hash of the customer's number, so that a larger share keeps whoever was in. "
        "It limits the file of all lists; pages show everybody."
    )
