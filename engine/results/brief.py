"""Pages about one customer: to read before a meeting, and for the customer to read."""

from dataclasses import dataclass

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True)
class BriefOffer:
    """One offer of a brief."""

    rank: int
    name: str
    category: str
    sure: str
    """Confidence, or fit, in words, with its marks."""
    reasons: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Brief(JsonRecord):
    """What is on record about one customer and nobody else, ready to print.

    Every text is plain: what came from the bank's data is never markup. An empty tuple is a part
    of which nothing is on record.
    """

    customer_id: str
    name: str
    """Their number where no name is on record."""
    today: pd.Timestamp
    as_of: pd.Timestamp
    """Of the bank's data."""
    currency: str
    line: str
    """Why now, or why not."""
    who: tuple[tuple[str, str], ...]
    """What it is, and what the record says."""
    relations: tuple[str, ...]
    """Products and accounts at the bank."""
    figures: tuple[tuple[str, str], ...]
    months: pd.DataFrame
    """month, balance, income, spending; missing months have no row."""
    categories: pd.DataFrame
    """category, share (0-1) of spending, the largest first."""
    money_notes: tuple[str, ...]
    mood: tuple[str, ...]
    last_contact: pd.Timestamp | None
    changes: tuple[str, ...]
    """What is on record since then, newest first; the latest of all where no contact is known."""
    avoid: tuple[str, ...]
    """What not to say."""
    promises: tuple[str, ...]
    last_note: str
    action: str
    """What comes before an offer, or stands in its place; may be empty."""
    offers: tuple[BriefOffer, ...]
    sources: tuple[str, ...]
    """Bank, versions, receipt, and how to read the page."""


@dataclass(frozen=True)
class Notice(JsonRecord):
    """A notice on the use of one customer's data, in plain words, ready to print."""

    customer_id: str
    name: str
    """Their number where no name is on record."""
    bank: str
    today: pd.Timestamp
    as_of: pd.Timestamp
    """Of the bank's data."""
    kept: tuple[tuple[str, int, str], ...]
    """What is kept of them, how many rows, and where they came from."""
    purposes: tuple[tuple[str, str], ...]
    """Purpose, and what stands: allowed or not, since when, from where."""
    worked_out: tuple[str, ...]
    offers: tuple[str, ...]
    """How offers come about."""
    never: tuple[str, ...]
    """What is not used."""
    rights: tuple[str, ...]
    ask: str

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The notice from the top down: titles with their lines."""
        kept = tuple(
            f"{what}: {n:,} {'entry' if n == 1 else 'entries'}, {source}"
            for what, n, source in self.kept
        )
        purposes = tuple(f"{purpose}: {status}" for purpose, status in self.purposes)
        return (
            ("What is kept of you", kept or ("Nothing but your number.",)),
            ("What it may be used for", purposes),
            ("What is worked out from it", self.worked_out),
            ("How offers are chosen", self.offers),
            ("What is not used", self.never),
            ("Your rights", self.rights),
            ("Whom to ask", (self.ask,)),
        )
