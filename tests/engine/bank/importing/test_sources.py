"""Every source that ships with a layout: what of it comes in, and how."""

import datetime as dt
import json

import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.importing.import_source import import_bank
from engine.bank.tables import attributes
from engine.feedback.statistics import training_events

NOW = dt.datetime(2026, 6, 1, 12, 0)


def row(bank: Bank, table: str, key: str, value: str) -> pd.Series:
    found = bank[table][bank[table][key] == value]
    assert len(found) == 1
    return found.iloc[0]


# --- B ---------------------------------------------------------------------------------------


def test_F01_a_workbook_made_from_b_gives_the_same_customers(
    b_folder, b_sheets, workbook, bring, tmp_path
):
    from_json, _ = bring(b_folder)
    from_excel, report = import_bank(workbook(b_sheets), tmp_path / "excel", now=NOW)
    for table in ("customers", "months", "messages", "holdings"):
        pd.testing.assert_frame_equal(from_excel[table], from_json[table])
    assert report.n_rejected == 0


def test_F01_a_workbook_with_sheets_named_after_the_tables(workbook, bring):
    path = workbook(
        {
            "customers": [
                ["customer_id", "occupation", "income", "gender", "age"],
                ["u1", "dev", 9e4, "F", 30],
                ["u2", "cook", 3e4, "M", 41],
            ],
            "transactions": [
                ["customer_id", "date", "category", "merchant", "amount"],
                ["u1", dt.datetime(2024, 5, 1), "Tech", "Shop", 120.5],
            ],
        }
    )
    bank, report = bring(path)
    assert bank.manifest.layout == "tables"
    assert bank["customers"]["annual_income"].tolist() == [90000, 30000]
    assert bank["customers"]["gender"].tolist() == ["female", "male"]
    assert bank["transactions"]["amount"].tolist() == [-120.5]
    assert any("read as spending" in note for note in report.notes)


def test_F04_b_profiles_are_numbers_and_words_not_text(b_folder, bring):
    bank, report = bring(b_folder)
    assert bank.manifest.layout == "monthly_totals"
    assert bank.n_customers == 3
    assert report.to_json()["tables"]["customers"] == {"read": 3, "kept": 3, "rejected": 0}
    ann = row(bank, "customers", "customer_id", "AnnLane1")
    assert (ann["name"], ann["age"], ann["gender"]) == ("Ann Lane", 32, "female")
    assert (ann["risk_tolerance"], ann["status"]) == ("medium", "active")
    assert attributes(ann)["FrequentlyUsedTransactionCategory"] == ["Dining", "Travel"]
    assert attributes(ann)["TotalDeposits"] == "1000"


def test_F04_deposits_minus_withdrawals_is_reported_not_derived(b_folder, bring):
    bank, report = bring(b_folder)
    assert "for 2 of 3 customers" in " ".join(report.notes)
    current = bank["accounts"].query("kind == 'current'")
    assert current["balance"].tolist() == [500.5, 7, 500.5]


def test_F05_twelve_months_with_amount_and_count(b_folder, bring):
    bank, _ = bring(b_folder)
    assert len(bank["months"]) == 36
    december = bank["months"].query("customer_id == 'BobLane2'").iloc[-1]
    assert december["month"] == pd.Timestamp("2024-12-01")
    assert (december["spending"], december["n_transactions"]) == (2011, 12)
    assert bank.manifest.as_of == "2024-12-31"


def test_F06_posts_join_on_the_customer_and_most_customers_have_none(b_folder, bring):
    bank, _ = bring(b_folder)
    assert bank["messages"]["customer_id"].tolist() == ["AnnLane1", "AnnLane1"]
    assert bank["messages"]["kind"].eq("post").all()
    assert bank["messages"]["message_id"].is_unique
    assert bank["messages"]["sent_at"].isna().all()


