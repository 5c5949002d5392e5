"""Whole banks in the shapes of public exports, with what a person would add up of them by hand."""

import datetime as dt
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import openpyxl

FIRST = dt.date(2025, 9, 1)


@dataclass
class PublicBank:
    """Files, and the sums of the payments that count, in cents, by file."""

    files: dict[str, bytes]
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    n_customers: int = 0
    currency: str = ""


def _payments(seed: int, n: int, days: int = 180) -> list[tuple[dt.date, int, str]]:
    """A household's payments: day, cents (negative is out), text; sorted by day."""
    draw = random.Random(seed)
    rows = []
    for month in range(days // 30):
        rows.append((FIRST + dt.timedelta(30 * month + 24), 240_000 + 100 * seed, "salary"))
        rows.append((FIRST + dt.timedelta(30 * month + 1), -95_050, "rent"))
    for _ in range(n):
        day = FIRST + dt.timedelta(draw.randrange(days))
        rows.append((day, -draw.randrange(250, 18_000), draw.choice(["grocer", "fuel", "cafe"])))
    return sorted(rows)


def _sums(cents: list[int]) -> tuple[int, int]:
    return sum(c for c in cents if c > 0), -sum(c for c in cents if c < 0)


def _csv(rows: list[list[object]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    quoted = (
        '"' + str(cell) + '"' if delimiter in str(cell) else str(cell)
        for row in rows
        for cell in row
    )
    cells = iter(quoted)
    lines = [delimiter.join(next(cells) for _ in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def core_banking() -> PublicBank:
    """A core system's dump: parties, accounts, a link table between them, postings by account."""
    draw = random.Random(1)
    parties = [["CIF_NO", "FULL_NAME", "DATE_OF_BIRTH", "CITY", "SEGMENT_CD"]]
    accounts = [["ACCT_NO", "CIF_NO", "PROD_CD", "CCY", "LEDGER_BAL", "OPEN_DT", "ACCT_STATUS"]]
    postings = [["TXN_ID", "ACCT_NO", "VALUE_DT", "DR_CR_IND", "TXN_AMT", "CCY", "NARRATION"]]
    cents = []
    for n in range(40):
        cif = f"{700100 + n}"
        parties.append(
            [cif, f"Person {n:02d}", f"{1950 + n}-03-{1 + n % 28:02d}", "Leeds", "RETAIL"]
        )
        product = ["CURRENT", "SAVINGS", "CARD"][n % 3]
        number = f"0040{n:06d}"
        accounts.append(
            [number, cif, product, "GBP", f"{draw.randrange(10_000, 900_000) / 100:.2f}",
             f"2019-{1 + n % 12:02d}-05", "ACTIVE"]
        )  # fmt: skip
        for day, amount, text in _payments(n, 6):
            cents.append(amount)
            postings.append(
                [f"T{len(postings):07d}", number, day.isoformat(), "D" if amount < 0 else "C",
                 f"{abs(amount) / 100:.2f}", "GBP", text.upper()]
            )  # fmt: skip
    files = {
        "PARTY.csv": _csv(parties),
        "ACCOUNT.csv": _csv(accounts),
        "POSTING.csv": _csv(postings),
    }
    return PublicBank(files, {"POSTING.csv": _sums(cents)}, 40, "GBP")


def french_statements() -> PublicBank:
    """A folder of account statements in French: semicolons, decimal commas, a title, cp1252."""
    files, sums = {}, {}
    texts = {"salary": "VIR SALAIRE", "rent": "PRLV LOYER", "grocer": "CB SUPERMARCHÉ",
             "fuel": "CB STATION", "cafe": "CB CAFÉ"}  # fmt: skip
    for n in range(6):
        balance = 120_000 + n
        rows: list[list[object]] = [[f"Relevé de compte n° 0000{n}; période du 01/09/2025"]]
        rows.append(["Date", "Libellé", "Débit euros", "Crédit euros", "Solde"])
        cents = []
        for day, amount, text in _payments(10 + n, 30):
            balance += amount
            cents.append(amount)
            debit, credit = (_comma(-amount), "") if amount < 0 else ("", _comma(amount))
            rows.append([f"{day:%d/%m/%Y}", texts[text], debit, credit, _comma(balance)])
        name = f"releve_{n}.csv"
        rows[0] = rows[0] + [""] * 4
        files[name] = _csv(rows, ";", "cp1252")
        sums[name] = _sums(cents)
    return PublicBank(files, sums, 6, "EUR")


def _comma(cents: int) -> str:
    return f"{cents / 100:,.2f}".replace(",", " ").replace(".", ",")


def aud_workbook() -> PublicBank:
    """A workbook of one sheet: unsigned amounts, newest first, with the balance after each."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Transactions"
    sheet.append(["Customer ID", "Account", "Date", "Description", "Amount (AUD)", "Balance (AUD)"])
    cents, rows = [], []
    for n in range(12):
        balance = 350_000 + 7 * n
        for day, amount, text in _payments(30 + n, 20):
            balance += amount
            cents.append(amount)
            when = dt.datetime(day.year, day.month, day.day)
            rows.append([f"AU{n:03d}", f"{n:03d}-1", when, text, abs(amount) / 100, balance / 100])
    for row in rows[::-1]:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    book.close()
    return PublicBank(
        {"accounts.xlsx": content.getvalue()}, {"accounts.xlsx": _sums(cents)}, 12, "AUD"
    )


def us_card() -> PublicBank:
    """A card file whose charges are positive, and customers with products as flags."""
    people = [["CustomerId", "Surname", "CreditScore", "Age", "EstimatedSalary", "HasCrCard",
               "Mortgage", "SavingsAccount"]]  # fmt: skip
    moves = [
        ["Transaction Date", "Post Date", "Description", "Category", "CustomerId", "Amount ($)"]
    ]
    cents, draw = [], random.Random(5)
    shops = {"grocer": ("WHOLE GROCER #12", "Groceries"), "fuel": ("FUEL STOP", "Gas"),
             "cafe": ("CORNER CAFE", "Dining")}  # fmt: skip
    for n in range(30):
        people.append([15600000 + n, f"Name{n}", 550 + 7 * n, 22 + n, f"{41000 + 731.5 * n:.2f}",
                       1, n % 2, int(n % 3 == 0)])  # fmt: skip
        for day, amount, text in _payments(60 + n, 15):
            if text not in shops:
                continue
            cents.append(amount)
            moves.append([f"{day:%m/%d/%Y}", f"{day + dt.timedelta(1):%m/%d/%Y}", *shops[text],
                          15600000 + n, f"{-amount / 100:.2f}"])  # fmt: skip
        paid = draw.randrange(20_000, 90_000)
        cents.append(paid)
        moves.append(["12/20/2025", "12/21/2025", "PAYMENT THANK YOU", "Payment", 15600000 + n,
                      f"-{paid / 100:.2f}"])  # fmt: skip
    files = {"Churn_Modelling.csv": _csv(people), "card_transactions.csv": _csv(moves)}
    return PublicBank(files, {"card_transactions.csv": _sums(cents)}, 30, "USD")


def indian_sample() -> PublicBank:
    """Transactions alone: withdrawals and deposits in lakh, days as 29-Jun-25, no customers."""
    rows = [["Account No", "DATE", "TRANSACTION DETAILS", "VALUE DATE", "WITHDRAWAL AMT",
             "DEPOSIT AMT", "BALANCE AMT"]]  # fmt: skip
    cents = []
    for n in range(5):
        balance = 2_345_678_90 + n
        for day, amount, text in _payments(90 + n, 25):
            amount *= 37
            balance += amount
            cents.append(amount)
            out, into = (_lakh(-amount), "") if amount < 0 else ("", _lakh(amount))
            when = f"{day:%d-%b-%y}"
            rows.append([f"40900061117{n}'", when, text.upper(), when, out, into, _lakh(balance)])
    return PublicBank({"bank.csv": _csv(rows)}, {"bank.csv": _sums(cents)}, 5, "INR")


def _lakh(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ("-" if cents < 0 else "") + ",".join([*groups, tail]) + f".{rest:02d}"


BANKS: Mapping[str, PublicBank] = {
    "core banking": core_banking(),
    "french statements": french_statements(),
    "aud workbook": aud_workbook(),
    "us card": us_card(),
    "indian sample": indian_sample(),
}
