"""How long each kind of data is kept, who answers for it, and what is past its period."""

import streamlit as st

from engine.results import Retention
from pages.components.look import tables, wording
from pages.components.look.wording import escape


def show(found: Retention) -> None:
    """A row a kind of data."""
    st.markdown(f"**{escape(found.sentence)}**")
    table = found.table
    tables.show(
        table.assign(
            days=[wording.count(days) if days else "no end" for days in table["days"]],
            last=[
                f"{wording.day(at)}, {by}" if by else "never"
                for at, by in zip(table["last_run"], table["last_by"], strict=True)
            ],
        ),
        {
            "what": ("What", "250"),
            "days": ("Days kept", "90"),
            "n": ("Kept now", "count"),
            "oldest": ("Oldest", "day"),
            "due": ("Past its period", "count"),
            "held": ("For replay alone", "count"),
            "owner": ("Owner", "140"),
            "last": ("Last run", "190"),
        },
        "Kinds of data with their retention period, what is past it, owner and last run",
        height="content",
    )
    st.caption(
        "Periods stand in the bank's own settings file, section retention; the command retain "
        "deletes what is past them and notes that in the audit trail. What a kept list rests on is "
        "used for its replay alone and goes with the last receipt that needs it, at the latest "
        "after the period of lists that were shown. Purchases stay, since they are holdings. Files "
        "that were exported, backups and the bank's own source files are not reached."
    )
