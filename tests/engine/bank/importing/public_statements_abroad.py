"""Small statements of other countries in the shapes of public exports, each with what it means.

Names and values are invented; where a shape was reported as read wrong, the case names the project.
"""

from tests.engine.bank.importing.exports import WHO, export

STATEMENTS_ABROAD = [
    export(
        "Swiss apostrophes and whole francs with a dash",
        "postfinance.csv",
        """
Datum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF
28.02.2026;Lohn;5'400.00;;28.02.2026;12'400.50
01.03.2026;Miete;;-1'850.00;01.03.2026;10'550.50
""",
        (5400.0, -1850.0),
        "2026-02-28 2026-03-01",
        "CHF",
        asked="customer",
    ),
    export(
        "French: Débit and Crédit, narrow blanks part thousands",
        "releve.csv",
        """
Date;Libellé;Débit euros;Crédit euros
02/03/2026;CARTE SUPERMARCHE;42,10;
25/03/2026;VIR SALAIRE;;2\u202f100,00
""",
        (-42.10, 2100.0),
        "2026-03-02 2026-03-25",
        "EUR",
        asked="customer",
    ),
    export(
        "Polish: saldo po operacji, code in each cell",
        "historia.csv",
        """
Data operacji;Opis operacji;Kwota;Saldo po operacji
2026-03-02;ZAKUP;-42,10 PLN;957,90 PLN
2026-03-03;WYNAGRODZENIE;2 100,00 PLN;3 057,90 PLN
""".replace("2 100", "2\u00a0100"),
        (-42.10, 2100.0),
        currency="PLN",
        asked="customer",
    ),
    export(
        "Spanish: importe and saldo, a total at the end",
        "movimientos.csv",
        """
Fecha;Concepto;Importe;Saldo
02/03/2026;COMPRA;-42,10;957,90
13/03/2026;NOMINA;2.100,00;3.057,90
Total;;2.057,90;
""",
        (-42.10, 2100.0),
        "2026-03-02 2026-03-13",
        asked=WHO,
    ),
    export(
        "South Africa: a letter before the amount, blanks part thousands",
        "fnb.csv",
        """
Date,Description,Amount
2026/03/02,Shop,-R 420.10
2026/03/03,Salary,R 21 000.00
""",
        (-420.10, 21000.0),
        "2026-03-02 2026-03-03",
        "ZAR",
        asked="customer",
    ),
    export(
        "one letter of another currency is not added up with dollars",
        "mixed.csv",
        """
Customer,Date,Amount
C1,2026-03-02,-$10.00
C1,2026-03-03,-$20.00
C1,2026-03-04,-R 1 234.56
C1,2026-03-05,80.00 Dr USD
""",
        (-10.0, -20.0, -1234.56, -80.0),
        asked="currency",
        transactions__currency=["USD", "USD", "ZAR", "USD"],
    ),
    export(
        "Brazil: R$ before, comma, newest first",
        "extrato.csv",
        """
Data;Lançamento;Valor;Saldo
15/03/2026;PIX RECEBIDO;R$ 1.500,00;R$ 2.350,50
14/03/2026;COMPRA;-R$ 149,50;R$ 850,50
""",
        (1500.0, -149.5),
        "2026-03-15 2026-03-14",
        "BRL",
        asked="customer",
    ),
    export(
        "Japan: no decimals at all",
        "meisai.csv",
        """
Date,Description,Withdrawal (JPY),Deposit (JPY),Balance (JPY)
2026/03/02,Konbini,1200,,98800
2026/03/25,Salary,,250000,348800
""",
        (-1200.0, 250000.0),
        "2026-03-02 2026-03-25",
        "JPY",
        asked="customer",
    ),
    export(
        "text months in a German export",
        "export.csv",
        """
Datum;Text;Betrag EUR
Mo, 02. März 2026;Laden;-5,50
Mi, 04. März 2026;Lohn;1.900,00
""",
        (-5.5, 1900.0),
        "2026-03-02 2026-03-04",
        "EUR",
        asked="customer",
    ),
]
