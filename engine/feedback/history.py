"""Events in, a history that a person can read out: newest first, with names and what was undone."""

import json
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.feedback.events import RETRACTED, standing
from engine.feedback.ratings import ratings_of
from engine.results import Answered

ANSWERS: Final = ("accepted", "postponed", "dismissed", "purchased")
"""What settles an offer for now."""

DECISIONS: Final = ("accepted", "postponed", "dismissed", "rated", "purchased")
"""What a person says about an offer, and may take back; all else is a log of what was seen."""


def history(
    events: pd.DataFrame, bank: Bank, *, customer_id: str | None = None, n_imported: int = 0
) -> pd.DataFrame:
    """Who said what about which product, newest first.

    Parameters
    ----------
    events : DataFrame
        Every event, imported and recorded, undone ones included.
    bank : Bank
        For the names; a product that it lacks is called as the source called it.
    customer_id : str, optional
        Only this customer's.
    n_imported : int
        So many of the first events came with the bank, and cannot be undone.

    Returns
    -------
    DataFrame
        event_id, recorded_at, actor, customer_id, customer, product_id, product, action, rating,
        reason, comment, retracted, undoable, openable (an acceptance that stands and whose product
        was not opened since). An undoing event is no row of its own: the row that it undid is
        marked `retracted`.
    """
    stands = standing(events)
    chosen = (events["action"] != RETRACTED).to_numpy(dtype=bool)
    if customer_id is not None:
        chosen = chosen & (events["customer_id"] == customer_id).to_numpy(dtype=bool)
    rows = np.flatnonzero(chosen)
    times = events["recorded_at"].to_numpy().view("int64")[rows]  # undated ones are the oldest
    order = rows[np.argsort(times, kind="stable")][::-1]
    kept = events.iloc[order].reset_index(drop=True)
    names = bank["customers"].set_index("customer_id")["name"]
    retracted = ~stands[order]
    recorded = kept["event_id"].notna().to_numpy(dtype=bool) & (order >= n_imported)
    comments, _ = imported_notes(kept)
    undoable = kept["action"].isin(DECISIONS) & ~retracted & recorded
    accepted = (kept["action"] == "accepted").to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            **{c: kept[c] for c in ("event_id", "recorded_at", "actor", "customer_id")},
            "customer": kept["customer_id"].map(names).fillna(kept["customer_id"]),
            "product_id": kept["product_id"],
            "product": product_names(kept, bank),
            "action": kept["action"],
            "rating": ratings_of(kept),
            "reason": kept["reason"],
            "comment": comments,
            "retracted": retracted,
            "undoable": undoable,
            "openable": undoable & accepted & ~opened_since(events)[order],
        }
    )


def opened_since(events: pd.DataFrame) -> np.ndarray:
    """Events after which the same customer opened the same product, bool of shape (n_events,).

    An opening that was undone is none. After is meant as the log has it: a clock may go backwards.
    """
    bought = np.flatnonzero(standing(events) & (events["action"] == "purchased").to_numpy(bool))
    keys = ["customer_id", "product_id"]
    pairs = events[keys].iloc[bought].assign(last=bought).drop_duplicates(keys, keep="last")
    last = events[keys].merge(pairs, on=keys, how="left")["last"].fillna(-1).to_numpy(dtype=float)
    return last > np.arange(len(events))


def last_answers(events: pd.DataFrame, bank: Bank) -> dict[str, Answered]:
    """Product -> the last answer about it that stands, of one customer's events.

    The last is the one that was recorded last: a clock may go backwards, the log does not.
    """
    answers = events.loc[standing(events) & events["action"].isin(ANSWERS).to_numpy(dtype=bool)]
    last = answers.drop_duplicates("product_id", keep="last")
    return {
        str(row.product_id): Answered(
            event_id="" if pd.isna(row.event_id) else str(row.event_id),
            actor="" if pd.isna(row.actor) else str(row.actor),
            action=str(row.action),
            at=row.recorded_at,
            product=name,
            reason="" if pd.isna(row.reason) else str(row.reason),
        )
        for row, name in zip(last.itertuples(), product_names(last, bank), strict=True)
    }


def product_names(events: pd.DataFrame, bank: Bank) -> pd.Series:
    """Name of each event's product: the bank's, else the source's, else its id."""
    names = events["product_id"].map(bank["products"].set_index("product_id")["name"])
    if names.notna().all():
        return names
    _, notes = imported_notes(events)
    said = pd.Series([note.get("product_name") for note in notes], index=events.index, dtype="str")
    return names.fillna(said).fillna(events["product_id"])


def imported_notes(events: pd.DataFrame) -> tuple[pd.Series, list[dict[str, Any]]]:
    """Comments that people wrote, and what an import noted in the place of one.

    An importer keeps the flags and names of a source that our columns lack as one JSON object
    with the key `source`.

    Returns
    -------
    comments : Series
        Missing where the comment is an import's note.
    notes : list of dict
        One an event, empty where there is none.
    """
    noted = events["comment"].str.startswith('{"source"', na=False)
    notes: list[dict[str, Any]] = [{} for _ in range(len(events))]
    for row in np.flatnonzero(noted.to_numpy(dtype=bool)):
        notes[row] = _parsed(events["comment"].iloc[row])
    return events["comment"].mask(noted), notes


def _parsed(comment: str) -> dict[str, Any]:
    try:
        note = json.loads(comment)
    except ValueError:  # a person's own text that begins like a note
        return {}
    return note if isinstance(note, dict) else {}
