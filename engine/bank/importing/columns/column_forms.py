"""Matched raw tables in; numbers with a point and days in one order out, and what says so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision
from engine.bank.importing.columns.column_matching import BORN_ON, Match
from engine.bank.parsing import dates, decimals, numbers, swapped_days
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

Said = Mapping[str, str]
"""Column -> reading that a plan gives: a key of `numbers.READINGS` or `dates.READINGS`."""


@dataclass(frozen=True)
class Spoken:
    """What a plan says of the columns of one file.

    Attributes
    ----------
    said : mapping of str to str
    earlier : frozenset of str
        Columns of which an earlier import alone says it: these files may be written otherwise.
    """

    said: Said
    earlier: frozenset[str] = frozenset()


def with_points(
    name: str, raw: RawTable, match: Match | None, spoken: Spoken
) -> tuple[RawTable, list[Decision]]:
    """Numbers with a decimal point, and how those of the matched columns were written.

    Raises
    ------
    BadInput
        If a plan's reading is none.
    """
    columns = match.columns if match else {}
    kinds = TABLES[match.table] if match else {}
    amounts = [c for c, ours in columns.items() if kinds.get(ours, "number") == "number"]
    said = spoken.said
    for column, reading in said.items():
        _check(reading, numbers.READINGS, raw, column)
    own = {c: numbers.form_of(raw.frame[c]) for c in said if c in raw.frame}
    given = {
        column: replace(numbers.form_named(said[column]), **_by_plan(spoken, column, form))
        for column, form in own.items()
    }
    frame, decisions = decimals.with_points(raw.frame, raw.file, raw.delimiter, amounts, given)
    answered = [
        _answerable(d, name, "numbers", numbers.READINGS, own.get(d.column))
        for d in decisions
        if d.column in columns
    ]
    return replace(raw, frame=frame), answered


def with_typed_days(
    name: str, raw: RawTable, match: Match, said: Said
) -> tuple[RawTable, list[Decision]]:
    """Typed dates in which a spreadsheet took the month for the day, each the other way; a guess.

    Raises
    ------
    BadInput
        If a plan's reading is none.
    """
    kinds = TABLES.get(match.table, {})
    changed, decisions = {}, []
    for column, ours in match.columns.items():
        if column not in raw.frame or kinds.get(ours) != "time":
            continue
        if (made := swapped_days.with_typed_swapped(raw.frame[column])) is None:
            continue
        cells, n_typed, n_texts, is_varied = made
        reading = said.get(column, swapped_days.SWAPPED[0 if is_varied else 1])
        _check(reading, swapped_days.SWAPPED, raw, column)
        evidence = (
            f"no day of the {n_typed} dates of a spreadsheet is after the 12th, and those of all "
            f"{n_texts} that are text are"
        )
        certainty = Certainty.PROVED if column in said else Certainty.GUESS
        others = tuple(other for other in swapped_days.SWAPPED if other != reading)
        answer = Answer(name, "swapped", column, (reading, *others))
        decision = Decision(
            raw.file, column, "typed dates", reading, certainty,
            SAID if column in said else evidence, () if column in said else others, answer,
        )  # fmt: skip
        decisions.append(decision)
        if reading == swapped_days.SWAPPED[0]:
            changed[column] = cells
    return replace(raw, frame=raw.frame.assign(**changed)) if changed else raw, decisions


def with_dates(
    name: str,
    raw: RawTable,
    match: Match,
    latest: pd.Timestamp | None,
    spoken: Spoken,
    centuries: Said,
) -> tuple[RawTable, list[Decision]]:
    """Days whose order the cells leave open, births and months, written the one way that is read.

    Each column is read by its own cells; one that proves the order speaks for the others.

    Raises
    ------
    BadInput
        If a plan's reading is none.
    """
    kinds = {**TABLES[match.table], BORN_ON: "time"} if match.table in TABLES else {}
    columns: dict[str, dates.Kind] = {
        column: "birth" if ours == BORN_ON else "month" if ours == "month" else "day"
        for column, ours in match.columns.items()
        if kinds.get(ours) == "time" and column in raw.frame
    }
    changed, decisions = {}, []
    for column, own in dates.forms_of(raw.frame, columns, latest).items():
        form = own
        if reading := spoken.said.get(column):
            _check(reading, dates.READINGS, raw, column)
            doubts = _by_plan(spoken, column, own)
            form = replace(own, order=dates.READINGS[reading], **doubts)
        if century := centuries.get(column):
            _check(century, dates.CENTURIES, raw, column)
            form = replace(form, pivot=form.pivot if century == dates.CENTURIES[0] else -1)
        for decision in form.decisions(raw.file, column):
            if decision.about == "date order":
                decision = _answerable(decision, name, "dates", dates.READINGS, own)
            elif decision.about == "century":
                decision = _of_century(decision, name, century)
            decisions.append(decision)
        if form.n_open or form.years or form.kind != "day":
            days = dates.read(raw.frame[column], form).dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
            changed[column] = days.fillna(raw.frame[column]).astype("str")
    return replace(raw, frame=raw.frame.assign(**changed)), decisions


def _of_century(decision: Decision, source: str, said: str | None) -> Decision:
    """Of the century of two-digit years: likely, or as a plan says."""
    if said:
        decision = replace(
            decision, reading=said, certainty=Certainty.PROVED, evidence=SAID, others=()
        )
    choices = tuple(dict.fromkeys((decision.reading, *dates.CENTURIES)))
    return replace(decision, answer=Answer(source, "centuries", decision.column, choices))


def _check(reading: str, known: Collection[str], raw: RawTable, column: str) -> None:
    if reading not in known:
        raise BadInput(
            f"The plan reads column {column} of {raw.file} as {reading!r}; it can be read as "
            f"{', '.join(known)}."
        )


def _by_plan(
    spoken: Spoken, column: str, own: numbers.NumberForm | dates.DateForm
) -> dict[str, object]:
    """How sure a plan's reading is: what the cells prove otherwise is asked about again.

    Of a plan of earlier files so is what the cells make likely otherwise.
    """
    is_doubted = own.certainty is Certainty.PROVED and "other" in own.evidence
    is_doubted |= own.certainty is Certainty.LIKELY and column in spoken.earlier
    if own.reading == spoken.said[column] or not is_doubted:
        return {"certainty": Certainty.PROVED, "evidence": SAID, "others": ()}
    evidence = f"the plan says so, but {own.evidence}"
    return {"certainty": Certainty.GUESS, "evidence": evidence, "others": (own.reading,)}


def _answerable(
    decision: Decision,
    source: str,
    field: str,
    readings: Mapping[str, str],
    own: numbers.NumberForm | dates.DateForm | None,
) -> Decision:
    """The same decision with the place in a plan that says it otherwise."""
    chosen = next(reading for reading in readings if decision.reading.startswith(reading))
    admitted = decision.others if own is None else (own.reading, *own.others)
    choices = dict.fromkeys([chosen, *(other for other in admitted if other in readings)])
    return replace(decision, answer=Answer(source, field, decision.column, tuple(choices)))
