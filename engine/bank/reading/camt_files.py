"""CAMT.053 of any version (ISO 20022 XML) in; statements of accounts out."""

import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from engine.bank.reading import statements
from engine.bank.reading.raw_table import RawTable, printable
from engine.bank.reading.statements import BOOKED, PENDING, Entry, Statement
from engine.errors import BadInput

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OTHERS = {
    "BkToCstmrAcctRpt": "a report within the day (CAMT.052)",
    "BkToCstmrDbtCdtNtfctn": "a notification (CAMT.054)",
}
_KINDS = {"SVGS": "savings", "LOAN": "loan", "CARD": "card", "MGLD": "loan"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_TEXTS = ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "AddtlTxInf")


def read_camt(data: bytes, file: str, name: str) -> list[RawTable]:
    """Read the statements of a CAMT.053 file, entry by entry; entities are refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException

    bad: list[tuple[int, str]] = []
    try:
        read = list(_statements(data, file, bad))
    except DefusedXmlException as error:
        raise BadInput(f"{file} declares entities of its own, which no statement needs.") from error
    except (ParseError, LookupError, ValueError, InvalidOperation) as error:
        reason = printable(" ".join(str(error).split())[:200])
        raise BadInput(f"{file} is not a readable CAMT.053 file: {reason}.") from error
    return statements.as_tables(read, file, name, bad)


def _statements(data: bytes, file: str, bad: list[tuple[int, str]]) -> Iterator[Statement]:
    from defusedxml.ElementTree import iterparse

    entries: list[Entry] = []
    n_entries = 0
    for event, part in iterparse(io.BytesIO(data), ("start", "end"), forbid_dtd=True):
        tag = part.tag = part.tag.rpartition("}")[2]  # versions differ in their namespace
        if event == "start":
            if tag in _OTHERS:
                raise BadInput(
                    f"{file} is {_OTHERS[tag]}: its entries stand in the statement as well; "
                    "import that (CAMT.053)."
                )
        elif tag == "Ntry":
            n_entries += 1
            try:
                entries.append(_entry(part))
            except (InvalidOperation, ValueError, KeyError) as error:
                bad.append((n_entries, f"the entry cannot be read: {error}"))
            part.clear()
        elif tag == "Stmt":
            yield _statement(part, entries, file)
            entries = []
            part.clear()


def _statement(part: "Element", entries: list[Entry], file: str) -> Statement:
    account = _said(part, "Acct/Id/IBAN") or _said(part, "Acct/Id/Othr/Id")
    if not account:
        raise BadInput(f"{file} has a statement without the number of its account (Acct/Id).")
    balances = {}
    for balance in part.findall("Bal"):
        kind = _said(balance, "Tp/CdOrPrtry/Cd")
        balances[kind] = (_signed(balance), _day(balance, "Dt"), _currency(balance))
    opening = next((balances[kind] for kind in _OPENING if kind in balances), None)
    closing = next((balances[kind] for kind in _CLOSING if kind in balances), None)
    said = next((b[2] for b in balances.values() if b[2]), "")
    return Statement(
        account,
        _said(part, "Acct/Ccy") or said,
        entries,
        _KINDS.get(_said(part, "Acct/Tp/Cd"), "current"),
        _said(part, "Acct/Ownr/Nm") or _said(part, "Acct/Ownr/Pty/Nm"),
        opening[0] if opening else None,
        closing[0] if closing else None,
        closing[1] if closing else "",
    )


def _entry(part: "Element") -> Entry:
    amount = _signed(part)
    details = part.findall("NtryDtls/TxDtls")
    party = "Cdtr" if amount < 0 else "Dbtr"
    names = [
        _said(detail, f"RltdPties/{party}/Nm") or _said(detail, f"RltdPties/{party}/Pty/Nm")
        for detail in details
    ]
    texts = [
        " ".join((text.text or "").split())
        for detail in details
        for path in _TEXTS
        for text in detail.findall(path)
    ]
    status = _said(part, "Sts/Cd") or _said(part, "Sts")
    if status not in ("BOOK", "PDNG", "INFO", "FUTR"):
        raise ValueError(f"its status is {status[:20]!r}")
    day = _day(part, "BookgDt") or _day(part, "ValDt")
    if not day:
        raise ValueError("it has no day")
    reference = _said(part, "AcctSvcrRef") or _said(part, "NtryDtls/TxDtls/Refs/AcctSvcrRef")
    return Entry(
        day,
        amount,
        _currency(part),
        " ".join(dict.fromkeys(filter(None, [*texts, _said(part, "AddtlNtryInf")]))),
        ", ".join(dict.fromkeys(filter(None, names))),
        _said(part, "BkTxCd/Domn/Fmly/SubFmlyCd") or _said(part, "BkTxCd/Prtry/Cd"),
        "" if reference in ("NOTPROVIDED", "NONREF") else reference,
        BOOKED if status == "BOOK" else PENDING,
    )


def _said(part: "Element", path: str) -> str:
    return " ".join((part.findtext(path) or "").split())


def _currency(part: "Element") -> str:
    amount = part.find("Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _signed(part: "Element") -> Decimal:
    """An amount with the sign that its own mark gives it, also where it reverses another."""
    amount = Decimal(_said(part, "Amt"))
    if not amount.is_finite():
        raise ValueError("its amount is no number")
    return amount * _SIGNS[_said(part, "CdtDbtInd")]


def _day(part: "Element", tag: str) -> str:
    return (_said(part, f"{tag}/Dt") or _said(part, f"{tag}/DtTm"))[:10]
