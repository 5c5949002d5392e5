"""Routes of pictures, recordings and questions in words; nothing that is sent is kept."""

from typing import Any

from pydantic import Field

from api.endpoint import MEGABYTE, Body, Call, Endpoint
from api.schemas import Shape, model_of
from engine.results import AssistantReply, ReceiptReading, Transcript

PICTURES = ("image/jpeg", "image/png", "application/pdf")
SOUND = ("audio/wav", "audio/x-wav")


class PictureAnswer(Shape):
    """The measures of a picture."""

    width: int
    height: int
    kind: str


class ScannedAnswer(Shape):
    """What was read of a picture of a receipt, for a person to check."""

    picture: PictureAnswer
    reading: model_of(ReceiptReading)  # type: ignore[valid-type]
    category: str
    alike: list[str]
    topics: list[tuple[str, str]]


class ChatBody(Body):
    """A question in words."""

    question: str = Field(min_length=1, max_length=500)
    customer_id: str | None = Field(
        None, max_length=200, description="Whom, where the question names nobody."
    )


def image(call: Call) -> dict[str, Any]:
    """Read a receipt."""
    found = call.engine.scans.read(call.look(call.customer), call.body)
    return {
        "picture": found.picture.to_json(),
        "reading": found.reading,
        "category": found.category,
        "alike": found.alike,
        "topics": found.topics,
    }


def transcribe(call: Call) -> Transcript:
    """Write down a recording."""
    return call.engine.speech.transcribe(call.body)


def chat(call: Call) -> AssistantReply:
    """Answer a question; whose records it tells of is noted."""
    of = call.body.customer_id
    reply = call.engine.assistant.ask(
        call.body.question, customer_id=None if of is None else call.look(of)
    )
    for one in sorted({answer.customer_id for answer in reply.answers} - {""}):
        call.look(one)
    return reply


ENDPOINTS = (
    Endpoint(
        "POST",
        "/customers/{customer_id}/images",
        "image",
        "The fields of a picture of a receipt",
        "media",
        "scans.read",
        image,
        ScannedAnswer,
        media=PICTURES,
        most=12 * MEGABYTE,
    ),
    Endpoint(
        "POST",
        "/transcribe",
        "transcribe",
        "What is said in a WAV file",
        "media",
        "speech.transcribe",
        transcribe,
        Transcript,
        media=SOUND,
        most=12 * MEGABYTE,
    ),
    Endpoint(
        "POST",
        "/chat",
        "chat",
        "The answer to a question in words, as `ask --json`",
        "media",
        "assistant.ask",
        chat,
        AssistantReply,
        body=ChatBody,
    ),
)
