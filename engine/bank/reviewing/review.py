"""Uploaded tables and a person's replies in; questions, first rows and a plan out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.bank import keys
from engine.bank.bank import Manifest
from engine.bank.decision import SAID, Certainty, Decision
from engine.bank.importing import import_plan, kept_plan, own_tables
from engine.bank.importing.columns import column_matching, mapping
from engine.bank.importing.columns import layout as layouts
from engine.bank.importing.columns.mapping import LINE
from engine.bank.importing.import_plan import FilePlan, ImportPlan
from engine.bank.importing.own_tables import Prepared, Wish
from engine.bank.quality import Findings
from engine.bank.reading import encodings, headers, text_files
from engine.bank.reading.files import SourceFiles
from engine.bank.reading.raw_table import RawTable
from engine.bank.reviewing.replies import (
    COLUMN,
    LEFT_OUT,
    NEEDED,
    TABLE,
    planned,
)
from engine.errors import BadInput
from engine.results.imports import (
    ImportReview,
    Key,
    Question,
    Replies,
    Reply,
    ReviewedFile,
)
from engine.vocabulary import FOREIGN, TABLES

_ORDER = (
    "encoding",
    "delimiter",
    "header row",
    TABLE,
    NEEDED,
    "direction",
    "date order",
    "decimal sign",
    "currency",
)
"""Questions about one file in the order in which they are asked; all others after them."""
_CODES = ("EUR", "USD", "GBP", "CHF", "PLN", "CZK", "SEK", "NOK", "DKK", "AUD", "CAD", "INR", "JPY")
_MORE = {
    "currency": _CODES,
    "encoding": encodings.KNOWN,
    "delimiter": tuple(text_files.NAMES.values()),
    "header": ("row 1", "row 2", headers.NONE),
}
"""Choices beside those that the files leave open."""
_CHOICES = tuple(table for table in TABLES if table != FOREIGN)
"""Tables that a file may be; payments in other currencies are told apart row by row."""
_ROWS_SHOWN, _COLUMNS_SHOWN, _EXAMPLE = 5, 6, 40
_MOST_ROWS = 50_000
"""Rows of a file that are read for the few that are shown: some readings need many rows."""
_NOT_NAMED = "no column has a name that says so, and no row can be kept without it"
_MIDNIGHT = "T00:00:00"
"""How a day of a workbook ends as text."""
_TEXTS = ("description", "merchant", "category", "name")


@dataclass(frozen=True, eq=False)
class _Read:
    """Tables of an upload with the plan that reads them, and what came of it."""

    tables: Mapping[str, RawTable]
    replies: Replies
    plan: ImportPlan
    decisions: tuple[Decision, ...]
    prepared: Prepared | None

    @property
    def files(self) -> dict[str, FilePlan]:
        return {file.source: file for file in self.plan.files if file.source in self.tables}


def review(
    source: SourceFiles,
    replies: Replies,
    *,
    given: ImportPlan | None = None,
    earlier: Manifest | None = None,
    customers: frozenset[str] = frozenset(),
    latest: pd.Timestamp | None = None,
) -> ImportReview:
    """How files would be read, and what to ask about it.

    Parameters
    ----------
    source : SourceFiles
    replies : mapping of Key to Reply
        What a person said so far.
    given : ImportPlan, optional
        An earlier plan: one that a person brought, or what holds of that of the bank.
    earlier : Manifest, optional
        Of the bank beside whose present edition the files come; its currency is theirs where they
        say none.
    customers : frozenset of str
        Those of that bank, where they followed from other tables at its import.
    latest : Timestamp, optional
        The moment of import.
    """
    tables = layouts.with_full_names(source.tables)
    known = _known_layout(tables, given)
    if known is not None:
        saved = ImportPlan(known.name).to_toml()
        return ImportReview(known.title, _plain_files(tables), (), "", given, saved)
    plan = planned(tables, replies, given)
    findings, prepared, problem = Findings(), None, ""
    try:
        if not plan.files:
            raise BadInput("No file is recognised: say below what at least one of them holds.")
        currency = "" if earlier is None or plan.currency else earlier.currency
        derived = None if earlier is None else frozenset(earlier.derived)
        wish = Wish(plan, currency, derived, latest=latest, customers=customers)
        prepared = own_tables.prepare(tables, wish, findings, lambda: bytes(keys.KEY_BYTES))
    except BadInput as error:
        problem = str(error)
    decisions = tuple(kept_plan.told(findings.decisions, plan))
    read = _Read(tables, replies, plan, decisions, prepared)
    files = tuple(_file(name, read) for name in tables)
    whole = replace(plan, files=prepared.files) if prepared else plan
    return ImportReview("", files, _questions(read), problem, plan, whole.to_toml())


def _known_layout(
    tables: Mapping[str, RawTable], given: ImportPlan | None
) -> layouts.Layout | None:
    """The layout that a plan names or that fits; None for a bank's own tables."""
    if given is not None:
        own = given.layout == layouts.TABLES_LAYOUT
        return None if own else layouts.named(given.layout)
    try:
        known = layouts.recognise(tables)
    except layouts.UnknownLayout:
        return None
    return None if known.name == layouts.TABLES_LAYOUT else known


