import datetime as dt
import sqlite3

import pandas as pd
import pytest

from engine import settings
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.bank.importing.columns.column_matching import Match
from engine.bank.importing.import_plan import of_matches
from engine.bank.importing.import_source import import_bank, import_uploads
from engine.bank.quality import read_report
from engine.bank.tables import attributes
from engine.errors import BadInput, NotFound

NOW = dt.datetime(2026, 6, 1, 12, 0)


def row(bank: Bank, table: str, key: str, value: str) -> pd.Series:
    rows = bank[table][bank[table][key] == value]
    assert len(rows) == 1
    return rows.iloc[0]


# --- own tables, cleaning --------------------------------------------------------------------


def plain(write, *, customers: str = "", transactions: str = ""):
    people = "customer_id,age,annual_income\n" + "".join(f"c{n},30,40000\n" for n in range(1, 31))
    header = "transaction_id,customer_id,booked_at,amount\n"
    # thirty ordinary amounts, -40 to -69
    ordinary = "".join(f"t{n},c{n},2024-03-{n % 28 + 1:02},{-39 - n}\n" for n in range(1, 31))
    return write(
        {"customers.csv": people + customers, "transactions.csv": header + ordinary + transactions}
    )


def test_F22_missing_value_far_amount_and_negative_age_are_each_reported(write, bring):
    folder = plain(
        write,
        customers="c31,-3,40000\nc32,,40000\n",
        transactions="t31,c1,2024-03-05,-141.02\n",  # mean -54.5, standard deviation 8.66
    )
    bank, report = bring(folder)
    problems = {(w["table"], w["row"]): w["problem"] for w in report.warnings.to_dict("records")}
    assert problems["customers", "c31"] == "age -3.0 is outside 0 to 120; left empty"
    assert problems["customers", "c32"] == "age is missing"
    assert "10.0 standard deviations" in problems["transactions", "t31"]
    assert len(report.warnings) == 3
    assert bank.n_customers == 32
    assert len(bank["transactions"]) == 31
    assert bank["customers"].set_index("customer_id")["age"].isna().sum() == 2


def test_a_company_without_an_age_lacks_nothing(write, bring):
    folder = write(
        {
            "customers.csv": "customer_id,audience,age,annual_revenue\na,retail,30,\n"
            "b,corporate,,5000000\nc,retail,,\nd,corporate,,\n"
        }
    )
    warnings = bring(folder)[1].warnings
    assert warnings[["row", "problem"]].to_numpy().tolist() == [
        ["c", "age is missing"],
        ["d", "annual_revenue is missing"],
    ]


def test_duplicate_ids_future_dates_and_unknown_customers_are_rejected_by_line(write, bring):
    folder = plain(
        write,
        customers="c1,50,1\n",
        transactions="t1,c1,2024-03-05,-1\nt40,c1,2031-01-01,-1\nt41,ghost,2024-01-01,-1\nt42,c1,2024-01-01,\n",
    )
    bank, report = bring(folder)
    rejected = {(r["file"], r["line"]): r["problem"] for r in report.rejected.to_dict("records")}
    assert rejected == {
        (
            "customers.csv",
            32,
        ): "duplicate customer_id 'c1': it stands in customers.csv line 2 already",
        (
            "transactions.csv",
            32,
        ): "duplicate transaction_id 't1': it stands in transactions.csv line 2 already",
        ("transactions.csv", 33): "booked_at 2031-01-01 is in the future",
        ("transactions.csv", 34): "unknown customer 'ghost'",
        ("transactions.csv", 35): "amount is missing",
    }
    counts = report.to_json()["tables"]["transactions"]
    assert counts == {"read": 34, "kept": 30, "rejected": 4}
    assert bank["customers"].set_index("customer_id")["age"]["c1"] == 30


def test_a_value_that_cannot_be_read_is_left_empty_and_reported(write, bring):
    _, report = bring(plain(write, customers="c31,young,lots\n"))
    problems = report.warnings["problem"].tolist()
    assert "age 'young' was not understood" in problems
    assert "annual_income 'lots' was not understood" in problems


