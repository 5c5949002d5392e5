"""An investment allocation by risk, tilted by a market figure, and the way to a savings goal."""

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from engine.errors import BadInput
from engine.results import Goal, Profile, Strategy
from pages.components.frame import changes, session, uploaded
from pages.components.look import charts, choosing, notices, wording
from pages.components.look.wording import escape
from pages.components.money import money_charts

MARKETS = {"bank": "The bank's figure", "own": "My own figure", "file": "A file of mine"}
MAX_TILT = 5.0
"""Per cent that a market figure may be, either way."""


def show(profile: Profile) -> None:
    """Allocation on the left, goal on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Investment strategy", anchor=False)
        _strategy(profile)
    with right:
        st.header("Savings goal", anchor=False)
        _goal(profile)


# --- allocation --------------------------------------------------------------------------------


def _strategy(profile: Profile) -> None:
    try:
        strategy = _tilted(profile.customer_id)
    except BadInput as error:
        notices.empty("No allocation", escape(error))
        return
    if strategy is None:
        return
    charts.show(
        money_charts.allocation(strategy.weights),
        f"Allocation for a {escape(strategy.risk)} risk level",
        f"Shares of asset classes: {', '.join(strategy.lines)}",
        strategy.weights,
        key="allocation",
        columns={
            "asset": "Asset class",
            "base": ("Without the market", "share"),
            "weight": ("Share", "share"),
            "percent": ("Per cent", "two"),
        },
    )
    st.write(escape(strategy.sentence))
    told = strategy.goal.sentence if strategy.goal else ""  # stands beside the goal itself
    notices.notes([note for note in strategy.notes if note != told])


def _tilted(customer_id: str) -> Strategy | None:
    """The allocation under the market figure that is chosen; None until a file is there."""
    engine = session.engine()
    which = choosing.one_of(
        "Market figure",
        MARKETS,
        "market",
        help="How the market moved, as a share; it tilts the allocation a little.",
    )
    if which == "bank":
        return _bank_figure(customer_id)
    if which == "own":
        percent = st.number_input(
            "Market figure, per cent", -MAX_TILT, MAX_TILT, 0.0, 0.5, key="market_percent"
        )
        return engine.customers.strategy(customer_id, market=float(percent) / 100)
    return _of_file(customer_id)


def _bank_figure(customer_id: str) -> Strategy:
    """Under the bank's own figures, with a way to take them off."""
    engine = session.engine()
    if engine.records.has_market():
        st.button(
            "Remove the bank's market figures",
            type="tertiary",
            icon=":material/delete:",
            on_click=changes.remove_market,
        )
    return engine.customers.strategy(customer_id)


def _of_file(customer_id: str) -> Strategy | None:
    """Under an uploaded file, which may be kept as the bank's own."""
    upload = st.file_uploader(
        "CSV with the columns date and change (.02 for 2 %)", type="csv", key="market_file"
    )
    if upload is None:
        uploaded.release("market")
        st.caption("The last figure on or before the bank's day counts.")
        return None
    if problem := uploaded.refused("market", [upload]):
        st.error(problem)
        return None
    content = upload.getvalue()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded.csv"
        path.write_bytes(content)
        strategy = session.engine().customers.strategy(customer_id, market=path)
    st.button(
        "Keep as the bank's figures",
        help="For every customer and everybody who looks, until it is removed",
        on_click=changes.keep_market,
        args=(content, upload.name),
    )
    return strategy


# --- goal --------------------------------------------------------------------------------------


def _goal(profile: Profile) -> None:
    engine, customer = session.engine(), profile.customer_id
    try:
        known = engine.customers.goal(customer)
        goal: float | None = known.goal
    except BadInput:
        known, goal = engine.customers.goal(customer, target=1.0), None
        st.caption("No savings goal is on record. Type one to see when it is reached.")
    left, right = st.columns(2)
    with left:
        given = {"target": _amount("Goal", goal, "target", profile)}
        given["income"] = _amount("Income a month", known.income_month, "income", profile)
    with right:
        given["saved"] = _amount("Saved so far", known.saved, "saved", profile)
        given["spending"] = _amount("Spending a month", known.spending_month, "spending", profile)
    if given["target"] is None:
        return
    try:
        way = engine.customers.goal(customer, **given)
    except BadInput as error:
        st.warning(escape(error))
        return
    _way(way)


def _amount(label: str, value: float | None, name: str, profile: Profile) -> float | None:
    return st.number_input(
        f"{label}, {profile.currency}",
        min_value=0.0,
        value=None if value is None else max(round(float(value), 2), 0.0),
        step=100.0,
        format="%.0f" if value is not None and value >= 100 else "%.2f",
        placeholder="not known" if name != "target" else "an amount",
        key=f"goal_{name}_{profile.customer_id}",
    )


def _way(goal: Goal) -> None:
    st.progress(
        min(max(goal.share, 0.0), 1.0),
        text=f"{wording.share(goal.share)} of {escape(wording.money(goal.goal, goal.currency))}",
    )
    with st.container(horizontal=True):
        left = escape(wording.money(goal.spare_month, goal.currency))
        st.metric("Left over a month", left, width="content")
        if goal.reached_on is not None and not goal.reached:
            st.metric("Reached on", wording.day(goal.reached_on), width="content")
    st.write(escape(goal.sentence))
