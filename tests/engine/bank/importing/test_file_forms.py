"""Header row, encoding, delimiter and rows that are no data: found, said, kept, asked about."""

import datetime as dt

import pytest

from engine.bank.decision import Certainty, Decision
from engine.bank.importing import import_plan
from engine.bank.importing.import_source import explain, import_bank
from engine.bank.reading.files import read_files
from engine.bank.reading.isolated import read_isolated
from engine.bank.reading.raw_table import FileForm, RawTable
from engine.errors import BadInput
from engine.results.imports import Reply
from engine.services.opening.banks import Banks

NOW = dt.datetime(2026, 6, 1, 12, 0)
ROWS = "Day;Sum (EUR);Text\n2026-01-03;-5.50;Bäcker\n2026-01-04;7.25;salary\n"
TITLED = "Account statement;;\nJanuary;;\n" + ROWS
LETTERS = {
    "utf-8": ("Łódź, Zürich", Certainty.PROVED),
    "utf-16": ("Łódź, Zürich", Certainty.PROVED),
    "utf-16-le": ("Łódź, Zürich", Certainty.PROVED),
    "cp1252": ("Müller, Größe, Bäckerei, Schön, Straße, Zürich", Certainty.LIKELY),
    "cp1250": ("Łódź Żywiec Gdańsk Wałcz", Certainty.LIKELY),
    "cp932": ("振込 ヤマダタロウ 給与", Certainty.LIKELY),
}


def only(data: bytes, form: FileForm | None = None) -> RawTable:
    forms = {"paid": form} if form else None
    (raw,) = read_files("test", {"paid.csv": data}, forms=forms).tables.values()
    return raw


def reading(raw: RawTable, about: str) -> Decision:
    (decision,) = [d for d in raw.readings if d.about == about]
    return decision


@pytest.mark.parametrize("encoding", LETTERS)
def test_an_encoding_is_told_with_its_evidence(encoding):
    text, certainty = LETTERS[encoding]
    raw = only(f"id;name;place\n1;{text};x\n2;b;y\n".encode(encoding))
    assert raw.frame["name"][0] == text
    decision = reading(raw, "encoding")
    assert (decision.reading, decision.certainty) == (encoding, certainty)


def test_nothing_depends_on_the_encoding_of_plain_letters(write):
    folder = write({"transactions.csv": ROWS.replace("ä", "a")})
    (file,) = explain(folder).files
    assert (file.encoding, file.delimiter, file.header) == ("", "semicolon", "row 1")
    latin = write({"transactions.csv": ROWS.encode("cp1252")})
    plan = import_plan.ImportPlan("tables", (file,))
    assert not [d for d in explain(latin, plan=plan).decisions if "plan says" in d.evidence]


def test_the_encoding_that_a_plan_says_holds_unless_the_bytes_are_none_of_it():
    data = ROWS.encode("cp1252")
    assert reading(only(data), "encoding").certainty is Certainty.LIKELY
    said = only(data, FileForm(encoding="iso8859-2"))
    assert reading(said, "encoding").certainty is Certainty.PROVED
    with pytest.raises(BadInput, match=r"no longer fits: paid\.csv is not valid utf-8 .*cp1252"):
        only(data, FileForm(encoding="utf-8"))
    doubted = reading(only(ROWS.encode(), FileForm(encoding="cp1252")), "encoding")
    assert (doubted.certainty, doubted.others) == (Certainty.GUESS, ("utf-8",))
    with pytest.raises(BadInput, match="encodings that can be read are utf-8"):
        only(data, FileForm(encoding="rot13"))


def test_a_delimiter_is_proved_likely_or_a_guess_and_obeyed():
    assert reading(only(ROWS.encode()), "delimiter").certainty is Certainty.PROVED
    both = only(b"a;b,c\n1;2,3\n4;5,6\n")
    assert reading(both, "delimiter").certainty is Certainty.GUESS
    assert reading(both, "delimiter").others == ("comma",)
    said = only(b"a;b,c\n1;2,3\n4;5,6\n", FileForm(delimiter="comma"))
    assert list(said.frame.columns) == ["a;b", "c"]
    assert reading(said, "delimiter").certainty is Certainty.PROVED
    with pytest.raises(BadInput, match="tab, semicolon, vertical bar, comma"):
        only(b"a;b\n1;2\n", FileForm(delimiter="dot"))


def test_letters_that_clearly_tell_another_encoding_than_the_plan_are_asked_about():
    polish = "name;n\nŁódź Żywiec Gdańsk Wałcz;1\n".encode("cp1250")
    told = reading(only(polish, FileForm(encoding="cp1252")), "encoding")
    assert (told.certainty, told.others) == (Certainty.GUESS, ("cp1250",))
    told = reading(only(polish, FileForm(encoding="cp1251")), "encoding")
    assert (told.certainty, told.others) == (Certainty.GUESS, ("cp1250",))
    assert reading(only(polish, FileForm(encoding="cp850")), "encoding").certainty is (
        Certainty.PROVED
    )


