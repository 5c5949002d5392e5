"""A matched file of transactions in; rows that are pending, were declined or taken back, out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.column_matching import STATUS, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.importing.columns.synonyms import BOOKED_KIND as BOOKED
from engine.bank.importing.columns.synonyms import booking_status
from engine.bank.reading.raw_table import RawTable

_STATES = frozenset(
    name
    for name in synonyms.FOLLOWED[STATUS]
    if name not in ("state", "estado", "stato", "cleared")
)
"""Names of columns that are about the booking, whatever words they hold: "state" may be a place."""
_MOST_STATES = 6
"""Different words that a column of booking states has at most (own choice)."""
_REASON = re.compile(r"(?:decline|declined|reject|rejection|refusal|failure|fail)_?(?:reason|code)")
"""Names of columns that say why a payment was declined; they are empty for all others."""
_NO_REASON = re.compile(
    r"0+|-+|ok|n/?a|no|none|null|success(?:ful)?|approved|no (?:error|reason|failure|decline)"
    r"|not (?:applicable|declined|rejected|refused|failed)"
)
"""What such a column says of a payment that was not declined."""


@dataclass(frozen=True, eq=False)
class Apart:
    """Rows of one kind that are no data, or no data that counts.

    Attributes
    ----------
    kind : str
        "totals row", "repeated header", "pending" ...
    lines : ndarray of int64
    evidence : str
    is_proved : bool
    is_kept : bool
        A person said that they are data, or nobody knows.
    is_open : bool
        Nothing tells whether they count.
    """

    kind: str
    lines: np.ndarray
    evidence: str
    is_proved: bool
    is_kept: bool = False
    is_open: bool = False


def unbooked(raw: RawTable, match: Match) -> list[Apart]:
    """Transactions that are pending, were declined or taken back, and those that may be."""
    if match.table != "transactions":
        return []
    if kind := synonyms.UNBOOKED.get(re.split(r"[^a-z]", raw.name.lower())[-1]):
        return [Apart(kind, raw.lines, f"the list is called {raw.name}", True)]
    aparts = [*_by_reasons(raw, match), *_by_flags(raw, match)]
    for column in (c for c, ours in match.columns.items() if ours == STATUS):
        said = raw.frame[column].str.strip().str.lower()
        kinds = said.map({cell: booking_status(cell) for cell in said.dropna().unique()})
        aparts += [
            Apart(kind, raw.lines[kinds == kind], f"column {column} says so", True)
            for kind in dict.fromkeys(kinds.dropna())
            if kind != BOOKED
        ]
    return aparts + _of_unknown_status(raw, match)


def _by_flags(raw: RawTable, match: Match) -> list[Apart]:
    """Rows of which a column of yes and no, called "pending" or "booked", says that they are not
    booked.

    They are set apart where its name is one of `synonyms.FLAGS` and no other column says that they
    are booked; else they count until a person says: "reconciled" or "authorised" may mean more.
    """
    flags: dict[str, tuple[str, pd.Series]] = {}
    for column in raw.frame:
        name = _flag_name(column)
        kind = synonyms.FLAGS.get(name) or booking_status(name.replace("_", " "))
        said = PARSERS["text"](raw.frame[column])
        told = PARSERS["flag"](said) if kind else said
        if kind and said.notna().any() and told.notna().eq(said.notna()).all():
            flags[column] = (kind, told)
    aparts = []
    for column, (kind, told) in flags.items():
        if column in match.columns:
            continue
        is_known = _flag_name(column) in synonyms.FLAGS
        rows = told.eq(kind != BOOKED).fillna(False).to_numpy(bool)
        denied = rows & _says_booked(raw, match, {c: f for c, f in flags.items() if c != column})
        sure = rows & ~denied & is_known
        called = "pending" if kind == BOOKED else kind
        aparts.append(Apart(called, raw.lines[sure], f"column {column} says so", True))
        unsure = f"nothing says whether {column} is about the booking"
        evidence = "another column says that they are booked" if is_known else unsure
        asked = f"{called}, by {column}"
        aparts.append(Apart(asked, raw.lines[rows & ~sure], evidence, False, True, True))
    return aparts


def _says_booked(
    raw: RawTable, match: Match, flags: Mapping[str, tuple[str, pd.Series]]
) -> np.ndarray:
    """Rows of which a column of states, or a flag called "booked", says that they are booked."""
    rows = np.zeros(len(raw.lines), dtype=bool)
    for told in (told for kind, told in flags.values() if kind == BOOKED):
        rows |= told.fillna(False).to_numpy(bool)
    for column in (c for c, ours in match.columns.items() if ours == STATUS and c not in flags):
        said = raw.frame[column].str.strip().str.lower()
        words = [cell for cell in said.dropna().unique() if booking_status(cell) == BOOKED]
        rows |= said.isin(words).to_numpy(bool)
    return rows


def _of_unknown_status(raw: RawTable, match: Match) -> list[Apart]:
    """Rows with a word in a column of states that nobody knows: they count until a person says.

    The commonest word is that of what is booked, and a word that all rows of a customer have is
    about the customer.
    """
    columns = [c for c, ours in match.columns.items() if ours == STATUS]
    free = (c for c in raw.frame if c not in match.columns)
    columns += [c for c in free if synonyms.normal(c) in _STATES]
    owners = [c for c, ours in match.columns.items() if ours == "customer_id"]
    aparts: list[Apart] = []
    for column in columns:
        said = PARSERS["text"](raw.frame[column]).str.lower()
        counts = said.value_counts()
        n_each = said.groupby(raw.frame[owners[0]]).nunique() if owners else pd.Series([2])
        is_of_customer = len(n_each) > 1 and bool((n_each <= 1).all())
        if not 1 < len(counts) <= _MOST_STATES or is_of_customer:
            continue
        known = [word for word in counts.index if booking_status(word) is not None]
        booked = known or [counts.index[0]]
        for word in (word for word in counts.index if word not in booked):
            rows = said.eq(word).fillna(False).to_numpy(bool)
            evidence = f"no word that is known stands in column {column} of these rows"
            aparts.append(Apart(f"{column} {word!r}", raw.lines[rows], evidence, False, True, True))
    return aparts


def _flag_name(column: str) -> str:
    """The name of a column of yes and no without what says that it is one: "DEL_FLG" is del."""
    return re.sub(r"^is_|_(?:flg|flag|ind|indicator)$", "", synonyms.normal(column))


def _by_reasons(raw: RawTable, match: Match) -> list[Apart]:
    """Rows for which a column says why they were declined.

    Where every payment has a code, the commonest is that of what was approved, and the others
    count until a person says.
    """
    aparts = []
    for column in (c for c in raw.frame if c not in match.columns):
        if not _REASON.fullmatch(synonyms.normal(column)):
            continue
        said = raw.frame[column].str.strip().str.lower()
        codes = said[said.fillna("") != ""].value_counts()
        reasons = [code for code in codes.index if not _NO_REASON.fullmatch(code)]
        rows = said.isin(reasons).to_numpy(bool)
        if not rows.all():
            evidence = f"column {column} says why"
            aparts.append(Apart("declined", raw.lines[rows], evidence, True))
        elif len(codes) > 1:
            unsure = said.ne(codes.index[0]).to_numpy(bool)
            evidence = f"every payment has a code in column {column}, and nobody says what it means"
            asked = f"declined, by {column}"
            aparts.append(Apart(asked, raw.lines[unsure], evidence, False, True, True))
    return aparts
