"""One customer: header, metrics, one sentence, and a tab for each thing that is known."""

import streamlit as st

from engine.results import Profile
from engine.vocabulary import CONSENT_STATUSES
from pages import (
    _add,
    _alerts,
    _cards,
    _charts,
    _messages,
    _money,
    _person,
    _plan,
    _preferences,
    _state,
    _tables,
    _words,
)
from pages._words import badge_text, escape

TABS = (
    "Overview",
    "Transactions",
    "Messages",
    "Products held",
    "Alerts",
    "Plan",
    "Record",
    "Preferences",
    "Consent",
)
CONSENT_COLOURS = {"granted": "green", "refused": "red", "unknown": "gray"}
CONSENT_WORDS = {"granted": "granted", "refused": "refused", "unknown": "not recorded"}
PURPOSES = {
    "personalisation": "Personal recommendations",
    "social": "Use of social posts",
    "marketing": "Marketing contact",
}


def name(profile: Profile) -> str:
    """What the customer is called, or their number at the bank."""
    return escape(profile.facts.get("name") or profile.customer_id)


def show(profile: Profile) -> None:
    """The whole customer."""
    _header(profile)
    tiles = st.columns(4)
    for place, metric in zip(tiles, profile.metrics.values(), strict=False):
        with place:
            _cards.metric_tile(metric)
    if profile.insight:
        st.info(escape(profile.insight), icon=":material/lightbulb:")
    with st.container(horizontal=True):
        if st.button("See offers", type="primary"):
            st.switch_page("recommendations.py", query_params={"customer": profile.customer_id})
        _add.popover(profile.customer_id, profile.currency)
    tabs = st.tabs(TABS, key="customer_tab", on_change="rerun")
    drawings = (
        _overview,
        _transactions,
        _messages.show,
        _holdings,
        _alerted,
        _plan.show,
        _record,
        _preferences.show,
        _consent,
    )
    for tab, draw in zip(tabs, drawings, strict=True):
        with tab:
            if tab.open:
                draw(profile)
    _cards.notes(profile.notes)


def _header(profile: Profile) -> None:
    facts = profile.facts
    if known := _person.headline(profile):
        st.caption(known)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(badge_text(profile.segment or "no segment"), color="violet")
        if not _words.is_missing(facts.get("status")):
            st.badge(badge_text(_words.label(facts["status"])), color="gray")
        for row in profile.consents.itertuples():
            st.badge(
                f"{badge_text(PURPOSES.get(row.purpose, row.purpose))}: "
                f"{CONSENT_WORDS.get(row.status, row.status)}",
                color=CONSENT_COLOURS.get(row.status, "gray"),
            )


def _overview(profile: Profile) -> None:
    _person.figures(profile)
    charts = st.container()
    flow = _money.of_customer(profile.customer_id)
    _money.cash(flow)
    if not profile.categories.empty:
        _categories(profile)
    about = st.container()
    with charts, st.skeleton(height=330):
        outlook = _state.engine().forecast(profile.customer_id)
    with charts:
        _money.months(profile, outlook)
    with about:
        _person.card(profile, outlook.payment_methods)


def _categories(profile: Profile) -> None:
    top = profile.categories.head(10)
    _charts.show(
        _charts.shares(top, "category", "share", "share of monthly spending"),
        "What the money is spent on",
        f"Share of spending by category; the largest is {top['category'].iloc[0]}",
        profile.categories.assign(
            category=[_words.label(c) for c in profile.categories["category"]]
        ),
        key="categories",
        columns={
            "category": "Category",
            "amount": (f"{profile.currency} a month", "money"),
            "share": ("Share", "share"),
            "n_transactions": ("Transactions", "count"),
        },
    )


def _transactions(profile: Profile) -> None:
    _money.transactions(profile, _money.of_customer(profile.customer_id))


def _holdings(profile: Profile) -> None:
    _expected_loss(profile.customer_id)
    if profile.holdings.empty and profile.accounts.empty:
        _cards.empty("No products", "This bank's data names no product that they hold.")
        return
    if not profile.holdings.empty:
        _tables.show(
            profile.holdings,
            {"name": "Product", "category": "Category", "opened_on": ("Since", "day")},
            "Products held",
        )
    else:
        st.caption("This bank's data names no product that they hold, only accounts.")
    if not profile.accounts.empty:
        st.markdown("**Accounts**")
        columns = {
            "kind": "Kind",
            "balance": (f"Balance, {profile.currency}", "money"),
            "credit_limit": (f"Limit, {profile.currency}", "money"),
            "interest_rate": ("Interest", "share"),
            "opened_on": ("Opened", "day"),
        }
        _tables.show(
            profile.accounts.assign(kind=[_words.label(kind) for kind in profile.accounts["kind"]]),
            {name: said for name, said in columns.items() if profile.accounts[name].notna().any()},
            "Accounts with what is known of each",
        )


def _expected_loss(customer_id: str) -> None:
    """What a loan may cost, where the bank's labels taught it; never used to rank."""
    found = _state.engine().learned.expected_loss(customer_id)
    if found is None:
        return
    with st.container(border=True):
        amount = escape(_words.money(found.amount, found.currency))
        owed = escape(_words.money(found.exposure, found.currency))
        st.metric("Expected loss on loans", amount, width="content")
        st.write(
            f"A chance of {_words.share(found.chance)} of {owed} owed, "
            f"of which {_words.share(found.loss_given_default)} would be lost."
        )
        st.caption(escape(found.note))


def _alerted(profile: Profile) -> None:
    _alerts.of_customer(profile.customer_id)


def _record(profile: Profile) -> None:
    st.caption("Every field as it came in, and where it came from.")
    _tables.show(
        profile.record.assign(value=profile.record["value"].astype("str")),
        {"field": "Field", "value": ("Value", "long"), "origin": "Origin"},
        "Every source field with its value and origin",
        height=460,
    )


def _consent(profile: Profile) -> None:
    st.caption("A change acts at once: in this list, on every page and in every file.")
    for row in profile.consents.itertuples():
        said, change = st.columns([3, 2], vertical_alignment="center")
        with said:
            st.markdown(f"**{escape(PURPOSES.get(row.purpose, row.purpose))}**")
            when = "" if _words.is_missing(row.recorded_at) else f", {_words.day(row.recorded_at)}"
            source = "" if _words.is_missing(row.source) else f" ({escape(row.source)}{when})"
            st.caption(f"{'Allowed' if row.allowed else 'Not allowed'}{source}")
        with change:
            key = f"consent_{profile.customer_id}_{row.purpose}"
            st.segmented_control(
                PURPOSES.get(row.purpose, row.purpose),
                list(CONSENT_STATUSES),
                default=row.status,
                required=True,
                format_func=CONSENT_WORDS.get,
                key=key,
                label_visibility="collapsed",
                on_change=_state.set_consent,
                args=(profile.customer_id, row.purpose, key),
            )
