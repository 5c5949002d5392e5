"""Uploaded files in; what they seem to be out, for a person to confirm before the import."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from engine.bank.importing import column_matching, layout
from engine.bank.reading import files
from engine.errors import BadInput


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


def survey(uploads: Mapping[str, bytes]) -> Survey:
    """Read uploads and say what they seem to be, without importing anything.

    Raises
    ------
    BadInput
        If a file cannot be read.
    """
    source = files.read_files("Upload", uploads)
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


def columns_for(uploads: Mapping[str, bytes], source: str, table: str) -> pd.DataFrame:
    """Suggestions for one uploaded table when a person says which of our tables it is."""
    tables = files.read_files("Upload", uploads).tables
    if source not in tables:
        raise BadInput(f"The upload has no table {source!r}; it has {', '.join(tables)}.")
    return column_matching.suggest(tables[source].frame, table)
