"""One offer as a card with its decisions and details; what was decided, and what was left out."""

from collections.abc import Sequence

import streamlit as st

from engine.labels import ACTION_LABELS, DISMISSAL_LABELS, rule_label
from engine.results import Answered, Offer, Recommendation, Removal
from pages.components.frame import after_an_offer, session
from pages.components.look import wording
from pages.components.look.wording import badge_text, escape
from pages.components.offers import score_parts

WRONG_DATA = "wrong data"
"""Reason that leads on to the customer's record."""
CHECK = "Check first: "
"""How a check begins; under its own heading that need not be said again."""
MARKED = (
    "The bank's setting for products that a rule or a stated interest agrees with, or that are "
    "sensitive. The confidence and its word are without it."
)
WORDS = {"high": ("green", "▲"), "fair": ("orange", "●"), "low": ("gray", "▽")}


def show(
    offer: Offer, given: Recommendation, *, is_open: bool, answered: Answered | None = None
) -> None:
    """One offer: rank, name, confidence, reason, value, decisions; the rest on demand."""
    with st.container(border=True, gap="xsmall", key=f"offer_{offer.rank}"):
        what, sure = st.columns([7, 3], gap="medium")
        with what, st.container(gap="xxsmall"):
            st.markdown(f"## {offer.rank}\\. {escape(offer.name)}", anchors=False)
            st.caption(" · ".join(escape(text) for text in (offer.category, offer.tier) if text))
            st.write(escape(offer.short_reason))
            if offer.moved:
                st.markdown(f":violet[:material/swap_vert: {escape(offer.moved)}]")
            if offer.notice:
                st.caption(escape(offer.notice))
            if answered:
                st.caption(f":material/history: {escape(answered.said)}")
            for check in offer.checks[:1]:
                st.markdown(f":orange[:material/search: {escape(wording.label(check))}]")
        with sure, st.container(gap="xsmall"):
            _confidence(offer)
        _worth(offer, given.currency)
        _decisions(offer, given, answered.event_id if answered else "")
        _detail(offer, given, is_open)


def _confidence(offer: Offer) -> None:
    """Confidence as a bar and a word; fit, and that it is fit, where there is no history."""
    colour, mark = WORDS.get(offer.word, WORDS["low"])
    if offer.confidence is None:
        text, value = f"Fit {wording.share(offer.fit)}", offer.fit
        meaning = "How well it fits within this bank. There is no history to be confident from."
    else:
        value = offer.confidence
        text = f"Confidence {wording.share(value)}"
        meaning = offer.word_meaning
    st.progress(min(max(value, 0.0), 1.0), text=text)
    with st.container(horizontal=True, gap="xsmall"):
        if offer.word:
            st.badge(
                f"{mark} {badge_text(wording.label(offer.word))}",
                color=colour,
                help=escape(meaning) if meaning else None,
            )
        for said in offer.marks:
            st.badge(badge_text(said), color="gray", help=MARKED)


def _worth(offer: Offer, currency: str) -> None:
    """What it is worth to the bank and to the customer, in one line."""
    if offer.value_if_taken is None:
        said, why = ["No margin is set"], offer.value_assumption
    else:
        said = [f"**{escape(wording.money(offer.value_if_taken, currency))}** a year if taken"]
        why = f"{offer.value_assumption}. Money for the bank."
        if offer.expected is not None:
            said.append(f"{escape(wording.money(offer.expected, currency))} expected")
            why += " Expected is that times the chance of a sale."
    if "value_customer" in offer.scores:
        said.append(f"**{wording.metric(offer.scores['value_customer'])}** of 10 for the customer")
        if offer.scores_estimated:
            why += " The score for the customer is estimated from the product's terms."
    st.markdown(" · ".join(said), help=escape(why))


