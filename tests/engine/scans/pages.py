"""Receipts of our own invention, as lines with places, and as pictures."""

import io

from PIL import Image, ImageDraw

from engine.results import Picture, ScanLine

LETTER, HIGH = 10.0, 20.0


def lines_of(page: str) -> list[ScanLine]:
    """Lines of a page that is written down: two blanks part what stands apart in a row."""
    lines = []
    for number, row in enumerate(page.strip("\n").split("\n")):
        place = 0
        for part in row.split("  "):
            if text := part.strip():
                at = row.index(text, place)
                top = number * 1.5 * HIGH
                lines.append(
                    ScanLine(text, at * LETTER, top, (at + len(text)) * LETTER, top + HIGH)
                )
                place = at + len(text)
    return lines


class StandIn:
    """A reader that reads the page it was given, whatever the picture."""

    name = "stand-in"

    def __init__(self, page: str):
        self.page = page

    def read(self, picture: Picture) -> list[ScanLine]:
        """The lines of its page."""
        assert picture.jpeg
        return lines_of(self.page)


def drawn(page: str = "Corner Shop\nTotal 4.20", kind: str = "PNG", **how) -> bytes:
    """A picture with a page on it."""
    picture = Image.new("RGB", (320, 480), "white")
    ImageDraw.Draw(picture).multiline_text((20, 20), page, fill="black")
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def pdf(n_pages: int = 1, text: str = "Total 4.20") -> bytes:
    """A PDF with so many pages."""
    from fpdf import FPDF

    document = FPDF(format=(100, 150))
    for _ in range(n_pages):
        document.add_page()
        document.set_font("helvetica", size=12)
        document.cell(text=text)
    return bytes(document.output())
