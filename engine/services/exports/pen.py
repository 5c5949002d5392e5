"""Text in; text that the fonts of a PDF can draw, wrapped and put on its page, out."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS: Final = Path(__file__).parents[3] / "assets" / "fonts"
FONT: Final = "DejaVu"
UNDRAWN: Final = "[?]"
"""Stands for writing that the font has not, or that runs from right to left."""
SAID: Final = (
    f"{UNDRAWN} stands for writing that is not Latin, Greek or Cyrillic: this page cannot draw it, "
    "the print view can."
)
INK: Final = "#222222"
MOST_OF_ONE: Final = 3
"""Lines of one text."""


@dataclass
class Pen:
    """The page, and whether something could not be drawn on it."""

    undrawn: bool = field(default=False)

    @cached_property
    def pdf(self) -> "FPDF":
        from fpdf import FPDF

        pdf = FPDF(format="A4")
        pdf.set_producer("Attune")
        pdf.set_auto_page_break(False)
        pdf.add_font(FONT, fname=FONTS / "DejaVuSansCondensed.ttf")
        pdf.add_font(FONT, style="B", fname=FONTS / "DejaVuSansCondensed-Bold.ttf")
        pdf.add_page()
        return pdf

    @cached_property
    def _signs(self) -> frozenset[int]:
        """Code points that both fonts have, of scripts that are written as they are stored."""
        both = [font.cmap for font in self.pdf.fonts.values()]
        known = set(both[0]).intersection(*both[1:])
        backward = ("R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI")
        return frozenset(n for n in known if unicodedata.bidirectional(chr(n)) not in backward)

    def drawable(self, text: str) -> str:
        """One line of signs that the font has; what it has not is marked, once a run."""
        text = unicodedata.normalize("NFC", " ".join(str(text).split()))
        text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf"))
        kept = "".join(sign if ord(sign) in self._signs else "\0" for sign in text)
        said = re.sub("\0[\0 ]*", f"{UNDRAWN} ", kept).rstrip() if "\0" in kept else kept
        self.undrawn |= "\0" in kept
        return said

    def font(self, size: float, bold: bool = False, colour: str = INK) -> None:
        self.pdf.set_font(FONT, style="B" if bold else "", size=size)
        self.pdf.set_text_color(colour)

    def wrapped(self, text: str, width: float, most: int = MOST_OF_ONE) -> list[str]:
        """At most so many lines in the font that is set; what does not fit ends in an ellipsis."""
        said = self.drawable(text)
        lines = self.pdf.multi_cell(width, text=said, align="L", dry_run=True, output="LINES")
        if len(lines) <= most:
            return lines
        last = lines[most - 1].rstrip()
        while self.pdf.get_string_width(f"{last}…") > width - 2:
            last = last[:-1].rstrip()
        return [*lines[: most - 1], f"{last}…"]

    def put(self, x: float, y: float, lines: Sequence[str], leading: float) -> float:
        """Draw lines downwards from y; returns where the next begins."""
        for line in lines:
            self.pdf.text(x, y + 0.75 * leading, line)
            y += leading
        return y
