"""Questions about a customer and the bank in; alerts, cases, mood, segment, calls and so on out."""

from typing import Final

from engine.assistant import claims
from engine.figures import day, figure, percent
from engine.labels import PURPOSE_LABELS
from engine.results import Answer, Fact
from engine.services.assistant.asking import Asking, amount, number, share

_MOST: Final = 5
_RECORD: Final = "the customer's record"
_GOOD: Final = 0.25
"""As the page calls a mood good or poor."""


def about(ask: Asking) -> Answer:
    """What stands out, with the metrics and key figures."""
    record = ask.profile
    facts = tuple(Fact(label, *_pair(*told)) for label, told in list(record.figures.items())[:4])
    facts += tuple(
        Fact(one.label, f"{one.value:.1f} of 10", one.value, one.word)
        for one in record.metrics.values()
        if one.known
    )
    return ask.answer(_RECORD, record.insight, facts=facts, link="Customers, Overview")


def _pair(value: str, remark: str) -> tuple[str, str, str]:
    return value, value, remark


def holdings(ask: Asking) -> Answer:
    """Products held, each with since when."""
    table = ask.profile.holdings.astype({"name": object, "category": object})
    names = [
        str(row.product_id if row.name != row.name else row.name) for row in table.itertuples()
    ]
    said = claims.asked_holds(names=names) if names else claims.asked_holds_nothing()
    facts = tuple(
        Fact(
            name,
            "held" if row.opened_on != row.opened_on else f"since {day(row.opened_on)}",
            str(row.product_id),
            "" if row.category != row.category else str(row.category),
        )
        for name, row in zip(names, table.itertuples(), strict=True)
    )
    return ask.answer(_RECORD, said, facts=facts, link="Customers, Products held")


def leaving(ask: Asking) -> Answer:
    """The churn index and what drives it."""
    metric = ask.profile.metrics["churn"]
    link = "Customers, Overview"
    if not metric.known:
        return ask.answer(_RECORD, claims.asked_unknown(label=metric.label), link=link)
    told = [one for one in metric.drivers if one.points > 0]
    strongest = (told[0].detail or told[0].label) if told else ""
    said = claims.asked_metric(
        label=metric.label, value=metric.value, word=metric.word, strongest=strongest
    )
    facts = [Fact(metric.label, f"{metric.value:.1f} of 10", metric.value, metric.word)]
    facts += [
        Fact(one.label, f"{one.points:+.2f}".replace("-", "−"), one.points, one.detail)
        for one in metric.drivers[:_MOST]
    ]
    notes = (f"{metric.note.rstrip('.')}.",) if metric.note else ()
    return ask.answer(_RECORD, said, facts=tuple(facts), notes=notes, link=link)


def mood(ask: Asking) -> Answer:
    """Mood of the customer's own words, where they may be used."""
    record = ask.profile
    link = "Customers, Messages"
    if record.mood is None:
        return ask.answer("the messages", claims.asked_no_mood(), link=link)
    word = "good" if record.mood >= _GOOD else "poor" if record.mood <= -_GOOD else "neutral"
    used = int(record.messages["used"].astype(bool).sum())
    said = claims.asked_mood(word=word, mood=record.mood, n=used, reader=record.sentiment_source)
    facts = tuple(
        Fact(str(row.aspect).capitalize(), f"{row.mood:+.1f}".replace("-", "−"), float(row.mood))
        for row in record.mood_aspects.head(_MOST).itertuples()
    )
    notes = ("An indication only: no model of this bank's own labels reads the mood.",)
    return ask.answer(
        "the messages",
        said,
        facts=facts,
        notes=notes if record.mood_indicative else (),
        link=link,
    )


def complaints(ask: Asking) -> Answer:
    """Cases that are not resolved: of one customer, else of the whole book."""
    if not ask.customer_id:
        n = _open_cases(ask)
        return ask.answer(
            "the book",
            claims.asked_cases_of_all(n=n, own=ask.manager is not None),
            facts=(number("Open cases", n),),
            page="insights",
            link="Insights, Overview",
        )
    messages = ask.profile.messages
    open_ = messages[messages["resolved"].eq(False).fillna(False) & (messages["kind"] != "post")]
    personal = ask.sources.offers.recommend(ask.customer_id, k=1).personalised
    lines = tuple(
        f"{str(row.kind).capitalize()} of {day(row.sent_at)}"
        f"{_topic(row.topics) if personal else ''}"
        for row in open_.head(_MOST).itertuples()
    )
    return ask.answer(
        "the messages",
        claims.asked_cases(n=len(open_)),
        facts=(number("Open cases", len(open_)),),
        lines=lines,
        link="Customers, Messages",
    )


