"""How files are read and what a person replied in; the plan that says so out."""

from collections.abc import Mapping
from dataclasses import replace

from engine.bank.decision import Answer, Decision
from engine.bank.importing import import_plan
from engine.bank.importing.columns import column_matching
from engine.bank.importing.columns.column_matching import SEVERAL, SURE
from engine.bank.importing.import_plan import READ_AS, FilePlan, ImportPlan
from engine.bank.reading.raw_table import ANY_FORM, FileForm, RawTable
from engine.results.imports import Key, Replies, Reply

LEFT_OUT = "left out"
"""Reading of a file that is not used, and of a column that is only kept beside the record."""

TABLE, COLUMN, NEEDED = "table", "column", "needed"
"""Fields that change which table a file is and which of ours its columns are; any other field is
one of the plan's own (`Answer`)."""


def forms_of(replies: Replies, given: ImportPlan | None = None) -> dict[str, FileForm]:
    """How the cells of every file are told apart, as an earlier plan and a person said."""
    forms = given.forms if given else {}
    for (source, field, _), reply in replies.items():
        if field in READ_AS.values():
            form = replace(forms.get(source, ANY_FORM), columns=())  # a reply is not searched for
            forms[source] = replace(form, **{field: reply.reading})
    return forms


def planned(
    tables: Mapping[str, RawTable], replies: Replies, given: ImportPlan | None = None
) -> ImportPlan:
    """The plan of what was said: what nobody said is left to the files.

    Parameters
    ----------
    tables : mapping of str to RawTable
    replies : mapping of Key to Reply
        In the order in which they were given.
    given : ImportPlan, optional
        An earlier plan: one that a person brought, or what holds of that of the bank.
    """
    plan = given or import_plan.of_matches(column_matching.guess(tables))
    for (source, field, column), reply in replies.items():
        files = {file.source: file for file in plan.files}
        if source and source not in tables:
            continue
        if field == TABLE:
            files.pop(source, None)
            out = {*plan.left_out} - {source}
            plan = replace(plan, left_out=(*sorted(out), *[source] * (reply.reading == LEFT_OUT)))
            if reply.reading != LEFT_OUT:
                files[source] = _as_table(source, tables[source], reply.reading)
        elif field in (COLUMN, NEEDED) and source in files:
            files[source] = _matched(files[source], field, column, reply.reading)
        elif not source or source in files:
            answer = Answer(source, field, column, reply.choices, is_open=True)
            plan = plan.answered([(answer, reply.reading)])
            continue
        plan = replace(plan, files=tuple(files.values()))
    files = {file.source: _with_others(file, tables) for file in plan.files}
    doubts = tuple(d for d in (given.decisions if given else ()) if _is_open(d, files, replies))
    return replace(plan, files=tuple(files.values()), decisions=doubts)


def _is_open(decision: Decision, files: Mapping[str, FilePlan], replies: Replies) -> bool:
    """Whether what an earlier plan leaves in doubt is so still, after the replies."""
    answer = decision.answer
    if answer is None:
        return True
    source, column = answer.source, decision.column
    if (source, TABLE, "") in replies or (source, COLUMN, column) in replies:
        return False
    is_column = decision.about == COLUMN
    return not is_column or files[source].columns.get(column) == decision.reading


def with_reply(replies: Replies, key: Key, reply: Reply) -> dict[Key, Reply]:
    """Replies with one more; what was said of a file under another table or column is void."""
    source, field, _ = key
    read_as = tuple(READ_AS.values())
    lasting = {TABLE: read_as, COLUMN: (TABLE, COLUMN, NEEDED, *read_as)}
    lasting |= dict.fromkeys(read_as, (TABLE, *read_as))
    kept = {
        k: r
        for k, r in replies.items()
        if k != key and (k[0] != source or field not in lasting or k[1] in lasting[field])
    }
    return {**kept, key: reply}


def _as_table(source: str, raw: RawTable, table: str) -> FilePlan:
    suggestions = column_matching.suggest(raw.frame, table)
    sure = suggestions[suggestions["confidence"] >= SURE]
    return FilePlan(
        source, table, dict(zip(sure["source_column"], sure["target_column"], strict=True))
    )


def _matched(file: FilePlan, field: str, column: str, reading: str) -> FilePlan:
    """The same file with one column more or less of ours."""
    if field == NEEDED:
        column, reading = reading, column
    freed = () if reading in SEVERAL else (reading,)
    columns = {c: o for c, o in file.columns.items() if c != column and o not in freed}
    if reading != LEFT_OUT:
        columns[column] = reading
    return replace(file, columns=columns)


def _with_others(file: FilePlan, tables: Mapping[str, RawTable]) -> FilePlan:
    """The same, with the columns that are only kept beside the record."""
    if file.source not in tables:
        return file
    others = tuple(c for c in tables[file.source].frame if c not in file.columns)
    return replace(file, others=others)
