"""System D's routes: profiles, histories that are read and added to, lists, pictures."""

import base64
import binascii
import datetime as dt
import uuid
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from api.endpoint import MEGABYTE, WRITE, Answer, Body, Call, Endpoint
from api.problems import Problem
from api.schemas import Shape
from engine.results import Added

_TEXT = str | None
_DAY = dt.date | None


class CompatMetrics(Shape):
    """The four metrics, 0-10, under D's names."""

    churn_rate: float
    profit_generated: float
    risk_appetite: float
    financial_acumen: float
    argument: str


class CompatProfile(Shape):
    """A customer under D's names."""

    customer_id: str
    age: float | None
    gender: _TEXT
    education: _TEXT
    is_married: bool | None
    num_of_children: float | None
    location: _TEXT
    income: float | None
    job: _TEXT
    goals: _TEXT
    credit_score: float | None
    satisfaction: float | None
    balance: list[float | None]
    loan_amts: list[float | None]
    monthly_spending: list[float | None]
    main_purchase_cat: list[str]
    support_interaction_count: int
    input_params: CompatMetrics


class CompatPurchase(Shape):
    """A payment; what was paid is positive."""

    date: _TEXT
    platform: _TEXT
    payment_method: _TEXT
    amt: float | None
    item_category: _TEXT
    item_brand: _TEXT


class CompatPost(Shape):
    """A post."""

    date: _TEXT
    platform: _TEXT
    text_content: _TEXT
    topics_of_interest: _TEXT
    sentiment_score: float | None


class CompatTicket(Shape):
    """A support contact."""

    date: _TEXT
    transcript: _TEXT
    main_concerns: _TEXT
    is_repeating_issue: bool | None
    was_issue_resolved: bool | None
    sentiment: float | None


class CompatLists(Shape, protected_namespaces=()):
    """Both lists of a customer by their products."""

    customer_id: str
    model_version: str
    top_n_products: list[str]
    top_n_passive_products: list[str]


class CompatPicture(Shape):
    """A picture in one sentence; it is not kept."""

    description: str


class _New(Body):
    submit_id: str = Field(
        "",
        max_length=100,
        description="The same again stores nothing again; without one each request is a new one.",
    )
    date: _DAY = Field(None, description="Else today.")


class NewPurchase(_New):
    """A purchase under D's names."""

    amt: float = Field(gt=0, le=1e9)
    item_category: str = Field(min_length=1, max_length=100)
    item_brand: str = Field(min_length=1, max_length=200)
    platform: str = Field("", max_length=100)
    payment_method: str = Field("", max_length=100)


class NewPost(_New):
    """A post under D's names."""

    platform: str = Field(min_length=1, max_length=100)
    text_content: str = Field(min_length=1, max_length=5000)
    topics_of_interest: tuple[str, ...] = Field((), max_length=20)


class NewTicket(_New):
    """A support contact under D's names."""

    transcript: str = Field(min_length=1, max_length=5000)
    main_concerns: tuple[str, ...] = Field((), max_length=20)
    is_repeating_issue: bool = False
    was_issue_resolved: bool = False


class NewPicture(Body):
    """A picture as a data URL."""

    image: str = Field(min_length=20, max_length=16 * MEGABYTE, pattern=r"^data:image/")


def customer_ids(call: Call) -> list[str]:
    """Every customer's number."""
    table = call.engine.customers.table(sort="customer_id", descending=False)
    call.engine.trail.exported("list of customers", actor=call.actor, rows=len(table))
    return table["customer_id"].tolist()


def customer_profile(call: Call) -> dict[str, Any]:
    """One customer."""
    record = call.engine.customers.profile(call.look(call.customer))
    facts, metrics = record.facts, record.metrics
    married = facts["marital_status"]
    of_messages = record.messages["kind"]
    return {
        "customer_id": record.customer_id,
        **{name: facts[name] for name in ("age", "gender", "education", "credit_score")},
        "is_married": None if married is None else str(married).lower() == "married",
        "num_of_children": facts["dependents"],
        "location": facts["region"] or facts["city"],
        "income": facts["annual_income"],
        "job": facts["occupation"],
        "goals": facts["goals"],
        "satisfaction": facts["satisfaction"],
        "balance": record.months["balance"].tolist(),
        "loan_amts": record.months["loan_balance"].tolist(),
        "monthly_spending": record.months["spending"].tolist(),
        "main_purchase_cat": record.categories["category"].head(5).tolist(),
        "support_interaction_count": int((of_messages == "ticket").sum()),
        "input_params": {
            "churn_rate": metrics["churn"].value,
            "profit_generated": metrics["profit"].value,
            "risk_appetite": metrics["risk"].value,
            "financial_acumen": metrics["acumen"].value,
            "argument": metrics["churn"].argument,
        },
    }


def purchases(call: Call) -> list[dict[str, Any]]:
    """What was paid, newest first."""
    rows = call.engine.customers.profile(call.look(call.customer)).transactions
    paid = rows[rows["amount"] < 0]
    return _renamed(
        paid.assign(amount=-paid["amount"]),
        {
            "date": "booked_at",
            "platform": "channel",
            "payment_method": "payment_method",
            "amt": "amount",
            "item_category": "category",
            "item_brand": "merchant",
        },
    )


def posts(call: Call) -> list[dict[str, Any]]:
    """Posts, newest first."""
    return _messages(
        call,
        "post",
        {
            "date": "sent_at",
            "platform": "platform",
            "text_content": "text",
            "topics_of_interest": "topics",
            "sentiment_score": "sentiment",
        },
    )


