"""What a customer says that they want: a form that saves on its submit and at no other moment."""

from typing import Any

import streamlit as st

from engine.results import Preferences, Profile
from pages import _state, _words

RISKS = {
    "low": "Conservative",
    "medium": "Moderate",
    "high": "Aggressive",
    "very high": "Very aggressive",
}
"""Our risk tolerance -> what a person calls it (F37)."""


def show(profile: Profile) -> None:
    """The form, filled with what is on record."""
    found = _state.engine().desk.preferences(profile.customer_id)
    st.caption("What the customer says. Metrics, needs and lists follow once it is saved.")
    key = f"preferences_{profile.customer_id}"
    with st.form(key):
        fields = _fields(found, key)
        st.form_submit_button(
            "Save preferences",
            type="primary",
            on_click=_submit,
            args=(profile.customer_id, key, fields),
        )


def _fields(found: Preferences, key: str) -> tuple[str, ...]:
    left, right = st.columns(2)
    with left:
        _one("Income level", found.income_choices, found.income_level, f"{key}_income_level")
        _one("How often they bank", found.frequency_choices, found.frequency, f"{key}_frequency")
    with right:
        _one("Risk tolerance", found.risk_choices, found.risk_tolerance, f"{key}_risk_tolerance")
        _many("Goals", found.goal_choices, found.goals, f"{key}_goals")
    groups = tuple(found.service_choices)
    for place, group in zip(_places(len(groups)), groups, strict=True):
        with place:
            offered = found.service_choices[group]
            chosen = tuple(s for s in found.services if s in offered)
            _many(group, offered, chosen, f"{key}_services_{group}")
    return groups


def _places(n: int) -> list[Any]:
    """Two columns, row by row."""
    return [place for _ in range((n + 1) // 2) for place in st.columns(2)][:n]


def _one(label: str, known: tuple[str, ...], stored: str, key: str) -> None:
    options = list(dict.fromkeys(("", *known, stored)))
    st.selectbox(
        label,
        options,
        index=options.index(stored),
        format_func=lambda value: RISKS.get(value, value) or "Not stated",
        key=key,
    )


def _many(label: str, known: tuple[str, ...], stored: tuple[str, ...], key: str) -> None:
    st.multiselect(
        label,
        known,
        default=list(stored),
        format_func=_words.label,
        placeholder="None stated",
        key=key,
    )


def _submit(customer: str, key: str, groups: tuple[str, ...]) -> None:
    typed = st.session_state
    services = [service for group in groups for service in typed[f"{key}_services_{group}"]]
    stated = {name: typed[f"{key}_{name}"] for name in ("income_level", "frequency")}
    stated |= {
        "risk_tolerance": typed[f"{key}_risk_tolerance"],
        "goals": tuple(typed[f"{key}_goals"]),
        "services": tuple(services),
    }
    _state.save_preferences(customer, stated)
