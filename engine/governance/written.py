"""A document in; its HTML for a reader without a network, and its JSON for a program, out."""

import json
from html import escape
from typing import Any, Final

import pandas as pd

from engine import figures
from engine.governance.documents import Document, Table
from engine.json_values import json_value

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is fetched and nothing runs."""
STYLE: Final = """
body { font: 15px/1.5 "DejaVu Sans", Arial, sans-serif; color: #1A2130; background: #fff;
  max-width: 1100px; margin: 0 auto; padding: 24px }
h1 { font-size: 26px; margin: 0 0 4px } h2 { font-size: 18px; margin: 28px 0 6px }
p { margin: 4px 0 } .lead { color: #566077 } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th, td { border: 1px solid #C9D1E0; padding: 4px 8px; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
th { background: #F4F6FB } td.number { text-align: right; white-space: nowrap }
footer { color: #566077; font-size: 12px; margin-top: 28px; border-top: 1px solid #C9D1E0 }
@media (prefers-color-scheme: dark) { body { background: #10141C; color: #E9ECF4 }
  .lead, footer { color: #A3ADC2 } th { background: #1A2030 }
  th, td, footer { border-color: #38415A } a { color: #7FB0FF } }
@media print { body { max-width: none; padding: 0; font-size: 12px } }
"""
DASH: Final = "–"
_NUMBERS: Final = ("count", "share", "three", "points")


def html_of(document: Document, footer: str) -> bytes:
    """A page of its own: no script, nothing fetched, every text escaped."""
    texts = "".join(f"<p>{escape(text)}</p>" for text in document.texts)
    tables = "".join(_table(table) for table in document.tables)
    title = escape(document.title)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{title}</title>
<style>{STYLE}</style></head><body><main>
<h1>{title}</h1><p class="lead">{escape(document.lead)}</p>
{texts}{tables}</main><footer>{escape(footer)}</footer></body></html>
""".encode()


def json_of(document: Document) -> bytes:
    """The same with figures that are not rounded; what is missing is null."""
    tables = [
        {
            "title": table.title,
            "columns": {name: label for name, (label, _) in table.columns.items()},
            "rows": table.frame[list(table.columns)],
            **({"note": table.note} if table.note else {}),
        }
        for table in document.tables
    ]
    told = {"title": document.title, "lead": document.lead, "texts": document.texts}
    return json_bytes(json_value({**told, "tables": tables}))


def json_bytes(value: Any) -> bytes:
    """JSON with sorted keys: the same value, the same bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def cell(value: Any, kind: str) -> str:
    """A value of a table as it is read; a missing one is a dash."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) or value == "":
        return DASH
    if kind == "count":
        return f"{float(value):,.0f}"
    if kind == "share":
        return figures.percent(float(value))
    if kind == "points":
        return f"{figures.signed(100 * float(value), 1)} points"
    if kind == "three":
        return figures.signed(float(value), 3) if value < 0 else f"{float(value):.3f}"
    if kind == "day":
        return figures.day(pd.Timestamp(value))
    if kind == "moment":
        return f"{figures.day(pd.Timestamp(value))}, {pd.Timestamp(value):%H:%M} UTC"
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    return str(value)


def _table(table: Table) -> str:
    title = f"<h2>{escape(table.title)}</h2>"
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    if table.frame.empty:
        return f"{title}{note}<p>None.</p>"
    kinds = [kind for _, kind in table.columns.values()]
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label, _ in table.columns.values())
    rows = "".join(
        f"<tr>{''.join(_cell(value, kind) for value, kind in zip(row, kinds, strict=True))}</tr>"
        for row in table.frame[list(table.columns)].itertuples(index=False)
    )
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'{title}{note}<div class="scroll">{body}</div>'


def _cell(value: Any, kind: str) -> str:
    marked = ' class="number"' if kind in _NUMBERS else ""
    return f"<td{marked}>{escape(cell(value, kind))}</td>"
