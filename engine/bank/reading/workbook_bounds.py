"""A workbook's zipped XML in; whether it is small enough to be opened, before it is."""

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from engine import settings
from engine.bank.reading.raw_table import Budget
from engine.errors import BadInput

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
"""Of a sheet, in Excel's own specification."""
_MOST_PARTS = 10_000
_MOST_ELEMENTS = 300_000
"""Elements of all parts beside sheets and texts, such as styles: each becomes an object (own
choice; Excel allows 65,490 cell styles)."""
_BLOCK = 2**20
_CELL = re.compile(r"([A-Za-z]{1,3})(\d*)")


def check(archive: zipfile.ZipFile, file: str) -> bool:
    """Read every part once, as a stream, and count what it would unpack to.

    Returns
    -------
    bool
        Whether a sheet holds formulas.

    Raises
    ------
    BadInput
        If the parts are too many or too big, a sheet has too many cells (gaps that would be
        filled with empty cells included) or a row that Excel cannot have.
    """
    parts = archive.infolist()
    most = settings.default().bank.max_unpacked_megabytes
    if len(parts) > _MOST_PARTS:
        raise BadInput(f"{file} has {len(parts):,} parts; a workbook has {_MOST_PARTS:,} at most.")
    if sum(part.file_size for part in parts) > most * 2**20:
        raise BadInput(
            f"{file} unpacks to more than {most:,} MB of the setting bank.max_unpacked_megabytes. "
            "Remove sheets that are no data, or split it."
        )
    counts = _Counts(file)
    for part in parts:
        with archive.open(part) as stream:
            _count(stream.read, counts.begin(part.filename))
    return counts.has_formulas


def _count(read: Callable[[int], bytes], counts: "_Counts") -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = counts.start
    parser.StartDoctypeDeclHandler = counts.doctype
    try:
        while block := read(_BLOCK):
            parser.Parse(block, False)
    except expat.ExpatError:
        return  # no XML, or broken off here: whoever reads it stops here as well


class _Counts:
    """Rows, cells and other elements, counted over all parts of a workbook."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.has_formulas = False
        self._budget = Budget(file)
        self._elements = 0

    def begin(self, part: str) -> "_Counts":
        self._part, self._root = part, ""
        self._row = self._width = 0
        return self

    def doctype(self, *_: object) -> None:
        raise BadInput(f"{self.file} is no workbook: {self._part} brings its own definitions.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self._root = self._root or tag
        if self._root == "worksheet" and tag == "row":
            self._start_row(attributes.get("r", ""))
        elif self._root == "worksheet" and tag == "c":
            self._start_cell(attributes.get("r", ""))
        elif self._root == "worksheet" and tag in ("v", "is", "t", "r", "rPr", "sheetData"):
            pass  # inside a cell
        elif self._root == "worksheet" and tag == "f":
            self.has_formulas = True
        elif self._root == "sst":
            if tag in ("si", "r"):
                self._budget.take(1)
        else:
            self._elements += 1
            if self._elements > _MOST_ELEMENTS:
                raise BadInput(
                    f"{self.file} has more than {_MOST_ELEMENTS:,} formats and other parts beside "
                    f"its cells ({self._part}). Copy the data alone into a new workbook."
                )

    def _start_row(self, number: str) -> None:
        self._row = int(number) if number.isdigit() and len(number) < 20 else self._row + 1
        self._width = 0
        if self._row > _MOST_ROWS:
            raise BadInput(
                f"{self.file} has a row {self._row:,} ({self._part}); Excel has {_MOST_ROWS:,} at "
                "most. Save the workbook anew."
            )
        self._budget.take(1)

    def _start_cell(self, reference: str) -> None:
        match = _CELL.fullmatch(reference)
        column = self._width + 1
        if match:
            column = 0
            for letter in match[1].upper():
                column = column * 26 + ord(letter) - 64
        if column > _MOST_COLUMNS:
            raise BadInput(
                f"{self.file} has a cell in column {column:,} ({self._part}); Excel has "
                f"{_MOST_COLUMNS:,} at most. Save the workbook anew."
            )
        if column <= self._width:
            self._budget.take(1)  # the same cell again costs as much
        else:
            self._budget.take(column - self._width)
            self._width = column
