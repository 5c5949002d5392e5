"""Files whose figures are cents or thousands, and balances of several kinds, as they are found."""

import json

from tests.engine.bank.importing.exports import export

_LINK = {
    "accounts": [
        {
            "account_id": "k1",
            "customer_id": "K1",
            "balances": {
                "available": 20.5, "current": 31.25, "iso_currency_code": "GBP", "limit": None,
            },
            "subtype": "checking",
            "type": "depository",
        },
        {
            "account_id": "k2",
            "customer_id": "K1",
            "balances": {
                "available": 700, "current": 710, "iso_currency_code": "GBP", "limit": None,
            },
            "subtype": "savings",
            "type": "depository",
        },
        {
            "account_id": "k3",
            "customer_id": "K2",
            "balances": {
                "available": 910, "current": 90, "iso_currency_code": "GBP", "limit": 1000,
            },
            "subtype": "credit card",
            "type": "credit",
        },
    ],
    "request_id": "q7",
}  # fmt: skip
_OF_TYPES = [
    {
        "iban": "x1",
        "customer_id": "K1",
        "cashAccountType": "SVGS",
        "balances": [
            {
                "balanceType": "interimAvailable",
                "balanceAmount": {"amount": "95.00", "currency": "EUR"},
            },
            {
                "balanceType": "closingBooked",
                "balanceAmount": {"amount": "120.40", "currency": "EUR"},
            },
        ],
    }
]
_STATEMENT = "Date,Details,Amount,Balance\n2026-03-01,Pay,1900.00,2100.00\n"

