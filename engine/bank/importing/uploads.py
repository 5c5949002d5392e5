"""Uploaded files in; what they seem to be out, for a person to confirm before the import."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from engine import settings
from engine.bank.importing import column_matching, layout
from engine.bank.reading import files
from engine.bank.reading.files import SourceFiles
from engine.bank.reading.isolated import read_isolated
from engine.errors import BadInput

NAME: Final = "Upload"
"""What a source of uploads is called."""


@dataclass(frozen=True, eq=False)
class UploadedTable:
    """One file or sheet of an upload.

    Attributes
    ----------
    file : str
        As shown to people.
    n_rows, n_bad_lines : int
        Rows read, and lines that could not be read.
    table : str or None
        Our table that it most likely is.
    suggestions : DataFrame
        source_column, target_column, confidence, example for that table; empty without one.
    """

    file: str
    n_rows: int
    n_bad_lines: int
    table: str | None
    suggestions: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Survey:
    """What an upload seems to be.

    Attributes
    ----------
    layout : str or None
        The layout that recognises it; None where columns have to be matched by a person.
    title : str
        What that layout reads.
    tables : mapping of str to UploadedTable
        By the name under which `importing.import_uploads` takes a match.
    """

    layout: str | None
    title: str
    tables: Mapping[str, UploadedTable]


Uploads = Mapping[str, bytes] | SourceFiles
"""Name -> content, or what was read of it already."""


def check(files: Sequence[tuple[str, int]]) -> None:
    """BadInput if files, given as name and bytes, are too much together or two have one name."""
    most = settings.default().bank.max_upload_megabytes
    size = sum(n_bytes for _, n_bytes in files)
    if size > most * 2**20:
        raise BadInput(
            f"The upload has {size / 2**20:,.0f} MB, more than the {most:,} MB of the setting "
            "bank.max_upload_megabytes. Remove a file, or import the folder by command."
        )
    names = Counter(name for name, _ in files)
    if twice := [name for name, n in names.items() if n > 1]:
        raise BadInput(f"Two files are called {twice[0]}. Rename one, or remove it.")


def read(uploads: Mapping[str, bytes]) -> SourceFiles:
    """Read uploads once, outside this process; BadInput if a file cannot be read."""
    check([(name, len(data)) for name, data in uploads.items()])
    return read_isolated(NAME, uploads)


def as_read(uploads: Uploads) -> SourceFiles:
    """Uploads as raw tables; what was read already is not read again."""
    return uploads if isinstance(uploads, SourceFiles) else files.read_files(NAME, uploads)


def survey(uploads: Uploads) -> Survey:
    """Say what uploads seem to be, without importing anything.

    Raises
    ------
    BadInput
        If a file cannot be read.
    """
    source = as_read(uploads)
    named = layout.with_full_names(source.tables)
    try:
        known_layout = layout.recognise(named)
    except layout.UnknownLayout:
        known_layout = None
    tables = {}
    for name, raw in named.items():
        table = column_matching.suggest_table(name, raw.frame)
        suggestions = (
            column_matching.suggest(raw.frame, table)
            if table
            else column_matching.suggest(raw.frame.iloc[:, :0], "customers")
        )
        tables[name] = UploadedTable(raw.file, len(raw.frame), raw.n_bad_lines, table, suggestions)
    if known_layout is None:
        return Survey(None, "", tables)
    return Survey(known_layout.name, known_layout.title, tables)


def columns_for(uploads: Uploads, source: str, table: str) -> pd.DataFrame:
    """Suggestions for one uploaded table when a person says which of our tables it is."""
    tables = as_read(uploads).tables
    if source not in tables:
        raise BadInput(f"The upload has no table {source!r}; it has {', '.join(tables)}.")
    return column_matching.suggest(tables[source].frame, table)