# --- files -------------------------------------------------------------------------------------


def _plain_files(tables: Mapping[str, RawTable]) -> tuple[ReviewedFile, ...]:
    nothing = pd.DataFrame(columns=["source_column", "example", "target_column", "certainty"])
    return tuple(
        ReviewedFile(name, raw.file, "", len(raw.frame), raw.n_bad_lines, nothing, ())
        for name, raw in tables.items()
    )


def _file(name: str, read: _Read) -> ReviewedFile:
    raw, file = read.tables[name], read.files.get(name)
    known = {} if file is None else file.columns
    sure = {d.column: str(d.certainty) for d in read.decisions if _is(d, raw, COLUMN)}
    columns = pd.DataFrame(
        {
            "source_column": list(raw.frame.columns),
            "example": [_example(raw.frame[c]) for c in raw.frame],
            "target_column": pd.Series([known.get(c) for c in raw.frame], dtype="str"),
            "certainty": pd.Series([sure.get(c) for c in raw.frame], dtype="str"),
        }
    )
    targets = () if file is None else tuple(column_matching.targets(file.table))
    table = "" if file is None else file.table
    return ReviewedFile(name, raw.file, table, len(raw.frame), raw.n_bad_lines, columns, targets)


def _is(decision: Decision, raw: RawTable, about: str) -> bool:
    return decision.file == raw.file and decision.about == about


def _example(cells: pd.Series) -> str:
    said = cells.head(_MOST_ROWS).dropna()
    said = said[said.str.strip() != ""]
    return "" if said.empty else str(said.iloc[0]).removesuffix(_MIDNIGHT)[:_EXAMPLE]


# --- questions ---------------------------------------------------------------------------------


def _questions(read: _Read) -> tuple[Question, ...]:
    """Every reading but those of columns that nobody doubts: doubtful ones first, then by file."""
    asked: dict[Key, Question] = {}
    sources = {raw.file: name for name, raw in read.tables.items()}
    decisions = [*import_plan.readings_of(read.tables), *read.decisions]
    asked_about = (d for d in decisions if d.about != COLUMN or d.certainty is Certainty.GUESS)
    named = [(sources.get(d.file, ""), d) for d in asked_about]
    made = [_of_decision(source, decision, read) for source, decision in named]
    for question in (*_not_recognised(read), *_needed(read), *made, *_answered(read)):
        known = asked.get(question.key)
        if known is None or _rank(question) < _rank(known):
            asked[question.key] = question
    places = {name: number for number, name in enumerate(read.tables)}
    ordered = sorted(
        asked.values(),
        key=lambda q: (
            _rank(q),
            places.get(q.key[0], len(places)),
            _ORDER.index(q.about) if q.about in _ORDER else len(_ORDER),
        ),
    )
    return tuple(_with_rows(ordered, read))


