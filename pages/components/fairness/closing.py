"""What would close the gaps: prices on groups, what they cost, and a name to keep them under."""

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import LIST_LABELS
from engine.results import Mitigation
from pages.components.fairness import gap_charts
from pages.components.frame import access, session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape

_GAPS = {
    "group": "Group",
    "kind": "Attention on",
    "n": ("Customers", "count"),
    "before": ("Gap today, points", "points"),
    "after": ("With prices", "points"),
    "said": "Above the tolerance",
    "price": ("Price, in score", "three"),
}
_CURVE = {
    "tolerance": ("Tolerance", "share"),
    "worst": ("Largest gap left", "share"),
    "n_violations": ("Violations", "count"),
    "score_lost": ("Score lost", "tiny"),
    "least_lost": ("Least possible", "tiny"),
    "offers_moved": ("Offers moved", "share"),
    "value": ("Expected value, a customer", "cents"),
}


def prices(engine: Engine, attribute: str, which: str, k: int) -> None:
    """A search at a button; what is found is kept under a name, and put in force elsewhere."""
    st.header("What would close the gaps?", anchor=False)
    st.write(
        f"Searches for prices on groups, by which the order of a list, and no score, shows every "
        f"group alike with the least loss of score. This uses {escape(attribute)}. Nothing is in "
        "force until a manager puts it in force."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        points = st.number_input(
            "Largest gap left, points", 0.0, 50.0, 2.0, 0.5, key="gap_left", width=220
        )
        later = st.checkbox("Also what later adopters took (trains once)", key="gap_later")
        sought = st.button("Find prices")
    asked = (session.bank_id(), attribute, which, k, points, later)
    if sought:
        with st.skeleton(height=320):
            found = engine.mitigating.find(
                attribute, list=which, k=k, tolerance=points / 100, held_out=later
            )
        st.session_state["prices"] = (asked, found)
    owner, found = st.session_state.get("prices", (None, None))
    if found is None or owner != asked:
        return
    st.info(escape(found.sentence), icon=":material/balance:")
    if found.gaps.empty:
        return
    _draw(found)
    _keep(engine, found)
    notices.notes(found.notes)


def _draw(found: Mitigation) -> None:
    said = {
        (False, False): None,
        (True, False): "closed",
        (True, True): "⚠ stays",
        (False, True): "⚠ new",
    }
    rows = found.gaps.assign(
        group=[wording.label(group) for group in found.gaps["group"]],
        kind=[wording.label(kind) for kind in found.gaps["kind"]],
        said=[
            said[bool(before), bool(after)]
            for before, after in found.gaps[["violates_before", "violates_after"]].to_numpy()
        ],
    )
    tables.show(rows, _GAPS, "Gaps of attention before and after, on the same lists")
    charts.show(
        gap_charts.curve(found.curve),
        "What a smaller gap costs",
        "Largest gap left against the loss of score",
        found.curve,
        key="gap_curve",
        columns=_CURVE,
    )
    st.caption(
        f"Alerts above on the same lists: {found.alerts_before:,} today, {found.alerts_after:,} "
        f"with prices. Expected value in {escape(found.currency)} a year. First {found.k} offers, "
        f"{LIST_LABELS[found.list].lower()} list, {found.n:,} persons. As of "
        f"{wording.day(found.as_of)}, model {escape(found.model_version)}."
    )
    if found.held_out:
        later = found.held_out
        st.write(
            f"Of {later['n']:,} later adopters {wording.share(later['hit_before'])} had what they "
            f"took among the first three, with prices {wording.share(later['hit_after'])}; MAP@7 "
            f"changes by {wording.points(later['map_change'], 4)} "
            f"[{wording.points(later['map_low'], 4)}, {wording.points(later['map_high'], 4)}]."
        )


def _keep(engine: Engine, found: Mitigation) -> None:
    """A name for the prices, for whoever may move levers."""
    viewer = access.require()
    if not any(found.prices.values()) or not {"analyst", "manager"} & set(viewer.roles):
        return
    with st.form("prices_keep", border=False, clear_on_submit=True):
        name = st.text_input("Name", placeholder="alike-by-age", max_chars=40)
        why = st.text_input("Why", placeholder="What this is for")
        sent = st.form_submit_button("Keep these prices")
    if not sent:
        return
    try:
        engine.mitigating.keep(found, name.strip().lower(), actor=viewer.actor, why=why)
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    st.success(
        f"Kept as {escape(name.strip().lower())}. A manager puts it in force on Recommendations, "
        "Levers.",
        icon=":material/check:",
    )
