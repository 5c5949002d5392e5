"""Questions about the lists as a whole in; version and grade, feedback, what can be asked, out."""

from typing import Final

from engine import figures
from engine.assistant import claims
from engine.results import Answer, Fact
from engine.services.assistant.asking import Asking, number, share

EXAMPLES: Final = (
    "Who should I call today?",
    "What should I offer {customer}?",
    "How much does {customer} spend on travel?",
    "What is due for {customer}?",
    "Why not {product} for {customer}?",
    "Who would want {product}?",
    "Is {product} offered fairly?",
    "Which model version serves, and what is its grade?",
)
"""Questions that a page suggests; filled with whom and what the bank has."""


def version(ask: Asking) -> Answer:
    """What makes the lists, and its grade."""
    summary = ask.sources.facts.summary()
    facts = (
        Fact("Version", summary.model_version, summary.model_version),
        Fact("Grade", summary.grade or figures.MISSING, summary.grade),
        number("Customers", summary.n_customers),
        number("Products", summary.n_products),
    )
    return ask.answer(
        "the version that serves",
        claims.asked_version(version=summary.model_version, grade=summary.grade),
        facts=facts,
        notes=summary.degraded,
        page="feedback",
        query={"tab": "Versions"},
        link="Feedback, Versions",
    )


def feedback(ask: Asking) -> Answer:
    """What people did with the offers."""
    found = ask.sources.feedback.statistics()
    totals = found.totals
    by_actor = found.by_actor
    decided = int(by_actor["n_decisions"].sum()) if len(by_actor) else 0
    accepted = int(by_actor["n_accepted"].sum()) if len(by_actor) else 0
    facts = [
        number("Offers opened", totals.get("n_interactions", 0)),
        number("Ratings", totals.get("n_feedback", 0)),
        share("Clicked of opened", totals.get("click_rate")),
        share("Chosen of opened", totals.get("selection_rate")),
    ]
    facts += [
        Fact(str(row.stage).capitalize(), figures.figure(float(row.n)), float(row.n), "funnel")
        for row in found.funnel.itertuples()
    ]
    said = claims.asked_feedback(
        n=int(totals.get("n_interactions", 0)), n_accepted=accepted, n_decided=decided
    )
    return ask.answer(
        "the events on record",
        said,
        facts=tuple(facts),
        page="feedback",
        query={"tab": "Statistics"},
        link="Feedback, Statistics",
    )


def help_(ask: Asking) -> Answer:
    """What can be asked."""
    return ask.answer(
        "the assistant",
        "I answer questions about this bank's customers, products and lists from its own figures",
        lines=(
            "Money of a customer: balance, spending by kind and time, income, due, forecast",
            "Relations: alerts, open cases, mood, segment, leaving, products held, consents",
            "Offers: what and why, why not, what if, who would want a product, fairness",
            "The day and the model: whom to call, version and grade, feedback",
            "I propose to record an answer, an objection or a follow-up; you confirm it by a click",
        ),
        page="about",
        link="What is this?",
    )
