"""A customer in; one page to read before a meeting with them, as PDF or as HTML to print, out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from engine import figures
from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.explain.actions import NO_OFFER
from engine.results import Brief, BriefOffer, CallCard, Profile, Recommendation
from engine.services.customers import Customers
from engine.services.day import Days
from engine.services.exports import brief_html, brief_pdf, brief_text
from engine.services.offers import Offers
from engine.services.receipts import Receipts
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import CORPORATE

KINDS: Final = ("pdf", "html")
_CHANGES = 6
_RELATIONS = 9
_FOR_STAFF: Final = "For the bank's own staff, not for the customer."
_READ: Final = {
    True: "Confidence is the chance that this is the next product, given that one is taken.",
    False: "Fit is the percentile of the score within the bank, and no chance.",
}
"""How to read the offers, where there is history and where not."""


class Briefs:
    """The page that a relationship manager takes to a meeting.

    Notes
    -----
    It names nobody but the customer and the bank's own staff. Who has opted out of personal
    recommendations gets no index, mood or offer on it, but their open cases and promises.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        customers: Customers,
        days: Days,
        offers: Offers,
        receipts: Receipts,
        now: Callable[[], datetime],
    ):
        self._snapshots = snapshots
        self._customers = customers
        self._days = days
        self._offers = offers
        self._receipts = receipts
        self._now = now

    def of(self, customer_id: str, *, actor: str, k: int = 5) -> Brief:
        """What is on record, with the list that opens; its receipt says to whom it was given.

        Raises
        ------
        NotFound
            If there is no such customer; one who was erased is none.
        BadInput
            If k is out of range.
        """
        record = self._customers.profile(customer_id)
        card = self._days.card(customer_id)
        given = self._offers.recommend(customer_id, k=k)
        number = self._receipts.write(given, actor=actor)
        bank, facts = self._snapshots.current().bank, record.facts
        personal = given.personalised
        return Brief(
            customer_id=customer_id,
            name=str(facts.get("name") or customer_id),
            today=pd.Timestamp(self._now()).normalize(),
            as_of=record.as_of,
            currency=record.currency,
            line=card.line,
            who=_who(record),
            relations=_relations(record),
            figures=_figures(record, personal),
            months=record.months[["month", "balance", "income", "spending"]],
            categories=record.categories[["category", "share"]],
            money_notes=(*record.notes, *_balances(record)),
            mood=(*(_mood(record) if personal else ()), *_cases(record, personal)),
            last_contact=card.last_contact,
            changes=_changes(self._days.timeline(customer_id), card),
            avoid=card.avoid,
            promises=tuple(_dated(one.due, one.note) for one in card.follow_ups),
            last_note=card.last_note,
            action=given.action or ("" if given.offers else NO_OFFER),
            offers=tuple(_offer(one) for one in given.offers),
            sources=_sources(bank, record, given, number),
        )

    def parts(self, brief: Brief) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every part of the page in words: its title and its texts."""
        return brief_text.parts(brief)

    def export(self, brief: Brief, kind: str) -> bytes:
        """The page as a file: "pdf", the same bytes for the same page, or "html" to print."""
        if kind not in KINDS:
            raise BadInput(f"Got the kind of file {kind!r}; expected {' or '.join(KINDS)}.")
        return (brief_pdf if kind == "pdf" else brief_html).exported(brief)


def _who(record: Profile) -> tuple[tuple[str, str], ...]:
    """What the record says; gender, nationality and the like are nobody's business in a meeting."""
    facts, company = record.facts, record.facts.get("audience") == CORPORATE

    def said(*names: str) -> str:
        return ", ".join(str(v) for name in names if (v := facts.get(name)) not in (None, ""))

    def amount(name: str) -> str:
        value = facts.get(name)
        return "" if value is None else figures.money(value, record.currency)

    since = facts.get("joined_on")
    known = {
        "Number": record.customer_id,
        "Looked after by": said("relationship_manager"),
        "Customer since": "" if since is None else figures.day(since),
        "Age": _whole(facts.get("age")),
        ("Based in" if company else "Lives in"): said("city", "region", "country"),
        "Occupation": said("occupation"),
        "Industry": said("industry"),
        "Employees": _whole(facts.get("n_employees")),
        "Dependants": _whole(facts.get("dependents")),
        "Yearly income": amount("annual_income"),
        "Yearly revenue": amount("annual_revenue"),
        "Goals": said("goals").replace(";", "; ").replace("  ", " "),
        "Risk tolerance": said("risk_tolerance"),
        "E-mail": said("email"),
        "Phone": said("phone"),
    }
    return tuple((label, text) for label, text in known.items() if text)


def _whole(value: Any) -> str:
    return "" if value is None else f"{value:,.0f}"


