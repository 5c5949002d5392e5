"""The tab "Why not?": any product, the rule that removed it or the change that would be enough."""

import streamlit as st

from engine import Engine
from engine.results import Change, WhyNot
from pages.components.look import wording
from pages.components.look.wording import escape
from pages.components.offers import offer_list, score_parts

MOST = 6
"""Changes that are listed; the smallest come first."""


def show(engine: Engine, customer: str) -> None:
    """Choose a product of the customer's audience, and read why it is not among the first."""
    products = engine.scenarios.products(customer).set_index("product_id")
    lists, search = st.columns([2, 3.4], vertical_alignment="bottom")
    with lists:
        which = offer_list.which(engine, customer)
    with search:
        chosen = st.selectbox(
            "Why not …",
            products.index.tolist(),
            index=None,
            format_func=lambda product: str(products["name"].get(product, product)),
            placeholder="Type or choose a product",
            key=f"whynot_{customer}",
            persist_state="session",
        )
    if chosen is None:
        st.caption(
            "Any product that this customer could be asked about: why it is not among the first "
            "offers, and the smallest change that would bring it there."
        )
        return
    _answer(engine.scenarios.why_not(customer, chosen, list=which))


def _answer(found: WhyNot) -> None:
    with st.container(border=True):
        st.header(escape(found.name), anchor=False)
        with st.container(horizontal=True, gap="xsmall"):
            _badge(found)
        st.write(escape(found.sentence))
        if found.status == "removed":
            st.caption(
                f"By its score alone it would be in place {found.rank} of {found.n_ranked}. "
                "No way around a rule is shown."
            )
        if found.comparison:
            score_parts.comparison(found.comparison, f"against_{found.product_id}")
    if found.status == "low":
        _changes(found)


def _badge(found: WhyNot) -> None:
    if found.status == "removed":
        st.badge(wording.badge_text(found.rule), icon=":material/block:", color="red")
    elif found.status == "top":
        st.badge(f"Place {found.rank} of the list", icon=":material/check:", color="green")
    else:
        st.badge(
            f"Place {found.rank} of {found.n_ranked} by score", icon=":material/sort:", color="gray"
        )
        if found.rule:
            st.badge(wording.badge_text(found.rule), icon=":material/block:", color="orange")


def _changes(found: WhyNot) -> None:
    st.subheader(f"What would bring it among the first {found.first}", anchor=False)
    if not found.changes:
        st.write(escape(found.no_change))
        return
    smallest, *others = found.changes[:MOST]
    st.success(f"**Smallest change.** {_said(smallest)}", icon=":material/straighten:")
    if others:
        st.markdown("Or any one of these:\n" + "\n".join(f"- {_said(other)}" for other in others))
    st.caption(
        "Each change alone, everything else as today, scored by the model that serves. A need's "
        "share is its weight among all that is known of the customer's needs. Age, gender, place, "
        "name and marital status are never among them: no score reads them."
    )


def _said(change: Change) -> str:
    return escape(f"{change.sentence} (place {change.rank} then)")
