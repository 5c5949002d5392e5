"""A file of standing orders or direct debits in; a table that has no day out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.importing.columns import column_matching
from engine.bank.importing.sources.berka import finish
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable
from engine.vocabulary import ORDERS

PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"
ACCOUNTS = "account_id,customer_id,balance\nA1,K1,700\nA2,K2,50\n"


def test_a_file_that_is_called_so_is_read_and_whose_it_is_follows_from_the_accounts(write, bring):
    orders = (
        "account_id,amount,purpose,payee\nA1,900,rent,Harbour Homes\nA2,40,insurance,Umbra\n"
        "A2,,rent,Nobody\n"
    )
    files = {"customers.csv": PEOPLE, "accounts.csv": ACCOUNTS, "standing_orders.csv": orders}
    bank, report = bring(write(files))
    columns = ["customer_id", "account_id", "amount", "purpose", "payee"]
    assert bank[ORDERS][columns].to_numpy().tolist() == [
        ["K1", "A1", 900.0, "rent", "Harbour Homes"],
        ["K2", "A2", 40.0, "insurance", "Umbra"],
    ]
    assert report.to_json()["tables"][ORDERS] == {"read": 3, "kept": 2, "rejected": 1}


def test_direct_debits_abroad_are_told_by_the_name_of_the_file(write, bring):
    debits = "customer_id,amount,purpose\nK2,25,Strom\n"
    bank, _ = bring(write({"customers.csv": PEOPLE, "Lastschriften.csv": debits}))
    assert bank[ORDERS][["customer_id", "purpose"]].to_numpy().tolist() == [["K2", "strom"]]


def test_a_file_of_another_name_is_never_taken_for_orders():
    frame = pd.DataFrame(
        {c: pd.Series(["1", "2"], dtype="str") for c in
         ("customer_id", "amount", "purpose", "payee", "account_id", "order_id")}
    )  # fmt: skip
    assert ORDERS not in column_matching.rank_tables("shop_orders_2024", frame)
    assert column_matching.rank_tables("standing_orders", frame)[0] == ORDERS


def test_a_bank_of_before_orders_were_read_opens_under_its_own_name(write, bring, tmp_path):
    bank, _ = bring(write({"customers.csv": PEOPLE}))
    assert not (tmp_path / "bank" / f"{ORDERS}.csv").exists()
    again = Bank.load(tmp_path / "bank")
    assert (again.bank_id, again.fingerprint) == (bank.bank_id, bank.base_fingerprint)
    assert again[ORDERS].empty


def _raw(**columns: list[str]) -> RawTable:
    frame = pd.DataFrame({c: pd.Series(cells, dtype="str") for c, cells in columns.items()})
    return RawTable("x", "x.asc", frame, np.arange(2, 2 + len(frame)))


def test_the_czech_banks_orders_are_the_owners_and_keep_the_end_of_an_account_alone():
    tables = {
        "account": _raw(account_id=["1"], frequency=["POPLATEK MESICNE"], date=["930101"]),
        "client": _raw(client_id=["7", "8"], birth_number=["700101", "755101"]),
        "disp": _raw(
            disp_id=["1", "2"], client_id=["7", "8"], account_id=["1", "1"],
            type=["OWNER", "DISPONENT"],
        ),
        "card": _raw(card_id=["1"], disp_id=["1"], type=["gold"], issued=["981107 00:00:00"]),
        "loan": _raw(
            loan_id=["1"], account_id=["1"], date=["930705"], amount=["96396"], duration=["12"],
            payments=["8033.00"], status=["B"],
        ),
        "order": _raw(
            order_id=["29401", "29402"], account_id=["1", "1"], bank_to=["YZ", "ST"],
            account_to=["87144583", "89597016"], amount=["2452.00", "3372.70"],
            k_symbol=["SIPO", " "],
        ),
    }  # fmt: skip
    orders = finish({}, tables, Findings())[ORDERS]
    assert orders["customer_id"].tolist() == ["7", "7"]
    assert orders["purpose"].fillna("").tolist() == ["household payment", ""]
    assert orders["payee"].iloc[0] == "account ending in 4583 at bank YZ"
    assert orders["amount"].tolist() == [2452.0, 3372.7]
