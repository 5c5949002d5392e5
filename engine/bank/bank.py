"""The frozen Bank: checked tables in, id maps and a fingerprint of the content out."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar, cast

import numpy as np
import pandas as pd

from engine.bank import stored_rows
from engine.bank import tables as _tables
from engine.bank.manifest import Manifest
from engine.bank.point_in_time import known_on
from engine.bank.stored_rows import Held, HeldRows, LateTable, StoredRows, Tables
from engine.errors import BadInput, NotFound
from engine.vocabulary import FOREIGN, ORDERS, TABLES

MANIFEST = "bank.json"
TRANSACTIONS = "transactions"
T = TypeVar("T")
Format = Literal["csv", "parquet"]

_BANK_ID = re.compile(r"[a-z0-9][a-z0-9-]*")

_RESTS_ON = {
    "customer_ids": {"customers"},
    "product_ids": {"products"},
    "_read_of_products": {"products"},
    "held": {"customers", "products", "holdings"},
}
"""Cached property of a bank -> the tables that it is worked out from."""
_LATE = frozenset({TRANSACTIONS, "months", "messages", "contacts", "labels"})
"""Tables that a bank which was open before shows its first page without."""
_LATE_FROM = 500_000
"""Bytes of a CSV file from which it is worth to read it late (own choice: 5 ms)."""
_FILES = frozenset(f"{table}.{format}" for table in TABLES for format in ("csv", "parquet"))


@dataclass(frozen=True, eq=False)
class Bank:
    """Everything a bank knows, in one set of tables that nobody edits in place.

    Attributes
    ----------
    manifest : Manifest
    tables : mapping of str to DataFrame
        Every table of the vocabulary, coerced (engine.bank.tables.coerce). Transactions that are
        stored by customer are read anew at each look: ask `rows` for what is needed of them.
    base_fingerprint : str
        SHA-256 of the tables as imported; it tells the edition and does not change
        when what was recorded (consents, events, purchases) is laid over it.
    """

    manifest: Manifest
    tables: Mapping[str, pd.DataFrame]
    base_fingerprint: str

    @classmethod
    def from_tables(cls, manifest: Manifest, frames: Mapping[str, pd.DataFrame]) -> "Bank":
        """Build a bank from frames of any subset of the tables and columns."""
        if stray := sorted(set(frames) - set(TABLES)):
            raise BadInput(f"There is no table {stray[0]!r}; tables are {', '.join(TABLES)}.")
        tables = {
            name: _tables.coerce(name, frames[name]) if name in frames else _tables.empty(name)
            for name in TABLES
        }
        fingerprint = _fingerprint(Tables(tables))
        return cls(_named(manifest, fingerprint), tables, fingerprint)

    @classmethod
    def load(cls, folder: Path | str) -> "Bank":
        """Read a bank that `save` wrote.

        Raises
        ------
        NotFound
            If the folder holds no bank.
        BadInput
            If a table's file was changed since it was written.
        """
        folder = Path(folder)
        if not (folder / MANIFEST).is_file():
            raise NotFound(
                f"{folder} holds no imported bank (no {MANIFEST}). "
                f"Import one: python -m engine import PATH --into {folder}"
            )
        stored = _stored(folder / MANIFEST)
        files: dict[str, str] = stored["files"]
        on_disk = stored.get("by_customer", ())
        tables: dict[str, Held] = {n: _tables.empty(n) for n in TABLES}
        for file, expected in files.items():
            path = folder / file
            if (digest := _sha256(path)) != expected:
                raise BadInput(
                    f"{path} was changed after the import (SHA-256 {digest[:12]}..., "
                    f"expected {expected[:12]}...). Import the source again."
                )
            if path.stem in on_disk:
                tables[path.stem] = StoredRows.open(path)
            elif path.stem in _LATE and _is_worth_waiting(path):
                tables[path.stem] = LateTable(path, _read)
            else:
                tables[path.stem] = _read(path)
        return cls(manifest_of(stored), Tables(tables), stored["fingerprint"])

    def save(self, folder: Path | str, format: Format = "csv") -> None:
        """Write the tables and the manifest into an empty or new folder."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        files, rows = {}, {}
        by_customer = format == "parquet" and self._is_by_customer
        for name, table in self.tables.items():
            if table.empty:
                continue
            path = folder / f"{name}.{format}"
            if by_customer and name == TRANSACTIONS:
                stored_rows.write(table, path)
            else:
                _write(table, path)
            files[path.name], rows[name] = _sha256(path), len(table)
        stored = {
            "manifest": dataclasses.asdict(self.manifest),
            "fingerprint": self.base_fingerprint,
            "rows": rows,
            "files": files,
            **({"by_customer": [TRANSACTIONS]} if by_customer and TRANSACTIONS in rows else {}),
        }
        text = json.dumps(stored, indent=2, sort_keys=True, ensure_ascii=False, default=list)
        (folder / MANIFEST).write_text(text + "\n", "utf-8")

    def with_tables(self, **frames: pd.DataFrame) -> "Bank":
        """The same bank with some tables replaced; its identity stays."""
        return self.with_checked(
            **{name: _tables.coerce(name, frame) for name, frame in frames.items()}
        )

    def with_checked(self, **frames: Held) -> "Bank":
        """The same bank with some tables replaced by frames that are coerced already.

        What rests on none of them is worked out once and handed on.
        """
        bank = Bank(self.manifest, self._tables.instead(frames), self.base_fingerprint)
        for name, tables in _RESTS_ON.items():
            if not tables & frames.keys():
                vars(bank)[name] = getattr(self, name)
        if "customers" not in frames:
            places = dict(self._places)  # another thread may add to it meanwhile
            vars(bank)["_places"] = {t: rows for t, rows in places.items() if t not in frames}
        return bank

    def until(self, day: pd.Timestamp) -> "Bank":
        """The bank as it was known at the end of a day, for fitting without leaks.

        See `engine.bank.point_in_time.known_on`; undated rows stay.
        """
        kept = known_on(self._tables, day, self.as_of)
        manifest = dataclasses.replace(self.manifest, as_of=day.date().isoformat())
        return Bank(manifest, self._tables.instead(kept), self.base_fingerprint)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    @cached_property
    def _tables(self) -> Tables:
        return self.tables if isinstance(self.tables, Tables) else Tables(self.tables)

    def rows(self, table: str) -> HeldRows | StoredRows:
        """The rows of a table, in memory only as far as they are asked for."""
        return self._tables.rows(table)

    def given(self, table: str) -> Held:
        """A table as it is held: in memory, or in a file that nobody has read yet."""
        return self._tables.given(table)

    def is_same(self, other: "Bank", table: str) -> bool:
        """Do two banks have the very same table?"""
        return self.given(table) is other.given(table)

    @cached_property
    def _is_by_customer(self) -> bool:
        """Do transactions stand customer by customer, in the order of their table?"""
        rows = self.rows(TRANSACTIONS)
        if isinstance(rows, StoredRows):
            return True
        return stored_rows.by_customer(rows.frame, self.customer_ids) is rows.frame

    def by_customer(self) -> "Bank":
        """The bank with its transactions customer by customer, as Parquet stores them."""
        if self._is_by_customer:
            return self
        rows = stored_rows.by_customer(self[TRANSACTIONS], self.customer_ids)
        return Bank.from_tables(self.manifest, {**self.tables, TRANSACTIONS: rows})

    def next_edition(self, content: "Bank") -> "Bank":
        """Other content of this bank: what was written about the bank so far stays its own.

        Parameters
        ----------
        content : Bank
            As imported from the newer files; its manifest describes them.

        Returns
        -------
        Bank
            Under the id of this bank, with the next number; the same number for the same tables.
        """
        number = self.manifest.edition + (content.base_fingerprint != self.base_fingerprint)
        manifest = dataclasses.replace(content.manifest, bank_id=self.bank_id, edition=number)
        return Bank(manifest, content.tables, content.base_fingerprint)

    @property
    def bank_id(self) -> str:
        """The bank's own id; the same for all of its editions."""
        return self.manifest.bank_id

    @cached_property
    def as_of(self) -> pd.Timestamp:
        """The day on which the bank's figures stand."""
        return pd.Timestamp(self.manifest.as_of)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the tables as they are now, records included."""
        return _fingerprint(self._tables)

    @cached_property
    def customer_ids(self) -> pd.Index:
        """Ids in table order, shape (n_customers,): the row order of every customer array."""
        return pd.Index(self.tables["customers"]["customer_id"], dtype="str")

    @cached_property
    def product_ids(self) -> pd.Index:
        """Ids in table order, shape (n_products,): the column order of every score table."""
        return pd.Index(self.tables["products"]["product_id"], dtype="str")

    @property
    def n_customers(self) -> int:
        return len(self.customer_ids)

    @property
    def n_products(self) -> int:
        return len(self.product_ids)

    def customer_positions(self, ids: pd.Series | np.ndarray | pd.Index) -> np.ndarray:
        """Row numbers of customers, int64 of shape (len(ids),); -1 for an unknown id."""
        return self.customer_ids.get_indexer(pd.Index(ids, dtype="str"))

    def product_positions(self, ids: pd.Series | np.ndarray | pd.Index) -> np.ndarray:
        """Column numbers of products, int64 of shape (len(ids),); -1 for an unknown id."""
        return self.product_ids.get_indexer(pd.Index(ids, dtype="str"))

    def customer_position(self, customer_id: str) -> int:
        """Row number of one customer.

        Raises
        ------
        NotFound
            If the bank has no such customer.
        """
        position = int(self.customer_positions(pd.Index([str(customer_id)]))[0])
        if position < 0:
            # No example: in some banks a customer's id is a person's name.
            raise NotFound(
                f"{self.manifest.name} has no customer {customer_id!r}; "
                f"it has {self.n_customers:,} others. Search the list of customers for the id."
                if self.n_customers
                else f"{self.manifest.name} has no customers."
            )
        return position

    def product_position(self, product_id: str) -> int:
        """Column number of one product; NotFound if the bank has no such product."""
        position = int(self.product_positions(pd.Index([str(product_id)]))[0])
        if position < 0:
            raise NotFound(f"{self.manifest.name} has no product {product_id!r}.")
        return position

    def of_customer(self, table: str, position: int) -> pd.DataFrame:
        """The rows of one customer, in their order; the first look at a table finds everybody's."""
        if table not in self._places:
            codes, distinct = pd.factorize(self.tables[table]["customer_id"])
            positions = np.append(self.customer_positions(distinct), -1)[codes]
            order = np.argsort(positions, kind="stable")
            starts = np.searchsorted(positions[order], np.arange(self.n_customers + 1))
            self._places[table] = order, starts
        order, starts = self._places[table]
        mine = order[starts[position] : starts[position + 1]]
        return self.tables[table].iloc[mine].reset_index(drop=True)

    @cached_property
    def _places(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Table -> row numbers, customer by customer, and where those of each begin."""
        return {}

    @cached_property
    def _read_of_products(self) -> dict[str, tuple[Any, Any]]:
        return {}

    def of_products(self, name: str, settings: Any, work_out: Callable[[], T]) -> T:
        """What is worked out of the products and some settings alone.

        Banks that hold the same products share it, such as those of which a fold hides a holding.
        """
        kept = self._read_of_products.get(name)
        if kept is None or kept[0] != settings:
            kept = self._read_of_products[name] = (settings, work_out())
        return cast("T", kept[1])

    @cached_property
    def held(self) -> np.ndarray:
        """Products held on the bank's day, bool of shape (n_customers, n_products)."""
        return self.held_on(None)

    def held_on(self, day: pd.Timestamp | None) -> np.ndarray:
        """Products held at the end of a day; None means the latest known state.

        Returns
        -------
        ndarray of bool, shape (n_customers, n_products)
            An undated holding counts as always held.
        """
        holdings = self.tables["holdings"]
        if day is None:
            kept = holdings["closed_on"].isna() | (holdings["closed_on"] > self.as_of)
        else:
            kept = holdings["opened_on"].isna() | (holdings["opened_on"] <= day)
            kept &= holdings["closed_on"].isna() | (holdings["closed_on"] > day)
        rows = self.customer_positions(holdings["customer_id"])[kept.to_numpy()]
        columns = self.product_positions(holdings["product_id"])[kept.to_numpy()]
        known = (rows >= 0) & (columns >= 0)
        held = np.zeros((self.n_customers, self.n_products), dtype=bool)
        held[rows[known], columns[known]] = True
        return held


_TUPLES = ("notes", "before_erasures", "derived")


def manifest_of(stored: Mapping[str, Any]) -> Manifest:
    """The manifest of what `Bank.save` wrote; an older one without an id gets its first one.

    Raises
    ------
    ValueError, KeyError, TypeError
        If it is no manifest, or its id could not be the name of a folder.
    """
    described = stored["manifest"]
    tuples = {name: tuple(described.get(name, ())) for name in _TUPLES}
    manifest = Manifest(**{**described, **tuples})
    if manifest.bank_id and not _BANK_ID.fullmatch(manifest.bank_id):
        raise ValueError(f"{manifest.bank_id!r} is no id of a bank")
    return _named(manifest, stored["fingerprint"])


def _named(manifest: Manifest, fingerprint: str) -> Manifest:
    """With an id, made once from what the bank is at its first import: its name and content."""
    if manifest.bank_id:
        return manifest
    slug = re.sub(r"[^a-z0-9]+", "-", manifest.name.lower()).strip("-")[:40] or "bank"
    return dataclasses.replace(manifest, bank_id=f"{slug}-{fingerprint[:8]}")


def _stored(path: Path) -> dict[str, Any]:
    """What `save` wrote beside the tables."""
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
        manifest_of(stored)
        if not {"fingerprint", "files"} <= set(stored) or set(stored["files"]) - _FILES:
            raise ValueError("it does not describe a bank's tables")
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} cannot be read as a bank's description ({error}). Import the source again."
        ) from error
    return stored


