"""What Attune is, for somebody who sees it for the first time."""

import streamlit as st

from engine.labels import METRIC_LABELS, PART_LABELS, RULE_LABELS
from engine.vocabulary import SIGNALS
from pages.components.frame import access, page_frame, session
from pages.components.look.wording import day, escape, label

access.enter("about.py")
page_frame.title("What is this?", "Two minutes: what it does, how it decides, what it never does")
summary = session.engine().facts.summary()
simulated = ", which is generated: no person or price in it is real" if summary.simulated else ""

does, decides = st.columns(2, gap="large")
with does:
    st.header("What it does", anchor=False)
    st.markdown(
        f"Attune tells the people of a bank what to offer each customer next, why, and whether "
        f"that is fair. It learns from what they answer. You look at **{escape(summary.name)}**"
        f"{simulated}: {summary.n_customers:,} customers, {summary.n_products:,} products, as of "
        f"{day(summary.as_of)}."
    )
    st.markdown(
        "- **My day** says whom to call today, and what not to say.\n"
        "- **Customers** shows one person: money, messages, mood, and what may come.\n"
        "- **Recommendations** shows the offers, the reasons, and what was left out.\n"
        "- **Assistant** answers questions in your own words from the figures of the pages.\n"
        "- **Campaigns** fills places and a budget with the best offers for everybody.\n"
        "- **Insights**, **Fairness** and **Feedback** look at the whole book.\n"
        "- **Data** is where your own bank comes in."
    )
with decides:
    st.header("How it decides", anchor=False)
    signals = ", ".join(PART_LABELS.get(name, label(name)).lower() for name in SIGNALS)
    rules = ", ".join(said for rule, said in RULE_LABELS.items() if rule != "allowed").lower()
    st.markdown(
        f"{len(METRIC_LABELS)} figures describe a customer: "
        f"{escape(', '.join(METRIC_LABELS.values()).lower())}. {len(SIGNALS)} signals look at each "
        f"product: {escape(signals)}. They are added up, so each score can be taken apart, and the "
        "confidence beside an offer is a chance that was checked on what customers took later. "
        "Where a bank has no such history, the page says fit in its place."
    )
    st.markdown(
        f"Then rules remove what must not be offered, each with a sentence: {escape(rules)}. "
        f"The model that serves is {escape(summary.model_version)}, {escape(summary.grade)}."
    )

never, begin = st.columns(2, gap="large")
with never:
    st.header("What it never does", anchor=False)
    st.markdown(
        "- It never scores by gender, age, name or place; the Fairness page checks that.\n"
        "- It never makes a personal list for somebody who objects.\n"
        "- It never lends: the risk figure is a taste for risk, and not for credit decisions.\n"
        "- It never sends anything: people decide, and their answer is recorded.\n"
        "- It never asks another machine: all data stays here."
    )
with begin:
    st.header("Where to begin", anchor=False)
    if access.may("demonstration.stop") and session.engine().demonstration.n_stops:
        st.page_link(
            "customer_explorer.py",
            label="See five customers, one thing to look at on each",
            icon=":material/tour:",
            query_params={**session.carried_bank(), "demo": "1"},
        )
    st.page_link("my_day.py", label="See whom to call today", icon=":material/today:")
    st.page_link(
        "data.py",
        label="Bring your own bank",
        icon=":material/upload:",
        query_params={**session.carried_bank(), "tab": "Import"},
    )
