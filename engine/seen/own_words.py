"""What people keep for one another in free words, narrowed to what somebody wrote themselves.

Views of a list and notes on days may name anybody, so whoever may not see everybody's names reads,
replaces and removes none of another's.
"""

from collections.abc import Callable, Mapping
from inspect import BoundArguments
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.errors import EngineError, NotFound
from engine.people.rights import OWN, Right
from engine.people.viewer import Viewer

if TYPE_CHECKING:
    from engine.engine import Engine


class OwnWords:
    """Narrows the questions and answers of one person."""

    def __init__(self, engine: "Engine", viewer: Viewer):
        self._engine = engine
        self._actor = viewer.actor

    def narrow(self, action: str, right: Right, asked: BoundArguments) -> None:
        """NotFound for what another wrote, as for what is not there."""
        if right.scope != OWN:
            return
        given = asked.arguments
        if action.startswith("notes.") and given.get("note_id") is not None:
            self._expect_note(action, given["note_id"])
        if action.startswith("views.") and "page" in given:
            self._expect_views(action, given)

    def instead(self, action: str, method: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG002
        """The method that answers."""
        return method

    def narrowed(self, action: str, right: Right, answer: Any) -> Any:  # noqa: ARG002
        """An answer without what others wrote."""
        if action in ("views.saved", "notes.all"):
            return [one for one in answer if one.actor == self._actor]
        if action == "views.last" and answer is not None and answer.actor != self._actor:
            return None
        return answer

    def refused(self, said: Any) -> Any:
        """What an answer that could not be given says."""
        return said

    def own(self, ids: pd.Series) -> pd.Series:
        """Customers, who are none of words."""
        return ids

    def _expect_note(self, action: str, note_id: str) -> None:
        known = {one.note_id: one.actor for one in self._engine.notes.all()}
        nobodys = self._actor if action == "notes.add" else None
        if known.get(note_id, nobodys) != self._actor:
            raise NotFound(f"You have no note {note_id!r} here.")

    def _expect_views(self, action: str, given: Mapping[str, Any]) -> None:
        for name in ("name", "to"):
            if name not in given:
                continue
            new = name == "to" or action == "views.save"
            try:
                view = self._engine.views.get(given["page"], given[name])
            except EngineError:
                if not new:
                    raise NotFound(f"You have saved no view {given[name]!r} here.") from None
                continue
            if view.actor != self._actor:
                raise NotFound(
                    f"You cannot use the name {given[name]!r}; take another."
                    if new
                    else f"You have saved no view {given[name]!r} here."
                )
