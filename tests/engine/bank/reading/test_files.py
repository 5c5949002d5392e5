import datetime as dt
import io
import json
import zipfile

import pytest

from engine.bank.importing.import_source import import_bank
from engine.bank.reading.files import read_files, read_path
from engine.bank.reading.raw_table import is_secret
from engine.errors import BadInput, NotFound

NOW = dt.datetime(2026, 6, 1)
PEOPLE = "customer_id,age,name\nc1,30,Zoë\nc2,40,Bo\n"


def only(files: dict[str, bytes]):
    tables = read_files("test", files).tables
    assert len(tables) == 1
    return next(iter(tables.values()))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_every_common_encoding_gives_the_same_table(encoding):
    raw = only({"people.csv": PEOPLE.encode(encoding)})
    assert raw.frame.columns.tolist() == ["customer_id", "age", "name"]
    assert raw.frame["name"].tolist() == ["Zoë", "Bo"]
    assert raw.lines.tolist() == [2, 3]
    assert bool(raw.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_common_delimiter_is_found(delimiter):
    text = 'id,note\n1,"a,b;c|d"\n2,"x\ny"\n'.replace(",", delimiter, 1)
    text = text.replace("1,", f"1{delimiter}").replace("2,", f"2{delimiter}")
    raw = only({"t.csv": text.encode()})
    assert raw.frame["note"].tolist() == ["a,b;c|d", "x\ny"]
    assert raw.lines.tolist() == [2, 3]


@pytest.mark.parametrize("content", [b"", b"  \n\n ", b"\xef\xbb\xbf", b"[]"])
def test_an_empty_file_is_refused_with_a_reason(content, tmp_path):
    name = "customers.json" if content == b"[]" else "customers.csv"
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"empty|No column was matched"):
        import_bank(path, tmp_path / "bank", now=NOW)
    assert not (tmp_path / "bank").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("customer_id:age:name\nc1:30:Ann\n", "could not be split into columns"),
        ("customer_id;age;name\nc1,30,Ann\nc2,31,Bob\n", "no line fits its header of 3 columns"),
    ],
)
def test_a_wrong_delimiter_is_a_clear_error(text, problem):
    with pytest.raises(BadInput, match=problem):
        read_files("test", {"customers.csv": text.encode()})


def test_lines_of_another_width_are_set_aside_with_their_number():
    raw = only({"t.csv": b"a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n5,6,7\n"})
    assert raw.frame["a"].tolist() == ["1", "5"]
    assert raw.lines.tolist() == [2, 6]
    assert raw.bad_lines == (
        (3, "2 cells where the header has 3"),
        (5, "4 cells where the header has 3"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Export of customers,,\nof 1 May 2024,,\nid,name,age\n1,Ann,30\n2,Bob,40\n",
        "Export of customers\n\nid;name;age\n1;Ann;30\n2;Bob;40\n",
    ],
)
def test_the_header_is_found_below_a_title(text):
    raw = only({"t.csv": text.encode()})
    assert list(raw.frame.columns) == ["id", "name", "age"]
    assert raw.frame["age"].tolist() == ["30", "40"]
    assert "the header stands below" in raw.notes[0]
    assert "Export of customers" in raw.notes[0]


def test_a_first_row_of_few_cells_above_numbers_is_the_header():
    raw = only({"t.csv": b"id,,\n1,2,3\n4,5,6\n"})
    assert list(raw.frame.columns) == ["id", "column 2", "column 3"]


def test_a_huge_cell_is_set_aside_and_the_rest_is_read():
    text = f"a,b\n1,{'x' * 200_000}\n2,ok\n"
    raw = only({"t.csv": text.encode()})
    assert raw.frame["b"].tolist() == ["ok"]
    assert raw.bad_lines[0][0] == 2
    assert "more than 131,072 characters" in raw.bad_lines[0][1]


