import json
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from engine.bank.bank import MANIFEST, Bank, Manifest
from engine.errors import BadInput, NotFound

DAY = pd.Timestamp("2024-05-15")


def _days(*days: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(days)))


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank.from_tables(
        Manifest("Time", as_of="2024-06-20"),
        {
            "customers": pd.DataFrame({"customer_id": ["a", "b"]}),
            "products": pd.DataFrame({"product_id": ["p", "q"]}),
            "holdings": pd.DataFrame(
                {
                    "customer_id": ["a", "a", "b", "b"],
                    "product_id": ["p", "q", "p", "q"],
                    "opened_on": _days("2024-05-15", "2024-05-16", None, "2024-01-01"),
                    "closed_on": _days(None, None, None, "2024-06-01"),
                }
            ),
            "months": pd.DataFrame(
                {"customer_id": "a", "month": pd.date_range("2024-03-01", "2024-06-01", freq="MS")}
            ),
            "accounts": pd.DataFrame(
                {
                    "account_id": ["1", "2", "3"],
                    "customer_id": ["a", "a", "b"],
                    "balance": [10.0, 20.0, 30.0],
                    "opened_on": _days("2020-01-01", "2024-05-20", "2020-01-01"),
                    "as_of": _days("2024-06-20", "2024-06-20", "2024-05-15"),
                }
            ),
        },
    )


def test_an_earlier_day_knows_nothing_of_what_came_after(bank: Bank):
    then = bank.until(DAY)
    assert then.as_of == DAY
    assert then.held.tolist() == [[True, False], [True, True]]
    assert then["holdings"]["closed_on"].isna().all()
    assert then.base_fingerprint == bank.base_fingerprint


def test_a_month_that_was_still_running_is_not_known_yet(bank: Bank):
    def months(day: str) -> list[int]:
        return bank.until(pd.Timestamp(day))["months"]["month"].dt.month.tolist()

    assert months("2024-05-15") == [3, 4]
    assert months("2024-05-30") == [3, 4]
    assert months("2024-05-31") == [3, 4, 5]
    assert months("2024-06-20") == [3, 4, 5, 6]


def test_a_balance_that_was_read_later_is_not_known_yet(bank: Bank):
    accounts = bank.until(DAY)["accounts"].set_index("account_id")
    assert accounts.index.tolist() == ["1", "3"]
    assert pd.isna(accounts.loc["1", "balance"])
    assert accounts.loc["3", "balance"] == 30.0
    assert bank.until(bank.as_of)["accounts"]["balance"].tolist() == [10.0, 20.0, 30.0]


def test_facts_without_a_date_are_not_known_on_an_earlier_day(bank: Bank):
    told = bank.with_tables(
        customers=bank["customers"].assign(satisfaction=-0.9, status="closed", credit_score=700.0),
        messages=pd.DataFrame(
            {
                "message_id": ["1", "2", "3"],
                "customer_id": ["a", "a", "a"],
                "text": ["x", "y", "z"],
                "kind": "ticket",
                "sent_at": _days("2024-03-01", "2024-05-10", "2024-05-10"),
                "resolved": pd.array([True, True, False], dtype="boolean"),
            }
        ),
    )
    then = told.until(DAY)
    assert then["customers"][["satisfaction", "status"]].isna().all(axis=None)
    assert then["customers"]["credit_score"].tolist() == [700.0, 700.0]
    assert then["messages"]["resolved"].isna().tolist() == [False, True, False]
    assert then["messages"]["resolved"].fillna(True).tolist() == [True, True, False]
    today = told.until(told.as_of)
    assert today["customers"]["status"].tolist() == ["closed", "closed"]
    assert today["messages"]["resolved"].tolist() == [True, True, False]


def test_an_unknown_customer_is_named_and_no_other_is(bank: Bank):
    with pytest.raises(NotFound, match="no customer 'nobody'; it has 2 others") as found:
        bank.customer_position("nobody")
    assert "'a'" not in str(found.value)


def test_one_customers_rows_are_those_of_the_whole_table(bank: Bank):
    for position, customer in enumerate(bank.customer_ids):
        for table in ("holdings", "accounts", "months"):
            rows = bank[table][bank[table]["customer_id"] == customer]
            assert_frame_equal(bank.of_customer(table, position), rows.reset_index(drop=True))
    first = bank.customer_ids[0]
    more = bank["holdings"].iloc[[0, 0]].assign(customer_id=[first, "nobody"])
    later = bank.with_tables(holdings=pd.concat([bank["holdings"], more], ignore_index=True))
    assert len(later.of_customer("holdings", 0)) == len(bank.of_customer("holdings", 0)) + 1


