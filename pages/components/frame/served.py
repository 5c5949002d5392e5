"""The engines of pages for programs that ask: one of each bank in a process, whoever asks."""

from engine import Engine
from engine.errors import NotFound
from pages.components.frame import session
from pages.components.frame.places import state_folder


def served(bank: str | None) -> Engine:
    """The engine of a bank, or of the one to open first, for a program that asks.

    The same object that pages use; NotFound where there is no such bank.
    """
    available = session.banks()
    found = available if bank is None else available[available["bank_id"] == bank]
    if found.empty:
        raise NotFound("There is no such bank here.")
    row = found.iloc[0]
    return session.opened(str(row["path"]), str(state_folder()), int(row["edition"]))
