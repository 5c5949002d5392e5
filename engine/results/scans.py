"""What a scanned receipt says: its fields with what each was read from, its checks, its picture."""

from dataclasses import dataclass, field

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True)
class ReceiptItem:
    """One line of a receipt that was paid for, or taken off."""

    name: str
    amount: float
    """Of the whole line; a discount is negative."""


@dataclass(frozen=True)
class Doubt:
    """A field that may be read in another way."""

    field: str
    """merchant, date, total, tax or currency."""
    question: str
    choices: tuple[str, ...] = ()
    """The readings, the one that was taken first; empty where there is none."""


@dataclass(frozen=True)
class Picture:
    """A picture that was checked and written anew: no EXIF, no colour profile, no comment."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    kind: str
    """What was uploaded: JPG, PNG or PDF."""

    def to_json(self) -> dict[str, object]:
        """Its measures; the picture itself is in no JSON."""
        return {"width": self.width, "height": self.height, "kind": self.kind}


@dataclass(frozen=True)
class PictureFeatures:
    """What can be told of a picture without reading it."""

    width: int
    height: int
    colour: str
    """Name of the commonest colour."""
    red_green_blue: tuple[int, int, int]
    colour_share: float
    text_share: float
    """Share of the picture that looks like lines of text."""


@dataclass(frozen=True)
class ScanLine:
    """One line of text and where it stands, in pixels from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0
    """The reader's own, 0 to 1."""


@dataclass(frozen=True)
class ReceiptReading(JsonRecord):
    """A receipt as it was read; nothing of it is kept or counted before somebody confirms it."""

    merchant: str
    date: pd.Timestamp | None
    total: float | None
    tax: float | None
    currency: str
    """ISO 4217; "" where the picture names none and the bank's is not known."""
    items: tuple[ReceiptItem, ...]
    checks: tuple[str, ...]
    """Whether the items and the tax add up to the total, in words."""
    adds_up: bool | None
    """None where there is nothing to add."""
    doubts: tuple[Doubt, ...]
    lines: tuple[str, ...]
    """Every row of text, from the top."""
    reader: str
    """Who read it; "" where nobody did."""
    described: str
    """The picture in words, told without reading it."""


@dataclass(frozen=True)
class StoredScan:
    """A picture that was kept with a purchase."""

    scan_id: str
    """A random name."""
    record_id: str
    recorded_at: pd.Timestamp
    merchant: str
    total: float
    paid_on: pd.Timestamp
    """The day of the purchase."""


@dataclass(frozen=True)
class Scanned:
    """A picture with what was read of it; kept by whoever asked, and nowhere else."""

    picture: Picture
    reading: ReceiptReading
    category: str
    """The kind of spending by the bank's model, to be changed by a person."""
    alike: tuple[str, ...]
    """Why it may be a purchase that is there already, in sentences."""
    topics: tuple[tuple[str, str], ...]
    """Topics that the merchant and the items tell of, each with the first that does."""


@dataclass(frozen=True)
class NeedEvidence:
    """One mention of a need, with its source and the sentence that it came from."""

    evidence_id: str
    source: str
    """receipt, voice, note or post."""
    topic: str
    sentence: str
    said_on: pd.Timestamp
    counts: bool
    """False where the customer's consent does not allow it."""
    text: str
    """The mention in words."""
