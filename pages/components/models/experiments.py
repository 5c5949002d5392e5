"""Experiments: planned beforehand, started, looked at in words and by day, stopped."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.results import ExperimentLook, ExperimentSample
from pages.components.frame import access
from pages.components.look import charts, choosing, notices, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import escape

MEASURES = {"acceptance": "Took a product", "value": "Value a year", "churn": "Left"}
ARMS = {
    "own list": "The bank's own list",
    "random": "Drawn at random",
    "no contact": "No contact",
}
SAID = "experiment_said"


def show(engine: Engine) -> None:
    """The experiments of the bank; one in full, and a form for the next."""
    if not access.require().roles & {"analyst", "manager"}:
        notices.empty("Not open to your role", "Analysts and managers plan and read experiments.")
        return
    if said := st.session_state.pop(SAID, None):
        st.success(escape(said), icon=":material/check:")
    with st.skeleton(height=300):
        known = engine.experiments.table()
    if known.empty:
        notices.empty(
            "No experiment yet",
            "Plan one below: customers are drawn into arms that are offered otherwise, so that "
            "what the lists add can be measured.",
        )
    else:
        _known(engine, known)
    with st.expander("Plan an experiment", icon=":material/science:", expanded=known.empty):
        _form(engine)


def _known(engine: Engine, known: pd.DataFrame) -> None:
    tables.show(
        known.assign(measure=known["measure"].map(MEASURES)),
        {
            "name": ("Experiment", "130"),
            "status": ("Status", "150"),
            "measure": ("Primary measure", "130"),
            "arms": ("Arms", "210"),
            "starts": ("First day", "day"),
            "last_day": ("Last day", "day"),
            "owner": ("Owner", "90"),
            "needed": ("Needed", "count"),
        },
        "Experiments with their arms, days and owner, newest first",
        height=240,
    )
    names = known["name"].tolist()
    name = choosing.one_of("Experiment", {one: one for one in names}, "experiment")
    status = str(known.set_index("name").loc[name, "status"])
    _doing(engine, name, status)
    if status in ("running", "ended"):
        _result(engine, name)


def _doing(engine: Engine, name: str, status: str) -> None:
    """Start, stop or remove; managers alone."""
    if status == "ended":
        return
    person = access.require()
    may = "manager" in person.roles
    why = st.text_input("Why now", key="experiment_why", placeholder="Stands in the log")
    asked = None if may else "Managers start and stop experiments."
    with st.container(horizontal=True):
        if status == "planned":
            if st.button("Start", disabled=not may, help=asked, type="primary"):
                _try(
                    lambda: engine.experiments.start(name, actor=person.actor, why=why),
                    f"{name} is started: every list is now made by its arms.",
                )
            if st.button("Remove", disabled=not may, help=asked):
                _try(
                    lambda: engine.experiments.remove(name, actor=person.actor), f"Removed: {name}"
                )
        elif st.button("Stop now", disabled=not may, help=asked):
            _try(
                lambda: engine.experiments.stop(name, actor=person.actor, why=why),
                f"{name} is stopped: every list is made as ever.",
            )


def _try(doing: Callable[[], Any], done: str) -> None:
    try:
        doing()
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    st.session_state[SAID] = done
    st.rerun()


def _result(engine: Engine, name: str) -> None:
    if not access.require().roles & engine.experiments.may_see(name):
        notices.empty("Not open to your role", "Its owner chose who may see what comes of it.")
        return
    try:
        look = engine.experiments.look(name)
    except EngineError as error:
        notices.empty("Nothing to look at yet", escape(error))
        return
    st.header(f"What came of {escape(name)}", anchor=False)
    st.caption(escape(f"{look.begun} Until {wording.day(look.until)}."))
    for sentence in look.sentences:
        st.markdown(f"**{escape(sentence)}**")
    _by_day(look)
    _arms(look)
    notices.notes(look.notes)


def _by_day(look: ExperimentLook) -> None:
    if look.by_day.empty:
        return
    share = look.unit == "share"
    unit = "customers of 1,000" if share else f"{look.unit} a customer and year"
    times = 1000.0 if share else 1.0
    scaled = {one: times * look.by_day[one] for one in ("difference", "low", "high")}
    charts.show(
        _figure(look.by_day.assign(**scaled), unit),
        f"The engine's arm less each other arm, in {unit}",
        f"Difference of the arms by day in {unit}, with the interval that holds at every look",
        look.by_day.assign(**scaled),
        key="experiment_days",
        columns={
            "day": ("Day", "day"),
            "against": "Against",
            "difference": ("Difference", "two"),
            **tables.interval("two"),
        },
    )


def _figure(table: pd.DataFrame, unit: str) -> go.Figure:
    """Differences by day with their intervals; the line at 0 is no difference."""
    figure, series = charts.blank(320), palette().series
    for place, (against, mine) in enumerate(table.groupby("against", sort=False)):
        colour = series[place % len(series)]
        known = mine.dropna(subset=["low", "high"])
        for end in ("low", "high"):
            figure.add_scatter(
                x=known["day"],
                y=known[end],
                mode="lines",
                line={"color": colour, "width": 1, "dash": "dot"},
                showlegend=False,
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=mine["day"],
            y=mine["difference"],
            name=f"against {against}",
            mode="lines",
            line={"color": colour, "width": 3},
            hovertemplate="%{x|%-d %b %Y}: %{y:,.1f}<extra>against " + str(against) + "</extra>",
        )
    figure.add_hline(y=0, line={"color": palette().muted, "width": 1})
    ends = table.loc[table["day"] >= table["day"].min() + pd.Timedelta(days=2), ["low", "high"]]
    widest = float(ends.abs().max().max()) if ends.notna().any(axis=None) else 1.0
    figure.update_yaxes(title_text=unit, range=[-1.1 * widest, 1.1 * widest])
    figure.update_xaxes(tickformat="%-d %b %Y")
    return figure


def _arms(look: ExperimentLook) -> None:
    currency = "" if look.unit == "share" else f", {look.unit}"
    columns: dict[str, Any] = {
        "arm": ("Arm", "140"),
        "n": ("Customers", "count"),
        "taken": ("Took a product", "count"),
        "acceptance": ("Share", "share"),
    }
    if look.arms["value"].notna().any():
        columns["value"] = (f"Value a customer and year{currency}", "two")
    if look.arms["left"].notna().any():
        columns |= {"left": ("Left", "count"), "churn": ("Share who left", "share")}
    st.markdown("**Arms**")
    tables.show(
        look.arms.assign(arm=look.arms["arm"].str.capitalize()),
        columns,
        "What the customers of each arm took, and who left",
        height="content",
    )
    others = look.differences.loc[~look.differences["primary"].astype(bool)]
    if len(others):
        st.markdown("**By the other measures**")
        st.caption("  \n".join(escape(text) for text in others["says"]))


def _form(engine: Engine) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        name = st.text_input("Name", placeholder="spring", max_chars=23, key="experiment_name")
        measure = choosing.one_of("Primary measure", MEASURES, "experiment_measure")
        uplift = st.number_input(
            "Uplift to be found, % of the base", 1, 500, 20, key="experiment_uplift"
        )
        base = st.number_input(
            "Base, % of customers by the end (0: as in the days before)",
            0.0,
            90.0,
            0.0,
            key="experiment_base",
            disabled=measure == "value",
        )
    with right:
        arms = st.multiselect(
            "Compared with",
            list(ARMS),
            default=["no contact"],
            format_func=lambda arm: ARMS[arm],
            key="experiment_arms",
        )
        own = _own_list(engine) if "own list" in arms else []
        first = st.date_input("First day", "today", key="experiment_first")
        days = st.number_input("Days", 1, 730, 90, key="experiment_days_long")
        owner = st.text_input("Owner", key="experiment_owner", placeholder="Who answers for it")
    if not name.strip() or not arms:
        st.caption("Give a name and an arm to compare with; what it takes is then worked out.")
        return
    share = 1 / (len(arms) + 1)
    try:
        sample = engine.experiments.sample(
            name.strip().lower(),
            shares={"engine": share, **dict.fromkeys(arms, share)},
            uplift=uplift / 100,
            starts=first if isinstance(first, dt.date) else None,
            days=int(days),
            measure=measure,
            base=base / 100 if base and measure != "value" else None,
            own_list=own,
            owner=owner.strip(),
        )
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    _sample(engine, sample)


def _own_list(engine: Engine) -> list[str]:
    products = engine.products.table().set_index("product_id")["name"]
    return st.multiselect(
        "The bank's own list, the product that it would offer first in front",
        products.index.tolist(),
        format_func=lambda product: str(products.get(product, product)),
        key="experiment_own",
    )


def _sample(engine: Engine, sample: ExperimentSample) -> None:
    st.info(escape(f"{sample.sentence} {sample.base_from}"), icon=":material/groups:")
    tables.show(
        sample.arms.assign(arm=sample.arms["arm"].str.capitalize()),
        {
            "arm": ("Arm", "160"),
            "share": ("Share of customers", "share"),
            "n": ("Customers", "count"),
            "needed": ("Needed at one look", "count"),
        },
        "Arms with the customers that they have and those that they need",
        height="content",
    )
    notices.notes(sample.notes)
    why = st.text_input("Why", key="experiment_plan_why", placeholder="What it is to show")
    if st.button("Keep the plan", type="primary"):
        actor = access.require().actor
        _try(
            lambda: engine.experiments.plan(sample, actor=actor, why=why),
            f"{sample.name} is planned; a manager starts it.",
        )
