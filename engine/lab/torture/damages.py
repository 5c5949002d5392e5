"""A state folder with one damaged thing each: does what is whole serve, and is the rest named?"""

import logging
import os
import random
import shutil
import sqlite3
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from engine.customers.learned_metrics.store import LEARNABLE
from engine.errors import BadInput, EngineError
from engine.feedback.version_history import Decision
from engine.json_values import JsonRecord
from engine.progress import Progress, quiet
from engine.state.opening import FILE
from engine.state.state import State

if TYPE_CHECKING:
    from engine.engine import Engine

Opener = Callable[[Path, Path], "Engine"]
"""Folder of a bank and of the state -> the engine, with a version ready to serve."""

ASKED: Final = 5
"""Customers whose lists are compared with those of before (own choice)."""
_REST: Final = frozenset(("cache",))
"""Folders of what can be worked out again: that it is, is the answer."""
_NOT_UTF8: Final = b"# caf\xe9\n"
_NOTE: Final = "promoted by hand"


class Damage(NamedTuple):
    """One thing that is damaged."""

    kind: str
    place: str
    """Path within the state folder."""


@dataclass(frozen=True, eq=False)
class DamageReport(JsonRecord):
    """What became of state folders with one damaged thing each."""

    trials: pd.DataFrame
    """seed, kind, place, outcome, said, lost."""
    left_out: tuple[str, ...]
    """Kinds that could not be tried here, and why."""
    seconds: float

    @property
    def counts(self) -> pd.DataFrame:
        """kind, tried, then how many of each outcome."""
        if self.trials.empty:
            return pd.DataFrame(columns=["kind", "tried", *OUTCOMES, "lost"])
        table = pd.crosstab(self.trials["kind"], self.trials["outcome"])
        table = table.reindex(columns=list(OUTCOMES), fill_value=0)
        table.insert(0, "tried", table.sum(axis=1))
        table["lost"] = self.trials.groupby("kind")["lost"].sum()
        table.loc["all"] = table.sum()
        return table.reset_index(names="kind")

    @property
    def passed(self) -> bool:
        """No raw error, nothing that is served otherwise without a word, nothing lost."""
        bad = self.trials["outcome"].isin((RAW, SILENT)) | (self.trials["lost"] > 0)
        return not bool(bad.any())

    def to_json(self) -> dict[str, Any]:
        """As a record, with counts and the verdict."""
        return super().to_json() | {"counts": self.counts, "passed": self.passed}


SAME, TOLD, SAID, SILENT, RAW = "served as before", "served and told", "said what", "silent", "raw"
OUTCOMES: Final = (SAME, TOLD, SAID, SILENT, RAW)
"""The same lists; lists, and the damage is named; one sentence in place of lists, that names it;
other lists without a word; an error that is no sentence of ours."""


def damages(
    seeds: Iterable[int], bank: Path, state: Path, opened: Opener, report: Progress = quiet
) -> DamageReport:
    """Damage a copy of a state folder once a seed, and ask the engine on it.

    Parameters
    ----------
    bank : Path
        Folder of the bank; inside the state folder, it is damaged too.
    state : Path
        A state folder in which a version serves; it stays as it is.
    opened : callable
        Opens a bank as the dashboard does.
    """
    _bank_id(state)
    started, wanted = time.monotonic(), list(seeds)
    noisy = logging.getLogger("engine")
    level = noisy.level
    noisy.setLevel(logging.CRITICAL)  # each damage would be told
    try:
        rows = _trials(wanted, bank, state, opened, report)
    finally:
        noisy.setLevel(level)
    columns = ["seed", "kind", "place", "outcome", "said", "lost"]
    left_out = ("no permission: this account may read everything",) if os.geteuid() == 0 else ()
    took = round(time.monotonic() - started, 1)
    return DamageReport(pd.DataFrame(rows, columns=columns), left_out, took)


