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
    "realestate": "realestate|propert|mortgage",
    "family": "famil|child|school|life insurance|life cover",
    "children": "famil|child|school|life insurance|life cover",
    "retirement": "retire|pension|annuit|later life|long-term",
    "stability": "guarant|fixed|protect|secure|steady|safe|stable",
    "technology": r"tech|software|digital|online|apps?\b|gadget|laptop|cloud",
    "shopping": "shop|purchase|cashback|rewards|warranty",
    "entertainment": "entertain|event|ticket|streaming|cashback",
    "health": r"health|medical|hospital|care\b",
    "education": "educat|school|student|stud",
    "investments": r"invest|portfolio|funds?\b|growth|returns\b|dividend",
    "investing": r"invest|portfolio|funds?\b|growth|returns\b|dividend",
    "save": "saving|interest|deposit|bonus",
    "saving": "saving|interest|deposit|bonus",
    "business": "business|compan|invoice|payroll|working capital|expense",
    "transport": r"fuel|cars?\b|vehicle|rail|transport",
    "fuel": r"fuel|cars?\b|vehicle|gas\b",
    "world": "travel|trip|abroad|foreign|flight|airport|hotel|holiday|international",
    "groceries": "grocer|cashback|supermarket",
}
"""Word of an interest -> what a product that serves it says of itself."""
_LIMITED: Final = re.compile(r"\b(?:cashback|rewards|points)\b(?=.*\b(?:on|at|in|for)\b)")
"""Rewards that are given for something, which then says for what."""
_UNTELLING: Final = frozenset(
    {"account", "bank", "banking", "service", "services", "product", "products", "money"}
    | {"finance", "finances", "financial", "goal", "goals", "plan", "planning", "plans"}
    | {"from", "have", "into", "more", "over", "some", "that", "this", "toward", "towards"}
    | {"under", "with", "become", "best", "better", "control", "first", "good", "high", "make"}
    | {"next", "open", "start", "year", "years"}
)
"""Words that so many products have that they bear on none."""
_WEAK: Final = frozenset(
    {"save", "saving", "savings", "online", "pay", "building", "build", "management"}
)
"""Words that count only where an interest has no others: who saves for a house wants a house."""
_OF_NO_KIND: Final = frozenset({"insurance"})
"""Interests that do not say which: who praises the cover of a house asks for no cover of a life."""
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
    printed, facts = attributes(product), {}
    for label, write, *columns in (*_FIELDS[kind_of(product)], *_COMMON):
        values = [product.get(column) for column in columns]
        if not all(map(pd.isna, values)):
            facts[label] = _as_printed(printed, columns[0]) or write(currency, *values)
    return {label: text for label, text in facts.items() if text}


def point(product: Mapping[str, Any], currency: str) -> str:
    """What one product has to say of itself, ready to follow its name.

    Returns
    -------
    str
        " has no foreign fees and 24 h support", or ": interest rate 3 %"; "" where the product
        says nothing of itself.
    """
    described = _described(product)
    if features := _features(product):
        return f"{_has(product)}{listing(features[:2])}"
    if stated := list(product_facts(product, currency).items()):
        return ": " + listing([_stated(*fact) for fact in stated[:2]])
    return f": {described}" if described else ""


def answer(
    product: Mapping[str, Any], interest: str, currency: str, *, by_name: bool = False
) -> str | None:
    """What one product has to say to one interest, ready to follow the product's name.

    Parameters
    ----------
    interest : str
        For example "travel" or "buy a house".
    by_name : bool
        Only what names the interest itself bears on it, as for the work of a customer: who works
        in education does not study.

    Returns
    -------
    str or None
        " has airport lounge access and no foreign fees"; None where nothing of the product bears
        on the interest, so that no sentence puts the two together.
    """
    if interest.strip().lower() in _OF_NO_KIND:
        return None
    bears = re.compile(_pattern(interest, {} if by_name else _WORDS))
    features = _features(product)
    if matching := [f for f in features if bears.search(_LIMITED.sub("", _joined(f)))]:
        matching.sort(key=lambda f: interest.strip().lower() not in f.lower())
        return f"{_has(product)}{listing(matching[:2])}"
    described = _described(product)
    if described and bears.search(_joined(described)):
        return f": {described}"
    named = " ".join(str(product.get(c) or "") for c in ("name", "subcategory", "category"))
    if not bears.search(_joined(named)):
        return None
    stated = list(product_facts(product, currency).items())
    if stated:
        return ": " + listing([_stated(*fact) for fact in stated[:2]])
    return point(product, currency)