def test_a_bank_is_laid_over_while_others_look_at_its_customers(bank: Bank):
    class Name(str):
        """A table's name; whenever somebody asks for it, another thread finds one more table."""

        def __hash__(self) -> int:
            bank._places[f"table {len(bank._places)}"] = places
            return super().__hash__()

    bank = bank.with_tables(customers=bank["customers"])
    bank.of_customer("holdings", 0)
    places = bank._places["holdings"]
    bank._places[Name("accounts")] = places
    later = bank.with_tables(holdings=bank["holdings"].iloc[:1])
    assert later._places["accounts"] is places and "holdings" not in later._places


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: json.dumps({**json.loads(text), "files": {"../customers.csv": "0"}}),
        lambda text: json.dumps({**json.loads(text), "manifest": {"name": "x", "owner": "y"}}),
    ],
    ids=["torn", "no object", "a file elsewhere", "an unknown field"],
)
def test_a_spoilt_description_says_what_to_do(bank: Bank, tmp_path: Path, spoil):
    bank.save(tmp_path)
    path = tmp_path / MANIFEST
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    with pytest.raises(BadInput, match="Import the source again"):
        Bank.load(tmp_path)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_ids_and_texts_come_back_from_the_disk_as_they_were(tmp_path: Path, format: str):
    ids = [
        "00123",
        "a,b",
        'q"x',
        "O'Neil",
        "ünï 漢字",
        "NA",
        "null",
        "nan",
        " lead",
        "=1+1",
        "a\rb",
    ]
    customers = pd.DataFrame({"customer_id": ids, "name": ids[::-1]})
    before = Bank.from_tables(Manifest("Odd", as_of="2024-01-01"), {"customers": customers})
    before.save(tmp_path, format)
    after = Bank.load(tmp_path)
    assert after["customers"]["customer_id"].tolist() == ids
    assert after["customers"]["name"].tolist() == ids[::-1]
    assert after.fingerprint == before.fingerprint


def _customers(*ids: str) -> dict[str, pd.DataFrame]:
    return {"customers": pd.DataFrame({"customer_id": list(ids)})}


def test_a_bank_gets_its_id_once_and_keeps_it_when_it_is_renamed_on_the_disk(tmp_path: Path):
    bank = Bank.from_tables(Manifest("Ann & Sons", as_of="2024-01-01"), _customers("a"))
    assert bank.bank_id == f"ann-sons-{bank.base_fingerprint[:8]}"
    assert bank.manifest.edition == 1
    bank.save(tmp_path)
    stored = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    stored["manifest"]["name"] = "Ann and Daughters"
    (tmp_path / MANIFEST).write_text(json.dumps(stored), "utf-8")
    assert Bank.load(tmp_path).bank_id == bank.bank_id


def test_a_bank_that_an_earlier_version_stored_keeps_the_id_that_it_had(tmp_path: Path):
    bank = Bank.from_tables(Manifest("Old", as_of="2024-01-01"), _customers("a"))
    bank.save(tmp_path)
    stored = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    del stored["manifest"]["bank_id"], stored["manifest"]["edition"]
    (tmp_path / MANIFEST).write_text(json.dumps(stored), "utf-8")
    loaded = Bank.load(tmp_path)
    assert (loaded.bank_id, loaded.manifest.edition) == (bank.bank_id, 1)


@pytest.mark.parametrize("bank_id", ["../else", "A b", "-", "a/b"])
def test_an_id_that_could_name_another_folder_is_refused(tmp_path: Path, bank_id: str):
    Bank.from_tables(Manifest("Odd", as_of="2024-01-01"), _customers("a")).save(tmp_path)
    stored = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    stored["manifest"]["bank_id"] = bank_id
    (tmp_path / MANIFEST).write_text(json.dumps(stored), "utf-8")
    with pytest.raises(BadInput, match="no id of a bank"):
        Bank.load(tmp_path)


def test_other_content_is_the_next_edition_of_the_same_bank(tmp_path: Path):
    bank = Bank.from_tables(Manifest("Bank", as_of="2024-01-31"), _customers("a"))
    newer = Bank.from_tables(Manifest("February", as_of="2024-02-29"), _customers("a", "b"))
    second = bank.next_edition(newer)
    assert second.bank_id == bank.bank_id
    assert (second.manifest.edition, second.manifest.as_of) == (2, "2024-02-29")
    assert second.base_fingerprint == newer.base_fingerprint != bank.base_fingerprint
    assert second.next_edition(newer).manifest.edition == 2, "the same content again is no news"
    second.save(tmp_path)
    loaded = Bank.load(tmp_path)
    assert loaded.manifest == second.manifest
    assert loaded.base_fingerprint == second.base_fingerprint
