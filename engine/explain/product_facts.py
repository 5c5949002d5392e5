"""One product in; its rates, fees and limits as readable text, and its points for a sentence."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import pandas as pd

from engine.bank.tables import attributes
from engine.explain.wording import clause, count, figure, listing, money, percent, shorten
from engine.vocabulary import LIST_SEPARATOR

Kind = Literal["card", "insurance", "loan", "investment", "account"]

_KINDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("insurance", r"insur|protection|cover"),
    ("loan", r"loan|mortgage|credit line|line of credit|financ|overdraft"),
    ("card", r"card"),
    ("investment", r"invest|fund|stock|bond|wealth|pension|securit|portfolio|trust"),
)
_WORDS: Final = {
    "travel": "travel|trip|abroad|foreign|flight|airport|lounge|miles|hotel|holiday|international",
    "dining": "dining|restaurant|gourmet|food",
    "house": "home|house|mortgage|property|apartment",
    "housing": "home|house|mortgage|property|rent",
    "family": "famil|child|school",
    "children": "famil|child|school",
    "retirement": "retire|pension|later life|long-term",
    "stability": "guarant|fixed|protect|secure|steady|safe|stable",
    "technology": "tech|software|digital|online|app|gadget|laptop|cloud",
    "shopping": "shop|purchase|cashback|rewards|warranty",
    "entertainment": "entertain|event|ticket|streaming|cashback",
    "health": "health|medical|hospital|care",
    "education": "educat|school|student|stud",
    "investments": "invest|portfolio|fund|growth|return|dividend",
    "investing": "invest|portfolio|fund|growth|return|dividend",
    "save": "saving|interest|deposit|bonus",
    "saving": "saving|interest|deposit|bonus",
    "business": "business|compan|invoice|payroll|working capital|expense",
    "transport": "fuel|car|vehicle|rail|transport",
    "fuel": "fuel|car|vehicle|gas",
    "groceries": "grocer|cashback|everyday|supermarket",
}
"""Word of an interest -> what a product that serves it says of itself."""
_MAX_POINT, _MIN_POINT = 80, 30
_NONE = "none"
_MAX_PRINTED = 40
"""Characters of a range in the source's own words."""
_EMPTY_WORDS = frozenset(
    {"level", "product", "products", "the", "for", "with", "and", "your", "our"}
)
_TELLING_WORDS = 2


def kind_of(product: Mapping[str, Any]) -> Kind:
    """What a product is, by its category and then its name; an account where nothing else fits."""
    for column in ("category", "subcategory", "name"):
        text = product.get(column)
        if isinstance(text, str):
            for kind, pattern in _KINDS:
                if re.search(pattern, text.lower()):
                    return kind
    return "account"


def product_facts(product: Mapping[str, Any], currency: str) -> dict[str, str]:
    """What a card, a loan, an insurance or an investment is judged by: label -> text.

    In the order to show; what a source does not state is left out.
    """
    fields = (*_FIELDS[kind_of(product)], *_COMMON)
    printed = attributes(product)
    return {
        label: text
        for label, column, write in fields
        if not pd.isna(product.get(column))
        and (text := _as_printed(printed, column) or write(product, column, currency))
    }


def point(product: Mapping[str, Any], interest: str, currency: str) -> str:
    """What one product has to say to one interest, ready to follow the product's name.

    Parameters
    ----------
    interest : str
        For example "travel" or "buy a house"; "" asks for the product's main point.

    Returns
    -------
    str
        " has airport lounge access and no foreign fees", or ": 3 % interest"; "" where the
        product says nothing of itself.
    """
    pattern = _pattern(interest)
    features = _features(product)
    matching = [f for f in features if pattern and re.search(pattern, f.lower())]
    has = ": " if kind_of(product) == "insurance" else " has "
    if matching:
        return f"{has}{listing(matching[:2])}"
    described = _described(product)
    if described and pattern and re.search(pattern, described.lower()):
        return f": {described}"
    stated = list(product_facts(product, currency).items())
    if features and not interest:
        return f"{has}{listing(features[:2])}"
    if stated:
        return ": " + listing([_stated(*fact) for fact in stated[:2]])
    if features:
        return f"{has}{listing(features[:2])}"
    return f": {described}" if described else ""


def _pattern(interest: str) -> str:
    words = [w for w in re.findall(r"[a-z]+", interest.lower()) if len(w) > 3]
    return "|".join(rf"\b(?:{_WORDS.get(w, w)})" for w in words)


def _features(product: Mapping[str, Any]) -> list[str]:
    cell = product.get("features")
    items = cell.split(LIST_SEPARATOR.strip()) if isinstance(cell, str) else []
    return [clause(item) for item in items if item.strip()]


def _stated(label: str, text: str) -> str:
    return f"no {clause(label)}" if text == _NONE else f"{clause(label)} {text}"


