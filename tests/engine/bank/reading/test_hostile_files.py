"""Small files that stand for gigabytes or hours: each ends at once, in one sentence or a table."""

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from engine import settings
from engine.bank.quality import Findings
from engine.bank.reading.files import read_files, read_path
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TITLES = '<row r="1"><c r="A1" t="str"><v>shop</v></c><c r="B1" t="str"><v>town</v></c></row>'


@pytest.fixture
def limit(monkeypatch) -> Callable[..., None]:
    """Put limits of the section bank in force for one test."""

    def run(**limits: int) -> None:
        default = settings.default()
        bank = default.bank.model_copy(update=limits)
        changed = default.model_copy(update={"bank": bank})
        monkeypatch.setattr(settings, "default", lambda: changed)

    return run


def book(sheet: str = "", texts: str = "", styles: str = "") -> bytes:
    """A workbook whose parts are replaced by XML of our own."""
    plain, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as workbook:
        workbook.add_worksheet("shops").write_row(0, 0, ["shop", "town"])
        workbook.get_worksheet_by_name("shops").write_row(1, 0, ["s1", "Ulm"])
    parts = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts}
    parts |= {"xl/styles.xml": styles}
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            packed.writestr(name, parts.get(name) or source.read(name))
    return changed.getvalue()


def sheet(rows: str) -> str:
    return f"<worksheet {SPACE}><sheetData>{TITLES}{rows}</sheetData></worksheet>"


def only(files: dict[str, bytes]) -> RawTable:
    (raw,) = read_files("test", files).tables.values()
    return raw


@pytest.mark.parametrize("number", [10**12, 2**31, 1_048_577])
def test_a_row_number_that_excel_cannot_have_is_refused(number):
    rows = f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>'
    with pytest.raises(BadInput, match=rf"t\.xlsx has a row {number:,} .*1,048,576 at most"):
        only({"t.xlsx": book(sheet(rows))})


def test_cells_far_to_the_right_count_with_the_gap_before_them():
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 700))
    with pytest.raises(BadInput, match=r"more than 10,000,000 cells.*bank\.max_cells"):
        only({"t.xlsx": book(sheet(rows))})


def test_a_column_that_excel_cannot_have_is_refused():
    with pytest.raises(BadInput, match="column 18,278"):
        only({"t.xlsx": book(sheet('<row r="2"><c r="ZZZ2"><v>1</v></c></row>'))})
    with pytest.raises(BadInput, match="column 16,385"):
        only({"t.xlsx": book(sheet(f"<row>{'<c/>' * 16_385}</row>"))})


@pytest.mark.parametrize("cell", ["<c/>", "<c><v>7</v></c>", '<c r="A2"/>'])
def test_empty_full_and_repeated_cells_are_counted_before_they_are_made(cell, limit):
    limit(max_cells=3000)
    with pytest.raises(BadInput, match="more than 3,000 cells"):
        only({"t.xlsx": book(sheet(f"<row>{cell * 1000}</row>" * 4))})


def test_one_sheet_that_is_named_many_times_counts_many_times(limit):
    limit(max_cells=50)
    whole = zipfile.ZipFile(io.BytesIO(book()))
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as packed:
        for name in whole.namelist():
            content = whole.read(name).decode()
            if name == "xl/workbook.xml":
                entry = content[content.index("<sheet ") : content.index("</sheets>")]
                again = "".join(entry.replace('"shops"', f'"shops{n}"') for n in range(30))
                content = content.replace("</sheets>", f"{again}</sheets>")
            packed.writestr(name, content)
    with pytest.raises(BadInput, match="more than 50 cells"):
        only({"t.xlsx": twice.getvalue()})


