"""A file of customers in; the same file with keyed pseudonyms in place of who they are out."""

import csv
import hashlib
import hmac
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from engine.bank import keys
from engine.errors import BadInput
from engine.services.exports import campaign_files, customer_files, prospect_files
from engine.services.exports.sheets import KINDS
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots

PSEUDONYM, DROPPED, MONTH = "pseudonym", "dropped", "month"
FIELDS: Final = {
    "customer_id": PSEUDONYM,
    "relationship_manager": PSEUDONYM,
    "name": DROPPED,
    "email": DROPPED,
    "phone": DROPPED,
    "last_contact": MONTH,
    "pilot": DROPPED,
}
"""Column of a file -> what becomes of it: a pseudonym, nothing, or its month. No file of lists has
a day of birth. `pilot` says whose managers a pilot was limited to."""
_ABOUT_DROPPED: Final = frozenset({"Campaign", "Chosen by", "Filters", "Note"})
"""Lines of the sheet "About" that people wrote, or that may name one."""
_SHEET: Final = "About"
_DIGITS: Final = 16
"""Hexadecimal digits of a pseudonym: 64 bits, so that a million customers have two alike with a
chance of 3 in 10^8 (own choice)."""
_HEADINGS: Final = {
    heading.split(",")[0]: FIELDS[name]
    for columns in (customer_files.COLUMNS, prospect_files.COLUMNS, campaign_files.CONTACTS)
    for name, (heading, _, _) in columns.items()
    if name in FIELDS
}


class Pseudonyms:
    """Stands keyed pseudonyms in the place of customers and managers in files.

    Notes
    -----
    HMAC-SHA-256 of bank and number by the key that lies beside the banks' state folders
    (`engine.bank.keys`), which is in no file. So they are the same in every file of a bank, others
    for another bank, and whoever has no key can turn none of them back. They are still personal
    data (Regulation (EU) 2016/679, article 4, 5).
    """

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots
        self._results = LastResults()

    def of(self, number: str) -> str:
        """The pseudonym of a customer or a manager."""
        return self._of(number, keys.key_beside(self._snapshots.state.root))

    def _of(self, number: str, key: bytes) -> str:
        said = "\x1f".join(("file", self._snapshots.base.bank_id, number)).encode()
        return f"p{hmac.new(key, said, hashlib.sha256).hexdigest()[:_DIGITS]}"

    def known(self) -> Mapping[str, str]:
        """Number of every customer and name of every manager of the bank -> pseudonym."""
        customers = self._snapshots.bank()["customers"]

        def make() -> Mapping[str, str]:
            key = keys.key_beside(self._snapshots.state.root)
            named = (
                customers[column].dropna() for column in ("customer_id", "relationship_manager")
            )
            every = dict.fromkeys(str(one) for column in named for one in column)
            return {one: self._of(one, key) for one in every}

        return self._results.get("known", _Same(customers), make)

    def numbers(self) -> Mapping[str, str]:
        """Pseudonym -> whose it is, among those of `known`."""
        known = self.known()
        return self._results.get(
            "numbers", _Same(known), lambda: {told: one for one, told in known.items()}
        )

    def managers(self) -> Mapping[str, str]:
        """Name of every manager of the bank -> pseudonym, the longest name first."""
        known, customers = self.known(), self._snapshots.bank()["customers"]

        def make() -> Mapping[str, str]:
            named = map(str, customers["relationship_manager"].dropna().unique())
            return {one: known[one] for one in sorted(named, key=len, reverse=True) if one.strip()}

        return self._results.get("managers", _Same(known), make)

    def keyed(self, names: pd.Series) -> pd.Series:
        """Any names or ids of one column as pseudonyms; what is missing stays so."""
        key = keys.key_beside(self._snapshots.state.root)
        told = {one: self._of(str(one), key) for one in names.dropna().unique()}
        return names.map(told).astype("str")

    def table(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table of customers with what `FIELDS` says in place of who they are."""
        gone = [name for name in table.columns if FIELDS.get(name) == DROPPED]
        changed = {
            name: table[name].map(lambda cell, how=FIELDS[name]: self._cell(cell, how))
            for name in table.columns
            if FIELDS.get(name) in (PSEUDONYM, MONTH)
        }
        return table.assign(**changed).drop(columns=gone)

    def file(self, content: bytes, kind: str) -> bytes:
        """A file of customers, "csv" or "xlsx" as `engine.services.exports` makes it, so changed.

        Raises
        ------
        BadInput
            For a file of another kind: a brief, a notice or a customer's own copy is about one
            named person.
        """
        if kind not in KINDS:
            raise BadInput(f"Got the kind of file {kind!r}; pseudonyms are for {', '.join(KINDS)}.")
        return self._csv(content) if kind == "csv" else self._xlsx(content)

    def _cell(self, cell: Any, how: str) -> Any:
        if cell is None or cell != cell or cell == "":
            return cell
        if how == PSEUDONYM:
            return self.of(str(cell).removeprefix("'"))
        return str(cell)[:7]

    def _row(self, row: Sequence[Any], ways: Sequence[str]) -> list[Any]:
        both = zip(row, ways, strict=True)
        return [self._cell(cell, how) if how else cell for cell, how in both if how != DROPPED]

    def _csv(self, content: bytes) -> bytes:
        rows = [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
        ways = [_way(heading) for heading in rows[0]]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([one for one, how in zip(rows[0], ways, strict=True) if how != DROPPED])
        writer.writerows(self._row(row, ways) for row in rows[1:])
        return text.getvalue().encode("utf-8-sig")

    def _xlsx(self, content: bytes) -> bytes:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            if sheet.title == _SHEET:
                for n in range(sheet.max_row, 0, -1):
                    if sheet.cell(n, 1).value in _ABOUT_DROPPED:
                        sheet.delete_rows(n)
                sheet.append(["Customers", "pseudonyms, the same in every file of this bank"])
                continue
            for column in range(sheet.max_column, 0, -1):
                how = _way(sheet.cell(1, column).value)
                for n in range(2, sheet.max_row + 1) if how in (PSEUDONYM, MONTH) else ():
                    cell = sheet.cell(n, column)
                    cell.value = self._cell(cell.value, how)
                if how == DROPPED:  # widths stand by letter, and would stay where they were
                    sheet.delete_cols(column)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()


class _Same:
    """Equal for the very same object alone, which it keeps alive."""

    def __init__(self, what: object):
        self._what = what

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._what is other._what

    __hash__ = object.__hash__


def _way(heading: Any) -> str:
    return _HEADINGS.get(str(heading or "").split(",")[0], FIELDS.get(str(heading), ""))
