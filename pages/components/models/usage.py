"""How much the lists are used: figures between two days, by day and product, and the rows."""

import streamlit as st

from engine import Engine
from engine.errors import BadInput
from engine.results import Usage
from pages.components.frame import access, session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape

TOTALS = {
    "n_customers": ("Customers concerned", "count"),
    "n_interactions": ("Offers opened", "count"),
    "mean_rating": ("Mean rating, 0 to 1", "two"),
    "n_clicked": ("Clicked", "count"),
    "click_rate": ("Clicked of opened", "share"),
    "selection_rate": ("Chosen of opened", "share"),
}
RAW = {"customers": "Customers", "events": "Events, newest first"}


def show(engine: Engine) -> None:
    """Tiles, a line a day, bars by product and rating; the rows for who looks after the data."""
    with st.skeleton(height=300):
        whole = engine.feedback.usage()
    if not whole.totals["n_interactions"]:
        notices.empty("Nothing happened yet", "Open an offer on the Recommendations page.")
    else:
        _figures(_chosen_days(engine, whole))
    _customers(whole)
    person = access.principal()
    if person is not None and "manager" in person.roles:
        _rows(engine)


def _chosen_days(engine: Engine, whole: Usage) -> Usage:
    if whole.first is None or whole.last is None:
        return whole
    span = (whole.first.date(), whole.last.date())
    chosen = st.date_input(
        "From and to", span, min_value=span[0], max_value=span[1], key="usage_days"
    )
    if not isinstance(chosen, tuple) or len(chosen) != 2:
        st.caption("Choose the second day as well; until then everything is counted.")
        return whole
    if chosen == span:
        return whole
    try:
        return engine.feedback.usage(*chosen)
    except BadInput as error:
        st.warning(escape(str(error)))
        return whole


def _figures(used: Usage) -> None:
    with st.grid(min_column_width=250, border=True):
        for name, (label, unit) in TOTALS.items():
            st.metric(label, escape(wording.amount(used.totals[name], unit, "")))
    if not used.totals["n_interactions"]:
        notices.empty("Nothing between these days", "Choose a longer time.")
        return
    if used.n_undated:
        st.caption(
            f"{wording.counted(used.n_undated, 'opening')} without a date: counted only while all "
            "days are chosen."
        )
    if not used.by_day.empty:
        charts.show(
            charts.by_day(used.by_day, {"n_customers": "Customers"}, "customers"),
            "Customers a day",
            "Number of customers of whom an offer was opened, by day",
            used.by_day,
            key="usage_customers",
            columns={"day": ("Day", "day"), "n_customers": ("Customers", "count")},
        )
        lines = {"n": "Opened", "n_clicked": "Clicked", "n_selected": "Chosen"}
        charts.show(
            charts.by_day(used.by_day, lines, "offers"),
            "Offers opened, clicked and chosen a day",
            "Number of offers opened, clicked and chosen, by day",
            used.by_day,
            key="usage_days_chart",
            columns={"day": ("Day", "day"), **{n: (said, "count") for n, said in lines.items()}},
        )
    st.markdown("**By product**")
    tables.show(
        used.by_product,
        {
            "name": ("Product", "320"),
            "n": ("Opened", "count"),
            "n_clicked": ("Clicked", "count"),
            "n_selected": ("Chosen", "count"),
        },
        "Offers opened, clicked and chosen by product",
        height=380,
    )
    charts.show(
        charts.bars(used.by_rating, "band", "n", "ratings"),
        "Ratings, 0 to 1",
        "Number of ratings in three bands",
        used.by_rating,
        key="usage_ratings",
        columns={"band": "Rating", "n": ("Ratings", "count")},
    )


def _customers(used: Usage) -> None:
    with st.expander("Who the customers are", icon=":material/group:"):
        left, right = st.columns(2)
        for place, title, table in (
            (left, "Income", used.by_income),
            (right, "Risk tolerance", used.by_risk_tolerance),
        ):
            with place:
                charts.show(
                    charts.bars(table, "group", "n", "customers"),
                    title,
                    f"Number of customers by {title.lower()}",
                    table,
                    key=f"usage_{title}",
                    columns={"group": title, "n": ("Customers", "count")},
                )


def _rows(engine: Engine) -> None:
    with st.expander(
        "Rows as they are stored", icon=":material/table_rows:", on_change="rerun"
    ) as box:
        if not box.open:
            return
        table = st.segmented_control(
            "Table", list(RAW), default="customers", format_func=RAW.get, key="usage_rows"
        )
        session.looked_at_rows(table or "customers")
        rows = engine.feedback.raw_rows(table or "customers")
        tables.show(
            rows,
            {name: wording.label(name) for name in rows.columns},
            RAW[table or "customers"],
            height=420,
        )
        st.caption(
            "At most 500 rows. E-mail addresses and long numbers are masked. Shown to managers "
            "alone, and who looked is written down."
        )