def test_shared_texts_are_counted_and_measured(limit):
    limit(max_cells=5000, max_unpacked_megabytes=1)
    many = f"<sst {SPACE}>{'<si><t>x</t></si>' * 6000}</sst>"
    with pytest.raises(BadInput, match="more than 5,000 cells"):
        only({"t.xlsx": book(texts=many)})
    long = f"<sst {SPACE}><si><t>{'x' * 100_000}</t></si></sst>"
    rows = '<row><c t="s"><v>0</v></c></row>' * 20
    with pytest.raises(BadInput, match=r"unpacks to more than 1 MB.*max_unpacked_megabytes"):
        only(
            {"t.xlsx": book(f"<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>", long)}
        )


def test_parts_that_are_no_cells_are_bounded_too():
    with pytest.raises(BadInput, match="300,000 formats and other parts"):
        only({"t.xlsx": book(styles=f"<styleSheet {SPACE}>{'<xf/>' * 300_001}</styleSheet>")})
    with pytest.raises(BadInput, match="brings its own definitions"):
        only({"t.xlsx": book('<!DOCTYPE x [<!ENTITY a "b">]>' + sheet("<row/>"))})


@pytest.mark.parametrize(
    "rows",
    [
        [{f"name{n}": 1 for n in range(3000)}],
        [{f"name{n}_{i}": 1 for i in range(5)} for n in range(1000)],
    ],
)
def test_names_of_json_objects_are_counted_before_there_are_columns(rows):
    with pytest.raises(BadInput, match=r"t\.json has .* columns, more than the 1,000 of the"):
        only({"t.json": json.dumps(rows).encode()})


def test_values_of_json_are_counted_before_it_is_read(limit):
    limit(max_cells=1000)
    raw = only({"t.json": json.dumps([{"say": "a,b,[c" * 200, "n": 1}]).encode()})
    assert raw.frame["n"].tolist() == ["1"]
    with pytest.raises(BadInput, match="values, more than the 1,000"):
        only({"t.json": json.dumps([{"list": [[]] * 1500}]).encode()})
    wide = [{f"c{n}": 1} for n in range(40)]
    with pytest.raises(BadInput, match="more than 1,000 cells"):
        only({"t.json": json.dumps(wide).encode()})


@pytest.mark.parametrize(
    "content", ['{"a":' * 5000 + "1" + "}" * 5000, f'[{{"a":{"[" * 90}{"]" * 90}}}]']
)
def test_deep_json_is_one_sentence(content):
    with pytest.raises(BadInput, match=r"t\.json is nested too deeply to be a table\."):
        only({"t.json": content.encode()})


def test_half_characters_and_empty_names_of_json_become_something_that_can_be_written():
    raw = only({"t.json": rb'[{"\ud800": 1, "id": "\udfffx", "": 3, " ": 4, "n": {"\ud801": 2}}]'})
    assert list(raw.frame.columns) == ["\ufffd", "id", "column 3", "column 4", "n"]
    assert raw.frame["id"].tolist() == ["\ufffdx"]
    raw.frame.to_csv().encode()
    assert only({"t.json": rb'{"shop\udc00": [{"id": 1}]}'}).name == "shop\ufffd"


def test_an_unclosed_quotation_mark_costs_its_own_line_only():
    lines = "".join(f"s{n},Ulm\n" for n in range(100_000))
    raw = only({"t.csv": f'shop,town\n"s,Ulm\n{lines}'.encode()})
    assert len(raw.frame) == 100_000
    assert raw.bad_lines == ((2, "a quotation mark that is never closed"),)


def test_a_quotation_mark_before_the_header_is_a_sentence():
    lines = "".join(f"s{n},Ulm\n" for n in range(100_000))
    with pytest.raises(BadInput, match=r"t\.csv"):
        only({"t.csv": f'"shop,town\n{lines}'.encode()})


def test_marks_that_open_again_on_every_line_end_reading_after_some():
    raw = only({"t.csv": ("shop,town\n" + "s1,Ulm\n" * 50 + 'x","\n' * 501).encode()})
    assert len(raw.frame) == 50
    assert raw.n_bad_lines == 21
    assert raw.bad_lines[-1][1].endswith("the rest of the file was not read")


