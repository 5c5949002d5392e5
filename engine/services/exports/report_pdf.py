"""A document of sentences and tables in; a PDF of as many pages as it needs out."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

import pandas as pd

from engine.governance.documents import Document, Table
from engine.governance.written import cell
from engine.services.exports.pen import SAID, Pen

_EDGE: Final = 14.0
"""Millimetres of margin of an A4 page."""
_LINE: Final = 4.6
_PALE: Final = "#B8C0CC"
_RIGHT: Final = ("count", "share", "three", "points")
_LEAST, _MOST = 9, 60
"""Characters that a column is made as wide as, whatever stands in it."""
_LONGEST: Final = 400
"""Characters of a cell."""


def exported(document: Document, as_of: pd.Timestamp) -> bytes:
    """The document; the same one gives the same bytes, dated by the day of the data."""
    pen = Pen()
    pdf = pen.pdf
    pdf.set_creation_date(as_of.to_pydatetime().replace(tzinfo=UTC))
    pdf.set_title(document.title)
    pdf.set_margins(_EDGE, _EDGE)
    pdf.set_auto_page_break(True, margin=_EDGE)
    pdf.set_xy(_EDGE, _EDGE)
    _text(pen, document.title, 17, bold=True)
    _text(pen, document.lead, 10)
    for text in document.texts:
        _text(pen, text, 9)
    for table in document.tables:
        _table(pen, table)
    if pen.undrawn:
        _text(pen, SAID, 8)
    return bytes(pdf.output())


def _text(pen: Pen, text: str, size: float, bold: bool = False) -> None:
    pen.font(size, bold)
    height = _LINE * size / 9
    pen.pdf.multi_cell(0, height, pen.drawable(text), align="L", new_x="LMARGIN", new_y="NEXT")
    pen.pdf.ln(height / 4)


def _table(pen: Pen, table: Table) -> None:
    pdf = pen.pdf
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(2)
    _text(pen, table.title, 12, bold=True)
    if table.note:
        _text(pen, table.note, 9)
    if table.frame.empty:
        _text(pen, "None.", 9)
        return
    labels = [label for label, _ in table.columns.values()]
    kinds = [kind for _, kind in table.columns.values()]
    rows = [
        [pen.drawable(cell(value, kind))[:_LONGEST] for value, kind in zip(row, kinds, strict=True)]
        for row in table.frame[list(table.columns)].itertuples(index=False)
    ]
    pen.font(8)
    pdf.set_draw_color(_PALE)
    with pdf.table(
        col_widths=_widths(labels, rows),
        text_align=tuple("RIGHT" if kind in _RIGHT else "LEFT" for kind in kinds),
        line_height=_LINE - 0.6,
        padding=0.7,
    ) as drawn:
        for texts in [labels, *rows]:
            row = drawn.row()
            for text in texts:
                row.cell(text)
    pen.font(9)


def _widths(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """As wide as the longest text of a column, within bounds."""
    longest = [max(map(len, texts)) for texts in zip(labels, *rows, strict=True)]
    return tuple(min(max(n, _LEAST), _MOST) for n in longest)
