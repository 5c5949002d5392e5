"""A brief in; one page of PDF, the same bytes for the same brief, out."""

from collections.abc import Sequence
from datetime import UTC

from engine.results import Brief, BriefOffer
from engine.services.exports import brief_charts, brief_text
from engine.services.exports.brief_charts import Bar, Chart, Stroke
from engine.services.exports.brief_text import Part
from engine.services.exports.pen import SAID, UNDRAWN, Pen

_LEFT, _TOP, _WIDTH, _END = 12.0, 11.0, 186.0, 288.0
"""Millimetres of an A4 page."""
_GAP, _COLUMNS = 6.0, 3
_COLUMN = (_WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
_MOST = 15
"""Lines of a column."""
_MOST_OF_ONE = 3
"""Lines of one text."""
_PALE = "#666666"


def exported(brief: Brief) -> bytes:
    """The page."""
    pen = _Pen()
    pen.pdf.set_creation_date(brief.today.to_pydatetime().replace(tzinfo=UTC))
    pen.pdf.set_title(f"Meeting brief, {brief.customer_id}")
    y = _header(pen, brief)
    y = _row(pen, y, [[part] for part in brief_text.facts(brief)])
    y = _charts(pen, y, brief)
    y = _row(pen, y, brief_text.talk(brief))
    texts = [brief_text.offer_lines(one) for one in brief.offers]
    told = [brief.action, *(text for head, rest in texts for text in (head, *rest))]
    for text in (*told, *brief.sources):
        pen.drawable(text)
    foot = _footer(pen, brief)
    _offers(pen, y, foot, brief)
    return bytes(pen.pdf.output())


class _Pen(Pen):
    """The pen of this page, and whether something could not be drawn on it."""

    def title(self, x: float, y: float, text: str, width: float) -> float:
        self.font(8.5, bold=True, colour=brief_charts.FIRST)
        y = self.put(x, y, self.wrapped(text, width, 1), 4.2)
        self.pdf.set_draw_color(brief_charts.PALE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(x, y, x + width, y)
        return y + 0.8


def _header(pen: _Pen, brief: Brief) -> float:
    pen.font(15, bold=True)
    name = pen.drawable(brief.name)
    named = brief.customer_id if UNDRAWN in name else name
    y = pen.put(_LEFT, _TOP, pen.wrapped(named, _WIDTH, 2), 6.8)
    pen.font(8, colour=_PALE)
    y = pen.put(_LEFT, y, pen.wrapped(brief_text.subtitle(brief), _WIDTH, 1), 4)
    pen.font(9, bold=True)
    return pen.put(_LEFT, y + 1, pen.wrapped(brief.line, _WIDTH, 3), 4.4) + 2


def _row(pen: _Pen, y: float, columns: Sequence[Sequence[Part]]) -> float:
    """Columns side by side, each with its parts below each other."""
    ends = [_column(pen, _LEFT + n * (_COLUMN + _GAP), y, parts) for n, parts in enumerate(columns)]
    return max(ends) + 2.5


def _column(pen: _Pen, x: float, y: float, parts: Sequence[Part]) -> float:
    left = _MOST
    for n, (title, texts) in enumerate(parts):
        y = pen.title(x, y + (1.5 if n else 0), title, _COLUMN)
        pen.font(7.5)
        # Each part that follows keeps two lines for itself.
        room = left - 2 * (len(parts) - 1 - n)
        for place, text in enumerate(texts):
            rest = len(texts) - place
            lines = pen.wrapped(text, _COLUMN, min(_MOST_OF_ONE, max(room, 1)))
            if rest > 1 and len(lines) > room - 1:
                lines = [f"and {rest} more"]
                rest = 0
            y = pen.put(x, y, lines, 3.5)
            room, left = room - len(lines), left - len(lines)
            if not rest or room <= 0:
                break
    return y


def _charts(pen: _Pen, y: float, brief: Brief) -> float:
    scale = _COLUMN / brief_charts.WIDTH
    ends = []
    for n, chart in enumerate(brief_charts.charts(brief)):
        x = _LEFT + n * (_COLUMN + _GAP)
        top = pen.title(x, y, chart.title, _COLUMN) + 0.8
        _drawn(pen, chart, x, top, scale)
        ends.append(top + brief_charts.HEIGHT * scale)
    y = max(ends)
    if brief.money_notes:
        pen.font(7, colour=_PALE)
        y = pen.put(_LEFT, y + 1, pen.wrapped(" ".join(brief.money_notes), _WIDTH, 2), 3.3)
    return y + 2.5


def _drawn(pen: _Pen, chart: Chart, x: float, y: float, scale: float) -> None:
    pdf = pen.pdf
    for shape in chart.shapes:
        if isinstance(shape, Bar):
            pdf.set_fill_color(shape.colour)
            at = (x + shape.x * scale, y + shape.y * scale)
            pdf.rect(*at, shape.width * scale, shape.height * scale, style="F")
        elif isinstance(shape, Stroke):
            points = [(x + px * scale, y + py * scale) for px, py in shape.points]
            if len(points) == 1:
                pdf.set_fill_color(shape.colour)
                pdf.circle(*points[0], 0.7, style="F")
            else:
                pdf.set_draw_color(shape.colour)
                pdf.set_line_width(shape.width * scale)
                pdf.polyline(points)
        else:
            pen.font(6.5, colour=shape.colour)
            text = pen.drawable(shape.text)
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
            at = x + shape.x * scale - back * pdf.get_string_width(text)
            pdf.text(at, y + shape.y * scale, text)


def _footer(pen: _Pen, brief: Brief) -> float:
    """Sources at the foot of the page; returns where they begin."""
    pen.font(6.5, colour=_PALE)
    told = [*brief.sources, *([SAID] if pen.undrawn else [])]
    lines = [line for text in told for line in pen.wrapped(text, _WIDTH, 2)]
    y = _END - 3.1 * len(lines)
    pen.pdf.set_draw_color(brief_charts.PALE)
    pen.pdf.line(_LEFT, y - 0.8, _LEFT + _WIDTH, y - 0.8)
    pen.put(_LEFT, y, lines, 3.1)
    return y - 1.5


def _offers(pen: _Pen, y: float, foot: float, brief: Brief) -> None:
    """As many as there is room for, with shorter texts where that makes room for all; the others
    are counted."""
    y = pen.title(_LEFT, y, brief_text.offers_title(brief), _WIDTH)
    if brief.action:
        pen.font(8, bold=True)
        y = pen.put(_LEFT, y, pen.wrapped(brief.action, _WIDTH, 2), 3.9) + 0.5
    for most in (2, 1):
        told = [_wrapped_offer(pen, offer, most) for offer in brief.offers]
        if y + sum(_height(*one) for one in told) <= foot:
            break
    for n, (heads, lines) in enumerate(told):
        others = len(told) - n
        if y + _height(heads, lines) + (3.5 if others > 1 else 0) > foot:
            pen.put(_LEFT, y, [f"and {others} more, on the customer's page"], 3.5)
            return
        pen.font(8, bold=True)
        y = pen.put(_LEFT, y, heads, 3.9)
        pen.font(7.5)
        y = pen.put(_LEFT + 4, y, lines, 3.5) + 0.8


def _wrapped_offer(pen: _Pen, offer: BriefOffer, most: int) -> tuple[list[str], list[str]]:
    head, texts = brief_text.offer_lines(offer)
    pen.font(8, bold=True)
    heads = pen.wrapped(head, _WIDTH, most)
    pen.font(7.5)
    return heads, [line for text in texts for line in pen.wrapped(text, _WIDTH - 4, most)]


def _height(heads: list[str], lines: list[str]) -> float:
    return 3.9 * len(heads) + 3.5 * len(lines) + 0.8
