"""Newer files make the next edition of a bank: nothing is lost, and what changed is said first."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.bank import editions
from engine.bank.consents import latest
from engine.bank.decision import Certainty
from engine.bank.importing.import_source import import_bank, update_bank
from engine.bank.importing.uploads import as_read
from engine.demo import generate
from engine.errors import BadInput, NotFound
from engine.results.imports import Reply
from engine.services.opening.banks import Banks
from engine.state.state import State
from tests.benchmarks import refresh

NOW, MARCH = dt.datetime(2030, 1, 1), pd.Timestamp("2024-03-01")
CUSTOMERS = "customer_id,name,age,city\na,Ann,30,Rome\nb,Bob,40,Oslo\nc,Cleo,50,Bonn\n"
BOOKED = "id,customer_id,date,amount\n"


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> Path:
    """Source and bank, imported once; each test has a copy of its own."""
    made = tmp_path_factory.mktemp("imported")
    files = {
        "customers.csv": CUSTOMERS,
        "products.csv": "product_id,name\np,Savings\nq,Card\n",
        "holdings.csv": "customer_id,product_id,opened_on\na,p,2024-01-10\nc,q,2024-01-11\n",
        "transactions.csv": BOOKED + "1,a,2024-01-05,-10\n2,b,2024-01-20,-20\n"
        "3,a,2024-02-05,-30\n4,c,2024-02-09,100\n",
    }
    (made / "source").mkdir()
    for name, text in files.items():
        (made / "source" / name).write_text(text)
    import_bank(made / "source", made / "bank", now=NOW)
    return made


@pytest.fixture
def folder(imported, tmp_path) -> Path:
    shutil.copytree(imported, tmp_path, dirs_exist_ok=True)
    return tmp_path / "bank"


def _counts(changes) -> dict[str, list[int]]:
    names = ["before", "new", "changed", "gone", "after"]
    return {row["table"]: [row[n] for n in names] for row in changes.to_json()["tables"]}


def _readings(changes) -> dict[str, tuple[str, Certainty]]:
    return {d.about.rsplit(" ", 1)[-1]: (d.reading, d.certainty) for d in changes.decisions}


def test_further_transactions_alone_are_added_and_the_months_follow(folder, write):
    first = editions.load(folder)
    source = write({"transactions.csv": BOOKED + "5,a,2024-03-01,-50\n6,b,2024-03-02,-60\n"})
    bank, report, changes = update_bank(source, folder, now=NOW)
    assert (bank.bank_id, bank.manifest.edition) == (first.bank_id, 2)
    assert _counts(changes)["transactions"] == [4, 2, 0, 0, 6]
    assert report.tables["transactions"].kept == 2
    assert _readings(changes)["transactions"] == ("the whole table", Certainty.PROVED)
    march = bank["months"].query("month == @MARCH").set_index("customer_id")["spending"]
    assert march.to_dict() == {"a": 50.0, "b": 60.0}
    assert bank.manifest.as_of == "2024-03-02"
    assert editions.load(folder).fingerprint == bank.fingerprint
    assert editions.load(folder, 1).fingerprint == first.fingerprint


def test_a_full_extract_says_who_is_new_gone_or_changed(folder, write):
    source = write({"customers.csv": "customer_id,name,age\na,Ann,31\nc,Cleo,50\nd,Dan,20\n"})
    bank, _, changes = update_bank(source, folder, now=NOW, mode="whole")
    assert _counts(changes)["customers"] == [3, 1, 1, 1, 3]
    assert changes.columns.values.tolist() == [["customers", "age", 1]]
    assert bank["customers"]["city"].tolist()[:2] == ["Rome", "Bonn"]  # the file has no cities
    assert _counts(changes)["transactions"] == [4, 0, 0, 1, 3]  # Bob's went with him


def test_two_thirds_of_the_customers_are_a_guess_and_so_is_its_opposite(folder, write):
    source = write({"customers.csv": CUSTOMERS.replace("b,Bob,40,Oslo\n", "")})
    *_, changes = update_bank(source, folder, now=NOW, preview=True)
    assert _readings(changes)["customers"] == ("the whole table", Certainty.GUESS)
    assert changes.decisions[0].others == ("further rows",)
    assert _counts(changes)["customers"][3] == 1
    with pytest.raises(BadInput, match=r"customers\.csv: what the files hold.*--mode"):
        update_bank(source, folder, now=NOW, strict=True, currency="EUR")
    *_, changes = update_bank(source, folder, now=NOW, preview=True, mode="rows")
    assert _counts(changes)["customers"] == [3, 0, 0, 0, 3]


def test_a_restated_amount_is_counted_with_its_sums(folder, write):
    source = write({"transactions.csv": BOOKED + "3,a,2024-02-05,-35\n4,c,2024-02-09,100\n"})
    bank, _, changes = update_bank(source, folder, now=NOW)
    row = changes.tables.set_index("table").loc["transactions"]
    assert (row["changed"], row["amount_before"], row["amount_after"]) == (1, -30, -35)
    assert sorted(bank["transactions"]["amount"]) == [-35, -20, -10, 100]


def test_a_booking_taken_back_within_the_days_of_the_file_is_gone(folder, write):
    lines = "1,a,2024-01-05,-10\n2,b,2024-01-20,-20\n4,c,2024-02-09,100\n"
    bank, _, changes = update_bank(write({"transactions.csv": BOOKED + lines}), folder, now=NOW)
    assert _counts(changes)["transactions"] == [4, 0, 0, 1, 3]
    assert _readings(changes)["transactions"][1] == Certainty.GUESS
    assert bank["transactions"]["transaction_id"].tolist() == ["1", "2", "4"]


def test_one_customers_statement_takes_nobody_elses_payments_away(folder, write):
    """Half and more of all rows of its days come again, and they are all of one customer."""
    anns = "1,a,2024-01-05,-10\n3,a,2024-02-05,-30\n5,a,2024-02-20,-5\n"
    bank, _, changes = update_bank(write({"transactions.csv": BOOKED + anns}), folder, now=NOW)
    assert _counts(changes)["transactions"] == [4, 1, 0, 0, 5]
    assert _readings(changes)["transactions"] == ("the whole table", Certainty.PROVED)
    assert set(bank["transactions"]["customer_id"]) == {"a", "b", "c"}
    *_, changes = update_bank(
        write({"transactions.csv": BOOKED + anns}), folder, now=NOW, mode="whole", preview=True
    )
    assert _counts(changes)["transactions"][3] == 2, "a person says that this is all there is"


def test_files_of_one_table_are_judged_one_by_one(folder, write):
    """A whole statement beside further rows of another customer makes neither of them the other."""
    (write({}) / "transactions.csv").unlink()
    files = {
        "ann/transactions.csv": BOOKED + "1,a,2024-01-05,-10\n3,a,2024-02-05,-30\n",
        "bob/transactions.csv": BOOKED + "6,b,2024-01-19,-6\n7,b,2024-01-21,-7\n",
    }
    *_, changes = update_bank(write(files), folder, now=NOW)
    assert _counts(changes)["transactions"] == [4, 2, 0, 0, 6]
    said = {d.reading: d.file for d in changes.decisions if d.about.endswith("transactions")}
    assert said == {
        "the whole table": "ann/transactions.csv",
        "further rows": "bob/transactions.csv",
    }


def test_the_statement_of_one_account_takes_nothing_of_another_away(write, tmp_path):
    head = "id,customer_id,account,date,amount\n"
    rows = "1,a,A1,2024-01-05,-10\n2,a,A1,2024-01-06,-20\n3,a,A2,2024-01-05,-7\n"
    people = {"customers.csv": CUSTOMERS}
    source = write({**people, "transactions.csv": head + rows + "4,b,B1,2024-01-07,1\n"})
    import_bank(source, tmp_path / "bank", now=NOW)
    newer = write({"transactions.csv": head + "1,a,A1,2024-01-05,-10\n2,a,A1,2024-01-06,-21\n"})
    bank, _, changes = update_bank(newer, tmp_path / "bank", now=NOW)
    assert _counts(changes)["transactions"] == [4, 0, 1, 0, 4]
    assert sorted(bank["transactions"]["amount"]) == [-21, -10, -7, 1]


def test_a_preview_and_the_same_files_again_write_nothing(folder, write):
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    source = write({"customers.csv": CUSTOMERS.replace("30", "31")})
    bank, _, changes = update_bank(source, folder, now=NOW, preview=True)
    assert bank.manifest.edition == 2
    assert _counts(changes)["customers"][2] == 1
    source = write({"customers.csv": CUSTOMERS})
    bank, _, changes = update_bank(source, folder, now=NOW)
    assert bank.manifest.edition == 1
    assert changes.columns.empty
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == before


def test_consents_that_a_newer_file_does_not_repeat_stay(folder, write):
    line = "customer_id,purpose,status,recorded_at\n"
    source = write({"consents.csv": line + "a,marketing,refused,2024-01-01\n"})
    update_bank(source, folder, now=NOW)
    source = write({"consents.csv": line + "b,marketing,granted,2024-02-01\n"})
    bank, *_ = update_bank(source, folder, now=NOW, mode="whole")
    assert bank["consents"]["status"].tolist() == ["refused", "granted"]


def test_an_unknown_customer_is_still_rejected_and_a_missing_bank_is_named(folder, write, tmp_path):
    source = write({"transactions.csv": BOOKED + "9,z,2024-03-01,-50\n5,a,2024-03-01,-1\n"})
    _, report, _ = update_bank(source, folder, now=NOW)
    assert report.rejected["problem"].tolist() == ["unknown customer 'z'"]
    with pytest.raises(NotFound, match="holds no imported bank"):
        update_bank(source, tmp_path / "none", now=NOW)


# --- month by month --------------------------------------------------------------------------


def test_month_by_month_with_feedback_an_objection_and_an_erasure_comes_to_one_import(tmp_path):
    run = refresh.Run(generate(50, 5), tmp_path, "rows", 3, with_models=False)
    assert run.go().different == []
    assert editions.earlier(run.folder)["edition"].tolist() == [2, 1]


# --- what follows from others ----------------------------------------------------------------

PAID = "account,date,amount,balance,text\n"


@pytest.fixture
def of_transactions_alone(write, tmp_path) -> Path:
    """A bank of one file of payments: customers, accounts and products follow from it."""
    rows = "A1,2024-01-05,100,100,salary\nA1,2024-01-20,-10,90,grocer\n"
    rows += "A2,2024-01-07,200,200,salary\nA2,2024-01-21,-20,180,grocer\n"
    rows += "A3,2024-01-08,300,300,salary\nA3,2024-01-22,-30,270,grocer\n"
    import_bank(write({"paid.csv": PAID + rows}), tmp_path / "paid", now=NOW)
    return tmp_path / "paid"


def test_new_accounts_of_a_bank_of_transactions_alone_follow_as_at_an_import(
    of_transactions_alone, write
):
    first = editions.load(of_transactions_alone)
    assert set(first.manifest.derived) >= {"customers", "accounts", "products"}
    newer = "A1,2024-02-05,100,190,salary\nA9,2024-02-06,50,50,salary\n"
    newer += "A9,2024-02-07,-5,45,grocer\n"
    bank, report, changes = update_bank(
        write({"paid.csv": PAID + newer}), of_transactions_alone, now=NOW
    )
    assert _counts(changes)["customers"] == [3, 1, 0, 0, 4], "nobody who did not pay is gone"
    assert _counts(changes)["accounts"] == [3, 1, 1, 0, 4]
    assert _counts(changes)["holdings"] == [3, 1, 0, 0, 4]
    assert _readings(changes)["customers"] == ("further rows", Certainty.PROVED)
    balances = bank["accounts"].set_index("account_id")["balance"]
    assert sorted(balances) == [45, 180, 190, 270]
    assert report.tables["transactions"].rejected == 0
    made = [d for d in report.decisions if d.about == "customers"]
    assert [d.reading for d in made] == ["2 customers made from the rows of transactions"]
    assert bank.manifest.derived == first.manifest.derived
    assert set(bank["products"]["product_id"]) == set(first["products"]["product_id"])


def test_an_older_file_brings_no_older_balance_back(of_transactions_alone, write):
    older = "A1,2023-12-05,10,10,salary\nA1,2023-12-06,-1,9,grocer\n"
    bank, _, changes = update_bank(
        write({"paid.csv": PAID + older}), of_transactions_alone, now=NOW
    )
    assert _counts(changes)["transactions"][:2] == [6, 2]
    assert sorted(bank["accounts"]["balance"]) == [90, 180, 270]


def test_names_that_a_file_brings_stay_when_payments_follow(of_transactions_alone, write):
    ids = editions.load(of_transactions_alone)["customers"]["customer_id"]
    names = "customer_id,name\n" + "".join(f"{c},Name {c}\n" for c in ids)
    update_bank(write({"customers.csv": names}), of_transactions_alone, now=NOW)
    (write({}) / "customers.csv").unlink()
    newer = write({"paid.csv": PAID + "A1,2024-02-05,100,190,salary\nA1,2024-02-06,-5,185,fee\n"})
    bank, report, _ = update_bank(newer, of_transactions_alone, now=NOW)
    assert report.tables["transactions"].kept == 2
    assert sorted(bank["customers"]["name"]) == sorted(f"Name {c}" for c in ids)


PAID_BY_ONE = "date,amount,text\n2024-01-05,100,salary\n2024-01-20,-10,grocer\n"
FEBRUARY = PAID_BY_ONE + "2024-02-05,100,salary\n2024-02-21,-20,grocer\n"


def test_the_same_account_under_another_file_name_is_no_other_customer(write, tmp_path):
    import_bank(write({"jan.csv": PAID_BY_ONE}), tmp_path / "bank", now=NOW, currency="EUR")
    newer = tmp_path / "feb.csv"
    newer.write_text(FEBRUARY)
    bank, report, changes = update_bank(newer, tmp_path / "bank", now=NOW)
    assert bank.customer_ids.tolist() == ["jan"]
    assert _counts(changes)["transactions"] == [2, 2, 0, 0, 4]
    (whose,) = [d for d in report.decisions if d.about == "customer"]
    assert (whose.certainty, whose.answer.choices) == (Certainty.LIKELY, ("jan",))


def test_whose_a_file_is_beside_several_customers_has_to_be_said(write, tmp_path):
    folder = tmp_path / "bank"
    import_bank(
        write({"ann.csv": PAID_BY_ONE, "bob.csv": PAID_BY_ONE}), folder, now=NOW, currency="EUR"
    )
    newer = {"feb.csv": FEBRUARY.encode()}
    with pytest.raises(BadInput, match=r"feb\.csv: no column says whose.*field customer"):
        update_bank(as_read(newer), folder, now=NOW)
    review = Banks.review(newer, {}, update_of=folder)
    (question,) = [q for q in review.guesses if q.about == "customer"]
    assert "field customer" in review.problem
    replies = Banks.with_reply({}, question.key, Reply("ann", question.choices))
    review = Banks.review(newer, replies, update_of=folder)
    assert review.problem == ""
    newer = as_read(newer)
    bank, _, changes = update_bank(newer, folder, now=NOW, plan=review.plan, mode="rows")
    assert set(bank.customer_ids) == {"ann", "bob"}
    assert _counts(changes)["transactions"] == [4, 2, 0, 0, 6]


def test_accounts_that_a_bank_of_files_does_not_know_are_asked_about(write, tmp_path):
    """The file has got a column of the account: whose name was that of the file is nobody new."""
    folder = tmp_path / "bank"
    import_bank(write({"jan.csv": PAID_BY_ONE}), folder, now=NOW, currency="EUR")
    rows = "account,date,amount,text\nA1,2024-02-05,100,salary\nA1,2024-02-21,-20,grocer\n"
    newer = {"feb.csv": rows.encode()}
    with pytest.raises(BadInput, match=r"feb\.csv: no customer of the bank has a number of column"):
        update_bank(as_read(newer), folder, now=NOW)
    guesses = Banks.review(newer, {}, update_of=folder).guesses
    (question,) = [q for q in guesses if q.about == "customer"]
    assert question.choices == ("one for each account", "jan")
    for whose, customers in (("jan", {"jan"}), ("one for each account", {"jan", "A1"})):
        replies = Banks.with_reply({}, question.key, Reply(whose, question.choices))
        plan = Banks.review(newer, replies, update_of=folder).plan
        bank, *_ = update_bank(as_read(newer), folder, now=NOW, plan=plan, preview=True)
        assert set(bank.customer_ids) == customers


def test_an_account_that_another_file_names_in_another_column_is_not_taken_away(write, tmp_path):
    """The newer file has a column account_number; savings named its account in a column IBAN."""
    folder, row = tmp_path / "bank", "a,{},2024-01-{:02d},-{}.50,tea\n"
    head = "customer_id,{},date,amount,text\n"
    giro = "".join(row.format("1111111111", day, day) for day in range(1, 20))
    saved = row.format("DE89370400440532013000", 10, 77)
    files = {"customers.csv": "customer_id,name\na,Ann\nb,Bob\n"}
    files |= {"giro.csv": head.format("account_number") + giro}
    source = write(files | {"savings.csv": head.format("IBAN") + saved})
    import_bank(source, folder, now=NOW, currency="EUR")
    (source / "savings.csv").unlink()
    bank, _, changes = update_bank(source, folder, now=NOW, strict=True)
    assert _counts(changes)["transactions"] == [20, 0, 0, 0, 20]
    assert -77.5 in bank["transactions"]["amount"].tolist()


def test_who_is_in_no_file_of_customers_is_rejected_at_an_update(folder, write):
    source = write({"transactions.csv": BOOKED + "5,zoe,2024-03-01,-50\n6,a,2024-03-02,-60\n"})
    bank, report, _ = update_bank(source, folder, now=NOW)
    assert bank.n_customers == 3
    assert report.tables["transactions"].rejected == 1


def test_an_objection_without_a_day_counts_from_its_import_and_is_no_activity(folder, write):
    objects = {"consents.csv": "customer_id,purpose,status\na,marketing,refused\n"}
    bank, *_ = update_bank(write(objects), folder, now=NOW)
    (row,) = bank["consents"].to_dict("records")
    assert (row["status"], row["recorded_at"]) == ("refused", pd.Timestamp(NOW))
    assert row["source"] == "file, no day given: known since this import"
    again, *_ = update_bank(write(objects), folder, now=NOW + dt.timedelta(days=31))
    assert again.manifest.edition == bank.manifest.edition, "it is the same objection"
    assert again.manifest.as_of == "2024-02-09"


def test_a_preview_says_that_an_objection_holds_against_a_consent_recorded_here(
    folder, write, tmp_path
):
    state = State(tmp_path / "state", editions.load(folder).bank_id)
    state.consents.record("a", "marketing", "granted", now=dt.datetime(2024, 2, 1), source="page")
    objects = {"consents.csv": b"customer_id,purpose,status\na,marketing,refused\n"}
    preview = Banks.update_upload(objects, folder, tmp_path / "state", preview=True)
    (said,) = preview["consents"]
    assert said.startswith("1 objection of the files against an older consent recorded here")
    Banks.update_upload(objects, folder, tmp_path / "state")
    after = Engine.open(folder, tmp_path / "state").snapshots.bank()
    assert latest(after["consents"])["status"].tolist() == ["refused"]
