"""Notes on days ("fee change" on 1 May), which stand on charts over time."""

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.results import Note
from engine.snapshot.snapshot import Snapshots

LONGEST_TEXT: Final = 80
MOST_NOTES: Final = 200
"""Of a bank (own choice: a chart over five years shows no more)."""
FIRST, LAST = date(1950, 1, 1), date(2099, 12, 31)
"""Days that a note may be about (own choice: a slip of the year is told)."""


class Notes:
    """Notes that people pinned to days of one bank's history; everybody sees them all."""

    longest_text = LONGEST_TEXT
    first, last = FIRST, LAST

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._kept = snapshots.state.notes_pinned
        self._now = now

    def all(self) -> list[Note]:
        """Every note, by day, then by text."""
        notes = [_read(key, text) for key, text in self._kept.all().items()]
        return sorted(notes, key=lambda note: (note.day, note.text, note.note_id))

    def add(self, day: date, text: str, *, actor: str, note_id: str | None = None) -> Note:
        """Pin a note to a day.

        Parameters
        ----------
        note_id : str, optional
            Made by the page, so that a repeated submit is one note.

        Raises
        ------
        BadInput
            If the text is empty or too long, the day is out of range, or there are too many.
        """
        plain = " ".join(text.split())
        if not plain or len(plain) > LONGEST_TEXT or not plain.isprintable():
            raise BadInput(
                f"Got a note of {len(plain)} characters; expected 1 to {LONGEST_TEXT}, on one line."
            )
        when = pd.Timestamp(day)
        if not FIRST <= when.date() <= LAST:
            raise BadInput(f"Got the day {when:%Y-%m-%d}; expected one of {FIRST} to {LAST}.")
        if len(self._kept.all()) >= MOST_NOTES:
            raise BadInput(f"There are {MOST_NOTES} notes; remove one before adding another.")
        key = note_id or str(uuid.uuid4())
        stored = {
            "day": f"{when:%Y-%m-%d}",
            "text": plain,
            "actor": actor,
            "recorded_at": pd.Timestamp(self._now()).isoformat(),
        }
        return _read(key, self._kept.settle(key, json.dumps(stored, ensure_ascii=False)))

    def remove(self, note_id: str) -> Note:
        """Take a note off; returns it.

        Raises
        ------
        NotFound
            If there is no such note.
        """
        text = self._kept.get(note_id)
        if text is None or not self._kept.remove(note_id):
            raise NotFound(f"There is no note {note_id!r}; somebody may have removed it.")
        return _read(note_id, text)


def _read(key: str, text: str) -> Note:
    stored = json.loads(text)
    times = {name: pd.Timestamp(stored[name]) for name in ("day", "recorded_at")}
    return Note(note_id=key, **stored | times)
