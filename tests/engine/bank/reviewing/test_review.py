"""What is asked about a stranger's files, what an answer changes, and what then comes in."""

import io

import openpyxl
import pytest

from engine.errors import BadInput
from engine.results.imports import ImportReview, Question, Replies, Reply
from engine.services.opening.banks import Banks

PEOPLE = b"customer_id,name,age\nK1,Ida,31\nK2,Jon,44\n"
PAID = b"""customer_id,date,amount (EUR),text
K1,2026-01-13,5,a
K2,2026-01-14,7,b
K1,2026-01-15,-1,c
"""
FILES = {"customers.csv": PEOPLE, "transactions.csv": PAID}


def said(replies: Replies, question: Question, reading: str) -> Replies:
    return Banks.with_reply(replies, question.key, Reply(reading, question.choices))


def asked(review: ImportReview) -> dict[tuple[str, str, str], Question]:
    return {question.key: question for question in review.questions}


def test_what_the_files_do_not_tell_is_asked_with_the_rows_beside_it():
    review = Banks.review(FILES, {})
    (question,) = review.guesses
    assert question.key == ("transactions", "direction", "")
    assert question.choices == ("negative is out", "positive is out")
    assert question.before["amount (EUR)"].tolist() == ["5", "7", "-1"]
    assert question.after["amount"].tolist() == [5, 7, -1]
    assert question.after["description"].tolist() == ["a", "b", "c"]
    assert list(question.before.index) == list(question.after.index) == [2, 3, 4]


def test_an_answer_changes_the_rows_stays_changeable_and_comes_in(tmp_path):
    (question,) = Banks.review(FILES, {}).guesses
    replies = said({}, question, "positive is out")
    review = Banks.review(FILES, replies)
    assert review.guesses == ()
    answered = asked(review)[question.key]
    assert answered.is_answered
    assert answered.choices == question.choices
    assert answered.after["amount"].tolist() == [-5, -7, 1]
    _, report = Banks.import_upload(FILES, tmp_path, name="Mine", plan=review.plan)
    assert not [d for d in report["decisions"] if d["certainty"] == "a guess"]
    kept = [line for line in report["control"] if line["part"] == "kept"]
    assert (kept[1]["sum_in"], kept[1]["sum_out"]) == (1, 12)


def test_what_was_not_answered_stays_a_guess_in_the_report(tmp_path):
    review = Banks.review(FILES, {})
    _, report = Banks.import_upload(FILES, tmp_path, name="Mine", plan=review.plan)
    guesses = [d["about"] for d in report["decisions"] if d["certainty"] == "a guess"]
    assert guesses == ["direction"]


def test_files_that_nobody_recognises_are_asked_about_column_by_column():
    files = {"a.csv": b"x,y\nK1,Ida\nK2,Jon\n", "b.csv": b"p,q\n1,2\n"}
    review = Banks.review(files, {})
    assert review.problem.startswith("No file is recognised")
    assert {q.about for q in review.guesses} == {"table"}
    replies = said({}, asked(review)["a", "table", ""], "customers")
    review = Banks.review(files, replies)
    needed = asked(review)["a", "needed", "customer_id"]
    assert needed.choices == ("x", "y")
    assert "customer_id" in review.problem
    replies = said(replies, needed, "x")
    replies = said(replies, asked(review)["b", "table", ""], "left out")
    review = Banks.review(files, replies)
    assert (review.problem, review.guesses) == ("", ())
    assert [file.table for file in review.files] == ["customers", ""]


def test_a_column_is_matched_and_freed_by_hand():
    replies = {("customers", "column", "age"): Reply("dependents", ())}
    (customers, _) = Banks.review(FILES, replies).files
    assert customers.columns["target_column"].tolist() == ["customer_id", "name", "dependents"]
    replies = {("customers", "column", "age"): Reply("left out", ())}
    (customers, _) = Banks.review(FILES, replies).files
    assert customers.columns["target_column"].isna().tolist() == [False, False, True]


