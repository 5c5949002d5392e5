"""Files as people download them from their bank or app: names of columns as published, values
invented. Beside each: what a person would add up of it by hand."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PublicExport:
    """One file, and what is right of it.

    Attributes
    ----------
    file : str
    content : bytes
    amounts : tuple of float
        Signed, of the rows that count, by day and then by size.
    days : tuple of str
        First and last day.
    currency : str
        Empty where nothing in the file says it.
    apart : mapping of str to int
        Kind of rows that do not count -> how many.
    guesses : tuple of str
        What the file itself does not tell, beside the currency.
    """

    file: str
    content: bytes
    amounts: tuple[float, ...]
    days: tuple[str, str]
    currency: str = ""
    apart: dict[str, int] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()


EXPORTS = {
    "paypal": PublicExport(
        "Download.csv",
        b'"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net",'
        b'"From Email Address","To Email Address","Transaction ID","Balance"\r\n'
        b'"13/01/2025","10:00:00","GMT","Ida Sand","Payment","Completed","GBP","100.00","-3.20",'
        b'"96.80","a@x.example","me@x.example","T1","196.80"\r\n'
        b'"14/01/2025","11:00:00","GMT","Book shop","Express Checkout Payment","Completed","GBP",'
        b'"-20.00","0.00","-20.00","me@x.example","b@x.example","T2","176.80"\r\n'
        b'"15/01/2025","12:00:00","GMT","Jon Reed","Payment","Completed","GBP","1,050.00","-35.90",'
        b'"1,014.10","c@x.example","me@x.example","T3","1,190.90"\r\n'
        b'"16/01/2025","12:30:00","GMT","Hotel","Authorization","Pending","GBP","-80.00","0.00",'
        b'"-80.00","me@x.example","d@x.example","T4","1,190.90"\r\n',
        (96.8, -20.0, 1014.1),
        ("2025-01-13", "2025-01-15"),
        "GBP",
        {"pending": 1},
    ),
    "revolut": PublicExport(
        "account-statement.csv",
        b"Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        b"TOPUP,Current,2025-01-02 09:00:00,2025-01-02 09:01:00,Top-Up by *1234,500.00,0.00,EUR,"
        b"COMPLETED,500.00\n"
        b"CARD_PAYMENT,Current,2025-01-03 09:00:00,2025-01-04 10:00:00,Cafe,-4.50,0.00,EUR,"
        b"COMPLETED,495.50\n"
        b"TRANSFER,Current,2025-01-05 09:00:00,2025-01-05 09:00:10,To Jon,-100.00,1.20,EUR,"
        b"COMPLETED,394.30\n"
        b"ATM,Current,2025-01-06 09:00:00,2025-01-06 09:00:10,Cash,-200.00,2.00,EUR,"
        b"COMPLETED,192.30\n"
        b"CARD_PAYMENT,Current,2025-01-07 09:00:00,,Hotel,-90.00,0.00,EUR,REVERTED,\n"
        b"CARD_PAYMENT,Current,2025-01-08 09:00:00,,Fuel,-35.00,0.00,EUR,PENDING,\n",
        (500.0, -4.5, -101.2, -202.0),
        ("2025-01-02", "2025-01-06"),
        "EUR",
        {"pending": 1, "reversed": 1},
    ),
    "wise": PublicExport(
        "statement_1_EUR.csv",
        b'"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance",'
        b'"Exchange From","Exchange To","Exchange Rate","Payer Name","Payee Name",'
        b'"Payee Account Number",Merchant,"Card Last Four Digits","Card Holder Full Name",'
        b'Attachment,Note,"Total fees"\n'
        b"TRANSFER-3,15-01-2025,-50.00,EUR,Sent money to Jon,,950.50,,,,,Jon Reed,,,,,,,0.45\n"
        b"CARD-2,14-01-2025,-12.30,EUR,Card transaction,,1000.50,,,,,,,Cafe,1234,Ida Sand,,,0.00\n"
        b"TRANSFER-1,13-01-2025,1012.80,EUR,Received money,,1012.80,,,,Ida Sand,,,,,,,,0.00\n",
        (1012.8, -12.3, -50.0),
        ("2025-01-13", "2025-01-15"),
        "EUR",
    ),
    "mint": PublicExport(
        "transactions.csv",
        b'"Date","Description","Original Description","Amount","Transaction Type","Category",'
        b'"Account Name","Labels","Notes"\n'
        b'"1/03/2025","Grocer","GROCER 12","45.10","debit","Groceries","Checking","",""\n'
        b'"1/15/2025","Payroll","ACME PAYROLL","2000.00","credit","Paycheck","Checking","",""\n'
        b'"1/20/2025","Refund","SHOP REFUND","12.00","credit","Shopping","Card","",""\n',
        (-45.1, 2000.0, 12.0),
        ("2025-01-03", "2025-01-20"),
    ),
    "ynab": PublicExport(
        "Register.csv",
        b'"Account","Flag","Date","Payee","Category Group/Category","Category Group","Category",'
        b'"Memo","Outflow","Inflow","Cleared"\n'
        b'"Checking","","01/13/2025","Grocer","Food: Grocer","Food","Grocer","",$45.10,$0.00,'
        b'"Cleared"\n'
        b'"Checking","","01/15/2025","Employer","Inflow: Ready","Inflow","Ready","",$0.00,'
        b'$2000.00,"Reconciled"\n'
        b'"Checking","","01/20/2025","Cafe","Food: Out","Food","Out","",$6.20,$0.00,"Uncleared"\n',
        (-45.1, 2000.0),
        ("2025-01-13", "2025-01-15"),
        apart={"pending": 1},
    ),
    "nubank account": PublicExport(
        "NU_1.csv",
        "Data,Valor,Identificador,Descrição\n"
        "13/01/2025,-37.79,68138eea-2d,Compra no débito - Padaria\n"
        "15/01/2025,2500.00,68138eea-2e,Transferência recebida pelo Pix - Empresa\n"
        "16/01/2025,-120.00,68138eea-2f,Pagamento de boleto efetuado\n".encode(),
        (-37.79, 2500.0, -120.0),
        ("2025-01-13", "2025-01-16"),
    ),
    "nubank card": PublicExport(
        "nubank-2025-01.csv",
        b"date,title,amount\n2025-01-13,Studio Z - Parcela 1/3,106.66\n"
        b"2025-01-14,Burger King,72.80\n2025-01-15,Uber,19.90\n2025-01-16,Amazon,55.00\n"
        b"2025-01-20,Pagamento recebido,-558.53\n",
        (-106.66, -72.8, -19.9, -55.0, 558.53),
        ("2025-01-13", "2025-01-20"),
    ),
    "itau": PublicExport(
        "extrato.csv",
        "data;lançamento;ag./origem;valor (R$);saldos (R$)\n"
        "12/01/2025;SALDO ANTERIOR;;;R$ 1.000,00\n"
        "13/01/2025;PIX TRANSF JOAO;1234;-R$ 34,56;R$ 965,44\n"
        "15/01/2025;SALARIO;1234;R$ 2.234,56;R$ 3.200,00\n".encode("cp1252"),
        (-34.56, 2234.56),
        ("2025-01-13", "2025-01-15"),
        "BRL",
        {"opening or closing balance": 1},
    ),
    "postfinance": PublicExport(
        "export_movements.csv",
        'Datum von:;="2025-01-01"\nDatum bis:;="2025-01-31"\nBuchungsart:;="Alle"\n'
        'Konto:;="CH9300762011623852957"\nWährung:;="CHF"\n\n'
        "Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie\n"
        "24.01.2025;Zahlung;Gehalt;6500.00;;;\n"
        "15.01.2025;Kauf;Bäckerei Zürich;;-12.40;;\n"
        "13.01.2025;Zahlung;Miete;;-1850.00;;\n\nDisclaimer:\nNo warranty\n".encode(),
        (-1850.0, -12.4, 6500.0),
        ("2025-01-13", "2025-01-24"),
        "CHF",
    ),
    "ubs": PublicExport(
        "transactions-ubs.csv",
        "Kontonummer:;0234 00103914.40;\nIBAN:;CH62 0023 4234 0010 3914 0;\nVon:;2025-01-01;\n"
        "Bis:;2025-01-31;\nAnfangssaldo:;10'000.00;\nSchlusssaldo:;14'637.60;\n"
        "Bewertet in:;CHF;\nAnzahl Transaktionen in diesem Zeitraum:;3;\n\n"
        "Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;"
        "Einzelbetrag;Saldo;Transaktions-Nr.;Beschreibung1;Beschreibung2;Beschreibung3;Fussnoten\n"
        "2025-01-24;;2025-01-24;2025-01-24;CHF;;6'500.00;;14'637.60;N3;Arbeitgeber AG;Gehalt;;\n"
        "2025-01-15;;2025-01-15;2025-01-15;CHF;-12.40;;;8'137.60;N2;Bäckerei;Zürich;;\n"
        "2025-01-13;;2025-01-13;2025-01-13;CHF;-1'850.00;;;8'150.00;N1;Vermieter;Miete;;\n".encode(),
        (-1850.0, -12.4, 6500.0),
        ("2025-01-13", "2025-01-24"),
        "CHF",
    ),
    "japanese bank": PublicExport(
        "meisai.csv",
        "お取引日,摘要,お預り金額,お支払金額,差引残高\n"
        '令和7年1月13日,給与,"250,000",,"350,000"\n'
        '令和7年1月15日,スーパー,,"12,345","337,655"\n'
        '令和7年1月31日,家賃,,"80,000","257,655"\n'.encode("cp932"),
        (250_000.0, -12_345.0, -80_000.0),
        ("2025-01-13", "2025-01-31"),
        guesses=("decimal sign",),
    ),
    "mufg": PublicExport(
        "mufg.csv",
        '"日付","摘要","摘要内容","支払い金額","預かり金額","差引残高","メモ"\n'
        '"2025/1/13","給料","カ)シヨウジ","","250,000","350,000",""\n'
        '"2025/1/15","カ-ド","コンビニ","1,200","","348,800",""\n'.encode("cp932"),
        (250_000.0, -1_200.0),
        ("2025-01-13", "2025-01-15"),
        guesses=("decimal sign",),
    ),
    "swedish bank": PublicExport(
        "kontoutdrag.csv",
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
        "2025-01-25;32 500,00;;;Arbetsgivare;Lön;41 234,50;SEK\n"
        "2025-01-14;-265,50;;;ICA;Kortköp;8 734,50;SEK\n"
        "2025-01-13;-8 000,00;;;Hyresvärd;Hyra;9 000,00;SEK\n".encode(),
        (-8000.0, -265.5, 32_500.0),
        ("2025-01-13", "2025-01-25"),
        "SEK",
    ),
    "amex": PublicExport(
        "activity.csv",
        b"Date,Description,Card Member,Account #,Amount\n"
        b"01/13/2025,GROCER MARKET,IDA SAND,-11001,45.10\n01/14/2025,HOTEL,IDA SAND,-11001,210.00\n"
        b"01/15/2025,COFFEE SHOP,IDA SAND,-11001,4.50\n"
        b"01/20/2025,PAYMENT RECEIVED - THANK YOU,IDA SAND,-11001,-259.60\n",
        (-45.1, -210.0, -4.5, 259.6),
        ("2025-01-13", "2025-01-20"),
    ),
    "chase card": PublicExport(
        "Chase1234_Activity.csv",
        b"Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
        b"01/13/2025,01/14/2025,GROCER,Groceries,Sale,-45.10,\n"
        b"01/15/2025,01/16/2025,SHOP,Shopping,Return,12.00,\n"
        b"01/20/2025,01/20/2025,Payment Thank You-Mobile,,Payment,300.00,\n",
        (-45.1, 12.0, 300.0),
        ("2025-01-13", "2025-01-20"),
        guesses=("direction",),
    ),
    "monzo": PublicExport(
        "MonzoDataExport.csv",
        b"Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,"
        b"Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,"
        b"Money In\n"
        b"tx_1,13/01/2025,08:00:00,Faster payment,Employer,,Income,1500.00,GBP,1500.00,GBP,,,,"
        b"SALARY,,,1500.00\n"
        b"tx_2,14/01/2025,09:00:00,Card payment,Cafe,,Eating out,-3.40,GBP,-4.00,EUR,,,,CAFE,,"
        b"-3.40,\n",
        (1500.0, -3.4),
        ("2025-01-13", "2025-01-14"),
        "GBP",
    ),
    "starling": PublicExport(
        "StarlingStatement.csv",
        b"Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes\n"
        b"13/01/2025,Employer,SALARY,FASTER PAYMENT,1500.00,1500.00,INCOME,\n"
        b"14/01/2025,Cafe,CAFE 1,CONTACTLESS,-3.40,1496.60,EATING_OUT,\n"
        b"15/01/2025,Jon,RENT,FASTER PAYMENT,-700.00,796.60,BILLS,\n",
        (1500.0, -3.4, -700.0),
        ("2025-01-13", "2025-01-15"),
        "GBP",
    ),
    "n26": PublicExport(
        "n26-csv-transactions.csv",
        b'"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference",'
        b'"Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n'
        b'2025-01-13,2025-01-13,Employer,DE89370400440532013000,Income,Salary,"Main Account",'
        b"1500.00,,,\n"
        b'2025-01-14,2025-01-14,Cafe,,"MasterCard Payment",,"Main Account",-3.40,3.70,USD,1.088\n',
        (1500.0, -3.4),
        ("2025-01-13", "2025-01-14"),
        "EUR",
    ),
    "barclaycard": PublicExport(
        "barclaycard.csv",
        b"Transaction Date,Posting Date,Billing Amount,Merchant,Merchant City,Reference Number,"
        b"Debit/Credit Flag,SICMCC Code\n"
        b"13/01/2025,14/01/2025,45.10,Grocer,Leeds,R1,D,5411\n"
        b"14/01/2025,15/01/2025,210.00,Hotel,York,R2,D,7011\n"
        b"20/01/2025,20/01/2025,259.60,Payment Thank You,,R3,C,0\n",
        (-45.1, -210.0, 259.6),
        ("2025-01-13", "2025-01-20"),
    ),
}
"""The shape -> its file."""
