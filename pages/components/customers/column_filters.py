"""One filter for each column of the customer list; the engine does the looking."""

from collections.abc import Collection
from typing import Any

import streamlit as st

from pages.components.look import wording
from pages.components.look.wording import escape

TEXTS = {
    "name": "Name",
    "customer_id": "Customer number",
    "email": "E-mail",
    "phone": "Phone",
    "next_offer": "Next best offer",
}
"""Column -> label of a field that looks for a text in it."""
NUMBERS = {
    "value_a_year": ("Value a year", None, 100.0),
    "churn": ("Churn", 10.0, 0.5),
    "n_alerts": ("Alerts", None, 1.0),
}
"""Column -> label, highest value there can be, step of its two fields."""
MOODS = {
    "Good": (wording.GOOD_MOOD, None),
    "Neutral": (-wording.GOOD_MOOD, wording.GOOD_MOOD),
    "Poor": (None, -wording.GOOD_MOOD),
}
ANY = "Any"
SIDES = ("from", "to")
A_ROW = 5
KEYS = (
    *(f"has_{column}" for column in (*TEXTS, "mood")),
    *(f"{column}_{side}" for column in (*NUMBERS, "last_contact") for side in SIDES),
)
"""Names of these widgets in the address."""


def filters(currency: str, closed: Collection[str] = ()) -> dict[str, Any]:
    """Fields under one fold, as the arguments contains and between of Engine.customers; none for
    the columns that are closed to whoever looks."""
    texts = {column: label for column, label in TEXTS.items() if column not in closed}
    said = f"Search by column ({len(active())})" if active() else "Search by column"
    with st.expander(said, key="by_column", icon=":material/filter_list:", type="compact"):
        columns = st.columns(A_ROW, vertical_alignment="bottom")
        for place, (column, label) in zip(columns, texts.items(), strict=False):
            with place:
                st.text_input(
                    f"{label} contains", key=f"has_{column}", bind="query-params", live=True
                )
        *places, mood, contact = st.columns(A_ROW, vertical_alignment="bottom")
        for place, column in zip(places, NUMBERS, strict=True):
            with place:
                _bounds(column, currency)
        with mood:
            st.selectbox("Mood", [ANY, *MOODS], key="has_mood", bind="query-params")
        with contact:
            for side in SIDES:
                st.date_input(
                    f"Last contact {side}",
                    value=None,
                    format="DD/MM/YYYY",
                    key=f"last_contact_{side}",
                    bind="query-params",
                )
    return _chosen()


def _bounds(column: str, currency: str) -> None:
    label, highest, step = NUMBERS[column]
    unit = f", {currency}" if column == "value_a_year" else ""
    for side in SIDES:
        st.number_input(
            f"{label} {side}{unit}",
            min_value=0.0 if column != "value_a_year" else None,
            max_value=highest,
            value=None,
            step=step,
            format="%.0f" if step >= 1 else "%.1f",
            placeholder="any",
            key=f"{column}_{side}",
            bind="query-params",
        )


def _chosen() -> dict[str, Any]:
    state = st.session_state
    contains = {column: state.get(f"has_{column}") or "" for column in TEXTS}
    between = {
        column: tuple(state.get(f"{column}_{side}") for side in SIDES)
        for column in (*NUMBERS, "last_contact")
    }
    between["mood"] = MOODS.get(state.get("has_mood", ANY), (None, None))
    return {
        "contains": {column: text for column, text in contains.items() if text.strip()},
        "between": {column: pair for column, pair in between.items() if pair != (None, None)},
    }


def active() -> list[str]:
    """What the columns are searched for, in words."""
    chosen = _chosen()
    said = [f"{TEXTS[c].lower()} contains “{escape(t)}”" for c, t in chosen["contains"].items()]
    for column, pair in chosen["between"].items():
        if column == "mood":
            said.append(f"mood: {st.session_state['has_mood'].lower()}")
            continue
        label = NUMBERS[column][0] if column in NUMBERS else "Last contact"
        ends = [
            f"{side} {wording.day(end) if column == 'last_contact' else wording.count(end)}"
            for side, end in zip(SIDES, pair, strict=True)
            if end is not None
        ]
        said.append(f"{label.lower()} {' '.join(ends)}")
    return said


def clear() -> None:
    """Take every one of them away."""
    for column in TEXTS:
        st.session_state[f"has_{column}"] = ""
    for column in (*NUMBERS, "last_contact"):
        for side in SIDES:
            st.session_state[f"{column}_{side}"] = None
    st.session_state["has_mood"] = ANY
