"""A stranger's files: what is refused, left open, shortened, and named with what is near."""

import datetime as dt

import pandas as pd
import pytest

from engine.bank import keys
from engine.bank.importing.columns import column_matching, identifiers
from engine.bank.tables import attributes
from engine.errors import BadInput, StateError


@pytest.fixture
def frame():
    return lambda **columns: pd.DataFrame(
        {name: pd.Series(cells, dtype="str") for name, cells in columns.items()}
    )


PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"


def test_a_file_without_a_customer_number_is_one_sentence_with_the_columns_and_the_nearest(
    write, bring
):
    with pytest.raises(BadInput) as failed:
        bring(write({"customers.csv": "custmr,Given Name,Town\n7,Ida,Oslo\n"}))
    assert str(failed.value) == (
        "customers.csv: no column is customer_id, which customers cannot do without; the columns "
        "are custmr, Given Name, Town; the nearest is 'custmr'."
    )


def test_a_file_that_lacks_a_column_is_rejected_whole_and_the_others_stand(write, bring):
    files = {"customers.csv": PEOPLE, "holdings.csv": "customer_id,what\nK1,Card\nK2,Card\n"}
    bank, report = bring(write(files))
    assert bank.n_customers == 2
    assert report.to_json()["tables"]["holdings"] == {"read": 2, "kept": 0, "rejected": 2}
    assert set(report.rejected["problem"]) == {
        "no column is product_id, which holdings cannot do without; the columns are customer_id, "
        "what; the nearest is 'what'"
    }


def test_a_file_called_account_that_holds_people_is_read_as_customers(write, bring):
    text = "Id,Name,PersonEmail,BillingCity\nA1,Ida,ida@example.org,Oslo\n"
    bank, _ = bring(write({"Account.csv": text}))
    assert bank["customers"][["customer_id", "name", "email", "city"]].to_numpy().tolist() == [
        ["A1", "Ida", "ida@example.org", "Oslo"]
    ]


def test_a_rejected_customer_leaves_no_account(write, bring):
    text = "customer_id,name,balance\nK1,Ida,700\nK1,Ida B,900\nK2,Jon,50\n"
    bank, report = bring(write({"customers.csv": text}))
    assert bank["accounts"]["balance"].tolist() == [700, 50]
    assert report.to_json()["tables"]["accounts"] == {"read": 2, "kept": 2, "rejected": 0}


def test_a_flag_is_no_score_and_no_income(frame):
    flags = frame(CreditScor=["0", "1", "0"], Salary=["1", "0", "1"], FICO=["1", "0", "0"])
    assert column_matching.suggest(flags, "customers")["target_column"].isna().all()
    figures = frame(CreditScor=["640", "702"], Salary=["31000", "28000"])
    targets = column_matching.suggest(figures, "customers")["target_column"]
    assert targets.tolist() == ["credit_score", "annual_income"]


def test_a_name_that_is_only_somewhat_alike_is_left_open(frame):
    table = frame(**{"CreditCard": ["120", "700"]})
    assert column_matching.suggest(table, "customers")["target_column"].isna().all()


def test_a_reference_that_repeats_is_no_number_of_a_row(write, bring):
    rows = "".join(f"K1,2026-0{n}-03,-700,RENT\nK1,2026-0{n}-05,2000,PAY\n" for n in range(1, 5))
    files = {"customers.csv": PEOPLE, "transactions.csv": "customer_id,date,amount,Reference\n"}
    files["transactions.csv"] += rows
    bank, report = bring(write(files))
    assert (len(bank["transactions"]), report.n_rejected) == (8, 0)


def test_an_id_column_belongs_to_the_rows_unless_they_are_customers(frame):
    table = frame(id=["1", "2"], amount=["1", "2"], date=["2026-01-01", "2026-01-02"])
    targets = column_matching.suggest(table, "transactions")["target_column"].tolist()
    assert targets == ["transaction_id", "amount", "booked_at"]


# --- numbers that are not kept whole -----------------------------------------------------------

CARD = "5500005555555559"
IBAN = "GB82 WEST 1234 5698 7654 32"


