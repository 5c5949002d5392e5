"""Files of interfaces, of core systems and of portals that name no column. All values are
invented."""

import json

from tests.engine.bank.importing.exports import WHO, export

_PLAID = [
    {
        "account_id": "k7", "amount": amount, "iso_currency_code": "CAD", "date": day,
        "name": name, "payment_channel": channel, "pending": False, "transaction_id": day,
    }
    for day, amount, name, channel in (
        ("2026-03-02", 31.4, "Corner grocer", "in store"),
        ("2026-03-03", -1900.0, "Payroll Dock", "other"),
        ("2026-03-04", 12.5, "Coffee hut", "in store"),
        ("2026-03-05", 8.0, "Bakery", "other"),
    )
]  # fmt: skip

DUMPS = [
    export(
        "a place of payment says no direction",
        "transactions.json",
        json.dumps({"transactions": _PLAID}),
        amounts=[-31.4, 1900, -12.5, -8],
        currency="CAD",
    ),
    export(
        "what is charged to others comes in, where the amounts have their own signs",
        "ledger.csv",
        """
date,customer_id,text,amount,type
2026-03-02,K1,Invoice 7,80.00,charge
2026-03-03,K1,To the bank,-75.00,payout
2026-03-04,K1,Invoice 8,20.50,charge
2026-03-05,K1,To the bank,-19.90,payout
""",
        amounts=[80, -75, 20.5, -19.9],
        asked="currency",
    ),
    export(
        "who is not on a list of those not to be called has agreed to nothing",
        "customers.csv",
        "customer_id,name,HasOptedOutOfEmail,DoNotCall\n"
        "K1,Ida,true,false\nK2,Per,false,false\nK3,Jo,false,true\n",
        consents__customer_id=["K1", "K3"],
        consents__status=["refused", "refused"],
    ),
    export(
        "a day and an amount are found where no column has a name",
        "download.csv",
        '03/02/2026,"-18.40","TRAM 12","+981.60"\n28/01/2026,"+1000.00","PAYROLL DOCK","+1000.00"\n'
        '27/01/2026,"-9.00","BAKERY","+0.00"\n',
        amounts=[-18.4, 1000, -9],
        days="2026-02-03 2026-01-28 2026-01-27",
        asked=f"{WHO},header row",
        accounts__balance=[981.6],
    ),
    export(
        "empty cells of the first row do not make it a header",
        "download.csv",
        '"02/13/2026","-18.40","*","","TRAM"\n"02/14/2026","1000.00","*","","PAYROLL"\n'
        '"02/15/2026","-77.10","*","1044","CHECK"\n',
        amounts=[-18.4, 1000, -77.1],
        asked=f"{WHO},header row",
    ),
    export(
        "rows of payments above a second table are no summary",
        "umsaetze.csv",
        """
"Umsätze Girokonto";"30 Tage";
"Neuer Kontostand";"901,20 EUR";

"Buchungstag";"Wertstellung";"Vorgang";"Buchungstext";"Umsatz in EUR";
"19.03.2026";"19.03.2026";"Lastschrift";"Wasserwerk";"-40,10";
"18.03.2026";"18.03.2026";"Übertrag";"Werft Lohn";"2.900,00";

"Umsätze Karte";"30 Tage";
"Buchungstag";"Umsatztag";"Vorgang";"Referenz";"Buchungstext";"Ort";"Umsatz in EUR";
"17.03.2026";"16.03.2026";"Karte";"R1";"Gasthof";"Kiel";"-20,00";
""",
        amounts=[-40.1, 2900],
        currency="EUR",
        asked="customer",
    ),
    export(
        "a balance in the column of amounts is no payment",
        "extrato.csv",
        """
Data,Histórico,Documento,Valor
30/12/2025,Saldo Anterior,0,700.00
13/01/2026,Recebimento de proventos,1,2100.00
14/01/2026,Saldo final da mesa de jantar,2,-90.50
31/01/2026,S A L D O,0,2709.50
""",
        amounts=[2100, -90.5],
        asked=WHO,
    ),
    export(
        "letters that deny that a payment is booked are asked about in a column of any name",
        "movimenti.csv",
        """
Data;Dettagli;Contabilizzazione;Valuta;Importe
29/03/2026;Stipendio;CONTABILIZZATO;EUR;1500,00
30/03/2026;Forno;CONTABILIZZATO;EUR;-4,10
31/03/2026;Libri;NON CONTABILIZZATO;EUR;-30,00
""",
        amounts=[1500, -4.1, -30],
        asked="customer,rows",
    ),
    export(
        "a core system says what is posted and what was deleted",
        "htd.csv",
        """
TRAN_ID,TRAN_DATE,PART_TRAN_TYPE,TRAN_AMT,TRAN_CRNCY_CODE,PSTD_FLG,DEL_FLG,CUST_ID
S1,13-FEB-26,D,450.00,INR,Y,N,C1
S2,14-FEB-26,C,7500.00,INR,Y,N,C1
S3,15-FEB-26,D,900.00,INR,N,N,C1
S4,16-FEB-26,D,300.00,INR,N,Y,C1
""",
        amounts=[-450, 7500],
        currency="INR",
    ),
    export(
        "why a payment was declined says that it was",
        "transactions.csv",
        """
date,customer_id,text,amount,decline_reason
2026-03-01,K1,Tea,-4.20,
2026-03-02,K1,Salary,1900.00,
2026-03-03,K1,Inn,-65.00,INSUFFICIENT_FUNDS
""",
        amounts=[-4.2, 1900],
        asked="currency",
    ),
    export(
        "balances with a day and an amount are asked about",
        "balances.csv",
        "account_id,customer_id,date,amount,currency,credit_debit_indicator\n"
        "A1,K1,2026-03-31,1230.50,GBP,Credit\nA2,K2,2026-03-31,57.36,GBP,Debit\n",
        asked="table",
    ),
    export(
        "a column a month becomes a row a month where a name says of what",
        "customers.csv",
        "customer_id,name,Spend Jan-26,Spend Feb-26,Salary 2026-01\n"
        'K1,Ida,"1.200,50","90,25","2000,00"\nK2,Per,"70,10",,\n',
        asked="currency",
        months__month=["2026-01-01", "2026-01-01", "2026-02-01"],
        months__spending=[1200.5, 70.1, 90.25],
    ),
    export(
        "a file of months alone is read by its name",
        "balance.csv",
        "customer_id,2026-01,2026-02\nK1,100,120\nK2,50,\n",
        asked="currency",
        months__balance=[100, 50, 120],
    ),
    export(
        "months of which no name says what they hold are asked about",
        "customers.csv",
        "customer_id,name,Jan 2026,Feb 2026\nK1,Ida,100,120\nK2,Per,50,60\n",
        asked="months",
        customers__customer_id=["K1", "K2"],
    ),
    export(
        "in and out below a merged cell are money, and single days no months",
        "export.csv",
        "Date,Customer,Details,Amount,,,Currency\n,,,In,Out,Balance,\n"
        "2026-02-03,K7,Fare,,2.50,47.50,EUR\n2026-02-04,K7,Shift,80.00,,127.50,EUR\n",
        amounts=[-2.5, 80],
    ),
    export(
        "one known word for declined makes a column of states, and the unknown word is asked about",
        "transactions.csv",
        "date,customer_id,text,amount,currency,Olek\n2026-02-03,K7,Fare,-2.50,EUR,Tehtud\n"
        "2026-02-04,K7,Salary,80.00,EUR,Tehtud\n2026-02-05,K7,Inn,-65.00,EUR,Rechazado\n",
        amounts=[-2.5, 80],
        asked="rows",
    ),
    export(
        "the state of a card is not that of the booking",
        "transactions.csv",
        "date,customer_id,text,amount,currency,Card state\n2026-02-03,K7,Fare,-2.50,EUR,Working\n"
        "2026-02-04,K7,Salary,80.00,EUR,Working\n2026-02-05,K7,Inn,-65.00,EUR,Expired\n",
        amounts=[-2.5, 80, -65],
    ),
    export(
        "two groups of months of one figure are asked about, and what is planned or counted too",
        "customers.csv",
        "customer_id,name,Spend 2026-01,Spend 2026-02,Total spend 2026-01,Total spend 2026-02\n"
        "K1,Ida,100,120,40,30\n",
        asked="months",
        customers__customer_id=["K1"],
    ),
    export(
        "what was spent with a minus sign is spending, and the rows of a customer are added up",
        "spending.csv",
        "customer_id,2026-01,2026-02\nK4,-10.50,-4\nK4,-5,0\nK5,-7.00,\n",
        asked="months,currency",
        months__spending=[15.5, 7, 4],
    ),
]
