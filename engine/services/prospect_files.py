"""A list of prospects in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput
from engine.results import ProspectList

COLUMNS: Final[dict[str, tuple[str, str, int]]] = {
    "rank": ("Rank", "0", 7),
    "customer_id": ("Customer number", "@", 16),
    "name": ("Name", "@", 26),
    "segment": ("Segment", "@", 24),
    "relationship_manager": ("Relationship manager", "@", 22),
    "score": ("Score", "0.000", 9),
    "confidence": ("Confidence", "0.0%", 12),
    "fit": ("Fit", "0.0%", 9),
    "propensity": ("Propensity", "0.00%", 12),
    "expected_value": ("Expected value a year", "#,##0.00", 20),
    "churn_band": ("Churn", "@", 10),
    "value_band": ("Value", "@", 10),
    "reason": ("Reason", "@", 58),
    "last_contact": ("Last contact", "dd mmm yyyy", 14),
}
"""Column -> heading, number format and width in a workbook."""

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
KINDS: Final = ("csv", "xlsx")


def exported(takers: ProspectList, kind: str) -> bytes:
    """The list as a file.

    Parameters
    ----------
    kind : str
        "csv" (UTF-8 with a mark, for spreadsheets) or "xlsx".
    """
    if kind not in KINDS:
        raise BadInput(f"Got the kind of file {kind!r}; expected {' or '.join(KINDS)}.")
    return _csv(takers) if kind == "csv" else _xlsx(takers)


def write(takers: ProspectList, file: Path) -> None:
    """Write the list to a file; its ending says which kind."""
    file.write_bytes(exported(takers, file.suffix.removeprefix(".").lower()))


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what could start one.

    Notes
    -----
    OWASP, "CSV injection": = + - @, tab and carriage return; spaces before them do not help.
    """
    return f"'{text}" if text.lstrip(" \0").startswith(_RISKY) else text


def _rows(takers: ProspectList) -> list[list[Any]]:
    """Plain values: numbers are numbers, a missing one is nothing."""
    cells = takers.table[list(COLUMNS)].astype(object).to_numpy()
    return [[_plain(value) for value in row] for row in cells]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp | dt.datetime):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def _csv(takers: ProspectList) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading for heading, _, _ in COLUMNS.values()])
    for row in _rows(takers):
        writer.writerow([safe(value) if isinstance(value, str) else value for value in row])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(takers: ProspectList) -> bytes:
    """A sheet with typed cells, and a sheet "About"; a text is never a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "Attune"
    sheet = book.create_sheet("Customers")
    sheet.freeze_panes = "D2"
    for place, (_, _, width) in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    last = get_column_letter(len(COLUMNS))
    sheet.auto_filter.ref = f"A1:{last}{len(takers.table) + 1}"
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(target: Any, value: Any, form: str = "@") -> Any:
        made = WriteOnlyCell(target, value=_printable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"  # openpyxl takes a text that begins with "=" for a formula
            made.quotePrefix = value.startswith(_RISKY)
        made.number_format = form
        return made

    def heading(target: Any, text: str) -> Any:
        made = cell(target, text)
        made.font, made.alignment = bold, wrap
        return made

    sheet.append([heading(sheet, name) for name, _, _ in COLUMNS.values()])
    forms = [form for _, form, _ in COLUMNS.values()]
    for row in _rows(takers):
        sheet.append([cell(sheet, v, f) for v, f in zip(row, forms, strict=True)])
    about = book.create_sheet("About")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 22, 80
    for name, value in takers.about:
        form = "@" if isinstance(value, str) else "0"
        about.append([heading(about, name), cell(about, value, form)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _printable(text: str) -> str:
    """Without control characters, which a workbook cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ")
