"""Headers in two rows, commas to spare, letters of older encodings, wrapped JSON, Parquet."""

import datetime as dt
import io
import json

import openpyxl
import pandas as pd
import pytest

from engine.bank.reading.files import read_files
from engine.bank.reading.letters import older_encoding
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput


def only(name: str, content: str | bytes) -> RawTable:
    data = content if isinstance(content, bytes) else content.encode()
    (raw,) = read_files("test", {name: data}).tables.values()
    return raw


def test_a_header_of_two_rows_gives_the_names_of_the_lower():
    book = openpyxl.Workbook()
    for row in (
        ["Shop", None, "Turnover", "Turnover"],
        ["Shop no", "Town", "Cash", "Card"],
        ["S1", "Ulm", 12, 30],
        ["S2", "Bonn", 7, 8],
    ):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    raw = only("t.xlsx", packed.getvalue())
    assert list(raw.frame.columns) == ["Shop no", "Town", "Cash", "Card"]
    assert raw.frame["Cash"].tolist() == ["12", "7"]
    assert raw.lines.tolist() == [3, 4]
    assert any("the header stands in 2 rows" in note for note in raw.notes)


def test_names_above_empty_cells_of_the_lower_row_stay():
    text = "Statement,,,,,\nDate,Text,Amount,,Left,\n,,Debit,Credit,,\n"
    raw = only("t.csv", text + "2026-01-13,Rent,700,,300,\n2026-01-14,Pay,,900,1200,\n")
    assert list(raw.frame.columns) == ["Date", "Text", "Debit", "Credit", "Left"]
    assert raw.frame["Left"].tolist() == ["300", "1200"]


def test_names_that_repeat_in_the_lower_row_get_their_group():
    raw = only("t.csv", "Shop,In,,Out,\nTown,Number,Sum,Number,Sum\nUlm,1,20,2,30\nBonn,3,4,5,6\n")
    assert list(raw.frame.columns) == ["Town", "In Number", "In Sum", "Out Number", "Out Sum"]
    assert raw.frame["Out Sum"].tolist() == ["30", "6"]


@pytest.mark.parametrize(
    "text",
    [
        "name,name,age\nAnn,Bo,30\nCid,Dov,31\n",
        "town,size\nUlm,small\nBonn,3\n",
        "name,name\nAnn,Bo\nCid,Dov\n",
        "mail,mail,n\na@x.example,b@x.example,few\nc@x.example,d@x.example,4\n",
    ],
)
def test_a_first_row_of_data_is_no_second_header(text):
    raw = only("t.csv", text)
    assert len(raw.frame) == 2
    assert not raw.notes


@pytest.mark.parametrize(
    "text",
    [
        "shop,town,\nS1,Ulm\nS2,Bonn\n",
        "shop,town\nS1,Ulm,\nS2,Bonn,\n",
        "shop,town,,\nS1,Ulm,,\nS2,Bonn\n",
        "shop;town;\nS1;Ulm;;;\nS2;Bonn;\n",
    ],
)
def test_delimiters_at_the_end_of_lines_make_no_column(text):
    raw = only("t.csv", text)
    assert raw.frame.to_dict("list") == {"shop": ["S1", "S2"], "town": ["Ulm", "Bonn"]}
    assert not raw.bad_lines