def _rank(question: Question) -> int:
    doubtful = list(Certainty)[::-1]
    return 0 if question.is_answered else doubtful.index(Certainty(question.certainty))


def _question(
    key: Key, decision: Decision, choices: Iterable[str], reply: Reply | None, is_open: bool = False
) -> Question:
    if reply is not None:
        choices = (*reply.choices, reply.reading)
    return Question(
        key,
        decision.about,
        decision.file,
        decision.column,
        decision.reading,
        str(decision.certainty),
        decision.evidence,
        tuple(dict.fromkeys(choices)),
        is_open,
        reply is not None,
        before=pd.DataFrame(),
        after=pd.DataFrame(),
    )


def _of_decision(source: str, decision: Decision, read: _Read) -> Question:
    if decision.about == TABLE:
        key, choices = (
            (source, TABLE, ""),
            (decision.reading, *decision.others, *_CHOICES, LEFT_OUT),
        )
        return _question(key, decision, choices, read.replies.get(key))
    answer = decision.answer
    if decision.about == COLUMN and answer is not None:
        key = (source, COLUMN, decision.column)
        return _question(key, decision, (*answer.choices, LEFT_OUT), read.replies.get(key))
    if answer is None:
        return _question((source, decision.about, decision.column), decision, (), None)
    key = (answer.source, answer.field, answer.column)
    choices = (*answer.choices, *decision.others)
    choices = (*choices, *_MORE.get(answer.field, ()))
    return _question(key, decision, choices, read.replies.get(key), answer.is_open)


def _not_recognised(read: _Read) -> list[Question]:
    """Files of which neither the name nor the columns say what they are."""
    evidence = "neither its name nor its columns are those of a table that is known"
    questions = []
    for name, raw in read.tables.items():
        if name not in read.files and name not in read.plan.left_out:
            key = (name, TABLE, "")
            left = Decision(raw.file, "", TABLE, LEFT_OUT, Certainty.GUESS, evidence)
            questions.append(_question(key, left, (LEFT_OUT, *_CHOICES), read.replies.get(key)))
    return questions


def _needed(read: _Read) -> list[Question]:
    """Columns without which no row of a file can be read, and that none is matched to."""
    used = {spec.source for spec in read.prepared.layout.tables} if read.prepared else set()
    questions = []
    for name, file in read.files.items():
        if name in used:
            continue
        raw = read.tables[name]
        free = [c for c in raw.frame if c not in file.columns]
        for missing in column_matching.lacking(file.table, file.columns.values()):
            ours = "amount" if "amount" in missing else missing.split(" or ")[0]
            none = Decision(raw.file, ours, NEEDED, "", Certainty.GUESS, _NOT_NAMED)
            questions.append(_question((name, NEEDED, ours), none, free, None))
    return questions


def _answered(read: _Read) -> list[Question]:
    """What was answered and is no question any more, so that it can be changed."""
    questions = []
    for key, reply in read.replies.items():
        source, field, column = key
        if field != COLUMN and (not source or source in read.tables):
            file = read.tables[source].file if source else ""
            settled = Decision(file, column, field, reply.reading, Certainty.PROVED, SAID)
            questions.append(_question(key, settled, (), reply))
    return questions


# --- first rows --------------------------------------------------------------------------------


def _with_rows(questions: Iterable[Question], read: _Read) -> Iterable[Question]:
    kept: dict[str, pd.DataFrame] = {}
    for question in questions:
        source = question.key[0]
        is_sure = question.certainty == Certainty.PROVED.value and not question.is_answered
        if is_sure or source not in read.tables:
            yield question
            continue
        if question.about == encodings.ABOUT:
            yield replace(question, **_letters(question, read.tables[source]))
            continue
        if source not in kept:
            kept[source] = _kept(source, read)
        before, after = _beside(question, kept[source], read)
        yield replace(question, before=before, after=after)


