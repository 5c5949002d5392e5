"""Small sources in the layouts that ship, written by hand."""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from engine.bank.bank import Bank
from engine.bank.importing.import_source import import_bank
from engine.bank.quality import QualityReport

NOW = dt.datetime(2026, 6, 1, 12, 0)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Import = Callable[..., tuple[Bank, QualityReport]]


@pytest.fixture
def bring(tmp_path: Path) -> Import:
    """Import a folder or file into a fresh folder, as CSV: its rows stay in the files' order."""

    def run(source: Path, **options) -> tuple[Bank, QualityReport]:
        return import_bank(source, tmp_path / "bank", **{"now": NOW, "format": "csv", **options})

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files into a source folder."""

    def run(files: Mapping[str, str | bytes]) -> Path:
        folder = tmp_path / "source"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(data)
        return folder

    return run


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[Mapping[str, list[list[object]]]], Path]:
    """Write an Excel workbook, one list of rows per sheet."""

    def run(sheets: Mapping[str, list[list[object]]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "bank.xlsx"
        book.save(path)
        book.close()
        return path

    return run


def as_rows(records: list[dict[str, object]]) -> list[list[object]]:
    """Header and rows of a sheet; lists are written as JSON."""
    header = list(dict.fromkeys(key for record in records for key in record))

    def cell(value: object) -> object:
        return json.dumps(value) if isinstance(value, list | dict) else value

    return [header, *([cell(record.get(key)) for key in header] for record in records)]


def b_profile(customer_id: str, card: str, **changes: object) -> dict[str, object]:
    return {
        "CustomerID": customer_id,
        "FirstName": customer_id[:3],
        "LastName": "Lane",
        "Gender": "Female",
        "Age": "32",
        "City": "NYC",
        "Country": "United States",
        "CurrentBalance": "500.50",
        "Currency": "USD",
        "TotalDeposits": "1000",
        "TotalWithdrawals": "499.50",
        "AccountStatus": "Active",
        "RiskProfile": "Medium",
        "DepositStatus": "No",
        "LoanStatus": "Yes",
        "PlasticCard": card,
        "FrequentlyUsedTransactionCategory": ["Dining", "Travel"],
        **changes,
    }


@pytest.fixture
def b_tables() -> dict[str, list[dict[str, object]]]:
    """Three customers, 36 months, two posts, four products."""
    ids = ["AnnLane1", "BobLane2", "CyLane3"]
    return {
        "customer_profile": [
            b_profile(ids[0], "Visa Platinum"),
            b_profile(ids[1], "Maestro", CurrentBalance="7", DepositStatus="Yes", LoanStatus="No"),
            b_profile(ids[2], "Unknown Card", LoanStatus="No"),
        ],
        "customer_monthly_transaction_insights": [
            {
                "CustomerID": customer_id,
                "Transaction_Insights": [
                    {
                        "Month": f"{month} 2024",
                        "Total_Transaction_Amount": 1000 * n + position,
                        "Total_Transaction_Count": position + 1,
                    }
                    for position, month in enumerate(MONTHS)
                ],
            }
            for n, customer_id in enumerate(ids, start=1)
        ],
        "non_contradictory_social_media_posts": [
            {"CustomerID": ids[0], "Platform": "X", "Topic": "Travel", "Post": "Off to Asia"},
            {"CustomerID": ids[0], "Platform": "X", "Topic": "Food", "Post": "Best dinner"},
        ],
        "products": [
            {
                "product_id": "1",
                "name": "Visa Platinum",
                "description": "An elite card",
                "features": "Lounges, Concierge",
                "category": "Plastic Card",
                "annual_fee": "$150 - $500",
                "credit_limit": "$8,000+",
                "interest_rate": "18% - 25% APR",
                "eligibility": "Minimum age 25, High income and excellent credit score",
                "late_payment_fee": "$35",
                "customer_usage": {"customer_satisfaction": "4.7/5"},
                "customer_reviews": ["Good", "Fine"],
            },
            {
                "product_id": "2",
                "name": "Maestro",
                "description": "A debit card",
                "features": "Pay as you go",
                "category": "Plastic Card",
                "annual_fee": "Varies by bank",
                "credit_limit": "$500 - $5,000",
                "eligibility": "Anyone",
                "customer_reviews": [],
            },
            {
                "product_id": "3",
                "name": "Home Loan",
                "description": "For a home",
                "features": "Long tenure",
                "category": "Loan",
                "tenure": "5 to 30 years",
                "loan_amount": "Up to $500,000",
                "eligibility": "Salaried individuals with good credit score",
                "customer_reviews": [],
            },
            {
                "product_id": "4",
                "name": "Term Deposit",
                "description": "Fixed",
                "features": "Safe",
                "category": "Deposit",
                "tenure": "1 month to 5 years",
                "minimum_deposit_amount": "$500 - $5,000",
                "eligibility": "Individuals, NRIs",
                "customer_reviews": [],
            },
        ],
    }


@pytest.fixture
def b_sheets(b_tables) -> dict[str, list[list[object]]]:
    """The same as sheets, whose names Excel cuts at 31 letters; nested values are JSON text."""
    return {name[:31]: as_rows(rows) for name, rows in b_tables.items()}


@pytest.fixture
def b_folder(b_tables, write) -> Path:
    return write({f"{name}.json": json.dumps(rows, indent=2) for name, rows in b_tables.items()})


@pytest.fixture
def c_folder(tmp_path: Path) -> Path:
    """Two users of a SQLite bank whose passwords must never be seen."""
    folder = tmp_path / "c"
    folder.mkdir()
    connection = sqlite3.connect(folder / "banking_system.db")
    connection.executescript(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, password TEXT, email TEXT,
            income REAL, expenses REAL, savings_goal REAL, risk_tolerance TEXT,
            investment_goals TEXT, credit_score INTEGER);
        INSERT INTO users VALUES (1, 'ann', 'S3CRET-ONE', 'a@example.org', 6000, 2000, 10000,
            'medium', 'Retirement planning', 720);
        INSERT INTO users VALUES (2, 'bob', 'S3CRET-TWO', NULL, 4500, 1500, 5000, 'high', NULL,
            690);
        CREATE TABLE transactions (id INTEGER, user_id INTEGER, date TEXT, description TEXT,
            amount REAL);
        INSERT INTO transactions VALUES (1, 1, '2025-03-01', 'Grocery Store', -150.0),
            (2, 1, '2025-03-04', 'Salary', 6000.0), (3, 2, '2025-03-05', 'Shopping Mall', -120.0);
        CREATE TABLE savings_account (user_id INTEGER, balance REAL);
        INSERT INTO savings_account VALUES (1, 8000.0), (2, 3000.0);
        CREATE TABLE loan_account (user_id INTEGER, loan_balance REAL, interest_rate REAL);
        INSERT INTO loan_account VALUES (1, 2500.0, 5.5);
        CREATE TABLE recommendations (id INTEGER, product_name TEXT, image_url TEXT,
            description TEXT);
        INSERT INTO recommendations VALUES (1, 'High-Yield Savings', 'u', 'Earn more'),
            (2, 'Car Loan', 'u', 'Buy a car'), (3, 'Customer Support', 'u', 'We help'),
            (4, 'Complaints Resolution', 'u', 'We solve');
        """
    )
    connection.close()
    return folder


