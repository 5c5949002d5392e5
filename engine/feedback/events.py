"""What a page reports, checked and complete: one row of the events table."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.feedback.ratings import overall_rating, share
from engine.vocabulary import ACTIONS, RATING_ASPECTS, TABLES

SCHEMA_VERSION: Final = 1
"""Of a stored row; a reader of a later version knows by it what it has before it."""

RETRACTED: Final = "retracted"
"""An event of this action undoes the event whose id stands in its `reason`."""

MAX_TEXT: Final = {"comment": 4_000, "reason": 500}
"""Longest texts in characters; 200 for every other text (own choices)."""

_REQUIRED = ("event_id", "recorded_at", "actor", "customer_id", "product_id", "action")
_SHARES = ("rating", *RATING_ASPECTS, "propensity", "display_probability")
_TEXTS = tuple(c for c, kind in TABLES["events"].items() if kind in ("id", "text"))


def new_event(
    *,
    event_id: str,
    recorded_at: datetime,
    actor: str,
    customer_id: str,
    product_id: str,
    action: str,
    rating: float | None = None,
    aspects: Mapping[str, float] | None = None,
    reason: str = "",
    comment: str = "",
    rank: int | None = None,
    score: float | None = None,
    propensity: float | None = None,
    display_probability: float | None = None,
    model_version: str = "",
    receipt_id: str = "",
) -> dict[str, Any]:
    """A whole row of the events table, checked.

    Parameters
    ----------
    event_id : str
        UUID made by the page when it was drawn, so that a second click on the same button sends
        the same id and is stored once.
    recorded_at : datetime
        UTC, or with a zone.
    actor : str
        Who reports it.
    rating : float, optional
        0-1; computed from `aspects` when those are given (F154).
    aspects : mapping, optional
        The six parts of a rating, 0-1 each.
    rank, score, propensity, display_probability, model_version, receipt_id
        What was shown, where the event answers an offer.

    Raises
    ------
    BadInput
        See `checked`.
    """
    if aspects:
        rating = overall_rating(aspects)
    return checked(
        {
            "event_id": event_id,
            "recorded_at": recorded_at,
            "actor": actor,
            "customer_id": customer_id,
            "product_id": product_id,
            "action": action,
            "rating": rating,
            **{name: (aspects or {}).get(name) for name in RATING_ASPECTS},
            "reason": reason,
            "comment": comment,
            "rank": rank,
            "score": score,
            "propensity": propensity,
            "display_probability": display_probability,
            "model_version": model_version,
            "receipt_id": receipt_id,
            "schema_version": SCHEMA_VERSION,
        }
    )


def shown_id(receipt_id: str, product_id: str, actor: str, day: datetime) -> str:
    """Id of a `shown` event: the same for one receipt, product, person and day (decision 17)."""
    name = "\x1f".join((receipt_id, product_id, actor, day.date().isoformat()))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def retraction(
    undone: Mapping[str, Any] | pd.Series,
    *,
    event_id: str,
    recorded_at: datetime,
    actor: str,
    comment: str = "",
) -> dict[str, Any]:
    """The event that undoes another: its `reason` is the id of the undone one.

    To undo a retraction is to bring the first event back.
    """
    return new_event(
        event_id=event_id,
        recorded_at=recorded_at,
        actor=actor,
        customer_id=undone["customer_id"],
        product_id=undone["product_id"],
        action=RETRACTED,
        reason=undone["event_id"],
        comment=comment,
    )


def checked(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event in the columns of the vocabulary, ready to be stored.

    Raises
    ------
    BadInput
        If a column is unknown, an id is empty, the action is not one of the vocabulary's, a
        share is outside 0-1, a text is too long, a `rated` event has no rating, or a
        `retracted` one does not name what it undoes.
    """
    columns = TABLES["events"]
    if stray := sorted(set(event) - set(columns)):
        raise BadInput(f"An event has no {stray[0]!r}; it has {', '.join(columns)}.")
    row = {c: None if _is_missing(v) else v for c, v in event.items() if c != "checksum"}
    row.setdefault("schema_version", SCHEMA_VERSION)
    for name in _REQUIRED:
        if row.get(name) is None or not str(row[name]).strip():
            raise BadInput(
                f"The event has no {name}; an event says who did what, when and to whom."
            )
    if row["action"] not in ACTIONS:
        raise BadInput(f"Got the action {row['action']!r}, expected one of {', '.join(ACTIONS)}.")
    if row["schema_version"] != SCHEMA_VERSION:
        raise BadInput(
            f"The event has schema version {row['schema_version']}, expected {SCHEMA_VERSION}."
        )
    for name in _SHARES:
        if row.get(name) is not None:
            row[name] = share(name, row[name])
    for name in _TEXTS:
        if row.get(name) is not None:
            row[name] = _text(name, row[name])
    if row["action"] == "rated" and row.get("rating") is None:
        raise BadInput("A rated event needs a rating within 0-1.")
    if row["action"] == RETRACTED and not row.get("reason"):
        raise BadInput("A retracted event needs the id of the event that it undoes as its reason.")
    return row


def standing(events: pd.DataFrame) -> np.ndarray:
    """Events that nobody has undone, bool of shape (n_events,).

    A retraction undoes one event that was recorded before it; a retraction that was itself
    undone undoes nothing.
    """
    stands = np.ones(len(events), dtype=bool)
    undoing = np.flatnonzero((events["action"] == RETRACTED).to_numpy(dtype=bool))
    if not undoing.size:
        return stands
    undone = events["reason"].to_numpy(dtype=object)[undoing]
    ids = events["event_id"]
    named = np.flatnonzero(ids.isin(undone[pd.notna(undone)]).to_numpy(dtype=bool))
    row_of = dict(zip(ids.to_numpy(dtype=object)[named], named, strict=True))
    # Newest first, so that a retraction is known to stand before it acts; a few rows at most.
    for row, target in zip(undoing[::-1], undone[::-1], strict=True):
        if stands[row] and row_of.get(target, row) < row:
            stands[row_of[target]] = False
    return stands


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) or value == ""


def _text(name: str, value: Any) -> str:
    text = str(value)
    limit = MAX_TEXT.get(name, 200)
    if len(text) > limit:
        raise BadInput(f"{name} has {len(text):,} characters, at most {limit:,} are stored.")
    return text