def _relations(record: Profile) -> tuple[str, ...]:
    held = [
        f"{row.name} ({row.category}){_since(row.opened_on)}"
        for row in record.holdings.astype({"name": object, "category": object})
        .fillna({"name": "Unnamed product", "category": "no category"})
        .itertuples()
    ]
    accounts = [
        f"Account, {row.kind}: {figures.money(row.balance, record.currency)}"
        for row in record.accounts.itertuples()
    ]
    said = [*held, *accounts]
    if len(said) > _RELATIONS:
        said = [*said[: _RELATIONS - 1], f"and {len(said) - _RELATIONS + 1} more"]
    return tuple(said)


def _since(opened: Any) -> str:
    return "" if pd.isna(opened) else f", since {figures.day(opened)}"


_PERSONAL: Final = ("Value a year", "Spending variation", "Satisfaction")
"""Key figures that are worked out of the customer's behaviour."""


def _figures(record: Profile, personal: bool) -> tuple[tuple[str, str], ...]:
    known = [
        (label, f"{value} ({remark})" if remark else value)
        for label, (value, remark) in record.figures.items()
        if personal or label not in _PERSONAL
    ]
    if personal:
        known += [
            (one.label, f"{one.value:.1f} of 10, {one.word}")
            for one in record.metrics.values()
            if one.known
        ]
    return tuple(known)


def _balances(record: Profile) -> tuple[str, ...]:
    """That the balance of the months is not that of all accounts, where it is not."""
    known = record.months["balance"].dropna()
    together = record.figures.get("Balance")
    last = "" if known.empty else figures.money(known.iloc[-1], record.currency)
    if not last or together is None or together[0] == last:
        return ()
    said = f"The monthly balance ends at {last}; all current, savings or deposit accounts"
    return (f"{said}: {together[0]}.",)


def _mood(record: Profile) -> tuple[str, ...]:
    if record.mood is None:
        return ()
    n = figures.count(int(record.messages["used"].astype(bool).sum()), "message")
    return (f"Mood {figures.signed(record.mood, 1)} on a scale of −1 to 1, of {n}",)


def _cases(record: Profile, personal: bool) -> tuple[str, ...]:
    """What the bank owes an answer to: that is service, also to who has opted out; what models
    read in it is left out then."""
    messages, said = record.messages, []
    open_ = messages[messages["resolved"].eq(False).fillna(False) & (messages["kind"] != "post")]
    for row in open_.head(3).itertuples():
        about = "" if not personal or pd.isna(row.topics) or not row.topics else f": {row.topics}"
        said.append(f"Unresolved {row.kind} of {figures.day(row.sent_at)}{about}")
    if len(open_) > 3:
        said.append(f"and {len(open_) - 3} more unresolved")
    return tuple(said)


def _changes(stream: pd.DataFrame, card: CallCard) -> tuple[str, ...]:
    """What came after the last contact; an offer that was only shown is no news."""
    news = stream[~stream["kind"].isin(["offer", "contact"])]
    if card.last_contact is not None:
        news = news[news["at"] > card.last_contact]
    said = [
        _dated(row.at, f"{row.what}: {row.detail}" if row.detail else row.what)
        for row in news.head(_CHANGES).itertuples()
    ]
    more = len(news) - len(said)
    return (*said, f"and {more} more") if more and card.last_contact is not None else tuple(said)


def _dated(when: Any, text: str) -> str:
    return f"{figures.day(when)}: {text}" if text else figures.day(when)


def _offer(one: Any) -> BriefOffer:
    sure = (
        f"fit {figures.percent(one.fit)} (no history)"
        if one.confidence is None
        else f"confidence {figures.percent(one.confidence)}"
    )
    told = ", ".join((sure, one.word, *one.marks))
    checks = (*one.checks, *filter(None, [one.moved, one.notice]))
    return BriefOffer(one.rank, one.name, one.category, told, one.reasons, checks)


def _sources(bank: Bank, record: Profile, given: Recommendation, number: int) -> tuple[str, ...]:
    manifest = bank.manifest
    simulated = ", simulated: every figure is generated" if manifest.simulated else ""
    files: Mapping[str, str] = manifest.sources
    named = f", from {figures.count(len(files), 'file')}" if files else ""
    end = f", data as of {figures.day(record.as_of)}, edition {manifest.edition}"
    models = f"Model {given.model_version}; mood by {record.sentiment_source}"
    receipt = f"Receipt no. {number}, {given.receipt_id}"
    read = {_READ[one.confidence is not None] for one in given.offers}
    staff = " ".join((_FOR_STAFF, *sorted(read)))
    return f"{manifest.name}{simulated}{named}{end}", f"{models}. {receipt}", staff
