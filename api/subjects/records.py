"""Routes that store: feedback, consents, purchases, tickets and posts; each once, by its id."""

import datetime as dt
from typing import Any, Literal

from pydantic import UUID4, UUID5, Field

from api.endpoint import WRITE, Answer, Body, Call, Endpoint
from api.problems import Problem
from api.schemas import Shape
from engine.errors import NotFound
from engine.results import Added, Offer

Asked = Literal["clicked", "selected", "accepted", "postponed", "dismissed", "rated", "purchased"]
Share = float | None
Day = dt.date | None
_STATED = "Made by the client; the same again stores nothing again."


class Aspects(Body):
    """A rating in six parts, each 0-1."""

    relevance: float = Field(ge=0, le=1)
    clarity: float = Field(ge=0, le=1)
    value: float = Field(ge=0, le=1)
    complexity: float = Field(ge=0, le=1)
    risk_level: float = Field(ge=0, le=1)
    cost: float = Field(ge=0, le=1)


class FeedbackBody(Body):
    """What became of an offer."""

    event_id: UUID4 | UUID5 = Field(description=f"A UUID. {_STATED}")
    customer_id: str = Field(max_length=200)
    product_id: str = Field(max_length=200)
    action: Asked
    rating: Share = Field(None, ge=0, le=1)
    aspects: Aspects | None = Field(None, description="In place of one rating.")
    reason: str = Field("", max_length=200)
    comment: str = Field("", max_length=1000)
    receipt_id: str = Field(
        "", max_length=200, description="Of the list that showed the offer; its place is kept then."
    )


class FeedbackAnswer(Shape):
    """Whether it was stored now; false where it was there already."""

    event_id: str
    stored: bool


class ConsentBody(Body):
    """What the customer says."""

    status: Literal["granted", "refused", "unknown"]


class ConsentAnswer(Shape):
    """As `consent --json` prints it."""

    customer_id: str
    purpose: str
    status: str


class _Record(Body):
    submit_id: str = Field(min_length=8, max_length=100, description=_STATED)
    on: Day = Field(None, description="Its day; else today.")


class PurchaseBody(_Record):
    """A purchase; what was paid is positive."""

    amount: float = Field(gt=0, le=1e9)
    category: str = Field(min_length=1, max_length=100)
    merchant: str = Field(min_length=1, max_length=200)
    channel: str = Field("", max_length=100)
    payment_method: str = Field("", max_length=100)


class TicketBody(_Record):
    """A support contact."""

    text: str = Field(min_length=1, max_length=5000)
    topics: tuple[str, ...] = Field((), max_length=20)
    repeated: bool = False
    resolved: bool = False


class PostBody(_Record):
    """A post."""

    platform: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=5000)
    topics: tuple[str, ...] = Field((), max_length=20)


def feedback(call: Call) -> Answer:
    """Store what became of an offer, once an id."""
    told: FeedbackBody = call.body
    _expect_same(call, told)
    stored = call.engine.feedback.record(
        event_id=str(told.event_id),
        customer_id=told.customer_id,
        product_id=told.product_id,
        action=told.action,
        actor=call.actor,
        rating=told.rating,
        aspects=told.aspects.model_dump() if told.aspects else None,
        reason=told.reason,
        comment=told.comment,
        offer=_offer(call, told) if told.receipt_id else None,
        receipt_id=told.receipt_id,
    )
    if not stored:
        _expect_same(call, told)
    return Answer({"event_id": str(told.event_id), "stored": stored}, 201 if stored else 200)


def _expect_same(call: Call, told: FeedbackBody) -> None:
    """409 where the id was used for something else, which this client may not be told of."""
    before = call.whole.snapshots.events.find(str(told.event_id))
    names = ("customer_id", "product_id", "action")
    if before is not None and any(before[name] != getattr(told, name) for name in names):
        raise Problem(409, "This event_id was used for another event; nothing was stored.")


def _offer(call: Call, told: FeedbackBody) -> Offer | None:
    """The offer as it was shown, where the customer's list still is that of the receipt."""
    try:
        shown = call.engine.receipts.get(told.receipt_id)
    except NotFound as error:
        raise Problem(422, "There is no such receipt of this customer.") from error
    if shown.customer_id != told.customer_id:
        raise Problem(422, "There is no such receipt of this customer.")
    now = call.engine.offers.recommend(
        told.customer_id, k=shown.k, list=shown.list, order=shown.order
    )
    same = now.offers if now.receipt_id == told.receipt_id else ()
    return next((one for one in same if one.product_id == told.product_id), None)


def consent(call: Call) -> dict[str, Any]:
    """Record what a customer allows; it holds at once, everywhere."""
    purpose, status = call.path["purpose"], call.body.status
    customer = call.customer
    call.engine.records.set_consent(customer, purpose, status, source="api", actor=call.actor)
    return {"customer_id": customer, "purpose": purpose, "status": status}


def purchase(call: Call) -> Answer:
    """Store a purchase."""
    return _added(call, call.engine.records.add_purchase)


def ticket(call: Call) -> Answer:
    """Store a ticket."""
    return _added(call, call.engine.records.add_ticket)


def post(call: Call) -> Answer:
    """Store a post."""
    return _added(call, call.engine.records.add_post)


def _added(call: Call, add: Any) -> Answer:
    fields = {name: getattr(call.body, name) for name in type(call.body).model_fields}
    fields["submit_id"] = call.own(fields["submit_id"])
    added: Added = add(call.customer, actor=call.actor, **fields)
    return Answer(added, 201 if added.stored else 200)


_ONE = "/customers/{customer_id}"
_NEW = {"scope": WRITE, "status": (201, 200), "conflicts": True}
ENDPOINTS = (
    Endpoint(
        "POST",
        "/feedback",
        "feedback",
        "What became of an offer, once an id",
        "records",
        "feedback.record",
        feedback,
        FeedbackAnswer,
        body=FeedbackBody,
        **_NEW,
    ),
    Endpoint(
        "PUT",
        f"{_ONE}/consents/{{purpose}}",
        "consent",
        "What a customer allows or objects to",
        "records",
        "records.set_consent",
        consent,
        ConsentAnswer,
        scope=WRITE,
        body=ConsentBody,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/purchases",
        "purchase",
        "A purchase, once an id",
        "records",
        "records.add_purchase",
        purchase,
        Added,
        body=PurchaseBody,
        **_NEW,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/tickets",
        "ticket",
        "A support contact, once an id",
        "records",
        "records.add_ticket",
        ticket,
        Added,
        body=TicketBody,
        **_NEW,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/posts",
        "post",
        "A post, once an id",
        "records",
        "records.add_post",
        post,
        Added,
        body=PostBody,
        **_NEW,
    ),
)