def test_a_doubtful_column_is_not_filled_in():
    files = {"customers.csv": b"customer_id,CreditCard,Incomings\nK1,0,7\nK2,1,8\n"}
    (file,) = Banks.review(files, {}).files
    assert file.columns["target_column"].isna().tolist() == [False, True, True]


def test_another_table_makes_void_what_was_said_of_the_file():
    direction = ("transactions", "direction", "")
    replies = {direction: Reply("positive is out", ())}
    table = ("transactions", "table", "")
    replies = Banks.with_reply(replies, table, Reply("months", ()))
    assert list(replies) == [table]


@pytest.mark.parametrize(("code", "expected"), [("AUD", "AUD"), ("CAD", "CAD")])
def test_a_sign_of_several_currencies_means_what_a_person_says(tmp_path, code, expected):
    paid = b"customer_id,date,amount\nK1,2026-01-13,-$5\nK2,2026-01-14,-$7\n"
    files = {"customers.csv": PEOPLE, "transactions.csv": paid}
    (question,) = Banks.review(files, {}).guesses
    assert question.about == "currency"
    assert code in question.choices
    review = Banks.review(files, said({}, question, code))
    assert review.guesses == ()
    _, report = Banks.import_upload(files, tmp_path, name="Mine", plan=review.plan)
    said_code = {d["reading"] for d in report["decisions"] if d["about"] == "currency"}
    assert said_code == {expected}


@pytest.mark.parametrize(
    ("paid", "key", "reading", "column", "before", "after"),
    [
        (
            b"customer_id,date,amount\nK1,03/04/2026,-EUR5\nK2,05/04/2026,-EUR7\n",
            ("transactions", "dates", "date"),
            "month before day",
            "booked_at",
            ["2026-04-03", "2026-04-05"],
            ["2026-03-04", "2026-05-04"],
        ),
        (
            b"customer_id,date,amount\nK1,2026-04-03,-1.250\nK2,2026-04-05,-2.500\n",
            ("transactions", "numbers", "amount"),
            "decimal point",
            "amount",
            [-1250.0, -2500.0],
            [-1.25, -2.5],
        ),
    ],
)
def test_what_a_plan_can_say_of_a_column_can_be_replied(paid, key, reading, column, before, after):
    files = {"customers.csv": PEOPLE, "transactions.csv": paid}
    question = asked(Banks.review(files, {}))[key]
    assert (question.certainty, question.after[column].astype("str").tolist()) == (
        "a guess",
        [str(value) for value in before],
    )
    replied = asked(Banks.review(files, said({}, question, reading)))[key]
    assert replied.is_answered
    assert (
        replied.after[column].astype("float64" if column == "amount" else "str").tolist() == after
    )


def test_a_file_without_customers_may_be_somebodys_by_name():
    paid = b"date,amount (EUR),text\n2026-01-13,-5,a\n2026-01-14,-7,b\n"
    question = asked(Banks.review({"march.csv": paid}, {}))["march", "customer", ""]
    assert question.is_open
    review = Banks.review({"march.csv": paid}, said({}, question, "Ann Ash"))
    assert asked(review)[question.key].after["customer_id"].tolist() == ["Ann Ash"] * 2


def test_a_saved_plan_reads_the_next_files_without_a_question():
    (question,) = Banks.review(FILES, {}).guesses
    saved = Banks.review(FILES, said({}, question, "positive is out")).saved.encode()
    again = Banks.review(FILES, {}, plan=saved)
    assert (again.guesses, again.problem) == ((), "")
    (direction,) = [q for q in again.questions if q.about == "direction"]
    assert (direction.reading, direction.certainty) == ("positive is out", "proved")
    other = {**FILES, "transactions.csv": PAID.replace(b"amount (EUR)", b"Betrag")}
    assert "no column amount (EUR)" in Banks.review(other, {}, plan=saved).problem
    with pytest.raises(BadInput, match="The plan cannot be read as a plan"):
        Banks.review(FILES, {}, plan=b"\xff")