SERIES = ", ".join(f"{5200 + 300 * n}.00" for n in range(12))

D_FILES = {
    "customer_profile.csv": (
        "customer_id,age,gender,education,is_married,num_of_children,location,income,job,goals,"
        "credit_score,preferred_payment_method,balance,loan_amts,monthly_spending,"
        "main_purchase_cat,support_interaction_count,satisfaction,input_params,output_params,"
        "top_n_products,top_n_passive_products\n"
        'CUST_1,28,Female,Graduate,False,0,California,75000,Software Engineer,"stability, travel",'
        f'780,Credit Card,"{SERIES}","{", ".join(["0.0"] * 12)}","{", ".join(["2500"] * 12)}",'
        '"Groceries, Rent",1,0.7,"{""churn_rate"": 5.0, ""argument"": ""a, b""}",'
        '"{""risk_customer"": 2.75}","PROD_1","PROD_2"\n'
    ),
    "customer_purchase.csv": (
        "transaction_id,customer_id,date,platform,payment_method,amt,location,item_category,"
        "item_sub_category,item_brand\n"
        "TXN_1,CUST_1,03/04/2024,Amazon,Credit Card,125.5,California,Books,Technical,O'Reilly\n"
        "TXN_2,CUST_1,15/04/2024,Online,Credit Card,45.0,California,Entertainment,Film,Netflix\n"
    ),
    "customer_support_record.csv": (
        "complaint_id,customer_id,date,transcript,main_concerns,is_repeating_issue,"
        "was_issue_resolved,sentiment\n"
        'SPRT_1,CUST_1,15/09/2023,"Fees, again","Fees, Card",True,False,-0.6\n'
        "SPRT_2,CUST_1,28/02/2024,App,App,False,True,-0.3\n"
    ),
    "social_media_record.csv": (
        "post_id,customer_id,date,platform,image_url,text_content,topics_of_interest,"
        "feedback_on_financial_products,sentiment_score,engagement_level,brands_liked\n"
        'POST_1,CUST_1,28/04/2024,Online,http://x/i.jpg,Brunch,"Food,Dining",Neutral,0.0,0.7,\n'
        'POST_2,CUST_1,16/08/24,Online,http://x/j.jpg,Hike,Outdoors,Positive,0.7,0.8,"REI,Etsy"\n'
    ),
}


