"""What a page reports, checked and complete: one row of the events table."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.feedback.ratings import overall_rating, share
from engine.state.cells import number, time
from engine.state.event_lines import SCHEMA
from engine.vocabulary import ACTIONS, LOGGED, RATING_ASPECTS, TABLES

SCHEMA_VERSION: Final = SCHEMA
"""Of a stored row; a reader of a later version knows by it what it has before it."""

SURE: Final = 1.0
"""Display probability of an offer of a list that no chance had a part in."""

RETRACTED: Final = "retracted"
"""An event of this action undoes the event whose id stands in its `reason`."""

MAX_TEXT: Final = {"comment": 4_000, "reason": 500}
"""Longest texts in characters; 200 for every other text (own choices)."""

_REQUIRED = ("event_id", "recorded_at", "actor", "customer_id", "product_id", "action")
_SHARES = ("rating", "propensity", "display_probability")
_NUMBERS = ("rank", "score", "edition")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
_TEXTS = tuple(
    c for c, k in (TABLES["events"] | LOGGED).items() if k in ("id", "text") and c != "checksum"
)


def new_event(
    bank: Bank,
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
    edition: int | None = None,
    arm: str = "",
) -> dict[str, Any]:
    """A whole row of the events table, with edition and arm where they are known.

    What is stored has passed here, and is checked nowhere else.

    Parameters
    ----------
    event_id : str
        UUID made by the page when it was drawn, so that a second click on the same button sends
        the same id and is stored once.
    recorded_at : datetime
        UTC, or with a zone.
    rating : float, optional
        0-1; computed from `aspects` when those are given.
    aspects : mapping, optional
        The six parts of a rating, 0-1 each.
    rank, score, propensity, display_probability, model_version, receipt_id
        What was shown, where the event answers an offer; the version is the one that made the
        list, which may not be the one that serves by now. `propensity` is the chance of a sale,
        `display_probability` that of being shown (`SURE` where no chance had a part in the list).
    edition : int, optional
        Of the bank that the list was made of.
    arm : str
        Of an experiment; "" where there is none.

    Raises
    ------
    NotFound
        If the bank has no such customer or product.
    BadInput
        If an id is empty, the action is not one of the vocabulary's, a share is outside 0-1, a
        text is too long or holds what no file can, a `rated` event has no rating, or a
        `retracted` one does not name what it undoes.
    """
    given = {
        "event_id": event_id,
        "recorded_at": None if _is_missing(recorded_at) else time("recorded_at", recorded_at),
        "actor": actor,
        "customer_id": customer_id,
        "product_id": product_id,
        "action": action,
        "rating": overall_rating(aspects) if aspects else rating,
        **{name: float(aspects[name]) if aspects else None for name in RATING_ASPECTS},
        "reason": reason,
        "comment": comment,
        "rank": rank,
        "score": score,
        "propensity": propensity,
        "display_probability": display_probability,
        "model_version": model_version,
        "receipt_id": receipt_id,
        "edition": edition,
        "arm": arm,
        "schema_version": SCHEMA_VERSION,
    }
    event = _without_missing(given)
    for name in _REQUIRED:
        if event[name] is None or not str(event[name]).strip():
            raise BadInput(
                f"The event has no {name}; an event says who did what, when and to whom."
            )
    for check, names in ((share, _SHARES), (number, _NUMBERS), (_text, _TEXTS)):
        event |= {name: check(name, event[name]) for name in names if event.get(name) is not None}
    if action not in ACTIONS:
        raise BadInput(f"Got the action {action!r}, expected one of {', '.join(ACTIONS)}.")
    if action == "rated" and event["rating"] is None:
        raise BadInput("A rated event needs a rating within 0-1.")
    if action == RETRACTED and not event["reason"]:
        raise BadInput("A retracted event needs the id of the event that it undoes as its reason.")
    bank.customer_position(customer_id)
    bank.product_position(product_id)
    return event


def shown_id(receipt_id: str, product_id: str, actor: str, day: datetime) -> str:
    """Id of a `shown` event: the same for one receipt, product, person and day."""
    name = "\x1f".join((receipt_id, product_id, actor, day.date().isoformat()))
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def retraction(
    bank: Bank,
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
        bank,
        event_id=event_id,
        recorded_at=recorded_at,
        actor=actor,
        customer_id=undone["customer_id"],
        product_id=undone["product_id"],
        action=RETRACTED,
        reason=undone["event_id"],
        comment=comment,
    )


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


def effective(events: pd.DataFrame) -> pd.DataFrame:
    """Events that stand: without those that were undone and without the undoing ones."""
    if not (events["action"] == RETRACTED).any():
        return events
    return events.loc[standing(events) & (events["action"] != RETRACTED)].reset_index(drop=True)


def _without_missing(given: Mapping[str, Any]) -> dict[str, Any]:
    """None for what is missing; what the table has no column for is left out then."""
    return {
        name: None if _is_missing(value) else value
        for name, value in given.items()
        if name not in LOGGED or not _is_missing(value)
    }


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) or value == ""


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{name} got a {type(value).__name__}, expected a text.")
    limit = MAX_TEXT.get(name, 200)
    if len(value) > limit:
        raise BadInput(f"{name} has {len(value):,} characters, at most {limit:,} are stored.")
    if "\0" in value:
        raise BadInput(f"{name} holds a NUL character; remove it.")
    if _HALF_A_CHARACTER.search(value):
        raise BadInput(
            f"{name} holds half of a surrogate pair, which is no character; "
            "copy the text again from its source."
        )
    return value