def test_an_unclosed_quotation_mark_is_reported_on_its_line():
    rows = "".join(f"{n},fine\n" for n in range(3, 30))
    raw = only({"t.csv": ('a,b\n1,fine\n2,"broken\n' + rows).encode()})
    assert raw.frame["b"].iloc[0] == "fine"
    text = 'a,b,c\n1,fine,x\n2,"broken,x\n' + "".join(f"{n},fine,x\n" for n in range(3, 30))
    raw = only({"t.csv": text.encode()})
    assert raw.bad_lines == ((3, "a quotation mark that is never closed"),)
    assert raw.frame["a"].tolist() == ["1", *map(str, range(3, 30))]


def test_repeated_and_missing_column_names_are_told_apart():
    raw = only({"t.csv": b"a,a,\n1,2,3\n"})
    assert raw.frame.columns.tolist() == ["a", "a (2)", "column 3"]


def test_a_suffix_never_makes_a_name_that_is_there():
    raw = only({"t.csv": b"a,a (3),a\n1,2,3\n"})
    assert raw.frame.iloc[0].tolist() == ["1", "2", "3"]
    assert list(raw.frame.columns) == ["a", "a (3)", "a (3) (3)"]


def test_more_columns_than_anybody_has_are_a_clear_error():
    header = ",".join(f"c{n}" for n in range(2000))
    with pytest.raises(BadInput, match=r"2,000 columns, more than the 1,000"):
        only({"t.csv": f"{header}\n{header}\n".encode()})


def test_json_rows_know_their_lines_and_keep_nested_values():
    text = '[\n {"id": 1, "tags": ["x"], "n": 2.50},\n\n {"id": "b", "extra": null},\n 7\n]'
    raw = only({"t.json": text.encode()})
    assert raw.frame["id"].tolist() == ["1", "b"]
    assert raw.frame["tags"].tolist()[0] == '["x"]'
    assert raw.lines.tolist() == [2, 4]
    assert raw.bad_lines == ((5, "not an object with named values"),)
    assert raw.json_columns == {"tags", "n", "extra"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"a": 1},\n{"a" 2}]', "line 2"),
        ('[{"a": 1}', "not valid JSON"),
        ('{"a": 1}', "no list of objects"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
        ('[{"a": 1} {"a": 2}]', "line 1, column 11"),
        ('[{"a": 1}]\nand more', "line 2, column 1: Extra data"),
        ("42", "no list of objects"),
        ("null", "no list of objects"),
        ('"a"', "no list of objects"),
        ('[{"a": ' + "9" * 5000 + "}]", "a number that cannot be read"),
    ],
)
def test_broken_json_says_where(text, problem):
    with pytest.raises(BadInput, match=problem):
        read_files("test", {"t.json": text.encode()})


def test_an_object_per_line_is_read_and_a_broken_line_is_set_aside():
    raw = only({"t.json": b'{"id": 1}\n\n{"id": 2, "x": [1]}\n{"id" 3}\n'})
    assert raw.frame["id"].tolist() == ["1", "2"]
    assert raw.lines.tolist() == [1, 3]
    assert raw.bad_lines == ((4, "not an object with named values"),)


def test_an_object_of_lists_is_one_table_each():
    text = json.dumps({"Customers": [{"id": 1}], "Products": [{"id": 2}]})
    assert set(read_files("test", {"t.json": text.encode()}).tables) == {"customers", "products"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("t.csv", b"\x89PNG\r\n\x1a\n", "content is PNG"),
        ("t.csv", b"PK\x03\x04", "content is Excel"),
        ("t.xlsx", b"a,b\n1,2\n", "content is text"),
        ("t.xlsx", b"PK\x03\x04 not a zip", "not a readable Excel workbook"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0 old", r"old Excel \(\.xls\)"),
        ("t.db", b"SQLite format 3\x00 broken", "not a readable SQLite database"),
        ("t.exe", b"MZ", "cannot be read"),
        ("t.csv", b"a,b\n1,\x00\n" + b"x" * 100, "not a text file"),
    ],
)
def test_a_file_must_be_what_its_name_says(name, content, problem):
    with pytest.raises(BadInput, match=problem):
        read_files("test", {name: content})


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            content = b"0" * 260 * 2**20  # one sheet alone would pass
            archive.writestr(f"xl/worksheets/sheet{number}.xml", content, compresslevel=1)
    with pytest.raises(BadInput, match="unpacks to more than"):
        read_files("test", {"bomb.xlsx": packed.getvalue()})


