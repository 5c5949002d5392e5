"""A notice in; one page of HTML with its own style, for a screen and a printer, out."""

from html import escape
from typing import Final

from engine.figures import day
from engine.results import Notice

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_STYLE: Final = """
@page { size: A4; margin: 18mm }
body { font: 14px/1.5 "DejaVu Sans", Arial, sans-serif; color: #222; background: #fff;
  max-width: 174mm; margin: 0 auto; padding: 12px }
h1 { font-size: 22px; margin: 0 0 4px } h2 { font-size: 15px; margin: 16px 0 4px;
  border-bottom: 1px solid #c9ced6; break-after: avoid }
p, ul { margin: 0 } ul { padding-left: 18px } li { overflow-wrap: anywhere }
button { float: right; font: inherit; padding: 4px 12px }
@media print { button { display: none } body { padding: 0; font-size: 12px } }
"""


def exported(notice: Notice) -> bytes:
    """The page, whole in one file; every text is escaped."""
    parts = "".join(
        f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for title, lines in notice.parts
    )
    named = (
        notice.name
        if notice.name == notice.customer_id
        else (f"{notice.name}, customer {notice.customer_id}")
    )
    title = f"How {notice.bank} uses your data"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(title)}</title>
<style>{_STYLE}</style></head><body>
<button onclick="window.print()">Print</button>
<h1>{escape(title)}</h1>
<p>For {escape(named)}. {day(notice.today)}; data as of {day(notice.as_of)}.</p>
{parts}</body></html>
""".encode()
