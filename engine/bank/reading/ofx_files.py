"""OFX and QFX in (SGML of version 1, XML of version 2); statements of accounts out."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from engine.bank.reading import statements
from engine.bank.reading.encodings import decode
from engine.bank.reading.raw_table import RawTable, printable
from engine.bank.reading.statements import PENDING, Entry, Statement
from engine.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BODY = re.compile(r"<OFX>", re.IGNORECASE)
_WESTERN = re.compile(rb"CHARSET:\s*(?:1252|ISO-?8859-?1)\b", re.IGNORECASE)
_ASIDE = re.compile(r"<!--.*?-->", re.DOTALL)
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_KINDS = {"SAVINGS": "savings", "MONEYMRKT": "savings", "CD": "deposit", "CREDITLINE": "loan"}
_GOES_OUT = frozenset(
    {"DEBIT", "CHECK", "ATM", "POS", "FEE", "SRVCHG", "PAYMENT", "DIRECTDEBIT", "REPEATPMT"}
)
"""Types of transactions that OFX writes with a negative amount."""
_MOST_AGAINST = 0.5
"""Share of such transactions that are positive, from which the file is not believed."""


def read_ofx(data: bytes, file: str, name: str) -> list[RawTable]:
    """Read the bank and card statements of an OFX file; those of investments are named."""
    from ofxtools.Parser import TreeBuilder

    text = _text(data, file)
    body = _BODY.search(text)
    if body is None:
        raise BadInput(f"{file} is not a readable OFX file: <OFX> is missing.")
    builder = TreeBuilder()
    bad: list[tuple[int, str]] = []
    try:
        builder.feed(_without_empty_tags(_ASIDE.sub("", text[body.start() :])))
        root = builder.close()
        counter = iter(range(1, len(data)))
        parts = [part for part in root.iter() if part.tag in ("STMTRS", "CCSTMTRS")]
        read = [_statement(part, file, counter, bad) for part in parts]
    except (SyntaxError, AssertionError, IndexError, ValueError, RecursionError) as error:
        # both ofxtools and ElementTree call what they cannot parse a SyntaxError
        reason = printable(" ".join(str(error).split())[-120:])
        raise BadInput(f"{file} is not a readable OFX file: {reason or 'its tags'}.") from error
    n_other = sum(1 for _ in root.iter("INVSTMTRS"))
    notes = [f"{file}: {n_other:,} statements of investments were not read."] if n_other else []
    types = [(said, amount) for s in read for said, amount in _types(s)]
    out = [amount for said, amount in types if said in _GOES_OUT]
    against = sum(amount > 0 for amount in out)
    is_signed = not out or against < _MOST_AGAINST * len(out)
    if not is_signed:
        notes.append(
            f"{file}: {against:,} of {len(out):,} debits have a positive amount, against the "
            "format."
        )
    return statements.as_tables(read, file, name, bad, notes, is_signed=is_signed)


def _types(statement: Statement) -> Iterator[tuple[str, Decimal]]:
    return ((entry.payment_method, entry.amount) for entry in statement.entries)


def _text(data: bytes, file: str) -> str:
    """Decoded as UTF-8 where it is valid, else as the header says, else by its letters."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if _WESTERN.search(data[:2000]):
            return data.decode("cp1252", "replace")
        return decode(data, file)[0]


def _without_empty_tags(text: str) -> str:
    """SGML without tags that have no text and no end: a parser would put what follows in them."""
    ended = set(re.findall(r"</([^<>]+)>", text))
    return re.sub(r"<([A-Z0-9._]+)>(?=\s*<)", lambda tag: tag[0] if tag[1] in ended else "", text)


def _statement(
    part: "Element", file: str, counter: Iterator[int], bad: list[tuple[int, str]]
) -> Statement:
    is_card = part.tag == "CCSTMTRS"
    currency = _said(part, "CURDEF")
    account = _said(part, "CCACCTFROM/ACCTID" if is_card else "BANKACCTFROM/ACCTID")
    if not account:
        raise BadInput(f"{file} has a statement without the number of its account (ACCTID).")
    kind = "card" if is_card else _KINDS.get(_said(part, "BANKACCTFROM/ACCTTYPE"), "current")
    entries = []
    for tag, day, status in (("STMTTRN", "DTPOSTED", ""), ("STMTTRNP", "DTTRAN", PENDING)):
        for line in part.iter(tag):
            number = next(counter)
            try:
                entries.append(_entry(line, day, status or statements.BOOKED, currency))
            except (InvalidOperation, ValueError) as error:
                bad.append((number, str(error) if isinstance(error, ValueError) else "TRNAMT"))
    closing = _said(part, "LEDGERBAL/BALAMT")
    return Statement(
        account,
        currency,
        entries,
        kind,
        closing=_amount(closing, "BALAMT") if closing else None,
        closing_day=_day(_said(part, "LEDGERBAL/DTASOF")) if closing else "",
    )


def _entry(line: "Element", day: str, status: str, currency: str) -> Entry:
    payee = _said(line, "NAME") or _said(line, "PAYEE/NAME")
    memo = _said(line, "MEMO")
    return Entry(
        _day(_said(line, day)),
        _amount(_said(line, "TRNAMT"), "TRNAMT"),
        _said(line, "CURRENCY/CURSYM") or currency,
        " ".join(dict.fromkeys(filter(None, [payee, memo]))),
        payee,
        _said(line, "TRNTYPE"),
        _said(line, "FITID"),
        status,
    )


def _said(part: "Element", path: str) -> str:
    return " ".join(html.unescape(part.findtext(path) or "").split())


def _amount(text: str, tag: str) -> Decimal:
    """A number of OFX, which has a point or a comma and never parts thousands."""
    if not re.fullmatch(r"[+-]?\d*[.,]?\d+|[+-]?\d+[.,]", text):
        raise ValueError(f"{tag} {text[:40]!r} is no amount")
    return Decimal(text.replace(",", "."))


def _day(text: str) -> str:
    """The day as it is written; the time zone behind it moves nothing."""
    if not (written := _DAY.match(text)):
        raise ValueError(f"{text[:40]!r} is no day")
    return "-".join(written.groups())
