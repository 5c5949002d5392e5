"""Parquet files in, raw tables of text cells out."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from engine import settings
from engine.bank.reading.headers import column_names
from engine.bank.reading.raw_table import Budget, RawTable, Rows, check_width, is_secret, printable
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput

_BATCH_ROWS = 65_536
_AS_THOUSANDS = (r"^(-?\d+\.\d{3})$", r"\10")
"""Numbers that could be read as thousands get one more digit, as in `typed_cells`."""
_CELLS_AS_ONE = 10
"""A packed cell takes about a tenth of one that stands alone."""


def read_parquet(data: bytes, file: str, name: str) -> RawTable:
    """Read a Parquet file as text cells; lists and objects become JSON. Secrets are not read."""
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(pa.BufferReader(data))
        names = source.schema_arrow.names
        check_width(len(names), file)
        wanted = [i for i, column in enumerate(names) if not is_secret(column)]
        return _table(source, wanted, file, name)
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as error:
        reason = printable(" ".join(str(error).split())[:200].rstrip("."))
        raise BadInput(f"{file} is not a readable Parquet file: {reason}.") from error


def _table(source: Any, wanted: Sequence[int], file: str, name: str) -> RawTable:
    schema = source.schema_arrow
    budget, most = Budget(file), settings.default().bank.max_cell_characters
    rows = Rows(column_names([schema.names[i] for i in wanted]), file)
    n_before = 0
    for batch in source.iter_batches(batch_size=_BATCH_ROWS):
        columns = [_texts(batch.column(i)) for i in wanted]
        budget.take(
            batch.num_rows * len(wanted) // _CELLS_AS_ONE + 1,
            sum(pc.sum(pc.binary_length(column)).as_py() or 0 for column in columns),
        )
        rows.add_packed(n_before + 1, columns, most)
        n_before += batch.num_rows
    nested = [
        column
        for column, i in zip(rows.header, wanted, strict=True)
        if pa.types.is_nested(schema.types[i])
    ]
    secret = [column for column in schema.names if is_secret(column)]
    notes = tuple(f"{file}: column {column} was never read." for column in secret)
    return rows.table(name, nested, notes)


def _texts(cells: pa.Array) -> pa.Array:
    """A column as text; what pyarrow cannot write itself is written value by value."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    is_bytes = pa.types.is_binary(cells.type) or pa.types.is_large_binary(cells.type)
    if not (is_bytes or pa.types.is_nested(cells.type)):
        try:
            texts = pc.cast(cells, pa.large_string())
            is_number = pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type)
            return pc.replace_substring_regex(texts, *_AS_THOUSANDS) if is_number else texts
        except pa.ArrowNotImplementedError:
            pass  # a kind without a text of its own
    return pa.array([text_of(value) for value in cells.to_pylist()], pa.large_string())
