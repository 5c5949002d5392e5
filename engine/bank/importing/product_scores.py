"""Products without category, type or scores in; a documented estimate of each out."""

import re

import numpy as np
import pandas as pd

from engine.bank.parsing.word_search import says
from engine.vocabulary import PRODUCT_SCORES

CATEGORIES: tuple[tuple[str, str], ...] = (
    ("Mortgage", r"mortgage|home equity|home loan"),
    ("Insurance", r"insurance|protection plan|cover\b"),
    ("Credit Card", r"credit card|charge card|debit card|prepaid card|\bcard\b"),
    ("Loan", r"\bloans?\b|refinanc|financing|overdraft|line of credit|guarantee"),
    ("Pension", r"retire|pension|\bira\b|401k"),
    ("Deposit", r"certificate of deposit|\bdeposits?\b|\bcd\b"),
    ("Savings", r"saving|money market"),
    ("Trust and Estate", r"\btrust\b|estate"),
    ("Tax Service", r"\btax"),
    ("Business Service", r"business (?:advis|strateg|plan)"),
    (
        "Investment",
        r"invest|fund|portfolio|robo|wealth|securit|stock|bond|brokerage|trading|crypto",
    ),
    (
        "Current Account",
        r"checking|current account|payroll account|e-account|business banking|account",
    ),
    ("Advice", r"advis|planning|strateg"),
    ("Payments", r"payment|direct debit|payroll|transfer"),
)
"""First pattern that the name matches, else the tags and the description (own choice)."""

_SERVICE = re.compile(
    r"customer support|complaint|help ?desk|resolution|contact (?:us|centre)", re.I
)
_CONTENT = re.compile(r"\bguide\b|article|webinar|newsletter|video|tutorial", re.I)
_SENSITIVE = re.compile(r"loan|mortgage|credit|overdraft|plastic card|refinanc", re.I)
_NO_CREDIT = re.compile(
    r"\b(?:debit|prepaid|maestro|electron|salary card)\b|no credit facility", re.I
)

_BASE: dict[str, tuple[float, float, float, float, float]] = {
    # category: customer's risk, customer's value, profit, bank's risk, retention (own choice,
    # in the order of a catalogue that has scores: cards 2-5, insurance low, investments 1-10)
    "Savings": (1, 5, 3, 1, 7),
    "Deposit": (1, 5, 3, 1, 7),
    "Current Account": (1, 5, 3, 1, 8),
    "Payments": (1, 4, 3, 1, 8),
    "Credit Card": (4, 5, 6, 5, 6),
    "Loan": (5, 5, 7, 6, 5),
    "Mortgage": (5, 7, 6, 5, 9),
    "Insurance": (1, 6, 6, 3, 7),
    "Pension": (3, 7, 5, 2, 9),
    "Investment": (5, 6, 6, 2, 6),
    "Trust and Estate": (2, 7, 7, 2, 8),
    "Tax Service": (1, 6, 4, 1, 5),
    "Business Service": (2, 6, 5, 1, 6),
    "Advice": (2, 6, 5, 1, 6),
    "Other": (3, 5, 5, 3, 5),
}
_NO_MARKET = ("Credit Card", "Loan", "Mortgage", "Insurance")
"""Kinds whose worth no market moves, whatever their words speak of."""
_MARKET_SHIFTS: tuple[tuple[str, tuple[float, float, float, float, float]], ...] = (
    (
        r"high[- ]risk|crypto|derivativ|options trading|futures|hedge fund|leverag|day trading",
        (4, 0, 1, 1, -1),
    ),
    (
        r"equity fund|stocks|\bshares\b|securities|for growth|foreign currency|forex",
        (2, 1, 0, 0, 0),
    ),
)
_SHIFTS: tuple[tuple[str, tuple[float, float, float, float, float]], ...] = (
    (r"fdic|guaranteed|government|insured|low[- ]risk|capital safety|secure\b", (-1, 0, -1, -1, 0)),
    (r"platinum|elite|premium|concierge|lounge|wealth", (1, 2, 2, 0, 1)),
    (r"\bgold\b|rewards|cashback|cash back", (0, 1, 1, 0, 1)),
    (r"unsecured|no collateral", (1, 0, 1, 2, 0)),
    (r"collateral|secured loan|\bsecured\b", (1, 0, 0, -2, 1)),
)

_DEBIT_SHIFT = (-3, -1, -3, -4, 0)
"""A card that lends nothing: debit, prepaid and salary cards."""


def categorise(products: pd.DataFrame) -> pd.Series:
    """Category of each product: its own, else by name, else by tags and description."""
    category = products["category"].copy()
    for columns in (["name"], ["tags", "description"]):
        said = _joined(products, columns)
        for name, pattern in CATEGORIES:
            hits = category.isna() & says(said, pattern, any_case=True)
            category = category.mask(hits, name)
    return category.fillna("Other")