def test_a_layout_that_ships_asks_nothing(d_files):
    files = {name: text.encode() for name, text in d_files.items()}
    review = Banks.review(files, {})
    assert "catalogues" in review.title
    assert (review.questions, review.plan) == ((), None)
    assert 'layout = "purchases_and_tickets"' in review.saved


def test_the_template_comes_in_as_it_is(tmp_path):
    files = {"template.xlsx": Banks.template()}
    review = Banks.review(files, {})
    assert (review.problem, review.guesses) == ("", ())
    _, report = Banks.import_upload(files, tmp_path, name="Mine", plan=review.plan)
    assert report["rejected"] == []
    assert {name: count["kept"] for name, count in report["tables"].items()} == dict.fromkeys(
        report["tables"], 1
    )
    own = Banks.own(tmp_path)
    assert own["name"].tolist() == ["Mine"]


def test_the_template_explains_every_column_of_its_sheets_in_one_that_is_not_read():
    book = openpyxl.load_workbook(io.BytesIO(Banks.template()), read_only=True)
    about, *sheets = book.worksheets
    assert about.title == "Explanations (not read)" and len(about.title) <= 31
    lines = [row for row in about.iter_rows(values_only=True) if row[1] and row[1] != "Column"]
    columns = {(one.title, c) for one in sheets for c in next(one.iter_rows(values_only=True))}
    assert {line[:2] for line in lines} == columns and len(lines) == len(columns)
    assert all(line[3] for line in lines)
    said = {line[:2]: line[2:] for line in lines}
    assert said["customers", "customer_id"][0] == "yes" and not said["customers", "age"][0]
    assert "retail, corporate" in said["customers", "audience"][1]


def test_an_update_is_reviewed_previewed_and_taken_over(tmp_path):
    (question,) = Banks.review(FILES, {}).guesses
    review = Banks.review(FILES, said({}, question, "positive is out"))
    Banks.import_upload(FILES, tmp_path, name="Mine", plan=review.plan)
    folder = Banks.own(tmp_path)["path"].iloc[0]
    newer = {"transactions.csv": PAID + b"K2,2026-02-01,9,d\n"}
    review = Banks.review(newer, {}, update_of=folder)
    assert (review.problem, review.guesses) == ("", ()), "the bank's plan has the answer"
    assert asked(review)[question.key].reading == "positive is out"
    state = tmp_path / "state"
    preview = Banks.update_upload(newer, folder, state, plan=review.plan, preview=True)
    changes = {line["table"]: line for line in preview["changes"]["tables"]}
    assert (changes["transactions"]["new"], changes["transactions"]["gone"]) == (1, 0)
    assert Banks.own(tmp_path)["edition"].tolist() == [1]
    assert Banks.update_upload(newer, folder, state, plan=review.plan)["edition"] == 2


def test_newer_files_are_in_the_currency_of_the_bank_where_they_say_none(tmp_path):
    Banks.import_upload(FILES, tmp_path, name="Mine")
    folder = Banks.own(tmp_path)["path"].iloc[0]
    newer = {"transactions.csv": PAID.replace(b" (EUR)", b"")}
    assert {q.about for q in Banks.review(newer, {}).guesses} == {"direction", "currency"}
    assert {q.about for q in Banks.review(newer, {}, update_of=folder).guesses} == {"direction"}


def test_every_table_that_a_file_may_be_said_to_be_can_be_asked_about():
    question = asked(Banks.review({"b.csv": b"p,q\n1,2\n"}, {}))["b", "table", ""]
    for table in question.choices:
        review = Banks.review({"b.csv": b"p,q\n1,2\n"}, said({}, question, table))
        assert asked(review)[question.key].reading == table