def test_a_sheet_that_breaks_off_is_a_clear_error(workbook):
    path = workbook({"customers": [["customer_id", "name"], ["c1", "Ann"]]})
    whole, broken = zipfile.ZipFile(path), io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            archive.writestr(name, content[:150] if "sheet1" in name else content)
    with pytest.raises(BadInput, match=r"t\.xlsx is not a readable Excel workbook"):
        read_files("test", {"t.xlsx": broken.getvalue()})


def test_the_header_of_a_sheet_is_found_below_a_title(workbook):
    rows = [["My bank"], [], ["customer_id", "name", "age"], ["c1", "Ann", 30]]
    raw = only({"t.xlsx": workbook({"customers": rows}).read_bytes()})
    assert raw.frame["age"].tolist() == ["30"]
    assert raw.lines.tolist() == [4]


def test_sheets_keep_types_rows_and_never_compute_formulas(workbook):
    path = workbook(
        {
            "Customers": [
                ["id", "since", "share", "flag"],
                [1.0, dt.datetime(2024, 5, 1), 0.25, True],
                [None, None, None, None],
                [2, "x", "=1+1", None],
                [3, None, None, None, "stray"],
            ],
            "Empty": [],
        }
    )
    raw = read_path(path).tables["customers"]
    assert raw.file == "bank.xlsx, sheet Customers"
    assert raw.frame["id"].tolist() == ["1", "2"]
    assert raw.frame["since"].tolist() == ["2024-05-01T00:00:00", "x"]
    assert raw.frame["flag"].tolist()[0] == "true"
    assert raw.frame["share"].isna().tolist() == [False, True]
    assert raw.lines.tolist() == [2, 4]
    assert raw.bad_lines == ((5, "a cell to the right of the last named column (flag)"),)
    assert any("nothing was computed" in note for note in raw.notes)


def test_a_folder_is_read_with_its_subfolders_and_says_what_it_left_out(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "sub" / "a.csv").write_text("x,y\n3,4\n")
    (tmp_path / "LICENSE").write_text("MIT")
    (tmp_path / ".hidden.csv").write_text("")
    source = read_path(tmp_path)
    assert set(source.tables) == {"a", "sub/a"}
    assert set(source.hashes) == {"a.csv", "sub/a.csv"}
    assert source.notes == ("LICENSE is no data file and was left out.",)


@pytest.mark.parametrize(
    ("name", "start", "says"),
    [
        ("receipt.png", b"\x89PNG\r\n", "receipt.png is a picture.*transactions or messages"),
        ("receipt.JPG", b"\xff\xd8\xff", "receipt.JPG is a picture"),
        ("call.wav", b"RIFF....WAVE", "call.wav is a recording.*messages .kind voice."),
    ],
)
def test_a_picture_or_recording_is_refused_with_where_it_goes(tmp_path, name, start, says):
    (tmp_path / name).write_bytes(start)
    with pytest.raises(BadInput, match=says):
        read_path(tmp_path / name)
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (note,) = read_path(tmp_path).notes
    assert note.startswith(f"{name} is a ")


def test_two_tables_of_one_name_and_folders_without_data_are_errors(tmp_path):
    with pytest.raises(BadInput, match=r"a\.csv and a\.json are both called|both called 'a'"):
        read_files("test", {"a.csv": b"x,y\n1,2\n", "a.json": b'[{"x": 1}]'})
    with pytest.raises(BadInput, match="no file that can be read"):
        read_path(tmp_path)
    with pytest.raises(NotFound):
        read_path(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("user_password", True),
        ("PasswordHash", True),
        ("password_hash", True),
        ("apiToken", True),
        ("PIN", True),
        ("pin_code", True),
        ("spinning", False),
        ("hashtags", False),
        ("topics", False),
    ],
)
def test_secret_columns_are_known_by_their_names(name, secret):
    assert is_secret(name) is secret
    raw = only({"t.csv": f"id,{name}\n1,hunter2\n".encode()})
    assert (name in raw.frame.columns) is not secret
