"""The tab "Products": the bank's catalogue, searched by column, and one product in full."""

from collections.abc import Sequence

import streamlit as st

from engine.errors import NotFound
from engine.figures import signed
from engine.labels import PRODUCT_SCORE_LABELS
from engine.results import ProductSheet
from pages.components.data import product_voice
from pages.components.frame import session
from pages.components.look import notices, tables, wording
from pages.components.look.wording import badge_text, escape

FIELDS = {
    "name": "Name",
    "category": "Category",
    "features": "Features",
    "description": "Description",
    "product_id": "Product number",
}
"""Column -> label of the field that looks for a text in it."""
CHOSEN = "product"
"""Key of the address that holds the product which is open."""
COLUMNS: tables.Columns = {
    "name": ("Product", "210"),
    "category": "Category",
    "tier": "Tier",
    "audience": "For",
    "n_holders": ("Held by", "count"),
    "description": ("Description", "330"),
}
ROWS_SHOWN, TABLE_HEIGHT = 9, 630
SCORES = ("value_customer", "profit_margin", "retention_value")


def show() -> None:
    """The product that is open, else the table."""
    chosen = st.query_params.get(CHOSEN)
    if not chosen:
        _table()
        return
    st.button("All products", on_click=_open, args=(None,), icon=":material/arrow_back:")
    try:
        sheet = session.engine().products.of(chosen)
    except NotFound as error:  # an address of another bank
        notices.empty("No such product", escape(error))
        return
    _sheet(sheet)


def _table() -> None:
    st.caption("Choose a row to open the product.")
    places = st.columns(len(FIELDS), vertical_alignment="bottom")
    for place, (column, label) in zip(places, FIELDS.items(), strict=True):
        with place:
            st.text_input(
                f"{label} contains", key=f"product_{column}", bind="query-params", live=True
            )
    contains = {column: st.session_state.get(f"product_{column}") or "" for column in FIELDS}
    products = session.engine().products.table(contains)
    if products.empty:
        _nothing(contains)
        return
    st.caption(wording.counted(len(products), "product"))
    event = tables.show(
        products.assign(
            **{
                column: [wording.label(v) for v in products[column]]
                for column in ("audience", "tier")
            }
        ),
        {name: said for name, said in COLUMNS.items() if products[name].notna().any()},
        "Products with category, tier, audience, holders and description",
        key="products_table",
        on_select="rerun",
        selection_mode="single-row",
        row_height=tables.TWO_LINES,
        height="content" if len(products) <= ROWS_SHOWN else TABLE_HEIGHT,
    )
    if event["selection"]["rows"]:
        _open(str(products["product_id"].iloc[event["selection"]["rows"][0]]))
        st.rerun()


def _nothing(contains: dict[str, str]) -> None:
    said = [f"{FIELDS[c].lower()} contains “{escape(t)}”" for c, t in contains.items() if t]
    if said:
        notices.empty("No product matches", f"Filtered by {'; '.join(said)}.")
        st.button("Clear the search", on_click=_clear)
    else:
        notices.empty("No products", "This bank's catalogue is empty.")


def _clear() -> None:
    for column in FIELDS:
        st.session_state[f"product_{column}"] = ""


def _open(product: str | None) -> None:
    if product is None:
        st.query_params.pop(CHOSEN, None)
    else:
        st.query_params[CHOSEN] = product


def _sheet(sheet: ProductSheet) -> None:
    """One product: what it is, what it asks, its terms, and the way to who would want it."""
    st.header(escape(sheet.name), anchor=False)
    kinds = (sheet.category, sheet.tier, sheet.audience, sheet.item_type)
    st.caption(" · ".join(escape(wording.label(kind)) for kind in kinds if kind))
    if sheet.description:
        st.write(escape(sheet.description))
    if sheet.tone is not None:
        st.caption(
            f"Tone of this text: {escape(wording.label(sheet.tone_word).lower())} "
            f"({signed(sheet.tone, 2)}, by {escape(sheet.tone_by)}). The bank wrote it: nothing is "
            "offered by it."
        )
    about = st.container()
    _figures(sheet)
    meant, kept_from = st.columns(2, gap="medium")
    with meant:
        _bullets("Who it is for", sheet.meant_for)
    with kept_from:
        _bullets("Who it is not for", sheet.not_for)
    left, right = st.columns(2, gap="medium")
    with left:
        _bullets("Features", sheet.features)
        _bullets("What it asks of a customer", sheet.conditions)
    with right:
        _bullets("Terms", [f"{wording.label(name)}: {text}" for name, text in sheet.terms.items()])
    if st.button("Who would want it", type="primary", icon=":material/groups:"):
        query = {"view": "By product", "takers_product": sheet.name}  # a bound box reads labels
        st.switch_page("recommendations.py", query_params=query)
    product_voice.show(sheet.product_id)
    with about:  # last: the first text that a server reads waits seconds for the model
        _topics(sheet)


def _topics(sheet: ProductSheet) -> None:
    """What it is about, as a model reads its text."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for topic in session.engine().products.topics(sheet.product_id):
            st.badge(badge_text(wording.label(topic)), color="blue")
        st.caption("Topics by the meaning of the text, indicative")


def _figures(sheet: ProductSheet) -> None:
    with st.grid(4, min_column_width=180, border=True):
        share = (
            ""
            if sheet.share is None
            else f"{wording.share(sheet.share)} of {sheet.audience} customers"
        )
        tables.figure(
            "Held by",
            wording.count(sheet.n_holders),
            share or "not recorded",
        )
        for name in SCORES:
            if name in sheet.scores:
                st.metric(PRODUCT_SCORE_LABELS[name], f"{wording.metric(sheet.scores[name])} of 10")
    if sheet.scores_estimated:
        notices.notes(["Ratings of 10 are estimated from the product's terms."])


def _bullets(title: str, texts: Sequence[str]) -> None:
    if texts:
        st.markdown(f"**{title}**\n" + "\n".join(f"- {escape(text)}" for text in texts))
