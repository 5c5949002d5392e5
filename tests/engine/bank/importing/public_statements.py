"""Small statements in the shapes of public exports and bug reports, each with what it means.

Names and values are invented; where a shape was reported as read wrong, the case names the project.
"""

from tests.engine.bank.importing.exports import WHO, export

STATEMENTS = [
    export(
        "hledger 1733: a fee of nothing in both columns",
        "chequing.csv",
        """
Date;Description;Category;Debit;Credit;Balance
2020-01-21;Client card fee;Fees;0;0;1068.94
2020-01-22;Payroll;Income;0;900.10;1969.04
2020-01-23;Corner shop;Food;68.94;0;1900.10
""",
        (0, 900.10, -68.94),
        "2020-01-21 2020-01-22 2020-01-23",
        asked=WHO,
    ),
    export(
        "hledger 570: 0.00 in the column that is not meant",
        "sample.csv",
        """
Date,Transaction,Money In,Money Out
13/06/2017,A deposit,12.34,0.00
14/06/2017,A withdrawal,0.00,34.56
""",
        (12.34, -34.56),
        "2017-06-13 2017-06-14",
        asked=WHO,
    ),
    export(
        "icsv2ledger 74: blanks around figures and 0.00 beside them",
        "westpac.csv",
        """
Bank Account,Date,Narrative,Debit Amount,Credit Amount,Categories,Serial
123456789,01/03/2015,"WITHDRAWAL BY CARD SHOP1", 19.39 , 0.00,POS,
123456789,21/03/2015,"WITHDRAWAL BY CARD SHOP2", 23.60 , 0.00,POS,
123456789,22/03/2015,"DEPOSIT", 0.00 , 100.00,CASH,
""",
        (-19.39, -23.60, 100.0),
        "2015-03-01 2015-03-21 2015-03-22",
        asked="currency",
    ),
    export(
        "ledger 2295: debits that have a minus already",
        "creditunion.csv",
        """
Transaction Number,Date,Description,Amount Debit,Amount Credit,Balance
8001,2021-05-03,Grocer,-70.55,,929.45
8002,2021-05-04,Payroll,,1500.00,2429.45
8003,2021-05-05,Fuel,-29.45,,2400.00
""",
        (-70.55, 1500.0, -29.45),
        asked=WHO,
    ),
    export(
        "firefly 1650: a refund in the column of withdrawals comes in",
        "card.csv",
        """
Date,Description,Withdrawal,Deposit
2018-09-01,Store,80.00,
2018-09-01,Other store,15.00,
2018-09-02,Store partial refund,-20.00,
2018-09-03,Transfer,,60.00
""",
        (-80.0, -15.0, 20.0, 60.0),
        asked="currency,customer,direction",
    ),
    export(
        "firefly 2835: S and H beside a plain amount",
        "umsaetze.csv",
        """
Buchungstag;Valuta;Empfänger;Verwendungszweck;Währung;Umsatz;Soll/Haben
01.10.2019;01.10.2019;John Doe;Gehalt;EUR;1.337,00;H
21.10.2019;21.10.2019;John Doe;Einkauf;EUR;13,37;S
""",
        (1337.0, -13.37),
        "2019-10-01 2019-10-21",
        "EUR",
        asked="customer",
    ),
    export(
        "ynab-csv 79: D and K of a Baltic bank, parted by bars",
        "statement.csv",
        """
Account No|Date|Payee|Details|Amount|Currency|D/K
LT0071|2024-01-11|Payee|PIRKINYS 516793|13.44|EUR|D
LT0071|2024-01-12|Employer|ATLYGINIMAS|1900.00|EUR|K
""",
        (-13.44, 1900.0),
        "2024-01-11 2024-01-12",
        "EUR",
    ),
    export(
        "actual 805: Af and Bij",
        "ing.csv",
        """
Datum;Naam;Rekening;Af Bij;Bedrag (EUR);Mutatiesoort
20230321;Winkel;NL01;Af;12,50;Betaalautomaat
20230322;Werkgever;NL01;Bij;2.100,00;Overschrijving
""",
        (-12.50, 2100.0),
        "2023-03-21 2023-03-22",
        "EUR",
    ),
    export(
        "myfin 571: a card that lists charges as positive",
        "discover.csv",
        """
Trans. Date,Post Date,Description,Amount,Category
02/20/2026,02/20/2026,DOLLAR STORE,8.01,Merchandise
02/20/2026,02/21/2026,HILLTOP RESTAURANT,89.70,Restaurants
02/21/2026,02/22/2026,PAYMENT THANK YOU,-52.42,Payments and Credits
02/22/2026,02/22/2026,CORNER PHARMACY,25.24,Merchandise
""",
        (-8.01, -89.70, 52.42, -25.24),
        "2026-02-20 2026-02-20 2026-02-21 2026-02-22",
        asked=WHO,
    ),
    export(
        "actual 807: accounting brackets with a dollar inside and outside",
        "brackets.csv",
        """
Date,Transaction Type,Description,Amount
01/13/2023,Credit,Paycheck,$400.00
01/14/2023,Debit,Restaurant,($30.00)
01/15/2023,Debit,Fuel,$(12.34)
""",
        (400.0, -30.0, -12.34),
        "2023-01-13 2023-01-14 2023-01-15",
        asked=WHO,
    ),
    export(
        "dkb 206: -1.080 beside -1.070,10",
        "kreditkarte.csv",
        """
"Karte";"Visa Kreditkarte"
""
"Saldo vom 07.12.2024:";"-1407,28 EUR"
""
"Belegdatum";"Wertstellung";"Status";"Beschreibung";"Umsatztyp";"Betrag (€)";"Fremdwährungsbetrag"
"23.11.24";"25.11.24";"Gebucht";"Foo Geschäft";"Im Geschäft";"-1.080";""
"24.11.24";"25.11.24";"Gebucht";"Foo Geschäft";"Im Geschäft";"-1.070,10";""
""",
        (-1080.0, -1070.10),
        currency="EUR",
        asked="customer",
    ),
    export(
        "actual 5020: one figure after the point, a euro behind",
        "montant.csv",
        """
Date;Affilié;Montant
17-05-2025;"Dépense SHOPPING STORE";" -110.7 €"
17-05-2025;"Dépense ANOTHER STORE";" -116.62 €"
""",
        (-110.7, -116.62),
        "2025-05-17 2025-05-17",
        "EUR",
        asked="customer",
    ),
    export(
        "dollardollar 55: 173,900 alone may be a thousand or a decimal",
        "penz.csv",
        """
Date	Amount	Description
2025-03-30	-173,900	teszt
2025-03-31	-244,640	boríték
""",
        asked="currency,customer,decimal sign",
        days="2025-03-30 2025-03-31",
    ),
    export(
        "nordea: comma between cells and as decimal sign, newest first, one row without balance",
        "nordea.csv",
        """
Datum,Transaktion,Kategori,Belopp,Saldo
2020-05-05,Reservation Kortköp,,"-99,00",
2020-05-05,Swish inbetalning,,"3.000,00","8.778,76"
2020-05-04,Kortköp,,"-50,19","5.778,76"
2020-05-04,Autogiro,,"-943,00","5.828,95"
""",
        (-99.0, 3000.0, -50.19, -943.0),
        "2020-05-05 2020-05-05 2020-05-04 2020-05-04",
        asked=WHO,
    ),
    export(
        "sparebank: a delimiter behind the last column, Inn and Ut, minus in Ut",
        "OversiktKonti.csv",
        """
Dato;Beskrivelse;Rentedato;Inn;Ut;Til konto;Fra konto;
"23.06.2021";"Butikk";"23.06.2021";;"-30,00";"000";"111";
"24.06.2021";"Lønn";"24.06.2021";"25000,00";;"111";"000";
""",
        (-30.0, 25000.0),
        "2021-06-23 2021-06-24",
        asked=WHO,
    ),
    export(
        "csv2ofx 158: days that only some orders allow",
        "days.csv",
        """
Date,Amount
21-03-2025,-4.58
11-03-2025,2000
13-03-2025,-2000
12-03-2026,-1999
""",
        (-4.58, 2000.0, -2000.0, -1999.0),
        "2025-03-21 2025-03-11 2025-03-13 2026-03-12",
        asked=WHO,
    ),
    export(
        "tallybook 313: a minus behind",
        "behind.csv",
        """
Date,Details,Amount
2026-03-01,Shop,12.50-
2026-03-02,Wages,1200.00
2026-03-03,Rent,700.00-
""",
        (-12.5, 1200.0, -700.0),
        asked=WHO,
    ),
    export(
        "monefy: no name says the sign, all amounts positive",
        "expenses.csv",
        """
date,account,category,amount,currency,description
15/03/2026,Cash,Food,12.30,EUR,lunch
16/03/2026,Cash,Clothes,40.00,EUR,shirt
""",
        (-12.3, -40.0),
        "2026-03-15 2026-03-16",
        "EUR",
        asked="direction",
    ),
    export(
        "revolut: started and completed days, states, fee",
        "revolut.csv",
        """
Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance
CARD_PAYMENT,Current,2026-03-01 08:01:12,2026-03-02 09:00:00,Cafe,-4.20,0.00,GBP,COMPLETED,95.80
TOPUP,Current,2026-03-03 10:00:00,2026-03-03 10:00:05,Top-up,50.00,0.00,GBP,COMPLETED,145.80
CARD_PAYMENT,Current,2026-03-04 10:00:00,,Hotel,-80.00,0.00,GBP,REVERTED,
""",
        (-4.20, 50.0),
        currency="GBP",
        asked="customer",
    ),
    export(
        "mint: debit and credit as words, amounts without sign",
        "mint.csv",
        """
"Date","Description","Original Description","Amount","Transaction Type","Category","Account Name"
"3/13/2023","Coffee","COFFEE 12","4.75","debit","Coffee Shops","CHECKING"
"3/14/2023","Employer","PAY","2100.00","credit","Paycheck","CHECKING"
""",
        (-4.75, 2100.0),
        "2023-03-13 2023-03-14",
        asked="currency",
    ),
    export(
        "chase: Details says DEBIT, the amount has its own minus",
        "Chase1234_Activity.csv",
        """
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
DEBIT,03/14/2023,GROCER,-25.10,DEBIT_CARD,974.90,
CREDIT,03/13/2023,PAYROLL,500.00,ACH_CREDIT,1000.00,
""",
        (-25.10, 500.0),
        "2023-03-14 2023-03-13",
        asked=WHO,
    ),
    export(
        "monzo: money out with minus and money in in columns of their own",
        "monzo.csv",
        """
Transaction ID,Date,Time,Type,Name,Category,Amount,Currency,Money Out,Money In
tx1,13/03/2023,08:00:00,Card payment,Cafe,Eating out,-3.20,GBP,-3.20,
tx2,14/03/2023,09:00:00,Faster payment,Employer,Income,1800.00,GBP,,1800.00
""",
        (-3.2, 1800.0),
        "2023-03-13 2023-03-14",
        "GBP",
        asked="customer",
    ),
    export(
        "n26: ISO days, decimal points, a foreign amount beside",
        "n26.csv",
        """
"Date","Payee","Account number","Transaction type","Amount (EUR)","Amount (Foreign Currency)","Rate"
"2026-03-02","Shop","","MasterCard Payment","-10.0","-11.5","1.15"
"2026-03-03","Employer","DE00","Income","2000.0","",""
""",
        (-10.0, 2000.0),
        "2026-03-02 2026-03-03",
        "EUR",
        asked="customer",
    ),
    export(
        "an Indian sample: lakh, Dr and Cr in a column, Withdrawal Amt.",
        "hdfc.csv",
        """
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
13/03/23,UPI-SHOP,0001,13/03/23,"1,250.00",,"1,48,750.00"
14/03/23,SALARY,0002,14/03/23,,"1,50,000.00","2,98,750.00"
""",
        (-1250.0, 150000.0),
        "2023-03-13 2023-03-14",
        asked="currency,customer,date order",
    ),
    export(
        "paypal: gross, fee and net; days of the United States",
        "paypal.csv",
        """
Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Balance
03/13/2026,10:00:00,PST,Shop,Checkout Payment,Completed,USD,-20.00,0.00,-20.00,80.00
03/14/2026,11:00:00,PST,Bank,Bank Deposit,Completed,USD,100.00,0.00,100.00,180.00
03/15/2026,11:30:00,PST,Hotel,Authorization,Pending,USD,-60.00,0.00,-60.00,180.00
""",
        (-20.0, 100.0),
        currency="USD",
        asked="customer",
    ),
    export(
        "GnuCash: account register with full dates and brackets",
        "gnucash.csv",
        """
Date,Account Name,Description,Memo,Amount With Sym,Amount Num.,Rate/Price
2026-03-02,Checking,Shop,,-$12.00,-12.00,1
2026-03-03,Checking,Pay,,"$1,500.00","1,500.00",1
""",
        (-12.0, 1500.0),
        asked="currency",
    ),
    export(
        "pandas 14124: a delimiter behind each row",
        "vendor.csv",
        "customer_id,date,amount\nC1,2026-03-01,-5.5,\nC2,2026-03-02,-6.5,\n",
        (-5.5, -6.5),
        asked="currency",
        transactions__customer_id=["C1", "C2"],
    ),
    export(
        "account numbers keep their zeros",
        "ledger.csv",
        "customer_id,date,amount\n00123,2026-03-01,-5.5\n0123,2026-03-02,-6.5\n",
        (-5.5, -6.5),
        asked="currency",
        transactions__customer_id=["00123", "0123"],
    ),
    export(
        "amounts in exponents as a spreadsheet writes them",
        "exponent.csv",
        "customer_id,date,amount\nC1,2026-03-01,-1.5E+03\nC1,2026-03-02,2E2\n",
        (-1500.0, 200.0),
        asked="currency",
    ),
    export(
        "days as numbers of a spreadsheet",
        "serial.csv",
        "customer_id,date,amount\nC1,45000,-5\nC1,45001,-6\nC1,45017,7\n",
        (-5.0, -6.0, 7.0),
        "2023-03-15 2023-03-16 2023-04-01",
        asked="currency",
    ),
    export(
        "days as seconds since 1970",
        "unix.csv",
        "user_id,timestamp,amount\nC1,1772323200,-5\nC1,1772409600,-6\n",
        (-5.0, -6.0),
        "2026-03-01 2026-03-02",
        asked="currency",
    ),
    export(
        "an opening and a closing balance between payments",
        "statement.csv",
        """
Date,Description,Amount,Balance
2026-03-01,Opening balance,,100.00
2026-03-02,Shop,-5.50,94.50
2026-03-03,Pay,50.00,144.50
2026-03-31,Closing balance,,144.50
""",
        (-5.5, 50.0),
        asked=WHO,
    ),
    export(
        "no sign at all, but the balance falls and rises",
        "unsigned.csv",
        """
Date,Description,Amount,Balance
2026-03-01,A,10.00,90.00
2026-03-02,B,20.00,70.00
2026-03-03,C,50.00,120.00
2026-03-04,D,5.00,115.00
""",
        (-10.0, -20.0, 50.0, -5.0),
        asked="currency,customer,direction",
    ),
    export(
        "open banking in JSON: amount and currency nested, indicator beside",
        "transactions.json",
        """{"Data": {"Transaction": [
{"TransactionId": "t1", "CreditDebitIndicator": "Debit", "Status": "Booked",
 "BookingDateTime": "2026-03-02T00:00:00+00:00", "Amount": {"Amount": "10.50", "Currency": "GBP"}},
{"TransactionId": "t2", "CreditDebitIndicator": "Credit", "Status": "Booked",
 "BookingDateTime": "2026-03-03T00:00:00+00:00", "Amount": {"Amount": "99.00", "Currency": "GBP"}}
]}}""",
        (-10.5, 99.0),
        "2026-03-02 2026-03-03",
        "GBP",
        asked="customer",
    ),
    export(
        "plaid: positive goes out",
        "transactions.json",
        """{"transactions": [
{"transaction_id": "p1", "account_id": "a1", "date": "2026-03-02", "name": "Starbucks",
 "amount": 4.33, "iso_currency_code": "USD"},
{"transaction_id": "p2", "account_id": "a1", "date": "2026-03-03", "name": "Uber ride",
 "amount": 6.33, "iso_currency_code": "USD"},
{"transaction_id": "p3", "account_id": "a1", "date": "2026-03-04", "name": "Payroll deposit",
 "amount": -1500, "iso_currency_code": "USD"}
]}""",
        (-4.33, -6.33, 1500.0),
        currency="USD",
    ),
    export(
        "ofx: commas in TRNAMT, blanks before it, day without time",
        "extrato.ofx",
        """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>BRL
<BANKACCTFROM><BANKID>033<ACCTID>0001<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20150701<DTEND>20150731
<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20150706<TRNAMT>     -12.80<FITID>00451065<MEMO>CAFE</STMTTRN>
<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20150706000000[-3:GMT]<TRNAMT>   -200,00<FITID>00239183<MEMO>ATM
</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>100,00<DTASOF>20150731</LEDGERBAL></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>
""",
        (-12.80, -200.0),
        "2015-07-06 2015-07-06",
        "BRL",
    ),
]