def _open_cases(ask: Asking) -> int:
    """Of all customers whom the person may see."""
    if ask.manager is not None:
        return ask.sources.customers.open_cases(ask.manager)
    return int(ask.sources.customers.insights().figures.get("Open cases", (0.0, "", None))[0])


def _topic(topics: object) -> str:
    text = "" if topics is None or topics != topics else str(topics)
    return f": {text}" if text else ""


def alerts(ask: Asking) -> Answer:
    """Open alerts, the most pressing first."""
    found = ask.sources.alerts.open(
        ask.customer_id or None, None if ask.customer_id else ask.manager
    )
    facts = tuple(number(title, n) for title, n in list(found.counts.items())[:_MOST])
    lines = tuple(
        f"{row.title}{'' if ask.customer_id else f', {row.customer}'}: {row.reason}"
        for row in found.table.astype({"customer": object}).head(3).itertuples()
    )
    return ask.answer(
        "the alerts",
        found.sentence,
        facts=facts,
        lines=lines,
        query={} if ask.customer_id else {"alerts": "true"},
        link="Customers, Alerts" if ask.customer_id else "Customers with alerts",
    )


def segment(ask: Asking) -> Answer:
    """The segment of a customer, else all of the bank's."""
    if ask.customer_id:
        number_, name, how = ask.sources.segments.of_customer(ask.customer_id)
        table = ask.sources.segments.overview().table
        rows = table[table["number"] == number_]
        n = int(rows["n"].iloc[0]) if len(rows) else 0
        facts = (number("Customers in it", n), Fact("What it is", how, how))
        if len(rows):
            facts += (share("Share of the bank", rows["share"].iloc[0]),)
        return ask.answer(
            "the segments",
            claims.asked_segment(name=name, n=n),
            *rows["apart"].head(1).dropna().astype(str),
            facts=facts,
            page="insights",
            query={"view": "Segments"},
            link="Insights, Segments",
        )
    found = ask.sources.segments.overview()
    largest = found.table.sort_values("n", ascending=False, kind="stable")
    facts = tuple(
        number(str(row.segment), row.n, percent(row.share)) for row in largest.head(8).itertuples()
    )
    said = claims.asked_segments(
        n=len(largest), largest=str(largest["segment"].iloc[0]), n_largest=int(largest["n"].iloc[0])
    )
    if found.value_at_risk == found.value_at_risk:
        facts += (amount("Value at risk", found.value_at_risk, found.currency, "a year"),)
    return ask.answer(
        "the segments",
        said,
        facts=facts,
        page="insights",
        query={"view": "Segments"},
        link="Insights, Segments",
    )


def calls(ask: Asking) -> Answer:
    """Whom to call today, in order."""
    found = ask.sources.days.today(ask.manager)
    first = found.calls[:_MOST]
    facts = tuple(
        Fact(f"{one.rank}. {one.customer}", one.line, one.customer_id, one.kind) for one in first
    )
    return ask.answer(
        "today's calls",
        found.sentence,
        facts=facts,
        notes=found.notes,
        page="day",
        link="My day",
        pairs=tuple((one.customer_id, one.product_id) for one in first if one.product_id),
    )


def used(ask: Asking) -> Answer:
    """What the consents allow, and the needs that products are searched by."""
    table = ask.profile.consents
    names = [PURPOSE_LABELS.get(row.purpose, row.purpose) for row in table.itertuples()]
    allowed = [n for n, ok in zip(names, table["allowed"], strict=True) if ok]
    refused = [n for n, ok in zip(names, table["allowed"], strict=True) if not ok]
    facts = tuple(
        Fact(name, "allowed" if row.allowed else "not allowed", row.status, row.status)
        for name, row in zip(names, table.itertuples(), strict=True)
    )
    record = ask.profile
    read = int(record.messages["used"].astype(bool).sum())
    facts += (
        number("Transactions read", len(record.transactions)),
        number("Messages read", read, f"of {figure(float(len(record.messages)))}"),
    )
    return ask.answer(
        "consents and needs",
        claims.asked_allowed(purposes=allowed, refused=refused),
        ask.sources.customers.needs(ask.customer_id) if _personal(ask) else "",
        facts=facts,
        notes=("Age, gender, name and place are read by no score.",),
        link="Customers, Consent",
    )


def _personal(ask: Asking) -> bool:
    """May anything personal be worked out?"""
    return ask.sources.offers.recommend(ask.customer_id, k=1).personalised
