"""A stranger's workbook: names of its own, and amounts of which only a person knows the way."""

import datetime as dt
import io

import numpy as np
import openpyxl

N_CLIENTS = 40
FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo")
LAST = ("Adler", "Brook", "Crane", "Drake", "Egret")
SHOPS = ("Quillon 4411", "Brightvale", "Ostrava Rd 12", "Menton & Sons", "Larkfield")
SOLD = (
    ("Harbour Saver", "Savings", "An account for a rainy day with a fixed rate"),
    ("Meadow Home Loan", "Mortgage", "Lets you buy a house"),
    ("Compass Card", "Credit Card", "Points and insurance for travel abroad"),
    ("Calm Fund", "Investment", "Income in retirement from bonds"),
)
DAY = dt.datetime(2026, 1, 5)


def workbook(n_days: int = 90) -> bytes:
    """The workbook; more days make next month's.

    Amounts of its payments are positive where somebody paid by card, as on card statements, and
    nothing but a person can tell.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    clients = book.create_sheet("Clients March")
    clients.append(["Client No", "Full Name", "Age", "Job", "Yearly Income", "Wishes"])
    moves = book.create_sheet("Card movements")
    moves.append(["Client No", "Posting Date", "Amount (AUD)", "Details"])
    sold = book.create_sheet("Products")
    sold.append(["Product", "Category", "Description"])
    held = book.create_sheet("Holdings")
    held.append(["Client No", "Product", "Since"])
    for row in SOLD:
        sold.append(row)
    for number in range(N_CLIENTS):
        rng = np.random.default_rng(number)
        client = f"K{1001 + number}"
        name = f"{FIRST[number % 8]} {LAST[number % 5]}"
        income = int(rng.integers(30, 120)) * 1000
        wish = ("travel", "buy a house", "retirement")[number % 3]
        clients.append([client, name, int(rng.integers(20, 75)), "Engineer", income, wish])
        held.append([client, SOLD[number % 4][0], DAY - dt.timedelta(days=30 * (number + 1))])
        for day in range(0, n_days, 6):
            paid = round(float(rng.gamma(2, 40)), 2)
            amount = -paid if day % 30 == 24 else paid
            moved = DAY + dt.timedelta(days=day)
            moves.append([client, moved, amount, SHOPS[int(rng.integers(5))]])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