def test_F07_catalogue_parses_ranges_and_keeps_unknown_keys(b_folder, bring):
    bank, _ = bring(b_folder)
    platinum = row(bank, "products", "product_id", "1")
    maestro = row(bank, "products", "product_id", "2")
    assert platinum["credit_limit_min"] == 8000
    assert pd.isna(platinum["credit_limit_max"])
    assert (maestro["credit_limit_min"], maestro["credit_limit_max"]) == (500, 5000)
    assert platinum["interest_rate"] == pytest.approx(0.215)
    kept = attributes(platinum)
    assert kept["late_payment_fee"] == "$35"
    assert kept["interest_rate"] == "18% - 25% APR"
    assert kept["customer_usage"] == {"customer_satisfaction": "4.7/5"}
    assert kept["customer_reviews"] == ["Good", "Fine"]
    loan, deposit = (row(bank, "products", "product_id", i) for i in ("3", "4"))
    assert (loan["term_months"], pd.isna(loan["lock_in_months"])) == (360, True)
    assert (deposit["lock_in_months"], pd.isna(deposit["term_months"])) == (1, True)


def test_a_card_named_in_the_profile_is_held_and_an_unknown_one_is_reported(b_folder, bring):
    bank, report = bring(b_folder)
    held = bank["holdings"][["customer_id", "product_id"]].to_numpy().tolist()
    assert held == [["AnnLane1", "1"], ["BobLane2", "2"]]
    assert report.warnings["problem"].tolist() == ["card 'Unknown Card' is not in the catalogue"]
    kinds = bank["accounts"].groupby("kind")["customer_id"].agg(list).to_dict()
    assert kinds["deposit"] == ["BobLane2"]
    assert kinds["loan"] == ["AnnLane1"]


# --- C ---------------------------------------------------------------------------------------


def test_F08_sqlite_bank_with_signed_amounts_and_no_password_anywhere(c_folder, bring, tmp_path):
    before = (c_folder / "banking_system.db").read_bytes()
    bank, report = bring(c_folder)
    counts = {name: c.kept for name, c in report.tables.items()}
    assert counts == {"customers": 2, "accounts": 3, "products": 4, "transactions": 3, "months": 2}
    assert bank["transactions"]["amount"].tolist() == [-150, 6000, -120]
    assert bank["accounts"].query("kind == 'loan'")["interest_rate"].tolist() == [0.055]
    assert bank["customers"]["annual_income"].tolist() == [72000, 54000]
    assert bank["customers"]["savings_goal"].tolist() == [10000, 5000]
    written = b"".join(path.read_bytes() for path in (tmp_path / "bank").iterdir())
    assert b"S3CRET" not in written
    assert any("password was never read" in note for note in report.notes)
    assert (c_folder / "banking_system.db").read_bytes() == before
    assert sorted(path.name for path in c_folder.iterdir()) == ["banking_system.db"]


def test_F26_service_items_are_services(c_folder, bring):
    bank, _ = bring(c_folder)
    types = bank["products"].set_index("name")["item_type"]
    assert types["Customer Support"] == "service"
    assert types["Complaints Resolution"] == "service"
    assert types["Car Loan"] == "product"


def test_F09_purchased_four_times_scores_twelve(write, bring):
    folder = write(
        {
            "dataset.csv": "customer_id,product_id,Interaction_Type,Transaction_Frequency\n"
            "C_1,P01,Purchased,4\nC_1,P050,Clicked,2\nC_2,P01,Viewed,1\n",
            "product_map.csv": "product_id,product_name\nP01,Savings\nP050,Car Loan\n",
        }
    )
    bank, report = bring(folder)
    scores = (
        training_events(bank["events"], bank).groupby(["customer_id", "product_id"])["weight"].sum()
    )
    assert scores.to_dict() == {("C_1", "P01"): 12, ("C_1", "P050"): 4, ("C_2", "P01"): 1}
    assert any("3 lines of the log stand for 7 events" in note for note in report.notes)
    assert any("2 customers are known from the interaction log alone" in n for n in report.notes)


def test_F10_fifty_ids_map_and_repeated_names_are_flagged(write, bring):
    names = [f"Item {n}" for n in range(46)] + ["Item 0", "Item 1", "Item 2", "Item 3"]
    ids = [f"P0{n}" if n < 10 or n == 50 else f"P{n}" for n in range(1, 51)]
    lines = "".join(f"{i},{n}\n" for i, n in zip(ids, names, strict=True))
    bank, report = bring(write({"product_map.csv": "product_id,product_name\n" + lines}))
    assert bank["products"]["product_id"].tolist() == ids
    assert report.warnings["row"].tolist() == ["P47", "P48", "P49", "P050"]
    assert report.warnings["problem"].str.contains("occurs before").all()


