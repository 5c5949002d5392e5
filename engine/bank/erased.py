"""Customers who were erased, as keyed hashes of their ids, in; tables without their rows out."""

import hashlib
import hmac
import json
import re
import tomllib
from calendar import day_abbr, day_name, month_abbr, month_name
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

from engine import labels
from engine.bank import disk, keys
from engine.bank.bank import Bank
from engine.errors import StateError
from engine.vocabulary import TABLES

FILE = "erased.json"
_LOCK = ".lock"
_KEY_DIGITS = 16
_TAKEN_OUT = (
    "# Files that named a customer who was erased were taken out; they are asked about again.\n"
)
_TEXTS = frozenset({"id", "text", "list", "json"})


@dataclass(frozen=True)
class _Stored:
    key: str = ""
    """Start of the SHA-256 of the key, so that another key is not taken for it."""
    customers: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    """Of whom rows may still lie in a file."""


class ErasedCustomers:
    """Who was erased from one bank; it says of any id whether it is one of them, and names nobody.

    Parameters
    ----------
    file : Path
        Holds the hashes; their key lies beside the folder of the file (`keys.key_beside`).
    """

    def __init__(self, file: Path):
        self.file = file

    @property
    def revision(self) -> str:
        """Changes when anyone is erased; costs one `stat`."""
        return disk.revision_of(self.file)

    @property
    def n(self) -> int:
        """How many were erased."""
        return len(self._read().customers)

    @property
    def is_unfinished(self) -> bool:
        """Was an erasure begun that has not been carried through?"""
        return bool(self._read().unfinished)

    def add(self, customer_id: str) -> None:
        """Erase a customer: from now on nobody is given their rows. `finish` when all are gone."""
        with disk.held(self.file.parent / _LOCK):
            stored, key = self._read(), self._key()
            one = frozenset({_hash(customer_id, key)})
            said = _said(key)
            self._write(_Stored(said, stored.customers | one, stored.unfinished | one))

    def take_over(self, other: "ErasedCustomers") -> int:
        """Count as erased here too whom another file knows as erased, by the same key; how many
        that are. What is left of their rows is taken out when their bank is next opened.

        Raises
        ------
        StateError
            If the two have not the same key: then nobody can tell who they are.
        """
        theirs = other._read()
        if not theirs.customers:
            return 0
        with disk.held(self.file.parent / _LOCK):
            stored, key = self._read(), self._key()
            if theirs.key != _said(key):
                raise StateError(
                    f"they are kept by another key than {self.file.parent.parent / keys.KEY_FILE}."
                )
            new = theirs.customers - stored.customers
            unfinished = stored.unfinished | new | (theirs.unfinished & theirs.customers)
            if new or unfinished != stored.unfinished:
                self._write(_Stored(_said(key), stored.customers | new, unfinished))
        return len(new)

    def finish(self, done: frozenset[str]) -> None:
        """Note that no row of these (`unfinished`) lies in any file any more."""
        with disk.held(self.file.parent / _LOCK):
            stored = self._read()
            self._write(_Stored(stored.key, stored.customers, stored.unfinished - done))

    def unfinished(self) -> frozenset[str]:
        """Hashes of whose erasure was begun and has not been carried through."""
        return self._read().unfinished

    def mark(self, customer_id: str) -> str:
        """The keyed hash that stands for a customer among those who were erased."""
        return _hash(customer_id, self._key())

    def among(self, ids: Iterable[str]) -> np.ndarray:
        """Which of some customers were erased, bool of shape (n,).

        Raises
        ------
        StateError
            If the key is not there, or another; then nobody can tell.
        """
        texts = list(ids)
        stored = self._read()
        if not stored.customers or not texts:
            return np.zeros(len(texts), dtype=bool)
        key = self._key()
        return np.array([_hash(one, key) in stored.customers for one in texts], dtype=bool)

    def is_named_in(self, name: str) -> bool:
        """Is the name of a file or customer, or a word of it, that of one of them?"""
        last = PurePath(name).name
        spelled = {name, last, *last.split(), _words(last)}
        return bool(self.among({f(n) for n in spelled for f in (str, str.title, str.upper)}).any())

    def ids_in(self, bank: Bank) -> list[str]:
        """The ids of erased customers whom any table of a bank names."""
        ids: set[str] = set()
        for name in _tables_of_customers():
            ids |= set(bank.rows(name).column("customer_id").dropna().unique())
        ordered = sorted(ids)
        return [
            one for one, is_erased in zip(ordered, self.among(ordered), strict=True) if is_erased
        ]

    def without(self, bank: Bank) -> Bank:
        """A bank without the rows of erased customers; the same object where it has none."""
        gone = self.ids_in(bank) if self._read().customers else []
        return without_customers(bank, gone)

    def _key(self) -> bytes:
        stored, place = self._read(), self.file.parent.parent / keys.KEY_FILE
        if not stored.key or place.is_file():
            key = keys.key_beside(self.file.parent)
            if stored.key in ("", _said(key)):
                return key
        raise StateError(
            f"{self.file} holds {len(stored.customers):,} erased customers by a key that is not "
            f"{place}, so they could come back. Put the key there that lay beside the folder when "
            "they were erased."
        )

    def _read(self) -> _Stored:
        try:
            stored = json.loads(self.file.read_text("utf-8"))
            hashes = (frozenset(stored[name]) for name in ("customers", "unfinished"))
            return _Stored(str(stored["key"]), *hashes)
        except (FileNotFoundError, NotADirectoryError):
            return _Stored()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"{self.file} cannot be read ({error}), so erased customers could come back. "
                "Restore it from a backup."
            ) from error

    def _write(self, stored: _Stored) -> None:
        content = {
            "key": stored.key,
            "customers": sorted(stored.customers),
            "unfinished": sorted(stored.unfinished),
        }
        disk.write_whole(self.file, (json.dumps(content, indent=1) + "\n").encode())


