"""What a bank is made of: tables with hashes, quality, models found, settings in effect."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.components.frame import session
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

HASH_SHOWN = 16
RESET = "The bank is as it was when it was imported"
FEW_NOTES = 8
"""Notes of an import that stand open; more of them are opened on demand."""

CONTROL: tables.Columns = {
    "file": ("File", "268"),
    "what": ("Rows of", "140"),
    "rows": ("Rows", "count"),
    "currency": "Currency",
    "sum_in": ("In", "sum"),
    "sum_out": ("Out", "sum"),
    "first_day": ("First day", "day"),
    "last_day": ("Last day", "day"),
}


def bank() -> None:
    """The banks there are, and the tables of the one in use."""
    engine = session.engine()
    st.markdown("**Banks**")
    tables.show(
        session.banks(),
        {
            "name": "Bank",
            "as_of": ("As of", "day"),
            "n_customers": ("Customers", "count"),
        },
        "Banks that can be opened",
    )
    st.caption("Choose the bank in the sidebar.")
    unreadable()
    st.markdown("**Tables of this bank**")
    bank_tables = engine.facts.tables()
    tables.show(
        bank_tables.assign(
            table=[wording.label(name) for name in bank_tables["table"]],
            sha256=bank_tables["sha256"].str[:HASH_SHOWN],
        ),
        {
            "table": "Table",
            "rows": ("Rows", "count"),
            "first_date": ("From", "day"),
            "last_date": ("To", "day"),
            "sha256": f"SHA-256, first {HASH_SHOWN}",
        },
        "Tables with rows, dates and hashes",
        height="content",
    )
    notices.notes(engine.facts.summary().notes)
    _reset()
    _remove()


def unreadable() -> None:
    """Name the banks that cannot be opened, and why; the others can."""
    for bank in session.unreadable().itertuples(index=False):
        st.warning(
            f"The bank in {escape(bank.path)} cannot be opened: {escape(bank.problem)}. Take its "
            "folder from a backup, or import its files again.",
            icon=":material/warning:",
        )


def _reset() -> None:
    st.markdown("**Start over for a demonstration**")
    st.caption("Sets this bank's decisions, ratings, changed consents and versions aside.")
    with st.popover("Reset this bank"):
        st.write("Everything recorded on these pages for this bank goes. Its data stays.")
        if st.button("Yes, reset", type="primary"):
            engine = session.engine()
            with st.spinner("Setting aside and fitting the first version again"):
                if session.submit(engine.records.reset, RESET):
                    session.submit(engine.models.warm_up, RESET)
                    session.choose(None)
            st.rerun()


def _remove() -> None:
    chosen = session.bank_id()
    if not session.may_be_removed(chosen):
        return
    name = session.engine().facts.summary().name
    with st.popover("Remove this bank", key="remove_bank"):
        st.write(
            "The bank goes for good, with its earlier editions and everything that was recorded "
            f"about it. Type its name to go on: {escape(name)}"
        )
        typed = st.text_input("Name of the bank", key="remove_typed")
        if st.button("Yes, remove", type="primary", disabled=typed.strip() != name):
            session.remove_bank(chosen, typed)
            st.rerun()


def quality() -> None:
    """Rows read, kept and rejected of the bank in use."""
    report = session.engine().facts.quality()
    if report is None:
        notices.empty("No quality report", "This bank was generated, so nothing was cleaned.")
    else:
        control(report.get("control", ()))
        quality_report(report)


def control(lines: Sequence[Mapping[str, Any]]) -> None:
    """Rows, sums and days of every file, the source beside what was kept."""
    if not lines:
        return
    st.markdown("**Control sheet: tick it off against the source**")
    sheet = pd.DataFrame(lines)
    has_sums = sheet["currency"] != ""
    what = zip(sheet["table"], sheet["part"], strict=True)
    shown = sheet.assign(
        what=[f"{wording.label(table)}, {part}" for table, part in what],
        currency=sheet["currency"].where(has_sums),
        **{c: sheet[c].where(has_sums) for c in ("sum_in", "sum_out")},
        **{c: pd.to_datetime(sheet[c], format="ISO8601") for c in ("first_day", "last_day")},
    )
    tables.show(shown, CONTROL, "Rows, sums and days of every file", height=470)
    notices.notes(["Why a row was not kept stands in the quality report."])


def quality_report(report: Mapping[str, Any]) -> None:
    """An import's report: counts by table, then every row that was left out or looked odd."""
    counts = pd.DataFrame.from_dict(dict(report.get("tables", {})), orient="index")
    counts.index = [wording.label(name) for name in counts.index]
    tables.show(
        counts.rename_axis("table").reset_index(),
        {
            "table": "Table",
            "read": ("Rows read", "count"),
            "kept": ("Kept", "count"),
            "rejected": ("Rejected", "count"),
        },
        "Rows read, kept and rejected by table",
        height="content",
    )
    where = {"table": "Table", "file": "File", "line": ("Line", "count")}
    _rows("rejected row", report.get("rejected", ()), where)
    _rows("warning", report.get("warnings", ()), {"table": "Table", "row": "Row"})
    notes = tuple(report.get("notes", ()))
    if len(notes) <= FEW_NOTES:
        notices.notes(notes)
    else:
        with st.expander(f"{len(notes):,} notes on how it was read"):
            notices.notes(notes)


