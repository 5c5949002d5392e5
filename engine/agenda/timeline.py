"""One customer in; contacts, offers, decisions, messages and large payments as one stream, out."""

import json
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers.wording import money
from engine.labels import ACTION_LABELS, CONTACT_LABELS, TOLD_LABELS
from engine.snapshot.snapshot import Snapshot
from engine.state.contacts import TOLD

KINDS: Final = ("contact", "follow-up", "told", "offer", "decision", "message", "money")
COLUMNS: Final = ("at", "kind", "what", "detail", "by")
_TOLD_ALREADY: Final = "contacted"
"""Such an event belongs to a contact, which is told as one."""
_SHOWN: Final = frozenset({"shown", "viewed", "clicked", "selected"})
_LONGEST = 240


def timeline(
    snapshot: Snapshot, customer_id: str, recorded: pd.DataFrame, told: pd.DataFrame
) -> pd.DataFrame:
    """Everything dated about one customer, newest first.

    Parameters
    ----------
    recorded : DataFrame
        Rows of `engine.state.contacts` that stand.
    told : DataFrame
        The same of what customers told.

    Returns
    -------
    DataFrame
        at, kind (one of KINDS), what, detail, by.

    Raises
    ------
    NotFound
        If there is no such customer.
    """
    position = snapshot.bank.customer_position(customer_id)
    parts = [
        _imported_contacts(snapshot, customer_id),
        _recorded_contacts(recorded[recorded["customer_id"] == customer_id]),
        _told(told[told["customer_id"] == customer_id]),
        _events(snapshot, customer_id),
        _messages(snapshot, position),
        _payments(snapshot, position),
    ]
    stream = pd.concat([part for part in parts if len(part)] or [_stream([], [], [], [], [])])
    stream = stream[stream["at"].notna()]
    return stream.sort_values("at", ascending=False, kind="stable").reset_index(drop=True)


def _stream(at: object, kind: object, what: object, detail: object, by: object) -> pd.DataFrame:
    columns = dict(zip(COLUMNS, (at, kind, what, detail, by), strict=True))
    frame = pd.DataFrame(columns).astype({"at": "datetime64[us]"})
    texts = ["kind", "what", "detail", "by"]
    return frame.assign(**{name: frame[name].astype("str").fillna("") for name in texts})


def _imported_contacts(snapshot: Snapshot, customer_id: str) -> pd.DataFrame:
    rows = snapshot.bank["contacts"]
    rows = rows[rows["customer_id"] == customer_id]
    channel = rows["channel"].fillna("contact").str.capitalize()
    return _stream(
        rows["contacted_at"].array,
        "contact",
        channel.array,
        rows["note"].fillna("").array,
        rows["actor"].fillna("").array,
    )


def _recorded_contacts(rows: pd.DataFrame) -> pd.DataFrame:
    promised = rows["action"] == "follow-up"
    until = rows["until"].dt.strftime("%d %b %Y").str.lstrip("0")
    what = rows["action"].map(CONTACT_LABELS) + (" for " + until).where(promised, "").fillna("")
    what += (" until " + until).where(rows["action"] == "snoozed", "").fillna("")
    return _stream(
        rows["recorded_at"].array,
        np.where(promised, "follow-up", "contact"),
        what.array,
        rows["note"].fillna("").array,
        rows["actor"].fillna("").array,
    )


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """What was confirmed of notes, with the sentence that said it."""
    what = rows["action"].str.removeprefix(TOLD).map(TOLD_LABELS)
    return _stream(
        rows["recorded_at"].array,
        "told",
        what.fillna("").array,
        rows["note"].fillna("").array,
        rows["actor"].fillna("").array,
    )


def _events(snapshot: Snapshot, customer_id: str) -> pd.DataFrame:
    rows = snapshot.bank["events"]
    rows = rows[(rows["customer_id"] == customer_id) & (rows["action"] != _TOLD_ALREADY)]
    names = snapshot.bank["products"].set_index("product_id")["name"]
    logged = rows["comment"].map(_logged)
    product = rows["product_id"].map(names).fillna(logged.str[0]).fillna(rows["product_id"])
    comment = logged.str[1].where(rows["comment"].notna(), rows["reason"].fillna(""))
    return _stream(
        rows["recorded_at"].array,
        np.where(rows["action"].isin(_SHOWN), "offer", "decision"),
        (rows["action"].map(ACTION_LABELS).fillna(rows["action"]) + ": " + product).array,
        comment.array,
        rows["actor"].fillna("").array,
    )


def _logged(comment: Any) -> tuple[str | None, str]:
    """The product's name, if an importer kept it, and what a comment says to people."""
    text = "" if pd.isna(comment) else str(comment)
    if not text.startswith("{"):
        return None, text
    try:
        kept = json.loads(text)
    except ValueError:
        return None, text
    return kept.get("product_name"), ", ".join(k for k, v in kept.items() if v is True)


def _messages(snapshot: Snapshot, position: int) -> pd.DataFrame:
    """Those that may be used: a post stays out where the customer does not allow it."""
    mine = snapshot.profiles.data.message_rows.of(position)
    mine = mine[snapshot.profiles.data.messages.used[mine]]
    rows = snapshot.bank["messages"].iloc[mine]
    open_ = rows["resolved"].eq(False).fillna(False).to_numpy(dtype=bool)
    what = rows["kind"].fillna("message").str.capitalize()
    what += np.where(open_ & (rows["kind"] != "post"), ", unresolved", "")
    text = rows["text"].fillna("")
    cut = text.str.slice(0, _LONGEST).str.rstrip() + "…"
    return _stream(
        rows["sent_at"].array,
        "message",
        what.array,
        text.where(text.str.len() <= _LONGEST, cut).array,
        rows["platform"].fillna("").array,
    )


def _payments(snapshot: Snapshot, position: int) -> pd.DataFrame:
    """The largest movements of the last 12 months on record, either way."""
    most = snapshot.settings.day.large_amounts
    rows = snapshot.bank.rows("transactions").take(
        snapshot.profiles.data.transaction_rows.of(position),
        ["booked_at", "amount", "merchant", "description"],
    )
    since = rows["booked_at"].max() - pd.DateOffset(months=12)
    rows = rows[rows["booked_at"] > since]
    order = np.argsort(-rows["amount"].abs().to_numpy(), kind="stable")[:most]
    rows = rows.iloc[order]
    currency = snapshot.bank.manifest.currency
    ways = np.where(rows["amount"] < 0, "out", "in")
    said = [f"{money(abs(a), currency)} {w}" for a, w in zip(rows["amount"], ways, strict=True)]
    payee = rows["merchant"].fillna(rows["description"]).fillna("")
    return _stream(rows["booked_at"].array, "money", said, payee.array, "")
