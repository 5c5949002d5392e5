"""Files in the shapes of public exports and data sets that say a thing in a way of their own: what
is booked, how large figures are, whose an account is. All values are invented."""

import json

from tests.engine.bank.importing.exports import WHO, export

_API = [
    {"id": "p1", "account_id": "A1", "amount": -1275, "currency": "EUR", "date": "2026-02-03"},
    {"id": "p2", "account_id": "A1", "amount": 180050, "currency": "EUR", "date": "2026-02-13"},
    {"id": "p3", "account_id": "A1", "amount": -4990, "currency": "EUR", "date": "2026-02-14"},
]

SHAPES = [
    export(
        "what is not booked stands in the words of a column of another name",
        "umsatz.csv",
        """
Auftragskonto;Buchungstag;Buchungstext;Beguenstigter/Zahlungspflichtiger;Betrag;Waehrung;Info
DE75512108001245126199;13.02.26;LASTSCHRIFT;Wasserwerk;-40,10;EUR;Umsatz gebucht
DE75512108001245126199;14.02.26;LOHN;Werft;2900,00;EUR;Umsatz gebucht
DE75512108001245126199;15.02.26;KARTE;Gasthof;-77,00;EUR;Umsatz vorgemerkt
""",
        amounts=[-40.1, 2900],
        days="2026-02-13 2026-02-14",
        currency="EUR",
    ),
    export(
        "a flag says what is pending",
        "transactions.csv",
        """
date,customer_id,text,amount,pending
2026-03-01,K1,Tea,-4.20,false
2026-03-02,K1,Salary,1900.00,false
2026-03-03,K1,Inn,-65.00,true
""",
        amounts=[-4.2, 1900],
        asked="currency",
    ),
    export(
        "a flag says what is booked",
        "transactions.csv",
        """
date,customer_id,text,amount,is_posted
2026-03-01,K1,Tea,-4.20,Y
2026-03-02,K1,Salary,1900.00,Y
2026-03-03,K1,Inn,-65.00,N
""",
        amounts=[-4.2, 1900],
        asked="currency",
    ),
    export(
        "letters of a status that nobody knows are asked about",
        "transactions.csv",
        """
date,customer_id,text,amount,status
2026-03-01,K1,Tea,-4.20,B
2026-03-02,K1,Salary,1900.00,B
2026-03-03,K1,Inn,-65.00,V
""",
        amounts=[-4.2, 1900, -65],
        asked="currency,rows",
    ),
    export(
        "a status of the customer is none of the booking",
        "transactions.csv",
        """
date,customer_id,text,amount,status
2026-03-01,K1,Tea,-4.20,gold
2026-03-02,K1,Salary,1900.00,gold
2026-03-03,K2,Inn,-65.00,silver
2026-03-04,K2,Salary,1700.00,silver
""",
        amounts=[-4.2, 1900, -65, 1700],
        asked="currency",
    ),
    export(
        "a status in Danish",
        "konto.csv",
        "Dato;Tekst;Beløb;Saldo;Status\n"
        "13.02.2026;Bager;-36,50;963,50;Udført\n"
        "14.02.2026;Løn;9.000,00;9.963,50;Udført\n"
        "15.02.2026;Kro;-250,00;;Venter\n",
        amounts=[-36.5, 9000],
        asked=WHO,
    ),
    export(
        "amounts in cents by the name of the column",
        "transactions.csv",
        """
date,customer_id,text,amount_cents
2026-03-01,K1,Tea,-420
2026-03-02,K1,Salary,190050
""",
        amounts=[-4.2, 1900.5],
        asked="currency",
    ),
    export(
        "whole amounts of an interface may be cents",
        "transactions.json",
        json.dumps({"data": {"transactions": _API}}),
        amounts=[-1275, 180050, -4990],
        days="2026-02-03 2026-02-13 2026-02-14",
        currency="EUR",
        asked="scale",
    ),
    export(
        "figures in thousands by the name of the column",
        "customers.csv",
        "customer_id,name,income_k,Balance (000s)\nK1,Ida,48,2.5\nK2,Per,61.5,-0.25\n",
        asked="currency",
        customers__annual_income=[48000.0, 61500.0],
        accounts__balance=[2500.0, -250.0],
    ),
    export(
        "seconds since 1970 in a column ts are days of payments, and no messages",
        "transactions.csv",
        "id,customer_id,ts,amount,text\n1,K1,1772409600,-4.2,Tea\n2,K1,1773273600,1900,Salary\n",
        amounts=[-4.2, 1900],
        days="2026-03-02 2026-03-12",
        asked="currency",
    ),
    export(
        "an account with one payee is that of the other side",
        "umsaetze.csv",
        """
Buchungsdatum;Zahlungsempfänger*in;Verwendungszweck;IBAN;Betrag (€)
13.02.26;Bäckerei Korn;Brot;DE02120300000000202051;-5,60
14.02.26;Ida Sand;Gehalt;DE02500105170137075030;2.150,00
15.02.26;Bäckerei Korn;Kuchen;DE02120300000000202051;-8,40
""",
        amounts=[-5.6, 2150, -8.4],
        currency="EUR",
        asked="customer",
        transactions__customer_id=["umsaetze"] * 3,
    ),
    export(
        "loans of members are no products",
        "loan.csv",
        "id,member_id,loan_amnt,term,int_rate,annual_inc,emp_title,purpose\n"
        "9001,501,5000, 36 months,10.65%,31000,Baker,car\n"
        "9002,502,2500, 60 months,15.27%,42000,Nurse,home\n",
        asked="currency",
        customers__customer_id=["501", "502"],
        customers__annual_income=[31000.0, 42000.0],
    ),
    export(
        "a refund with a minus does not turn all amounts without a question",
        "history.csv",
        """
id,Type,Amount,Fee,Currency,Created (UTC),Description
b1,charge,120.00,0.00,eur,2026-03-01 10:00,Order 1
b2,refund,-15.00,0.00,eur,2026-03-02 10:00,Refund
b3,payout,-105.00,0.00,eur,2026-03-03 10:00,Payout
""",
        currency="EUR",
        asked="customer,direction",
    ),
    export(
        "columns about customers say so, and nobody is born after today",
        "bank_transactions.csv",
        """
TransactionID,CustomerID,CustomerDOB,CustGender,TransactionDate,TransactionAmount (INR)
T1,C1,13/1/94,F,28/2/2016,25
T2,C2,4/4/57,M,28/2/2016,27999
""",
        amounts=[-25, -27999],
        asked="direction",
        customers__gender=["female", "male"],
        customers__born=["1994-01-13", "1957-04-04"],
    ),
    export(
        "a rate without a sign may be per cent below one",
        "accounts.csv",
        "account_id,customer_id,type,balance,interest_rate\n"
        "A1,K1,Savings,1000,0.25\nA2,K2,Savings,10,0.75\n",
        asked="currency,unit",
    ),
    export(
        "rates of some per cent as shares",
        "accounts.csv",
        "account_id,customer_id,type,balance,interest_rate\n"
        "A1,K1,Savings,1000,0.0325\nA2,K2,Savings,10,0.04\n",
        asked="currency",
        accounts__interest_rate=[0.0325, 0.04],
    ),
    export(
        "yes and no in German and Portuguese",
        "customers.csv",
        "customer_id,name,Credit card,Savings account\nK1,Ida,Sim,Ja\nK2,Per,Não,Nein\n",
        holdings__product_id=["Credit card", "Savings account"],
    ),
    export(
        "cards of twelve to nineteen digits are one customer each and not kept whole",
        "fraud.csv",
        """
trans_date_trans_time,cc_num,merchant,category,amt,gender,dob,trans_num
2026-01-01 00:00:18,4012888888881881,Kiosk,misc_net,4.97,F,1988-03-09,a1
2026-01-01 00:00:44,630423337322,Heller,grocery_pos,107.23,M,1978-06-21,a2
2026-01-02 00:00:44,4012888888881881,Pump,gas_transport,50,F,1988-03-09,a3
""",
        amounts=[-4.97, -107.23, -50],
        asked="currency,direction",
        customers__gender=["male", "female"],
    ),
    export(
        "PayPal in German",
        "Download.CSV",
        '"Datum","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Transaktionscode"\n'
        '"13.01.2026","Ida","Zahlung","Abgeschlossen","EUR","1.000,00","-20,50","979,50","T1"\n'
        '"14.01.2026","Laden","Zahlung","Abgeschlossen","EUR","-20,00","0,00","-20,00","T2"\n'
        '"15.01.2026","Hotel","Autorisierung","Ausstehend","EUR","-80,00","0,00","-80,00","T3"\n',
        amounts=[979.5, -20],
        currency="EUR",
        asked="customer",
    ),
    export(
        "typed dates in which a spreadsheet took the month for the day",
        "transactions.csv",
        """
date,customer_id,text,amount
2026-02-03,K1,Tea,-4.20
13/03/2026,K1,Salary,1900.00
2026-05-04,K1,Tea,-4.30
25/04/2026,K1,Rent,-700.00
""",
        amounts=[-4.2, 1900, -4.3, -700],
        days="2026-03-02 2026-03-13 2026-04-05 2026-04-25",
        asked="currency,typed dates",
    ),
    export(
        "typed dates beside text that are right",
        "transactions.csv",
        """
date,customer_id,text,amount
2026-02-03,K1,Tea,-4.20
13/03/2026,K1,Salary,1900.00
2026-02-24,K1,Tea,-4.30
25/04/2026,K1,Rent,-700.00
""",
        amounts=[-4.2, 1900, -4.3, -700],
        days="2026-02-03 2026-03-13 2026-02-24 2026-04-25",
        asked="currency",
    ),
    export(
        "numbers of customers that a spreadsheet rounded are those of nobody",
        "customers.csv",
        "customer_id,name\n1.23457E+11,Ida\n1.23457E+11,Per\n500123,Ann\n",
        customers__name=["Ann"],
    ),
    export(
        "columns called DR and CR",
        "TRANSACTIONS.TXT",
        "TXN_DT|CUST_NO|NARR|DR_AMT|CR_AMT|BAL\n"
        "02-JAN-26|K1|TEA|3.50||96.50\n03-JAN-26|K1|PAY||2100.00|2196.50\n",
        amounts=[-3.5, 2100],
        asked="currency",
    ),
]
