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
2026-11-04,K1,Tea,-4.40
2026-01-05T10:30:00,K1,Tea,-4.50
25/04/2026,K1,Rent,-700.00
""",
        amounts=[-4.2, 1900, -4.3, -4.4, -4.5, -700],
        days="2026-03-02 2026-03-13 2026-04-05 2026-04-11 2026-05-01 2026-04-25",
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
    export(
        "holdings that a column of states calls closed",
        "holdings.csv",
        """
customer_id,product,opened_on,status
K1,Gold card,2020-01-01,Active
K1,Home loan,2015-01-01,Closed
K2,Gold card,2021-01-01,Cancelled
K2,Savings,2021-01-01,Active
""",
        holdings__product_id=["Gold card", "Savings"],
    ),
    export(
        "accounts that a column of states calls closed",
        "accounts.csv",
        "account_id,customer_id,type,balance,status\n"
        "A1,K1,Current,100,open\nA2,K1,Savings,0,closed\n",
        asked="currency",
        accounts__balance=[100.0],
    ),
    export(
        "a second table below the first is none of its rows",
        "customers.csv",
        "Customer ID,Name,Income\nK1,Ida,45000\nK2,Per,30000\n"
        "Date,Customer ID,Amount\n2026-01-05,K1,-45\n",
        asked="currency",
        customers__customer_id=["K1", "K2"],
    ),
    export(
        "a row for each account of a customer",
        "customers.csv",
        "customer_id,name,account_no,account_type,balance\n"
        "K1,Ida,10000001,Current,100\nK1,Ida,10000002,Savings,2000\nK2,Per,10000003,Current,50\n",
        asked="currency",
        customers__customer_id=["K1", "K2"],
        accounts__balance=[100.0, 2000.0, 50.0],
        accounts__kind=["current", "savings", "current"],
    ),
    export(
        "a row for each product of a customer",
        "customers.csv",
        "customer_id,name,age,product,opened\n"
        "K1,Ida,33,Gold card,2020-01-01\nK1,Ida,33,Home loan,2021-05-01\n"
        "K2,Per,44,Gold card,2022-02-02\n",
        customers__customer_id=["K1", "K2"],
        holdings__product_id=["Gold card", "Home loan", "Gold card"],
    ),
    export(
        "who is not to be called has refused marketing",
        "customers.csv",
        "customer_id,name,do_not_call,marketing_consent\nK1,Ida,Y,Y\nK2,Per,N,Y\nK3,Jo,N,N\n",
        consents__status=["refused", "granted", "refused"],
    ),
    *(
        export(
            f"letters of {encoding}",
            "customers.csv",
            f"customer_id;name\n1;{name}\n2;{other}\n".encode(encoding),
            customers__name=[name, other],
        )
        for encoding, name, other in (
            ("cp1251", "Ольга Смирнова", "Пётр Кузнецов"),
            ("cp1253", "Ελένη Γεωργίου", "Νίκος Παπαδόπουλος"),
            ("cp1254", "Şule Yıldız", "Çağrı Işık"),
            ("gb18030", "张伟", "刘晓东"),
            ("euc_kr", "김민수", "이영희 박지훈"),
            ("cp1252", "Þórður Ýmir", "Håkon Sæther"),
        )
    ),
    export(
        "a summary above the header",
        "lista.csv",
        """
Bank Dom;
Jan Nowak;

#Waluta;#Wpływy;#Wydatki;
PLN;4 100,00;-1 023,40;

#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;
2026-02-13;"PIEKARNIA";"Konto 1 ... 2";"Jedzenie";-1 023,40 PLN;
2026-02-14;"PENSJA";"Konto 1 ... 2";"Praca";4 100,00 PLN;
""",
        amounts=[-1023.4, 4100],
        currency="PLN",
    ),
    export(
        "attributes of JSON:API",
        "export.json",
        json.dumps(
            {
                "data": [
                    {
                        "type": "transactions",
                        "id": f"t{n}",
                        "attributes": {
                            "amount": {
                                "value": amount,
                                "currencyCode": "AUD",
                                "valueInBaseUnits": 0,
                            },
                            "createdAt": f"2026-02-0{n}T23:30:00+10:00",
                            "description": text,
                        },
                    }
                    for n, amount, text in ((1, "-12.50", "Coffee"), (2, "2100.00", "Salary"))
                ]
            }
        ),
        amounts=[-12.5, 2100],
        days="2026-02-01 2026-02-02",
        currency="AUD",
        asked="customer",
    ),
    export(
        "balances of accounts day by day",
        "balances.csv",
        "date,customer_id,balance\n2026-01-05,K1,100\n2026-01-20,K1,150\n2026-02-05,K1,90\n"
        "2026-01-05,K2,10\n",
        asked="currency",
        accounts__customer_id=["K1", "K2"],
        accounts__balance=[90.0, 10.0],
    ),
    export(
        "an account month by month",
        "accounts.csv",
        "account_id,customer_id,type,balance,as_of\nA1,K1,Current,100,2026-01-31\n"
        "A1,K1,Current,150,2026-02-28\nA2,K1,Savings,10,2026-02-28\n",
        asked="currency",
        accounts__account_id=["A1", "A2"],
        accounts__balance=[150.0, 10.0],
    ),
    export(
        "two accounts of a customer with days of their own",
        "accounts.csv",
        "customer_id,balance,last_used_on\nK1,100,2026-01-31\nK1,2000,2026-02-28\n",
        asked="currency",
        accounts__balance=[100.0, 2000.0],
    ),
    export(
        "satisfaction from 1 to 5",
        "customers.csv",
        "customer_id,name,satisfaction\nK1,Ida,4\nK2,Per,5\nK3,Jo,1\n",
        asked="scale",
        customers__satisfaction=[0.5, 1.0, -1.0],
    ),
]
