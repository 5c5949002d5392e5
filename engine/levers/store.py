"""Named settings that differ: kept as small TOML files, put in force, taken back, all on record."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path as File
from typing import Any, Final

import pandas as pd

from engine.bank import disk
from engine.bank.durable import LineFile
from engine.bank.overlay import Overlay
from engine.errors import BadInput, NotFound, StateError
from engine.scoring.levers.adjustable import Changes, Path, nested
from engine.settings import load
from engine.vocabulary import Kind

LOG: Final[dict[str, Kind]] = {
    "recorded_at": "time",
    "actor": "text",
    "action": "text",
    "name": "text",
    "why": "text",
    "before": "text",
    "after": "text",
}
SAVED, REMOVED, IN_FORCE, TAKEN_BACK = "saved", "removed", "in force", "taken back"

_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class SettingsStore:
    """Settings diffs of one bank.

    Parameters
    ----------
    overlay : Overlay
        Its settings folder holds `<name>.toml`, the bank's own settings.toml and changes.csv.
    """

    def __init__(self, overlay: Overlay):
        self._force = overlay.settings_file
        self._folder = self._force.parent
        self._log = LineFile(self._folder / "changes.csv", LOG)

    def names(self) -> list[str]:
        """Of everything that is saved."""
        if not self._folder.is_dir():
            return []
        found = (file.stem for file in self._folder.glob("*.toml") if file != self._force)
        return sorted(name for name in found if _SAFE.fullmatch(name))

    def save(self, name: str, changes: Changes, *, now: datetime, actor: str, why: str) -> None:
        """Keep changes under a name; one that is taken is replaced, which stands in the log."""
        file = self._file(name)
        if not changes:
            raise BadInput("Nothing is changed; move a lever before saving.")
        after = written(nested(changes))
        load(None, **nested(changes))
        with self._held():
            before = _text(file)
            disk.write_whole(file, after.encode())
            self._note(SAVED, name, before, after, now=now, actor=actor, why=why)

    def load(self, name: str) -> dict[Path, float]:
        """Saved changes, one by one.

        Raises
        ------
        NotFound
            If nothing is saved under that name.
        SettingsError
            If the file does not hold settings.
        """
        file = self._file(name)
        if not file.is_file():
            raise NotFound(f"No settings are saved as {name!r}; saved are {_listed(self.names())}.")
        load(file)
        return flat(tomllib.loads(file.read_text("utf-8")))

    def remove(self, name: str, *, now: datetime, actor: str) -> bool:
        """Forget a saved diff; what is in force stays. False when there is none."""
        file = self._file(name)
        with self._held():
            if not file.is_file():
                return False
            before = _text(file)
            file.unlink()
            disk.sync_folder(self._folder)
            self._note(REMOVED, name, before, "", now=now, actor=actor, why="")
        return True

    def apply(self, name: str, *, now: datetime, actor: str, why: str) -> None:
        """Write saved changes into the bank's own settings file, over what stands there."""
        changes = self.load(name)
        with self._held():
            before = _text(self._force)
            merged = nested(changes, tomllib.loads(before))
            load(None, **merged)
            after = written(merged)
            disk.write_whole(self._force, after.encode())
            self._note(IN_FORCE, name, before, after, now=now, actor=actor, why=why)

    def take_back(self, *, now: datetime, actor: str, why: str) -> str:
        """Undo what was put in force last; returns its name.

        Raises
        ------
        NotFound
            If nothing is in force from here.
        StateError
            If the settings file was changed by other means since.
        """
        with self._held():
            stack = self._in_force()
            if not stack:
                raise NotFound("Nothing that was put in force here is left to take back.")
            last = stack[-1]
            if _text(self._force) != last["after"]:
                raise StateError(
                    f"{self._force.name} was changed by hand since {last['name']!r} came into "
                    "force. Undo that by hand first."
                )
            before = last["before"]
            if before:
                disk.write_whole(self._force, before.encode())
            else:
                self._force.unlink()
                disk.sync_folder(self._folder)
            name, after = str(last["name"]), str(last["after"])
            self._note(TAKEN_BACK, name, after, before, now=now, actor=actor, why=why)
        return name

    def log(self) -> pd.DataFrame:
        """recorded_at, actor, action, name, why: newest first."""
        columns = ["recorded_at", "actor", "action", "name", "why"]
        return self._log.read()[columns].iloc[::-1].reset_index(drop=True)

    def in_force(self) -> list[str]:
        """Names that were put in force and not taken back, oldest first."""
        return [row["name"] for row in self._in_force()]

    def _in_force(self) -> list[dict[str, Any]]:
        stack: list[dict[str, Any]] = []
        for row in self._log.read().astype(object).fillna("").to_dict("records"):
            if row["action"] == IN_FORCE:
                stack.append(row)
            elif row["action"] == TAKEN_BACK and stack:
                stack.pop()
        return stack

    def _file(self, name: str) -> File:
        if not _SAFE.fullmatch(name) or name == self._force.stem:
            raise BadInput(
                f"Got the name {name!r}; expected small letters, digits, - and _, at most 40, "
                f"and not {self._force.stem!r}."
            )
        return self._folder / f"{name}.toml"

    def _held(self) -> Any:
        return disk.held(self._folder / "settings.lock", busy="Somebody else changes settings now.")

    def _note(
        self,
        action: str,
        name: str,
        before: str,
        after: str,
        *,
        now: datetime,
        actor: str,
        why: str,
    ) -> None:
        row = {"recorded_at": now, "actor": actor, "action": action, "name": name, "why": why}
        self._log.append([{**row, "before": before, "after": after}])


def flat(tree: Mapping[str, Any], path: Path = ()) -> dict[Path, float]:
    """Tables within tables as one path a value."""
    found: dict[Path, float] = {}
    for key, value in tree.items():
        here = (*path, key)
        found |= flat(value, here) if isinstance(value, Mapping) else {here: value}
    return found


def written(tree: Mapping[str, Any]) -> str:
    """Settings as TOML; values are numbers, texts, flags or lists of them."""
    lines: list[str] = []
    _write(tree, (), lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _write(tree: Mapping[str, Any], path: Path, lines: list[str]) -> None:
    plain = {key: value for key, value in tree.items() if not isinstance(value, Mapping)}
    if plain:
        if path:
            lines.append(f"\n[{'.'.join(_key(part) for part in path)}]")
        lines += [f"{_key(key)} = {json.dumps(value)}" for key, value in plain.items()]
    for key, value in tree.items():
        if isinstance(value, Mapping):
            _write(value, (*path, key), lines)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _text(file: File) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
