"""Makers of versions killed at any step; one serves all the time, whole."""

import multiprocessing
import os
import random
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import numpy as np

from engine.errors import EngineError
from engine.feedback.registry import Registry, VersionFacts
from engine.lab.torture.deaths import RETRAIN, Death, Doomed, drawn, kill_soon
from engine.state.state import State

BANK: Final = "torture"
FACTS: Final = VersionFacts(
    seed=7, bank_fingerprint="", as_of="2024-12-31", settings_hash="", n_events=0
)
_NOON = datetime(2024, 1, 1, 12)


@dataclass(frozen=True)
class KilledVersions:
    """What was done to a registry of versions, and what was found in it."""

    n_killed: int
    n_promoted: int
    n_wrong: int
    """Deaths after which another version served than the last one that was promoted, or none."""


def kill_makers(folder: Path, n_kills: int, seed: int) -> KilledVersions:
    """Have processes make versions one after another, and kill each of them."""
    fork = multiprocessing.get_context("fork")
    draw = random.Random(seed)  # noqa: S311 - no secret is drawn
    serving, n_killed, n_promoted, n_wrong = make(folder, 0), 0, 1, 0
    while n_killed < n_kills:
        death = drawn(draw, RETRAIN)
        ours, theirs = fork.Pipe(duplex=False)
        maker = fork.Process(target=_make, args=(folder, n_killed + 1, death, theirs))
        maker.start()
        theirs.close()
        told = []
        try:
            while True:
                told.append(ours.recv())
                if death.first % 2 and len(told) == 1:
                    kill_soon(maker, draw)
        except (EOFError, OSError):
            maker.join()
        n_killed += maker.exitcode == -signal.SIGKILL
        n_promoted += len(told) > 1
        new = told[1] if len(told) > 1 else None
        found = _serving(folder)
        # One that was not acknowledged may serve, whole: it died as it was about to say so.
        n_wrong += found is None or (new is not None and found != new) or found < serving
        serving = found or serving
    make(folder, n_killed + 1)
    return KilledVersions(n_killed, n_promoted, n_wrong)


def make(folder: Path, number: int) -> str:
    """Make a version and have it serve; its id."""
    registry = Registry(State(folder, BANK))
    with registry.retraining() as draft:
        for name in ("blend", "item_to_item", "transitions"):
            np.savez(draft.folder / f"{name}.npz", number=np.full((60, 60), number))
        version = registry.commit(draft, FACTS, now=_NOON)
        registry.promote(version.version_id, now=_NOON, note="torture")
    return version.version_id


def _make(folder: Path, number: int, death: Death, pipe: Connection) -> None:
    doomed = Doomed(death)
    pipe.send("started")
    if not death.first % 2:
        doomed.arm()
    pipe.send(make(folder, number))
    os._exit(0)


def _serving(folder: Path) -> str | None:
    """The version that serves, all of whose files are what was committed."""
    registry = Registry(State(folder, BANK))
    try:
        champion = registry.champion()
        if champion is None:
            return None
        registry.verified(champion.version_id)
    except EngineError:
        return None
    return champion.version_id