def _decisions(offer: Offer, given: Recommendation, seen: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for action, kind in (("accepted", "primary"), ("postponed", "secondary")):
            event = session.event_id(given.customer_id, offer.product_id, action)
            st.button(
                ACTION_LABELS[action],
                key=f"{action}_{event}",
                type=kind,
                on_click=session.decide,
                args=(event, given.customer_id, offer, action, given.receipt_id, seen),
            )
        event = session.event_id(given.customer_id, offer.product_id, "dismissed")
        if st.button(f"{ACTION_LABELS['dismissed']} …", key=f"dismissed_{event}"):
            _why_not_suitable(event, offer, given, seen)


@st.dialog("Why is it not suitable?")
def _why_not_suitable(event: str, offer: Offer, given: Recommendation, seen: str) -> None:
    st.write(escape(offer.name))
    reason = st.radio(
        "Reason",
        list(DISMISSAL_LABELS),
        index=None,
        format_func=DISMISSAL_LABELS.get,
        key=f"reason_{event}",
    )
    st.text_input("Comment (optional)", key=f"comment_{event}", max_chars=300)
    if reason == WRONG_DATA:
        st.caption("Recording opens the customer's record: each field with its origin.")
    if st.button(
        "Record",
        type="primary",
        key=f"record_{event}",
        on_click=_dismiss,
        args=(event, offer, given, seen),
    ):
        if reason is None:
            st.error("Choose a reason first. Nothing was recorded.")
            return
        if reason == WRONG_DATA:
            there = session.address_of(given.customer_id)
            st.switch_page("customer_explorer.py", query_params=there)
        st.rerun()


def _dismiss(event: str, offer: Offer, given: Recommendation, seen: str) -> None:
    reason = st.session_state[f"reason_{event}"]
    if reason is None:
        return
    comment = st.session_state[f"comment_{event}"]
    receipt, customer = given.receipt_id, given.customer_id
    session.decide(event, customer, offer, "dismissed", receipt, seen, reason, comment)
    if reason == WRONG_DATA:
        after_an_offer.correct(customer, offer.name, comment)


def _detail(offer: Offer, given: Recommendation, is_open: bool) -> None:
    key = f"detail_{given.receipt_id}_{offer.product_id}"
    with st.expander(
        "Details", key=key, expanded=is_open, on_change="rerun", type="compact"
    ) as box:
        if not box.open:
            return
        session.viewed(given.customer_id, offer, given.receipt_id)
        chart, facts = st.columns([3, 2], gap="medium")
        with chart:
            explained = score_parts.waterfall(offer, given, key)
        with facts:
            _facts(offer, given)
        score_parts.tiles(offer)
        score_parts.lines(explained, key)


def _facts(offer: Offer, given: Recommendation) -> None:
    if offer.description:
        st.write(escape(offer.description[:1].upper() + offer.description[1:]))
    _bullets("Why", offer.reasons)
    _bullets("Check first", [wording.label(c.removeprefix(CHECK)) for c in offer.checks])
    if offer.includes:
        _bullets("Includes this customer", offer.includes)
        _bullets("Would exclude", offer.excludes)
    else:
        _bullets("Checked and met", offer.passed)
    if offer.facts:
        _bullets("Terms", [f"{wording.label(name)}: {text}" for name, text in offer.facts.items()])
    if offer.word_meaning:
        st.caption(escape(offer.word_meaning))
    if offer.value_assumption:
        st.caption(f"{escape(offer.value_assumption)}. Margins are set on the tab Levers.")

    if st.button(
        "All about this product",
        icon=":material/arrow_forward:",
        type="tertiary",
        key=f"product_{given.receipt_id}_{offer.product_id}",
        on_click=after_an_offer.clicked,
        args=(given.customer_id, offer, given.receipt_id),
    ):
        there = {"tab": "Products", "product": offer.product_id}
        st.switch_page("data.py", query_params=session.carried_bank() | there)


def _bullets(title: str, texts: Sequence[str]) -> None:
    if texts:
        st.markdown(f"**{title}**\n" + "\n".join(f"- {escape(text)}" for text in texts))


def last_decision(customer_id: str) -> None:
    """What was just decided, and the way back."""
    customer, event, action, name = st.session_state.get("last_decision", (None, "", "", ""))
    if customer != customer_id:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(f"Recorded: {ACTION_LABELS[action]}", icon=":material/check:", color="green")
        st.write(escape(name))
        st.button(
            "Undo",
            type="tertiary",
            on_click=session.undo,
            args=(event, name),
            key=f"undo_{event}",
        )


def instead(given: Recommendation) -> None:
    """A service action, help, an objection or no confident offer: a full card, not an error."""
    with st.container(border=True):
        st.header("Before any offer" if given.offers else "No offer now", anchor=False)
        if given.action:
            st.write(escape(given.action))
        settled = ("complaint",) if given.action else ()  # an open case is the action itself
        more = [
            one for one in given.support if one.text not in given.action and one.kind not in settled
        ]
        for one in more:
            st.markdown(f":material/support_agent: {escape(one.text)}")
        if given.support:
            st.caption("Help, no sale: credit is kept back until this is over.")
        for note in given.notes if not given.offers else ():
            st.caption(escape(note))


def left_out(removed: Sequence[Removal]) -> None:
    """What the guard left out, counted by rule; each rule opens."""
    st.header(f"Left out: {len(removed)}", anchor=False)
    if not removed:
        st.caption("No product was left out.")
        return
    by_rule: dict[str, list[Removal]] = {}
    for removal in removed:
        by_rule.setdefault(removal.rule, []).append(removal)
    for rule, products in sorted(by_rule.items(), key=lambda item: -len(item[1])):
        with st.expander(f"{escape(rule_label(rule))} ({len(products)})"):
            st.markdown(
                "\n".join(f"- **{escape(p.name)}**: {escape(p.reason)}" for p in products[:40])
            )
            if len(products) > 40:
                st.caption(f"and {len(products) - 40} more")
