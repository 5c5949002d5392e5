"""What a customer says that they want: a form that saves on its submit and at no other moment."""

import streamlit as st

from engine.results import Preferences, Profile
from pages.components.frame import session
from pages.components.look import wording
from pages.components.look.wording import escape

RISKS = {
    "low": "Conservative",
    "medium": "Moderate",
    "high": "Aggressive",
    "very high": "Very aggressive",
}
"""Our risk tolerance -> what a person calls it."""


def show(profile: Profile) -> None:
    """The form, filled with what is on record."""
    preferences = session.engine().records.preferences(profile.customer_id)
    st.caption("What the customer says. Metrics, needs and lists follow once it is saved.")
    key = f"preferences_{profile.customer_id}"
    with st.form(key):
        fields = _fields(preferences, key)
        st.form_submit_button(
            "Save preferences",
            type="primary",
            on_click=_submit,
            args=(profile.customer_id, key, fields),
        )


def _fields(preferences: Preferences, key: str) -> tuple[str, ...]:
    left, middle, right = st.columns(3)
    with left:
        _one(
            "Income level",
            preferences.income_choices,
            preferences.income_level,
            f"{key}_income_level",
        )
    with middle:
        _one(
            "Risk tolerance",
            preferences.risk_choices,
            preferences.risk_tolerance,
            f"{key}_risk_tolerance",
        )
    with right:
        _one(
            "How often they bank",
            preferences.frequency_choices,
            preferences.frequency,
            f"{key}_frequency",
        )
    _many("Goals", preferences.goal_choices, preferences.goals, f"{key}_goals")
    for group, offered in preferences.service_choices.items():
        chosen = tuple(service for service in preferences.services if service in offered)
        _many(group, offered, chosen, f"{key}_services_{group}")
    return tuple(preferences.service_choices)


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
    """All choices in sight, so that nothing has to be typed or searched for."""
    st.pills(
        label,
        known,
        selection_mode="multi",
        default=list(stored),
        format_func=lambda choice: escape(wording.label(choice)),
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
    session.save_preferences(customer, stated)