def without_customers(bank: Bank, ids: Iterable[str]) -> Bank:
    """A bank without the rows about some customers; the same object where there are none."""
    gone = list(ids)
    kept = {}
    for name in _tables_of_customers() if gone else ():
        rows = bank.rows(name)
        stays = ~rows.column("customer_id").isin(gone).to_numpy()
        if not stays.all():
            kept[name] = rows.where(stays)
    return bank.with_checked(**kept) if kept else bank


def texts_of(bank: Bank, ids: Iterable[str]) -> set[str]:
    """Ids and texts in the rows of some customers that no other row of the same column has."""
    gone = list(ids)
    texts: set[str] = set(gone)
    for name in _tables_of_customers():
        theirs = bank[name]["customer_id"].isin(gone)
        for column in (c for c, kind in TABLES[name].items() if kind in _TEXTS and theirs.any()):
            cells = bank[name][column]
            mine = set(cells[theirs].dropna().unique())
            others = cells[~theirs]
            texts |= mine - set(others[others.isin(mine)].unique())
    return texts


NAMED_BY = ("customer_id", "name", "email", "phone")
"""Columns of the customers that say who somebody is."""
_LEAST_LETTERS = 3
"""Of a word, or the start of one, that stands for a whole name (own choice)."""
_LEAST_DIGITS = 6
"""Of a number that names somebody wherever it stands; rates and years are shorter (own choice)."""
_NOT_LABELS = frozenset({*NAMED_BY, "attributes"})


@dataclass(frozen=True)
class Called:
    """What some customers are called by.

    Attributes
    ----------
    names : frozenset of str
        Numbers, names, e-mail addresses, telephones: each names somebody by all its words.
    words : frozenset of str
        Words of their names.
    others : frozenset of str
        Words of the names of all other customers.
    labels : frozenset of str
        Words of products, places, trades and the calendar: in a text they need name nobody.
    """

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    def __or__(self, other: "Called") -> "Called":
        return Called(
            self.names | other.names,
            self.words | other.words,
            self.others | other.others,
            self.labels | other.labels,
        )

    @cached_property
    def alone(self) -> frozenset[str]:
        """Words of their names that no other customer's name has."""
        return frozenset(w for w in self.words - self.others if len(w) >= _LEAST_LETTERS)

    @cached_property
    def _whole(self) -> list[set[str]]:
        return [words for name in self.names if (words := words_of(name)) and not _is_short(words)]

    def is_named_in(self, text: str) -> bool:
        """Does a text hold every word of one of the names, in whatever order and letters?

        A bare short number names nobody here: it may as well be a rate, a count or a year.
        """
        said = words_of(text)
        return any(words <= said for words in self._whole)

    def is_told_of(self, text: str, besides: Iterable[str] = ()) -> bool:
        """Does it name them, or hold a word of theirs alone that is no label?

        Parameters
        ----------
        text : str
        besides : iterable of str
            Words that are labels beside `self.labels`.
        """
        said = (words_of(text) & self.alone) - self.labels
        return bool(said.difference(besides)) or self.is_named_in(text)

    def is_looked_for(self, text: str) -> bool:
        """Does somebody who looks for a text look for them?

        They do with a name, a number, a word of theirs alone or three or more first letters of one.
        """
        said = words_of(text)
        starts = tuple(word for word in said if len(word) >= _LEAST_LETTERS)
        if starts and any(word.startswith(starts) for word in self.alone):
            return True
        return self.is_named_in(text) or any(said == words_of(name) for name in self.names)


