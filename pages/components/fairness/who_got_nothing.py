"""Who got nothing, and why: by the first rule that leaves nothing, and by group."""

import streamlit as st

from engine import Engine
from pages.components.customers import following
from pages.components.look import tables, wording
from pages.components.look.wording import escape


def show(engine: Engine, attribute: str) -> None:
    """Counts by reason and group, each of which opens its customers."""
    st.header("Who got nothing, and why", anchor=False)
    found = engine.selections.nothing(attribute)
    st.write(escape(found.sentence))
    rows = found.table[found.table["n"] > 0]
    if rows.empty:
        return
    following.table(
        rows.assign(
            group=[wording.label(group) for group in rows["group"]],
            label=[text[:1].upper() + text[1:] for text in rows["label"]],
        )[["group", "label", "n", "n_group", "rate", "low", "high", "opens"]],
        {
            "group": ("Group", 110),
            "label": ("Why", "480"),
            "n": ("Customers", "count"),
            "n_group": ("In the group", "count"),
            "rate": ("Share", "share"),
            **tables.interval(),
        },
        "Customers without a list by group and reason",
        column="group",
        key="nothing",
        how=True,
    )
    st.caption(
        f"Persons as of {wording.day(found.as_of)}, model {escape(found.model_version)}. Groups "
        f"under {found.min_n} customers are left out; where groups differ is said with Newcombe's "
        "interval, false discoveries held to 5 % (Benjamini and Hochberg)."
    )
