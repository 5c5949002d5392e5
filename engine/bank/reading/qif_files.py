"""QIF (Quicken, GnuCash and others) in; payments of accounts as written out.

Neither the order of day and month nor the decimal sign is part of the format, so both stay as they
are written and are told, or asked about, as those of any other file.
Source: Quicken Interchange Format (QIF) files, Intuit, 2004.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine import settings
from engine.bank.reading.encodings import decode
from engine.bank.reading.raw_table import Budget, RawTable, Rows, huge_cell
from engine.errors import BadInput

SIGN = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*!(?:Type:|Account|Option:|Clear:)", re.IGNORECASE | re.MULTILINE
)
"""What is among the first bytes of a QIF file."""

_COLUMNS = (
    "account", "date", "amount", "payee", "description", "category", "number", "mark", "status",
)  # fmt: skip
_LETTERS = {
    "D": "date", "T": "amount", "U": "amount", "P": "payee", "M": "description",
    "L": "category", "N": "number", "C": "mark",
}  # fmt: skip
_OF_PAYMENTS = frozenset({"bank", "cash", "ccard", "oth a", "oth l"})
_OF_LISTS = frozenset({"cat", "class", "memorized", "security", "prices", "tag", "budget"})
_YEAR = re.compile(r"\s*'\s*(?:20)?(\d{1,2})$")
"""A year of this century, as Quicken writes it: 1/13'26 or 1/13'2026."""
_OTHER_ACCOUNT = re.compile(r"\[([^\]]+)\]")
"""A category that is another account of the same person."""
_TRANSFER, _BOOKED = "transfer between own accounts", "booked"
_SEVERAL = "kept in"
"""What the column of accounts is called where a file has several: one person keeps them all, so
they are no customers each."""
_SIGNED = "its format says of every entry whether it comes in or goes out"


@dataclass
class _Record:
    """The lines of one entry up to its ^."""

    line: int
    section: str
    fields: dict[str, str] = field(default_factory=dict)


def read_qif(data: bytes, file: str, name: str) -> list[RawTable]:
    """Read the payments of all accounts of a QIF file; trades of investments are counted and named.

    Raises
    ------
    BadInput
        If it holds no payment.
    """
    text = decode(data, file)[0].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows, budget = Rows(_COLUMNS, file), Budget(file)
    most = settings.default().bank.max_cell_characters
    account, others, n_split, accounts = "", Counter[str](), 0, set[str]()
    for record in _records(text):
        budget.take(len(_COLUMNS), sum(map(len, record.fields.values())))
        if record.section == "account":
            account = record.fields.get("N", account)
        elif record.section not in _OF_PAYMENTS:
            others[record.section] += record.section not in _OF_LISTS
        elif not (record.fields.get("D") and (record.fields.get("T") or record.fields.get("U"))):
            rows.bad.add(record.line, "an entry without a day (D) or an amount (T)")
        elif any(len(cell) > most for cell in record.fields.values()):
            rows.bad.add(record.line, huge_cell(most))
        else:
            rows.add(record.line, _cells(record, account))
            n_split += "S" in record.fields
            accounts.add(account)
    if not rows.lines:
        raise BadInput(
            f"{file} holds no payment: expected !Type:Bank, !Type:CCard or !Type:Cash and entries "
            "with a day (D) and an amount (T), each ended by ^. Export the register of an account."
        )
    notes = tuple(
        f"{file}: entries of !Type:{section} were not read ({n:,})."
        for section, n in others.items()
        if n
    )
    if n_split:
        notes += (
            f"{file}: {n_split:,} {'entry is' if n_split == 1 else 'entries are'} split over "
            "several categories; the whole amount counts, and the parts were not read.",
        )
    raw = rows.table(name, notes=notes)
    said = [c for c in raw.frame if raw.frame[c].notna().any()]
    if not raw.frame["status"].eq(_TRANSFER).any():
        said.remove("status")
    frame = raw.frame[said]
    if len(accounts) > 1:
        frame = frame.rename(columns={"account": _SEVERAL})
    return [replace(raw, frame=frame, signed=_SIGNED)]


def _records(text: str) -> Iterator[_Record]:
    """Entries with the section that they stand in, lower case, in the order of the file."""
    section, record = "", None
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.strip()
        if said.startswith("!"):
            kind, _, what = said[1:].partition(":")
            if kind.casefold() in ("type", "account"):
                section = what.strip().casefold() if what else kind.casefold()
        elif said.startswith("^"):
            if record is not None:
                yield record
            record = None
        elif said:
            record = record or _Record(number, section)
            record.fields.setdefault(said[0], said[1:].strip())
    if record is not None:
        yield record


def _cells(record: _Record, account: str) -> list[str | None]:
    told: dict[str, str] = {"account": account}
    for letter, column in _LETTERS.items():
        told.setdefault(column, record.fields.get(letter, ""))
        told[column] = told[column] or record.fields.get(letter, "")
    other = _OTHER_ACCOUNT.match(record.fields.get("L", ""))
    is_opening = told["payee"].casefold() == "opening balance"
    is_transfer = other is not None and other[1] != account and not is_opening
    told["status"] = _TRANSFER if is_transfer else _BOOKED
    told["date"] = _YEAR.sub(lambda year: f"/20{year[1]:0>2}", told["date"]).replace(" ", "")
    return [told[column] or None for column in _COLUMNS]