def test_a_value_under_an_empty_name_is_kept():
    raw = only("t.csv", "shop,town,\nS1,Ulm,\nS2,Bonn,x\n")
    assert raw.frame["column 3"].tolist() == ["", "x"]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("shop;sum, EUR\nS1;12,50\nS2;0,75\n", ";"),
        ("shop\tsum, EUR\tlast; first\nS1\t12,50\ta;b\nS2\t0,75\tc;d\n", "\t"),
        ("sep=;\nshop;sum\nS1;12,50\nS2;0,75\n", ";"),
        ("shop|note\nS1|a, b, c\nS2|d, e, f\n", "|"),
        ("shop,note\nS1,a; b\nS2,c; d\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_the_cells_make_sense_with(text, delimiter):
    raw = only("t.csv", text)
    assert raw.delimiter == delimiter
    assert raw.frame["shop"].tolist() == ["S1", "S2"]


WESTERN = [
    "Jürgen Groß aus Köln", "Hélène Lefèvre, Besançon", "Íñigo Ibáñez de Logroño",
    "João Simões de Conceição", "Niccolò da Forlì", "Åsa Sjöström", "Jørgen Næss fra Tromsø",
    "café £9 and £12.50", "Þórður Guðmundsson", "Mäkelä Hämeenlinna", "Muñoz", "São Paulo",
]  # fmt: skip
CENTRAL = [
    "Małgorzata Wójcik, Łomża", "Růžena Kučerová, Třebíč", "Ľudmila Šťastná, Žiar",
    "Erzsébet Szűcs, Gyöngyös Hősök", "Ţăran Brăiliţa Ştefan", "Đorđe Čačić Šibenik", "Wałbrzych",
    "Dvořáček", "Győző Szűcs, Fertőd",
]  # fmt: skip


@pytest.mark.parametrize("names", WESTERN)
def test_western_letters_are_read_as_such(names):
    assert older_encoding(names.encode("cp1252"))[0] == "cp1252"
    assert only("t.csv", f"id;name\n1;{names}\n".encode("cp1252")).frame["name"][0] == names


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize("names", CENTRAL)
def test_central_european_letters_are_told_apart_and_said(names, encoding):
    raw = only("t.csv", f"id;name\n1;{names}\n".encode(encoding))
    assert raw.frame["name"][0] == names
    assert "its letters are those of Central Europe, so it was read as" in raw.notes[0]


@pytest.mark.parametrize(
    "words", ["McDonald’s London", "Rock’n’Roll", "Crédit, l’école", "The “Fish’n’Chips”"]
)
def test_curly_apostrophes_before_a_letter_are_not_japanese(words):
    assert older_encoding(words.encode("cp1252"))[0] == "cp1252"
    assert only("t.csv", f"id;name\n1;{words}\n".encode("cp1252")).frame["name"][0] == words


@pytest.mark.parametrize("words", ["日付,金額,残高", "カード", "日付,金額,ﾔﾏﾀﾞ", "McDonald's で"])
def test_japanese_letters_are_told_with_kana_and_without(words):
    assert older_encoding(words.encode("cp932"))[0] == "cp932"


def test_what_one_letter_says_is_called_a_guess_and_what_many_say_is_not():
    assert older_encoding("Peña".encode("cp1252"))[1].endswith("which is a guess")
    assert "guess" not in older_encoding("Łódź Żywiec Gdańsk Wałcz".encode("cp1250"))[1]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_known_by_its_line_ends(encoding):
    names = "Владимир Александрович" * 40
    raw = only("t.csv", f"номер,имя\n1,{names}\n".encode(encoding))
    assert raw.frame["имя"].tolist() == [names]


def test_lists_within_objects_are_tables_named_by_the_way_to_them():
    content = {
        "meta": {"n": 2, "tags": ["a"]},
        "shops": {"open": [{"id": 1}], "closed": [{"id": 2}, 7], "planned": []},
        "Data": {"items": [{"id": 3}]},
    }
    tables = read_files("test", {"report.json": json.dumps(content).encode()}).tables
    assert set(tables) == {"shops.open", "shops.closed", "report"}
    assert tables["shops.closed"].file == "report.json, shops.closed"
    assert tables["shops.closed"].bad_lines == ((2, "not an object with named values"),)
    assert tables["report"].file == "report.json, Data.items"


def test_an_amount_with_its_currency_is_a_number_and_a_code():
    held = [{"id": 1, "price": {"currency": "CZK", "amount": "25.40"}, "size": {"amount": 3}}]
    raw = only("t.json", json.dumps(held))
    assert raw.frame.iloc[0].to_dict() == {
        "id": "1", "price": "25.40", "size": '{"amount": 3}', "currency": "CZK",
    }  # fmt: skip
    held[0]["fee"] = {"amount": 1, "currency": "EUR"}
    assert only("t.json", json.dumps(held)).frame["fee.currency"].tolist() == ["EUR"]


def test_parquet_is_read_as_text_with_times_flags_and_nested_values():
    packed = io.BytesIO()
    pd.DataFrame(
        {
            "id": [1, 2],
            "day": pd.to_datetime(["2026-03-01", None]),
            "is_open": [True, None],
            "sum": [1.5, 2.25],
            "kind": pd.Categorical(["a", "b"]),
            "tags": [["x"], []],
            "secret_token": ["s", "t"],
            "raw": [b"\xff", b"a"],
            "birthday": [dt.date(1980, 2, 3), None],
        }
    ).to_parquet(packed)
    raw = only("shops.parquet", packed.getvalue())
    first = raw.frame.iloc[0].to_dict()
    assert first["day"].startswith("2026-03-01")
    del first["day"]
    assert first == {
        "id": "1", "is_open": "true", "sum": "1.5", "kind": "a", "tags": '["x"]', "raw": "ff",
        "birthday": "1980-02-03",
    }  # fmt: skip
    assert raw.frame.isna().sum().sum() == 3
    assert raw.json_columns == {"tags"}
    assert raw.lines.tolist() == [1, 2]
    assert any("secret_token was never read" in note for note in raw.notes)
    with pytest.raises(BadInput, match=r"shops\.parquet is not a readable Parquet file"):
        only("shops.parquet", packed.getvalue()[:-20])
