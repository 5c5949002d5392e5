"""Who is looking, and whether they may: `require(...)` is the first call of every page."""

import os
from dataclasses import dataclass

import streamlit as st

from engine.errors import SettingsError

ROLES = frozenset({"relationship_manager", "analyst", "manager"})


@dataclass(frozen=True)
class Principal:
    """The person in front of the page.

    Attributes
    ----------
    actor : str
        Stable id, written with every event.
    name : str
    roles : frozenset of str
        Of `ROLES`; a page names those that may open it.
    book : str or None
        The relationship manager whose customers they may see, None for all.
    """

    actor: str
    name: str
    roles: frozenset[str]
    book: str | None = None


DEMO = Principal(actor="demo", name="Demo user", roles=ROLES)


def signs_in() -> bool:
    """Do people have to sign in (ATTUNE_AUTH)?"""
    return _mode() != "off"


def principal() -> Principal | None:
    """Say who is looking; None means that nobody has signed in.

    Raises
    ------
    SettingsError
        If ATTUNE_AUTH names a way to sign in that there is not.
    """
    _mode()
    return DEMO


def require(*roles: str) -> Principal:
    """Let the page go on only for somebody with one of the roles (any role if none is named)."""
    person = principal()
    if person is None:
        st.info("Please sign in to go on.")
        st.stop()
    if roles and not person.roles & set(roles):
        st.error("This page is not open to your role. Ask whoever runs Attune at your bank.")
        st.stop()
    return person


def _mode() -> str:
    mode = os.environ.get("ATTUNE_AUTH", "off")
    if mode != "off":
        raise SettingsError(
            f"ATTUNE_AUTH is {mode!r}; this version knows only 'off' (a demo user)."
        )
    return mode
