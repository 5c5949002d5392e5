"""Named settings that differ: kept as TOML texts, put in force, taken back, all on record."""

import copy
import hashlib
import itertools
import os
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
import tomli_w

from engine.bank import disk
from engine.errors import BadInput, NotFound, StateError
from engine.experiment_plan import SAVED_AS
from engine.settings import load
from engine.state.cells import encode
from engine.state.state import State
from engine.state.tables import SETTINGS_LOG

SAVED, REMOVED, IN_FORCE, TAKEN_BACK = "saved", "removed", "in force", "taken back"
MENDED = "put back"
PROPOSED, AGREED = "proposed", "agreed"
TAKING_BACK: Final = "take back "
"""Before the name of settings whose taking back is proposed; no saved name has a space."""

SERVING: Final = "serve "
"""Before the name of a version that is proposed although its lists widen a gap."""

_EXPERIMENTS: Final = "experiments"
"""Section of the settings that holds them."""
_TABLES: Final = ("settings_saved", "settings_log")
_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

Tree = Mapping[str, Any]
"""Settings as tables within tables, as a TOML file has them."""


class NamedSettings:
    """Settings diffs of one bank, with the log of what was done with them.

    What is in force stands in the bank's own settings.toml, which people edit too. `noted` is
    called within each transaction with when, who, what was done and the number of its row in the
    log, which has the name: a name is a text that people wrote.
    """

    def __init__(
        self, state: State, noted: Callable[[datetime, str, str, int], object] = lambda *_: None
    ):
        self._state = state
        self._noted = noted
        self._saved, self._log = state.settings_saved, state.settings_log
        self._force = state.settings_file

    def names(self) -> list[str]:
        """Of everything that is saved."""
        return sorted(self._saved.all())

    def save(self, name: str, tree: Tree, *, now: datetime, actor: str, why: str) -> None:
        """Keep changes under a name; one that is taken is replaced, which stands in the log."""
        self._check(name)
        if not tree:
            raise BadInput("Nothing is changed; move a lever before saving.")
        after = tomli_w.dumps(tree)
        load(None, **tree)
        before = self._saved.all().get(name, "")
        with self._state.store.writing(*_TABLES) as connection:
            self._saved.put_in(connection, name, after)
            self._note(connection, now, actor, SAVED, name, why, before, after)

    def load(self, name: str) -> dict[tuple[str, ...], float]:
        """Saved changes, one by one.

        Raises
        ------
        NotFound
            If nothing is saved under that name.
        SettingsError
            If it does not hold settings.
        StateError
            If it is not what was saved.
        """
        return flat(self._tree(name))

    def checksum(self, name: str) -> str:
        """SHA-256 of what is saved under a name, for `apply`; raises as `load` does."""
        return _sha(self._text(name))

    def _text(self, name: str) -> str:
        self._check(name)
        text = self._saved.get(name)
        if text is None:
            saved = ", ".join(self.names()) or "none"
            raise NotFound(f"No settings are saved as {name!r}; saved are {saved}.")
        return text

    def _tree(self, name: str, checked: str | None = None) -> dict[str, Any]:
        text = self._text(name)
        if checked is not None and _sha(text) != checked:
            raise BadInput(
                f"{name!r} was saved anew while it was checked, so it is not in force. Look at "
                "what it holds now and put it in force again."
            )
        tree = tomllib.loads(text)
        load(None, **tree)
        return tree

    def remove(self, name: str, *, now: datetime, actor: str) -> bool:
        """Forget a saved diff; what is in force stays. False when there is none."""
        self._check(name)
        before = self._saved.all().get(name)
        if before is None:
            return False
        with self._state.store.writing(*_TABLES) as connection:
            self._saved.remove_in(connection, name)
            self._note(connection, now, actor, REMOVED, name, "", before, "")
        return True

    def saved_text(self, name: str) -> str:
        """Saved changes as TOML, checked as `load` does."""
        return tomli_w.dumps(self._tree(name))

    def with_applied(self, name: str, checked: str | None = None) -> str:
        """The bank's own settings file as `apply` would leave it."""
        settings = merged(tomllib.loads(self._in_file()), self._tree(name, checked))
        load(None, **settings)
        return tomli_w.dumps(settings)

    def apply(
        self,
        name: str,
        *,
        now: datetime,
        actor: str,
        why: str,
        checked: str | None = None,
        judged: str | None = None,
    ) -> None:
        """Write saved changes into the bank's own settings file, over what stands there.

        Parameters
        ----------
        checked : str, optional
            `checksum` of what was looked at before; where another save came since, BadInput.
        judged : str, optional
            What the file should hold then; where it would hold something else, StateError.
        """
        with self._or_as_before() as write, self._state.store.writing(*_TABLES) as connection:
            before, after = self._in_file(), self.with_applied(name, checked)
            self._expect(after, judged)
            self._note(connection, now, actor, IN_FORCE, name, why, before, after)
            write(after)

    def propose(
        self,
        name: str,
        after: str,
        *,
        now: datetime,
        actor: str,
        why: str,
        checked: str | None = None,
    ) -> None:
        """Note that somebody wants `after` in force, for which a second person is needed.

        `name` is that of saved settings, with `checked` as in `apply`; or TAKING_BACK and the
        name of what is in force.
        """
        with self._state.store.writing(*_TABLES) as connection:
            if checked is not None:
                self._tree(name, checked)
            self._note(connection, now, actor, PROPOSED, name, why, "", after)

    def agree(
        self, name: str, *, now: datetime, actor: str, why: str, checked: str | None = None
    ) -> None:
        """Note that a second person agrees; `checked` as in `apply`."""
        with self._state.store.writing(*_TABLES) as connection:
            if checked is not None:
                self._tree(name, checked)
            self._note(connection, now, actor, AGREED, name, why, "", "")

    def proposal(self, name: str, after: str) -> dict[str, Any] | None:
        """Who proposed `after` under a name, and when; None where the last proposal is of
        something else, or it was put in force, taken back or removed since."""
        saved = name.removeprefix(TAKING_BACK)
        ends = (AGREED,) if name.startswith(SERVING) else (IN_FORCE, TAKEN_BACK, REMOVED)
        for row in reversed(self._log.read().astype(object).fillna("").to_dict("records")):
            if row["name"] == name and row["action"] == PROPOSED:
                return row if row["after"] == after else None
            if row["name"] == saved and row["action"] in ends:
                return None
        return None

    def before_last(self) -> tuple[str, str]:
        """Name of what was put in force last, and the settings file as taking it back leaves it.

        Experiments are passed over, and stay in the file as they are: their arms were drawn, and
        what came of them is read by their settings.

        Raises
        ------
        NotFound
            If nothing is in force from here.
        StateError
            If the settings file was changed by other means since.
        """
        stack, here = self._in_force(), self._in_file()
        lasting = len(stack)
        while stack and _is_experiment(stack[-1]):
            stack.pop()
        if not stack:
            raise NotFound("Nothing that was put in force here is left to take back.")
        name, before, after = (str(stack[-1][key]) for key in ("name", "before", "after"))
        if here != after and len(stack) < lasting and _without(here) == _without(after):
            kept = {key: of for key, of in tomllib.loads(here).items() if key == _EXPERIMENTS}
            return name, tomli_w.dumps(_without(before) | kept)
        if here != after:
            raise StateError(
                f"{self._force.name} was changed by hand since {name!r} came into "
                "force. Undo that by hand first."
            )
        return name, before

    def _expect(self, text: str, judged: str | None) -> None:
        if judged is not None and text != judged:
            raise StateError(
                f"{self._force.name} was changed by somebody else just now. Nothing was put in "
                "force; try again."
            )

    def mend(self, *, now: datetime, actor: str) -> tuple[str, Path] | None:
        """Where the settings file cannot be read at all, put back what this program last wrote.

        Returns
        -------
        tuple of str and Path, or None
            Name of what stands in the file again, and where the damaged one lies now; None where
            the file can be read.

        Raises
        ------
        StateError
            If nothing was put in force here, so that nobody knows what stood in it.
        """
        written = self._written()
        try:
            tomllib.loads(self._in_file())
            if not self.is_gone:
                return None
        except (tomllib.TOMLDecodeError, StateError) as error:
            if written is None:
                raise StateError(
                    f"{self._force} cannot be read ({error}), and nothing was put in force here "
                    "that could be put back. Mend it, or move it away: then the settings are "
                    "those that Attune comes with."
                ) from error
        aside = next(
            path
            for n in itertools.count(1)
            if not os.path.lexists(path := self._force.with_name(f"{self._force.name}.damaged{n}"))
        )
        name, after = str(written["name"]), str(written["after"])
        with self._state.store.writing(*_TABLES) as connection:
            self._note(connection, now, actor, MENDED, name, "", "", after)
            if os.path.lexists(self._force):
                self._force.rename(aside)
            self._put(after)
        return name, aside

    @property
    def is_gone(self) -> bool:
        """Is the settings file empty, or no longer there, though something was put in force?"""
        written = self._written()
        return written is not None and bool(written["after"]) and not self._in_file().strip()

    def _written(self) -> dict[str, Any] | None:
        """The last row of the log that says what was written into the file."""
        rows = self._log.read().astype(object).fillna("").to_dict("records")
        done = [row for row in rows if row["action"] in (IN_FORCE, TAKEN_BACK)]
        return done[-1] if done else None

    def take_back(self, *, now: datetime, actor: str, why: str, judged: str | None = None) -> str:
        """Undo what was put in force last; returns its name. Raises as `before_last` does, and
        StateError where the settings file would not hold `judged` then."""
        with self._or_as_before() as write, self._state.store.writing(*_TABLES) as connection:
            name, before = self.before_last()
            self._expect(before, judged)
            self._note(connection, now, actor, TAKEN_BACK, name, why, self._in_file(), before)
            write(before)
        return name

    def log(self) -> pd.DataFrame:
        """recorded_at, actor, action, name, why: newest first."""
        columns = ["recorded_at", "actor", "action", "name", "why"]
        return self._log.read()[columns].iloc[::-1].reset_index(drop=True)

    def in_force(self) -> list[str]:
        """Names that were put in force and not taken back, oldest first."""
        return [str(row["name"]) for row in self._in_force()]

    def values_in_force(self) -> dict[str, Any]:
        """What the settings in force put into the file: "section.key" -> value."""
        put: dict[str, Any] = {}
        for row in self._in_force():
            before, after = (flat(tomllib.loads(str(row[key]))) for key in ("before", "after"))
            changed = {key: value for key, value in after.items() if before.get(key) != value}
            put |= {".".join(key): value for key, value in changed.items()}
        return put

    def _in_force(self) -> list[dict[str, Any]]:
        stack: list[dict[str, Any]] = []
        for row in self._log.read().astype(object).fillna("").to_dict("records"):
            if row["action"] == IN_FORCE:
                stack.append(row)
            elif row["action"] == TAKEN_BACK:
                of_it = [n for n, one in enumerate(stack) if one["name"] == row["name"]]
                for n in of_it[-1:]:
                    del stack[n]
        return stack

    def _check(self, name: str) -> None:
        if not _SAFE.fullmatch(name) or name == self._force.stem:
            raise BadInput(
                f"Got the name {name!r}; expected small letters, digits, - and _, at most 40, "
                f"and not {self._force.stem!r}."
            )

    def _note(
        self,
        connection: sqlite3.Connection,
        now: datetime,
        actor: str,
        action: str,
        name: str,
        *texts: str,
    ) -> None:
        row = dict(zip(SETTINGS_LOG, (now, actor, action, name, *texts), strict=True))
        self._log.insert(connection, [encode(SETTINGS_LOG, row)])
        (n,) = connection.execute(f"SELECT max(n) FROM {self._log.name}").fetchone()  # noqa: S608
        self._noted(now, actor, action, n)

    def _in_file(self) -> str:
        try:
            return self._force.read_text("utf-8") if os.path.lexists(self._force) else ""
        except UnicodeDecodeError as error:
            raise StateError(f"{self._force} is no text in UTF-8.") from error
        except OSError as error:
            raise StateError(
                f"{self._force} cannot be read ({error.strerror or error})."
            ) from error

    @contextmanager
    def _or_as_before(self) -> Iterator[Callable[[str], None]]:
        """Write the file within a transaction: where its end is refused, it is as it was before."""
        written: list[tuple[str, str]] = []

        def write(text: str) -> None:
            written.append((self._in_file(), text))
            self._put(text)

        try:
            yield write
        except BaseException:
            for before, after in written:
                if self._in_file() == after:
                    self._put(before)
            raise

    def _put(self, text: str) -> None:
        if text:
            disk.write_whole(self._force, text.encode())
        elif self._force.is_file():
            self._force.unlink()
            disk.sync_folder(self._force.parent)


def _is_experiment(row: Mapping[str, Any]) -> bool:
    return str(row["name"]).startswith(SAVED_AS)


def _without(text: str) -> dict[str, Any]:
    """A settings file without the experiments in it."""
    return {key: of for key, of in tomllib.loads(text).items() if key != _EXPERIMENTS}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def merged(onto: Tree, tree: Tree) -> dict[str, Any]:
    """Settings with others on top."""
    result = copy.deepcopy(dict(onto))
    for key, value in tree.items():
        if isinstance(value, Mapping):
            value = merged(result.get(key, {}), value)
        result[key] = value
    return result


def flat(tree: Tree, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], float]:
    """Tables within tables as one path a value."""
    values: dict[tuple[str, ...], float] = {}
    for key, value in tree.items():
        here = (*path, key)
        values |= flat(value, here) if isinstance(value, Mapping) else {here: value}
    return values
