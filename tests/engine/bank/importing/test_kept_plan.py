"""The plan beside a bank: written with every import, used at the next, and gone with a customer."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from engine import Engine
from engine.bank import editions
from engine.bank.decision import KEPT, Certainty
from engine.bank.importing import import_plan, kept_plan
from engine.bank.importing.import_source import explain, import_bank, update_bank
from engine.bank.parsing.file_names import shape_of
from engine.errors import BadInput
from engine.results.imports import Reply
from engine.services.opening.banks import Banks

NOW = dt.datetime(2026, 9, 1)
PEOPLE = "customer_id,name,branch\nK1,Ida,north\nK2,Jon,south\n"
HEAD = "customer_id,date,amount (EUR),text\n"
MAY = HEAD + "K1,2026-05-13,5,a\nK2,2026-05-14,7,b\nK1,2026-05-15,-1,c\n"
JUNE = HEAD + "K1,2026-06-13,5,a\nK2,2026-06-14,7,b\nK1,2026-06-15,-1,c\n"


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> Path:
    """A bank of two files of which a person said that a plus is money out, imported once."""
    made = tmp_path_factory.mktemp("imported")
    (made / "source").mkdir()
    (made / "source" / "customers.csv").write_text(PEOPLE)
    (made / "source" / "statement_05.csv").write_text(MAY)
    read = explain(made / "source")
    (asked,) = [d.answer for d in read.guesses]
    plan = import_plan.of_matches(read.matches, [(asked, "positive is out")])
    import_bank(made / "source", made / "bank", now=NOW, plan=plan)
    return made / "bank"


@pytest.fixture
def folder(imported, tmp_path) -> Path:
    """A copy of that bank, with nothing of its source left."""
    return Path(shutil.copytree(imported, tmp_path / "bank"))


def _plan(folder: Path) -> dict[str, import_plan.FilePlan]:
    return {file.source: file for file in kept_plan.load(folder).files}


def _said(report, about: str) -> list[str]:
    return [d.reading for d in report.decisions if d.about == about]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("statement_05", "statement_06"),
        ("2026-05 paid", "2026-06 paid"),
        ("paid 20260501-20260531", "paid 20260601-20260630"),
        ("export_may_2026", "export_june_2026"),
        ("in/card 9", "in/card 10"),
    ],
)
def test_next_months_file_has_the_same_shape_of_name(one, other):
    assert shape_of(one) == shape_of(other)


def test_another_account_or_another_word_is_another_shape():
    names = ["paid 48213 05", "paid 48214 05", "card_05", "statement_05", "marie_05", "anna_05"]
    assert len({shape_of(name) for name in names}) == len(names)


def test_what_was_said_is_kept_and_reads_the_file_of_the_next_month(folder, write):
    assert _plan(folder)["statement_05"].direction == "positive is out"
    bank, report, _ = update_bank(write({"statement_06.csv": JUNE}), folder, now=NOW, strict=True)
    assert sorted(bank["transactions"]["amount"]) == [-7, -7, -5, -5, 1, 1]
    (told,) = [d for d in report.decisions if d.about == "direction"]
    assert (told.certainty, told.evidence) == (Certainty.PROVED, KEPT)
    assert _said(report, "plan") == ["read as statement_05 was"]
    assert list(_plan(folder)) == ["customers", "statement_05", "statement_06"]
    assert editions.plan_text(folder / "editions" / "1") != editions.plan_text(folder)
    update_bank(write({"statement_07.csv": JUNE.replace("-06-", "-07-")}), folder, now=NOW)
    assert list(_plan(folder)) == ["customers", "statement_06", "statement_07"]


@pytest.mark.parametrize(
    ("field", "kept", "newer", "own"),
    [
        ("numbers", "-{0},50", "-{0}.50", "decimal point"),
        ("dates", "%d/%m/%Y", "%m/%d/%Y", "month before day"),
    ],
)
def test_what_newer_cells_make_likely_otherwise_is_asked_about_until_a_person_says(
    field, kept, newer, own, write, tmp_path
):
    def paid(month: int, days: range, form: str) -> str:
        day, amount = ("%d/%m/%Y", form) if field == "numbers" else (form, "-{0},50")
        rows = [f"K1;{dt.date(2026, month, d):{day}};{amount.format(d)};shop" for d in days]
        return "\n".join(["customer_id;date;amount (EUR);text", *rows]) + "\n"

    folder, source = tmp_path / "bank", {"people.csv": PEOPLE.replace(",", ";")}
    import_bank(write({**source, "paid_05.csv": paid(5, range(2, 28), kept)}), folder, now=NOW)
    known = getattr(_plan(folder)["paid_05"], field)
    june = {"paid_06.csv": paid(6, range(1, 13), newer).encode()}
    (question,) = Banks.review(june, {}, update_of=folder).guesses
    (column,) = known
    assert question.key == ("paid_06", field, column)
    assert (question.reading, set(question.choices)) == (known[column], {known[column], own})
    for said in (known[column], own):
        replies = Banks.with_reply({}, question.key, Reply(said, question.choices))
        review = Banks.review(june, replies, update_of=folder)
        assert not review.guesses
        assert getattr(review.plan.files[0], field)[column] == said


def test_a_guess_and_a_likely_reading_are_never_kept_as_answers(write, tmp_path):
    dots = "date,amount,text\n03.04.2026,5,Tea\n04.04.2026,1000,Salary\n"
    _, report = import_bank(write({"paid.csv": dots}), tmp_path / "bank", now=NOW)
    doubtful = {d.about for d in report.decisions if d.certainty is not Certainty.PROVED}
    assert {"direction", "date order", "currency", "customer"} <= doubtful
    (file,) = _plan(tmp_path / "bank").values()
    assert (file.direction, dict(file.dates), file.customer) == ("", {}, "")
    assert kept_plan.load(tmp_path / "bank").currency == ""


def test_a_bank_of_the_release_before_has_no_plan_and_gets_one(folder, write):
    (folder / "plan.toml").unlink()
    _, report, _ = update_bank(write({"statement_06.csv": JUNE}), folder, now=NOW)
    assert [d.about for d in report.guesses] == ["direction"]
    assert list(_plan(folder)) == ["statement_06"]


def test_a_column_that_is_gone_is_named_and_what_came_for_it_is_asked(folder, write, tmp_path):
    other = {"statement_06.csv": JUNE.replace("amount (EUR)", "Betrag")}
    newer = write(other)
    with pytest.raises(BadInput, match=r"column Betrag: column is amount.*amount \(EUR\).*gone"):
        update_bank(newer, folder, now=NOW, strict=True)
    _, report, _ = update_bank(newer, folder, now=NOW, preview=True)
    assert [(d.column, d.about) for d in report.guesses] == [("Betrag", "column")]
    uploads = {name: text.encode() for name, text in other.items()}
    review = Banks.review(uploads, {}, update_of=folder)
    (question,) = review.guesses
    assert (question.key, question.reading) == (("statement_06", "column", "Betrag"), "amount")
    assert question.before["Betrag"].tolist() == ["5", "7", "-1"]
    Banks.update_upload(uploads, folder, tmp_path / "state", plan=review.plan)
    assert list(_plan(folder)) == ["customers", "statement_05"], "nobody has answered"
    replies = Banks.with_reply({}, question.key, Reply("amount", question.choices))
    review = Banks.review(uploads, replies, update_of=folder)
    assert review.guesses == ()
    uploads["statement_06.csv"] += b"K1,2026-06-20,9,d\n"
    Banks.update_upload(uploads, folder, tmp_path / "state", plan=review.plan)
    assert _plan(folder)["statement_06"].columns["Betrag"] == "amount"


def test_new_columns_come_in_where_they_are_sure_and_what_was_left_out_stays_out(write, tmp_path):
    folder, state = tmp_path / "state" / "banks" / "mine", tmp_path / "state"
    files = {"customers.csv": PEOPLE.encode(), "notes.csv": b"customer_id,text,kind\nK1,hi,chat\n"}
    replies = Banks.with_reply({}, ("customers", "column", "name"), Reply("left out", ()))
    replies = Banks.with_reply(replies, ("notes", "table", ""), Reply("left out", ()))
    plan = Banks.review(files, replies).plan
    Banks.import_upload(files, state, name="Mine", plan=plan)
    assert kept_plan.load(folder).left_out == ("notes",)
    files["customers.csv"] = (
        b"customer_id,name,branch,age,mood\nK1,Ida,north,30,7\nK2,Jon,south,4,8\n"
    )
    made = Banks.update_upload(
        files, folder, state, plan=Banks.review(files, {}, update_of=folder).plan
    )
    said = [d["reading"] for d in made["report"]["decisions"] if d["about"] == "plan"]
    assert said == ["new columns: age is age, mood is kept", "left out"]
    bank = editions.load(folder)
    assert bank["customers"]["age"].tolist() == [30, 4]
    assert bank["customers"]["name"].isna().all()
    assert len(bank["messages"]) == 0
    assert not Banks.review(files, {}, update_of=folder).guesses


def test_a_file_of_quite_other_columns_under_a_known_name_is_asked_about(folder, write):
    strange = write({"statement_05.csv": "day,sum,who\n2026-06-13,5,K1\n2026-06-14,6,K2\n"})
    strange = write({"customers.csv": PEOPLE})
    plan = explain(strange, update_of=folder)
    (table,) = [d for d in plan.guesses if d.about == "table"]
    assert "columns that are gone: customer_id, date, amount (EUR), text" in table.evidence


def test_another_new_file_is_read_by_itself_and_named(folder, write):
    consents = "customer_id,purpose,status\nK1,marketing,refused\n"
    bank, report, _ = update_bank(
        write({"consents.csv": consents, "statement_06.csv": JUNE}), folder, now=NOW
    )
    assert bank["consents"]["status"].tolist() == ["refused"]
    assert _said(report, "plan") == ["read as consents", "read as statement_05 was"]


def test_whose_rows_they_are_is_taken_over_only_from_two_files_that_agree(write, tmp_path):
    rows = "date,amount,text\n2026-0{0}-05,100,salary\n2026-0{0}-06,-20,grocer\n"
    folder, last = tmp_path / "bank", rows.format(5)
    source = write(
        {"a_3.csv": rows.format(3), "a_4.csv": rows.format(4), "b_4.csv": rows.format(4)}
    )
    read = explain(source, currency="EUR")
    whose = {"a_3": "Ann", "a_4": "Ann", "b_4": "Bob"}
    files = tuple(import_plan.replace(file, customer=whose[file.source]) for file in read.files)
    plan = import_plan.replace(read, files=files, decisions=())
    import_bank(source, folder, now=NOW, plan=plan, currency="EUR")
    for file in source.iterdir():
        file.unlink()
    with pytest.raises(BadInput, match=r"b_5\.csv: no column says whose"):
        update_bank(write({"b_5.csv": last}), folder, now=NOW)
    (source / "b_5.csv").unlink()
    bank, report, _ = update_bank(write({"a_5.csv": last}), folder, now=NOW)
    assert (bank["transactions"]["customer_id"] == "Ann").sum() == 6
    assert _said(report, "plan") == ["read as a_4 was, so its rows are of 'Ann'"]


def test_what_a_plan_says_of_an_erased_customers_file_goes_and_does_not_come_back(write, tmp_path):
    rows = "date,amount,text\n2026-05-05,100,salary\n2026-05-06,-20,grocer\n"
    folder = tmp_path / "bank"
    files = {"ann.csv": rows, "bob.csv": rows, "cleo.csv": rows}
    plan = import_plan.replace(explain(write(files)), customers="one for each file")
    import_bank(write(files), folder, now=NOW, currency="EUR", plan=plan)
    files["bob.csv"] += "2026-05-07,-1,tea\n"
    bank, *_ = update_bank(write(files), folder, now=NOW, strict=True)
    assert set(bank.customer_ids) == set(_plan(folder)) == {"ann", "bob", "cleo"}
    with pytest.raises(BadInput, match=r"dan\.csv: no column says whose"):
        update_bank(write(files | {"dan.csv": rows}), folder, now=NOW)
    (tmp_path / "source" / "dan.csv").unlink()
    Engine.open(folder, tmp_path / "state").erasing.erase("ann", actor="test")
    assert set(_plan(folder)) == set(_plan(folder / "editions" / "1")) == {"bob", "cleo"}
    files["cleo.csv"] += "2026-05-07,-1,tea\n"
    update_bank(write(files), folder, now=NOW, mode="rows", plan=plan)
    assert set(_plan(folder)) == {"bob", "cleo"}


def test_a_plan_stays_where_it_does_not_name_who_was_erased(folder, tmp_path):
    Engine.open(folder, tmp_path / "state").erasing.erase("K1", actor="test")
    assert set(_plan(folder)) == {"customers", "statement_05"}
    Engine.open(folder, tmp_path / "state").erasing.erase("K2", actor="test")
    assert not (folder / "plan.toml").exists(), "nobody is left"


def test_a_damaged_plan_is_one_sentence(folder, write):
    (folder / "plan.toml").write_text("version = 7\n", "utf-8")
    with pytest.raises(BadInput, match=r"plan\.toml is a plan of version 7, not 1"):
        update_bank(write({"statement_06.csv": JUNE}), folder, now=NOW)


OF_ONE = "[[files]]\nsource = {!r}\ntable = 'transactions'\ncustomer = {!r}\n[files.columns]\n"
NAMED = "date = 'booked_at'\ntext = 'merchant'\namount = 'amount'\n"
PLAN = "version = 1\nlayout = 'tables'\ncurrency = 'EUR'\n"


def _rows(month: int, amount: int, konto: str = "") -> str:
    head, more = ("account_number,", f"{konto},") if konto else ("", "")
    days = (f"{more}2026-0{month}-{d:02d},-{amount}.{d},tea\n" for d in range(10, 14))
    return f"{head}date,amount,text\n" + "".join(days)


def _of_two(write, folder, one: str, other: str, files, columns: str = NAMED) -> None:
    """A bank of Ann's and Bob's file, as a person said."""
    text = PLAN + "".join(
        OF_ONE.format(name, whose) + columns for name, whose in ((one, "Ann"), (other, "Bob"))
    )
    source = write(files)
    import_bank(source, folder, now=NOW, plan=import_plan.parse(text.encode(), "plan"))
    for file in source.iterdir():
        file.unlink()


def test_whose_a_file_is_with_a_column_more_is_not_taken_from_the_last_of_its_shape(
    write, tmp_path
):
    folder = tmp_path / "bank"
    _of_two(write, folder, "acc_1", "acc_2", {"acc_1.csv": _rows(1, 5), "acc_2.csv": _rows(1, 7)})
    third = _rows(2, 9).replace("text\n", "text,ref\n").replace("tea\n", "tea,r\n")
    with pytest.raises(BadInput, match=r"acc_3\.csv: no column says whose"):
        update_bank(write({"acc_3.csv": third}), folder, now=NOW)


def test_a_file_under_a_known_name_with_the_account_of_another_is_asked_about(write, tmp_path):
    folder, konto = tmp_path / "bank", ("1111111111", "2222222222", "3333333333")
    columns = f"account_number = 'account'\n{NAMED}"
    files = {"paid.csv": _rows(1, 5, konto[0]), "bob.csv": _rows(1, 7, konto[1])}
    _of_two(write, folder, "paid", "bob", files, columns)
    own = write({"paid.csv": _rows(2, 9, konto[0])})
    bank, *_ = update_bank(own, folder, now=NOW, preview=True, strict=True)
    assert bank["transactions"].groupby("customer_id").size().to_dict() == {"Ann": 8, "Bob": 4}
    for number, why in ((konto[1], "have that of another"), (konto[2], "not known as theirs")):
        uploads = {"paid.csv": _rows(2, 9, number).encode()}
        with pytest.raises(BadInput, match=r"paid\.csv: no customer of the bank has a number"):
            update_bank(write({"paid.csv": _rows(2, 9, number)}), folder, now=NOW)
        review = Banks.review(uploads, {}, update_of=folder)
        (question,) = [q for q in review.guesses if q.about == "customer"]
        assert any(why in q.evidence for q in review.questions)
        replies = Banks.with_reply({}, question.key, Reply("Bob", question.choices))
        review = Banks.review(uploads, replies, update_of=folder)
        assert review.guesses == ()
    Banks.update_upload(uploads, folder, tmp_path / "state", plan=review.plan)
    sizes = editions.load(folder)["transactions"].groupby("customer_id").size()
    assert sizes.to_dict() == {"Ann": 4, "Bob": 8}


def test_a_customer_with_the_number_1_is_erased_and_the_plan_stays(write, tmp_path):
    people, may = (text.replace("K", "") for text in (PEOPLE, MAY))
    source, folder = write({"customers.csv": people, "statement_05.csv": may}), tmp_path / "bank"
    read = explain(source)
    plan = import_plan.of_matches(read.matches, [(read.guesses[0].answer, "positive is out")])
    import_bank(source, folder, now=NOW, plan=plan)
    Engine.open(folder, tmp_path / "state").erasing.erase("1", actor="test")
    assert _plan(folder)["statement_05"].direction == "positive is out"


def test_a_file_that_a_plan_does_not_mention_is_not_left_out_for_good(folder, write):
    plan = import_plan.replace(kept_plan.load(folder), is_kept=False)
    files = {"customers.csv": PEOPLE, "statement_05.csv": MAY, "paid_1.csv": JUNE}
    files["statement_05.csv"] += "K1,2026-05-16,2,d\n"
    update_bank(write(files), folder, now=NOW, plan=plan)
    assert kept_plan.load(folder).left_out == ()


def test_a_file_like_one_that_was_left_out_is_asked_about(folder, write, tmp_path):
    out = import_plan.replace(kept_plan.load(folder), left_out=("paid_1",))
    (folder / "plan.toml").write_text(out.to_toml(), "utf-8")
    files = {"paid_2.csv": JUNE, "statement_06.csv": JUNE}
    newer = write(files)
    with pytest.raises(BadInput, match=r"paid_2\.csv: .*paid_1 was left out"):
        update_bank(newer, folder, now=NOW, strict=True)
    update_bank(newer, folder, now=NOW)
    assert kept_plan.load(folder).left_out == ("paid_1",), "nobody has answered"
    uploads = {name: text.encode() for name, text in files.items()}
    review = Banks.review(uploads, {}, update_of=folder)
    (question,) = review.guesses
    assert (question.key, question.reading) == (("paid_2", "table", ""), "left out")
    for said, is_there in (("left out", False), ("transactions", True)):
        replies = Banks.with_reply({}, question.key, Reply(said, question.choices))
        plan = Banks.review(uploads, replies, update_of=folder).plan
        assert ("paid_2" in {file.source for file in plan.files}) is is_there
        assert not [d for d in plan.decisions if d.about == "table"]


def test_no_plan_names_who_was_erased_where_an_edition_has_no_row_of_theirs(write, tmp_path):
    folder = tmp_path / "bank"
    files = {"customers.csv": PEOPLE.replace("Ida", "Ida Lee"), "ida_lee_paid.csv": MAY[:56]}
    source = write(files | {"paid.csv": HEAD + "K2,2026-05-14,7,b\n"})
    import_bank(source, folder, now=NOW, currency="EUR")
    for file in source.iterdir():
        file.unlink()
    left = {"customers.csv": "customer_id,name,branch\nK2,Jon,south\n"}
    update_bank(write(left), folder, now=NOW, mode="whole")
    assert "ida_lee_paid" in _plan(folder)
    editions.erased_from(folder).add("K1")
    editions.purge(folder)
    for place in (folder, folder / "editions" / "1"):
        assert set(_plan(place)) == {"customers", "paid"}
        for beside in ("bank.json", "quality.json"):
            assert "ida_lee" not in (place / beside).read_text("utf-8"), (place, beside)
        assert editions.load(place).manifest.sources
    out = import_plan.replace(kept_plan.load(folder), left_out=("k1",), is_kept=False)
    again = {
        "paid.csv": HEAD + "K2,2026-06-14,7,b\n",
        "ida_lee_paid.csv": files["ida_lee_paid.csv"],
    }
    for file in source.iterdir():
        file.unlink()
    update_bank(write(again), folder, now=NOW)
    assert set(_plan(folder)) == {"customers", "paid"}, "all rows of the other file are left out"
    again["paid.csv"] += "K2,2026-06-15,8,b\n"
    (source / "ida_lee_paid.csv").unlink()
    given = import_plan.replace(out, files=tuple(f for f in out.files if f.source == "paid"))
    update_bank(write({"paid.csv": again["paid.csv"]}), folder, now=NOW, plan=given)
    assert kept_plan.load(folder).left_out == ()
