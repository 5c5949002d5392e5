"""Files with words that look as if rows did not count, and do not say so. All values are
invented."""

from tests.engine.bank.importing.exports import export

COUNTED_ROWS = [
    export(
        "accounts with money left are not gone, whatever a column calls them",
        "accounts.csv",
        "account_id,customer_id,type,balance,status\n"
        "A1,K1,Current,100,open\nA2,K1,Savings,5000,closed\nA3,K2,Loan,-9000,written off\n",
        asked="currency,rows",
        accounts__balance=[100.0, 5000.0, -9000.0],
    ),
    export(
        "states of people, of jobs and of checks say nothing of an account",
        "accounts.csv",
        "account_id,customer_id,type,balance,kyc_status,employment_status,customer_status\n"
        "A1,K1,Current,0,expired,active,active\nA2,K2,Current,0,valid,inactive,inactive\n",
        asked="currency",
        accounts__balance=[0.0, 0.0],
    ),
    export(
        "a state of payments says nothing of a holding",
        "holdings.csv",
        "customer_id,product_id,opened_on,last_payment_status\n"
        "K1,Loan,2020-01-01,settled\nK2,Card,2020-01-01,late\n",
        holdings__product_id=["Loan", "Card"],
    ),
    export(
        "what is not reconciled is booked all the same",
        "transactions.csv",
        """
date,customer_id,text,amount,Cleared,Reconciled
2026-03-01,K1,Tea,-4.20,true,false
2026-03-02,K1,Salary,1900.00,true,true
2026-03-03,K1,Inn,-65.00,false,false
""",
        amounts=[-4.2, 1900],
        asked="currency,rows",
    ),
    *(
        export(
            f"{column} is not whether a payment is booked",
            "transactions.csv",
            f"date,customer_id,text,amount,{column}\n2026-03-01,K1,Tea,-4.20,{yes}\n"
            f"2026-03-02,K1,Salary,1900.00,{no}\n2026-03-03,K1,Inn,-65.00,{yes}\n",
            amounts=[-4.2, 1900, -65],
            asked=asked,
        )
        for column, yes, no, asked in (
            ("Paid by card", "Yes", "No", "currency"),
            ("email_confirmed", "true", "false", "currency"),
            ("payment_done", "Y", "N", "currency,rows"),
            ("loan_paid", "1", "0", "currency"),
            ("authorised", "yes", "no", "currency,rows"),
        )
    ),
    *(
        export(
            f"{denied} is not {booked}",
            "konto.csv",
            f"Date,customer_id,Text,Amount,Status\n2026-02-13,K1,Tea,-36.50,{booked}\n"
            f"2026-02-14,K1,Salary,9000.00,{booked}\n2026-02-15,K1,Inn,-250.00,{denied}\n",
            amounts=[-36.5, 9000, -250],
            asked="currency,rows",
        )
        for booked, denied in (
            ("Concluída", "Não concluída"),
            ("Udført", "Ikke udført"),
            ("Bokført", "Ikke bokført"),
            ("Verwerkt", "Nog niet verwerkt"),
            ("Zrealizowana", "Nie zrealizowana"),
            ("Effectuée", "pas effectuée"),
            ("processed", "to be processed"),
            ("paid", "partially paid"),
        )
    ),
    export(
        "products with names of columns are no second table",
        "products.csv",
        "product_id,name,category\ncurrent,Current account,Accounts\n"
        "deposit,Deposit,Deposits\ncredit,Credit,Loans\ngold,Gold card,Cards\n",
        asked="rows",
        products__product_id=["current", "deposit", "credit", "gold"],
    ),
    export(
        "account numbers that a spreadsheet rounded are those of nobody",
        "transactions.csv",
        """
date,account_number,description,amount
2026-03-01,1.23457E+11,Tea,-4.20
2026-03-02,1.23457E+11,Salary,1900.00
2026-03-01,123456789012,Tea,-5.20
""",
        amounts=[-5.2],
        asked="currency",
    ),
    export(
        "a rounded account number beside the customer's own costs no payment",
        "transactions.csv",
        """
date,customer_id,account_number,description,amount
2026-03-01,K1,1.23457E+11,Tea,-4.20
2026-03-02,K2,1.23457E+11,Salary,1900.00
""",
        amounts=[-4.2, 1900],
        asked="currency",
        transactions__customer_id=["K1", "K2"],
    ),
    export(
        "one word does not turn the signs of a file",
        "transactions.csv",
        """
date,customer_id,text,amount,currency
2026-03-01,K1,Blue Door,-4.20,GBP
2026-03-02,K1,Transfer Smith,1900.00,GBP
2026-03-03,K2,Old Mill,-65.00,GBP
2026-03-04,K2,Refund returned to sender,-6.00,GBP
2026-03-05,K2,Corner 7,-3.00,GBP
""",
        amounts=[-4.2, 1900, -65, -6, -3],
        currency="GBP",
        asked="direction",
    ),
    export(
        "the risk, state and branch of a customer are no trait of ours",
        "customers.csv",
        "customer_id,name,customer_risk,customer_state,customer_branch\n"
        "K1,Ida,high,active,North\nK2,Per,low,dormant,South\n",
        customers__attributes=[
            '{"customer_risk": "high", "customer_state": "active", "customer_branch": "North"}',
            '{"customer_risk": "low", "customer_state": "dormant", "customer_branch": "South"}',
        ],
    ),
    export(
        "first days of months beside later text stay as they are until a person says",
        "customers.csv",
        "customer_id,name,joined_on\nK1,Ida,2024-03-01\nK2,Per,2024-07-01\n"
        "K3,Ann,15/04/2023\nK4,Bo,15/06/2023\n",
        asked="typed dates",
        customers__joined_on=["2024-03-01", "2024-07-01", "2023-04-15", "2023-06-15"],
    ),
    export(
        "a typed day with a time after the 12th proves that none was changed",
        "transactions.csv",
        """
date,customer_id,text,amount
2026-02-03,K1,Tea,-4.20
2026-05-04,K1,Tea,-4.30
2026-02-24T10:00:00,K1,Tea,-4.30
13/03/2026,K1,Salary,1900.00
25/04/2026,K1,Rent,-700.00
""",
        days="2026-02-03 2026-05-04 2026-02-24 2026-03-13 2026-04-25",
        asked="currency",
    ),
    export(
        "own accounts with one payee each are a customer each",
        "umsatz.csv",
        """
Auftragskonto;Buchungstag;Buchungstext;Beguenstigter/Zahlungspflichtiger;Betrag;Waehrung
1001;13.02.26;LASTSCHRIFT;Wasserwerk;-40,10;EUR
1002;14.02.26;LOHN;Werft;2900,00;EUR
1002;15.02.26;LOHN;Werft;2900,00;EUR
""",
        asked="customer",
        transactions__customer_id=["1001", "1002", "1002"],
    ),
    export(
        "a minor unit is what the currency of each row has",
        "transactions.csv",
        """
date,customer_id,text,amount_minor,currency
2026-03-01,K1,Tea,-420,EUR
2026-03-02,K1,Salary,190050,JPY
2026-03-02,K2,Salary,1900500,KWD
""",
        amounts=[-4.2, 190050, 1900.5],
    ),
    export(
        "cents with their currency in the cell keep it",
        "transactions.csv",
        "date,customer_id,text,Amount_cents\n2026-03-01,K1,Tea,EUR -420\n"
        "2026-03-02,K1,Salary,EUR 190050\n",
        amounts=[-4.2, 1900.5],
        currency="EUR",
    ),
    export(
        "whole amounts of euros beside yen may be cents in any file",
        "transactions.csv",
        """
date,customer_id,text,amount,currency
2026-03-01,K1,Tea,-1275,eur
2026-03-02,K1,Salary,180050,eur
2026-03-03,K2,Shop,-4990,eur
2026-03-03,K2,Shop,-500,jpy
""",
        amounts=[-1275, 180050, -4990, -500],
        asked="scale",
    ),
]