def _fingerprint(tables: Tables) -> str:
    digest = hashlib.sha256()
    for name, columns in TABLES.items():
        if name in (FOREIGN, ORDERS) and not len(tables.rows(name)):
            continue  # banks of before them keep their name
        digest.update(name.encode())
        for part in tables.rows(name).parts(list(columns)):
            digest.update(_tables.content_hash(part))
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise BadInput(f"{path} is missing. Import the source again.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        shown = table.dropna(axis="columns", how="all")
        shown.to_csv(path, index=False, lineterminator="\n")


def _is_worth_waiting(path: Path) -> bool:
    return path.suffix == ".parquet" or path.stat().st_size >= _LATE_FROM


def _read(path: Path, source: BinaryIO | None = None) -> pd.DataFrame:
    """A table by the name of its file; `source` is that file where it is open already."""
    if path.suffix == ".parquet":
        return _tables.coerce(path.stem, pd.read_parquet(source or path))
    kinds = TABLES[path.stem]
    texts = {c: "str" for c, k in kinds.items() if k in ("id", "text", "list", "json", "flag")}
    # The line end is named because a lone carriage return within a cell is not quoted.
    frame = pd.read_csv(
        source or path, dtype=texts, keep_default_na=False, na_values=[""], lineterminator="\n"
    )
    return _tables.coerce(path.stem, frame)
