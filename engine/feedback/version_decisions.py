"""Decisions about versions in their order -> which serves, which served, what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Action = Literal["committed", "promoted", "rejected", "rolled back"]
Status = Literal["champion", "challenger", "rejected", "retired"]

LOST: Final = "a decision that cannot be read counts as rolled back"


@dataclass(frozen=True)
class Decision:
    """One line of a registry's log."""

    action: Action
    version_id: str
    at: str
    note: str = ""
    sha256: str = ""
    """Of the version's record; only where it was committed."""


def served(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """Versions to roll back through, oldest first; the last one serves now."""
    stack: list[str] = []
    for decision in decisions:
        if decision.action == "promoted":
            stack = [v for v in stack if v != decision.version_id] + [decision.version_id]
        elif decision.action == "rolled back" and stack[-1:] == [decision.version_id]:
            stack.pop()
    return tuple(stack)


def with_lost(decisions: Sequence[Decision | None]) -> tuple[Decision, ...]:
    """Decisions, and what is assumed of those that were lost (None) since the last promotion.

    Each of them may have withdrawn the version that served then, and nobody can tell. To serve
    a version that a person withdrew does harm; to serve an older one or none does not, and the
    next promotion mends it. So each counts as a roll-back of what served.
    """
    promoted = [n for n, told in enumerate(decisions) if told and told.action == "promoted"]
    since = promoted[-1] if promoted else len(decisions)
    assumed: tuple[Decision, ...] = ()
    for n, told in enumerate(decisions):
        if told is not None:
            assumed = (*assumed, told)
        elif n > since and (serving := champion(assumed)):
            assumed = (*assumed, Decision("rolled back", serving, "", LOST))
    return assumed


def champion(decisions: Sequence[Decision]) -> str | None:
    """The version that serves."""
    stack = served(decisions)
    return stack[-1] if stack else None


def statuses(decisions: Sequence[Decision]) -> dict[str, Status]:
    """What each version is now, in the order of their commits."""
    status_of: dict[str, Status] = {}
    become: dict[Action, Status] = {
        "committed": "challenger",
        "promoted": "retired",
        "rejected": "rejected",
        "rolled back": "retired",
    }
    for decision in decisions:
        status_of[decision.version_id] = become[decision.action]
    if serving := champion(decisions):
        status_of[serving] = "champion"
    return status_of


def last_notes(decisions: Sequence[Decision]) -> dict[str, str]:
    """The note of the last decision about each version."""
    return {decision.version_id: decision.note for decision in decisions}


def record_hash(decisions: Sequence[Decision], version_id: str) -> str:
    """SHA-256 of a version's record as it was committed."""
    return _commit_of(decisions, version_id).sha256


def committed_at(decisions: Sequence[Decision], version_id: str) -> str:
    """When a version was made, ISO 8601."""
    return _commit_of(decisions, version_id).at


def _commit_of(decisions: Sequence[Decision], version_id: str) -> Decision:
    commits = (d for d in decisions if d.action == "committed" and d.version_id == version_id)
    return next(commits)