def _described(product: Mapping[str, Any]) -> str:
    """The first clause of the description; "" where it only says the name again."""
    text = product.get("description")
    if not isinstance(text, str) or not text.strip():
        return ""
    first = re.split(r"(?<=[a-z])\. |: |; ", text.strip(), maxsplit=1)[0]
    named = " ".join(str(product.get(c)) for c in ("name", "category", "subcategory", "tier"))
    new = set(re.findall(r"[a-z]{3,}", first.lower())) - set(re.findall(r"[a-z]+", named.lower()))
    if len(new - _EMPTY_WORDS) < _TELLING_WORDS:
        return ""
    whole, comma, _ = clause(first)[:_MAX_POINT].rpartition(",")
    fits = len(first) <= _MAX_POINT or len(whole) < _MIN_POINT or not comma
    return shorten(clause(first), _MAX_POINT) if fits else whole


_PRINTED: Final = {
    "annual_fee": ("annual_fee",),
    "interest_rate": ("interest_rate",),
    "management_fee": ("management_fee", "expense_ratio"),
    "monthly_premium": ("monthly_premium", "premium_cost"),
    "coverage_amount": ("coverage_amount", "coverage"),
    "deductible": ("deductible", "deductibles"),
}
"""Column -> names under which a source prints the figure as a text of its own."""
_RANGE = re.compile(r"\d[\d.,]*\s*%?\s*(?:-|–|to)\s*[^\d\s]?\s?\d[\d.,]*\s*%?")


def _as_printed(printed: Mapping[str, Any], column: str) -> str:
    """A range as the source prints it; its middle, which we compute with, stands in no file."""
    for name in _PRINTED.get(column, ()):
        text = printed.get(name)
        if isinstance(text, str) and _RANGE.search(text):
            return shorten(text.partition("(")[0].strip(), _MAX_PRINTED)
    return ""


# --- how each column reads ---------------------------------------------------------------------

_Writer = Callable[[Mapping[str, Any], str, str], str]


def _money(product: Mapping[str, Any], column: str, currency: str) -> str:
    return money(product[column], currency)


def _fee(product: Mapping[str, Any], column: str, currency: str) -> str:
    return _NONE if product[column] == 0 else money(product[column], currency)


def _rate(product: Mapping[str, Any], column: str, currency: str) -> str:
    del currency
    return percent(product[column]) if product[column] > 0 else ""


def _if_any(product: Mapping[str, Any], column: str, currency: str) -> str:
    return money(product[column], currency) if product[column] > 0 else ""


def _months(product: Mapping[str, Any], column: str, currency: str) -> str:
    del currency
    months = product[column]
    if 0 < months < 1:
        return count(max(round(months * 30), 1), "day")
    return count(round(months), "month") if months > 0 else ""


def _volatility(product: Mapping[str, Any], column: str, currency: str) -> str:
    """A share a year up to 1; sources that grade it 1-10 stay above."""
    del currency
    value = product[column]
    return f"{figure(value)} of 10" if value > 1 else f"{percent(value)} a year"


def _range(low: str) -> _Writer:
    """Amounts "from ... to ..."; the upper end alone where the source has no lower one."""

    def write(product: Mapping[str, Any], column: str, currency: str) -> str:
        least, most = product.get(low), product[column]
        if pd.isna(least) or least == most:
            return f"up to {money(most, currency)}"
        return f"{money(least, currency)} to {figure(most)}"

    return write


def _from(high: str) -> _Writer:
    """The lower end alone, where there is no upper one."""

    def write(product: Mapping[str, Any], column: str, currency: str) -> str:
        return f"from {money(product[column], currency)}" if pd.isna(product.get(high)) else ""

    return write


_FIELDS: Final[dict[Kind, tuple[tuple[str, str, _Writer], ...]]] = {
    "card": (
        ("Rewards", "rewards_rate", _rate),
        ("Annual fee", "annual_fee", _fee),
        ("Interest rate", "interest_rate", _rate),
        ("Credit limit", "credit_limit_max", _range("credit_limit_min")),
        ("Credit limit", "credit_limit_min", _from("credit_limit_max")),
    ),
    "insurance": (
        ("Monthly premium", "monthly_premium", _money),
        ("Cover", "coverage_amount", _if_any),
        ("Deductible", "deductible", _fee),
    ),
    "loan": (
        ("Interest rate", "interest_rate", _rate),
        ("Amount", "loan_amount_max", _range("loan_amount_min")),
        ("Amount", "loan_amount_min", _from("loan_amount_max")),
        ("Term", "term_months", _months),
    ),
    "investment": (
        ("Expected return", "expected_return", _rate),
        ("Minimum investment", "min_investment", _if_any),
        ("Volatility", "volatility", _volatility),
        ("Management fee", "management_fee", _rate),
    ),
    "account": (
        ("Interest rate", "interest_rate", _rate),
        ("Minimum balance", "min_balance", _if_any),
        ("Minimum deposit", "min_investment", _if_any),
        ("Management fee", "management_fee", _rate),
        ("Annual fee", "annual_fee", _fee),
    ),
}
_COMMON: Final[tuple[tuple[str, str, _Writer], ...]] = (
    ("Monthly fee", "monthly_fee", _fee),
    ("Lock-in", "lock_in_months", _months),
)
