"""The parts of the Feedback page: statistics, rating, history, retraining, versions."""

from functools import partial

import streamlit as st

from engine import Engine
from engine.labels import ACTION_LABELS, SYSTEM_LABELS
from engine.results import TrainingReport
from engine.vocabulary import RATING_ASPECTS
from pages.components.customers import customer_filters
from pages.components.frame import access, after_an_offer, session
from pages.components.look import charts, drift, notices, tables, wording
from pages.components.look.wording import escape
from pages.components.models import changes, evaluation

ASPECT_HELP = {
    "relevance": "How well it fits what the customer needs",
    "clarity": "How easy the offer is to understand",
    "value": "How much the customer gets for it",
    "complexity": "How complicated it is",
    "risk_level": "How risky it feels",
    "cost": "How expensive it is",
}
STEPS = [step / 10 for step in range(11)]
TOTALS = {
    "n_interactions": ("Offers opened", "count"),
    "n_feedback": ("Ratings", "count"),
    "mean_feedback": ("Mean rating", "two"),
    "click_rate": ("Clicked of opened", "share"),
    "selection_rate": ("Chosen of opened", "share"),
}

STANDINGS = {
    "champion": "● in use",
    "challenger": "Not decided",
    "rejected": "Not promoted",
    "retired": "Served before",
}
ACCEPTANCE = {
    "n_decisions": ("Decisions", "count"),
    "n_accepted": ("Accepted", "count"),
    "acceptance": ("Acceptance", "share"),
    **tables.interval(),
}


def statistics(engine: Engine) -> None:
    """Five figures, the funnel, and acceptance by product, segment and person."""
    for said in engine.feedback.left_out():
        st.warning(escape(said), icon=":material/warning:")
    with st.skeleton(height=300):
        counted = engine.feedback.statistics()
    with st.grid(min_column_width=150, border=True):
        for name, (label, unit) in TOTALS.items():
            st.metric(label, escape(wording.amount(counted.totals.get(name), unit, "")))
    if not counted.totals.get("n_interactions"):
        notices.empty("Nothing happened yet", "Open an offer on the Recommendations page.")
        return
    charts.show(
        charts.bars(counted.funnel, "stage", "n", "offers"),
        "From shown to accepted",
        "Number of offers at each stage from shown to accepted",
        counted.funnel.assign(stage=[wording.label(stage) for stage in counted.funnel["stage"]]),
        key="funnel",
        columns={"stage": "Stage", "n": ("Offers", "count")},
    )
    st.markdown("**By product**")
    tables.show(
        counted.by_product,
        {
            "name": "Product",
            "n": ("Events", "count"),
            "mean_rating": ("Mean rating", "two"),
            "n_rated": ("Ratings", "count"),
            "n_accepted": ("Accepted", "count"),
            "n_dismissed": ("Not suitable", "count"),
            "acceptance": ("Acceptance", "share"),
        },
        "Feedback by product",
    )
    for title, group, table in (
        ("By segment", "Segment", counted.by_segment),
        ("By place in the list", "Place", counted.by_rank),
        ("By person", "Person", counted.by_actor),
        ("By arm of an experiment", "Arm", counted.by_arm),
    ):
        if not table.empty:
            st.markdown(f"**{title}**")
            tables.show(table, {"group": group} | ACCEPTANCE, title)


