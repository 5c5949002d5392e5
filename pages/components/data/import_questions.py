"""How uploaded files would be read: the questions first, then what is likely and what is proved."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.labels import column_label, question_about, reading_label, said_of
from engine.results import ImportReview, Question, Reply, ReviewedFile
from engine.vocabulary import FOREIGN, TABLES
from pages.components.data import uploads
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

LEFT_OUT = "left out"
OPEN = "Keep beside the record"
COLORS = {"a guess": "orange", "likely": "blue", "proved": "green"}
MOST_BUTTONS = 5
"""Choices that stand below each other; more are a list to choose from."""
NO_ROWS = ("needed",)
"""Answered questions whose rows say nothing more."""


def show(flow: str, review: ImportReview) -> None:
    """What the files are, in words; what has to be asked; what else was decided."""
    if review.title:
        st.success(f"Recognised: {escape(review.title)}", icon=":material/check_circle:")
        st.write(_counted(review.files))
        return
    st.write(_counted(review.files))
    asked = [q for q in review.questions if q.is_answered or q.certainty == "a guess"]
    n_open = len(review.guesses)
    if n_open:
        st.info(
            f"{wording.counted(n_open, 'question').capitalize()} to answer: the files themselves "
            "do not tell.",
            icon=":material/help:",
        )
    elif review.problem:
        st.error(escape(review.problem))
    before: Question | None = None
    for question in asked:
        _question(flow, question, with_rows=not _shows_the_same(question, before))
        before = question
    likely = review.having("likely")
    if likely:
        with st.expander(f"{wording.counted(len(likely), 'reading')}: likely, please look"):
            for question in likely:
                if question.choices:
                    _question(flow, question)
            _told([question for question in likely if not question.choices])
    if proved := review.having("proved"):
        with st.expander(f"{wording.counted(len(proved), 'reading')}: proved"):
            _told(proved)
    with st.expander("Files and columns"):
        for file in review.files:
            _file(flow, file)


def _counted(files: Sequence[ReviewedFile]) -> str:
    """A line a file: what it is and how many rows it has."""
    lines = []
    for file in files:
        bad = f", {file.n_bad_lines:,} unreadable lines" if file.n_bad_lines else ""
        what = f"**{wording.label(file.table)}** from " if file.table else ""
        rows = wording.counted(file.n_rows, "row")
        lines.append(f"- {what}{escape(file.file)}: {rows}{bad}")
    return "\n".join(lines)


def _shows_the_same(question: Question, before: Question | None) -> bool:
    if question.is_answered and question.about in NO_ROWS:
        return True
    return (
        before is not None
        and question.key[0] == before.key[0]
        and list(question.before) == list(before.before)
    )


# --- one question ------------------------------------------------------------------------------


def _question(flow: str, question: Question, with_rows: bool = True) -> None:
    with st.container(border=True):
        column = question.column or "a column"
        if question.about == "needed":
            column = column_label(question.column).lower()
        asked = question_about(question.about)
        badge = f":{COLORS[question.certainty]}-badge[{question.certainty}]"
        if question.is_answered:
            badge = ":green-badge[answered]"
        asked = asked.format(file=escape(question.file), column=escape(column))
        st.markdown(f"**{asked}** {badge}")
        if not question.is_answered:
            now = _said(question, question.reading)
            said = f"Read now as: {escape(now)}. " if question.reading else ""
            st.caption(f"{said}It is {question.certainty}: {escape(question.evidence)}.")
        _choose(flow, question)
        if with_rows and len(question.before.columns):
            _rows(question)


def _choose(flow: str, question: Question) -> None:
    options = list(question.choices)
    if len(options) < 2 and not question.is_open:
        return
    key = uploads.widget(flow, f"answer_{'|'.join(question.key)}")
    is_chosen = question.is_answered or question.certainty != "a guess"
    chosen = question.reading if is_chosen else None
    if question.is_answered:
        chosen = uploads.replies(flow)[question.key].reading
    index = options.index(chosen) if chosen in options else None
    few = len(options) <= MOST_BUTTONS and not question.is_open
    ask = st.radio if few else st.selectbox
    more = {} if few else {"placeholder": "Choose", "accept_new_options": question.is_open}
    ask(
        "Your answer",
        options,
        index=index,
        format_func=lambda option: _option(question, option, few),
        key=key,
        on_change=_take,
        args=(flow, question, key),
        **more,
    )


def _option(question: Question, option: str, is_markdown: bool) -> str:
    said = _said(question, option)
    return escape(said) if is_markdown else said


def _said(question: Question, reading: str) -> str:
    """A reading in words; columns and codes of the file stay as they are."""
    as_it_is = question.about in ("needed", "currency", "customer", "encoding")
    if question.about == "column" and reading != LEFT_OUT:
        return column_label(reading)
    return reading if as_it_is else reading_label(reading)


def _take(flow: str, question: Question, key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        uploads.reply(flow, question.key, Reply(chosen, question.choices))


def _rows(question: Question) -> None:
    """The first rows as in the file, and beside them as they would be kept."""
    before, after = "In the file", "As they would be kept"
    if question.about == "encoding":
        others = [choice for choice in question.choices if choice != question.reading]
        before, after = (f"Read as {encoding}" for encoding in (question.reading, *others[:1]))
    left, right = st.columns(2, gap="small")
    with left:
        st.caption(before)
        named = {column: str(column) for column in question.before}
        tables.show(question.before, named, "First rows as in the file", height="content")
    with right:
        st.caption(after)
        if question.after.empty or not len(question.after.columns):
            st.caption("Nothing yet: answer first.")
            return
        tables.show(question.after, _kinds(question.after), "The same rows as they would be kept")
        if question.after.isna().all(axis=1).any():
            st.caption("A row of dashes is set apart and not counted.")


def _kinds(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    kinds = {}
    for column, cells in rows.items():
        is_time = pd.api.types.is_datetime64_any_dtype(cells)
        is_number = pd.api.types.is_float_dtype(cells)
        kind = "day" if is_time else "cents" if is_number else "text"
        kinds[str(column)] = (column_label(str(column)), kind)
    return kinds


# --- what is not asked -------------------------------------------------------------------------


def _told(questions: Sequence[Question]) -> None:
    """Readings as sentences, where there is nothing to choose."""
    notices.notes(
        [
            f"{q.file}{f', {q.column}' if q.column else ''}: "
            f"{said_of(q.about, _said(q, q.reading))} ({q.evidence})"
            for q in questions
        ]
    )


def _file(flow: str, file: ReviewedFile) -> None:
    """Which table a file is and which of ours its columns are, to be changed by a person."""
    with st.container(border=True):
        name, which = st.columns([3, 2], vertical_alignment="center")
        with name:
            st.markdown(f"**{escape(file.file)}**")
        options = (LEFT_OUT, *(table for table in TABLES if table != FOREIGN))
        key = uploads.widget(flow, f"table_{file.source}_{file.table}")
        with which:
            st.selectbox(
                "This is",
                options,
                index=options.index(file.table or LEFT_OUT),
                format_func=reading_label,
                key=key,
                on_change=_take_table,
                args=(flow, file, options, key),
            )
        if file.table:
            _columns(flow, file)


def _take_table(flow: str, file: ReviewedFile, options: tuple[str, ...], key: str) -> None:
    given = Reply(st.session_state[key], options)
    uploads.reply(flow, (file.source, "table", ""), given)


def _columns(flow: str, file: ReviewedFile) -> None:
    config = st.column_config
    names = {ours: column_label(ours) for ours in file.targets}
    shown = file.columns.assign(target_column=file.columns["target_column"].map(names))
    matched = hash(tuple(file.columns["target_column"].fillna("")))
    key = uploads.widget(flow, f"columns_{file.source}_{matched}")
    st.data_editor(
        shown,
        hide_index=True,
        placeholder="",
        alt=f"Columns of {file.file} and which of ours they are",
        key=key,
        on_change=_take_column,
        args=(flow, file, key, {said: ours for ours, said in names.items()}),
        disabled=["source_column", "example", "certainty"],
        column_config={
            "source_column": "Column in the file",
            "example": "Example",
            "target_column": config.SelectboxColumn(
                "Is", options=[OPEN, *names.values()], width="medium"
            ),
            "certainty": "How sure",
        },
    )
    st.caption("Columns without an entry are kept beside the record.")


def _take_column(flow: str, file: ReviewedFile, key: str, ours: dict[str, str]) -> None:
    for row, edited in st.session_state[key]["edited_rows"].items():
        column = str(file.columns["source_column"].iloc[int(row)])
        chosen = ours.get(edited.get("target_column") or "", LEFT_OUT)
        given = Reply(chosen, (*file.targets, LEFT_OUT))
        uploads.reply(flow, (file.source, "column", column), given)
