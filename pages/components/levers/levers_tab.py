"""The tab "Levers": weights, thresholds and rules moved, and what that does to everybody."""

from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.results import LeverEffect
from pages.components.frame import access
from pages.components.levers import lever_charts, lever_store
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

FORMATS = {"share": "percent", "0-10": "%.1f", "times": "%.2f ×", "money": "%.0f"}
SECTIONS = {"Weights": "Weights", "Thresholds": "Thresholds", "Margins": "Margins by category"}
BETTER = {"value_first": 1, "value_list": 1, "without_offer": -1, "without_confident": -1}


@st.fragment
def show(engine: Engine) -> None:
    """The levers beside the effect on the whole base."""
    if not access.require().roles & {"analyst", "manager"}:
        notices.empty("Not open to your role", "Analysts and managers move the levers.")
        return
    if said := st.session_state.pop("levers_said", None):
        st.success(escape(said), icon=":material/check:")
    inputs, result = st.columns([3, 5], gap="large")
    with inputs:
        changes, off = _inputs(engine)
    with result:
        # A fragment runs without the shell around it, which else says what went wrong.
        try:
            with st.skeleton(height=520):
                effect = engine.levers.effect(changes, off)
        except EngineError as error:
            st.warning(escape(error), icon=":material/error:")
            return
        _effect(effect)
    lever_store.show(engine, effect, changes, off)


def _inputs(engine: Engine) -> tuple[dict[str, float], tuple[str, ...]]:
    """What was moved away from today, and the rules that were switched off."""
    st.button("Back to today's settings", on_click=lever_store.start, args=({},))
    start: dict[str, float] = st.session_state.get("levers_start", {})
    key = f"lever_{st.session_state.get('levers_round', 0)}"
    changes: dict[str, float] = {}
    levers = engine.levers.table()
    for group, title in SECTIONS.items():
        with st.expander(title, expanded=group != "Margins"):
            for lever in (one for one in levers if one.group == group):
                value = _slider(lever, start.get(lever.key, lever.today), f"{key}_{lever.key}")
                if value != lever.today:
                    changes[lever.key] = value
    with st.expander("Rules", expanded=True):
        off = _rules(engine, start, key)
    return changes, off


def _slider(lever: Any, value: float, key: str) -> float:
    kind = int if lever.unit == "products" else float
    low, high, step = kind(lever.low), kind(lever.high), kind(lever.step)
    if lever.note:
        st.caption(escape(lever.note))
    return st.slider(
        escape(lever.label),
        low,
        high,
        kind(value),
        step,
        format=FORMATS.get(lever.unit),
        key=key,
        help=escape(lever.meaning),
    )


def _rules(engine: Engine, start: dict[str, float], key: str) -> tuple[str, ...]:
    """Rules that may be switched off; the others stand there with the reason why not."""
    off = []
    for rule in engine.levers.switches():
        saved_off = all(start.get(".".join(path)) == value for path, value in rule.off.items())
        on = st.toggle(
            rule.label,
            rule.on and not saved_off,
            key=f"{key}_{rule.name}",
            disabled=not rule.on,
            help=rule.meaning if rule.on else "Off in the settings that are in force.",
        )
        if rule.on and not on:
            off.append(rule.name)
    with st.popover("Always on", icon=":material/lock:"):
        tables.show(
            engine.levers.locked(),
            {"label": "Rule", "why": ("Why it cannot be switched off", "long")},
            "Rules that can never be switched off, with the reason",
            height="content",
        )
    return tuple(off)


def _effect(effect: LeverEffect) -> None:
    st.info(escape(effect.sentence), icon=":material/tune:")
    if effect.n < effect.n_bank:
        st.caption(
            f"Worked out on a sample of {effect.n:,} of {effect.n_bank:,} customers, drawn by "
            f"segment: a share may be off by {100 * effect.margin:.1f} percentage points (95 %)."
        )
    with st.grid(3, min_column_width=170, border=True):
        for row in effect.figures.itertuples():
            _figure(row, effect.currency)
    lever_charts.mix(effect)
    lever_charts.groups(effect)
    lever_charts.gaps(effect)
    st.caption(
        f"Expected value is the {effect.basis} times the assumed yearly margin; weights move the "
        f"order, never the {effect.basis}. {effect.n_bank:,} customers as of "
        f"{wording.day(effect.as_of)}, model {escape(effect.model_version)}"
        f"{', simulated bank' if effect.simulated else ''}."
    )


def _figure(row: Any, currency: str) -> None:
    """One figure with its change; colour says better or worse only where that is plain."""
    change = row.new - row.today
    unit = "money" if row.unit == "money" else "count"
    value = escape(wording.amount(row.new, unit, currency))
    if row.measure == "moved":
        st.metric(row.label, value)
        return
    change = 0.0 if abs(change) < 0.5 else change
    more = wording.amount(change, unit, currency)
    tables.moved(
        row.label,
        value,
        escape((f"+{more}" if change > 0 else more) if change else "as today"),
        change,
        better=BETTER.get(row.measure, 0),
        help=escape(f"Today {wording.amount(row.today, unit, currency)}"),
    )