def item_types(products: pd.DataFrame) -> pd.Series:
    """product, service or content: its own, else by name."""
    name = products["name"].fillna("")
    types = pd.Series("product", index=products.index, dtype="str")
    types = types.mask(says(name, _SERVICE), "service")
    types = types.mask(says(name, _CONTENT), "content")
    return products["item_type"].fillna(types)


def sensitive(products: pd.DataFrame) -> pd.Series:
    """Credit and loans are sensitive: a wrong offer can hurt."""
    return products["sensitive"].fillna(_called_credit(products).astype("boolean"))


def lends(products: pd.DataFrame) -> np.ndarray:
    """Which products lend money, bool of shape (n_products,): by name, or by amounts to lend.

    Unlike `sensitive` nobody's flag changes it.
    """
    amounts = products[
        ["loan_amount_min", "loan_amount_max", "credit_limit_min", "credit_limit_max"]
    ]
    has_amount = (amounts.fillna(0) > 0).any(axis="columns")
    return (_called_credit(products) | has_amount).to_numpy(dtype=bool)


def _called_credit(products: pd.DataFrame) -> pd.Series:
    said = _joined(products, ["category", "name"])
    credit = (products["category"] != "Insurance") & says(said, _SENSITIVE)
    debit = says(said + " " + products["description"].fillna(""), _NO_CREDIT)
    return credit & ~debit


def estimate(products: pd.DataFrame) -> pd.DataFrame:
    """Fill missing scores by rule and flag those products as estimated.

    A product starts at its category's base, moves by what its words say, then by its figures:
    an interest rate above 15 % costs the customer value and earns the bank more; a yearly fee
    above 100 earns the bank more; a lock-in of a year or more adds retention and costs value;
    a high minimum investment adds value and profit. The result is clipped to 0-10 and rounded
    to halves. Source: own choice.
    """
    products = products.copy()
    scores = list(PRODUCT_SCORES)
    order = ["risk_customer", "value_customer", "profit_margin", "risk_bank", "retention_value"]
    base = np.array([_BASE[_family(c)] for c in products["category"].fillna("Other")]).reshape(
        -1, 5
    )
    said = _joined(products, ["name", "subcategory", "tier", "features", "tags", "description"])
    family = products["category"].fillna("Other").map(_family)
    invests = ~family.isin(_NO_MARKET).to_numpy()
    for pattern, shift in (*_MARKET_SHIFTS, *_SHIFTS):
        hits = says(said, pattern, any_case=True)
        if (pattern, shift) in _MARKET_SHIFTS:
            hits = hits & invests
        base = base + hits[:, None] * np.array(shift)
    card = family == "Credit Card"
    lends_nothing = card.to_numpy(dtype=bool) & says(said, _NO_CREDIT)
    base = base + lends_nothing[:, None] * np.array(_DEBIT_SHIFT) + _figure_shifts(products)
    estimated = pd.DataFrame(
        np.round(base.clip(0, 10) * 2) / 2, columns=order, index=products.index
    )
    missing = products[scores].isna()
    products[scores] = products[scores].fillna(estimated[scores])
    products["scores_estimated"] = products["scores_estimated"].fillna(
        missing.any(axis="columns").astype("boolean")
    )
    return products


def _figure_shifts(products: pd.DataFrame) -> np.ndarray:
    """Shifts of shape (n_products, 5) from rates, fees, lock-in and minimum investment."""

    def above(column: str, limit: float) -> np.ndarray:
        return (products[column] > limit).to_numpy(dtype="float64")

    borrowed = products["sensitive"].fillna(False).to_numpy(dtype="float64")
    dear = above("interest_rate", 0.15) * borrowed
    fee = above("annual_fee", 100)
    locked = above("lock_in_months", 11.9)
    large = above("min_investment", 99_999)
    volatile = products["volatility"].fillna(5).sub(5).to_numpy() * 0.8
    nothing = np.zeros(len(products))
    return np.column_stack(
        [
            dear + locked * 0.5 + volatile,
            large - dear - locked,
            dear + fee + large,
            dear,
            locked - fee * 0.5 + nothing,
        ]
    )


def _family(category: str) -> str:
    """The base row of a category that the source named in its own words."""
    if category in _BASE:
        return category
    return next((n for n, p in CATEGORIES if re.search(p, category, re.IGNORECASE)), "Other")


def _joined(products: pd.DataFrame, columns: list[str]) -> pd.Series:
    parts = [products[c].fillna("") for c in columns]
    return parts[0].str.cat(parts[1:], sep=" ") if len(parts) > 1 else parts[0]