def _trials(
    wanted: list[int], bank: Path, state: Path, opened: Opener, report: Progress
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    with tempfile.TemporaryDirectory(prefix="attune-damage-") as place:
        before = _asked(opened, Path(place), bank, state, None)
        if before.error:
            raise BadInput(f"The state folder does not serve as it is: {before.error}")
        for n, seed in enumerate(wanted):
            report(n / len(wanted), f"Damage {n + 1:,} of {len(wanted):,}")
            rows.append((seed, *_tried(seed, opened, Path(place), bank, state, before)))
    return rows


class _Answers(NamedTuple):
    """What an engine on a folder gives."""

    lists: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()
    """Ids of events, and accounts."""
    told: str = ""
    error: str = ""
    raw: bool = False
    left: int = 0
    """Bytes of files that were neither damaged nor can be worked out again and that are gone."""


def damaged(state: Path, seed: int) -> Damage:
    """Damage one thing of a state folder, which is lost; the seed says which and how."""
    return _damage(state, random.Random(seed), _bank_id(state))  # noqa: S311, no secret is drawn


def _tried(
    seed: int, opened: Opener, place: Path, bank: Path, state: Path, before: _Answers
) -> tuple[str, str, str, str, int]:
    done: list[Damage] = []

    def damage(folder: Path) -> None:
        done.append(damaged(folder, seed))

    found = _asked(opened, place, bank, state, damage)
    outcome = SAME if found.lists == before.lists else SILENT
    if found.told:
        outcome = TOLD
    if found.error:
        outcome = RAW if found.raw else SAID
    lost = len(before.kept - found.kept) if not (found.told or found.error) else 0
    return *done[0], outcome, found.error or found.told, lost + found.left


def _bank_id(state: Path) -> str:
    found = [path.parent.name for path in sorted(state.glob(f"*/{FILE}"))]
    if not found:
        raise BadInput(f"Nothing is written in {state} that could be damaged.")
    return found[0]


def _asked(
    opened: Opener,
    place: Path,
    bank: Path,
    state: Path,
    damage: Callable[[Path], None] | None,
) -> _Answers:
    """What is answered on a copy of a state folder, after some damage to it."""
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        own = folder / "state"
        shutil.copytree(state, own)
        within = own / bank.relative_to(state) if bank.is_relative_to(state) else bank
        if damage is not None:
            damage(own)
        sizes = _kept(own)
        found = _answers(opened, within, own)
        return found._replace(left=_gone(own, sizes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(opened: Opener, bank: Path, state: Path) -> _Answers:
    try:
        engine = opened(bank, state)
        ids = engine.bank.customer_ids[:: max(1, engine.bank.n_customers // ASKED)][:ASKED]
        lists = tuple(str(engine.offers.recommend(one).offers) for one in ids)
        engine.customers.table(search="")
        told = engine.facts.summary().damage
        named = "; ".join(engine.facts.damage(thorough=True)["about"].astype(str))
        acknowledged = {*engine.snapshots.events.read()["event_id"]}
        acknowledged |= {f"account {name}" for name in engine.accounts(state).table()["name"]}
        return _Answers(lists, frozenset(acknowledged), told or named)
    except EngineError as error:
        return _Answers(error=str(error))
    except Exception as error:
        # What is counted here is just that: an error that nobody turned into a sentence.
        return _Answers(error=f"{type(error).__name__}: {error}", raw=True)


def _kept(folder: Path) -> dict[Path, int]:
    """Files that nobody may lose, by their size: acknowledged events and sealed versions."""
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    kept = [p for p in paths if {"events", "versions"} & set(p.parts) and p.suffix != ".lock"]
    return {path: path.stat().st_size for path in kept}


def _gone(folder: Path, before: dict[Path, int]) -> int:
    """Of those, how many are neither there nor beside, set aside under another name."""
    aside = Counter(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    sizes = ((path, size) for path, size in before.items() if size)
    return sum(not path.exists() and not aside[size] for path, size in sizes)


def _damage(state: Path, draw: random.Random, bank_id: str) -> Damage:
    """Damage one thing of a state folder; which one is drawn."""
    made = [_settings, _stray, _never_committed, _learned, _cell]
    if draw.random() < 0.3:
        return draw.choice(made)(state, draw, bank_id)
    files = sorted(
        path
        for path in state.rglob("*")
        if path.is_file() and (draw.random() < 0.2 or not _REST & set(path.parts))
    )
    kinds: dict[str, Callable[[Path, random.Random], None]] = {
        "a bit flipped": _flip,
        "bytes overwritten": _overwrite,
        "cut short": lambda path, draw: os.truncate(path, int(path.stat().st_size * draw.random())),
        "empty": lambda path, _: os.truncate(path, 0),
        "removed": lambda path, _: path.unlink(),
        "a folder in its place": _folder,
        "a link to nowhere": _link,
        "not UTF-8": lambda path, _: path.write_bytes(_NOT_UTF8 + path.read_bytes()),
    }
    if os.geteuid() != 0:
        kinds["no permission"] = lambda path, _: path.chmod(0)
    kind, path = draw.choice(sorted(kinds)), draw.choice(files)
    kinds[kind](path, draw)
    return Damage(kind, path.relative_to(state).as_posix())


def _flip(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(content)


def _overwrite(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = draw.randrange(max(1, len(content)))
    content[at : at + 64] = draw.randbytes(64)
    path.write_bytes(content)


def _folder(path: Path, _draw: random.Random) -> None:
    path.unlink()
    path.mkdir()
    (path / "within").write_text("x", "utf-8")


def _link(path: Path, _draw: random.Random) -> None:
    path.unlink()
    path.symlink_to(path.parent / "is-not-there")


def _settings(state: Path, draw: random.Random, bank_id: str) -> Damage:
    """The bank's own settings file."""
    file = State(state, bank_id).settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_file():
        file.unlink()
    contents = {
        "settings not UTF-8": _NOT_UTF8,
        "settings no TOML": b"[guard\nmax_per_category = 2\n",
        "settings of an unknown key": b"[guard]\nno_such_key = 1\n",
        "settings out of range": b"[guard]\nmax_per_category = -3\n",
        "settings of NUL bytes": bytes(400),
    }
    kind = draw.choice([*contents, "settings a folder"])
    if kind in contents:
        file.write_bytes(contents[kind])
    else:
        file.mkdir()
    return Damage(kind, file.relative_to(state).as_posix())


def _stray(state: Path, draw: random.Random, _bank_id: str) -> Damage:
    """What a desktop leaves in a folder, or a person."""
    folders = sorted(path for path in state.rglob("*") if path.is_dir())
    name = draw.choice((".DS_Store", "Thumbs.db", "notes (copy).txt"))
    path = draw.choice(folders) / name
    path.write_bytes(draw.randbytes(100))
    return Damage("a stray file", path.relative_to(state).as_posix())


def _never_committed(state: Path, draw: random.Random, bank_id: str) -> Damage:
    """The registry promotes, rejects or rolls back a version that was never committed."""
    action = draw.choice(("promoted", "rejected", "rolled back"))
    own = State(state, bank_id)
    decision = Decision(action, "v0099", datetime(2026, 1, 1).isoformat(), _NOTE)
    own.decisions.append([decision.__dict__])
    own.store.close()
    return Damage("a version never committed", f"{bank_id}/{FILE}")


def _learned(state: Path, draw: random.Random, bank_id: str) -> Damage:
    """A learned metric that is no metric, sealed as if it were."""
    own = State(state, bank_id)
    content = draw.choice(("{}", "[]", "null", '{"schema": 1}', "{", '{"schema": 999}'))
    own.learned_metrics.put(draw.choice(LEARNABLE), content)
    own.store.close()
    return Damage("a learned metric of nothing", f"{bank_id}/{FILE}")


def _cell(state: Path, draw: random.Random, bank_id: str) -> Damage:
    """A cell of the state file that somebody wrote over with another tool."""
    path = state / bank_id / FILE
    with closing(sqlite3.connect(path)) as connection:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = sorted(name for (name,) in connection.execute(tables))
        counted = [(name, f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608
        full = [name for name, query in counted if connection.execute(query).fetchone()[0]]
        table = draw.choice(full)
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        column, content = draw.choice(columns), draw.choice(("x", b"\xff\xfe", None, -1, 1e300))
        where = f"rowid = (SELECT rowid FROM {table} ORDER BY rowid LIMIT 1)"  # noqa: S608
        try:
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE {where}",  # noqa: S608
                (content,),
            )
            connection.commit()
        except sqlite3.DatabaseError:  # the table refuses it: a row is gone instead
            connection.rollback()
            connection.execute(f"DELETE FROM {table} WHERE {where}")  # noqa: S608
            connection.commit()
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return Damage("a cell of the state file", f"{bank_id}/{FILE}: {table}.{column}")