# --- D ---------------------------------------------------------------------------------------


def test_F11_series_are_months_and_json_columns_are_parsed(d_files, write, bring):
    bank, _ = bring(write(d_files))
    months = bank["months"]
    assert len(months) == 12
    assert months["balance"].iloc[-1] == 8500
    assert bank.manifest.undated_months
    assert months["month"].iloc[-1] == pd.Timestamp("2024-08-01"), "it ends at the bank's day"
    customer = row(bank, "customers", "customer_id", "CUST_1")
    assert attributes(customer)["input_params"]["churn_rate"] == 5.0
    assert attributes(customer)["output_params"] == {"risk_customer": 2.75}
    assert attributes(customer)["main_purchase_cat"] == "Groceries, Rent"
    assert (customer["marital_status"], customer["goals"]) == ("not married", "stability; travel")


def test_F11_a_cell_that_looks_like_code_stays_text(d_files, write, bring):
    profile = d_files["customer_profile.csv"].replace(
        '"{""risk_customer"": 2.75}"', "__import__('os').getcwd()"
    )
    bank, _ = bring(write({**d_files, "customer_profile.csv": profile}))
    kept = attributes(bank["customers"].iloc[0])
    assert kept["output_params"] == "__import__('os').getcwd()"


def test_F12_purchases_are_spending_with_days_first(d_files, write, bring):
    bank, _ = bring(write(d_files))
    transactions = bank["transactions"]
    assert transactions["amount"].sum() == -170.5
    assert transactions["booked_at"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-04-03",
        "2024-04-15",
    ]
    assert transactions["category"].tolist() == ["education", "entertainment"]
    assert attributes(transactions.iloc[0])["item_category"] == "Books"


def test_F13_tickets_are_compared_with_the_profile_count(d_files, write, bring):
    bank, report = bring(write(d_files))
    tickets = bank["messages"].query("kind == 'ticket'")
    assert tickets["repeated"].tolist() == [True, False]
    assert tickets["resolved"].tolist() == [False, True]
    assert tickets["sentiment"].tolist() == [-0.6, -0.3]
    assert report.warnings.to_dict("records") == [
        {
            "table": "customers",
            "row": "CUST_1",
            "problem": "the profile says 1 support contacts, there are 2 tickets",
        }
    ]


def test_F14_two_date_spellings_in_one_column(d_files, write, bring):
    bank, _ = bring(write(d_files))
    posts = bank["messages"].query("kind == 'post'")
    assert posts["sent_at"].dt.strftime("%Y-%m-%d").tolist() == ["2024-04-28", "2024-08-16"]
    assert posts["brands"].tolist()[1] == "REI; Etsy"
    assert attributes(posts.iloc[1])["feedback_on_financial_products"] == "Positive"


def test_F15_five_scores_and_details_become_columns(d_files, write, bring):
    bank, _ = bring(write(d_files))
    card = row(bank, "products", "product_id", "PROD_1")
    scores = ["risk_customer", "value_customer", "profit_margin", "risk_bank", "retention_value"]
    assert card[scores].tolist() == [2, 3, 4, 5, 6]
    assert not card["scores_estimated"]
    assert (card["interest_rate"], card["rewards_rate"]) == (pytest.approx(0.2199), 0.01)


def test_F16_the_corporate_catalogue_is_for_corporate_customers(d_files, write, bring):
    bank, report = bring(write(d_files))
    loan = row(bank, "products", "product_id", "ORG_PROD_1")
    assert (loan["audience"], loan["features"]) == ("corporate", "Fast; Cheap")
    assert attributes(loan)["processing_fee"] == 0.5
    assert {"2 retail products were read.", "1 corporate products were read."} <= set(report.notes)