def _letters(question: Question, raw: RawTable) -> dict[str, pd.DataFrame]:
    """Rows with letters beyond ASCII as the file is read now, and as the next choice reads them."""
    cells = raw.frame.iloc[:_MOST_ROWS].fillna("")
    beyond = cells.apply(lambda column: ~column.map(str.isascii))
    shown = [c for c in cells if beyond[c].any()][:_COLUMNS_SHOWN]
    rows = beyond[shown].any(axis=1).to_numpy() if shown else np.zeros(len(cells), dtype=bool)
    before = cells.loc[rows, shown].head(_ROWS_SHOWN)
    before.index = pd.Index(raw.lines[:_MOST_ROWS][rows][:_ROWS_SHOWN])
    now = question.reading
    other = next((choice for choice in question.choices if choice != now), now)

    def otherwise(cell: str) -> str:
        return cell.encode(now, "replace").decode(other, "replace")

    return {"before": before, "after": before.map(otherwise)}


def _kept(source: str, read: _Read) -> pd.DataFrame:
    """The first rows of a file as they would be kept, in our columns; the line is the index."""
    file = read.files.get(source)
    if file is None or read.prepared is None or source not in read.prepared.tables:
        return pd.DataFrame()
    layout, raw = read.prepared.layout, read.prepared.tables[source]
    specs = tuple(s for s in layout.tables if s.source == source and s.into == file.table)
    if not specs:
        return pd.DataFrame()
    few = replace(raw, frame=raw.frame.iloc[:_MOST_ROWS], lines=raw.lines[:_MOST_ROWS])
    mine = layout.model_copy(update={"tables": specs})
    rows = mapping.apply(mine, {source: few}, Findings())[file.table]
    rows.index = pd.Index(rows[LINE])
    return rows[[c for c in TABLES[file.table] if c in rows and c != "attributes"]]


def _beside(
    question: Question, kept: pd.DataFrame, read: _Read
) -> tuple[pd.DataFrame, pd.DataFrame]:
    raw = read.tables[question.key[0]]
    columns = _columns_of(question, read)
    cells = raw.frame.iloc[:_MOST_ROWS]
    shown = columns or list(raw.frame.columns)[:_COLUMNS_SHOWN]
    said = cells[shown].notna().any(axis=1).to_numpy()
    before = cells.loc[said, shown].head(_ROWS_SHOWN)
    before = before.apply(lambda column: column.str.removesuffix(_MIDNIGHT))
    before.index = pd.Index(raw.lines[:_MOST_ROWS][said][:_ROWS_SHOWN])
    if kept.empty:
        return before, kept
    ours = _ours_of(columns, kept, read.files[question.key[0]])
    after = kept[~kept.index.duplicated()].reindex(before.index)
    if not ours:
        ours = [c for c in after if after[c].notna().any()][:_COLUMNS_SHOWN]
    return before, after[ours]


def _columns_of(question: Question, read: _Read) -> list[str]:
    """The columns of a file that a question is about, after one that tells a reader the row."""
    source, about, column = question.key[0], question.about, question.column
    file, frame = read.files.get(source), read.tables[source].frame
    if about in (TABLE, NEEDED) or file is None:
        return []
    if about == "direction":
        money = ("amount", "money in", "money out", "in or out")
        asked = [c for c, ours in file.columns.items() if ours in money]
    else:
        asked = [c for c in (column, *column.split(", ")) if c in frame][:_COLUMNS_SHOWN]
    texts = [c for c, ours in file.columns.items() if ours in _TEXTS and c not in asked]
    return [*texts[:1], *dict.fromkeys(asked)] if asked else []


def _ours_of(columns: Iterable[str], kept: pd.DataFrame, file: FilePlan) -> list[str]:
    """What those columns are kept as; money in and out are one amount."""
    money = {"money in", "money out", "in or out", "running balance"}
    ours = [file.columns.get(c, "") for c in columns]
    named = ["amount" if o in money else o for o in ours]
    return [o for o in dict.fromkeys(named) if o in kept]