def test_transactions_are_added_up_to_months_with_empty_months_between(write, bring):
    folder = write(
        {
            "customers.csv": "customer_id\na\nb\n",
            "transactions.csv": "id,customer_id,date,amount\n1,a,2024-01-05,-10\n"
            "2,a,2024-03-05,-30\n3,a,2024-03-06,100\n4,b,2024-02-01,-5\n",
        }
    )
    months = bring(folder)[0]["months"]
    assert months["customer_id"].tolist() == ["a", "a", "a", "b"]
    assert months["spending"].tolist() == [10, 0, 30, 5]
    assert months["income"].tolist() == [0, 0, 100, 0]


def test_unknown_columns_are_kept_and_a_balance_becomes_an_account(write, bring):
    text = "Client ID;Full Name;Balance;Shoe size\n7;Ann Ash;1.234,50;39\n"
    bank, _ = bring(write({"clients.csv": text}))
    ann = bank["customers"].iloc[0]
    assert (ann["customer_id"], ann["name"]) == ("7", "Ann Ash")
    assert attributes(ann)["Shoe size"] == "39"
    assert bank["accounts"]["balance"].tolist() == [1234.5]


# --- all or nothing --------------------------------------------------------------------------


def test_a_failed_import_leaves_nothing_behind(write, tmp_path):
    folder = write({"customers.csv": "customer_id,age\n,3\n"})
    with pytest.raises(BadInput, match="no customer and no product could be imported"):
        import_bank(folder, tmp_path / "new" / "bank", now=NOW)
    assert not (tmp_path / "new").exists()


def test_a_failed_import_leaves_the_earlier_bank_as_it_was(b_folder, write, tmp_path, monkeypatch):
    target = tmp_path / "bank"
    first, _ = import_bank(b_folder, target, now=NOW)

    def full_disk(folder):
        raise OSError("No space left on device")

    monkeypatch.setattr("engine.bank.editions.sync_folder", full_disk)
    with pytest.raises(OSError, match="No space left"):
        import_bank(b_folder, target, now=NOW)
    assert Bank.load(target).fingerprint == first.fingerprint
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bank", "source"]


def test_a_second_import_replaces_the_first_as_a_whole(b_folder, c_folder, tmp_path):
    target = tmp_path / "bank"
    import_bank(b_folder, target, now=NOW)
    bank, _ = import_bank(c_folder, target, now=NOW)
    assert Bank.load(target).fingerprint == bank.fingerprint
    assert not (target / "messages.csv").exists()


def test_a_folder_with_other_files_is_never_overwritten(b_folder, tmp_path):
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "chapter.txt").write_text("years of work")
    with pytest.raises(BadInput, match="no imported bank"):
        import_bank(b_folder, target, now=NOW)
    assert (target / "chapter.txt").read_text() == "years of work"


def test_the_same_source_gives_the_same_bank_and_names_its_files(b_folder, tmp_path):
    first, report = import_bank(b_folder, tmp_path / "1", now=NOW)
    second, _ = import_bank(b_folder, tmp_path / "2", now=NOW + dt.timedelta(days=3))
    assert first.fingerprint == second.fingerprint
    assert set(first.manifest.sources) == {p.name for p in b_folder.iterdir()}
    assert read_report(tmp_path / "1") == report.to_json()
    assert Bank.load(tmp_path / "1").fingerprint == first.fingerprint


@pytest.mark.parametrize("source", ["b_folder", "c_folder", "d_files", "e_files"])
def test_an_imported_bank_can_be_imported_again_as_it_is(source, request, write, tmp_path):
    given = request.getfixturevalue(source)
    folder = write(given) if isinstance(given, dict) else given
    first, _ = import_bank(folder, tmp_path / "first", now=NOW)
    again, _ = import_bank(tmp_path / "first", tmp_path / "again", now=NOW)
    assert again.manifest.layout == "tables"
    assert again.manifest.as_of == first.manifest.as_of
    assert again.fingerprint == first.fingerprint == Bank.load(tmp_path / "first").fingerprint


