"""The tab "What if?": what the model reads of a customer on sliders, and the list that follows."""

from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import METRIC_LABELS, METRIC_MEANINGS
from engine.results import Situation, WhatIf
from pages.components.look import tables, wording
from pages.components.look.wording import escape
from pages.components.offers import offer_list

UNKNOWN = ": not known, the middle is assumed"
MOVES = {"new": "+ new", "out": "− out", "up": "▲ up", "down": "▼ down", "same": "="}


@st.fragment
def show(engine: Engine, customer: str) -> None:
    """The sliders and the list beside today's."""
    top, reset = st.columns([4, 1], vertical_alignment="bottom")
    with top:
        which = offer_list.which(engine, customer)
    round_ = f"whatif_round_{customer}"
    with reset:
        st.button("Reset", key="whatif_reset", on_click=_reset, args=(round_,), width="stretch")
    key = f"whatif_{customer}_{st.session_state.get(round_, 0)}"
    now = engine.scenarios.situation(customer)
    inputs, result = st.columns([3, 5], gap="large")
    with inputs:
        assumed = _sliders(now, key) | _needs(now, key) | _money(now, key)
    with result:
        # A fragment runs without the shell around it, which else says what went wrong.
        try:
            with st.spinner("Reading a new goal", show_time=False):
                outcome = engine.scenarios.what_if(
                    customer, list=which, k=st.session_state.get("k", 5), **assumed
                )
        except EngineError as error:
            st.warning(escape(error), icon=":material/error:")
        else:
            _result(outcome)


def _reset(round_: str) -> None:
    """Widgets of another round have other keys, and so today's values."""
    st.session_state[round_] = st.session_state.get(round_, 0) + 1


def _sliders(now: Situation, key: str) -> dict[str, Any]:
    """The metrics and the mood, those that were moved."""
    moved: dict[str, float] = {}
    for name, meaning in METRIC_MEANINGS.items():
        today = round(now.metrics[name], 1)
        value = st.slider(
            METRIC_LABELS[name] + (UNKNOWN if name in now.unknown else ""),
            0.0,
            10.0,
            today,
            0.1,
            format="%.1f",
            key=f"{key}_{name}",
            help=meaning,
        )
        if value != today:
            moved[name] = value
    if now.mood is None:
        return {"metrics": moved}
    felt = round(now.mood, 1)
    mood = st.slider(
        "Mood",
        -1.0,
        1.0,
        felt,
        0.1,
        format="%+.1f",
        key=f"{key}_mood",
        help="Of the customer's messages: −1 is unhappy, +1 is happy. Above 0 it weighs nothing.",
    )
    return {"metrics": moved} | ({"mood": mood} if mood != felt else {})


def _needs(now: Situation, key: str) -> dict[str, Any]:
    """Needs that are taken away, and goals that are added."""
    assumed: dict[str, Any] = {}
    labels = dict(zip(now.needs["key"], now.needs["label"], strict=True))
    if labels:
        kept = st.pills(
            "Needs that count",
            list(labels),
            selection_mode="multi",
            wrap=True,
            default=list(labels),
            format_func=lambda need: escape(labels.get(need, need).partition(" (")[0]),
            key=f"{key}_needs",
            help="Take one away to see what it does.",
        )
        assumed["drop_needs"] = [need for need in labels if need not in kept]
    goal = st.selectbox(
        "Add a goal",
        list(now.known_needs),
        index=None,
        accept_new_options=True,
        placeholder="Choose one, or type your own",
        key=f"{key}_goal",
    )
    assumed["add_needs"] = [goal] if goal else []
    return assumed


def _money(now: Situation, key: str) -> dict[str, Any]:
    """Income and balance, those that were changed."""
    assumed: dict[str, Any] = {}
    known = (
        ("income", now.income_label, now.income),
        ("balance", "Balance of all accounts", now.balance),
    )
    for name, label, today in known:
        value = st.number_input(
            f"{label}, {escape(now.currency)}",
            min_value=0.0,
            value=today if today is None or today >= 0 else 0.0,
            step=1000.0,
            format="%.0f",
            placeholder="not known",
            key=f"{key}_{name}",
            help="Decides what may be offered, not how it is ranked.",
        )
        if value is not None and value != (today if today is None else max(today, 0.0)):
            assumed[name] = value
    return assumed


def _result(outcome: WhatIf) -> None:
    st.markdown(f"**{escape(outcome.sentence)}**")
    if outcome.changed:
        with st.container(horizontal=True, gap="xsmall"):
            for change in outcome.changed:
                st.badge(wording.badge_text(change), color="blue")
    if outcome.table.empty:
        st.write("There is no product that this customer may be offered, today or then.")
    else:
        _list(outcome)
    out = outcome.table[outcome.table["reason"] != ""]
    if not out.empty:
        st.markdown(
            "**Left out then**\n"
            + "\n".join(
                f"- {escape(row.name)}: {escape(row.reason)}" for row in out.itertuples(name="Row")
            )
        )
    st.caption("  \n".join(escape(note) for note in outcome.notes))


def _list(outcome: WhatIf) -> None:
    sure = "fit" if outcome.table["confidence"].isna().all() else "confidence"
    tables.show(
        outcome.table.assign(move=outcome.table["move"].map(MOVES)),
        {
            "rank": ("Place", "count"),
            "rank_today": ("Today", "count"),
            "move": ("Move", "72"),
            "name": ("Product", "180"),
            sure: (sure.capitalize(), "share"),
            f"{sure}_today": ("Before", "share"),
        },
        "The list as assumed beside today's",
        height="content",
    )
