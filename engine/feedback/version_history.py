"""Decisions about versions in their order -> which serves, which served, what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

Action = Literal["committed", "promoted", "rejected", "rolled back"]
Status = Literal["champion", "challenger", "rejected", "retired"]

LOST: Final = "a decision that cannot be read counts as rolled back"

_BECOME: Final[dict[Action, Status]] = {
    "committed": "challenger",
    "promoted": "retired",
    "rejected": "rejected",
    "rolled back": "retired",
}


@dataclass(frozen=True)
class Decision:
    """One line of a registry's log."""

    action: Action
    version_id: str
    at: str
    note: str = ""
    sha256: str = ""
    """Of the version's record; only where it was committed."""


@dataclass(frozen=True)
class VersionHistory:
    """What was decided about a bank's versions."""

    decisions: tuple[Decision, ...] = ()

    @classmethod
    def of(cls, decisions: Sequence[Decision | None]) -> "VersionHistory":
        """Decisions, and what is assumed of those that were lost (None) since the last promotion.

        Each of them may have withdrawn the version that served then, and nobody can tell. To serve
        a version that a person withdrew does harm; to serve an older one or none does not, and the
        next promotion mends it. So each counts as a roll-back of what served. What is said about
        a version whose commit cannot be read is left out.
        """
        promoted = [n for n, told in enumerate(decisions) if told and told.action == "promoted"]
        since = promoted[-1] if promoted else len(decisions)
        known = cls()
        for n, told in enumerate(decisions):
            assumed = told
            if told is None and n > since and known.champion:
                assumed = Decision("rolled back", known.champion, "", LOST)
            if assumed is not None:
                known = cls((*known.decisions, assumed))
        return cls(tuple(one for one in known.decisions if one.version_id in known.commits))

    @cached_property
    def served(self) -> tuple[str, ...]:
        """Versions to roll back through, oldest first; the last one serves now."""
        stack: list[str] = []
        for decision in self.decisions:
            if decision.action == "promoted":
                stack = [v for v in stack if v != decision.version_id] + [decision.version_id]
            elif decision.action == "rolled back" and stack[-1:] == [decision.version_id]:
                stack.pop()
        return tuple(stack)

    @property
    def champion(self) -> str | None:
        """The version that serves."""
        return self.served[-1] if self.served else None

    @cached_property
    def statuses(self) -> dict[str, Status]:
        """What each version is now, in the order of their commits."""
        status_of = {decision.version_id: _BECOME[decision.action] for decision in self.decisions}
        return status_of | ({self.champion: "champion"} if self.champion else {})

    @cached_property
    def commits(self) -> dict[str, Decision]:
        """How each version came to be."""
        return {one.version_id: one for one in self.decisions if one.action == "committed"}

    @property
    def last_notes(self) -> dict[str, str]:
        """The note of the last decision about each version."""
        return {decision.version_id: decision.note for decision in self.decisions}
