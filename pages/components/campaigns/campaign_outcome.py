"""The list of a campaign: what comes of it, who is contacted, what its limits cost, and whom."""

import streamlit as st

from engine import Engine
from engine.results import FOR_VALUE, CampaignList
from pages.components.customers import openable
from pages.components.frame import downloads
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

SHOWN = 1000
"""Contacts on the page; the file has them all."""


def show(engine: Engine, made: CampaignList) -> None:
    """Everything about one list."""
    st.markdown(f"**{escape(made.sentence)}**")
    _figures(made)
    contacts, limits, groups = st.tabs(["Contacts", "What the limits cost", "Who gets an offer"])
    with contacts:
        if made.table.empty:
            notices.empty(
                "Nobody to contact", "No customer who may be offered a product fits these limits."
            )
        else:
            _contacts(made)
            _files(engine, made)
    with limits:
        _products(made)
    with groups:
        _groups(made)
    notices.notes(made.notes)


def _figures(made: CampaignList) -> None:
    n, currency = len(made.table), made.currency
    margin = made.table["value_if_taken"]
    expected = float(made.table["expected_value"].sum(min_count=1))
    takers = wording.DASH if wording.is_missing(made.takers) else f"{made.takers:,.0f}"
    with st.grid(5, min_column_width=140, border=True):
        st.metric("Contacted", wording.count(n))
        st.metric(
            "Expected takers",
            takers,
            help="From the chance of each; the sentence above says how far it may be off.",
        )
        st.metric(
            "Expected value a year",
            wording.compact_money(expected, currency),
            help="Chance times the assumed yearly margin, added up.",
        )
        st.metric(
            "Value of one, if taken",
            wording.compact_money(float(margin.median()) if n else None, currency),
            help="Yearly margin of the product in the middle, from the bank's stated assumptions.",
        )
        st.metric("Cost of contacts", wording.compact_money(made.cost, currency))


def _contacts(made: CampaignList) -> None:
    history = made.table["confidence"].notna().any()
    sure = ("confidence", "Confidence") if history else ("fit", "Fit")
    shown = made.table.head(SHOWN)
    openable.table(
        shown,
        {
            "rank": ("Rank", "count"),
            "name": ("Name", 188),
            "product": ("Product", "180"),
            sure[0]: (sure[1], "share"),
            "value_if_taken": (f"If taken, {made.currency}", "money"),
            **({"expected_value": (f"Expected, {made.currency}", "two")} if history else {}),
            "relationship_manager": ("Manager", "120"),
            "last_contact": ("Last contact", "day"),
        },
        f"Who is contacted by {made.campaign.name}, best first",
        key="campaign_table",
        height=420,
    )
    first = f"The first {SHOWN:,}; the file has all. " if len(made.table) > SHOWN else ""
    order = "expected value" if made.campaign.aim == FOR_VALUE else "chance"
    order = order if history else "fit and margin" if made.campaign.aim == FOR_VALUE else "fit"
    st.caption(
        f"{first}{openable.HOW} Ordered by {order}; value is of a year. As of "
        f"{wording.day(made.as_of)}, model {escape(made.model_version)}"
        f"{', simulated bank' if made.simulated else ''}."
    )


def _files(engine: Engine, made: CampaignList) -> None:
    stem = "".join(c if c.isalnum() else "_" for c in made.campaign.name.lower())
    with st.container(horizontal=True):
        downloads.as_files(
            "campaign",
            lambda kind: engine.campaigns.export(made, kind),
            f"campaign_{stem}_{made.as_of:%Y-%m-%d}",
            "campaign",
        )
        st.download_button(
            "What was asked, as a file",
            made.campaign.to_toml(),
            file_name=f"{stem}.toml",
            mime="application/toml",
            icon=":material/description:",
            on_click="ignore",
            key="campaign_toml",
            help="Open it again here, or give it to the command line.",
        )


def _products(made: CampaignList) -> None:
    rows = made.by_product
    rows = rows.loc[(rows["n_wanted"] > 0) | (rows["n_offered"] > 0)]
    rows = rows.sort_values(["n_lost", "n_wanted"], ascending=False)
    unit = f"{made.currency} a year" if made.campaign.aim == FOR_VALUE else "takers"
    unit = unit if made.basis == "propensity" else "points of the order"
    tables.show(
        rows,
        {
            "product": ("Product", "240"),
            "n_wanted": ("Best offer of", "count"),
            "places": ("Places", "count"),
            "n_offered": ("Offered", "count"),
            "n_lost": ("Lost it", "count"),
            "n_other": ("… got another", "count"),
            "n_none": ("… got nothing", "count"),
            "next_place": (f"One more place, {unit}", "two"),
        },
        "Products: whose best offer each is without limits, who got it, who lost it",
        height=320,
    )
    units = {"Budget": f"One more {made.currency} spent", "Offers in all": "One more offer"}
    said = [
        f"{limit}: {used:,.0f} of {capacity:,.0f} used. "
        + (f"{units[limit]} would add {next_one:,.2f} {unit}." if next_one else "It does not bind.")
        for limit, capacity, used, next_one in made.limits.itertuples(index=False)
        if limit in units
    ]
    reached = f"{100 * (1 - made.gap):.1f}{wording.NBSP}%"
    said.append(f"The list reaches {reached} of what no list within these limits can exceed.")
    st.caption("  \n".join(said))


def _groups(made: CampaignList) -> None:
    tables.show(
        made.groups.assign(
            attribute=made.groups["attribute"].str.capitalize(),
            group=made.groups["group"].str.capitalize(),
        ),
        {
            "attribute": ("By", "120"),
            "group": ("Group", "180"),
            "n_may": ("May be offered something", "count"),
            "n_offered": ("Offered", "count"),
            "rate": ("Share", "share"),
            **tables.interval(),
            "note": ("Note", "190"),
        },
        "Share of each group that is offered something, of those who may be",
        height=320,
    )
    left = made.n_held_out + made.n_left_alone
    if left:
        see = ""
        if not wording.is_missing(made.detectable):
            see = f" A difference of {100 * made.detectable:.1f} points or more would show."
        st.caption(
            f"{wording.counted(left, 'customer')} who would be offered something "
            f"{'is' if left == 1 else 'are'} not contacted on purpose: {made.n_held_out:,} held "
            f"out, {made.n_left_alone:,} left alone.{see}"
        )
