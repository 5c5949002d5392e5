"""One customer: header, metrics, one sentence, and a tab for each thing that is known."""

import streamlit as st

from engine.labels import PURPOSE_LABELS
from engine.results import Profile
from pages.components.customers import (
    alert_cards,
    call_card,
    message_panel,
    metric_tile,
    personal_facts,
    preference_form,
    record_forms,
    timeline_panel,
    written_insight,
)
from pages.components.frame import after_an_offer, session, who_did_what
from pages.components.look import charts, choosing, notices, tables, wording
from pages.components.look.wording import badge_text, escape
from pages.components.money import investment_plan, money_panels
from pages.components.receipts import receipts_tab

CONSENT_COLOURS = {"granted": "green", "refused": "red", "unknown": "gray"}
CONSENT_WORDS = {"granted": "granted", "refused": "refused", "unknown": "not recorded"}


def name(profile: Profile) -> str:
    """What the customer is called, or their number at the bank."""
    return escape(profile.facts.get("name") or profile.customer_id)


def show(profile: Profile) -> None:
    """The whole customer."""
    _header(profile)
    call_card.of_customer(profile)
    tiles = st.columns(4)
    for place, metric in zip(tiles, profile.metrics.values(), strict=False):
        with place:
            metric_tile.show(metric)
    written_insight.show(profile)
    with st.container(horizontal=True):
        if st.button("See offers", type="primary"):
            st.switch_page("recommendations.py", query_params={"customer": profile.customer_id})
        record_forms.popover(profile.customer_id, profile.currency)
    tabs = {
        "Overview": _overview,
        "Timeline": timeline_panel.show,
        "Transactions": money_panels.transactions,
        "Messages": message_panel.show,
        "Receipts": receipts_tab.show,
        "Products held": _holdings,
        "Alerts": alert_cards.of_customer,
        "Plan": investment_plan.show,
        "Record": _record,
        "Preferences": preference_form.show,
        "Consent": _consent,
        "Who did what": who_did_what.show,
    }
    places = st.tabs(list(tabs), key="customer_tab", on_change="rerun")
    for place, draw in zip(places, tabs.values(), strict=True):
        with place:
            if place.open:
                draw(profile)
    notices.notes(profile.notes)


def _header(profile: Profile) -> None:
    facts = profile.facts
    if known := personal_facts.headline(profile):
        st.caption(known)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(badge_text(profile.segment or "no segment"), color="violet")
        if not wording.is_missing(facts.get("status")):
            st.badge(badge_text(wording.label(facts["status"])), color="gray")
        for row in profile.consents.itertuples():
            st.badge(
                f"{badge_text(PURPOSE_LABELS.get(row.purpose, row.purpose))}: "
                f"{CONSENT_WORDS.get(row.status, row.status)}",
                color=CONSENT_COLOURS.get(row.status, "gray"),
            )


def _overview(profile: Profile) -> None:
    personal_facts.figures(profile)
    chart_area = st.container()
    money_panels.cash(profile)
    if not profile.categories.empty:
        _categories(profile)
    about = st.container()
    with chart_area, st.skeleton(height=330):
        outlook = session.engine().customers.forecast(profile.customer_id)
    with chart_area:
        money_panels.months(profile, outlook)
    with about:
        personal_facts.card(profile, outlook.payment_methods)
        personal_facts.alike(session.engine().segments.like(profile.customer_id))


def _categories(profile: Profile) -> None:
    top = profile.categories.head(10)
    charts.show(
        charts.shares(top, "category", "share", "share of monthly spending"),
        "What the money is spent on",
        f"Share of spending by category; the largest is {top['category'].iloc[0]}",
        profile.categories.assign(
            category=[wording.label(c) for c in profile.categories["category"]]
        ),
        key="categories",
        columns={
            "category": "Category",
            "amount": (profile.currency, "money"),
            "over": "Over",
            "share": ("Share", "share"),
            "n_transactions": ("Transactions", "count"),
        },
    )


def _holdings(profile: Profile) -> None:
    _expected_loss(profile.customer_id)
    if profile.holdings.empty and profile.accounts.empty:
        notices.empty("No products", "This bank's data names no product that they hold.")
        return
    if not profile.holdings.empty:
        tables.show(
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
        kinds = [wording.label(kind) for kind in profile.accounts["kind"]]
        tables.show(
            profile.accounts.assign(kind=kinds),
            {name: said for name, said in columns.items() if profile.accounts[name].notna().any()},
            "Accounts with what is known of each",
        )


def _expected_loss(customer_id: str) -> None:
    """What a loan may cost, where the bank's labels taught it; never used to rank."""
    loss = session.engine().learned_metrics.expected_loss(customer_id)
    if loss is None:
        return
    with st.container(border=True):
        amount = escape(wording.money(loss.amount, loss.currency))
        owed = escape(wording.money(loss.exposure, loss.currency))
        st.metric("Expected loss on loans", amount, width="content")
        st.write(
            f"A chance of {wording.share(loss.chance)} of {owed} owed, "
            f"of which {wording.share(loss.loss_given_default)} would be lost."
        )
        st.caption(escape(loss.note))


def _record(profile: Profile) -> None:
    if wrong := after_an_offer.to_correct(profile.customer_id):
        offer, said = wrong
        st.warning(
            f"{escape(offer)} was marked as offered on wrong data"
            f"{f': {escape(said)}' if said else ''}. What the customer wants can be corrected on "
            "the tab Preferences and what they allow on the tab Consent, at once. All else comes "
            "from the files named under Origin: correct it there and import them again.",
            icon=":material/edit_note:",
        )
    st.caption("Every field as it came in, and where it came from.")
    tables.show(
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
            st.markdown(f"**{escape(PURPOSE_LABELS.get(row.purpose, row.purpose))}**")
            missing = wording.is_missing(row.recorded_at)
            when = "" if missing else f", {wording.day(row.recorded_at)}"
            source = "" if wording.is_missing(row.source) else f" ({escape(row.source)}{when})"
            st.caption(f"{'Allowed' if row.allowed else 'Not allowed'}{source}")
        with change:
            key = f"consent_{profile.customer_id}_{row.purpose}"
            choosing.one_of(
                PURPOSE_LABELS.get(row.purpose, row.purpose),
                CONSENT_WORDS,
                key,
                default=row.status,
                label_visibility="collapsed",
                on_change=session.set_consent,
                args=(profile.customer_id, row.purpose, key),
            )
    spelled = "".join(c if c.isalnum() else "_" for c in profile.customer_id)
    engine = session.engine()  # files are made outside of the session
    st.markdown("**Notice for the customer**")
    st.caption(
        "What is used of this customer, for which purposes, what is not used, their rights and "
        "whom to ask, on a page that prints."
    )
    st.download_button(
        "Notice",
        session.noted(
            "notice for a customer",
            lambda: engine.notices.export(profile.customer_id),
            profile.customer_id,
        ),
        file_name=f"notice_{spelled}.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        key=f"notice_{profile.customer_id}",
    )
    st.markdown("**What is kept of this customer**")
    st.caption(
        "Every row of the bank's files and of what was recorded here, the lists that were shown, "
        "and what was worked out, in one ZIP file. A customer is erased by the command "
        "erase."
    )
    st.download_button(
        "Export everything",
        session.noted(
            "everything of a customer",
            lambda: engine.access.export(profile.customer_id),
            profile.customer_id,
        ),
        file_name=f"customer_{spelled}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        key=f"access_{profile.customer_id}",
    )
