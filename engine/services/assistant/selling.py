"""Questions about offers and products in; offers, why, why not, what if, who and fairness, out."""

from typing import Any, Final

from engine import figures
from engine.assistant import claims
from engine.assistant.slots import Slots
from engine.errors import BadInput
from engine.labels import LIST_LABELS, part_label
from engine.results import Answer, Fact, Offer, Recommendation
from engine.services.assistant.asking import Asking, number, share

_FIRST: Final = 3
_TAKERS: Final = 5
_PARTS: Final = 5
_INCOME: Final = frozenset(
    {"income", "earn", "earned", "earns", "earning", "salary", "raise", "revenue", "paid"}
)
_PAGE: Final = "recommendations"


def offers(ask: Asking) -> Answer:
    """The first of the list that opens, each with its short reason."""
    given = ask.sources.offers.recommend(ask.customer_id)
    first = given.offers[:_FIRST]
    facts = tuple(
        Fact(f"{one.rank}. {one.name}", _sure(one), one.confidence or one.fit, one.short_reason)
        for one in first
    )
    names = [one.name for one in first]
    said = claims.asked_offers(names=names, of_list=LIST_LABELS[given.list]) if names else ""
    return ask.answer(
        f"the {LIST_LABELS[given.list].lower()} list, model {given.model_version}",
        given.action,
        said,
        facts=facts,
        notes=given.notes if first else (),
        page=_PAGE,
        query={"view": "Offers"},
        link="Recommendations, Offers",
        pairs=tuple((ask.customer_id, one.product_id) for one in first),
    )


def _sure(one: Offer) -> str:
    if one.confidence is None:
        return f"fit {figures.percent(one.fit)}"
    return f"confidence {figures.percent(one.confidence)}"


def why(ask: Asking) -> Answer:
    """Why a product is on the list: its reasons and the parts of its score."""
    given = ask.sources.offers.recommend(ask.customer_id, k=20)
    chosen = _chosen(ask, given)
    if chosen is None and ask.product_id:
        return why_not(ask)
    link: dict[str, Any] = {
        "page": _PAGE,
        "query": {"view": "Offers"},
        "link": "Recommendations, Offers",
    }
    source = f"the {LIST_LABELS[given.list].lower()} list, model {given.model_version}"
    if chosen is None:
        return ask.answer(source, given.action or "There is no offer to explain", **link)
    parts = sorted(chosen.parts.items(), key=lambda part: -abs(part[1]))[:_PARTS]
    return ask.answer(
        source,
        *(f"{chosen.name}: {chosen.reasons[0]}" for _ in chosen.reasons[:1]),
        facts=(
            Fact(chosen.name, _sure(chosen), chosen.confidence or chosen.fit, chosen.word),
            *(
                Fact(part_label(name), figures.signed(points), points, "points of the score")
                for name, points in parts
            ),
        ),
        lines=chosen.reasons[1:],
        notes=chosen.checks,
        pairs=((ask.customer_id, chosen.product_id),),
        **link,
    )


def _chosen(ask: Asking, given: Recommendation) -> Offer | None:
    """The offer that is asked about; the first where none is named."""
    if not ask.product_id:
        return given.offers[0] if given.offers else None
    return next((one for one in given.offers if one.product_id == ask.product_id), None)


def why_not(ask: Asking) -> Answer:
    """The rule that removed a product, or what would bring it among the first."""
    found = ask.sources.scenarios.why_not(ask.customer_id, ask.product_id)
    lines = tuple(f"{one.sentence} (place {one.rank} then)" for one in found.changes[:_FIRST])
    none = found.no_change if found.status == "low" and not lines else ""
    facts = (Fact("Place by score", f"{found.rank} of {found.n_ranked}", float(found.rank)),)
    if found.rule:
        facts = (Fact("Rule", found.rule, found.rule), *facts)
    offered = found.status != "removed"
    return ask.answer(
        f"why not, {LIST_LABELS[found.list].lower()} list",
        found.sentence,
        none,
        facts=facts,
        lines=lines,
        page=_PAGE,
        query={"view": "Why not?"},
        link="Recommendations, Why not?",
        pairs=((ask.customer_id, ask.product_id),) if offered else (),
    )


