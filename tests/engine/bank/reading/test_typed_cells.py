"""A number that a file has as a number is read as that number, whichever format brings it."""

import io
import random
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.parsing import numbers
from engine.bank.reading.files import read_files
from engine.bank.reading.raw_table import RawTable
from engine.bank.reading.typed_cells import text_of


def only(name: str, data: bytes) -> RawTable:
    (raw,) = read_files("test", {name: data}).tables.values()
    return raw


def values(n_decimals: int) -> list[float]:
    draw = random.Random(n_decimals)
    return [round(draw.uniform(-9_999, 9_999), n_decimals) for _ in range(200)]


def workbook(column: list[float]) -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for cell in ["rate", *column]:
        book.active.append([cell])
    book.save(packed)
    return packed.getvalue()


def parquet(column: pa.Array) -> bytes:
    packed = io.BytesIO()
    pq.write_table(pa.table({"rate": column}), packed)
    return packed.getvalue()


def read(raw: RawTable) -> list[float]:
    """The numbers as an import reads them, each cell alone and the column as a whole."""
    cells = raw.frame["rate"]
    alone = [numbers.read(cells.iloc[[i]]).iloc[0] for i in range(0, len(cells), 20)]
    whole = numbers.read(cells).tolist()
    assert alone == whole[::20]
    return whole


def test_numbers_of_a_workbook_are_never_read_as_thousands():
    for n_decimals in range(5):
        column = values(n_decimals)
        assert read(only("t.xlsx", workbook(column))) == column


def test_numbers_of_a_parquet_file_are_never_read_as_thousands():
    for n_decimals in range(5):
        column = values(n_decimals)
        assert read(only("t.parquet", parquet(pa.array(column)))) == column
    exact = [Decimal("1.234"), Decimal("-45.000"), Decimal("0.125")]
    raw = only("t.parquet", parquet(pa.array(exact, pa.decimal128(12, 3))))
    assert numbers.read(raw.frame["rate"]).tolist() == [1.234, -45.0, 0.125]


@given(st.decimals(-10_000_000, 10_000_000, allow_nan=False, places=None))
def test_the_text_of_a_number_can_be_read_in_one_way_only(value):
    text = text_of(float(value))
    assert numbers.read(pd.Series([text], dtype="str")).iloc[0] == float(value)
