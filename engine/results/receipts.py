"""What was shown to whom and why, as it was written down; and what checks of it say."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True)
class Receipt:
    """One list as it was shown."""

    number: int
    """Place in the chain, from 1."""
    receipt_id: str
    """Of the list; the same list shown on another day or to another person is another number."""
    at: pd.Timestamp
    """When it was shown first on that day, UTC."""
    actor: str
    customer_id: str | None
    """None where the customer was erased, or the receipts came without their key file."""
    list: str
    order: str
    model_version: str
    k: int
    as_of: pd.Timestamp
    """Day of the bank's figures."""
    hash: str
    previous: str
    """Of this receipt and of the one before it."""
    funnel: pd.DataFrame
    """step, n: considered, removed by each rule, ranked lower, offered."""
    removed: pd.DataFrame
    """rule, n, products (a tuple of names)."""
    offers: pd.DataFrame
    """rank, product_id, name, score, confidence, display_confidence, fit, propensity."""
    facts: pd.DataFrame
    """subject, fact, value: versions, hashes of inputs, settings, consents, what was known."""
    content: dict[str, Any]


@dataclass(frozen=True)
class Replay(JsonRecord):
    """What became of a receipt when its list was rebuilt."""

    number: int
    receipt_id: str
    same: bool
    """The list is the stored one, every number within 1e-9."""
    verdict: str
    n_compared: int
    """Values of the list that were compared."""
    checks: pd.DataFrame
    """check, same (True, False, or None where it could not be told), detail."""
    differences: pd.DataFrame
    """where, stored, found: at most as many as are worth reading."""


@dataclass(frozen=True)
class Erasure:
    """What of a customer was taken out of everything that is kept."""

    n_editions: int
    """Editions of the bank that held their rows."""
    n_receipts: int
    n_events: int
    n_records: int
    """Consents, edits and added records."""
    notes: tuple[str, ...]
    """What stays, and why."""

    def to_json(self) -> dict[str, Any]:
        """JSON shape of the command line."""
        return {**vars(self), "notes": list(self.notes)}


@dataclass(frozen=True)
class Verification:
    """What following the chain of receipts found."""

    sound: bool
    """Every receipt is what was written and stands in its place."""
    n_receipts: int
    """Lists up to the end, or to the first bad one; erased ones count."""
    n_erased: int
    first_bad: int | None
    """Number of the first receipt that is not what it should be."""
    problem: str
    """What is wrong with it; "" where all is sound."""
    head: str
    """Hash of the last receipt; noted elsewhere, it proves later that nothing was rewritten."""

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.sound:
            return self.problem
        if not self.n_receipts:
            return "There is no receipt yet."
        erased = f", {self.n_erased:,} of them erased" if self.n_erased else ""
        many = "receipt is" if self.n_receipts == 1 else "receipts are"
        return f"{self.n_receipts:,} {many} what was written{erased}."

    def to_json(self) -> dict[str, Any]:
        """JSON shape of the command line."""
        return {
            "sound": self.sound,
            "n_receipts": self.n_receipts,
            "n_erased": self.n_erased,
            "first_bad": self.first_bad,
            "verdict": self.verdict,
            "head": self.head,
        }


@dataclass(frozen=True)
class TrailCheck:
    """What following the audit trail found."""

    sound: bool
    """Every entry is what was written and stands in its place."""
    n_entries: int
    n_erased: int
    """Entries whose customer was erased: who, when and what kind of act stay."""
    first_bad: int | None
    """Number of the first entry that is not what it should be."""
    problem: str
    """What is wrong with it; "" where all is sound."""
    head: str
    """Hash of the last entry; noted elsewhere, it proves later that nothing was rewritten."""

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.sound:
            return self.problem
        if not self.n_entries:
            return "There is no entry yet."
        erased = f", {self.n_erased:,} of them emptied by an erasure" if self.n_erased else ""
        many = "entry is" if self.n_entries == 1 else "entries are"
        return f"{self.n_entries:,} {many} what was written{erased}."

    def to_json(self) -> dict[str, Any]:
        """JSON shape of the command line."""
        return {**vars(self), "verdict": self.verdict}
