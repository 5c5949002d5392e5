"""Raw tables in, the same without whole card and account numbers out: their end and a hash stay."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.importing.columns import rows_apart, synonyms
from engine.bank.importing.columns.column_matching import ACCOUNT, Match
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_MOST = 0.9
"""Share of a column's cells that have to be such numbers (own choice)."""
_LEAST_DISTINCT = 8
"""Different numbers that all pass the check digit, where the column's name says nothing: one in
ten does so by chance."""

_CARD_NAME = re.compile(r"(^|_)(card|pan|cc)(_|$)")
_ACCOUNT_NAME = re.compile(
    r"(^|_)iban(_|$)|(^|_)(account|acct|acc|a_c|bank_account|konto)_?(no|nr|num|number|nummer)(_|$)"
    r"|^kontonummer$"
)
_CARD = re.compile(r"(?<![\w.,])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w])")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")

_NUMBERS = frozenset({"customer_id", "account_id", ACCOUNT})
_ROUNDED = r"\s*\d(?:[.,]\d{1,14})?[eE]\+\d{1,2}\s*"
_SHORTEST = 12
_NEVER_IN_A_NUMBER = "[a-z.,:/_]"
"""Characters of the shortest card number or IBAN, and signs that none has: cheap to look for."""
_MAYBE = r"\d[\d -]{10}\d|[A-Z]{2}\d{2}[ A-Z0-9]{8}"
"""What every text with such a number has; cheap to look for."""


def shortened(
    tables: Mapping[str, RawTable], key: Callable[[], bytes]
) -> tuple[dict[str, RawTable], list[str]]:
    """Replace card numbers, IBANs and account numbers by their last four signs and a keyed hash.

    Parameters
    ----------
    tables : mapping of str to RawTable
    key : callable
        Gives the key of the hash; asked only where there is such a number.

    Returns
    -------
    dict of str to RawTable
        Equal numbers stay equal, so that files still join.
    list of str
        One sentence per file that had any.
    """
    changed, notes = dict(tables), []
    for name, raw in tables.items():
        columns = {
            c: cells for c in raw.frame if (cells := _shortened(raw.frame[c], key)) is not None
        }
        if columns:
            changed[name] = replace(raw, frame=raw.frame.assign(**columns))
            notes.append(
                f"{raw.file}: of card and account numbers in {', '.join(columns)} only the last "
                "four signs and a keyed hash are kept."
            )
    return changed, notes


def rounded(raw: RawTable, match: Match) -> tuple[np.ndarray, str]:
    """Rows whose number of a customer or an account a spreadsheet rounded to "1.23457E+11", so that
    it stands for many, and what to report of them.

    The account of a row that names its customer is left out: `without_rounded_accounts`.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
    str
        Empty where there is none.
    """
    rows, why = np.zeros(len(raw.frame), dtype=bool), ""
    for column, ours in match.columns.items():
        if ours not in _NUMBERS or column not in raw.frame:
            continue
        if ours != "customer_id" and "customer_id" in match.columns.values():
            continue
        cells = raw.frame[column]
        here = cells.str.fullmatch(_ROUNDED).fillna(False).to_numpy(bool)
        if here.any():
            rows |= here
            why = (
                f"a spreadsheet rounded the number in column {column}: {cells[here].iloc[0]!r} "
                "stands for many; export the column as text"
            )
    return rows, why


def without_rounded_accounts(raw: RawTable, match: Match) -> tuple[RawTable, str]:
    """Rows that name their customer without account numbers that a spreadsheet rounded, and one
    sentence on them; empty where there is none."""
    if "customer_id" not in match.columns.values():
        return raw, ""
    for column, ours in match.columns.items():
        if ours in _NUMBERS - {"customer_id"} and column in raw.frame:
            cells = raw.frame[column]
            if (here := cells.str.fullmatch(_ROUNDED).fillna(False)).any():
                plain = replace(raw, frame=raw.frame.assign(**{column: cells.mask(here)}))
                return plain, (
                    f"{raw.file}: a spreadsheet rounded {int(here.sum()):,} numbers in column "
                    f"{column}, such as {cells[here].iloc[0]!r}: those accounts are not told apart."
                )
    return raw, ""


