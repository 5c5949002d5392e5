"""A value or a file that somebody supplied in; the market figure that tilts allocations out."""

import csv
import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.customers import wording
from engine.errors import BadInput, NotFound
from engine.figures import signed

COLUMNS = ("date", "change")
LARGEST_FILE = 1_000_000
"""Bytes of a file of market figures (own choice: a century of days is a tenth of it)."""


@dataclass(frozen=True)
class Market:
    """A market figure, as a share, and where it comes from in words."""

    figure: float
    source: str


NEUTRAL = Market(0.0, "no market figure was supplied")


def market_of(
    supplied: float | str | Path | None, default: Path, day: pd.Timestamp, max_tilt: float
) -> Market:
    """The figure of a day; never drawn, so the same for everybody who looks.

    Parameters
    ----------
    supplied : float, str, Path or None
        A figure, or a CSV file with the columns date and change (a share, .02 for 2 %); None
        reads the bank's own file.
    default : Path
        The bank's own file; where it is missing the market is neutral.
    day : Timestamp
        The last figure on or before this day counts.
    max_tilt : float
        A figure of a file beyond it counts as this much, and the source says so.

    Raises
    ------
    BadInput
        If a figure is no number, or a file cannot be read as one of figures.
    NotFound
        If there is no such file.
    """
    if supplied is None:
        return _from_file(default, day, max_tilt) if default.is_file() else NEUTRAL
    if isinstance(supplied, str | Path):
        return _from_file(Path(supplied), day, max_tilt)
    if not abs(supplied) <= max_tilt:  # also for NaN
        raise BadInput(
            f"Got the market figure {supplied:g}; expected a share of at most {max_tilt:g} either "
            "way (.02 for 2 %)."
        )
    return Market(float(supplied), "as given")


def _from_file(path: Path, day: pd.Timestamp, max_tilt: float) -> Market:
    rows = [row for row in _rows(path) if row[0] <= day.date()]
    if not rows:
        raise BadInput(f"{path.name} has no market figure on or before {wording.day(day)}.")
    when, change = max(rows, key=lambda row: row[0])
    figure = float(np.clip(change, -max_tilt, max_tilt))
    source = f"{path.name}, {wording.day(pd.Timestamp(when))}"
    if figure != change:
        source += f", {signed(100 * change, 1)} % there, at most {100 * max_tilt:g} % counts"
    return Market(figure, source)


def checked(content: bytes, name: str, day: pd.Timestamp) -> bytes:
    """A file of market figures that may be kept as the bank's own: the same bytes.

    Raises
    ------
    BadInput
        If it is too large, cannot be read, or has no figure on or before the day.
    """
    if not any(when <= day.date() for when, _ in _figures(content, name)):
        raise BadInput(f"{name} has no market figure on or before {wording.day(day)}.")
    return content


def _rows(path: Path) -> list[tuple[dt.date, float]]:
    if not path.is_file():
        raise NotFound(f"There is no file {path}; expected a CSV with {' and '.join(COLUMNS)}.")
    return _figures(path.read_bytes(), path.name)


def _figures(content: bytes, name: str) -> list[tuple[dt.date, float]]:
    """Day and change of each line; BadInput names the line that cannot be read."""
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{name} has {len(content):,} bytes; expected {LARGEST_FILE:,} at most.")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or [])]:
            raise BadInput(f"{name} has no column {missing[0]!r}; it needs date and change.")
        return [_row(name, number, row) for number, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{name} is no CSV text in UTF-8: {error}. Save it as one.") from error


def _row(name: str, number: int, row: dict[str, str]) -> tuple[dt.date, float]:
    try:
        when, change = dt.date.fromisoformat(row["date"].strip()), float(row["change"])
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(
            f"{name}, line {number}: got {row['date']!r} and {row['change']!r}, expected a "
            "date such as 2026-06-30 and a share such as 0.02."
        ) from error
    if not np.isfinite(change):
        raise BadInput(f"{name}, line {number}: the change {row['change']!r} is no share.")
    return when, change
