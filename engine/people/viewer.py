"""Whoever asks the engine something: who they are, in which role, with whose customers."""

from typing import Protocol


class Viewer(Protocol):
    """Somebody who asks; an account, a client of the interface, or a test."""

    @property
    def actor(self) -> str:
        """Stable id, written with everything that they do."""

    @property
    def role(self) -> str:
        """Of `engine.people.roles.ROLES`."""

    @property
    def book(self) -> str | None:
        """The relationship manager, as the bank's table of customers names them, whose customers
        they may see; None where their role sees all, or none."""