def rating(engine: Engine) -> None:
    """Six answers from 0 to 1 for one product and the chosen customer; none is chosen before."""
    customer = session.customer_id()
    if customer is None:
        notices.empty("Choose a customer first", "A rating is about one customer and one product.")
        customer_filters.customer_picker(engine, "rating")
        return
    products = {
        offer.product_id: offer.name
        for name in ("growth", "retention")
        for offer in engine.offers.recommend(customer, k=20, list=name).offers
    } | engine.customers.profile(customer).holdings.set_index("product_id")["name"].to_dict()
    if not products:
        notices.empty("Nothing to rate", "This customer has no offers and holds no product.")
        return
    product = st.selectbox(
        "Product",
        sorted(products, key=lambda known: str(products[known])),
        format_func=lambda known: str(products[known]),
        key=f"rated_product_{customer}",
    )
    event = session.event_id(customer, product, "rated")
    with st.form(key=f"rating_{event}"):
        places = st.columns(3) * 2
        aspects = {}
        for place, aspect in zip(places, RATING_ASPECTS, strict=True):
            with place:
                aspects[aspect] = st.selectbox(
                    wording.label(aspect),
                    STEPS,
                    index=None,
                    placeholder="Not rated yet",
                    format_func="{:.1f}".format,
                    help=ASPECT_HELP[aspect],
                )
        comment = st.text_input("Comment (optional)", max_chars=300)
        if st.form_submit_button("Save rating", type="primary"):
            aspects = {name: given for name, given in aspects.items() if given is not None}
            session.rate(event, customer, product, aspects, comment, f"Rated {products[product]}")
            st.rerun()
    st.caption(
        "From 0 to 1. The overall rating is the mean of the six, so all six are needed; nothing is "
        "chosen beforehand. A saved rating can be undone on the tab History."
    )


def history(engine: Engine) -> None:
    """Every event, newest first, with undo where it can be undone."""
    customer = session.customer_id()
    only = customer and st.toggle("Only the chosen customer", value=True, key="history_only")
    events = engine.feedback.history(customer if only else None)
    if events.empty:
        notices.empty("No history yet", "Decisions and ratings appear here.")
        return
    for row in events[events["undoable"].astype("bool")].head(8).itertuples():
        said, back = st.columns([5, 2], vertical_alignment="center")
        with said:
            st.write(
                f"**{ACTION_LABELS.get(row.action, escape(row.action))}** · "
                f"{escape(row.product)} · {escape(row.customer)} · "
                f"{wording.moment(row.recorded_at)}"
            )
        with back, st.container(horizontal=True, horizontal_alignment="right"):
            if row.openable:
                st.button(
                    "Opened",
                    key=f"bought_{row.event_id}",
                    on_click=after_an_offer.bought,
                    args=(row.event_id, str(row.product)),
                    help="The customer has opened it: held from today on",
                )
            st.button(
                "Undo",
                key=f"undo_{row.event_id}",
                on_click=session.undo,
                args=(row.event_id, str(row.product)),
            )
    done = [
        ACTION_LABELS.get(action, action) + (" (undone)" if undone else "")
        for action, undone in zip(events["action"], events["retracted"], strict=True)
    ]
    said = [
        " · ".join(str(text) for text in texts if not wording.is_missing(text))
        for texts in zip(events["reason"], events["comment"], strict=True)
    ]
    tables.show(
        events.assign(done=done, said=said),
        {
            "recorded_at": ("When", "moment"),
            "actor": "Who",
            "customer": "Customer",
            "product": "Product",
            "done": "What",
            "rating": ("Rating", "two"),
            "said": ("Reason and comment", "210"),
        },
        "All events, newest first",
        height=420,
    )


def retrain(engine: Engine) -> None:
    """Fit a challenger on holdings and events; the better one on held-out data serves."""
    st.write(
        "Fits a new version on everything known until now and keeps whichever is better on data "
        "that neither has seen. The version in use goes on serving meanwhile."
    )
    if st.button("Retrain", type="primary", key="retrain"):
        bar = st.progress(0.0, text="Starting")
        report = engine.models.retrain(
            lambda done, what: bar.progress(min(done, 1.0), text=escape(what)),
            actor=access.require().actor,
        )
        bar.empty()
        st.session_state["training"] = (session.bank_id(), report)
    owner, report = st.session_state.get("training", (None, None))
    if report is not None and owner == session.bank_id():
        _training(report)
    changes.whom_to_ask(engine)


def _training(report: TrainingReport) -> None:
    with st.container(border=True):
        st.badge(
            "Promoted" if report.promoted else "Champion kept",
            color="green" if report.promoted else "gray",
        )
        st.write(escape(report.verdict))
        st.caption(
            f"Version {escape(report.version_id)} · learned from {report.n_adoptions:,} adoptions "
            f"and {report.n_events:,} events"
        )
        for said in (report.waits, report.answers):
            if said:
                st.write(escape(said))
        if report.changes is not None:
            changes.show(report.changes)
        if report.table.empty and not report.notes:
            return
        with st.expander("Method", icon=":material/science:"):
            _measured(report)


