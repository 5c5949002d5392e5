"""For whom the lists fail: groups that are worse off on both halves, each with its customers."""

import streamlit as st

from engine import Engine
from engine.results import WeakSpots
from pages.components.customers import following
from pages.components.frame import downloads
from pages.components.look import notices, tables
from pages.components.look.wording import escape


def show(engine: Engine) -> None:
    """What the training of the serving version found, group by group."""
    st.header("For whom does it fail?", anchor=False)
    found = engine.evaluations.weak_spots()
    if found.reason:
        st.caption(escape(found.reason))
        return
    st.markdown(escape(found.sentence))
    behind = engine.evaluations.behind_weak_spots(found)
    for row, counted in zip(found.table.to_dict("records"), behind, strict=True):
        if row["confirmed"]:
            first, *others = row["sentences"]
            with st.container(border=True):
                st.markdown(f"**{escape(first)}**")
                st.caption(escape(" ".join(others)))
                following.link(counted, "in this group today")
    if len(found.table):
        _all(engine, found)
    notices.notes(found.notes)


def _all(engine: Engine, found: WeakSpots) -> None:
    """Every group that stood out on one half, with its figures on the other."""
    with st.expander("Every group that stood out", icon=":material/science:"):
        said = {True: "Worse off", False: "Not told apart"}
        tables.show(
            found.table.assign(standing=found.table["confirmed"].map(said)),
            {
                "group": ("Group", "230"),
                "standing": "On the other half",
                "n": ("Customers", "count"),
                "value": ("In first 3", "share"),
                **tables.interval(),
                "value_others": ("Others", "share"),
                "gap": ("Points", "points"),
                "q_value": ("p", "three"),
                "mrr": ("Rank", "three"),
                "mrr_others": ("Of others", "three"),
                "n_today": ("Today", "count"),
            },
            "Groups that stood out on one half of the customers, as the other half judges them",
            height="content",
            row_height=tables.TWO_LINES,
        )
        st.caption(
            "In first 3: the share for whom what was taken next stood among the first three. "
            "Points: its difference from that of the others. p is the chance of a share as low "
            "where lists are alike for everybody, adjusted for so many groups (Benjamini and "
            "Hochberg). Rank: the mean of 1 / place; 1 is always first. Today: customers who are "
            "in the group now. The files have every interval."
        )
        with st.container(horizontal=True):
            downloads.as_files(
                "weak spots",
                engine.evaluations.export_weak_spots,
                "weak_spots",
                "weak_spots",
                people=False,
            )
