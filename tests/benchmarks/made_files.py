"""Files that are made to break a reader: wrong names, bombs, strange cells, much of one fault."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

PAGE = 4096
"""Bytes of a page of SQLite."""
_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TEXT = "customer_id,name,age\nC1,Ann,41\nC2,Bo,35\n"
_OFX = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>12<ACCTID>0012"
    "<ACCTTYPE>SAVINGS</BANKACCTFROM><BANKTRANLIST>"
    + "".join(
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202601{n:02d}<TRNAMT>-{n}.50<FITID>A{n}<NAME>Shop {n}"
        "</STMTTRN>"
        for n in range(1, 29)
    )
    + "</BANKTRANLIST><LEDGERBAL><BALAMT>10.5<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS>"
    "</BANKMSGSRSV1></OFX>"
)
_CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
    "<Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
    + "".join(
        f'<Ntry><Amt Ccy="EUR">{n}.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>'
        f"2026-01-{n:02d}</Dt></BookgDt><AcctSvcrRef>R{n}</AcctSvcrRef></Ntry>"
        for n in range(1, 29)
    )
    + "</Stmt></BkToCstmrStmt></Document>"
)
_MT940 = (
    ":20:STARTUMS\r\n:25:37040044/0532013000EUR\r\n:28C:5/1\r\n:60F:C260101EUR1000,\r\n"
    + "".join(
        f":61:2601{n:02d}01{n:02d}D{n},5NTRFNONREF//B{n}\r\n:86:Shop {n}\r\n" for n in range(1, 29)
    )
    + ":62F:C260131EUR580,\r\n-"
)
STATEMENTS = {"bank.ofx": _OFX.encode(), "bank.xml": _CAMT.encode(), "bank.sta": _MT940.encode()}
"""A month of payments in every format of statements that is read."""


def _workbook(write: Callable[[xlsxwriter.Workbook, object], None]) -> bytes:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"nan_inf_to_errors": True}) as workbook:
        write(workbook, workbook.add_worksheet("customers"))
    return book.getvalue()


def _plain(_, sheet) -> None:
    for row, line in enumerate(_TEXT.splitlines()):
        sheet.write_row(row, 0, line.split(","))


def _merged(workbook, sheet) -> None:
    _plain(workbook, sheet)
    sheet.merge_range(3, 0, 5, 2, "C3")
    sheet.merge_range(6, 0, 6, 2, "Total")


def _formulas(workbook, sheet) -> None:
    _plain(workbook, sheet)
    sheet.write_row(3, 0, ["C3", "Cy"])
    sheet.write_formula(3, 2, "=C2+1", None, 42)
    sheet.write_row(4, 0, ["C4", "Di"])
    sheet.write_formula(4, 2, "=C2+2", None, "")
    sheet.write_row(5, 0, ["C5", "Ed", float("nan")])
    sheet.write_row(6, 0, ["C6", "Flo", float("inf")])


def _with_sheet(rows: str, times: int = 1, tail: str = "") -> bytes:
    """A workbook whose one sheet is XML of our own, its rows so many times."""
    plain, changed = io.BytesIO(_workbook(_plain)), io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f"<worksheet {_SPACE}><sheetData>".encode())
            for _ in range(times):
                part.write(rows.encode())
            part.write(f"{tail}</sheetData></worksheet>".encode())
    return changed.getvalue()


def _parquet(frame: pd.DataFrame) -> bytes:
    data = io.BytesIO()
    frame.to_parquet(data)
    return data.getvalue()


def _parquet_bomb() -> bytes:
    """A few kilobytes that are read as 6 GB of text."""
    data = io.BytesIO()
    rows = pa.table({"customer_id": ["C1"] * 10_000, "name": ["x" * 2000] * 10_000})
    with pq.ParquetWriter(data, rows.schema) as writer:
        for _ in range(300):
            writer.write_table(rows)
    return data.getvalue()


def _people(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["C1", "C2", "C3"], **columns})


def _sqlite(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    return connection.serialize()


def _wrong_names() -> Iterator[tuple[str | bytes, Callable[[], bytes]]]:
    yield "customers.csv", lambda: _workbook(_plain)
    yield "customers.xlsx", _TEXT.encode
    yield "customers.csv", lambda: _parquet(_people(age=[1, 2, 3]))
    yield "customers.parquet", _TEXT.encode
    yield "customers.csv", lambda: gzip.compress(_TEXT.encode())
    yield "customers.csv.gz", lambda: gzip.compress(_TEXT.encode())
    yield "customers.json", _TEXT.encode
    yield "customers.csv", lambda: json.dumps([{"customer_id": "C1", "age": 4}]).encode()
    yield "customers.db", _TEXT.encode
    yield "customers.csv", lambda: _sqlite("CREATE TABLE customers (customer_id TEXT)")
    yield "bank.ofx", _TEXT.encode
    yield "customers.xml", lambda: b"<html><body>Log in again</body></html>"
    yield "customers.csv", lambda: b"<!DOCTYPE html><html><body>Log in again</body></html>"
    yield b"cust\xff\xfemers.csv", _TEXT.encode
    yield b"\xe9t\xe9", _TEXT.encode
    yield "customers.csv", lambda: b"\0" * 5_000_000
    yield "customers.csv", lambda: b"PK\x03\x04" + b"\0" * 1000
    yield "customers.xlsx", lambda: _workbook(_plain)[:-200]


def _strange_cells() -> Iterator[tuple[str | bytes, Callable[[], bytes]]]:
    yield "customers.xlsx", lambda: _workbook(_merged)
    yield "customers.xlsx", lambda: _workbook(_formulas)
    text = "customer_id,name,age,annual_income\nC1,Ann,inf,1e999\nC2,Bo,NaN,-inf\nC3,Cy,1e308,nan\n"
    yield "customers.csv", text.encode
    nothing = float("nan"), float("inf"), -float("inf")
    yield "customers.parquet", lambda: _parquet(_people(age=nothing, annual_income=nothing))
    yield (
        "customers.json",
        lambda: b'[{"customer_id": "C1", "age": NaN, "annual_income": Infinity}]',
    )
    yield "customers.json", lambda: b'[{"customer_id": "C1", "na\\ud800me": "A\\udfff", "age": 1}]'
    yield "customers.json", lambda: b'{"customers": [{"": 1, "customer_id": "\\ud83d"}]}'
    yield "customers.json", lambda: b"[" * 200_000 + b"]" * 200_000
    yield "customers.json", lambda: b'[{"customer_id": ' + b"9" * 100_000 + b"}]"
    mixed = "customer_id,name\nC1,Zoë\n".encode() + "C2,Jürgen\n".encode("cp1252")
    yield "customers.csv", lambda: mixed + "C3,Łucja\n".encode("cp1250")
    yield "customers.csv", lambda: mixed + "C4,Żak\n".encode("utf-16")
    yield "customers.csv", lambda: _TEXT.encode().replace(b"Ann", b"A\0n\0n")
    yield "customers.csv", lambda: f"customer_id,name\nC1,{'x' * 20_000_000}\n".encode()
    yield "customers.csv", lambda: f'customer_id,name\nC1,"{"x,y" * 9_000_000}\n'.encode()
    yield "customers.csv", lambda: b"customer_id,name,name,,,\nC1,Ann,Anna,1,2,3\nC2,Bo,Bob,,,\n"
    yield "customers.csv", lambda: b"customer_id,customer_id\nC1,C2\nC3,C4\n"
    yield "customers.csv", lambda: (",".join(f"c{n}" for n in range(200_000)) + "\n").encode() * 2
    yield "customers.csv", lambda: b",,,\n,,,\n,,,\n"
    yield "customers.csv", lambda: b"\n" * 3_000_000 + _TEXT.encode()
    yield "transactions.csv", lambda: _times("C1,2026-01-01,1{} x\n", 3000, " " * 150)
    yield "transactions.csv", lambda: _times("C1,31/31/2026,({}\n", 3000, "(" * 300)
    yield (
        "customers.db",
        lambda: _sqlite(
            'CREATE TABLE "customers" ("" TEXT, "customer_id" TEXT)',
            "INSERT INTO customers VALUES (x'ff00fe', x'00')",
        ),
    )
    yield (
        "customers.db",
        lambda: _sqlite(
            "CREATE VIEW customers AS WITH RECURSIVE n(customer_id) AS "
            "(SELECT 1 UNION ALL SELECT customer_id + 1 FROM n) SELECT customer_id FROM n"
        ),
    )
    every = [f"CREATE TABLE t{n} (a)" for n in range(5000)]
    yield "customers.db", lambda: _sqlite(*every)


def _times(line: str, n: int, *fields: str) -> bytes:
    return ("customer_id,date,amount\n" + line.format(*fields) * n).encode()


def _bombs() -> Iterator[tuple[str | bytes, Callable[[], bytes]]]:
    header = '<row r="1"><c t="inlineStr"><is><t>customer_id</t></is></c></row>'
    yield "customers.xlsx", lambda: _with_sheet(f"{header}<row r='1000000000000'><c/></row>")
    yield "customers.xlsx", lambda: _with_sheet("<row>" + "<c/>" * 10_000 + "</row>", 10_000)
    full = '<c t="inlineStr"><is><t>x</t></is></c>' * 1000
    yield "customers.xlsx", lambda: _with_sheet(f"{header}<row>{full}</row>", 20_000)
    yield "customers.xlsx", lambda: _with_sheet(" " * 1_000_000, 1000)
    far = '<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>'
    yield "customers.xlsx", lambda: _with_sheet("".join(far.format(n) for n in range(2, 100_000)))
    yield (
        "customers.json",
        lambda: json.dumps([{f"k{n}_{m}": 1 for m in range(5)} for n in range(20_000)]).encode(),
    )
    yield "customers.json", lambda: json.dumps([{f"k{n}": 1 for n in range(100_000)}]).encode()
    yield "customers.parquet", _parquet_bomb
    entity = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {'b' * n} '{('&' + (('b' * (n - 1)) or 'a') + ';') * 10}'>" for n in range(1, 9)
    )
    yield "bank.xml", lambda: (entity + "]>" + _CAMT.replace("<Id>1", "<Id>&bbbbbbbb;")).encode()


def _much_of_one_fault() -> Iterator[tuple[str | bytes, Callable[[], bytes]]]:
    header = "customer_id,name,age,annual_income\n"
    yield "customers.csv", lambda: (header + "C1,Ann,41,5\n" * 2_000_000).encode()
    yield (
        "customers.csv",
        lambda: (header + "".join(f"C{n},Ann,old {n},5\n" for n in range(2_000_000))).encode(),
    )
    yield "customers.csv", lambda: (header + "C1,Ann\n" * 2_000_000).encode()
    yield (
        "transactions.csv",
        lambda: (
            "transaction_id,customer_id,date,amount\n"
            + "".join(f"T{n % 1000},C{n % 97},2026-01-05,-5\n" for n in range(2_000_000))
        ).encode(),
    )
    yield (
        "transactions.csv",
        lambda: (
            "customer_id,date,amount\n"
            + "".join(f"C{n % 97},2026-13-{n % 99},x{n}\n" for n in range(2_000_000))
        ).encode(),
    )
    yield "customers.csv", lambda: b'"' + b'customer_id,name\nC1,"Ann\n' * 1_200_000


def made_files() -> Iterator[tuple[str | bytes, Callable[[], bytes]]]:
    """Name of each file, and what makes its bytes."""
    yield from _wrong_names()
    yield from _strange_cells()
    yield from _bombs()
    yield from _much_of_one_fault()