def test_an_unknown_source_names_what_was_found_and_the_layouts(write, tmp_path):
    folder = write({"weather.csv": "day,rain\n1,2\n"})
    with pytest.raises(BadInput, match=r"weather\.csv \(day, rain\).*monthly_totals"):
        import_bank(folder, tmp_path / "bank", now=NOW)
    with pytest.raises(BadInput, match="no layout 'peer_x'"):
        import_bank(folder, tmp_path / "bank", now=NOW, layout="peer_x")
    with pytest.raises(NotFound, match="no file or folder"):
        import_bank(folder / "none", tmp_path / "bank", now=NOW)


def test_consent_day_and_name_are_stored_with_the_bank(b_folder, tmp_path):
    bank, _ = import_bank(
        b_folder,
        tmp_path / "b",
        now=NOW,
        consent={"social": "granted"},
        as_of=dt.date(2025, 2, 1),
        name="Bank B",
    )
    assert bank.manifest.consent_defaults == {"social": "granted"}
    assert (bank.manifest.as_of, bank.manifest.name) == ("2025-02-01", "Bank B")
    with pytest.raises(BadInput, match="purposes are personalisation"):
        import_bank(b_folder, tmp_path / "c", now=NOW, consent={"everything": "granted"})


def test_an_aware_moment_counts_in_utc(write, tmp_path):
    now = dt.datetime(2024, 1, 1, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    folder = write(
        {
            "customers.csv": "customer_id\na\n",
            "transactions.csv": "id,customer_id,date,amount\n1,a,2023-12-31T23:00:00,-1\n",
        }
    )
    _, report = import_bank(folder, tmp_path / "bank", now=now)
    assert report.rejected["problem"].tolist() == ["booked_at 2023-12-31 is in the future"]


def test_uploads_import_with_columns_that_a_person_matched(tmp_path):
    uploads = {"liste.csv": b"Nr;Wer;Geld\n1;Ann;52000\n2;Bob;47000\n"}
    columns = {"Nr": "customer_id", "Wer": "name", "Geld": "annual_income"}
    bank, report = import_uploads(
        uploads, tmp_path / "bank", now=NOW, plan=of_matches({"liste": Match("customers", columns)})
    )
    assert bank["customers"]["annual_income"].tolist() == [52000, 47000]
    assert report.tables["customers"].kept == 2


def test_a_database_image_in_wal_mode_can_be_uploaded(tmp_path):
    path = tmp_path / "bank.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(
        "CREATE TABLE customers (customer_id TEXT, PIN TEXT);"
        "INSERT INTO customers VALUES ('a', '1234');"
    )
    connection.close()
    bank, _ = import_uploads({"bank.db": path.read_bytes()}, tmp_path / "into", now=NOW)
    assert bank["customers"]["customer_id"].tolist() == ["a"]
    assert bank["customers"]["attributes"].isna().all()


def test_amounts_of_several_currencies_are_named_in_the_report_and_with_the_bank(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "customers.csv").write_text("customer_id,name\nA,Ann\n")
    (source / "transactions.csv").write_text(
        "transaction_id,customer_id,booked_at,amount,currency\n"
        "1,A,2024-01-01,-5,EUR\n2,A,2024-01-02,-5,EUR\n3,A,2024-01-03,-500,JPY\n"
    )
    bank, report = import_bank(source, tmp_path / "bank", now=dt.datetime(2024, 6, 1))
    assert bank.manifest.currency == "EUR"
    assert "1 in JPY" in bank.manifest.notes[-1]
    assert bank.manifest.notes[-1] in report.to_json()["notes"]


