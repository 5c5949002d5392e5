"""How a stranger's files are read, as a plan that a person can read, keep as TOML and use again."""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.bank.decision import SAID, Answer, Certainty, Decision
from engine.bank.importing.columns import column_matching, nameless
from engine.bank.importing.columns.column_matching import SURE, Match
from engine.bank.importing.columns.layout import TABLES_LAYOUT
from engine.bank.parsing.file_names import shape_of
from engine.bank.reading.raw_table import FileForm, RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

VERSION = 1
READ_AS = {"encoding": "encoding", "delimiter": "delimiter", "header row": "header"}
"""What a decision of a file's reader is about -> field of the plan."""


@dataclass(frozen=True)
class FilePlan:
    """How one file, sheet or database table is read.

    Attributes
    ----------
    source : str
        Name of the file without its ending, of the sheet or of the database table.
    table : str
        Ours.
    columns : mapping of str to str
        The file's column -> ours.
    others : tuple of str
        Further columns of the file; they are kept with the rows.
    direction : str
        Which amounts come in and which go out; empty where the files tell.
    currency : str
        ISO code of the file's amounts where a person said it.
    customer : str
        Whose rows they are where no column says it and a person did.
    numbers, dates, centuries, units, signs : mapping of str to str
        The file's column -> how it is written: a key of `numbers.READINGS` or `dates.READINGS`;
        one of `dates.CENTURIES`, of `units.UNITS` or of `units.SIGNS`. Columns in which nothing
        depends on it are left out.
    encoding, delimiter, header : str
        How its cells are told apart (`FileForm`); empty where nothing depends on it or the file
        tells.
    swapped : mapping of str to str
        The file's column of days -> one of `swapped_days.SWAPPED`.
    fee : str
        Whether fees in a column of their own are "in the amount" or "on top of the amount".
    rows : mapping of str to str
        Kind of rows that are no data -> "set apart" or "kept".
    months : mapping of str to str
        Name of columns that are called like months, without the month -> "spending", "income",
        "balance" or `wide_months.LEFT`.
    """

    source: str
    table: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()
    direction: str = ""
    currency: str = ""
    customer: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    centuries: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    swapped: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    header: str = ""
    fee: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    months: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> FileForm:
        return FileForm(self.encoding, self.delimiter, self.header, tuple(self.columns))