def tickets(call: Call) -> list[dict[str, Any]]:
    """Support contacts, newest first."""
    return _messages(
        call,
        "ticket",
        {
            "date": "sent_at",
            "transcript": "text",
            "main_concerns": "topics",
            "is_repeating_issue": "repeated",
            "was_issue_resolved": "resolved",
            "sentiment": "sentiment",
        },
    )


def _messages(call: Call, kind: str, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = call.engine.customers.profile(call.look(call.customer)).messages
    return _renamed(rows[rows["kind"] == kind], names)


def _renamed(rows: pd.DataFrame, names: dict[str, str]) -> list[dict[str, Any]]:
    told = rows[list(names.values())].set_axis(list(names), axis=1)
    days = pd.to_datetime(told["date"]).dt.strftime("%Y-%m-%d")
    return told.assign(date=days).astype(object).to_dict("records")


def add_purchase(call: Call) -> Answer:
    """Store a purchase."""
    told: NewPurchase = call.body
    return _stored(
        call.engine.records.add_purchase(
            call.customer,
            submit_id=_id(call),
            actor=call.actor,
            amount=told.amt,
            category=told.item_category,
            merchant=told.item_brand,
            channel=told.platform,
            payment_method=told.payment_method,
            on=told.date,
        )
    )


def add_post(call: Call) -> Answer:
    """Store a post."""
    told: NewPost = call.body
    return _stored(
        call.engine.records.add_post(
            call.customer,
            submit_id=_id(call),
            actor=call.actor,
            platform=told.platform,
            text=told.text_content,
            topics=told.topics_of_interest,
            on=told.date,
        )
    )


def add_ticket(call: Call) -> Answer:
    """Store a support contact."""
    told: NewTicket = call.body
    return _stored(
        call.engine.records.add_ticket(
            call.customer,
            submit_id=_id(call),
            actor=call.actor,
            text=told.transcript,
            topics=told.main_concerns,
            repeated=told.is_repeating_issue,
            resolved=told.was_issue_resolved,
            on=told.date,
        )
    )


def _id(call: Call) -> str:
    return call.own(call.body.submit_id or str(uuid.uuid4()))


def _stored(added: Added) -> Answer:
    return Answer(added, 201 if added.stored else 200)


def run_ai(call: Call) -> dict[str, Any]:
    """Both lists, with their receipts."""
    wanted = call.look(call.customer)
    names: tuple[Literal["growth", "retention"], ...] = ("growth", "retention")
    growth, retention = (call.engine.offers.recommend(wanted, k=12, list=name) for name in names)
    for one in (growth, retention):
        call.engine.receipts.write(one, actor=call.actor)
    return {
        "customer_id": wanted,
        "model_version": growth.model_version,
        "top_n_products": [offer.product_id for offer in growth.offers],
        "top_n_passive_products": [offer.product_id for offer in retention.offers],
    }


def picture(call: Call) -> dict[str, str]:
    """Say what a picture is."""
    _, _, coded = call.body.image.partition(";base64,")
    try:
        content = base64.b64decode(coded, validate=True)
    except binascii.Error as error:
        raise Problem(422, "The picture is no data URL in base64.") from error
    told = call.engine.scans.describe(content)
    if not told:
        raise Problem(422, "That is no picture that can be taken: a JPG, a PNG or a page of PDF.")
    return {"description": told}


def _route(
    method: str, path: str, name: str, summary: str, asks: str, run: Any, gives: Any, **more: Any
) -> Endpoint:
    where = f"/compat/d/{path}"
    return Endpoint(method, where, f"d_{name}", summary, "compat", asks, run, gives, **more)


_ONE = "{customer_id}"
_NEW = {"scope": WRITE, "status": (201, 200), "conflicts": True}
ENDPOINTS = (
    _route(
        "GET",
        "customer_ids",
        "customer_ids",
        "Customers' numbers",
        "customers.table",
        customer_ids,
        list[str],
    ),
    _route(
        "GET",
        f"customer_profile/{_ONE}",
        "customer_profile",
        "A customer",
        "customers.profile",
        customer_profile,
        CompatProfile,
        tagged=True,
    ),
    _route(
        "GET",
        f"purchase_history/{_ONE}",
        "purchase_history",
        "What a customer paid",
        "customers.profile",
        purchases,
        list[CompatPurchase],
        tagged=True,
    ),
    _route(
        "POST",
        f"purchase_history/{_ONE}",
        "add_purchase",
        "A purchase",
        "records.add_purchase",
        add_purchase,
        Added,
        body=NewPurchase,
        **_NEW,
    ),
    _route(
        "GET",
        f"social_history/{_ONE}",
        "social_history",
        "Posts of a customer",
        "customers.profile",
        posts,
        list[CompatPost],
        tagged=True,
    ),
    _route(
        "POST",
        f"social_history/{_ONE}",
        "add_post",
        "A post",
        "records.add_post",
        add_post,
        Added,
        body=NewPost,
        **_NEW,
    ),
    _route(
        "GET",
        f"support_history/{_ONE}",
        "support_history",
        "Support contacts of a customer",
        "customers.profile",
        tickets,
        list[CompatTicket],
        tagged=True,
    ),
    _route(
        "POST",
        f"support_history/{_ONE}",
        "add_ticket",
        "A support contact",
        "records.add_ticket",
        add_ticket,
        Added,
        body=NewTicket,
        **_NEW,
    ),
    _route(
        "POST",
        f"customer_run_ai/{_ONE}",
        "customer_run_ai",
        "Both lists of a customer",
        "offers.recommend",
        run_ai,
        CompatLists,
    ),
    _route(
        "POST",
        "uploads/images",
        "uploads_images",
        "A picture in one sentence",
        "scans.describe",
        picture,
        CompatPicture,
        body=NewPicture,
        most=16 * MEGABYTE,
    ),
)