def _measured(report: TrainingReport) -> None:
    """Every measure of every system, and how the version came about."""
    if not report.table.empty:
        tables.show(
            report.table.assign(
                system=[
                    SYSTEM_LABELS.get(name, wording.label(name)) for name in report.table["system"]
                ],
                metric=report.table["metric"].replace(evaluation.FIGURES),
            ),
            {
                "system": "System",
                "metric": "Measure",
                "value": ("Value", "three"),
                **tables.interval("three"),
                "n": ("Customers", "count"),
            },
            "Champion, challenger and simple baselines on held-out data",
        )
    notices.notes(report.notes)


def _over_time(engine: Engine) -> None:
    """How good each version was, beside the best simple rival on the same customers."""
    measured = engine.models.quality_history()
    if measured.empty:
        st.caption("No version could be judged yet: it needs products that were taken later.")
        return
    named = measured.assign(
        rival=[SYSTEM_LABELS.get(name, wording.label(name)) for name in measured["rival"]]
    )
    charts.show(
        charts.quality(named),
        "Quality of each version",
        "Quality of the lists of each version and of the best simple rival, oldest first",
        named,
        key="quality_history",
        columns={
            "version_id": "Version",
            "value": ("As served", "three"),
            **tables.interval("three"),
            "rival_value": ("Best rival", "three"),
            "rival": "Which",
            "n": ("Customers", "count"),
        },
    )
    st.caption(
        "Each version is judged on the last products that were taken before it was made, which it "
        "had not seen. Two versions are compared with one another only by retraining, on the same "
        "customers."
    )
    with st.expander("Method", icon=":material/science:"):
        st.write(
            "Quality is MAP@7 of the lists as they are served: 1 where everything that a customer "
            "took next stood at the top of the list, 0 where none of it was among the first seven. "
            "The bars are 95 % intervals over customers."
        )


def _kept_back(engine: Engine) -> None:
    """Versions that wait for two people, since their lists widen a gap between groups."""
    for row in engine.models.kept_back().itertuples(index=False):
        with st.container(border=True):
            st.markdown(f"**{escape(row.version_id)} is kept back**: {escape(row.gap)}.")
            st.caption(
                "One person proposes that it serves all the same, another agrees. Both stand in "
                "the log of settings."
            )
            if st.button(f"Let {row.version_id} serve", key=f"agree_{row.version_id}"):
                actor = access.require().actor
                session.submit(
                    partial(engine.models.agree, row.version_id, actor=actor),
                    f"{row.version_id} serves",
                )
                st.rerun()


def versions(engine: Engine) -> None:
    """Every version with its grade, drift of the one in use; roll back to the one before."""
    table = engine.models.versions()
    if table.empty:
        notices.empty("No version yet", "The first is fitted when the bank is opened.")
        return
    tables.show(
        table.assign(status=[STANDINGS.get(name, wording.label(name)) for name in table["status"]]),
        {
            "version_id": "Version",
            "created_at": ("Made", "moment"),
            "status": "Standing",
            "grade": "Grade",
            "n_events": ("Events", "count"),
            "n_adoptions": ("Adoptions", "count"),
            "note": ("Why", "420"),
        },
        "Versions of the model, newest first",
        row_height=tables.TWO_LINES,
    )
    _kept_back(engine)
    changes.between(engine, table["version_id"].tolist())
    _over_time(engine)
    drift.show(engine.models.drift().to_json())
    earlier = engine.models.served_before()
    why = f"Serve {earlier} again" if earlier else "No earlier version has served"
    if st.button("Roll back", disabled=earlier is None, help=why):
        actor = access.require().actor
        session.submit(
            lambda: engine.models.roll_back(actor=actor), "Rolled back to the version before"
        )
        st.rerun()
