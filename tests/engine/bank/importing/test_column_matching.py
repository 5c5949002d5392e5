import pandas as pd
import pytest

from engine.bank.importing.columns import column_matching, synonyms
from engine.bank.importing.columns.column_matching import BALANCE, Match
from engine.errors import BadInput


def frame(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in columns.items()})


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("CustomerID", "customer_id"),
        ("First Name", "first_name"),
        ("e-Mail", "e_mail"),
        ("IBAN", "iban"),
        ("n_Employees", "n_employees"),
    ],
)
def test_names_are_compared_in_one_spelling(name, normal):
    assert synonyms.normal(name) == normal


def test_every_synonym_belongs_to_a_column_that_exists():
    from engine.vocabulary import TABLES

    columns = {column for table in TABLES.values() for column in table}
    for ours in synonyms.COLUMNS:
        table, _, column = ours.rpartition(".")
        assert column in (TABLES[table] if table else columns), ours
    assert set(synonyms.TABLES.values()) <= set(TABLES)


def test_columns_are_suggested_by_name_synonym_and_likeness():
    suggestions = column_matching.suggest(
        frame(
            ClientID=["7"],
            Surname=["Ash"],
            **{
                "First name": ["Ann"],
                "Salary": ["90000"],
                "ocupation": ["Cook"],
                "Shoe size": ["39"],
            },
            Balance=["12"],
        ),
        "customers",
    ).set_index("source_column")
    targets = suggestions["target_column"]
    assert targets["ClientID"] == "customer_id"
    assert targets["Surname"] == targets["First name"] == "name"
    assert targets["Salary"] == "annual_income"
    assert targets["ocupation"] == "occupation"
    assert targets["Balance"] == BALANCE
    assert pd.isna(targets["Shoe size"])
    assert (
        suggestions["confidence"]["ocupation"]
        < column_matching.SURE
        <= suggestions["confidence"]["Salary"]
    )
    assert suggestions["example"]["First name"] == "Ann"


def test_content_speaks_against_a_likely_name():
    good = column_matching.suggest(frame(credit_scores=["700", "650"]), "customers")["confidence"][
        0
    ]
    bad = column_matching.suggest(frame(credit_scores=["yes", "no"]), "customers")["confidence"][0]
    assert bad < good


def test_tables_are_known_by_name_or_by_their_columns():
    assert column_matching.suggest_table("Clients", frame(x=["1"])) == "customers"
    assert column_matching.suggest_table("sub/transactions", frame(x=["1"])) == "transactions"
    export = frame(customer_id=["1"], date=["2024-01-01"], amount=["5"], merchant=["Shop"])
    assert column_matching.suggest_table("export_2024", export) == "transactions"
    assert column_matching.suggest_table("weather", frame(day=["1"], rain=["2"])) is None


def test_matching_to_a_column_that_is_not_there_is_an_error():
    with pytest.raises(BadInput, match="no column 'shoe_size'"):
        column_matching.build_layout({"x": Match("customers", {"a": "shoe_size"})})
    with pytest.raises(BadInput, match="No column was matched"):
        column_matching.build_layout({"x": Match("customers", {})})
    with pytest.raises(BadInput, match="no table 'clients'"):
        column_matching.suggest(frame(a=["1"]), "clients")


def test_products_with_a_name_alone_or_a_number_alone_have_both(bring, write):
    for column in ("name", "product_id"):
        bank, _ = bring(write({"products.csv": f"{column},category\nHome Loan,Mortgage\n"}))
        assert bank["products"][["product_id", "name"]].to_numpy().tolist() == [["Home Loan"] * 2]


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("ledger_2024", "transactions"),
        ("bank_customers_export", "customers"),
        ("Transactions Jan 2024", "transactions"),
        ("tbl_product_list", "products"),
    ],
)
def test_files_are_known_below_the_noise_in_their_names(file, table):
    assert column_matching.suggest_table(file, frame(x=["1"])) == table


@pytest.mark.parametrize("name", ["Client Ref", "CIF_NO", "Cust No.", "member number", "PartyId"])
def test_a_customers_number_has_many_names(name):
    suggestions = column_matching.suggest(frame(**{name: ["7"], "Salary GBP": ["1"]}), "customers")
    assert suggestions["target_column"].tolist() == ["customer_id", "annual_income"]
    assert (suggestions["confidence"] >= column_matching.SURE).all()


def test_a_column_called_type_says_in_or_out_only_in_words_that_do():
    said = column_matching.suggest(frame(Type=["Debit", "Credit"]), "transactions")
    assert said["target_column"].tolist() == [column_matching.IN_OR_OUT]
    other = column_matching.suggest(frame(Type=["Online", "Branch"]), "transactions")
    assert column_matching.IN_OR_OUT not in set(other["target_column"].dropna())
    assert set(column_matching.targets("transactions")) >= {
        column_matching.MONEY_IN,
        column_matching.MONEY_OUT,
    }


def test_several_days_of_a_month_are_no_months_in_any_order_of_day_and_month():
    def tables(*days: str) -> list[str]:
        rows = {"customer_id": ["K1", "K1", "K2"], "date": days, "balance": ["5", "6", "7"]}
        return column_matching.rank_tables("export", pd.DataFrame(rows))

    assert "months" in tables("31.01.2026", "28.02.2026", "31.01.2026")
    assert "months" in tables("01/02/2026", "01/03/2026", "01/02/2026")
    assert "months" in tables("2026-01-05", "2026-02-05", "2026-01-06"), "a day each"
    assert "months" not in tables("13.01.2026", "14.01.2026", "13.01.2026")
