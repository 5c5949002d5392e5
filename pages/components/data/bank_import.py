"""Bringing one's own bank: upload, match columns where the layout is not known, report."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import PURPOSE_LABELS
from engine.vocabulary import ALSO_MATCHED, CONSENT_STATUSES, PURPOSES, TABLES
from pages.components.data import bank_contents
from pages.components.frame import session
from pages.components.look import wording
from pages.components.look.wording import escape

KINDS = ["csv", "xlsx", "json", "parquet", "db", "sqlite", "sqlite3"]
LEAVE_OUT = "leave out"
CONSENTS = {"unknown": "not recorded", "granted": "granted", "refused": "refused"}


def show() -> None:
    """Upload, check what it is, say what customers consented to, import."""
    _last_report()
    st.markdown("**Bring your own bank**")
    st.caption(
        "CSV, Excel, JSON, Parquet or SQLite files, several at once. They stay on this machine and "
        "nothing in them is run. A file or sheet called like one of our tables is recognised by "
        "its name."
    )
    files = st.file_uploader(
        "Files",
        type=KINDS,
        accept_multiple_files=True,
        key=f"uploads_{st.session_state.get('n_imports', 0)}",
    )
    if not files:
        return
    uploads, survey, problem = _read(files)
    if problem:
        st.error(escape(problem))
        return
    if survey.layout:
        st.success(f"Recognised: {escape(survey.title)}", icon=":material/check_circle:")
        matches = None
    else:
        matches = _match(uploads, survey)
    if matches is not None and not _is_complete(matches):
        st.warning("Match the customer number (customer_id) in the file of the customers.")
        return
    name = st.text_input("Name of the bank", value="My bank", max_chars=60, key="import_name")
    consent = _consents()
    if st.button("Import", type="primary", disabled=not name.strip()):
        _run(uploads, name.strip(), consent, matches, survey.layout)


def _read(files: Sequence[Any]) -> tuple[Any, Any, str]:
    """Tables of the upload, what they seem to be, and what is wrong with it: worked out once."""
    of_what = tuple(file.file_id for file in files)
    kept = st.session_state.get("upload")
    if kept is not None and kept[0] == of_what:
        return kept[1]
    try:
        Engine.banks.check_uploads([(file.name, file.size) for file in files])
        with st.spinner("Reading"):
            source = Engine.banks.read_uploads({file.name: file.getvalue() for file in files})
        read = (source, Engine.banks.survey(source), "")
    except EngineError as error:
        read = (None, None, str(error))
    st.session_state["upload"] = (of_what, read)
    return read


def _match(uploads, survey) -> dict[str, tuple[str, dict[str, str]]]:
    """Ask which of our tables each file is, and which of our columns each of its columns."""
    st.info("Say what each file is. Columns that are left open are kept with the record.")
    matches = {}
    for source, file in survey.tables.items():
        with st.container(border=True):
            what, which = st.columns([3, 2], vertical_alignment="center")
            with what:
                st.markdown(f"**{escape(file.file)}**")
                bad = f", {file.n_bad_lines:,} unreadable lines" if file.n_bad_lines else ""
                st.caption(f"{file.n_rows:,} rows{bad}")
            with which:
                options = [LEAVE_OUT, *TABLES]
                table = st.selectbox(
                    "This is",
                    options,
                    index=options.index(file.table) if file.table in TABLES else 0,
                    format_func=wording.label,
                    key=f"table_{source}",
                )
            if table == LEAVE_OUT:
                continue
            same = table == file.table
            columns = file.suggestions if same else Engine.banks.columns(uploads, source, table)
            matches[source] = (table, _columns(source, table, columns))
    return matches


def _is_complete(matches: Mapping[str, tuple[str, dict[str, str]]]) -> bool:
    """Whether every file of customers says which of its columns is the customer number."""
    return bool(matches) and all(
        "customer_id" in columns.values()
        for table, columns in matches.values()
        if table == "customers"
    )


def _columns(source: str, table: str, columns: pd.DataFrame) -> dict[str, str]:
    config = st.column_config
    edited = st.data_editor(
        columns[["source_column", "example", "target_column"]],
        hide_index=True,
        placeholder="choose",
        alt=f"Columns of {source} and which of ours they are",
        key=f"columns_{source}_{table}",
        disabled=["source_column", "example"],
        column_config={
            "source_column": "Column in the file",
            "example": "Example",
            "target_column": config.SelectboxColumn(
                "Our column",
                options=[*TABLES[table], *ALSO_MATCHED.get(table, ())],
                width="medium",
            ),
        },
    )
    known = edited.dropna(subset="target_column")
    return dict(zip(known["source_column"], known["target_column"], strict=True))


def _consents() -> dict[str, str]:
    """What holds for customers whose consent the files do not record."""
    st.markdown("**Where the files record no consent**")
    places = st.columns(len(PURPOSES))
    chosen = {}
    for place, purpose in zip(places, PURPOSES, strict=True):
        with place:
            chosen[purpose] = st.selectbox(
                PURPOSE_LABELS[purpose],
                sorted(CONSENT_STATUSES, key=list(CONSENTS).index),
                format_func=CONSENTS.get,
                key=f"consent_default_{purpose}",
            )
    st.caption(
        "Not recorded: personal recommendations and marketing are allowed and shown as not "
        "recorded; social posts stay unused."
    )
    return {purpose: status for purpose, status in chosen.items() if status != "unknown"}


def _run(uploads, name, consent, matches, layout) -> None:
    with st.status("Importing", expanded=True) as status:
        st.write("Reading, checking and saving")
        bank, report = Engine.banks.import_upload(
            uploads,
            session.state_folder(),
            name=name,
            consent=consent,
            matches=matches,
            layout=layout,
        )
        status.update(label="Imported", state="complete")
    st.session_state["import_report"] = (name, report)
    st.session_state["open_bank"] = bank
    st.session_state.pop("upload", None)
    st.session_state["n_imports"] = st.session_state.get("n_imports", 0) + 1
    session.choose(None)
    st.rerun()


def _last_report() -> None:
    name, report = st.session_state.get("import_report", ("", None))
    if report is None:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(name)} was imported and is open now**")
        bank_contents.quality_report(report)
        if st.button("Dismiss this report", type="tertiary"):
            del st.session_state["import_report"]
            st.rerun()
