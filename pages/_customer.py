"""One customer: header, metrics, one sentence, and tabs; and the list they are chosen from."""

import pandas as pd
import streamlit as st

from engine.results import Profile
from engine.vocabulary import CONSENT_STATUSES
from pages import _cards, _charts, _state, _words
from pages._words import badge_text, escape

TABS = ("Overview", "Transactions", "Messages", "Products held", "Record", "Consent")
CONSENT_COLOURS = {"granted": "green", "refused": "red", "unknown": "gray"}
CONSENT_WORDS = {"granted": "granted", "refused": "refused", "unknown": "not recorded"}
PURPOSES = {
    "personalisation": "Personal recommendations",
    "social": "Use of social posts",
    "marketing": "Marketing contact",
}


def table(rows: pd.DataFrame, currency: str, key: str) -> None:
    """A page of the customer list; a selected row opens that customer."""
    config = st.column_config
    confident = rows["next_offer_confidence"].notna().any()
    shown = pd.DataFrame(
        {
            "name": rows["name"].where(rows["name"].notna(), rows["customer_id"]),
            "segment": rows["segment"],
            "value": rows["value_a_year"].round(0),
            "churn": rows["churn"].round(1),
            "mood": [_words.mood(value) for value in rows["mood"]],
            "offer": rows["next_offer"].fillna(_words.DASH),
            "sure": rows["next_offer_confidence" if confident else "next_offer_fit"].round(2),
            "contact": [_words.day(when) for when in rows["last_contact"]],
        }
    )
    event = st.dataframe(
        shown,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height="content",
        alt="Customers with segment, value, churn, mood, next best offer and last contact",
        column_config={
            "name": config.TextColumn("Name", width=150),
            "segment": config.TextColumn("Segment", width=110),
            "value": config.NumberColumn(f"{currency} a year", format="localized", width=90),
            "churn": config.ProgressColumn(
                "Churn", min_value=0, max_value=10, format="%.1f", width=95
            ),
            "mood": config.TextColumn("Mood", width=65),
            "offer": config.TextColumn("Next best offer", width=165),
            "sure": config.NumberColumn(
                "Confidence" if confident else "Fit", format="percent", width=85
            ),
            "contact": config.TextColumn("Last contact", width=95),
        },
    )
    if event["selection"]["rows"]:
        _state.choose(str(rows["customer_id"].iloc[event["selection"]["rows"][0]]))
        st.rerun()


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
    if st.button("See offers", type="primary"):
        st.switch_page("recommendations.py", query_params={"customer": profile.customer_id})
    tabs = st.tabs(TABS, key="customer_tab", on_change="rerun")
    drawings = (_overview, _transactions, _messages, _holdings, _record, _consent)
    for tab, draw in zip(tabs, drawings, strict=True):
        with tab:
            if tab.open:
                draw(profile)
    _cards.notes(profile.notes)


def _header(profile: Profile) -> None:
    facts = profile.facts
    place = ", ".join(
        escape(facts[name]) for name in ("city", "region") if not _words.is_missing(facts.get(name))
    )
    known = [
        escape(facts[name])
        for name in ("occupation", "industry")
        if not _words.is_missing(facts.get(name))
    ]
    if place:
        known.append(place)
    if not _words.is_missing(facts.get("joined_on")):
        known.append(f"customer since {_words.day(facts['joined_on'])}")
    if not _words.is_missing(facts.get("relationship_manager")):
        known.append(f"looked after by {escape(facts['relationship_manager'])}")
    if known:
        st.caption(" · ".join(known))
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
    months, currency = profile.months, profile.currency
    if months.empty:
        _cards.empty("No months yet", "This bank has no balances or transactions for them.")
    else:
        undated = "" if profile.months_dated else " (months were not dated in the source)"
        left, right = st.columns(2, gap="medium")
        with left:
            _money_chart(
                months,
                {"balance": "Balance", "loan_balance": "Loans"},
                "Balance at the end of each month" + undated,
                "balance",
                currency,
            )
        with right:
            _money_chart(
                months,
                {"income": "Income", "spending": "Spending"},
                "Money in and out by month" + undated,
                "flow",
                currency,
            )
    if profile.categories.empty:
        return
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
            "amount": st.column_config.NumberColumn(f"{currency} a month", format="localized"),
            "share": st.column_config.NumberColumn("Share", format="percent"),
            "n_transactions": "Transactions",
        },
    )


