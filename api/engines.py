"""Who may ask, and which engine answers: the one that pages use, for what a client may see."""

from collections.abc import Callable
from typing import Protocol

from engine import Engine
from engine.people.rights import RIGHTS
from engine.people.roles import ROLES

Provider = Callable[[str | None], Engine]
"""Id of a bank, None for the first -> its engine; NotFound where it is not there."""


class Client(Protocol):
    """What has to be known of a program that asks."""

    @property
    def name(self) -> str:
        """As it was made."""

    @property
    def role(self) -> str:
        """As of people."""

    @property
    def book(self) -> str | None:
        """Whose customers it may see; None for those of its role."""

    @property
    def scopes(self) -> frozenset[str]:
        """What it may do."""

    @property
    def actor(self) -> str:
        """Who stands in records and in the audit trail."""


class Clients(Protocol):
    """What has to be known of all of them."""

    def of_token(self, token: str) -> Client | None:
        """Whose token it is, None for nobody's."""


class Limits(Protocol):
    """How much is answered; see the section api of engine/settings.toml."""

    @property
    def burst(self) -> int: ...
    @property
    def a_second(self) -> float: ...
    @property
    def at_once(self) -> int: ...
    @property
    def wait_seconds(self) -> float: ...
    @property
    def max_kilobytes(self) -> int: ...
    @property
    def page_rows(self) -> int: ...
    @property
    def max_page_rows(self) -> int: ...


def roles_of(action: str) -> frozenset[str]:
    """Roles that may ask for "service.method" of an engine; for "" every one.

    An analyst is among them where the bank may let analysts see names; the engine asks again.
    """
    if not action:
        return frozenset(ROLES)
    right = RIGHTS[action]
    return frozenset(role for role in ROLES if right.is_open_to(role, sees_names=True))


def engine_for(client: Client, engine: Engine) -> Engine:
    """The engine for what a client may see: its role's answers, of its own book."""
    return engine.seen_by(client)
