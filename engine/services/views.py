"""Named queries of pages: saved, opened, renamed and removed, for everybody who uses the bank."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.results import View
from engine.snapshot.snapshot import Snapshots

PAGES: Final = ("customers",)
"""Pages that can be narrowed to something; a campaign is kept with the campaigns."""
NOT_KEPT: Final = frozenset({"bank", "customer", "page", "demo"})
"""What an address says beside that: which bank and customer, and how far one has read."""
LONGEST_NAME: Final = 60
MOST_VIEWS: Final = 100
"""Of one page (own choice: more are not found again by name)."""
_MOST_PARTS, _LONGEST_VALUE = 40, 300
_MOST_TRIES = 5
"""To rename a view that somebody else changes meanwhile (own choice)."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Views:
    """Named queries of one bank's pages, and which of them a person opened last.

    Everybody sees every view. Small and large letters of a name are the same.
    """

    pages = PAGES
    longest_name = LONGEST_NAME

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._saved = snapshots.state.views_saved
        self._opened = snapshots.state.views_opened
        self._now = now

    def saved(self, page: str | None = None) -> list[View]:
        """Views of a page, or of all, by page and name."""
        views = [_read(text) for text in self._saved.all().values()]
        wanted = [view for view in views if page in (None, view.page)]
        return sorted(wanted, key=lambda view: (view.page, view.name.casefold()))

    def get(self, page: str, name: str) -> View:
        """One view.

        Raises
        ------
        NotFound
            If the page has none of this name.
        """
        text = self._saved.get(_key(page, name))
        if text is None:
            raise _missing(page, name)
        return _read(text)

    def save(
        self,
        name: str,
        page: str,
        query: Mapping[str, str],
        *,
        actor: str,
        replacing: bool = False,
    ) -> View:
        """Keep a query under a name.

        Of two people who save one name at once the first one's query stays, and the other is told.

        Parameters
        ----------
        query : mapping
            Name of a filter -> its value, as in the page's address.
        replacing : bool
            Whether the view of that name is replaced; nothing else is kept then.

        Raises
        ------
        NotFound
            If a view is to be replaced and there is none of this name.
        BadInput
            If the name is taken by another query, empty or too long; if the query is empty, too
            long or none; if there is no such page, or it has too many views.
        """
        view = View(_plain(name), _page(page), _checked(query), actor, pd.Timestamp(self._now()))
        key, text = _key(page, view.name), _written(view)
        if replacing:
            if not self._saved.replace(key, text):
                raise _missing(page, view.name)
            return view
        known = self.saved(page)
        if len(known) >= MOST_VIEWS and view.name.casefold() not in {
            one.name.casefold() for one in known
        }:
            raise BadInput(f"The page has {MOST_VIEWS} views; remove one before saving another.")
        kept = _read(self._saved.settle(key, text))
        if kept.query != view.query:
            raise BadInput(
                f"There is a view {kept.name!r} already, saved by {kept.actor}; take another name, "
                "or open it and save your changes."
            )
        return kept

    def rename(self, page: str, name: str, to: str, *, actor: str) -> View:
        """Give a view another name; who had it open last finds it under that one.

        Raises
        ------
        NotFound or BadInput
            If there is none of this name; if the other is taken, empty or too long; if somebody
            saves something else in it again and again.
        """
        name_to, old = _plain(to), _key(page, name)
        new = _key(page, name_to)
        for _ in range(_MOST_TRIES):
            before = self._saved.get(old)
            if before is None:
                raise _missing(page, name)
            saved_at = pd.Timestamp(self._now())
            view = replace(_read(before), name=name_to, actor=actor, saved_at=saved_at)
            if self._saved.move(old, new, _written(view), expected=before):
                break
            if old != new and self._saved.get(new) is not None:
                raise BadInput(f"There is a view {view.name!r} already; take another name.")
        else:
            raise BadInput(f"Somebody is changing the view {name!r} just now; try again.")
        for person, opened in self._opened.all().items():
            if opened == old:
                self._opened.put(person, new)
        return view

    def remove(self, page: str, name: str) -> bool:
        """Forget a view; False when there is none of this name."""
        key = _key(page, name)
        for person, opened in self._opened.all().items():
            if opened == key:
                self._opened.remove(person)
        return self._saved.remove(key)

    # --- which one a person opened last

    def open(self, page: str, name: str, *, actor: str) -> View:
        """A view, which is the person's last from now on; NotFound where there is none."""
        view, person, key = self.get(page, name), _key(page, actor), _key(page, name)
        if self._opened.all().get(person) != key:
            self._opened.put(person, key)
        return view

    def leave(self, page: str, *, actor: str) -> None:
        """The person has no view open."""
        self._opened.remove(_key(page, actor))

    def last(self, page: str, *, actor: str) -> View | None:
        """The view that the person opened last and did not leave; None where there is none."""
        key = self._opened.all().get(_key(page, actor))
        text = self._saved.all().get(key) if key else None
        return _read(text) if text else None


def _missing(page: str, name: str) -> NotFound:
    return NotFound(f"The page {page} has no view {name!r}; somebody may have removed it.")


def _page(page: str) -> str:
    if page not in PAGES:
        raise BadInput(f"Got the page {page!r}; views are of {', '.join(PAGES)}.")
    return page


def _key(page: str, name: str) -> str:
    return f"{_page(page)}/{' '.join(name.split()).casefold()}"


def _plain(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise BadInput(
            f"Got the name {plain[:LONGEST_NAME]!r} of {len(plain)} characters; expected 1 to "
            f"{LONGEST_NAME}, on one line."
        )
    return plain


def _checked(query: Mapping[str, str]) -> dict[str, str]:
    kept = {str(key): str(value) for key, value in query.items() if key not in NOT_KEPT}
    if not kept:
        raise BadInput("Nothing is narrowed or sorted; choose a filter before saving a view.")
    for key, value in kept.items():
        if not _KEY.fullmatch(key) or len(value) > _LONGEST_VALUE or not value.isprintable():
            raise BadInput(
                f"Got {key[:40]!r} with {len(value)} characters in the query; expected a filter's "
                f"name and a value of at most {_LONGEST_VALUE} on one line."
            )
    if len(kept) > _MOST_PARTS:
        raise BadInput(f"The query has {len(kept)} parts; at most {_MOST_PARTS} are kept.")
    return dict(sorted(kept.items()))


def _written(view: View) -> str:
    return json.dumps(view.to_json(), ensure_ascii=False)


def _read(text: str) -> View:
    stored = json.loads(text)
    return View(**stored | {"saved_at": pd.Timestamp(stored["saved_at"])})
