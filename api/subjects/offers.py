"""Routes of offers: a customer's list, why not, what if, and the lists of many at once."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from api.endpoint import EXPORT, Body, Call, Endpoint, Query, Streamed
from api.schemas import Row, Shape
from engine.batch import rows_of_lists, safe_texts
from engine.json_values import json_text
from engine.results import Recommendation, WhatIf, WhyNot

CSV, NDJSON = "text/csv", "application/x-ndjson"
_PIECE = 500
"""Rows that are sent at once."""
Mood = Literal["score", "value", "interests"]
Name = Literal["growth", "retention"]


class ListQuery(Query):
    """Which list of a customer."""

    k: int = Field(5, ge=1, le=20, description="Offers at most.")
    list: Name | None = Field(None, description="Else the list that opens first.")
    order: Mood = "score"


class WhyNotQuery(Query):
    """In which list."""

    list: Name | None = None


class WhatIfBody(Body):
    """What would be otherwise; what is not named stays."""

    list: Name | None = None
    k: int = Field(5, ge=1, le=20)
    metrics: dict[Literal["churn", "profit", "risk", "acumen"], float] | None = None
    mood: float | None = Field(None, ge=-1, le=1)
    income: float | None = Field(None, ge=0, le=1e12)
    balance: float | None = Field(None, ge=-1e12, le=1e12)
    add_needs: tuple[str, ...] = Field((), max_length=20)
    drop_needs: tuple[str, ...] = Field((), max_length=50)


class ScoreBody(Body):
    """Whose lists, and as what."""

    customers: tuple[str, ...] | None = Field(
        None, max_length=10_000, description="Only these; else all, or those of the pilot."
    )
    lists: tuple[Name, ...] = Field(("growth", "retention"), min_length=1, max_length=2)
    k: int = Field(5, ge=1, le=20)
    format: Literal["ndjson", "csv"] = "ndjson"


class PrintedOffer(Shape):
    """One offer of a list."""

    product_id: str
    name: str
    category: str
    rank: int
    score: float
    confidence: float | None
    display_confidence: float | None
    marks: list[str]
    fit: float | None
    propensity: float | None
    value_if_taken: float | None
    expected_value: float | None
    value_assumption: str
    parts: dict[str, float]
    reasons: list[str]
    checks: list[str]
    moved: str
    notice: str
    includes: list[str]
    excludes: list[str]


class PrintedRemoval(Shape):
    """A product that a rule left out."""

    product_id: str
    rule: str
    reason: str


class PrintedSupport(Shape):
    """Help in place of a sale."""

    kind: str
    sign: str
    text: str


class PrintedList(Shape, protected_namespaces=()):
    """A customer's list as `recommend --json` prints it."""

    customer_id: str
    as_of: str
    list: str
    model_version: str
    receipt_id: str
    insight: str
    recommendation: str | None
    confidence: float | None
    value_unit: str
    offers: "list[PrintedOffer]"
    removed: "list[PrintedRemoval]"
    support: "list[PrintedSupport]"
    notes: "list[str]"


class PrintedComparison(Shape):
    """Two products side by side."""

    first: str
    second: str
    gap: float
    parts: list[Row]
    sentence: str


class PrintedChange(Shape):
    """One input that, changed alone, would be enough."""

    feature: str
    label: str
    now: float | None
    needed: float | None
    size: float | None
    rank: int
    sentence: str


class PrintedWhyNot(Shape):
    """Why a product is not among the first, as `why-not --json` prints it."""

    customer_id: str
    product_id: str
    name: str
    list: str
    first: int
    status: str
    rank: int | None
    n_ranked: int
    rule: str
    reason: str
    comparison: PrintedComparison | None
    changes: "list[PrintedChange]"
    sentence: str


def recommend(call: Call) -> dict[str, Any]:
    """One list; its receipt is written, since the client shows it."""
    q = call.query
    wanted = call.look(call.customer)
    found: Recommendation = call.engine.offers.recommend(wanted, k=q.k, list=q.list, order=q.order)
    call.engine.receipts.write(found, actor=call.actor)
    return found.to_json()


def why_not(call: Call) -> dict[str, Any]:
    """Why a product is not among the first."""
    found: WhyNot = call.engine.scenarios.why_not(
        call.look(call.customer), call.path["product_id"], list=call.query.list
    )
    return found.to_json()


def what_if(call: Call) -> WhatIf:
    """The list with other inputs; nothing of it is stored."""
    asked: WhatIfBody = call.body
    return call.engine.scenarios.what_if(
        call.look(call.customer),
        list=asked.list,
        k=asked.k,
        metrics=asked.metrics,
        mood=asked.mood,
        income=asked.income,
        balance=asked.balance,
        add_needs=asked.add_needs,
        drop_needs=asked.drop_needs,
    )


def score(call: Call) -> Streamed:
    """Lists of many, worked out at once, noted, and then sent piece by piece."""
    asked: ScoreBody = call.body
    table = rows_of_lists(
        call.engine,
        list(dict.fromkeys(asked.lists)),
        asked.k,
        customers=asked.customers,
        pilots=call.whole.pilots,
    )
    call.engine.trail.exported("score file", actor=call.actor, rows=len(table))
    if asked.format == "csv":
        return Streamed(CSV, _as_csv(safe_texts(table)))
    return Streamed(NDJSON, _as_lines(table))


def _as_lines(table: pd.DataFrame) -> Iterator[bytes]:
    for begin in range(0, len(table), _PIECE):
        rows = table.iloc[begin : begin + _PIECE].to_dict("records")
        yield "".join(f"{json_text(row)}\n" for row in rows).encode()


def _as_csv(table: pd.DataFrame) -> Iterator[bytes]:
    for begin in range(0, max(len(table), 1), _PIECE):
        out = io.StringIO()
        rows = table.iloc[begin : begin + _PIECE]
        rows.to_csv(
            out,
            index=False,
            header=begin == 0,
            lineterminator="\r\n",
            quoting=csv.QUOTE_MINIMAL,
        )
        yield out.getvalue().encode()


_ONE = "/customers/{customer_id}"
ENDPOINTS = (
    Endpoint(
        "GET",
        f"{_ONE}/recommendations",
        "recommend",
        "A customer's list with its receipt, as `recommend --json`",
        "offers",
        "offers.recommend",
        recommend,
        PrintedList,
        query=ListQuery,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/why-not/{{product_id}}",
        "why_not",
        "Why a product is not among the first, as `why-not --json`",
        "offers",
        "scenarios.why_not",
        why_not,
        PrintedWhyNot,
        query=WhyNotQuery,
        tagged=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/what-if",
        "what_if",
        "A customer's list with other inputs, beside today's",
        "offers",
        "scenarios.what_if",
        what_if,
        WhatIf,
        body=WhatIfBody,
    ),
    Endpoint(
        "POST",
        "/score",
        "score",
        "Lists of many customers, streamed; the columns of `score`",
        "offers",
        "offers.score",
        score,
        Row,
        scope=EXPORT,
        body=ScoreBody,
        streams=(NDJSON, CSV),
    ),
)
