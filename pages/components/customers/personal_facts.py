"""Who a customer is, in a few facts, and what is known of their finances at a glance."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.results import Counted, Profile
from pages.components.customers import following
from pages.components.look import wording
from pages.components.look.wording import badge_text, escape

TOLD_BELOW = ("Spending variation",)
"""Stands among the cash flow, with its meaning."""


def figures(profile: Profile) -> None:
    """Key figures with a word or an arrow: credit band, balance against the month before."""
    shown = {k: v for k, v in profile.figures.items() if k not in TOLD_BELOW}
    if not shown:
        return
    with st.grid(max(3, min(len(shown), 4)), min_column_width=200, border=True):
        for label, (value, remark) in shown.items():
            way = {"up": "up", "down": "down"}.get(remark.split(" ", 1)[0], "off")
            st.metric(
                escape(label),
                escape(value),
                delta=escape(remark) if remark else None,
                delta_color="off",
                delta_arrow=way,
            )


def card(profile: Profile, payment_methods: tuple[str, ...]) -> None:
    """Personal facts, each only where it is known, and goals as badges."""
    facts = profile.facts
    known = {name: text for name, text in _facts(facts, profile.currency).items() if text}
    if payment_methods:
        known["Pays by"] = ", ".join(payment_methods).lower()
    goals = [text.strip() for text in str(facts.get("goals") or "").split(";") if text.strip()]
    if not known and not goals:
        return
    with st.container(border=True):
        st.markdown("**About the customer**")
        for place, names in zip(st.columns(2), (list(known)[::2], list(known)[1::2]), strict=True):
            with place:
                st.markdown("\n".join(f"- {name}: **{escape(known[name])}**" for name in names))
        if goals:
            with st.container(horizontal=True, gap="xsmall"):
                for goal in goals:
                    st.badge(badge_text(wording.label(goal)), color="blue", icon=":material/flag:")


def alike(segment: Counted | None) -> None:
    """The segment of customers who are alike, where such were found; it opens them."""
    if segment is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Alike by what they do**", width="content")
            following.link(segment, segment.title)


def headline(profile: Profile) -> str:
    """Number, age, gender, work, place and how long a customer, each where it is known."""
    facts = profile.facts

    def known(name: str, text: str = "{}") -> str:
        value = facts.get(name)
        return "" if wording.is_missing(value) else text.format(escape(value))

    age = facts.get("age")
    parts = (
        known("name") and escape(profile.customer_id),
        ", ".join(
            text
            for text in ("" if wording.is_missing(age) else f"{age:.0f}", known("gender"))
            if text
        ),
        known("occupation"),
        known("industry"),
        ", ".join(text for text in (known("city"), known("region")) if text),
        ""
        if wording.is_missing(facts.get("joined_on"))
        else f"customer since {wording.day(facts['joined_on'])}",
        known("relationship_manager", "looked after by {}"),
    )
    return " · ".join(part for part in parts if part)


def _facts(facts: Mapping[str, Any], currency: str) -> dict[str, str]:
    def joined(*names: str) -> str:
        texts = [str(facts[n]) for n in names if not wording.is_missing(facts.get(n))]
        return wording.label(", ".join(texts)) if texts else ""

    def number(name: str, text: str) -> str:
        value = facts.get(name)
        return "" if wording.is_missing(value) else text.format(f"{value:,.0f}")

    age = number("age", "{}")
    gender = facts.get("gender")
    dependents = facts.get("dependents")
    children = "" if wording.is_missing(dependents) else wording.counted(dependents, "dependant")
    family = [text for text in (joined("marital_status"), children) if text]
    income = facts.get("annual_income")
    revenue = facts.get("annual_revenue")
    company = facts.get("audience") == "corporate"
    return {
        "Age and gender": ", ".join(t for t in (age, "" if not gender else str(gender)) if t),
        "Family": ", ".join(family),
        ("Based in" if company else "Lives in"): joined("city", "region", "country"),
        "Education": joined("education"),
        ("Occupation" if joined("occupation") else "Industry"): joined("occupation", "industry"),
        "Yearly income": "" if wording.is_missing(income) else wording.money(income, currency),
        "Yearly revenue": "" if wording.is_missing(revenue) else wording.money(revenue, currency),
        "Employees": number("n_employees", "{}"),
        "Years in business": number("years_in_business", "{}"),
        "Stated risk tolerance": joined("risk_tolerance"),
        "E-mail": str(facts.get("email") or ""),
        "Phone": str(facts.get("phone") or ""),
    }