def called(bank: Bank, ids: Iterable[str]) -> Called:
    """What some customers are called by in a bank; nobody can be renamed after an import."""
    people, gone = bank["customers"], set(ids)
    theirs = people["customer_id"].isin(gone)
    cells = {str(cell) for column in NAMED_BY for cell in people.loc[theirs, column].dropna()}
    known = _words_in(bank["products"], "products")
    known |= _words_in(people.loc[~theirs, ~people.columns.isin(_NOT_LABELS)], "customers")
    return Called(
        frozenset(cells | gone),
        frozenset(_words_of_all(people.loc[theirs, "name"])),
        frozenset(_words_of_all(people.loc[~theirs, "name"])),
        frozenset(known | _ours()),
    )


def words_of(text: str) -> set[str]:
    """The words of a text in small letters, without its marks."""
    return {*_words(text).split()}


def _words_in(rows: pd.DataFrame, table: str) -> set[str]:
    """Words of the columns of texts and lists."""
    columns = [c for c, kind in TABLES[table].items() if kind in ("text", "list") and c in rows]
    return set[str]().union(*(_words_of_all(rows[column]) for column in columns))


@cache
def _ours() -> frozenset[str]:
    """Words of what rules, metrics, lists and actions are called, and of the calendar."""
    tables = [table for table in vars(labels).values() if isinstance(table, Mapping)]
    texts = [text for table in tables for text in table.values() if isinstance(text, str)]
    texts += [*month_name, *month_abbr, *day_name, *day_abbr]
    return frozenset(set[str]().union(*map(words_of, texts)))


def _words_of_all(cells: pd.Series) -> set[str]:
    return set[str]().union(*map(words_of, cells.dropna().unique()))


def _is_short(words: set[str]) -> bool:
    """Is it a bare short number?"""
    return len(words) == 1 and all(w.isdecimal() and len(w) < _LEAST_DIGITS for w in words)


def plan_without(plan: str, texts: Iterable[str], erased: ErasedCustomers) -> str:
    """A plan of an import without the files that name who was erased, as TOML.

    It is the same text where none does, and empty where no file is left.

    Parameters
    ----------
    plan : str
    texts : iterable of str
        Ids and texts of theirs alone, which count in whatever letters and marks.
    erased : ErasedCustomers
    """
    if not plan:
        return plan
    import tomli_w

    try:
        given = tomllib.loads(plan)
    except tomllib.TOMLDecodeError:
        return ""
    names = _naming(texts)

    def is_theirs(file: Mapping[str, Any]) -> bool:
        name, customer = file.get("source", ""), file.get("customer", "")
        columns = (*file.get("columns", ()), *file.get("others", ()))
        is_known = erased.is_named_in(name) or erased.is_named_in(customer)
        return is_known or names(name, customer, *columns)

    files, out = given.get("files", []), given.get("left_out", [])
    stay = [file for file in files if not is_theirs(file)]
    out_stay = [name for name in out if not names(name) and not erased.is_named_in(name)]
    if (len(stay), len(out_stay)) == (len(files), len(out)):
        return plan
    if files and not stay:
        return ""
    left = {key: value for key, value in given.items() if key not in ("left_out", "files")}
    left |= {"left_out": out_stay} if out_stay else {}
    return _TAKEN_OUT + tomli_w.dumps({**left, "files": stay})


def files_naming(
    files: Iterable[str], texts: Iterable[str], erased: ErasedCustomers
) -> frozenset[str]:
    """Names of files that name who was erased, with or without the end of the name."""
    names = _naming(texts)
    return frozenset(
        file
        for file in files
        if names(file) or any(map(erased.is_named_in, (file, PurePath(file).stem)))
    )


def _naming(texts: Iterable[str]) -> Callable[..., bool]:
    """Whether one of some values holds one of the texts, in whatever letters and marks."""
    words = [said for said in map(_words, texts) if said]

    def names(*values: str) -> bool:
        said = [f" {_words(value)} " for value in values]
        return any(f" {word} " in value for word in words for value in said)

    return names


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _tables_of_customers() -> list[str]:
    return [name for name, kinds in TABLES.items() if "customer_id" in kinds]


def _hash(customer_id: str, key: bytes) -> str:
    return hmac.new(key, customer_id.encode(), hashlib.sha256).hexdigest()


def _said(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_KEY_DIGITS]
