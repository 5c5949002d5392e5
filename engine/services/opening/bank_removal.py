"""A bank of the state folder taken away with everything that was written about it."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from engine.bank import bank_folders, disk, editions
from engine.errors import BadInput, Busy, NotFound, StateError
from engine.state.state import State

_LEAVING: Final = ".removing"
"""Folder in that of everything that is written: banks on their way out, called by their ids."""


def remove(state: Path, bank_id: str, typed: str, served: Iterable[Path]) -> str:
    """Take a bank away for good; returns its name.

    One rename decides: before it the bank is whole, after it no list has it. What is left then is
    removed at once, or by whoever lists the banks next. Whom was erased from it stays noted, so
    that an import of the same bank brings nobody back.

    Parameters
    ----------
    typed : str
        The bank's name, as a person typed it.
    served : iterable of Path
        Folders of banks that this place serves, which stay.

    Raises
    ------
    NotFound
        If the state folder has no such bank.
    BadInput
        If the bank is served here, or another name was typed.
    Busy
        If an import writes into it.
    """
    own = bank_folders.available((), state).set_index("bank_id")
    if bank_id not in own.index:
        there = ", ".join(own.index) or "none"
        raise NotFound(
            f"There is no bank {bank_id!r} in {state}; banks that can be removed: {there}."
        )
    name, folder = str(own["name"][bank_id]), Path(own["path"][bank_id])
    if folder.resolve() in {Path(one).resolve() for one in served}:
        raise BadInput(f"{name} is the bank that is served here; serve another one first.")
    if typed.strip() != name:
        raise BadInput(f"Got the name {typed!r}; type {name!r} to remove this bank.")
    leaving = state / _LEAVING
    leaving.mkdir(exist_ok=True)
    finish(state)
    if (leaving / bank_id).exists():
        raise Busy(f"{name} was removed before and its retraining still runs; try again later.")
    with disk.held(folder / editions.LOCK, busy=f"{name} is being imported; try again later."):
        folder.rename(leaving / bank_id)
    for place in (folder.parent, leaving):
        disk.sync_folder(place)
    finish(state)
    return name


def finish(state: Path) -> None:
    """Remove what is left of banks that were taken away; nothing of one that came anew."""
    leaving = list((state / _LEAVING).glob("*/"))
    there = set(bank_folders.available((), state)["bank_id"]) if leaving else set()
    for folder in leaving:
        written = State(state, folder.name)
        with suppress(StateError):  # a retraining that runs is waited for by the next look
            if folder.name not in there:
                written.reset(delete=True, keep=())
                for aside in written.put_aside():
                    shutil.rmtree(aside.root, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)  # another look may be at it too
