"""Who got nothing, and why: by the first rule that leaves nothing, and by group."""

import pandas as pd
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
    _counts(found.table, "Customers without a list by group and reason", "nothing")
    if found.credit_sentence:
        st.header("Who is kept from credit while in difficulty", anchor=False)
        st.write(escape(found.credit_sentence))
        _counts(found.credit, "Customers kept from credit by group and rule", "no_credit")
    st.caption(
        f"Persons as of {wording.day(found.as_of)}, model {escape(found.model_version)}. Groups "
        f"under {found.min_n} customers are left out; where groups differ is said with Newcombe's "
        "interval, false discoveries held to 5 % (Benjamini and Hochberg)."
    )


def _counts(table: pd.DataFrame, about: str, key: str) -> None:
    rows = table[table["n"] > 0] if len(table) else table
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
        about,
        column="group",
        key=key,
        how=True,
    )
