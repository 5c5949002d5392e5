"""A brief in; one page of HTML with its own style, for a screen and a printer, out."""

from html import escape

from engine.results import Brief
from engine.services.exports import brief_charts, brief_text
from engine.services.exports.brief_charts import HEIGHT, SMALL, WIDTH, Bar, Chart, Shape, Stroke
from engine.services.exports.brief_text import Part

STYLE = f"""
@page {{ size: A4; margin: 10mm }}
body {{ font: 12px/1.35 "DejaVu Sans", Arial, sans-serif; color: #222; background: #fff;
  max-width: 186mm; margin: 0 auto; padding: 8px }}
h1 {{ font-size: 20px; margin: 0 }} h2 {{ font-size: 12px; color: {brief_charts.FIRST};
  border-bottom: 1px solid {brief_charts.PALE}; margin: 8px 0 3px }}
p, ul {{ margin: 0 }} ul {{ padding-left: 14px }} li {{ overflow-wrap: anywhere }}
.row {{ display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 14px }}
.foot {{ font-size: 10px; color: #555; border-top: 1px solid {brief_charts.PALE};
  margin-top: 8px; padding-top: 3px }}
.offer {{ break-inside: avoid; margin-bottom: 3px }} svg {{ width: 100%; height: auto }}
button {{ float: right; font: inherit; padding: 4px 12px }}
@media print {{ button {{ display: none }} body {{ padding: 0; font-size: 10.5px }} }}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Nothing is fetched; the button needs its own line of script."""


def exported(brief: Brief) -> bytes:
    """The page, whole in one file; every text is escaped."""
    facts = "".join(_column([part]) for part in brief_text.facts(brief))
    talk = "".join(_column(parts) for parts in brief_text.talk(brief))
    drawn = "".join(_chart(one) for one in brief_charts.charts(brief))
    notes = f"<p>{escape(' '.join(brief.money_notes))}</p>" if brief.money_notes else ""
    action = f"<p><b>{escape(brief.action)}</b></p>" if brief.action else ""
    offers = "".join(_offer(*brief_text.offer_lines(one)) for one in brief.offers)
    foot = "<br>".join(escape(text) for text in brief.sources)
    name = f"Meeting brief, {escape(brief.customer_id)}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{name}</title>
<style>{STYLE}</style></head><body>
<button onclick="window.print()">Print</button>
<h1>{escape(brief.name)}</h1><p>{escape(brief_text.subtitle(brief))}</p>
<p><b>{escape(brief.line)}</b></p>
<div class="row">{facts}</div><div class="row">{drawn}</div>{notes}<div class="row">{talk}</div>
<h2>{escape(brief_text.offers_title(brief))}</h2>{action}{offers}
<div class="foot">{foot}</div></body></html>
""".encode()


def _column(parts: list[Part] | tuple[Part, ...]) -> str:
    told = "".join(f"<h2>{escape(title)}</h2>{_listed(texts)}" for title, texts in parts)
    return f"<div>{told}</div>"


def _listed(texts: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _offer(head: str, texts: tuple[str, ...]) -> str:
    return f'<div class="offer"><b>{escape(head)}</b>{_listed(texts)}</div>'


def _chart(chart: Chart) -> str:
    shapes = "".join(_shape(one) for one in chart.shapes)
    title = escape(chart.title)
    return (
        f'<div><h2>{title}</h2><svg role="img" aria-label="{title}" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-size="{SMALL:g}">{shapes}</svg></div>'
    )


def _shape(one: Shape) -> str:
    if isinstance(one, Bar):
        size = f'width="{one.width:.2f}" height="{one.height:.2f}"'
        return f'<rect x="{one.x:.2f}" y="{one.y:.2f}" {size} fill="{one.colour}"/>'
    if isinstance(one, Stroke):
        if len(one.points) == 1:
            x, y = one.points[0]
            return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.2" fill="{one.colour}"/>'
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in one.points)
        line = f'stroke="{one.colour}" stroke-width="{one.width:g}"'
        return f'<polyline points="{points}" fill="none" {line}/>'
    place = f'x="{one.x:.2f}" y="{one.y:.2f}" text-anchor="{one.anchor}" fill="{one.colour}"'
    return f"<text {place}>{escape(one.text)}</text>"