def what_if(ask: Asking) -> Answer:
    """The list under another income, balance or goal, beside today's."""
    changed = assumed(ask.slots)
    link: dict[str, Any] = {
        "page": _PAGE,
        "query": {"view": "What if?"},
        "link": "Recommendations, What if?",
    }
    if not changed:
        return ask.answer(
            "what if",
            "Say what is to be different: an income, a balance, or something that they want",
            lines=("What if the income were 90,000?", "What if they wanted to buy a house?"),
            **link,
        )
    found = ask.sources.scenarios.what_if(ask.customer_id, **changed)
    shown = found.table[found.table["rank"].notna()].head(_FIRST)
    facts = tuple(
        Fact(
            f"{row.rank:.0f}. {row.name}",
            _moved(row.rank_today),
            float(row.rank),
            row.move,
        )
        for row in shown.astype({"name": object}).itertuples(index=False)
    )
    return ask.answer(
        "what if",
        *(figures.listing(list(found.changed)),) if found.changed else (),
        found.sentence,
        facts=facts,
        notes=found.notes,
        pairs=tuple((ask.customer_id, str(one)) for one in shown["product_id"]),
        **link,
    )


def _moved(before: float) -> str:
    return "not on the list today" if before != before else f"place {before:.0f} today"


def assumed(slots: Slots) -> dict[str, Any]:
    """Which input a question changes: income where its words say so, else the balance; a goal."""
    if slots.amount is not None:
        name = "income" if set(slots.words) & _INCOME else "balance"
        return {name: slots.amount}
    return {"add_needs": (slots.goal,)} if slots.goal else {}


def takers(ask: Asking) -> Answer:
    """Who may be offered a product, the most fitting first."""
    found = ask.sources.prospects.of(ask.product_id, top=_TAKERS, manager=ask.manager)
    table = found.table.astype({"name": object})
    names = [
        str(row.customer_id) if row.name != row.name else str(row.name)
        for row in table.itertuples(index=False)
    ]
    facts = tuple(
        Fact(
            f"{row.rank}. {name}",
            f"fit {figures.percent(row.fit)}"
            if row.confidence != row.confidence
            else f"confidence {figures.percent(row.confidence)}",
            float(row.fit if row.confidence != row.confidence else row.confidence),
            str(row.reason),
        )
        for name, row in zip(names, table.itertuples(index=False), strict=True)
    )
    said = claims.asked_takers(
        product=found.product, n_allowed=found.n_allowed, n=found.n_matching, names=names[:_FIRST]
    )
    return ask.answer(
        f"who would want it, model {found.model_version}",
        said,
        facts=(
            number("May be offered it", found.n_allowed, "customers"),
            *facts,
        ),
        notes=found.notes,
        page=_PAGE,
        query={"view": "By product"},
        link="Recommendations, By product",
        pairs=tuple((str(one), ask.product_id) for one in table["customer_id"]),
    )


def fairness(ask: Asking) -> Answer:
    """What the audit says: of the product's category where one is named, else of all."""
    known = ask.sources.fairness.attributes
    if not known:
        raise BadInput("This bank records nothing by which groups could be compared.")
    attribute = ask.slots.attribute if ask.slots.attribute in known else known[0]
    report = ask.sources.fairness.report(attribute)
    link: dict[str, Any] = {
        "page": "fairness",
        "query": {"attribute": attribute},
        "link": "Fairness",
    }
    source = f"the audit by {attribute}, model {report.model_version}"
    if not ask.product_id:
        return ask.answer(source, report.sentence, lines=report.alerts[:_FIRST], **link)
    sheet = ask.sources.products.of(ask.product_id)
    rows = report.table[(report.table["category"] == sheet.category) & report.table["judged"]]
    said = claims.asked_shares(
        product=sheet.name,
        category=sheet.category,
        n_alerts=int(rows["alert"].sum()),
        attribute=attribute,
    )
    facts = tuple(
        share(
            str(row.group).capitalize(),
            row.share_of_recipients,
            f"of those who get it; {figures.percent(row.share_of_eligible)} of the eligible",
        )
        for row in rows.itertuples()
    )
    if rows.empty:
        return ask.answer(source, f"Too few are offered {sheet.category} to compare groups", **link)
    link["query"] |= {"category": sheet.category}
    return ask.answer(source, said, facts=facts, notes=report.notes, **link)


def product(ask: Asking) -> Answer:
    """What a product is, costs and asks."""
    sheet = ask.sources.products.of(ask.product_id)
    facts = tuple(Fact(label, text, text) for label, text in sheet.terms.items())
    if sheet.n_holders is not None:
        facts = (*facts, number("Held by", sheet.n_holders, "customers"))
    return ask.answer(
        "the catalogue",
        sheet.description or f"{sheet.name}, {sheet.category}",
        facts=facts,
        lines=sheet.conditions,
        page="data",
        query={"tab": "Products", "product": ask.product_id},
        link=f"Data, {sheet.name}",
    )