SCALES = [
    export(
        "incomes that nobody lives on may be thousands",
        "customers.csv",
        "customer_id,name,salary\nK1,Ida,48\nK2,Per,61.5\nK3,Ola,39\n",
        asked="scale,currency",
        customers__annual_income=[48000.0, 61500.0, 39000.0],
    ),
    export(
        "incomes of a month may be thousands",
        "customers.csv",
        "customer_id,name,monthly income (EUR)\nK1,Ida,3.2\nK2,Per,4.1\n",
        asked="scale",
        customers__annual_income=[38400.0, 49200.0],
    ),
    export(
        "small whole incomes may be bands, and are no money until somebody says so",
        "customers.csv",
        "customer_id,name,income (EUR)\nK1,Ida,3\nK2,Per,1\nK3,Ola,7\n",
        asked="scale",
        customers__attributes=[
            '{"income (EUR) as written": "3"}',
            '{"income (EUR) as written": "1"}',
            '{"income (EUR) as written": "7"}',
        ],
    ),
    export(
        "a name that says thousands of figures that are none is asked about",
        "customers.csv",
        "customer_id,name,income_k_eur\nK1,Ida,48000\nK2,Per,61500\n",
        asked="scale",
        customers__annual_income=[48000.0, 61500.0],
    ),
    export(
        "a k behind some figures alone is asked about",
        "customers.csv",
        "customer_id,name,income (EUR)\nK1,Ida,48k\nK2,Per,61.5k\nK3,Ola,39\n",
        asked="scale",
        customers__annual_income=[48000.0, 61500.0, 39000.0],
    ),
    export(
        "a currency behind its thousands is that of the column",
        "customers.csv",
        "customer_id,name,Income (k€),Balance TEUR\nK1,Ida,48,2.5\nK2,Per,61.5,-0.25\n",
        asked="",
        customers__annual_income=[48000.0, 61500.0],
        accounts__balance=[2500.0, -250.0],
    ),
    export(
        "incomes in lakhs by the name of the column",
        "customers.csv",
        "customer_id,name,income_inr_lakhs,salary lakhs\nK1,Ida,1,7.5\nK2,Per,2,12\n",
        asked="currency",
        customers__annual_income=[750000.0, 1200000.0],
    ),
    export(
        "incomes in yen are what they are",
        "customers.csv",
        "customer_id,name,income (JPY)\nK1,Ida,4800000\nK2,Per,6150000\n",
        asked="",
        customers__annual_income=[4800000.0, 6150000.0],
    ),
    export(
        "two whole amounts may be cents",
        "transactions.csv",
        "date,customer_id,text,amount,currency\n"
        "2026-03-01,K1,Tea,-475,EUR\n2026-03-02,K1,Salary,190050,EUR\n",
        amounts=[-475, 190050],
        asked="scale",
    ),
    export(
        "one whole amount of an interface may be cents, a round one too",
        "transactions.json",
        json.dumps(
            [{"date": "2026-03-01", "customer_id": "K1", "amount": -500, "currency": "GBP"}]
        ),
        amounts=[-500],
        asked="scale",
    ),
    export(
        "whole amounts without a currency may be cents where all are large",
        "transactions.csv",
        "date,customer_id,text,amount\n2026-03-01,K1,Tea,-475\n2026-03-02,K1,Salary,190050\n",
        amounts=[-475, 190050],
        asked="scale,currency",
    ),
    export(
        "small whole amounts are no cents",
        "transactions.csv",
        "date,customer_id,text,amount,currency\n"
        "2026-03-01,K1,Tea,-4,EUR\n2026-03-02,K1,Salary,1900,EUR\n2026-03-03,K1,Shop,-50,EUR\n",
        amounts=[-4, 1900, -50],
        asked="",
    ),
    export(
        "cents in two columns are asked about once",
        "transactions.csv",
        "date,customer_id,text,paid in,paid out,currency\n"
        "2026-03-01,K1,Tea,,475,EUR\n2026-03-02,K1,Salary,190050,,EUR\n",
        amounts=[-475, 190050],
        asked="scale",
    ),
    export(
        "small whole amounts beside a large balance are no cents",
        "transactions.csv",
        "date,customer_id,text,amount,balance,currency\n2026-03-01,K1,Tea,-20,1980,EUR\n"
        "2026-03-02,K1,Tea,-30,1950,EUR\n2026-03-03,K1,Pay,500,2450,EUR\n",
        amounts=[-20, -30, 500],
        asked="",
        accounts__balance=[2450.0],
    ),
    export(
        "a running balance with decimals proves that amounts are cents",
        "transactions.csv",
        "date,customer_id,text,amount,balance,currency\n2026-03-01,K1,Start,5000,50.00,EUR\n"
        "2026-03-02,K1,Tea,-475,45.25,EUR\n2026-03-03,K1,Salary,190050,1945.75,EUR\n",
        amounts=[50, -4.75, 1900.5],
        asked="",
        accounts__balance=[1945.75],
    ),
    export(
        "a running balance with decimals proves that whole amounts are whole",
        "transactions.csv",
        "date,customer_id,text,amount,balance,currency\n2026-03-01,K1,Start,5000,5000.50,EUR\n"
        "2026-03-02,K1,Rent,-475,4525.50,EUR\n2026-03-03,K1,Salary,1951,6476.50,EUR\n",
        amounts=[5000, -475, 1951],
        asked="",
        accounts__balance=[6476.5],
    ),
    export(
        "a balance that adds up with cents by name is cents too",
        "transactions.csv",
        "date,customer_id,text,amount_cents,balance,currency\n2026-03-01,K1,Start,5000,5000,EUR\n"
        "2026-03-02,K1,Tea,-475,4525,EUR\n2026-03-03,K1,Salary,190050,194575,EUR\n",
        amounts=[50, -4.75, 1900.5],
        asked="",
        accounts__balance=[1945.75],
    ),
    export(
        "balances of an interface: the booked one counts, of the account's own kind",
        "accounts.json",
        json.dumps(_LINK),
        asked="",
        accounts__balance=[31.25, 710.0, 90.0],
        accounts__kind=["current", "savings", "card"],
    ),
    export(
        "balances of several types: the booked one counts",
        "accounts.json",
        json.dumps(_OF_TYPES),
        asked="",
        accounts__balance=[120.4],
        accounts__kind=["savings"],
    ),
    export(
        "the available balance is not the one that counts, wherever it stands",
        "accounts.csv",
        "account_id,customer_id,type,available balance,ledger balance,currency\n"
        "1,K1,giro,40.5,30.5,EUR\n2,K2,livret,200.5,210.5,EUR\n",
        asked="",
        accounts__balance=[30.5, 210.5],
        accounts__kind=["current", "savings"],
    ),
    export(
        "a customer's balance is that of the account that a column names",
        "customers.csv",
        "customer_id,name,account type,balance (EUR)\nK1,Ida,Savings,5000.5\nK2,Per,Current,20.5\n",
        asked="",
        accounts__balance=[5000.5, 20.5],
        accounts__kind=["savings", "current"],
    ),
    export(
        "a balance for each kind of account",
        "customers.csv",
        "customer_id,name,savings balance eur,checking balance eur\nK1,Ida,5000.5,1.5\n",
        asked="",
        accounts__balance=[5000.5, 1.5],
        accounts__kind=["savings", "current"],
    ),
    export(
        "a running balance is that of the account that the file is called after",
        "savings.csv",
        _STATEMENT + "2026-03-20,Out,-90.00,2010.00\n2026-03-31,Interest,10.00,2020.00\n",
        amounts=[1900, -90, 10],
        asked="customer,currency",
        accounts__balance=[2020.0],
        accounts__kind=["savings"],
    ),
    export(
        "running balances of two products in one file are two balances",
        "transactions.csv",
        "Date,Customer,Product,Amount,Balance,Currency\n2026-03-01,K1,Savings,500.00,500.00,EUR\n"
        "2026-03-02,K1,Current,-30.00,70.00,EUR\n2026-03-03,K1,Savings,5.00,505.00,EUR\n"
        "2026-03-04,K1,Current,-10.00,60.00,EUR\n",
        amounts=[500, -30, 5, -10],
        asked="",
        accounts__balance=[505.0, 60.0],
        accounts__kind=["savings", "current"],
    ),
]
