"""System C's routes: the entry, signing in, one customer's dashboard, chat and dictation."""

from typing import Any

from pydantic import Field

from api.endpoint import MEGABYTE, Body, Call, Endpoint
from api.schemas import Row, Shape
from api.subjects.media import SOUND

_HERE = "/api/v1/compat/c"


class CompatEntry(Shape):
    """Where to go on."""

    name: str
    routes: list[str]


class CompatLogin(Shape):
    """Who the token is; a password is neither asked for nor read."""

    signed_in_as: str
    redirect: str


class CompatDashboard(Shape):
    """One customer's figures."""

    customer_id: str
    name: str | None
    currency: str
    income: float | None
    savings_goal: float | None
    risk_tolerance: str | None
    credit_score: float | None
    savings: float | None
    loans: float | None
    transactions: list[Row]
    insight: str


class CompatMessage(Body):
    """What is asked."""

    message: str = Field(min_length=1, max_length=500)
    customer_id: str | None = Field(None, max_length=200)


class CompatReply(Shape):
    """What is said."""

    response: str


class CompatTranscript(Shape):
    """What was heard; "" where nothing was, and then why."""

    transcript: str
    said: str


def entry(_call: Call) -> dict[str, Any]:
    """The routes of this system."""
    names = ("login", "dashboard/{customer_id}", "chat", "transcribe")
    return {"name": "Attune", "routes": [f"{_HERE}/{name}" for name in names]}


def login(call: Call) -> dict[str, str]:
    """Who is signed in by the token."""
    return {"signed_in_as": call.actor, "redirect": f"{_HERE}/dashboard/{{customer_id}}"}


def dashboard(call: Call) -> dict[str, Any]:
    """One customer's record in short."""
    record = call.engine.customers.profile(call.look(call.customer))
    facts, accounts = record.facts, record.accounts
    names = ("name", "savings_goal", "risk_tolerance", "credit_score")
    sums = accounts.groupby("kind")["balance"].sum(min_count=1)
    return {
        "customer_id": record.customer_id,
        "currency": record.currency,
        "income": facts["annual_income"],
        **{name: facts[name] for name in names},
        "savings": sums.get("savings"),
        "loans": sums.get("loan"),
        "transactions": record.transactions.head(50),
        "insight": record.insight,
    }


def chat(call: Call) -> dict[str, str]:
    """An answer in words."""
    of = call.body.customer_id
    whom = None if of is None else call.look(of)
    reply = call.engine.assistant.ask(call.body.message, customer_id=whom)
    for one in sorted({answer.customer_id for answer in reply.answers} - {""}):
        call.look(one)
    told = (text for answer in reply.answers for text in answer.sentences)
    return {"response": " ".join(filter(None, (reply.sentence, *told)))}


def transcribe(call: Call) -> dict[str, str]:
    """What is said in a recording."""
    heard = call.engine.speech.transcribe(call.body)
    return {"transcript": heard.text, "said": heard.sentence}


def _route(
    method: str, path: str, name: str, summary: str, asks: str, run: Any, gives: Any, **more: Any
) -> Endpoint:
    where = f"/compat/c/{path}"
    return Endpoint(method, where, f"c_{name}", summary, "compat", asks, run, gives, **more)


ENDPOINTS = (
    _route(
        "GET",
        "",
        "entry",
        "Where to go on",
        "",
        entry,
        CompatEntry,
    ),
    _route(
        "POST",
        "login",
        "login",
        "Who the token is",
        "",
        login,
        CompatLogin,
    ),
    _route(
        "GET",
        "dashboard/{customer_id}",
        "dashboard",
        "A customer in short",
        "customers.profile",
        dashboard,
        CompatDashboard,
        tagged=True,
    ),
    _route(
        "POST",
        "chat",
        "chat",
        "An answer in words",
        "assistant.ask",
        chat,
        CompatReply,
        body=CompatMessage,
    ),
    _route(
        "POST",
        "transcribe",
        "transcribe",
        "What is said in a WAV file",
        "speech.transcribe",
        transcribe,
        CompatTranscript,
        media=SOUND,
        most=12 * MEGABYTE,
    ),
)
