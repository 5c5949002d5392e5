"""An upload and a reader in; its fields and its picture out. Nothing is kept."""

from datetime import date

from engine.results import Picture, ReceiptReading
from engine.scans.fields import read_fields
from engine.scans.image_features import features_of, in_words
from engine.scans.isolated import taken
from engine.scans.readers import Reader
from engine.settings import Settings


def read_receipt(
    content: bytes, reader: Reader | None, settings: Settings, *, currency: str, today: date
) -> tuple[ReceiptReading, Picture]:
    """Check an upload, read it and find its fields; without a reader every field is empty.

    Raises
    ------
    BadInput
        If the upload is no picture that can be taken, or the reader fails.
    """
    picture = taken(content, settings.scans)
    lines = [] if reader is None else reader.read(picture)
    reading = read_fields(
        lines,
        currency=currency,
        day_first=settings.scans.day_first,
        today=today,
        reader="" if reader is None else reader.name,
        described=in_words(features_of(picture)),
    )
    return reading, picture