def _shortened(cells: pd.Series, key: Callable[[], bytes]) -> pd.Series | None:
    """A column without whole numbers; None where it has none."""
    said = cells.str.strip().drop_duplicates().dropna()
    distinct = said[said != ""].astype("str").reset_index(drop=True)
    if distinct.empty:
        return None
    if _is_number_column(str(cells.name), distinct):
        whole = distinct[~distinct.str.fullmatch(_ROUNDED)]  # `rounded` reports the others
        if whole.empty:
            return None
        short = {text: text for text in distinct} | {text: _short(text, key()) for text in whole}
        return cells.str.strip().map(short).astype("str")
    texts = distinct[distinct.str.len() >= _SHORTEST]
    texts = texts[texts.str.contains(_MAYBE) & texts.str.contains("[A-Za-z]")]
    short = {text: new for text in texts if (new := _without_numbers(text, key)) != text}
    return cells.str.strip().map(short).fillna(cells).astype("str") if short else None


def _is_number_column(name: str, distinct: pd.Series) -> bool:
    called = synonyms.normal(name)
    if _ACCOUNT_NAME.search(called):
        return bool(distinct.str.count(r"\d").ge(6).mean() >= _MOST)
    may_be = (distinct.str.len() >= _SHORTEST) & ~distinct.str.contains(_NEVER_IN_A_NUMBER)
    if may_be.mean() < _MOST:
        return False
    plain = distinct.str.replace(r"[\s-]", "", regex=True)
    if plain.str.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}").mean() >= _MOST:
        return bool(plain.map(is_iban).mean() >= _MOST)
    is_named = bool(_CARD_NAME.search(called))
    least = r"\d{12,19}" if is_named else r"\d{13,19}"
    if plain.str.fullmatch(least).mean() < _MOST:
        return False
    if is_named:
        return True
    return len(plain) >= _LEAST_DISTINCT and bool(plain.map(is_card_number).mean() >= _MOST)


def _without_numbers(text: str, key: Callable[[], bytes]) -> str:
    def card(match: re.Match[str]) -> str:
        return _short(match[0], key()) if is_card_number(match[0]) else match[0]

    def iban(match: re.Match[str]) -> str:
        return _short(match[0], key()) if is_iban(match[0]) else match[0]

    return _IBAN.sub(iban, _CARD.sub(card, text[:2000])) + text[2000:]


def _short(number: str, key: bytes) -> str:
    plain = re.sub(r"[\s-]", "", number).upper()
    return f"****{plain[-4:]}-{keyed_hash(plain, key)}"


def keyed_hash(text: str, key: bytes) -> str:
    """16 hexadecimal digits that tell nobody without the key what was hashed (HMAC-SHA-256)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


def without_rounded(
    tables: Mapping[str, RawTable], matches: Mapping[str, Match], findings: Findings
) -> dict[str, RawTable]:
    """Tables without the rows whose customer or account nobody can tell any more."""
    tables = dict(tables)
    for name, match in matches.items():
        tables[name], note = without_rounded_accounts(tables[name], match)
        if note:
            findings.note(note)
        rows, why = rounded(tables[name], match)
        if why:
            lines = tables[name].lines[rows]
            findings.reject(match.table, tables[name].file, lines, why)
            tables[name] = rows_apart.without_lines(tables[name], lines)
    return tables


def is_card_number(text: str) -> bool:
    """Whether 13 to 19 digits end in the check digit that cards have (Luhn, ISO/IEC 7812)."""
    digits = [int(d) for d in text if d.isdecimal()][::-1]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN by its two check digits (ISO 13616)."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", plain):
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1
