"""Who is looking, and whether they may: `enter(page)` is the first call of every page."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st

from engine import Engine
from engine.errors import NotAllowed, SettingsError
from pages.components.frame.account import ACCOUNT
from pages.components.frame.places import state_folder
from pages.components.frame.sign_in import COOKIE, SIGN_IN, SIGN_OUT, Accounts

_WORK: Final = frozenset({"relationship_manager", "analyst", "manager"})
ASKS: Final[Mapping[str, str]] = {
    "my_day.py": "days.today",
    "customer_explorer.py": "customers.table",
    "assistant.py": "assistant.ask",
    "recommendations.py": "prospects.of",
    "campaigns.py": "campaigns.plan",
    "insights.py": "customers.insights",
    "fairness.py": "fairness.report",
    "governance.py": "governance.overview",
    "feedback.py": "feedback.history",
    "data.py": "facts.tables",
    "about.py": "facts.summary",
}
"""Page -> what it cannot be without; whoever may ask for that may open it."""
OPEN_TO: Final[Mapping[str, frozenset[str]]] = {
    page: Engine.rights[action].roles for page, action in ASKS.items()
}
"""Page -> roles that may open it."""
_HOLDS: Final[Mapping[str, frozenset[str]]] = {"manager": _WORK}
"""Role of an account -> the roles that it is on pages; any other is itself alone."""
NAMES_SEEN: Final = "analysts_see_names"
"""What the open bank lets analysts see, as the frame of a page noted it; the engine asks itself."""
_ON: Final = "page_that_is_open"
_MODES: Final = ("off", "accounts", "oidc")


@dataclass(frozen=True)
class Principal:
    """The person in front of the page.

    Attributes
    ----------
    actor : str
        Stable id, written with every event.
    name : str
    roles : frozenset of str
        A page names those that may open it (`OPEN_TO`).
    book : str or None
        The relationship manager whose customers they may see, None for all.
    role : str
        Of the account; "" for the demo user, whom nothing is kept from.
    """

    actor: str
    name: str
    roles: frozenset[str]
    book: str | None = None
    role: str = ""


DEMO = Principal(actor="demo", name="Demo user", roles=_WORK)


def signs_in() -> bool:
    """Do people have to sign in (ATTUNE_AUTH)?

    Raises
    ------
    SettingsError
        If ATTUNE_AUTH names a way to sign in that there is not.
    """
    mode = os.environ.get("ATTUNE_AUTH", "off")
    if mode not in _MODES:
        raise SettingsError(
            f"ATTUNE_AUTH is {mode!r}; there are 'off' (a demo user, on this machine alone), "
            "'accounts' (people made by python -m engine user add) and 'oidc' (the bank's own "
            "identity provider)."
        )
    return mode != "off"


def by_provider() -> bool:
    """Do they sign in at the bank's own identity provider?"""
    return os.environ.get("ATTUNE_AUTH") == "oidc"


def accounts() -> Accounts:
    """The people of the state folder."""
    return _accounts(state_folder())


@cache
def _accounts(state: Path) -> Accounts:
    return Engine.accounts(state)


def clients() -> Any:
    """The programs that may ask the JSON API."""
    return _clients(state_folder())


@cache
def _clients(state: Path) -> Any:
    return Engine.clients(state)


def token() -> str | None:
    """The session's token, as the browser sent it with the connection."""
    return st.context.cookies.get(COOKIE)


def principal() -> Principal | None:
    """Say who is looking; None means that nobody has signed in, or a session has ended."""
    if not signs_in():
        return DEMO
    person = accounts().of_session(token())
    return None if person is None else _principal(person)


def _principal(person: Any) -> Principal:
    roles = _HOLDS.get(person.role, frozenset({person.role}))
    if person.role == "analyst" and st.session_state.get(NAMES_SEEN):
        roles |= {"analyst_who_sees_names"}
    return Principal(person.actor, person.shown_name, roles, person.book, person.role)


def ways() -> tuple[tuple[str, str], ...]:
    """Where a person goes for the own account, and to sign out: what it is called, and its path."""
    return (("Your account", ACCOUNT), ("Sign out", SIGN_OUT)) if signs_in() else ()


def may_open(page: str, person: Principal) -> bool:
    """May somebody open a page, by its file?"""
    return bool(person.roles & OPEN_TO[page])


def may(action: str) -> bool:
    """May whoever looks ask for "service.method", by their role?"""
    person = principal()
    if person is None:
        return False
    return not person.role or bool(person.roles & Engine.rights[action].roles)


@contextmanager
def as_far_as_open() -> Iterator[None]:
    """Draw a part of a page, up to where it asks for what is not open to the person's role."""
    try:
        yield
    except NotAllowed as error:
        st.caption(str(error))


def enter(page: str) -> Principal:
    """Let a page go on only for somebody whose role may open it."""
    return require(*OPEN_TO[page])


def arrive(page: str | None) -> None:
    """Note which page is drawn from here on; what is clicked on it runs before the next one is."""
    st.session_state[_ON] = page


def still() -> Principal:
    """Who is looking, while they may see the page that they are on; nothing goes on otherwise.

    A click, and what is drawn anew of a part of a page, run no page's first call.
    """
    page = st.session_state.get(_ON)
    return require() if page is None else enter(page)


def require(*roles: str) -> Principal:
    """Let the page go on only for somebody with one of the roles (any role if none is named)."""
    person = principal()
    if person is None:
        st.title("Your session has ended", anchor=False)
        st.html(f'What you recorded is kept. <a href="{SIGN_IN}" target="_self">Sign in again</a>')
        st.stop()
    if roles and not person.roles & set(roles):
        st.error("This page is not open to your role. Ask whoever runs Attune at your bank.")
        st.stop()
    return person
