"""Receipts and events in; what was decided, under numbers in place of names, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from engine.vocabulary import PROGRAM

MOST: Final = 1000
"""Latest lists, and latest events, that an extract holds (own choice)."""
LISTS: Final = (
    "day", "customer", "person", "list", "version", "bank_day", "n_considered", "left_out",
    "offered",
)  # fmt: skip
EVENTS: Final = ("day", "customer", "person", "product", "action", "version")


@dataclass
class Pseudonyms:
    """Numbers in place of names, in the order in which they come.

    The numbers mean something within one extract alone, and no key of them is kept. That is
    pseudonymous, not anonymous: whoever also holds the state folder can find a row again by its
    content. No receipt's number, hash or time of the day stands in a row.
    """

    _customers: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)

    def customer(self, key: str) -> str:
        """ "customer 0001" """
        return self._customers.setdefault(key, f"customer {len(self._customers) + 1:04d}")

    def person(self, actor: str) -> str:
        """ "person 01"; what names nobody stays as it is."""
        if actor in ("", PROGRAM):
            return actor
        return self._people.setdefault(actor, f"person {len(self._people) + 1:02d}")


def lists(
    receipts: Sequence[Mapping[str, Any]], customers: Mapping[str, str], names: Pseudonyms
) -> pd.DataFrame:
    """Lists that were shown, in `LISTS`, oldest first; `day` is in UTC.

    Parameters
    ----------
    receipts : sequence of mapping
        As the chain reads them out (about, decision, chain), without erased ones.
    customers : mapping
        Random key of a receipt -> customer id, so that lists and events have one pseudonym.
    """
    rows = []
    for one in receipts:
        about, decision = one["about"], one["decision"]
        funnel = decision["funnel"]
        left_out = (f"{rule}: {len(gone)}" for rule, gone in sorted(funnel["removed"].items()))
        rows.append(
            (
                _day(about["at"]),
                names.customer(customers.get(about["customer"], about["customer"])),
                names.person(about["actor"]),
                about["list"],
                about["model"],
                pd.Timestamp(decision["as_of"]),
                funnel["considered"],
                ", ".join(left_out),
                ", ".join(_offer(offer) for offer in decision["offers"]),
            )
        )
    return pd.DataFrame(rows, columns=list(LISTS))


def events(recorded: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    """What people answered, in `EVENTS`, oldest first; reasons and comments are left out, for
    whatever is typed may name somebody."""
    rows = [
        (
            _day(row["recorded_at"]),
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


def _day(moment: Any) -> pd.Timestamp:
    time = pd.Timestamp(moment)
    return (time.tz_convert("UTC").tz_localize(None) if time.tzinfo else time).normalize()