def _money_chart(
    months: pd.DataFrame, columns: dict[str, str], title: str, key: str, currency: str
) -> None:
    known = {column: name for column, name in columns.items() if months[column].notna().any()}
    if not known:
        _cards.empty(title, "Not in this bank's data.")
        return
    _charts.show(
        _charts.months(months, known, currency),
        title,
        f"{' and '.join(known.values())} by month in {currency}",
        months[["month", *known]],
        key=key,
        columns={
            "month": st.column_config.DateColumn("Month", format="MMM YYYY"),
            **{
                column: st.column_config.NumberColumn(f"{name}, {currency}", format="localized")
                for column, name in known.items()
            },
        },
    )


def _transactions(profile: Profile) -> None:
    if profile.transactions.empty:
        _cards.empty("No transactions", "This bank gave monthly figures only, or none.")
        return
    st.caption(f"{len(profile.transactions):,} transactions, newest first")
    st.dataframe(
        profile.transactions[["booked_at", "description", "merchant", "category", "amount"]],
        hide_index=True,
        height=460,
        alt="Transactions, newest first",
        column_config={
            "booked_at": st.column_config.DateColumn("Date", format="D MMM YYYY"),
            "description": "Description",
            "merchant": "Merchant",
            "category": "Category",
            "amount": st.column_config.NumberColumn(
                f"Amount, {profile.currency}", format="accounting"
            ),
        },
    )


def _messages(profile: Profile) -> None:
    if profile.messages.empty:
        _cards.empty("No messages", "No posts, tickets or chats of this customer are known.")
        return
    st.caption(
        f"Mood over all messages: {_words.mood(profile.mood)}. "
        f"Sentiment by {escape(profile.sentiment_source)}."
    )
    for row in profile.messages.head(30).itertuples():
        with st.container(border=True):
            kind = " · ".join(
                escape(_words.label(part))
                for part in (row.kind, row.platform)
                if not _words.is_missing(part)
            )
            when = f"{_words.day(row.sent_at)} · " if not _words.is_missing(row.sent_at) else ""
            st.caption(when + kind)
            st.write(escape(row.text))
            _message_badges(row)
    if len(profile.messages) > 30:
        st.caption(f"The 30 newest of {len(profile.messages):,} are shown.")


def _message_badges(row) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if row.used:
            word = row.word or _words.mood(row.sentiment)
            colours = {"positive": "green", "good": "green", "negative": "red", "poor": "red"}
            st.badge(badge_text(_words.label(word)), color=colours.get(str(word).lower(), "gray"))
        else:
            st.badge("Not used: no consent", color="gray")
        if not _words.is_missing(row.source_label):
            st.badge(f"Source label: {badge_text(row.source_label)}", color="gray")
        if row.kind == "ticket" and not _words.is_missing(row.resolved):
            st.badge(
                "Resolved" if row.resolved else "Open", color="green" if row.resolved else "orange"
            )
        if not _words.is_missing(row.repeated) and row.repeated:
            st.badge("Repeated", color="orange")


def _holdings(profile: Profile) -> None:
    if profile.holdings.empty and profile.accounts.empty:
        _cards.empty("No products", "This bank's data names no product that they hold.")
        return
    if not profile.holdings.empty:
        st.dataframe(
            profile.holdings[["name", "category", "opened_on"]],
            hide_index=True,
            alt="Products held",
            column_config={
                "name": "Product",
                "category": "Category",
                "opened_on": st.column_config.DateColumn("Since", format="D MMM YYYY"),
            },
        )
    if not profile.accounts.empty:
        st.markdown("**Accounts**")
        st.dataframe(
            profile.accounts.assign(kind=[_words.label(kind) for kind in profile.accounts["kind"]]),
            hide_index=True,
            alt="Accounts with balance, limit and rate",
            column_config={
                "kind": "Kind",
                "balance": st.column_config.NumberColumn(
                    f"Balance, {profile.currency}", format="localized"
                ),
                "credit_limit": st.column_config.NumberColumn(
                    f"Limit, {profile.currency}", format="localized"
                ),
                "interest_rate": st.column_config.NumberColumn("Interest", format="percent"),
                "opened_on": st.column_config.DateColumn("Opened", format="D MMM YYYY"),
            },
        )


def _record(profile: Profile) -> None:
    st.caption("Every field as it came in, and where it came from.")
    st.dataframe(
        profile.record.assign(value=profile.record["value"].astype("str")),
        hide_index=True,
        height=460,
        alt="Every source field with its value and origin",
        column_config={"field": "Field", "value": "Value", "origin": "Origin"},
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