def names(product: Mapping[str, Any], interest: str) -> bool:
    """Does the product name an interest in so many words, in its name or a feature?"""
    words = rf"\b{re.escape(' '.join(interest.lower().split()))}\b"
    texts = [str(product.get("name") or ""), *_features(product)]
    return any(re.search(words, text.lower()) for text in texts)


def _has(product: Mapping[str, Any]) -> str:
    return ": " if kind_of(product) == "insurance" else " has "


def _pattern(interest: str, known: Mapping[str, str]) -> str:
    """Words that bear on an interest; one that only has words of every product, as a whole."""
    words = [w for w in re.findall(r"[a-z]+", _joined(interest)) if len(w) > 3]
    telling = [w for w in words if w not in _UNTELLING]
    for weak in (_WEAK, frozenset()):
        if kept := [w for w in telling if w not in weak]:
            return "|".join(rf"\b(?:{known.get(w, w)})" for w in kept)
    return rf"\b{re.escape(' '.join(interest.lower().split()))}\b"


def _joined(text: str) -> str:
    """In lower case, with real estate as one word: it is no estate that is left to heirs."""
    return re.sub(r"\breal[ -]estate", "realestate", text.lower())


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
_RANGE = re.compile(
    r"(?:\bfrom\s+)?[^\d\s]?\d[\d.,]*\s*%?\s*(?:-|–|to)\s*[^\d\s]?\s?\d[\d.,]*\s*%?"
    r"|\b(?:up to|from|at least|at most)\s+[^\d\s]?\s?\d[\d.,]*\s*%?",
    re.IGNORECASE,
)


def _as_printed(printed: Mapping[str, Any], column: str) -> str:
    """A range as the source prints it: what we compute with, its middle or end, says another."""
    for name in _PRINTED.get(column, ()):
        text = printed.get(name)
        if isinstance(text, str) and (ranged := _RANGE.search(text)):
            whole = text.partition("(")[0].strip()
            return whole if len(whole) <= _MAX_PRINTED else clause(ranged[0].strip())
    return ""


# --- how each column reads ---------------------------------------------------------------------

_Writer = Callable[..., str]
"""The currency, and the value of each column; "" where it says nothing."""


def _money(currency: str, amount: float) -> str:
    return money(amount, currency)


def _fee(currency: str, amount: float) -> str:
    return _NONE if amount == 0 else money(amount, currency)


def _rate(_currency: str, share: float) -> str:
    return percent(share) if share > 0 else ""


def _if_any(currency: str, amount: float) -> str:
    return money(amount, currency) if amount > 0 else ""


def _months(_currency: str, months: float) -> str:
    if 0 < months < 1:
        return count(max(round(months * 30), 1), "day")
    return count(round(months), "month") if months > 0 else ""


def _volatility(_currency: str, value: float) -> str:
    """A share a year up to 1; sources that grade it 1-10 stay above."""
    return f"{figure(value)} of 10" if value > 1 else f"{percent(value)} a year"


def _range(currency: str, least: float, most: float) -> str:
    """Amounts "from ... to ..."; one end alone where the source has no other."""
    if pd.isna(most):
        return f"from {money(least, currency)}"
    if pd.isna(least) or least == most:
        return f"up to {money(most, currency)}"
    return f"{money(least, currency)} to {figure(most)}"


_FIELDS: Final[dict[Kind, tuple[tuple[str | _Writer, ...], ...]]] = {
    "card": (
        ("Rewards", _rate, "rewards_rate"),
        ("Annual fee", _fee, "annual_fee"),
        ("Interest rate", _rate, "interest_rate"),
        ("Credit limit", _range, "credit_limit_min", "credit_limit_max"),
    ),
    "insurance": (
        ("Monthly premium", _money, "monthly_premium"),
        ("Cover", _if_any, "coverage_amount"),
        ("Deductible", _fee, "deductible"),
    ),
    "loan": (
        ("Interest rate", _rate, "interest_rate"),
        ("Amount", _range, "loan_amount_min", "loan_amount_max"),
        ("Term", _months, "term_months"),
    ),
    "investment": (
        ("Expected return", _rate, "expected_return"),
        ("Minimum investment", _if_any, "min_investment"),
        ("Volatility", _volatility, "volatility"),
        ("Management fee", _rate, "management_fee"),
    ),
    "account": (
        ("Interest rate", _rate, "interest_rate"),
        ("Minimum balance", _if_any, "min_balance"),
        ("Minimum deposit", _if_any, "min_investment"),
        ("Management fee", _rate, "management_fee"),
        ("Annual fee", _fee, "annual_fee"),
    ),
}
"""Kind -> label, how it reads, and the columns of the products table that it reads."""
_COMMON: Final = (("Monthly fee", _fee, "monthly_fee"), ("Lock-in", _months, "lock_in_months"))
