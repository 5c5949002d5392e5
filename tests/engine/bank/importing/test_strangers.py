"""A bank's own files: other names, two columns of money, words that say which way it goes."""

from engine import settings
from engine.bank.consents import effective_consents

PEOPLE = "Client Ref,Forename,DOB,Monthly Salary\nC1,Jane,14/06/1980,3000\nC2,John,29/02/1990,\n"


def test_two_columns_of_money_become_one_amount_and_income_is_no_spending(write, bring):
    ledger = (
        "Date,Client Ref,Narrative,Debit,Credit\n"
        '01/03/2024,C1,SALARY,,"3,000.00"\n02/03/2024,C1,SHOP,54.20,\n03/03/2024,C2,RENT,-900,\n'
    )
    bank, _ = bring(write({"clients.csv": PEOPLE, "ledger_2024.csv": ledger}))
    assert bank["transactions"]["amount"].tolist() == [3000.0, -54.2, -900.0]
    months = bank["months"].set_index("customer_id")
    assert months.loc["C1", ["income", "spending"]].tolist() == [3000.0, 54.2]


def test_a_word_says_which_way_the_money_goes(write, bring):
    ledger = (
        "Date,Client Ref,Amount,Transaction Type\n01/03/2024,C1,3000,Credit\n"
        "02/03/2024,C1,54.2,Debit\n03/03/2024,C2,10,Transfer\n04/03/2024,C2,10,DR\n"
        + "05/03/2024,C1,1,CR\n"
        * 7
    )
    bank, _ = bring(write({"clients.csv": PEOPLE, "ledger.csv": ledger}))
    assert bank["transactions"]["amount"].tolist() == [3000.0, -54.2, -10.0, -10.0, *[1.0] * 7]


def test_a_day_of_birth_becomes_full_years_and_is_not_kept(write, bring):
    files = {"clients.csv": PEOPLE, "ledger.csv": "date,client,amount\n2024-06-13,C1,-5\n"}
    bank, report = bring(write(files))
    customers = bank["customers"]
    assert customers["age"].tolist()[0] == 43
    assert customers["age"].isna().tolist() == [False, True]
    assert customers["annual_income"].tolist()[0] == 36000
    assert "1980" not in customers.to_csv()
    assert "born '29/02/1990' was not understood" in set(report.warnings["problem"])


def test_an_objection_in_other_words_is_one(write, bring):
    consents = "customer_id,purpose,status\nC1,Profiling,Opted out\nC2,Profiling,yes\n"
    bank, _ = bring(write({"clients.csv": PEOPLE, "consents.csv": consents}))
    allowed = effective_consents(bank, settings.default())["personalisation_allowed"]
    assert allowed.tolist() == [False, True]


def test_ids_meet_although_a_program_wrote_some_with_a_point(write, bring):
    bank, report = bring(
        write(
            {
                "customers.csv": "customer_id,name\n1,Ann\n2,Bob\n",
                "holdings.csv": "customer_id,product_id\n1.0,P1\n2.0,P1\n",
                "products.csv": "product_id,name\nP1,Card\n",
            }
        )
    )
    assert bank["holdings"]["customer_id"].tolist() == ["1", "2"]
    assert report.n_rejected == 0
