"""The portfolio: key figures, segments, needs, lift and mood."""

import streamlit as st

from pages.components.customers import alert_cards
from pages.components.frame import access, page_frame, session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape

access.require("relationship_manager", "analyst", "manager")
engine = session.engine()

page_frame.title("Insights", "The whole book: groups, needs, and what goes with what", chip=False)
with st.skeleton(height=420):
    insights = engine.customers.insights()
currency = engine.facts.summary().currency

with st.grid(5, min_column_width=140, border=True):
    for label, (value, unit, change) in insights.figures.items():
        figure = escape(wording.amount(value, unit, currency))
        st.metric(escape(label), figure, delta=wording.change(change), delta_color="off")
if insights.sentences:
    with st.container(border=True):
        st.markdown("\n".join(f"- {escape(sentence)}" for sentence in insights.sentences))

st.header("Alerts", anchor=False)
alert_cards.feed()

st.header("Segments", anchor=False)
event = charts.show(
    charts.customer_map(insights.customers, insights.segments, currency),
    "Customers by churn and profit",
    "Scatter of all customers: churn against profit, coloured by churn band",
    insights.customers.drop(columns="customer_id"),
    key="segment_map",
    columns={
        "name": "Name",
        "segment": "Segment",
        "churn": ("Churn", "one"),
        "profit": ("Profit", "one"),
        "value_a_year": (f"{currency} a year", "money"),
    },
    select=True,
)
picked = insights.customers[insights.customers["customer_id"].isin(charts.selected(event))]
if picked.empty:
    st.caption("Click a point, or draw a box around some, to see who they are.")
else:
    st.markdown(f"**{len(picked):,} selected.** Choose a row to open the customer.")
    opened = tables.show(
        picked,
        {
            "name": "Name",
            "segment": "Segment",
            "churn": ("Churn", "churn"),
            "value_a_year": (f"{currency} a year", "money"),
        },
        "The customers selected in the chart",
        key="picked",
        on_select="rerun",
        selection_mode="single-row",
    )
    if opened["selection"]["rows"]:
        someone = str(picked["customer_id"].iloc[opened["selection"]["rows"][0]])
        st.switch_page("customer_explorer.py", query_params={"customer": someone})
tables.show(
    insights.segments,
    {
        "segment": ("Segment", "190"),
        "n": ("Customers", "count"),
        "share": ("Share", "share"),
        "value_a_year": (f"{currency} a year", "money"),
        "mean_churn": ("Mean churn", "one"),
        "action": ("What to do", "long"),
    },
    "Segments with size, value, churn and what to do",
    height="content",
)

st.header("Needs and products", anchor=False)
needs, pairs = st.columns(2, gap="medium")
with needs:
    if insights.needs.empty:
        notices.empty("No needs yet", "Nothing in this bank's data says what customers want.")
    else:
        top = insights.needs.head(12)
        charts.show(
            charts.shares(top, "need", "share", "share of customers"),
            "What customers need",
            f"Share of customers by need; first is {top['need'].iloc[0]}",
            insights.needs,
            key="needs",
            columns={
                "need": "Need",
                "n": ("Customers", "count"),
                "share": ("Share", "share"),
                "top_product": "Product that answers most of them",
            },
        )
with pairs:
    if insights.lift.empty:
        notices.empty("No lift yet", "Too few holdings to say which segment takes what.")
    else:
        charts.show(
            charts.lift(insights.lift.head(12)),
            "Who takes what more often than everybody (95 % interval)",
            "Lift of products by segment with intervals; 1 is no difference",
            insights.lift,
            key="lift",
            columns={
                "segment": "Segment",
                "product": "Product",
                "n": ("Holders", "count"),
                "rate": ("Share here", "share"),
                "base_rate": ("Share of all", "share"),
                "lift": ("Lift", "two"),
                "low": ("From", "two"),
                "high": ("To", "two"),
            },
        )

st.header("Mood", anchor=False)
if insights.mood.empty:
    notices.empty("No mood over time", "Messages carry no dates, or there are none.")
else:
    charts.show(
        charts.mood(insights.mood),
        "Mean mood of messages by month",
        "Mean mood of messages by month, from minus one to one",
        insights.mood,
        key="mood",
        columns={"month": ("Month", "month"), "mood": ("Mood", "two"), "n": ("Messages", "count")},
    )
notices.notes(insights.notes)