def test_a_header_row_is_proved_likely_or_a_guess_and_obeyed():
    assert reading(only(ROWS.encode()), "header row").certainty is Certainty.PROVED
    below = only(TITLED.encode())
    assert (reading(below, "header row").reading, len(below.frame)) == ("row 3", 2)
    assert reading(below, "header row").certainty is Certainty.LIKELY
    named_twice = ROWS.replace("\n", "\ndate;EUR;words\n", 1)
    asked = reading(only(named_twice.encode()), "header row")
    assert (asked.reading, asked.certainty, asked.others) == ("row 1", Certainty.GUESS, ("row 2",))
    said = only(named_twice.encode(), FileForm(header="row 2"))
    assert list(said.frame.columns) == ["date", "EUR", "words"]
    joined = only(named_twice.encode(), FileForm(header="rows 1 and 2"))
    assert len(joined.frame) == 2
    with pytest.raises(BadInput, match="expected 'row 3', 'rows 3 and 4' or 'none'"):
        only(ROWS.encode(), FileForm(header="third"))


def test_a_file_without_names_loses_no_first_row_and_is_asked_about():
    raw = only(b"10/01/2025,-12.50,COFFEE\n10/02/2025,2000.00,SALARY\n")
    decision = reading(raw, "header row")
    assert (decision.reading, decision.certainty) == ("none", Certainty.GUESS)
    assert raw.frame["column 2"].tolist() == ["-12.50", "2000.00"]
    years = only(b"name,2023,2024\nIda,5,6\nJon,7,8\n")
    assert reading(years, "header row").reading == "row 1"


def test_a_header_that_has_moved_is_found_by_the_columns_of_the_plan(write, tmp_path):
    plan = explain(write({"customers.csv": "customer_id\nK1\n", "transactions.csv": TITLED}))
    plan.save(tmp_path / "plan.toml")
    plan = import_plan.load(tmp_path / "plan.toml")
    assert [file.header for file in plan.files] == ["row 1", "row 3"]
    moved = explain(write({"transactions.csv": "Filter: none;;\n" + TITLED}), plan=plan)
    (told,) = [d for d in moved.decisions if d.about == "header row" and d.reading == "row 4"]
    assert told.evidence == "the plan says row 3, but the columns of the plan stand in row 4"
    assert told.certainty is Certainty.LIKELY
    with pytest.raises(BadInput, match=r"no longer fits: transactions\.csv has no column Sum"):
        explain(write({"transactions.csv": TITLED.replace("Sum (EUR)", "Total")}), plan=plan)


def test_rows_that_are_no_data_are_kept_when_a_plan_says_so(write, tmp_path):
    text = (
        "customer_id,date,amount (EUR),status\nK1,2026-01-03,-5,booked\nK1,2026-01-04,-7,pending\n"
    )
    folder = write({"customers.csv": "customer_id\nK1\n", "transactions.csv": text})
    plan = explain(folder)
    (file,) = [f for f in plan.files if f.table == "transactions"]
    assert file.rows == {"pending": "set apart"}
    (decision,) = [d for d in plan.decisions if d.about == "rows"]
    kept = plan.answered([(decision.answer, "kept")])
    bank, report = import_bank(folder, tmp_path / "bank", now=NOW, plan=kept)
    assert sorted(bank["transactions"]["amount"]) == [-7, -5]
    (doubt,) = [d for d in report.guesses if d.about == "rows"]
    assert doubt.evidence == "the plan says so, but column status says so"
    with pytest.raises(BadInput, match="they can be 'set apart' or 'kept'"):
        import_bank(
            folder,
            tmp_path / "bank",
            now=NOW,
            plan=plan.answered(
                [(decision.answer.__class__("transactions", "rows", "pending", is_open=True), "x")]
            ),
        )


def test_an_answer_about_letters_reads_the_uploads_again(tmp_path):
    files = {"transactions.csv": ROWS.replace("Bäcker", "Peña").encode("cp1252")}
    review = Banks.review(files, {})
    asked = {q.key: q for q in review.guesses}[("transactions", "encoding", "")]
    assert asked.choices[:2] == ("cp1252", "iso8859-2") or asked.choices[:2] == ("cp1252", "cp1250")
    assert asked.before["Text"].tolist() == ["Peña"]
    assert asked.after["Text"].tolist() == ["Peńa"]
    replies = Banks.with_reply({}, asked.key, Reply("cp1250", asked.choices))
    review = Banks.review(files, replies)
    assert not [q for q in review.guesses if q.about == "encoding"]
    source = Banks.read_uploads(files, Banks.forms(replies))
    assert source.tables["transactions"].frame["Text"][0] == "Peńa"
    replies = Banks.with_reply(replies, ("transactions", "table", ""), Reply("messages", ()))
    assert asked.key in replies


def test_the_process_of_its_own_reads_by_the_same_forms():
    files = {"paid.csv": TITLED.encode("cp1252")}
    forms = {"paid": FileForm("cp1250", "semicolon", "row 3", ("Day",))}
    here, there = read_files("Upload", files, forms=forms), read_isolated("Upload", files, forms)
    assert here.tables["paid"].readings == there.tables["paid"].readings
    assert here.tables["paid"].frame.equals(there.tables["paid"].frame)