@dataclass(frozen=True)
class ImportPlan:
    """How all files of a source are read.

    Attributes
    ----------
    layout : str
        The layout that ships, where one fits; then there are no files.
    files : tuple of FilePlan
    currency : str
        ISO code of amounts that come without one; empty where nobody said.
    customers : str
        "one for each file" or "one for all files", where no column says whose rows they are.
    accounts : str
        "one account" or "two accounts", where a number is the end of an IBAN and no entries tell.
    known_accounts : mapping of str to str
        Keyed hash of such a number and its IBAN -> the same, as earlier files or a person told.
    left_out : tuple of str
        Files that a person said not to use.
    decisions : tuple of Decision
        Every reading with what speaks for it; not part of what is saved.
    is_kept : bool
        It is that of an earlier import, which lies beside the bank; not part of what is saved.
    answers : frozenset of (str, str, str)
        Source, field and column that a person chose for these files; not part of what is saved.
    """

    layout: str
    files: tuple[FilePlan, ...] = ()
    currency: str = ""
    customers: str = ""
    accounts: str = ""
    known_accounts: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    is_kept: bool = False
    answers: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def matches(self) -> dict[str, Match]:
        return {file.source: Match(file.table, file.columns) for file in self.files}

    @property
    def forms(self) -> dict[str, FileForm]:
        """Source, and the shape of its name -> how its cells are told apart."""
        shapes = {shape_of(file.source): file.form for file in self.files}
        return shapes | {file.source: file.form for file in self.files}

    def said(self, field_name: str) -> dict[str, Any]:
        """Source -> what a field of its file says, where it says anything."""
        said = {file.source: getattr(file, field_name) for file in self.files}
        return {source: value for source, value in said.items() if value}

    def of_earlier_files(self, source: str, field_name: str, columns: Iterable[str]) -> set[str]:
        """Those of some columns of which only an earlier import says how they are read."""
        if not self.is_kept:
            return set()
        return {c for c in columns if (source, field_name, c) not in self.answers}

    def answered(self, answers: Iterable[tuple[Answer, str]]) -> "ImportPlan":
        """The plan with what a person chose; decisions have to be made anew (`explain`).

        Raises
        ------
        BadInput
            If a choice is none of its answer, or the plan has no such file.
        """
        plan = replace(self, decisions=())
        for answer, choice in answers:
            plan = plan._with(answer, choice)
        return plan

    def _with(self, answer: Answer, choice: str) -> "ImportPlan":
        if not choice or (choice not in answer.choices and not answer.is_open):
            raise BadInput(
                f"{choice!r} is no {answer.field} of {answer.source or 'the files'}; choose "
                f"{' or '.join(answer.choices)}."
            )
        if not answer.source:
            return replace(self, **{answer.field: choice})
        files = {file.source: file for file in self.files}
        if answer.source not in files:
            raise BadInput(f"The plan has no {answer.source}; it has {', '.join(files)}.")
        file = files[answer.source]
        value = {**getattr(file, answer.field), answer.column: choice} if answer.column else choice
        files[answer.source] = replace(file, **{answer.field: value})
        answers = self.answers | {(answer.source, answer.field, answer.column)}
        return replace(self, files=tuple(files.values()), answers=answers)

    @property
    def guesses(self) -> tuple[Decision, ...]:
        return tuple(d for d in self.decisions if d.certainty is Certainty.GUESS)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dicts, the doubtful decisions first."""
        order = list(Certainty)[::-1]
        doubtful_first = sorted(self.decisions, key=lambda d: order.index(d.certainty))
        return {
            "layout": self.layout,
            "currency": self.currency,
            "customers": self.customers,
            "files": [dataclasses.asdict(file) for file in self.files],
            "decisions": [dataclasses.asdict(decision) for decision in doubtful_first],
        }

    def save(self, path: Path) -> None:
        """Write the plan as TOML."""
        path.write_text(self.to_toml(), "utf-8")

    def to_toml(self) -> str:
        """The plan as a person reads and edits it."""
        import tomli_w

        files = [
            {key: value for key, value in dataclasses.asdict(file).items() if value}
            for file in self.files
        ]
        given = {"version": VERSION, "layout": self.layout, "currency": self.currency}
        given |= {"customers": self.customers} if self.customers else {}
        given |= {"accounts": self.accounts} if self.accounts else {}
        known = dict(sorted(self.known_accounts.items()))
        given |= {"known_accounts": known} if known else {}
        given |= {"left_out": list(self.left_out)} if self.left_out else {}
        text = tomli_w.dumps({**given, "files": files})
        about = ["How `python -m engine import` reads these files. What is here counts as said."]
        about += [f"Check this guess: {guess}" for guess in self.guesses]
        comments = "".join(f"# {' '.join(line.split())}\n" for line in about)
        return comments + text


def of_matches(
    matches: Mapping[str, Match], answers: Iterable[tuple[Answer, str]] = ()
) -> ImportPlan:
    """The plan of files whose tables and columns a person said, and what was answered.

    All else is told by the files, so that what is still a guess is asked about.
    """
    files = tuple(FilePlan(name, m.table, dict(m.columns)) for name, m in matches.items())
    return ImportPlan(TABLES_LAYOUT, files).answered(answers)


def load(path: Path) -> ImportPlan:
    """Read a plan that `ImportPlan.save` wrote, or a person after it.

    Raises
    ------
    BadInput
        If there is no such file, or it is no plan; the sentence says where.
    """
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise BadInput(f"{path} cannot be read as a plan: {error}.") from error


def parse(content: bytes, path: str) -> ImportPlan:
    """A plan from the content of its file, which is called `path`; raises as `load`."""
    try:
        given = tomllib.loads(content.decode("utf-8"))
        if given["version"] != VERSION:
            raise BadInput(f"{path} is a plan of version {given['version']}, not {VERSION}.")
        files = tuple(
            FilePlan(**{**file, "others": tuple(file.get("others", ()))})
            for file in given.get("files", ())
        )
        whole = {name: given.get(name, "") for name in ("currency", "customers", "accounts")}
        return ImportPlan(
            given["layout"],
            files,
            **whole,
            known_accounts={str(k): str(v) for k, v in given.get("known_accounts", {}).items()},
            left_out=tuple(given.get("left_out", ())),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path} cannot be read as a plan: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is no import plan: {error} is missing or unknown.") from error


def check_fits(plan: ImportPlan, tables: Mapping[str, RawTable]) -> list[str]:
    """Where files no longer fit a plan that was made for earlier ones.

    Returns
    -------
    list of str
        One sentence a file that has more than the plan knows: nothing stands against the import.

    Raises
    ------
    BadInput
        If a file or a column of the plan is not there; all of them are named.
    """
    problems, notes = [], []
    for file in plan.files:
        if file.table not in TABLES:
            problems.append(f"there is no table {file.table!r} (for {file.source})")
            continue
        if file.source not in tables:
            problems.append(f"there is no {file.source}; there are {', '.join(tables)}")
            continue
        raw = tables[file.source]
        if gone := [c for c in file.columns if c not in raw.frame]:
            there = raw.columns_like(gone[0])
            problem = f"{raw.file} has no column {', '.join(gone)}; {there}"
            doubts = [f"{d.about} {d.reading}: {d.evidence}" for d in raw.readings if d.others]
            problems.append(" - ".join([problem, *doubts]))
        known = {*file.columns, *file.others}
        if new := [c for c in raw.frame.columns if c not in known]:
            notes.append(f"{raw.file} has columns that the plan does not know: {', '.join(new)}.")
    if problems:
        raise BadInput(f"The plan no longer fits: {'; '.join(problems)}.")
    known_files = {file.source for file in plan.files}
    notes += [f"{tables[n].file} is not in the plan." for n in tables if n not in known_files]
    return notes


def readings_of(tables: Mapping[str, RawTable]) -> list[Decision]:
    """How the cells of every file were told apart, with the place in a plan that says otherwise."""
    return [
        replace(
            decision,
            answer=Answer(
                name,
                READ_AS[decision.about],
                choices=(decision.reading, *decision.others),
                is_open=True,
            ),
        )
        for name, raw in tables.items()
        for decision in raw.readings
    ]


def decisions_of(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    doubts: Iterable[Decision] = (),
) -> list[Decision]:
    """Which table every file is and which of ours its columns are.

    `doubts` are where files do not fit the plan of their bank: they take the place of decisions
    about the same.
    """
    doubts, decisions = tuple(doubts), []
    for name, match in matches.items():
        raw = tables[name]
        decisions.append(_table_decision(name, raw, match))
        for column, ours in match.columns.items():
            confidence = column_matching.confidence(raw.frame[column], ours, match.table)
            is_ours = confidence == 1
            evidence = "the very name" if is_ours else "a name or content that says so"
            certainty = Certainty.PROVED if is_ours else Certainty.LIKELY
            if confidence < SURE and nameless.is_nameless(raw.frame):
                evidence = "what it holds: the file names no column"
            elif confidence < SURE:
                certainty, evidence = Certainty.PROVED, SAID
            decisions.append(Decision(raw.file, column, "column", ours, certainty, evidence))
    decided = {(d.file, d.column, d.about) for d in doubts}
    return [*doubts, *(d for d in decisions if (d.file, d.column, d.about) not in decided)]


def _table_decision(name: str, raw: RawTable, match: Match) -> Decision:
    ranked = column_matching.rank_tables(name, raw.frame)
    others = tuple(table for table in ranked if table != match.table)[:1]
    if not ranked or match.table != ranked[0]:
        return Decision(raw.file, "", "table", match.table, Certainty.PROVED, SAID)
    called = column_matching.table_called(name)
    evidence = "its name" if called == match.table else "its columns"
    if called not in (None, match.table):
        evidence = f"its columns, although its name says {called}"
        others = (called,)
    certainty = Certainty.LIKELY if others else Certainty.PROVED
    if called == "accounts" and match.table == "transactions":
        certainty = Certainty.GUESS  # balances have days and amounts as payments have
    return Decision(raw.file, "", "table", match.table, certainty, evidence, others)
