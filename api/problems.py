"""What goes wrong, as problem+json (RFC 9457): no path, version or trace of the server in it."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from engine.errors import (
    AnsweredMeanwhile,
    BadInput,
    Busy,
    EngineError,
    IdUsed,
    NeedsAgreement,
    NotAllowed,
    NotFound,
)

MEDIA: Final = "application/problem+json"
NOBODY: Final = "There is no such customer among those that this client may see."
"""One answer to an unknown customer and to one whom the client may not see."""
_TITLES: Final = {
    400: "Bad request",
    401: "No valid token",
    403: "Not open to this client",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    413: "Request too large",
    415: "Unsupported media type",
    422: "Cannot be used as it is",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not ready",
}

logger = logging.getLogger("attune")


class Wrong(BaseModel):
    """One value of a request that cannot be used."""

    model_config = ConfigDict(extra="forbid")

    where: str = Field(description="Place in the request: query, body, and the name.")
    problem: str


class ProblemDetails(BaseModel):
    """An answer in place of the one that was asked for (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="about:blank: the status says which kind it is.")
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = None


class Problem(Exception):
    """Ends a request with a status and one sentence."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors


def answer(problem: Problem) -> Response:
    """The answer that a problem is."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = problem.errors
    headers = {"cache-control": "no-store", **problem.headers}
    return Response(json.dumps(told, ensure_ascii=False), problem.status, headers, MEDIA)


def of_engine(error: EngineError) -> Problem:
    """The problem that an error of the engine is; what names files goes to the log alone."""
    if isinstance(error, NotFound):
        return Problem(404, str(error))
    if isinstance(error, NotAllowed):
        return Problem(403, str(error))
    if isinstance(error, (AnsweredMeanwhile, IdUsed, NeedsAgreement)):
        return Problem(409, str(error))
    if isinstance(error, BadInput):
        return Problem(422, str(error))
    logger.warning("api: %s", type(error).__name__)
    again = {"retry-after": "5" if isinstance(error, Busy) else "60"}
    said = "That cannot be answered now; the log of the server says why. Ask again later."
    return Problem(503, said, headers=again)


def of_values(error: ValidationError, place: str) -> Problem:
    """The problem of values that a model refused: where and why, without the values themselves."""
    errors = [
        {"where": ".".join((place, *map(str, one["loc"]))), "problem": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Problem(422, "Some values cannot be used; errors says which.", errors=errors[:20])