def d_product(product_id: str, **changes: object) -> dict[str, object]:
    return {
        "product_id": product_id,
        "category": "Credit Card",
        "subcategory": "Basic",
        "tier": "Entry",
        "name": f"Card {product_id}",
        "description": "card",
        "risk_customer": 2,
        "value_customer": 3,
        "profit_margin": 4,
        "risk_bank": 5,
        "retention_value": 6,
        "details": {
            "interest_rate": 21.99,
            "annual_fee": 25,
            "credit_limit": 1000,
            "rewards_rate": 1,
        },
        **changes,
    }


@pytest.fixture
def d_files() -> dict[str, str]:
    loan = {"interest_rate": 9.5, "loan_amount": 5000, "term_months": 24, "processing_fee": 0.5}
    return {
        **D_FILES,
        "financial_products.json": json.dumps([d_product("PROD_1"), d_product("PROD_2")]),
        "org_financial_products.json": json.dumps(
            [d_product("ORG_PROD_1", category="Loan", benefits=["Fast", "Cheap"], details=loan)]
        ),
    }


E_FILES = {
    "financial_products.csv": (
        "product_name,description,features,tags,min_balance,interest_rate,annual_fee,monthly_fee,"
        "min_investment,management_fee,tax_benefits\n"
        'Basic Savings,"Easy access","Insured,Online","savings,basic",0,0.5,0,0,0,0,None\n'
        'Wealth Portfolio,"Managed","Advice","investment",0,0,450,0,100000,1.5,Yes\n'
        'Planning,"First","Plan","planning",0,0,0,0,0,0,None\n'
        'Planning,"Second","Plan","planning",0,0,0,0,250000,1.5,Yes\n'
    ),
    "user_profiles.csv": (
        "user_id,income_level,risk_tolerance,financial_goals,preferred_services,"
        "banking_frequency,last_updated\n"
        'u1,Medium,Moderate,"Save for Retirement,Fly to Mars",Savings,Monthly,2024-03-20T10:00:00\n'
        "u2,Very High,Very Aggressive,Growth,Stocks,Daily,2025-03-26T20:17:49.952491\n"
    ),
    "user_interactions.csv": (
        "user_id,timestamp,interaction_type,product_name,feedback_score,clicked,selected,features,"
        "tags\n"
        "u1,2024-03-20T10:00:00,view,Basic Savings,0.8,True,False,x,y\n"
        "u1,2024-03-20T10:01:00,view,Options Desk,0.7,True,True,x,y\n"
        "u2,2025-03-26 17:41:22.842056,feedback,Basic Savings,0.5,True,True,,\n"
    ),
    "user_feedback.csv": (
        "user_id,product_name,timestamp,relevance,clarity,value,complexity,risk_level,cost,"
        "overall_score\n"
        "u2,Wealth Portfolio,2025-03-26T18:13:10,0.0,1.0,0.0,0.0,0.0,0.9,0.3166666666666666\n"
    ),
    "users.csv": (
        "user_id,username,email,password_hash,created_at,last_login\n"
        "u1,annie,ann@example.org,5e884898da28047151d0e56f8dc62927,2024-01-02T00:00:00,\n"
    ),
}


@pytest.fixture
def e_files() -> dict[str, str]:
    return dict(E_FILES)