def test_card_and_account_numbers_keep_four_signs_and_a_hash_that_joins(write, bring):
    files = {
        "customers.csv": f"customer_id,name,iban\nK1,Ida,{IBAN}\nK2,Jon,\n",
        "accounts.csv": f"account_id,customer_id,card number,cvv\nA1,K1,{CARD},123\n",
        "transactions.csv": "customer_id,date,amount,description\n"
        f"K1,2026-01-03,-5,Cafe {CARD} {IBAN}\n",
    }
    bank, report = bring(write(files))
    whole = "".join(bank[table].to_csv() for table in bank.tables)
    assert CARD not in whole and "WEST" not in whole and "cvv" not in whole
    kept = attributes(bank["accounts"].iloc[0])["card number"]
    assert kept.startswith("****5559-")
    assert kept in bank["transactions"]["description"][0]
    assert attributes(bank["customers"].iloc[0])["iban"] in bank["transactions"]["description"][0]
    assert any("keyed hash" in note for note in report.notes)


def test_check_digits_tell_card_and_account_numbers():
    assert identifiers.is_card_number(CARD) and not identifiers.is_card_number(CARD[:-1] + "8")
    assert identifiers.is_iban(IBAN) and not identifiers.is_iban(IBAN.replace("8", "7", 1))
    assert not identifiers.is_card_number("0000000000000000")


def test_ids_that_pass_the_check_by_chance_stay(write, bring):
    text = f"transaction_id,customer_id,date,amount\n{CARD},K1,2026-01-03,-5\n"
    bank, _ = bring(write({"customers.csv": PEOPLE, "transactions.csv": text}))
    assert bank["transactions"]["transaction_id"][0] == CARD


def test_the_key_is_made_once_and_lies_beside_the_banks(tmp_path):
    folder = tmp_path / "banks" / "one"
    key = keys.key_beside(folder)
    assert keys.key_beside(folder.with_name("two")) == key
    assert (folder.parent / keys.KEY_FILE).stat().st_mode & 0o077 == 0
    assert [one.name for one in folder.parent.iterdir()] == [keys.KEY_FILE]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (keys.KEY_BYTES + 1)])
def test_F148_a_key_of_another_length_is_refused_by_name(tmp_path, content):
    (tmp_path / keys.KEY_FILE).write_bytes(content)
    with pytest.raises(StateError, match=rf"identifiers\.key has {len(content)} bytes"):
        keys.key_beside(tmp_path / "one")


def test_F148_who_is_second_to_make_the_key_reads_that_of_the_first(tmp_path, monkeypatch):
    first, make = b"1" * keys.KEY_BYTES, keys.os.fsync

    def beaten(file: int) -> None:
        (tmp_path / keys.KEY_FILE).write_bytes(first)
        make(file)

    monkeypatch.setattr(keys.os, "fsync", beaten)
    assert keys.key_beside(tmp_path / "one") == first
    assert [one.name for one in tmp_path.iterdir()] == [keys.KEY_FILE]


def test_F148_a_key_that_cannot_be_written_whole_is_not_there(tmp_path, monkeypatch):
    def full(file: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(keys.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            keys.key_beside(tmp_path / "one")
    assert not [*tmp_path.iterdir()]
    assert len(keys.key_beside(tmp_path / "one")) == keys.KEY_BYTES


# --- days of a column ---------------------------------------------------------------------------


def test_an_order_of_days_that_nothing_tells_is_a_guess_and_one_that_a_row_proves_is_not(
    write, bring
):
    text = "customer_id,date,amount\nK1,03/04/2026,-5\nK1,05/04/2026,-7\n"
    _, report = bring(write({"customers.csv": PEOPLE, "transactions.csv": text}))
    (order,) = [d for d in report.guesses if d.about == "date order"]
    assert (order.column, order.file) == ("date", "transactions.csv")
    files = {"customers.csv": PEOPLE, "transactions.csv": text + "K2,04/25/2026,-1\n"}
    bank, report = bring(write(files))
    assert bank["transactions"]["booked_at"].dt.strftime("%m-%d").tolist() == [
        "03-04",
        "05-04",
        "04-25",
    ]
    assert not [d for d in report.guesses if d.about == "date order"]


def test_nobody_is_born_in_the_future(write, bring):
    text = "customer_id,dob\nK1,10/1/94\nK2,2/8/45\nK3,4/4/57\n"
    bank, _ = bring(write({"customers.csv": text}), now=dt.datetime(2026, 11, 29))
    assert bank["customers"]["age"].tolist() == [32, 81, 69]
