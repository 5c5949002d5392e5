"""The tab "By product": who would want a product, filtered, and the list as a file."""

from typing import Any

import streamlit as st

from engine import Engine
from engine.results import ProspectList
from pages.components.customers import customer_filters, openable
from pages.components.frame import access, downloads
from pages.components.look import choosing, notices, tables, wording
from pages.components.look.wording import escape

SIZES = (20, 50, 100, 250, 500, 1000)
ORDERS = {"score": "Best match first", "confidence": "Surest first", "value": "Most value first"}


@st.fragment
def show(engine: Engine) -> None:
    """Choose a product and filters; see the customers, take them along."""
    products = engine.prospects.products().set_index("product_id")
    left, middle, right = st.columns([3, 1.6, 1.2], vertical_alignment="bottom")
    with left:
        product = st.selectbox(
            "Who would want …",
            products.index.tolist(),
            format_func=lambda one: str(products["name"].get(one, one)),
            key="takers_product",
            bind="query-params",
        )
    with middle:
        order = st.selectbox("Order", list(ORDERS), format_func=ORDERS.get, key="takers_order")
    with right:
        top = st.selectbox("Customers", SIZES, index=2, key="takers_top")
    if product is None:
        notices.empty("No products", "This bank's catalogue is empty.")
        return
    with st.skeleton(height=420):
        prospects = engine.prospects.of(product, top=top, order=order, **_filtered(engine))
    _said(prospects)
    if prospects.table.empty:
        notices.empty(
            "Nobody to call", "Nobody who may be offered this product matches these filters."
        )
    else:
        _table(prospects)
        _files(engine, prospects)
    _left_out(prospects)


def _filtered(engine: Engine) -> dict[str, Any]:
    """Arguments of `prospects.of` from the filters; a relationship manager sees their own book."""
    book = access.require().book
    chosen: dict[str, Any] = {"manager": book} if book else {}
    shown = [c for c in customer_filters.FILTERS if not (book and c == "relationship_manager")]
    with st.container(horizontal=True):
        for column in shown:
            value = choosing.choice(
                customer_filters.FILTERS[column],
                engine.customers.choices(column),
                f"takers_{column}",
            )
            chosen[customer_filters.ARGUMENTS.get(column, column)] = value
        least = st.slider(
            "Confidence or fit at least", 0.0, 1.0, 0.0, 0.05, format="percent", key="takers_least"
        )
    return {**chosen, "minimum": least}


def _said(prospects: ProspectList) -> None:
    shown = len(prospects.table)
    part = f"the first {shown:,} of them below" if shown < prospects.n_matching else "all below"
    st.markdown(
        f"**{prospects.n_matching:,} customers** match of {prospects.n_allowed:,} who may be "
        f"offered {escape(prospects.product)}; {part if shown else 'none to show'}."
    )


def _table(prospects: ProspectList) -> None:
    history = prospects.table["confidence"].notna().any()
    sure = ("confidence", "Confidence") if history else ("fit", "Fit")
    worth = "two" if prospects.table["expected_value"].max() < 100 else "money"
    openable.table(
        prospects.table,
        {
            "rank": ("Rank", "count"),
            "name": ("Name", 150),
            "segment": ("Segment", "128"),
            "relationship_manager": ("Manager", "98"),
            sure[0]: (sure[1], "share"),
            **({"expected_value": (f"Expected, {prospects.currency}", worth)} if history else {}),
            "reason": ("Reason", "214"),
            "last_contact": ("Last contact", "day"),
        },
        f"Customers who would want {prospects.product}, best first",
        key="takers_table",
        height=420,
        row_height=tables.TWO_LINES,
    )
    expected = (
        "Expected is the propensity times that, a year."
        if history
        else "Without history no chance is known, so nothing can be expected of it."
    )
    st.caption(
        f"{openable.HOW} {escape(prospects.value_assumption)}. {expected} As of "
        f"{wording.day(prospects.as_of)}, model {escape(prospects.model_version)}"
        f"{', simulated bank' if prospects.simulated else ''}."
    )


def _files(engine: Engine, prospects: ProspectList) -> None:
    with st.container(horizontal=True):
        downloads.as_files(
            "who would want a product",
            lambda kind: engine.prospects.export(prospects, kind),
            f"takers_{prospects.product_id}_{prospects.as_of:%Y-%m-%d}",
            "takers",
        )


def _left_out(prospects: ProspectList) -> None:
    with st.expander(f"Left out: {int(prospects.removed['n'].sum()):,} customers"):
        tables.show(
            prospects.removed,
            {"label": "Why", "n": ("Customers", "count")},
            "Customers who may not be offered the product, by the first rule against it",
            height="content",
        )