def test_a_file_with_decimal_commas_is_read_as_it_was_meant(write, bring):
    bank, report = bring(
        write(
            {
                "customers.csv": "customer_id;annual_income\nc1;45.000\nc2;52.500,50\n",
                "transactions.csv": (
                    "transaction_id;customer_id;booked_at;amount\n"
                    "t1;c1;12.03.2024;2.500\nt2;c1;13.03.2024;-1.234,56\nt3;c2;13.03.2024;100,00-\n"
                ),
            }
        )
    )
    assert bank["customers"]["annual_income"].tolist() == [45000.0, 52500.5]
    assert bank["transactions"]["amount"].tolist() == [2500.0, -1234.56, -100.0]
    assert any(decision.reading == "decimal comma" for decision in report.decisions)


def test_a_name_as_long_as_a_page_is_cut_and_said_and_a_text_is_not(write, bring):
    told = "Saves for later. " * 60
    bank, report = bring(
        write(
            {
                "customers.csv": f"customer_id,name\nc1,{'N' * 100_000}\nc2,Ann Ash\n",
                "products.csv": f"product_id,name,description\np1,Saver,{told.strip()}\n",
            }
        )
    )
    assert bank["customers"]["name"].tolist() == ["N" * 199 + "…", "Ann Ash"]
    assert bank["products"]["description"].tolist() == [told.strip()]
    said = "name has 100,000 characters; the first 199 are kept"
    assert said in report.warnings["problem"].tolist()


def test_days_that_stand_for_no_day_make_no_months(write, bring):
    bank, report = bring(
        write(
            {
                "customers.csv": "customer_id,joined_on\nc1,1900-01-01\nc2,1955-03-04\n",
                "transactions.csv": (
                    "transaction_id,customer_id,booked_at,amount\n"
                    "t1,c1,0001-01-01,-5\nt2,c1,1970-01-01,-5\nt3,c1,2024-03-05,-5\n"
                ),
            }
        )
    )
    assert bank["transactions"]["transaction_id"].tolist() == ["t3"]
    assert len(bank["months"]) == 1
    assert bank["customers"]["joined_on"].dt.year.tolist()[1:] == [1955]
    assert bank["customers"]["joined_on"].isna().tolist() == [True, False]
    assert report.rejected["problem"].tolist() == [
        "booked_at 0001-01-01 stands for no day",
        "booked_at 1970-01-01 stands for no day",
    ]


def test_a_refusal_from_a_clock_that_runs_ahead_still_holds(write, bring):
    bank, _ = bring(
        write(
            {
                "customers.csv": "customer_id\nc1\n",
                "consents.csv": "customer_id,purpose,status,recorded_at\n"
                "c1,personalisation,refused,2031-01-01\n",
            }
        )
    )
    standing = effective_consents(bank, settings.default())
    assert not standing["personalisation_allowed"][0]


def test_births_months_and_an_order_of_dates_that_nothing_tells(write, bring):
    bank, report = bring(
        write(
            {
                "customers.csv": "customer_id,date_of_birth\nc1,25/1/93\nc2,3/8/46\n",
                "months.csv": "customer_id,month,spending\nc1,Jan-24,50\nc1,202402,60\n",
                "transactions.csv": (
                    "customer_id,booked_at,amount\nc1,04/05/2023,-5\nc2,06/05/2023,-6\n"
                ),
            }
        )
    )
    assert bank["customers"]["age"].notna().all()
    assert bank["months"]["month"].dt.strftime("%Y-%m").tolist()[-2:] == ["2024-01", "2024-02"]
    guesses = [d for d in report.decisions if d.about == "date order" and d.certainty == "a guess"]
    assert [(d.column, d.others) for d in guesses] == [("booked_at", ("month before day",))]


def test_a_bank_whose_name_is_no_text_is_shown_as_well_as_it_can(write, bring):
    bank, _ = bring(write({"customers.csv": "customer_id,name\nC1,Ann\n"}), name="n\udcffm")
    assert bank.manifest.name == "n\ufffdm"