def test_F16_corporate_files_map_and_scales_become_one(write, bring):
    folder = write(
        {
            "org_profile.csv": "org_id,company_name,industry,size,annual_revenue,years_in_business,"
            "location,risk_tolerance,credit_rating,avg_account_balance,loan_count,total_loan_amt,"
            "satisfaction\nORG_1,Acme,Retail,Small,5000000,12,Texas,Moderate,AA,90000,1,20000,7.5\n",
            "org_purchase.csv": "transaction_id,org_id,date,amount,expense_category,vendor,"
            "transaction_type\nT1,ORG_1,03/04/2024,$12.30,Travel,Air,Card\n",
            "org_support_record.csv": "ticket_id,org_id,date,issue_type,priority,sentiment\n"
            "K1,ORG_1,04/04/2024,Fees,High,negative\nK2,ORG_1,05/04/2024,Card,Low,0.4\n",
            "org_social_media_record.csv": "post_id,org_id,date,platform,content,sentiment,"
            "engagement,partners_mentioned,post_type\nS1,ORG_1,06/04/2024,X,Hello,10,5,Bee,News\n",
        }
    )
    bank, _ = bring(folder)
    acme = bank["customers"].iloc[0]
    assert (acme["audience"], acme["satisfaction"], acme["risk_tolerance"]) == (
        "corporate",
        0.5,
        "medium",
    )
    assert attributes(acme)["credit_rating"] == "AA"
    assert bank["transactions"]["amount"].tolist() == [-12.3]
    assert bank["messages"].set_index("message_id")["sentiment"].to_dict() == {
        "K1": -0.6,
        "K2": 0.4,
        "S1": 1.0,
    }
    assert dict(zip(bank["accounts"]["kind"], bank["accounts"]["balance"], strict=True)) == {
        "current": 90000,
        "loan": 20000,
    }


# --- E ---------------------------------------------------------------------------------------


def test_F17_repeated_names_are_two_products_and_zero_is_not_applicable(e_files, write, bring):
    bank, report = bring(write(e_files))
    assert bank["products"]["product_id"].tolist() == [
        "basic-savings",
        "wealth-portfolio",
        "planning",
        "planning-2",
    ]
    savings, wealth = bank["products"].iloc[0], bank["products"].iloc[1]
    assert pd.isna(savings["annual_fee"])
    assert savings["interest_rate"] == pytest.approx(0.005)
    assert wealth["min_investment"] == 100000
    assert attributes(savings)["tax_benefits"] == "None", "None is a value here"
    repeated = report.warnings[report.warnings["table"] == "products"]
    assert repeated["row"].tolist() == ["planning-2"]


def test_F18_unknown_goals_are_kept(e_files, write, bring):
    bank, _ = bring(write(e_files))
    assert bank["customers"]["goals"].tolist() == ["Save for Retirement; Fly to Mars", "Growth"]
    assert bank["customers"]["risk_tolerance"].tolist() == ["medium", "very high"]
    assert attributes(bank["customers"].iloc[1])["income_level"] == "Very High"


def test_F19_two_time_spellings_and_unknown_products_are_flagged_not_dropped(e_files, write, bring):
    bank, report = bring(write(e_files))
    events = bank["events"]
    assert len(events) == 4
    assert events["recorded_at"].notna().all()
    assert events["action"].tolist() == ["viewed", "viewed", "rated", "rated"]
    flagged = report.warnings[report.warnings["problem"].str.startswith("unknown product")]
    assert len(flagged) == 1
    assert flagged["row"].tolist() == [events["event_id"].iloc[1]]
    comment = json.loads(events["comment"].iloc[1])
    assert comment == {
        "source": "user_interactions",
        "product_name": "Options Desk",
        "clicked": True,
        "selected": True,
    }


def test_F20_ratings_come_in_and_password_hashes_do_not(e_files, write, bring, tmp_path):
    bank, report = bring(write(e_files))
    rated = bank["events"].iloc[3]
    assert rated["rating"] == pytest.approx(0.3167, abs=1e-4)
    assert rated[["relevance", "clarity", "cost"]].tolist() == [0, 1, 0.9]
    assert bank["customers"]["name"].tolist()[0] == "annie"
    assert bank.n_customers == 2
    written = b"".join(path.read_bytes() for path in (tmp_path / "bank").iterdir())
    assert b"5e884898" not in written
    assert any("password_hash was never read" in note for note in report.notes)
