"""The portfolio: key figures, segments, needs, lift and mood."""

import streamlit as st

from pages import _access, _cards, _charts, _frame, _state, _words
from pages._words import escape

_access.require("relationship_manager", "analyst", "manager")
engine = _state.engine()
config = st.column_config

_frame.title("Insights", "The whole book: groups, needs, and what goes with what", chip=False)
with st.skeleton(height=420):
    insights = engine.insights()
currency = engine.summary().currency

with st.grid(min_column_width=170, border=True):
    for label, (value, unit, change) in insights.figures.items():
        st.metric(
            escape(label),
            escape(_words.amount(value, unit, currency)),
            delta=None if change is None else escape(_words.amount(change, unit, currency)),
            delta_color="off",
        )
if insights.sentences:
    with st.container(border=True):
        st.markdown("\n".join(f"- {escape(sentence)}" for sentence in insights.sentences))

st.header("Segments", anchor=False)
chart, people = st.columns([3, 2], gap="medium")
with chart:
    event = _charts.show(
        _charts.customer_map(insights.customers, currency),
        "Customers by churn and profit",
        "Scatter of all customers: churn against profit, coloured by segment",
        insights.segments,
        key="segment_map",
        select=True,
    )
chosen = set(_charts.selected(event))
with people:
    picked = insights.customers[insights.customers["customer_id"].isin(chosen)]
    st.markdown(f"**{f'{len(picked):,} selected' if chosen else 'Nobody selected'}**")
    if picked.empty:
        st.caption("Click a point, or draw a box around some, to see who they are.")
    else:
        opened = st.dataframe(
            picked[["name", "segment", "churn", "value_a_year"]],
            hide_index=True,
            height=380,
            key="picked",
            on_select="rerun",
            selection_mode="single-row",
            alt="The customers selected in the chart",
            column_config={
                "name": "Name",
                "segment": "Segment",
                "churn": config.NumberColumn("Churn", format="%.1f"),
                "value_a_year": config.NumberColumn(f"{currency} a year", format="localized"),
            },
        )
        if opened["selection"]["rows"]:
            someone = str(picked["customer_id"].iloc[opened["selection"]["rows"][0]])
            st.switch_page("customer_explorer.py", query_params={"customer": someone})

st.dataframe(
    insights.segments.round({"share": 3, "mean_churn": 1}),
    column_order=[
        "segment",
        "churn_band",
        "value_band",
        "n",
        "share",
        "value_a_year",
        "mean_churn",
        "action",
    ],
    hide_index=True,
    alt="Segments with size, value, churn and what to do",
    column_config={
        "segment": "Segment",
        "churn_band": config.TextColumn("Churn", width="small"),
        "value_band": config.TextColumn("Value", width="small"),
        "n": config.NumberColumn("Customers", format="localized", width="small"),
        "share": config.NumberColumn("Share", format="percent", width="small"),
        "value_a_year": config.NumberColumn(f"{currency} a year", format="localized"),
        "mean_churn": config.NumberColumn("Mean churn", format="%.1f", width="small"),
        "action": config.TextColumn("What to do", width="large"),
    },
)

st.header("Needs and products", anchor=False)
needs, pairs = st.columns(2, gap="medium")
with needs:
    if insights.needs.empty:
        _cards.empty("No needs yet", "Nothing in this bank's data says what customers want.")
    else:
        top = insights.needs.head(12)
        _charts.show(
            _charts.shares(top, "need", "share", "share of customers"),
            "What customers need",
            f"Share of customers by need; first is {top['need'].iloc[0]}",
            insights.needs,
            key="needs",
            columns={
                "need": "Need",
                "n": config.NumberColumn("Customers", format="localized"),
                "share": config.NumberColumn("Share", format="percent"),
                "top_product": "Product that answers most of them",
            },
        )
with pairs:
    if insights.lift.empty:
        _cards.empty("No lift yet", "Too few holdings to say which segment takes what.")
    else:
        _charts.show(
            _charts.lift(insights.lift.head(12)),
            "Who takes what more often than everybody (95 % interval)",
            "Lift of products by segment with intervals; 1 is no difference",
            insights.lift,
            key="lift",
            columns={
                "segment": "Segment",
                "product": "Product",
                "n": config.NumberColumn("Holders", format="localized"),
                "rate": config.NumberColumn("Share here", format="percent"),
                "base_rate": config.NumberColumn("Share of all", format="percent"),
                "lift": config.NumberColumn("Lift", format="%.2f"),
                "low": config.NumberColumn("From", format="%.2f"),
                "high": config.NumberColumn("To", format="%.2f"),
            },
        )

st.header("Mood", anchor=False)
if insights.mood.empty:
    _cards.empty("No mood over time", "Messages carry no dates, or there are none.")
else:
    _charts.show(
        _charts.mood(insights.mood),
        "Mean mood of messages by month",
        "Mean mood of messages by month, from minus one to one",
        insights.mood,
        key="mood",
        columns={
            "month": config.DateColumn("Month", format="MMM YYYY"),
            "mood": config.NumberColumn("Mood", format="%.2f"),
            "n": config.NumberColumn("Messages", format="localized"),
        },
    )
_cards.notes(insights.notes)
