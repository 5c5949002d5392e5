"""Receipts and events in; what was decided, about nobody who can be told, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

MOST: Final = 1000
"""Latest lists, and latest events, that an extract holds (own choice)."""
LISTS: Final = (
    "number", "at", "customer", "person", "list", "version", "bank_day", "n_considered",
    "left_out", "offered", "hash",
)  # fmt: skip
EVENTS: Final = ("at", "customer", "person", "product", "action", "version")


@dataclass
class Pseudonyms:
    """Numbers in place of names, in the order in which they come.

    The numbers mean something within one extract alone: no key exists that leads back, and those of
    two extracts cannot be joined.
    """

    _customers: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)

    def customer(self, key: str) -> str:
        """ "customer 0001" """
        return self._customers.setdefault(key, f"customer {len(self._customers) + 1:04d}")

    def person(self, actor: str) -> str:
        """ "person 01"; "" where nobody is named."""
        if not actor:
            return ""
        return self._people.setdefault(actor, f"person {len(self._people) + 1:02d}")


def lists(
    receipts: Sequence[Mapping[str, Any]], customers: Mapping[str, str], names: Pseudonyms
) -> pd.DataFrame:
    """Lists that were shown, in `LISTS`, oldest first.

    Parameters
    ----------
    receipts : sequence of mapping
        As the chain reads them out (about, decision, chain), without erased ones.
    customers : mapping
        Random key of a receipt -> customer id, so that lists and events have one pseudonym.
    """
    rows = []
    for one in receipts:
        about, decision, chain = one["about"], one["decision"], one["chain"]
        funnel = decision["funnel"]
        left_out = (f"{rule}: {len(gone)}" for rule, gone in sorted(funnel["removed"].items()))
        rows.append(
            (
                chain["n"],
                _utc(about["at"]),
                names.customer(customers.get(about["customer"], about["customer"])),
                names.person(about["actor"]),
                about["list"],
                about["model"],
                pd.Timestamp(decision["as_of"]),
                funnel["considered"],
                ", ".join(left_out),
                ", ".join(_offer(offer) for offer in decision["offers"]),
                chain["hash"],
            )
        )
    return pd.DataFrame(rows, columns=list(LISTS))


def events(recorded: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    """What people answered, in `EVENTS`, oldest first; reasons and comments are left out, for
    whatever is typed may name somebody."""
    rows = [
        (
            _utc(row["recorded_at"]),
            names.customer(row["customer_id"]),
            names.person(str(row["actor"] or "")),
            row["product_id"],
            row["action"],
            row["model_version"] if pd.notna(row["model_version"]) else "",
        )
        for row in recorded.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=list(EVENTS))


def _offer(offer: Mapping[str, Any]) -> str:
    sure = offer["confidence"]
    return f"{offer['product_id']} ({sure:.3f})" if sure is not None else str(offer["product_id"])


def _utc(moment: Any) -> pd.Timestamp:
    time = pd.Timestamp(moment)
    return time.tz_convert("UTC").tz_localize(None) if time.tzinfo else time
