"""A stranger's raw tables in; tables that hold data alone and the layout that reads them out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.bank.importing import column_matching, identifiers
from engine.bank.importing import layout as layouts
from engine.bank.importing.column_matching import Match
from engine.bank.importing.layout import Layout
from engine.bank.parsing import decimals
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput


def prepare(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match] | None,
    findings: Findings,
    key: Callable[[], bytes],
) -> tuple[dict[str, RawTable], Layout]:
    """Make a bank's own tables ready for the mapping.

    Parameters
    ----------
    tables : mapping of str to RawTable
    matches : mapping of str to Match, optional
        As a person said; guessed when not given.
    findings : Findings
        Takes what cannot be read, and notes.
    key : callable
        Gives the key under which account and card numbers are hashed.
    """
    tables, notes = identifiers.shortened(tables, key)
    for name, raw in tables.items():
        frame, decisions = decimals.with_points(raw.frame, raw.file, raw.delimiter)
        tables[name] = replace(raw, frame=frame)
        notes += [f"{decision}." for decision in decisions]
    for note in notes:
        findings.note(note)
    if matches is None:
        matches = column_matching.guess(tables)
    readable = _readable(tables, matches, findings)
    return tables, column_matching.build_layout(readable, layouts.named(layouts.TABLES_LAYOUT))


def _readable(
    tables: Mapping[str, RawTable], matches: Mapping[str, Match], findings: Findings
) -> dict[str, Match]:
    """Matches of the tables that have what their rows cannot do without."""
    readable, problems = {}, []
    for name, match in matches.items():
        raw = tables.get(name)
        if raw is None or not (problem := column_matching.what_is_missing(raw, match)):
            readable[name] = match
            continue
        findings.reject(match.table, raw.file, raw.lines, problem)
        problems.append(f"{raw.file}: {problem}.")
    if problems and not readable:
        raise BadInput(" ".join(problems))
    return readable
