"""Open alerts as cards: what happened, what to do, and a button that takes it off the feed."""

import pandas as pd
import streamlit as st

from engine.labels import LIST_LABELS
from engine.results import Alerts, Profile
from pages.components.customers import following
from pages.components.frame import changes, session
from pages.components.look import choosing, notices, wording
from pages.components.look.wording import badge_text, escape

SEVERITY = {
    "high": ("red", "▲ Act today"),
    "medium": ("orange", "● This week"),
    "low": ("gray", "▽ When you talk"),
    "good": ("green", "★ Good news"),
}
"""Severity -> badge colour and words."""
ON_A_PAGE = 6


def of_customer(profile: Profile) -> None:
    """What needs attention with one customer; says so where nothing does."""
    _last_done()
    alerts = session.engine().alerts.open(profile.customer_id)
    if alerts.table.empty:
        notices.empty("No open alerts", escape(alerts.sentence))
        return
    st.caption(escape(alerts.sentence))
    for row in alerts.table.itertuples(index=False):
        _card(row, named=False)


def feed() -> None:
    """Alerts of one relationship manager's book, or of the whole bank, most pressing first."""
    _last_done()
    engine = session.engine()
    managers = engine.customers.choices("relationship_manager")
    manager = None
    if managers:
        manager = choosing.choice("Alerts in the book of", managers, "alerts_of")
    alerts = engine.alerts.open(manager=manager, fairness=manager is None)
    if alerts.table.empty:
        notices.empty("No open alerts", escape(alerts.sentence))
        return
    st.write(escape(alerts.sentence))
    kind, rows = _chosen_kind(alerts)
    following.links([engine.selections.alerted(kind, manager)])
    cards = st.container()
    on_page = choosing.page_of(rows, "alerts_page", ON_A_PAGE)
    with cards:
        for row in on_page.itertuples(index=False):
            _card(row, named=True)


def _last_done() -> None:
    """The alert that was just acknowledged, and the way back."""
    bank, alert, title = st.session_state.get("last_alert", (None, "", ""))
    if bank is None or bank != session.bank_id():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"Acknowledged: {badge_text(title)}"
        st.badge(said, icon=":material/check:", color="green")
        st.button(
            "Undo",
            type="tertiary",
            on_click=changes.reopen,
            args=(alert, title),
            key=f"reopen_{alert}",
        )


def _chosen_kind(alerts: Alerts) -> tuple[str | None, pd.DataFrame]:
    """The kind that is picked, if one is, and its alerts, or all of them."""
    kind = st.pills(
        "Kind of alert",
        list(alerts.counts),
        format_func=lambda title: f"{escape(title)} ({alerts.counts.get(title, 0):,})",
        key="alerts_kind",
        label_visibility="collapsed",
    )
    rows = alerts.table if kind is None else alerts.table[alerts.table["title"] == kind]
    return kind, rows


def _card(row, *, named: bool) -> None:
    colour, word = SEVERITY[row.severity]
    somebody = named and not wording.is_missing(row.customer_id)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, color=colour)
            whose = f"{escape(row.customer)}: " if somebody else ""
            st.markdown(f"**{whose}{escape(row.title)}**", width="content")
            st.caption(wording.day(row.raised_at), width="content")
        st.write(escape(row.reason))
        st.markdown(f":material/arrow_forward: {escape(row.action)}")
        with st.container(horizontal=True):
            st.button(
                "Acknowledge",
                key=f"acknowledge_{row.alert_id}",
                on_click=changes.acknowledge,
                args=(row.alert_id, row.title),
                help="Takes it off the feed, for everybody",
            )
            if somebody:
                if st.button("Open customer", key=f"open_{row.alert_id}", type="tertiary"):
                    query = {"customer": str(row.customer_id)}
                    st.switch_page("customer_explorer.py", query_params=query)
            elif named and st.button("Open fairness", key=f"open_{row.alert_id}", type="tertiary"):
                where = {
                    "attribute": wording.label(row.attribute),
                    "list": LIST_LABELS[row.list],
                    "category": row.category,
                }
                st.switch_page("fairness.py", query_params=where)
