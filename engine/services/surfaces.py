"""Every answer of the program that offers something to customers, and how to ask whom and what.

A new method of a service joins this list, or `OTHERS` with the reason why it offers nothing; a
test finds one that is in neither. Another walks the list: what a customer objects to is gone from
all of it with the next answer.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.errors import BadInput
from engine.results import Campaign
from engine.vocabulary import GROWTH

if TYPE_CHECKING:
    from engine.engine import Engine

Offered = set[tuple[str, str]]
"""Pairs of customer id and product id."""
_LOOKED_AT: Final = 3
"""Products that a question about one product is asked of."""


@dataclass(frozen=True)
class Surface:
    """One answer that offers something."""

    name: str
    """service.method, as the engine has it."""
    offered: Callable[["Engine", Sequence[str]], Offered]
    """What is offered to which of some customers."""
    also: tuple[str, ...] = ()
    """Other methods that give the same answer in another shape."""


def surfaces() -> tuple[Surface, ...]:
    """Every answer that offers something."""
    return (
        Surface("offers.recommend", _recommend, ("offers.list_that_opens",)),
        Surface("offers.score", _scored),
        Surface("offers.affinity", _affinity),
        Surface("scenarios.what_if", _what_if, ("scenarios.situation", "scenarios.products")),
        Surface("scenarios.why_not", _why_not),
        Surface("scenarios.explain", _explained),
        Surface("scenarios.compare", _compared),
        Surface("scenarios.nearest", _nearest),
        Surface("prospects.of", _prospects, ("prospects.products",)),
        Surface("prospects.export", _prospect_file),
        Surface("campaigns.plan", _campaign, ("campaigns.compare", "campaigns.side_by_side")),
        Surface("campaigns.export", _campaign_file),
        Surface("customers.table", _overview),
        Surface("customers.export", _customer_file),
        Surface("customers.strategy", _strategy),
        Surface("selections.book", _counted, ("selections.open", "selections.who")),
        Surface("days.today", _calls, ("days.managers",)),
        Surface("assistant.ask", _replied),
        Surface("days.card", _cards),
        Surface("briefs.of", _briefs, ("briefs.parts", "briefs.export")),
        Surface("writing.customer", _written),
        Surface("segments.like", _alike, ("segments.of_customer", "segments.counts")),
        Surface(
            "segments.who",
            _in_segments,
            ("segments.overview", "segments.profile", "segments.area", "segments.export"),
        ),
    )


_SERVICES: Final[Mapping[str, tuple[str, str]]] = {
    "levers": (
        "Counts of the whole bank, made of the same lists; settings.",
        "agreed apply effect in_force load locked log mend remove save saved switches table "
        "take_back waiting wider",
    ),
    "fairness": (
        "Counts of groups, made of the same lists.",
        "alerts_of_last_audit blinding compare crossed hours_since_audit proxies report reports "
        "taken why",
    ),
    "alerts": (
        "What needs attention: cases, money and leaving; none proposes a product.",
        "acknowledge counts feed open reopen standing",
    ),
    "mitigating": (
        "Prices for the whole bank, before and after on the same lists.",
        "find keep",
    ),
    "personas": (
        "Who must and must not get what, tried on settings.",
        "add check gone remove require tests",
    ),
    "pilots": (
        "Whom files are narrowed to; what stands in them is the lists above.",
        "among everybody scope seen",
    ),
    "packs": (
        "Reports of the bank as a whole, without customers.",
        "content make report",
    ),
    "experiments": (
        "Arms, and counts of what they took; what arms are offered stands in the lists above.",
        "arm_of look may_see plan remove sample start stop table",
    ),
    "products": (
        "The catalogue.",
        "of table topics",
    ),
    "records": (
        "What people set down.",
        "add_post add_purchase add_ticket edit has_market preferences remove_market reset "
        "save_market save_preferences set_consent",
    ),
    "receipts": (
        "What was shown at the time, as it was.",
        "erase extract get of replay table verify write",
    ),
    "trail": (
        "Who did what.",
        "audited counts exported head looked note table verify",
    ),
    "retention": (
        "Deletes what is past its period.",
        "due run",
    ),
    "erasing": (
        "Takes customers out.",
        "erase finish",
    ),
    "access": (
        "What is kept of one customer, for that customer.",
        "export",
    ),
    "pseudonyms": (
        "Changes who is named in files that were made.",
        "file keyed known managers numbers of table",
    ),
    "notices": (
        "What is used of one customer and why, for that customer.",
        "export of",
    ),
    "feedback": (
        "What people answered.",
        "answers history left_out purchased raw_rows record record_shown statistics undo usage",
    ),
    "models": (
        "Versions of the models; whose first offers they name, these are those of the lists above.",
        "age_hours agree compare doctor drift kept_back quality_history retrain roll_back "
        "served_before versions warm_up whom_to_ask",
    ),
    "learned_metrics": (
        "Metrics of customers.",
        "expected_loss fit learned_from remove table targets",
    ),
    "tuning": (
        "Settings of the models.",
        "tune",
    ),
    "evaluations": (
        "How good past lists were, without names.",
        "behind_weak_spots confidence evaluate export_weak_spots stability stored weak_spots",
    ),
    "speech": (
        "Writes down what was said.",
        "listener transcribe",
    ),
    "meetings": (
        "What notes say, to be confirmed; it names no product.",
        "confirm read take_back",
    ),
    "search": (
        "Finds a customer, a page or a product by its name.",
        "find warm_up",
    ),
    "views": (
        "Queries of pages.",
        "get last leave open remove rename save saved",
    ),
    "notes": (
        "Notes on days.",
        "add all remove",
    ),
    "demonstration": (
        "A story about the generated bank, told of the lists above.",
        "reset stop",
    ),
    "facts": (
        "The bank as a whole.",
        "acknowledged damage quality settings summary tables tag",
    ),
    "governance": (
        "Models, sources and overrides.",
        "audits changed controls drift drift_owner history inventory lineage overrides overview "
        "parts questions release sources trail",
    ),
}
"""Service -> why none of its methods offers something to a customer, and the methods."""

OTHERS: Final[Mapping[str, str]] = {
    **{
        f"{service}.{method}": why
        for service, (why, methods) in _SERVICES.items()
        for method in methods.split()
    },
    "customers.choices": "Values of a filter.",
    "assistant.of": "Itself, over the services of another engine.",
    "assistant.suggestions": "Questions to begin with, the same about everybody.",
    "assistant.day_ahead": "A day.",
    "assistant.warm_up": "Reads phrasings.",
    "assistant.start_warm_up": "Reads phrasings.",
    "customers.insights": "Counts, made of the book.",
    "customers.profile": "The record; it names no product that is not held.",
    "customers.expect_personal": "Refuses.",
    "customers.open_cases": "How many cases of a book are open.",
    "customers.spending_kinds": "Kinds of spending of the bank's payments.",
    "customers.needs": "The customer's own words and habits, so that they can be put right.",
    "customers.forecast": "The customer's own money.",
    "customers.backtest": "Errors of forecasts.",
    "customers.cashflow": "The customer's own money.",
    "customers.goal": "The customer's own savings goal.",
    "segments.compare": "Two segments side by side, as figures.",
    "segments.title": "A name.",
    "segments.warm_up": "Finds them.",
    "selections.read": "An address.",
    "selections.no_lists": "Who has no list, and why.",
    "selections.nothing": "Who has no list, by group.",
    "selections.alerted": "Who has an alert.",
    "selections.weak_spot": "Who is in a group.",
    "campaigns.defaults": "Figures of the settings.",
    "campaigns.returns": "A formula over typed figures.",
    "campaigns.base": "Whom a campaign asks about, before anybody is offered anything.",
    "campaigns.outcome": "What the arms took, as counts.",
    "campaigns.saved": "Campaigns by name.",
    "campaigns.save": "Keeps a campaign.",
    "campaigns.remove": "Forgets a campaign.",
    "days.timeline": "What happened.",
    "days.log": "Writes.",
    "days.promise": "Writes.",
    "days.snooze": "Writes.",
    "days.done": "Writes.",
    "days.take_back": "Writes.",
    "writing.product": "What people say of a product.",
    "scans.reader": "A name.",
    "scans.absence": "A sentence about the program.",
    "scans.describe": "A picture in words.",
    "scans.read": "What stands on a picture.",
    "scans.category": "A kind of spending.",
    "scans.alike": "Purchases that are there already.",
    "scans.confirm": "Writes.",
    "scans.of": "Pictures that were kept.",
    "scans.picture": "A picture that was kept.",
    "evidence.proposed": "Topics of a text.",
    "evidence.add": "Writes.",
    "evidence.rows": "Checks what is to be written.",
    "evidence.of": "The customer's own words, so that they can be put right.",
    "evidence.take_back": "Writes.",
    "evidence.refused": "What the customer said about a purpose.",
}
"""service.method -> why it offers nothing to a customer."""


def _recommend(engine: "Engine", ids: Sequence[str]) -> Offered:
    given = (engine.offers.recommend(one) for one in ids)
    return {(one.customer_id, offer.product_id) for one in given for offer in one.offers}


def _scored(engine: "Engine", ids: Sequence[str]) -> Offered:
    return _pairs(engine.offers.score(lists=[GROWTH], customers=ids), ids)


def _affinity(engine: "Engine", ids: Sequence[str]) -> Offered:
    """A likeness of products, before the guard; of whom any is worked out."""
    return {(one, "") for one in ids if len(engine.offers.affinity(one).table)}


def _what_if(engine: "Engine", ids: Sequence[str]) -> Offered:
    found: Offered = set()
    for one in ids:
        table = engine.scenarios.what_if(one, mood=0.5).table
        found |= {(one, product) for product in table.loc[table["rank"].notna(), "product_id"]}
    return found


def _first_products(engine: "Engine", customer: str) -> list[str]:
    return engine.scenarios.products(customer)["product_id"].tolist()[:_LOOKED_AT]


def _why_not(engine: "Engine", ids: Sequence[str]) -> Offered:
    return {
        (one, product)
        for one in ids
        for product in _first_products(engine, one)
        if engine.scenarios.why_not(one, product).status != "removed"
    }


def _explained(engine: "Engine", ids: Sequence[str]) -> Offered:
    return _answered(
        ids, lambda one: engine.scenarios.explain(one, *_first_products(engine, one)[:1])
    )


def _compared(engine: "Engine", ids: Sequence[str]) -> Offered:
    return _answered(
        ids, lambda one: engine.scenarios.compare(one, *_first_products(engine, one)[:2])
    )


def _nearest(engine: "Engine", ids: Sequence[str]) -> Offered:
    return _answered(ids, lambda one: engine.scenarios.nearest(customer_id=one))


def _strategy(engine: "Engine", ids: Sequence[str]) -> Offered:
    return _answered(ids, lambda one: engine.customers.strategy(one))


def _answered(ids: Sequence[str], ask: Callable[[str], Any]) -> Offered:
    """Of whom a question about no product in particular is answered; the product is ""."""
    found: Offered = set()
    for one in ids:
        try:
            ask(one)
        except BadInput:
            continue
        found.add((one, ""))
    return found


def _takers(engine: "Engine") -> Iterable[Any]:
    products = engine.prospects.products()["product_id"].tolist()
    products = products[:: max(1, len(products) // _LOOKED_AT)]
    return [engine.prospects.of(product, top=5000) for product in products]


def _prospects(engine: "Engine", ids: Sequence[str]) -> Offered:
    return {
        (customer, one.product_id)
        for one in _takers(engine)
        for customer in set(one.table["customer_id"]) & set(ids)
    }


def _prospect_file(engine: "Engine", ids: Sequence[str]) -> Offered:
    found: Offered = set()
    for one in _takers(engine):
        named = _cells(engine.prospects.export(one, "csv"))
        found |= {(customer, one.product_id) for customer in named & set(ids)}
    return found


def _campaign(engine: "Engine", ids: Sequence[str]) -> Offered:
    made = engine.campaigns.plan(Campaign("walk"))
    return _pairs(made.table, ids) | _pairs(made.left_out, ids)


def _campaign_file(engine: "Engine", ids: Sequence[str]) -> Offered:
    made = engine.campaigns.plan(Campaign("walk"))
    named = _cells(engine.campaigns.export(made, "csv")) & set(ids)
    return {pair for pair in _pairs(made.table, ids) if pair[0] in named} | {
        (one, "") for one in named - set(made.table["customer_id"])
    }


def _overview(engine: "Engine", ids: Sequence[str]) -> Offered:
    table = engine.customers.table()
    mine = table[table["customer_id"].isin(ids) & table["next_offer"].notna()]
    names = _ids_by_name(engine)
    return {
        (str(one), names.get(str(offer), ""))
        for one, offer in zip(mine["customer_id"], mine["next_offer"], strict=True)
    }


def _customer_file(engine: "Engine", ids: Sequence[str]) -> Offered:
    table = engine.customers.table()
    content = engine.customers.export(table[table["customer_id"].isin(ids)], "csv")
    names = _ids_by_name(engine)
    return {
        (next(cell for cell in row if cell in set(ids)), names[cell])
        for row in _rows(content)
        if set(row) & set(ids)
        for cell in row
        if cell in names
    }


def _counted(engine: "Engine", ids: Sequence[str]) -> Offered:
    """Whom the numbers of Insights count as somebody to offer a product to."""
    book = engine.selections.book()
    customers = book.bank["customers"]["customer_id"]
    products = list(book.bank.product_ids)
    mine = customers.isin(ids).to_numpy()
    allowed = {
        (str(customers.iloc[row]), str(products[column]))
        for row in mine.nonzero()[0]
        for column in book.allowed[row].nonzero()[0]
    }
    return allowed | {
        (str(one), str(product))
        for product in products
        for one in customers[mine & book.who("offered_first", str(product))]
    }


def _calls(engine: "Engine", ids: Sequence[str]) -> Offered:
    names = _ids_by_name(engine)
    return {
        (call.customer_id, names.get(call.product or "", ""))
        for call in engine.days.today(most=10**6).calls
        if call.customer_id in ids and call.product
    }


def _replied(engine: "Engine", ids: Sequence[str]) -> Offered:
    """What the assistant names to whoever asks what to offer, why, and who would want a product."""
    names = engine.prospects.products()["name"].tolist()
    asked = [f"who would want {name}?" for name in names[:: max(1, len(names) // _LOOKED_AT)]]
    for one in ids:
        asked += [f"what should I offer {one}?", f"why would you recommend that to {one}?"]
    told = [pair for q in asked for a in engine.assistant.ask(q).answers for pair in a.pairs]
    return {(customer, product) for customer, product in told if customer in ids}


def _cards(engine: "Engine", ids: Sequence[str]) -> Offered:
    cards = (engine.days.card(one) for one in ids)
    return {(card.customer_id, card.product_id) for card in cards if card.product_id}


def _briefs(engine: "Engine", ids: Sequence[str]) -> Offered:
    names = _ids_by_name(engine)
    made = ((one, engine.briefs.of(one, actor="the program")) for one in ids)
    return {(one, names.get(offer.name, "")) for one, brief in made for offer in brief.offers}


def _written(engine: "Engine", ids: Sequence[str]) -> Offered:
    """Products that the paragraph about a customer names and that they do not hold."""
    names, found = _ids_by_name(engine), set[tuple[str, str]]()
    for one in ids:
        made = engine.writing.customer(one)
        said = f"{made.line.text} {made.paragraph.text}"
        first = [offer.name for offer in engine.offers.recommend(one, k=20).offers]
        found |= {(one, names.get(name, "")) for name in first if name in said}
    return found


def _alike(engine: "Engine", ids: Sequence[str]) -> Offered:
    """Whom a segment of customers who are alike is shown for, so that they are offered alike."""
    engine.segments.warm_up()
    return {(one, "") for one in ids if engine.segments.like(one) is not None}


def _in_segments(engine: "Engine", ids: Sequence[str]) -> Offered:
    numbers = engine.segments.overview().table["number"]
    customers = engine.bank["customers"]["customer_id"]
    inside = [customers[engine.segments.who("profile_segment", str(n))] for n in numbers]
    drawn = [one.points["customer_id"] for one in engine.segments.overview().maps]
    return {(str(one), "") for found in (*inside, *drawn) for one in found if one in ids}


def _pairs(table: Any, ids: Sequence[str]) -> Offered:
    mine = table[table["customer_id"].isin(ids)]
    return {*zip(mine["customer_id"].astype(str), mine["product_id"].astype(str), strict=True)}


def _ids_by_name(engine: "Engine") -> dict[str, str]:
    products = engine.bank["products"]
    return dict(zip(products["name"], products["product_id"], strict=True))


def _rows(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig")))]


def _cells(content: bytes) -> set[str]:
    return {cell for row in _rows(content) for cell in row}
