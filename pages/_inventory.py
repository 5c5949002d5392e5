"""What a bank is made of: tables with hashes, quality, models found, settings in effect."""

import streamlit as st

from pages import _cards, _state, _words
from pages._words import escape


def bank() -> None:
    """The banks there are, and the tables of the one in use."""
    engine, config = _state.engine(), st.column_config
    st.markdown("**Banks**")
    st.dataframe(
        _state.banks()[["name", "as_of", "n_customers", "path"]],
        hide_index=True,
        alt="Banks that can be opened",
        column_config={
            "name": "Bank",
            "as_of": config.DateColumn("As of", format="D MMM YYYY"),
            "n_customers": config.NumberColumn("Customers", format="localized"),
            "path": "Folder",
        },
    )
    st.caption("Choose the bank in the sidebar.")
    st.markdown("**Tables of this bank**")
    st.dataframe(
        engine.tables(),
        hide_index=True,
        alt="Tables with rows, dates and hashes",
        column_config={
            "table": "Table",
            "rows": config.NumberColumn("Rows", format="localized"),
            "first_date": config.DateColumn("From", format="D MMM YYYY"),
            "last_date": config.DateColumn("To", format="D MMM YYYY"),
            "sha256": config.TextColumn("SHA-256", width="medium"),
        },
    )
    _cards.notes(engine.summary().notes)
    _reset()


def _reset() -> None:
    st.markdown("**Start over for a demonstration**")
    st.caption("Removes this bank's decisions, ratings, changed consents and retrained versions.")
    with st.popover("Reset this bank"):
        st.write("Everything recorded on these pages for this bank goes. Its data stays.")
        if st.button("Yes, reset", type="primary"):
            engine = _state.engine()
            if _state.submit(engine.reset, "The bank is as it was when it was imported"):
                _state.on_bank_change()
            st.rerun()


def quality() -> None:
    """Rows read, kept and rejected of the bank in use."""
    report = _state.engine().quality()
    if report is None:
        _cards.empty("No quality report", "This bank was generated, so nothing was cleaned.")
    else:
        quality_report(report)


def quality_report(report: dict) -> None:
    """An import's report: counts by table, then every row that was left out or changed."""
    config = st.column_config
    st.dataframe(
        [
            {"table": table, **{name: counts.get(name) for name in ("read", "kept", "rejected")}}
            for table, counts in report.get("tables", {}).items()
        ],
        hide_index=True,
        alt="Rows read, kept and rejected by table",
        column_config={
            "table": "Table",
            "read": config.NumberColumn("Read", format="localized"),
            "kept": config.NumberColumn("Kept", format="localized"),
            "rejected": config.NumberColumn("Rejected", format="localized"),
        },
    )
    warnings = list(report.get("warnings", ()))
    if not warnings:
        st.success("No warnings.")
        return
    st.markdown(f"**{len(warnings):,} warnings**")
    st.dataframe(
        [
            {
                name: None if row.get(name) is None else str(row[name])
                for name in ("table", "row", "problem")
            }
            for row in warnings
        ],
        hide_index=True,
        alt="Warnings by table and row",
        column_config={
            "table": config.TextColumn("Table", width="small"),
            "row": config.TextColumn("Row", width="small"),
            "problem": config.TextColumn("Problem", width="large"),
        },
    )


def doctor() -> None:
    """Which models were found, and what stands in for those that were not."""
    table = _state.engine().doctor()
    st.caption("A stand-in is never passed off as the real model.")
    st.dataframe(
        table.assign(found=["yes" if found else "no" for found in table["found"]]),
        hide_index=True,
        height="content",
        alt="Models found and missing, with versions and hashes",
        column_config={
            name: _words.label("SHA-256" if name == "sha256" else name) for name in table.columns
        },
    )


def settings() -> None:
    """Every setting with its meaning."""
    table = _state.engine().settings_in_effect()
    text = st.text_input("Find a setting", key="settings_search", type="search", live=True)
    if text:
        hits = table["setting"].str.contains(text, case=False, regex=False) | table[
            "meaning"
        ].str.contains(text, case=False, regex=False)
        table = table[hits]
    st.dataframe(
        table.assign(value=table["value"].astype("str")),
        hide_index=True,
        height=520,
        alt="Settings in effect",
        column_config={
            "setting": "Setting",
            "value": "Value",
            "meaning": st.column_config.TextColumn("Meaning and source", width="large"),
        },
    )
    st.caption(escape("A bank's own file settings.toml in its state folder changes them."))
