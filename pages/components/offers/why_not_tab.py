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


def _answer(answer: WhyNot) -> None:
    with st.container(border=True):
        st.header(escape(answer.name), anchor=False)
        with st.container(horizontal=True, gap="xsmall"):
            _badge(answer)
        st.write(escape(answer.sentence))
        if answer.status == "removed":
            st.caption(
                f"By its score alone it would be in place {answer.rank} of {answer.n_ranked}. "
                "No way around a rule is shown."
            )
        if answer.comparison:
            score_parts.comparison(answer.comparison, f"against_{answer.product_id}")
    if answer.status == "low":
        _changes(answer)


def _badge(answer: WhyNot) -> None:
    if answer.status == "removed":
        st.badge(wording.badge_text(answer.rule), icon=":material/block:", color="red")
    elif answer.status == "top":
        st.badge(f"Place {answer.rank} of the list", icon=":material/check:", color="green")
    else:
        st.badge(
            f"Place {answer.rank} of {answer.n_ranked} by score",
            icon=":material/sort:",
            color="gray",
        )
        if answer.rule:
            st.badge(wording.badge_text(answer.rule), icon=":material/block:", color="orange")


def _changes(answer: WhyNot) -> None:
    st.subheader(f"What would bring it among the first {answer.first}", anchor=False)
    if not answer.changes:
        st.write(escape(answer.no_change))
        return
    smallest, *others = answer.changes[:MOST]
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