def _rows(what: str, rows: Sequence[Mapping[str, Any]], where: tables.Columns) -> None:
    st.markdown(f"**{len(rows):,} {what}{'' if len(rows) == 1 else 's'}**")
    if rows:
        frame = pd.DataFrame(rows)
        named = frame.assign(table=[wording.label(name) for name in frame["table"]])
        tables.show(named, {**where, "problem": ("Problem", "long")}, what)


def doctor() -> None:
    """Which models were found, and what stands in for those that were not."""
    table = session.engine().models.doctor()
    st.caption("A stand-in is never passed off as the real model.")
    tables.show(
        table.assign(
            part=[wording.label(part) for part in table["part"]],
            found=["yes" if found else "no" for found in table["found"]],
            sha256=table["sha256"].str[:HASH_SHOWN],
        ),
        {
            "part": "Part",
            "real_model": ("Model", "260"),
            "found": ("Found", "62"),
            "used": ("In use", "260"),
            "version": ("Version", "80"),
            "sha256": f"SHA-256, first {HASH_SHOWN}",
        },
        "Models found and missing, with versions and hashes",
        height="content",
        row_height=tables.TWO_LINES,
    )
    said = table.loc[table["note"] != ""]
    notices.notes([f"{row.part.capitalize()}: {row.note}" for row in said.itertuples(index=False)])

    _metrics()


def _metrics() -> None:
    """Which customer metrics are scorecards and which are learned, and how good those are."""
    table = session.engine().learned_metrics.table()
    st.markdown("**Customer metrics**")
    tables.show(
        table.assign(metric=[wording.label(name) for name in table["metric"]]),
        {
            "metric": "Metric",
            "source": "In use",
            "form": "Learned by",
            "target": "Label",
            "n": ("Labels", "count"),
            "quality": ("AUC or rank correlation", "two"),
            "low": ("From", "two"),
            "high": ("To", "two"),
            "fitted_on": ("Fitted on", "text"),
        },
        "Customer metrics: scorecard or learned, with quality and date",
        height="content",
    )
    for name in table.loc[table["source"] == "learned", "metric"]:
        _learned_from(name)


def _learned_from(metric: str) -> None:
    """What a learned metric reads, what was left out and why, and what it was judged beside."""
    found = session.engine().learned_metrics.learned_from(metric)
    if found is None:
        return
    with st.expander(f"{wording.label(metric)}: what it was learned from"):
        tables.show(
            found.beside,
            {
                "what": "On the same labels",
                "value": ("AUC or rank correlation", "two"),
                "low": ("From", "two"),
                "high": ("To", "two"),
            },
            f"{metric}: quality beside the scorecard and other forms, {found.n:,} labels",
            height="content",
        )
        st.markdown(f"Read: {escape(', '.join(found.read))}.")
        if len(found.left_out):
            tables.show(
                found.left_out,
                {"column": "Left out", "why": ("Why", "long")},
                f"{metric}: columns that were left out",
                height="content",
            )


def settings() -> None:
    """Every setting with its meaning."""
    table = session.engine().facts.settings()
    text = st.text_input("Find a setting", key="settings_search", type="search", live=True)
    if text:
        said = table["setting"].str.cat(table["meaning"].fillna(""), sep=" ")
        table = table[said.str.contains(text, case=False, regex=False)]
    tables.show(
        table.assign(value=table["value"].astype("str")),
        {"setting": "Setting", "value": "Value", "meaning": ("Meaning and source", "long")},
        "Settings in effect",
        height=520,
        row_height=tables.TWO_LINES,
    )
    st.caption(escape("A bank's own settings.toml in its state folder changes them."))
