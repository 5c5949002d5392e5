"""A receipt that was read of the stand-in bank, and what was said of needs."""

import io

import pandas as pd
from PIL import Image

from engine.errors import BadInput, NotFound
from engine.results import (
    Added,
    Doubt,
    NeedEvidence,
    Picture,
    ReceiptItem,
    ReceiptReading,
    Scanned,
    StoredScan,
)
from tests.pages.fake_people import AS_OF, EVIL
from tests.pages.fake_service import FakeService


def picture(kind: str = "JPEG") -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (80, 160), "white").save(made, kind)
    return made.getvalue()


READING = ReceiptReading(
    merchant="Corner Books",
    date=pd.Timestamp("2024-05-04"),
    total=42.5,
    tax=None,
    currency="USD",
    items=(ReceiptItem(EVIL, 40.0), ReceiptItem("Bag", 2.5)),
    checks=("2 items of USD 42.50 add up to the total of USD 42.50.",),
    adds_up=True,
    doubts=(Doubt("date", "Is the date 4 May 2024 or 5 Apr 2024?", ("4 May 2024", "5 Apr 2024")),),
    lines=("Corner Books", EVIL),
    reader="stand-in",
    described="A portrait picture of 80 by 160 pixels, 100 % of it white.",
)


class FakeScans(FakeService):
    """Stands in for `engine.services.evidence.scans.Scans`."""

    def reader(self) -> str:
        return self._engine.reads

    def absence(self) -> str:
        return "" if self._engine.reads else "No reader of pictures is installed."

    def describe(self, content: bytes) -> str:
        del content
        return ""

    def read(self, customer_id: str, content: bytes) -> Scanned:
        del customer_id
        if not content.startswith((b"\xff\xd8", b"\x89PNG")):
            raise BadInput(f"By its content the file is no JPG, PNG or PDF: {EVIL}")
        return Scanned(
            Picture(picture(), 80, 160, "PNG"),
            self._engine.reading or READING,
            "education",
            ("USD 42.50 at Corner Books on 4 May 2024 is on record already.",),
            self._engine.topics or (("travel", f"A guide to Lisbon {EVIL}"), ("home", "A lamp")),
        )

    def category(self, merchant, items=()) -> str:
        del merchant, items
        return "education"

    def alike(self, customer_id, total, on, picture):
        del customer_id, total, on, picture
        return ()

    def confirm(
        self,
        customer_id,
        picture,
        *,
        submit_id,
        actor,
        merchant,
        amount,
        category,
        on,
        said=(),
        another=False,
    ) -> Added:
        if amount <= 0:
            raise BadInput("Got the amount 0.0; expected what was paid.")
        self._engine.added[submit_id] = {
            "customer_id": customer_id,
            "merchant": merchant,
            "amount": amount,
            "category": category,
            "on": on,
            "said": said,
            "actor": actor,
            "picture": picture,
            "another": another,
        }
        return Added("TXN_1", "transactions", True)

    def of(self, customer_id: str) -> tuple[StoredScan, ...]:
        del customer_id
        return (
            StoredScan("s1", "TXN_9", AS_OF, EVIL, 12.0, AS_OF),
            StoredScan("s2", "TXN_8", AS_OF, "Sensitive (masked)", 30.0, AS_OF),
        )

    def picture(self, customer_id: str, scan_id: str) -> bytes:
        del customer_id
        if scan_id != "s1":
            raise NotFound("This customer has no such picture, or it is masked.")
        return picture()


class FakeEvidence(FakeService):
    """Stands in for `engine.services.evidence.evidence.Evidence`."""

    def topics(self):
        return ("travel", "home")

    def proposed(self, text: str):
        return (("travel", text),)

    def add(self, customer_id, said, *, source, record_id, actor, on=None) -> int:
        del customer_id, source, record_id, actor, on
        return len(said)

    def refused(self, customer_id: str, source: str) -> bool:
        del customer_id, source
        return False

    def rows(self, customer_id, said, *, source, record_id, actor, on=None) -> list:
        del customer_id, said, source, record_id, actor, on
        return []

    def of(self, customer_id: str) -> tuple[NeedEvidence, ...]:
        del customer_id
        said = f"We love to travel {EVIL}"
        told = (("e1", "voice", True), ("e2", "post", False))
        return tuple(
            NeedEvidence(key, source, "travel", said, AS_OF, counts, f"Said on 1 May: “{said}”.")
            for key, source, counts in told
            if key not in self._engine.taken_back
        )

    def take_back(self, customer_id, evidence_id, *, actor) -> bool:
        del customer_id, actor
        self._engine.taken_back.append(evidence_id)
        return True
