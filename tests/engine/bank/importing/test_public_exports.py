"""Exports of many banks and programs: each value is right, and what is open is asked about."""

import pandas as pd
import pytest

from tests.benchmarks.spellings import as_read
from tests.engine.bank.importing.exports import Export
from tests.engine.bank.importing.public_counted_rows import COUNTED_ROWS
from tests.engine.bank.importing.public_dumps import DUMPS
from tests.engine.bank.importing.public_scales import SCALES
from tests.engine.bank.importing.public_shapes import SHAPES
from tests.engine.bank.importing.public_statements import STATEMENTS
from tests.engine.bank.importing.public_statements_abroad import STATEMENTS_ABROAD
from tests.engine.bank.importing.public_tables import TABLES


@pytest.mark.parametrize(
    "export",
    [*STATEMENTS, *STATEMENTS_ABROAD, *TABLES, *SHAPES, *SCALES, *COUNTED_ROWS, *DUMPS],
    ids=lambda export: export.name,
)
def test_an_export_is_read_as_it_is_meant(export: Export):
    data = export.text if isinstance(export.text, bytes) else export.text.encode()
    frames, findings = as_read({export.file: data})
    asked = {decision.about for decision in findings.report({}).guesses}
    assert asked == export.asked
    rows = frames.get("transactions", pd.DataFrame(columns=["amount", "booked_at", "currency"]))
    if export.amounts:
        assert rows["amount"].round(4).tolist() == list(export.amounts)
    if export.days:
        assert rows["booked_at"].dt.strftime("%Y-%m-%d").tolist() == list(export.days)
    if export.currency:
        assert set(rows["currency"]) == {export.currency}
    for (table, column), values in export.values.items():
        found = frames[table][column]
        if found.dtype.kind == "M":
            found = found.dt.strftime("%Y-%m-%d")
        assert (found.round(9) if found.dtype.kind == "f" else found).tolist() == values


def test_the_same_file_under_two_names_counts_once():
    text = b"date,customer_id,text,amount\n2026-01-05,K1,Tea,-4\n2026-01-06,K1,Pay,100\n"
    frames, findings = as_read({"tx.csv": text, "tx (1).csv": text})
    assert frames["transactions"]["amount"].tolist() == [-4, 100]
    assert "tx (1).csv is tx.csv again, byte for byte: it counts once." in findings.notes


def test_the_money_of_a_catalogue_says_its_currency():
    frames, findings = as_read(
        {
            "customers.csv": b"customer_id,name\nK1,Ida\n",
            "products.csv": "product_id,name,annual_fee\nP1,Gold card,€120\n".encode(),
        }
    )
    assert frames["products"]["annual_fee"].tolist() == [120]
    told = [d.reading for d in findings.decisions if d.about == "currency"]
    assert told == ["EUR"]


def test_a_balance_of_customers_beside_their_accounts_counts_once():
    accounts = b"account_id,customer_id,kind,balance\n1,K1,current,10.5\n2,K1,savings,40\n"
    files = {"customers.csv": b"customer_id,name,balance\nK1,Ida,50.5\nK2,Per,7.5\n"}
    frames, findings = as_read({**files, "accounts.csv": accounts})
    kept = frames["accounts"].dropna(subset="balance")
    assert sorted(kept["balance"]) == [7.5, 10.5, 40.0]
    assert any("counts once, as that of the accounts" in str(d) for d in findings.decisions)


def test_a_pension_stays_one_whatever_a_further_column_says():
    text = b"account_id,customer_id,type,product,balance\n1,K1,Pension,Growth fund,40.5\n"
    frames, _ = as_read({"accounts.csv": text + b"2,K1,Account,Easy saver,7.5\n"})
    kinds = frames["accounts"]["kind"]
    assert kinds.isna().tolist() == [True, False]
    assert kinds[1] == "savings"
