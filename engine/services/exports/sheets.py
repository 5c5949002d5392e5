"""Tables of a list in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput

KINDS: Final = ("csv", "xlsx")
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    title : str
    table : DataFrame
    columns : mapping
        Column -> heading, number format and width in a workbook.
    frozen : str
        The cell above and before which a workbook does not scroll.
    """

    title: str
    table: pd.DataFrame
    columns: Mapping[str, tuple[str, str, int]]
    frozen: str = "A2"

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _, _ in self.columns.values()]

    def rows(self) -> list[list[Any]]:
        """Plain values: numbers are numbers, a missing one is nothing."""
        cells = self.table[list(self.columns)].astype(object).to_numpy()
        return [[_plain(value) for value in row] for row in cells]


def exported(
    kind: str, sheets: Sequence[Sheet], about: Sequence[tuple[str, str | int | float]]
) -> bytes:
    """A list as a file.

    Parameters
    ----------
    kind : str
        "csv" (the first table alone, UTF-8 with a mark, for spreadsheets) or "xlsx".
    sheets : sequence of Sheet
    about : sequence of (str, value)
        What the list was made from; a sheet of its own.
    """
    if kind not in KINDS:
        raise BadInput(f"Got the kind of file {kind!r}; expected {' or '.join(KINDS)}.")
    return _csv(sheets[0]) if kind == "csv" else _xlsx(sheets, about)


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what could start one.

    Notes
    -----
    OWASP, "CSV injection": = + - @, tab and carriage return; spaces before them do not help, nor
    does what is not seen. The wide letters of Japanese and Chinese ("＝") count as the plain ones,
    since a spreadsheet set to such a language takes them so.
    """
    if text[:1].isascii() and text[:1].isalnum():
        return text
    seen = next((c for c in text if unicodedata.category(c)[0] not in "ZC"), "")
    risky = text.startswith(_RISKY) or unicodedata.normalize("NFKC", seen).startswith(_RISKY)
    return f"'{text}" if risky else text


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp | dt.datetime):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.headings)
    for row in sheet.rows():
        writer.writerow([safe(value) if isinstance(value, str) else value for value in row])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(sheets: Sequence[Sheet], about: Sequence[tuple[str, str | int | float]]) -> bytes:
    """Sheets with typed cells, and a sheet "About"; a text is never a formula."""
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "Attune"
    for one in sheets:
        sheet = book.create_sheet(one.title)
        sheet.freeze_panes = one.frozen
        for place, (_, _, width) in enumerate(one.columns.values(), start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        last = get_column_letter(len(one.columns))
        sheet.auto_filter.ref = f"A1:{last}{len(one.table) + 1}"
        sheet.append([_heading(sheet, name) for name in one.headings])
        forms = [form for _, form, _ in one.columns.values()]
        for row in one.rows():
            sheet.append([_cell(sheet, v, f) for v, f in zip(row, forms, strict=True)])
    page = book.create_sheet("About")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 22, 80
    for name, value in about:
        form = "@" if isinstance(value, str) else "0" if isinstance(value, int) else "#,##0.00"
        page.append([_heading(page, name), _cell(page, value, form)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(target: Any, value: Any, form: str = "@") -> Any:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(target, value=_printable(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        made.data_type = "s"  # openpyxl takes a text that begins with "=" for a formula
        made.quotePrefix = value.startswith(_RISKY)
    made.number_format = form
    return made


def _heading(target: Any, text: str) -> Any:
    from openpyxl.styles import Alignment, Font

    made = _cell(target, text)
    made.font, made.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return made


def _printable(text: str) -> str:
    """Without control characters, which a workbook cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ")
