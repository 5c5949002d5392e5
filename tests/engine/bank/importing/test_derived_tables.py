"""What follows from other files: owners by joins, customers, accounts, products, companies."""

from engine.bank.decision import Certainty

PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"


def about(report, subject):
    return [d for d in report.decisions if d.about == subject]


def test_payments_find_their_customer_through_any_chain_of_files(write, bring):
    files = {
        "customers.csv": PEOPLE,
        "accounts.csv": "account_id,customer_id,type\nA1,K1,Checking\nA2,K2,Savings\n",
        "cards.csv": "card_ref,account_id\nX1,A1\nX2,A2\n",
        "transactions.csv": "account_id,date,amount\nA1,2026-01-03,-5\nA2,2026-01-04,-7\n",
    }
    bank, report = bring(write(files))
    assert bank["transactions"]["customer_id"].tolist() == ["K1", "K2"]
    (decision,) = about(report, "customer")
    assert decision.reading == "through accounts.csv"
    assert decision.certainty is Certainty.PROVED


def test_a_key_that_belongs_to_two_customers_joins_nobody(write, bring):
    files = {
        "customers.csv": PEOPLE,
        "accounts.csv": "account_id,customer_id\nA1,K1\nA1,K2\n",
        "transactions.csv": "account_id,date,amount\nA1,2026-01-03,-5\n",
    }
    bank, report = bring(write(files))
    assert bank["transactions"].empty
    assert "no column is customer_id" in report.rejected["problem"].iloc[0]


def test_customers_follow_from_their_payments_with_what_a_row_says_of_them(write, bring):
    text = (
        "customer_id,age,gender,date,amount\nK1,41,F,2026-03-02,-42.10\nK1,41,F,2026-03-05,2100\n"
        "K2,35,M,2026-03-05,-9\n"
    )
    bank, report = bring(write({"export.csv": text}))
    customers = bank["customers"].set_index("customer_id")
    assert customers["age"].to_dict() == {"K1": 41, "K2": 35}
    assert len(bank["transactions"]) == 3
    assert about(report, "customers")[0].reading == "2 customers made from the rows of transactions"


def test_where_no_file_knows_customers_each_account_is_one(write, bring):
    text = (
        "Account No,Date,Withdrawal Amt,Deposit Amt\n4090001,2026-01-03,5,\n4090002,2026-01-04,,7\n"
    )
    bank, report = bring(write({"statement.csv": text}))
    assert bank["transactions"]["amount"].tolist() == [-5, 7]
    assert bank.n_customers == 2
    assert "4090001" not in bank["customers"].to_csv()
    assert about(report, "customer")[0].reading == "one for each Account No"


def test_a_statement_of_nobody_is_one_customer_and_that_is_a_guess(write, bring):
    text = "Date,Description,Amount\n2026-01-03,Cafe,-5\n2026-01-04,Wage,7\n"
    bank, report = bring(write({"statement.csv": text}))
    assert bank["customers"]["customer_id"].tolist() == ["statement"]
    assert about(report, "customer")[0] in report.guesses


def test_a_statement_inside_a_file_is_called_by_the_file_not_by_its_place_in_it(write, bring):
    money = '{"amount": "-25.40", "currency": "EUR"}'
    entry = f'{{"transactionId": "x", "bookingDate": "2026-03-02", "transactionAmount": {money}}}'
    bank, _ = bring(write({"ida.json": f'{{"transactions": {{"booked": [{entry}]}}}}'}))
    assert bank["customers"]["customer_id"].tolist() == ["ida"]


def test_a_catalogue_follows_from_what_is_held(write, bring):
    files = {
        "customers.csv": PEOPLE,
        "holdings.csv": "customer_id,product\nK1,Savings plan\nK2,Savings plan\n",
    }
    bank, report = bring(write(files))
    assert bank["products"]["name"].tolist() == ["Savings plan"]
    assert (len(bank["holdings"]), report.n_rejected) == (2, 0)
    assert "1 product was made from what is held: there is no catalogue." in report.notes


def test_flags_of_products_are_holdings(write, bring):
    text = "customer_id,Family,CreditCard,Home_Loan\nK1,4,0,yes\nK2,3,1,no\nK3,1,1,yes\n"
    bank, _ = bring(write({"customers.csv": text}))
    held = bank["holdings"].groupby("product_id")["customer_id"].agg(list).to_dict()
    assert held == {"Credit card": ["K2", "K3"], "Home loan": ["K1", "K3"]}
    assert bank["customers"]["credit_score"].isna().all()


def test_a_log_of_users_and_items_is_read_as_holdings(write, bring):
    text = "user_id,item_id,weight,datetime\nu1,p1,1,2026-01-02\nu2,p2,1,2026-01-05\n"
    bank, _ = bring(write({"log.csv": text}))
    assert bank["holdings"]["opened_on"].dt.strftime("%d").tolist() == ["02", "05"]
    assert bank["products"]["product_id"].tolist() == ["p1", "p2"]
    assert bank.n_customers == 2


def test_companies_are_known_by_register_number_legal_form_or_segment(write, bring):
    text = (
        "customer_id,name,registration_number\nK1,Ida Berg,\nK2,Berg Mills GmbH,\nK3,Harbour,77/2\n"
    )
    bank, _ = bring(write({"customers.csv": text}))
    assert bank["customers"]["audience"].tolist() == ["retail", "corporate", "corporate"]
    text = "customer_id,segment\nK1,Personal\nK2,SME\n"
    bank, _ = bring(write({"customers.csv": text}))
    assert bank["customers"]["audience"].tolist() == ["retail", "corporate"]
