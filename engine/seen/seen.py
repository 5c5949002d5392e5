"""An engine and a person in; the same services, through which passes what they may see, out."""

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from engine.errors import EngineError, NotAllowed
from engine.people.rights import RIGHTS, Right
from engine.people.roles import ANALYST, RELATIONSHIP_MANAGER
from engine.people.viewer import Viewer
from engine.seen.own_book import Books, OwnBook
from engine.seen.own_words import OwnWords
from engine.seen.without_names import WithoutNames

if TYPE_CHECKING:
    from engine.engine import Engine

REFUSED: Final = "This is not open to your role. Ask whoever runs Attune at your bank."


class Seen:
    """The services of an engine for one person; cheap to make, one for each request.

    An action that is not in the table of rights, or not open to the role, is refused
    (`NotAllowed`). Whatever takes the name of who does it is given the person's own. For whoever
    has a book, arguments and answers are narrowed to it (`engine.seen.own_book`); for an analyst
    whom the bank lets see no names, customers go by pseudonyms (`engine.seen.without_names`).
    """

    def __init__(self, engine: "Engine", viewer: Viewer, books: Books):
        self._engine = engine
        self._viewer = viewer
        sees_names = engine.analysts_see_names
        self._sees_names = sees_names and viewer.role == ANALYST
        self._ways: tuple[OwnBook | WithoutNames | OwnWords, ...] = ()
        # Whoever has a book is kept to it in any role, and this role without one has an empty one.
        if viewer.role == RELATIONSHIP_MANAGER or viewer.book is not None:
            self._ways = (OwnBook(engine, self, viewer, books), OwnWords(engine, viewer))
        if viewer.role == ANALYST and not self._sees_names:
            self._ways += (WithoutNames(engine), OwnWords(engine, viewer))

    def own(self, ids: pd.Series) -> pd.Series:
        """Of these customers of the bank those whom the person may see, as they are told them."""
        for way in self._ways:
            ids = way.own(ids)
        return ids

    @property
    def is_whole(self) -> bool:
        """Is everybody of the bank seen, under their own number?"""
        return not self._ways

    def may(self, action: str) -> bool:
        """May the person ask for "service.method"?"""
        right = RIGHTS.get(action)
        return right is not None and right.is_open_to(self._viewer.role, self._sees_names)

    def __getattr__(self, name: str) -> "SeenService":
        if name.startswith("_"):
            raise AttributeError(name)
        service = getattr(self._engine, name, None)
        if service is None or not any(action.startswith(f"{name}.") for action in RIGHTS):
            raise NotAllowed(REFUSED)
        found = SeenService(self, name, service)
        vars(self)[name] = found
        return found

    def _asked(self, action: str, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        right = self._expect(action)
        bound = _signature(method).bind(*args, **kwargs)
        if "actor" in _signature(method).parameters:
            bound.arguments["actor"] = self._viewer.actor
        for way in reversed(self._ways):  # pseudonyms are taken back before a book is looked at
            way.narrow(action, right, bound)
        for way in self._ways:
            method = way.instead(action, method)
        try:
            answer = method(*bound.args, **bound.kwargs)
        except EngineError as error:
            for way in self._ways:
                error.args = tuple(way.refused(one) for one in error.args)
            raise
        for way in self._ways:
            answer = way.narrowed(action, right, answer)
        return answer

    def _expect(self, action: str) -> Right:
        if not self.may(action):
            raise NotAllowed(REFUSED)
        return RIGHTS[action]

    def _value(self, action: str, value: Any) -> Any:
        self._expect(action)
        return value


class SeenService:
    """One service for one person."""

    def __init__(self, seen: Seen, name: str, service: object):
        self._seen = seen
        self._name = name
        self._service = service

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_"):
            raise AttributeError(method)
        action = f"{self._name}.{method}"
        self._seen._expect(action)
        found = getattr(self._service, method)
        if not callable(found):
            return found
        return functools.partial(self._seen._asked, action, found)


def _signature(method: Callable[..., Any]) -> inspect.Signature:
    return _of_function(getattr(method, "__func__", method), inspect.ismethod(method))


@functools.lru_cache(maxsize=1024)
def _of_function(function: Callable[..., Any], is_method: bool) -> inspect.Signature:
    signature = inspect.signature(function)
    if not is_method:
        return signature
    return signature.replace(parameters=[*signature.parameters.values()][1:])
