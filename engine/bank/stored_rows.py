"""Rows of a table that is too large for memory: in a Parquet file by customer, read when asked."""

import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
import pandas as pd

from engine.bank import tables as _tables
from engine.errors import BadInput
from engine.vocabulary import TABLES

ROWS_A_GROUP: Final = 2**13
"""Rows that one customer's rows are read out of: about a millisecond (measured, 29 Nov 2026)."""
_GROUPS_A_PART: Final = 2**7
"""Row groups that are looked at together where all rows are: a million rows (own choice)."""
_NEAR_GROUPS: Final = 4
"""Rows out of so few groups are of few customers, and these groups are kept for the next look."""
_KEPT_GROUPS: Final = 16
_TEXTS: Final = ("id", "text", "list", "json")


class Rows(Protocol):
    """The rows of one table, by number, wherever they lie."""

    def __len__(self) -> int: ...

    def whole(self) -> pd.DataFrame:
        """All of them in memory."""

    def take(self, numbers: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some of them in the order of their numbers, of shape (len(numbers), n_columns)."""

    def parts(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """All of them in turn, as many as memory is no matter for; texts may be categories."""

    def column(self, name: str) -> pd.Series:
        """One column of all of them; texts may be categories."""


@dataclass(frozen=True, eq=False)
class HeldRows:
    """Rows that are in memory."""

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def whole(self) -> pd.DataFrame:
        """The table itself."""
        return self.frame

    def take(self, numbers: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some rows; see `Rows`."""
        frame = self.frame if columns is None else self.frame[list(columns)]
        return frame.iloc[numbers].reset_index(drop=True)

    def parts(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """The table in one part."""
        yield self.frame[list(columns)]

    def column(self, name: str) -> pd.Series:
        """One column."""
        return self.frame[name]

    def where(self, kept: np.ndarray) -> pd.DataFrame:
        """The rows that are kept, bool of shape (n_rows,)."""
        return self.frame[kept].reset_index(drop=True)


class _File:
    """An open Parquet file: who reads an edition goes on with it when another takes its place."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path, self.table = path, path.stem
        self._texts = [c for c, kind in TABLES[self.table].items() if kind in _TEXTS]
        self._source = pa.OSFile(str(path))
        self._as_stored = pq.ParquetFile(self._source)
        metadata = self._as_stored.metadata
        self._coded = pq.ParquetFile(self._source, metadata=metadata, read_dictionary=self._texts)
        sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
        self.starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        self._changed_at = self._state()
        self._lock = threading.Lock()
        self.group = lru_cache(maxsize=_KEPT_GROUPS)(self._group)

    def _state(self) -> tuple[int, int]:
        state = os.fstat(self._source.fileno())
        return state.st_size, state.st_mtime_ns

    def read(self, groups: Sequence[int], columns: Sequence[str], *, coded: bool = False) -> Any:
        """The columns of some row groups as an Arrow table; texts as dictionaries where coded.

        Raises
        ------
        BadInput
            If the file was changed since it was opened and checked.
        """
        with self._lock:
            if self._state() != self._changed_at:
                raise _changed(self.path)
            file = self._coded if coded else self._as_stored
            return file.read_row_groups(list(groups), columns=list(columns))

    def _group(self, number: int) -> pd.DataFrame:
        columns = list(TABLES[self.table])
        return _to_pandas(self.read([number], columns), columns)


def _changed(path: Path) -> BadInput:
    return BadInput(
        f"{path} was changed while it was open, after it had been checked. Import the source again."
    )


@dataclass(frozen=True)
class Seen:
    """What is done with rows of a table before anybody sees them.

    Attributes
    ----------
    change : callable
        Rows with at least `columns` in; the same rows, changed in these columns alone, out.
    columns : sequence of str
    """

    change: Callable[[pd.DataFrame], pd.DataFrame]
    columns: Sequence[str]

    def reading(self, wanted: Sequence[str]) -> list[str]:
        """The columns to read for those that are wanted."""
        touched = not set(self.columns).isdisjoint(wanted)
        return list(dict.fromkeys([*wanted, *(self.columns if touched else ())]))

    def applied(self, rows: pd.DataFrame, wanted: Sequence[str]) -> pd.DataFrame:
        """The wanted columns of rows that have those of `reading`."""
        touched = not set(self.columns).isdisjoint(wanted)
        return (self.change(rows) if touched else rows)[list(wanted)]

    def of(self, held: "Held") -> "Held":
        """A table as it is seen; nothing is read before it is asked for."""
        if isinstance(held, StoredRows):
            return replace(held, seen=self)
        return self.change(held) if isinstance(held, pd.DataFrame) else SeenTable(held, self)


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows of a file, or some of them, and after them rows that were added.

    Attributes
    ----------
    file : object
        From `StoredRows.open`.
    places : ndarray of int64, optional
        Which rows of the file these are, ascending; all of them where not given.
    added : DataFrame, optional
        Coerced rows that come after those of the file.
    seen : Seen, optional
        What is done with rows before anybody sees them.
    """

    file: _File
    places: np.ndarray | None = None
    added: pd.DataFrame = field(default_factory=pd.DataFrame)
    seen: "Seen | None" = None

    @classmethod
    def open(cls, path: Path) -> "StoredRows":
        """The rows of a file that `write` wrote."""
        return cls(_File(path))

    def __len__(self) -> int:
        return self._n_stored + len(self.added)

    @property
    def _n_stored(self) -> int:
        return int(self.file.starts[-1]) if self.places is None else len(self.places)

    def whole(self) -> pd.DataFrame:
        """All rows in memory, which takes gigabytes where they are millions."""
        if self.seen is not None:
            return self.seen.change(replace(self, seen=None).whole())
        table = self.file.table
        stored = self._of_file(list(TABLES[table]), 0, len(self.file.starts) - 1)
        frames = [_tables.coerce(table, stored), self.added]
        return _tables.concat(table, frames)

    def take(self, numbers: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Some rows; see `Rows`. Only the row groups that hold them are read."""
        wanted = list(TABLES[self.file.table] if columns is None else columns)
        if self.seen is not None:
            read, plain = self.seen.reading(wanted), replace(self, seen=None)
            return self.seen.applied(plain.take(numbers, read), wanted)
        numbers = np.asarray(numbers, dtype=np.int64)
        is_added = numbers >= self._n_stored
        stored = numbers[~is_added]
        places = stored if self.places is None else self.places[stored]
        frame = self._at(places, wanted)
        if not is_added.any():
            return frame
        more = self.added[wanted].iloc[numbers[is_added] - self._n_stored]
        order = np.empty(len(numbers), dtype=np.int64)
        order[~is_added], order[is_added] = np.arange(len(frame)), len(frame) + np.arange(len(more))
        both = pd.concat([frame, more], ignore_index=True) if len(frame) else more
        return both.iloc[order].reset_index(drop=True)

    def parts(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """All rows in turn, a million at a time, with texts as categories."""
        if self.seen is not None:
            read = self.seen.reading(columns)
            for part in replace(self, seen=None).parts(read):
                yield self.seen.applied(part, columns)
            return
        for first in range(0, len(self.file.starts) - 1, _GROUPS_A_PART):
            last = min(first + _GROUPS_A_PART, len(self.file.starts) - 1)
            frame = self._of_file(columns, first, last, coded=True)
            if len(frame):
                yield frame
        if len(self.added):
            yield self.added[list(columns)]

    def column(self, name: str) -> pd.Series:
        """One column of all rows."""
        pieces = [part[name] for part in self.parts([name])]
        return (
            pd.concat(pieces, ignore_index=True) if pieces else _tables.empty(self.file.table)[name]
        )

    def where(self, kept: np.ndarray) -> "StoredRows":
        """The rows that are kept, bool of shape (n_rows,)."""
        n = self._n_stored
        places = np.flatnonzero(kept[:n]) if self.places is None else self.places[kept[:n]]
        added = self.added.loc[kept[n:]].reset_index(drop=True) if len(self.added) else self.added
        return replace(self, places=places, added=added)

    def plus(self, rows: pd.DataFrame) -> "StoredRows":
        """These rows and further coerced ones after them."""
        return replace(self, added=_tables.concat(self.file.table, [self.added, rows]))

    def _of_file(
        self, columns: Sequence[str], first: int, last: int, *, coded: bool = False
    ) -> pd.DataFrame:
        """Rows of the row groups from `first` up to `last`, that one left out."""
        start, end = self.file.starts[first], self.file.starts[last]
        inside = None
        if self.places is not None:
            ends = np.searchsorted(self.places, [start, end])
            inside = self.places[ends[0] : ends[1]] - start
            if not len(inside):
                return _tables.empty(self.file.table)[list(columns)]
        arrow = self.file.read(range(first, last), columns, coded=coded)
        arrow = arrow.unify_dictionaries() if coded else arrow
        return _to_pandas(arrow if inside is None else arrow.take(inside), columns)

    def _at(self, places: np.ndarray, columns: Sequence[str]) -> pd.DataFrame:
        """Rows of the file in the order of their places."""
        groups = np.searchsorted(self.file.starts, places, side="right") - 1
        needed = np.unique(groups)
        if not len(needed):
            return _tables.empty(self.file.table)[list(columns)]
        is_near = len(needed) <= _NEAR_GROUPS
        step = 1 if is_near else _GROUPS_A_PART
        pieces, found = [], []
        for start in range(0, len(needed), step):
            some = needed[start : start + step]
            mine = np.flatnonzero((groups >= some[0]) & (groups <= some[-1]))
            before = np.cumsum([0, *np.diff(self.file.starts)[some][:-1]])
            at = before[np.searchsorted(some, groups[mine])] + places[mine]
            at -= self.file.starts[groups[mine]]
            if is_near:
                first = at.min()
                near = self.file.group(int(some[0])).iloc[first : at.max() + 1][list(columns)]
                is_all = len(near) == len(at) and (np.diff(at) == 1).all()
                pieces.append(near if is_all else near.iloc[at - first])
            else:
                arrow = self.file.read(some.tolist(), columns)
                pieces.append(_to_pandas(arrow.take(at), columns))
            found.append(mine)
        if len(pieces) == 1:
            return pieces[0].reset_index(drop=True)
        whole, order = _tables.concat(self.file.table, pieces), np.concatenate(found)
        if (np.diff(order) == 1).all():
            return whole
        return whole.iloc[np.argsort(order)].reset_index(drop=True)


def _to_pandas(arrow: Any, columns: Sequence[str]) -> pd.DataFrame:
    frame: pd.DataFrame = arrow.combine_chunks().to_pandas(ignore_metadata=True)
    return frame[list(columns)]


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table whose rows stand customer by customer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = TABLES[path.stem]
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    texts = {c for c, kind in kinds.items() if kind in _TEXTS}
    schema = pa.schema(
        [pa.field(f.name, pa.large_string()) if f.name in texts else f for f in arrow.schema]
    )
    pq.write_table(arrow.cast(schema), path, row_group_size=ROWS_A_GROUP)


def by_customer(rows: pd.DataFrame, customer_ids: pd.Index) -> pd.DataFrame:
    """Rows customer by customer in the order of their table, each customer's as they were."""
    codes, distinct = pd.factorize(rows["customer_id"])
    positions = np.append(customer_ids.get_indexer(pd.Index(distinct, dtype="str")), -1)[codes]
    if (np.diff(positions) >= 0).all():
        return rows
    return rows.iloc[np.argsort(positions, kind="stable")].reset_index(drop=True)


class LateTable:
    """A checked table of a file, read when it is first asked for and held from then on.

    Parameters
    ----------
    path : Path
    read : callable
        The path and the file, open, in; the table with its columns coerced out.
    """

    def __init__(self, path: Path, read: Callable[[Path, BinaryIO], pd.DataFrame]) -> None:
        import pyarrow as pa

        self._path, self._source, self._read = path, pa.OSFile(str(path)), read
        self._changed_at = self._state()
        self._lock = threading.Lock()
        self._frame: pd.DataFrame | None = None

    def _state(self) -> tuple[int, int]:
        state = os.fstat(self._source.fileno())
        return state.st_size, state.st_mtime_ns

    def whole(self) -> pd.DataFrame:
        """The table; BadInput if the file was changed since it was opened and checked."""
        with self._lock:
            if self._frame is None:
                if self._state() != self._changed_at:
                    raise _changed(self._path)
                self._frame = self._read(self._path, io.BytesIO(self._source.read()))
                self._source.close()
            return self._frame


class SeenTable:
    """A table that is read when it is first asked for, as it is seen then."""

    def __init__(self, late: "LateTable | SeenTable", seen: Seen) -> None:
        self._late, self._seen = late, seen

    def whole(self) -> pd.DataFrame:
        """The table; see `LateTable.whole`."""
        return self._frame

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return self._seen.change(self._late.whole())


Held = pd.DataFrame | StoredRows | LateTable | SeenTable


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of a bank as frames; one that is stored is read whole when it is asked for."""

    def __init__(self, held: Mapping[str, Held]) -> None:
        self._held = dict(held)

    def __getitem__(self, name: str) -> pd.DataFrame:
        table = self._held[name]
        return table if isinstance(table, pd.DataFrame) else table.whole()

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def rows(self, name: str) -> HeldRows | StoredRows:
        """A table's rows, which may lie on the disk."""
        table = self._held[name]
        return table if isinstance(table, StoredRows) else HeldRows(self[name])

    def given(self, name: str) -> Held:
        """The table as it is held: the very same object in two banks is the same table."""
        return self._held[name]

    def instead(self, other: Mapping[str, Held]) -> "Tables":
        """These tables with some in place of others."""
        return Tables({**self._held, **other})
