"""MT940 (SWIFT text) in; statements of accounts out."""

import logging
import re
from decimal import Decimal
from typing import Any

from engine.bank.reading import statements
from engine.bank.reading.encodings import decode
from engine.bank.reading.raw_table import RawTable, printable
from engine.bank.reading.statements import Entry, Statement
from engine.errors import BadInput

_LOG = logging.getLogger("mt940")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False  # it would log the text of payments that it cannot read
_ENVELOPE = re.compile(r"^(?:\{.*|-\})\s*$", re.MULTILINE)
"""Lines of SWIFT around a message."""
_ENTRY = re.compile(r":61:\d{6}(?:\d{4})?R?[CD][A-Z]?\d*,\d*[A-Z][A-Z0-9 ]{3}")
"""How an entry begins: day, day of booking, side, amount and code."""
_NO_ENTRY = "an entry (:61:) that cannot be read: expected day, C or D, amount, code"
_NAME = re.compile(r"/NAME/(.*?)(?=/[A-Z]{2,8}/|$)")
_REMITTANCE = re.compile(r"/REMI/(?:USTD//|STRD/\w*/?)?(.*?)(?=/[A-Z]{2,8}/|$)")
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED"})


def read_mt940(data: bytes, file: str, name: str) -> list[RawTable]:
    """Read the statements of an MT940 file."""
    import mt940

    text = _ENVELOPE.sub("", decode(data, file)[0].replace("\r\n", "\n"))
    if not re.search(r"^:60[FM]:", text, re.MULTILINE):
        raise BadInput(f"{file} is no MT940 statement: it has no opening balance (:60F:).")
    try:
        text, bad = _readable(text)
        read = mt940.parse_statements(text, options=mt940.Options.all())
        said = [_statement(part.data, part) for part in read]
        return statements.as_tables(said, file, name, bad)
    except BadInput:
        raise
    except Exception as error:  # mt-940 passes on whatever a line makes it raise
        reason = printable(" ".join(str(error).split())[:160].rstrip("."))
        raise BadInput(
            f"{file} is not a readable MT940 file: {reason or type(error).__name__}."
        ) from error


def _readable(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text without entries (:61: with their :86:) that are none; those with their lines."""
    kept: list[str] = []
    bad: list[tuple[int, str]] = []
    is_bad = False
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(":61:"):
            is_bad = _ENTRY.match(line) is None
            if is_bad:
                bad.append((number, _NO_ENTRY))
        elif line.startswith(":") and not line.startswith(":86:"):
            is_bad = False
        if not is_bad:
            kept.append(line)
    return "\n".join(kept), bad


def _statement(said: dict[str, Any], entries: Any) -> Statement:
    opening = said.get("final_opening_balance") or said.get("intermediate_opening_balance")
    closing = said.get("final_closing_balance") or said.get("intermediate_closing_balance")
    account = " ".join(str(said.get("account_identification") or "").split())
    if not account:
        raise ValueError("a statement has no number of its account (:25:)")
    currency = entries.currency or ""
    account = account.removesuffix(f" {currency}").removesuffix(currency) or account
    return Statement(
        account,
        currency,
        [_entry(entry.data, currency) for entry in entries],
        opening=opening.amount.amount if opening else None,
        closing=closing.amount.amount if closing else None,
        closing_day=closing.date.isoformat() if closing else "",
    )


def _entry(said: dict[str, Any], currency: str) -> Entry:
    amount: Decimal = said["amount"].amount
    day = said.get("entry_date") or said["date"]
    told = _line(said.get("transaction_details"))
    purpose = _line(said.get("purpose")) or _line(said.get("additional_purpose"))
    names = (_line(said.get("applicant_name")), _line(said.get("recipient_name")))
    name, remittance = _NAME.search(told), _REMITTANCE.search(told)
    description = purpose or (remittance[1] if remittance else told)
    references = (said.get("bank_reference"), said.get("customer_reference"))
    return Entry(
        day.isoformat(),
        amount,
        currency,
        description or _line(said.get("extra_details")),
        " ".join(filter(None, names)) or (name[1].strip() if name else ""),
        _line(said.get("posting_text")) or _line(said.get("id")),
        next((r for r in map(_line, references) if r not in _NO_REFERENCE), ""),
    )


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())