def test_unreadable_lines_are_all_counted_and_the_first_are_kept(limit):
    limit(max_reported_rows=10)
    raw = only({"t.csv": b"shop,town\ns1,Ulm\n" + b"x\n" * 5000 + b"a,b,c\n" * 5000})
    assert raw.n_bad_lines == 10_000
    assert len(raw.bad_lines) == 10


def test_a_report_lists_the_first_of_a_kind_and_counts_the_rest(limit):
    limit(max_reported_rows=3)
    findings = Findings()
    findings.reject("customers", "a.csv", range(7), [f"duplicate id 'c{n}'" for n in range(7)])
    findings.reject("customers", "a.csv", [9], "no id")
    findings.warn("customers", ["x"] * 5, [f"age {n}.5 was not understood" for n in range(5)])
    report = findings.report({"customers": 2})
    assert report.tables["customers"].read == 10
    assert report.rejected["line"].tolist() == [0, 1, 2, 9]
    assert len(report.warnings) == 3
    assert report.notes == (
        "customers: 7 rejected rows are of one kind, such as \"duplicate id 'c0'\"; the first 3 "
        "are listed.",
        "customers: 5 warnings are of one kind, such as 'age 0.5 was not understood'; the first 3 "
        "are listed.",
    )


@pytest.mark.parametrize("above", ["\n" * 30, ",,\n" * 30, "\n,,\n \n" * 15])
def test_any_number_of_empty_lines_may_stand_above_the_header(above):
    raw = only({"t.csv": f"{above}shop,town,size\ns1,Ulm,3\n,,\n".encode()})
    assert list(raw.frame.columns) == ["shop", "town", "size"]
    assert len(raw.frame) == 1


def test_file_names_that_are_no_text_are_shown_as_well_as_they_can(tmp_path: Path):
    path = os.fsencode(tmp_path) + b"/kund\xe4.csv"
    Path(os.fsdecode(path)).write_bytes(b"shop,town\ns1,Ulm\n")
    for source in (read_path(tmp_path), read_path(Path(os.fsdecode(path)))):
        (raw,) = source.tables.values()
        assert raw.file == "kund\ufffd.csv"
        assert list(source.hashes) == ["kund\ufffd.csv"]
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    with pytest.raises(BadInput, match="holds no file"):
        read_path(tmp_path / os.fsdecode(b"\xff"))


def test_a_database_with_empty_and_strange_names_is_read(tmp_path: Path):
    path = tmp_path / "t.db"
    connection = sqlite3.connect(path)
    connection.execute('create table shops ("" text, " " text, town text, api_token text)')
    connection.execute("insert into shops values ('a', 'b', 'Ulm', 'secret')")
    connection.commit()
    connection.close()
    raw = only({"t.db": path.read_bytes()})
    assert raw.frame.to_dict("records") == [{"column 1": "a", "column 2": "b", "town": "Ulm"}]


@pytest.mark.parametrize("place", [100, 103])
def test_a_database_whose_schema_is_damaged_is_a_sentence(place, tmp_path: Path):
    path = tmp_path / "t.db"
    connection = sqlite3.connect(path)
    connection.execute("create table shops (id text, town text)")
    connection.commit()
    connection.close()
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 0xFF
    with pytest.raises(BadInput, match=r"^t\.db is not a readable SQLite database: .*\.$"):
        read_files("test", {"t.db": bytes(damaged)})


def test_a_database_that_grows_while_it_is_read_is_stopped(limit, tmp_path: Path):
    limit(max_cells=2000)
    path = tmp_path / "t.db"
    connection = sqlite3.connect(path)
    connection.execute("create table shops (id integer, town text)")
    connection.executemany("insert into shops values (?, 'Ulm')", ((n,) for n in range(1500)))
    connection.commit()
    connection.close()
    with pytest.raises(BadInput, match=r"t\.db has more than 2,000 cells"):
        read_files("test", {"t.db": path.read_bytes()})
