"""Eligibility texts in, minimum and maximum figures and required facts out, clause by clause."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.parsing.cell_parsing import text
from engine.bank.tables import attribute_texts
from engine.vocabulary import LIST_SEPARATOR

FACTS = ("student", "minor", "senior", "business", "wealthy")
"""Facts that must be known of a customer before a product that asks for them is offered."""

_CREDIT_BANDS = {
    "fair": 600.0,
    "moderate": 600.0,
    "good": 650.0,
    "very good": 700.0,
    "excellent": 750.0,
}
"""Lowest score of each band (those that a page words a score by)."""

_LONGEST = 2000
"""Characters of a text that are read: some patterns take the square of it."""

_DASH = r"\s*(?:-|–|to)\s*"
_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_SPELT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TRADING = r"(?:in business|of trading|trading|of operations?|established)"
_SPAN = rf"{_NUMBER} (?:years?|months?)"
_AT_MOST = r"(?:up to|under|at most|not more than|no more than|less than|fewer than)"
_AT_LEAST = r"(?:at least|more than|over|minimum(?: of)?)"
_FIRM = r"\b(?:business(?:es)?|compan(?:y|ies)|firms?|start-?ups?)\b"
_OWNED = (
    r"\b(?:vehicles?|cars?|vans?|motorcycles?|boats?|propert(?:y|ies)|houses?|homes?|buildings?)\b"
)
_OF_IT = r"(?! *(?:owners?|holders?|drivers?|buyers?|directors?))[^.;,]{0,60}?"
_BAND = r"(fair|moderate|very good|good|excellent)"
_EARNERS = (
    r"\b(?:salaried|self-employed|employed)"
    r"(?:(?:,| or| and| ?/) ?(?:salaried|self-employed|employed))*"
)


@dataclass(frozen=True)
class ClausePattern:
    """A pattern in a clause and what it means; figures are the pattern's groups."""

    pattern: re.Pattern[str]
    columns: tuple[str, ...] = ()
    fact: str = ""


def _rule(pattern: str, *columns: str, fact: str = "") -> ClausePattern:
    return ClausePattern(re.compile(pattern, re.IGNORECASE), columns, fact)


_FIGURES = (
    _rule(rf"aged?\s*(\d+){_DASH}(\d+)", "min_age", "max_age"),
    _rule(
        r"(?:minimum age|min\.? age|at least|over|above)\D{0,40}?(\d{2})\b"
        rf"(?!\s*,?\d{{3}}|[,.]\d|\s*(?:years? {_TRADING}|months?|employees|staff))",
        "min_age",
    ),
    _rule(r"\bage(?:d)?\s*(\d{2})\s*(?:\+|or (?:over|older|above))", "min_age"),
    _rule(r"(\d{2})\s*(?:\+|years? (?:or|and) (?:over|older|above))", "min_age"),
    _rule(
        r"(?:maximum age|max\.? age|under|up to age|below)\D{0,15}?(\d{2})\b"
        rf"(?![,.]?\d|\s*(?:years? {_TRADING}|months?|employees|staff))",
        "max_age",
    ),
    _rule(rf"{_AT_MOST} (\d{{2}}) years? old\b", "max_age"),
    _rule(r"(?:credit score|score)\D{0,25}?(\d{3})\b", "min_credit_score"),
    _rule(r"(\d{3})\+?\s*(?:credit score|FICO)", "min_credit_score"),
    _rule(r"income\D{0,25}?([\d,]{4,})", "min_income"),
    _rule(r"([\d,]{4,})\s*(?:annual |yearly )?income", "min_income"),
    _rule(r"balance\D{0,25}?([\d,]{3,})", "min_balance"),
)
_WORDS = (
    _rule(r"\bstudents?\b", fact="student"),
    _rule(r"^\s*minors?\b|\bfor (?:minors|children)\b|\bjunior\b", fact="minor"),
    _rule(r"\bseniors?\b|\bpensioners?\b|\bretirees?\b|\(e\.g\., 6\d years\)", fact="senior"),
    _rule(
        r"\bregistered business|\bcompanies only\b|\bbusiness(?:es)? (?:only|customers)\b",
        fact="business",
    ),
    _rule(r"high[- ]net[- ]worth|\bwealthy\b|\baffluent\b", fact="wealthy"),
    _rule(rf"{_EARNERS}\b", fact="employment"),
    _rule(r"\b(?:stable|regular|basic|moderate) income", fact="regular income"),
    _rule(r"\bhigh income\b", fact="high income"),
    _rule(r"\bowners? of .*propert|\bhomeowners?\b", fact="property"),
    _rule(r"\bowning gold\b", fact="gold"),
    _rule(r"\bsalary account\b|\bprovided by employers\b", fact="salary account"),
)
_NAME_WORDS = (
    _rule(r"\bstudent\b", fact="student"),
    _rule(r"\bjunior\b|\bkids?\b|\bchildren'?s (?:account|savings)|\bminors?\b", fact="minor"),
    _rule(r"\bsenior\b", fact="senior"),
    _rule(r"\bbusiness\b|\bcommercial\b|\bcorporate\b|\bSME\b", fact="business"),
    _rule(
        r"\bwealth\b|\bprivate banking\b|\bestate planning\b|\btrust (?:services|adm|adv|str|pl)",
        fact="wealthy",
    ),
)
_TERMS = (
    _rule(rf"{_AT_MOST} {_SPAN} {_TRADING}", "max_years"),
    _rule(rf"{_FIRM}{_OF_IT}{_AT_MOST} {_SPAN} old\b", "max_years"),
    _rule(rf"(?:in business|trading|established) for {_AT_MOST} {_SPAN}", "max_years"),
    _rule(rf"(?:in|within|during) (?:the|their|its) first {_NUMBER} years?", "max_years"),
    _rule(rf"{_AT_LEAST} {_SPAN} {_TRADING}", "min_years"),
    _rule(rf"{_FIRM}{_OF_IT}{_AT_LEAST} {_SPAN} old\b", "min_years"),
    _rule(
        rf"(?:in business|trading|established) for (?:{_AT_LEAST} )?{_SPAN}",
        "min_years",
    ),
    _rule(rf"(?:at least|minimum(?: of)?) {_NUMBER} (?:employees|staff)\b", "min_employees"),
    _rule(rf"{_AT_MOST} {_NUMBER} (?:employees|staff)\b", "max_employees"),
)
"""What no column of a product holds: how long a firm trades and how many work there."""
_FACT_TERMS = (
    _rule(r"\bwith (?:employees|staff)\b", fact="employees"),
    _rule(
        r"\bstart-?ups?\b|\b(?:new|young|newly \w+) (?:businesses|business|companies|firms)\b",
        fact="young firm",
    ),
    _rule(r"\byoung (?:adults?|professionals?|people)\b", fact="young adult"),
    _rule(rf"\bearned income\b|{_EARNERS}\b", fact="employed"),
    _rule(r"\bhigh income\b", fact="high income"),
    _rule(r"\b(?:stable|regular) income\b", fact="income"),
    _rule(r"\bhome ?owners?\b|\bowners? of .*propert\w*", fact="homeowner"),
    _rule(r"\bfirst home\b|\bfirst-time buyers?\b", fact="first home"),
    _rule(r"^\s*(?:parents|guardians)(?: (?:or|and) (?:parents|guardians))?\b", fact="parent"),
    _rule(r"\benrol+ed\b|\bcourse of study\b", fact="enrolled"),
    _rule(r"\b(?:current|checking) account\b", fact="current account"),
)
"""Facts that a text asks for, by the names that the guard judges them under."""
_NAME_TERMS = (
    _rule(r"\bstart-?ups?\b", fact="young firm"),
    _rule(r"\bdebt consolidation\b|\bbalance transfer\b", fact="borrower"),
)
_NOT_OF_PEOPLE = re.compile(
    rf"(?:{_FIRM}|{_OWNED}){_OF_IT}(?:{_AT_MOST}|{_AT_LEAST}) {_NUMBER} years? old\b", re.IGNORECASE
)
"""The age of a firm, a car or a house, which is nobody's age."""
_OTHERS = (
    r"(?:(?:self-)?employed|salaried|retired|unemployed|students?|pensioners?|homemakers?|tenants?|"
    r"renters?|landlords?|start-?ups?|business(?:es)?|companies|firms?|home ?owners?|buyers?|"
    r"movers?|customers?|adults?|professionals?|people|families|existing|established)"
)
_BEFORE = re.compile(rf"(?:\bor|/|\b{_OTHERS}(?:,|,? and))\s*$", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?:or\b|/|(?:,|,? and)\s+(?:[\w-]+ ){{0,2}}?{_OTHERS}\b)", re.IGNORECASE)
"""What makes a clause one of several ways in: "employed, self-employed or retired"."""
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|non|without|except|excluding)\b[^.;,]{0,30}$", re.IGNORECASE
)
_DENIED_AFTER = re.compile(r"[^.;,]{0,12}\bnot (?:required|needed|necessary)\b", re.IGNORECASE)
_WAYS_IN = {
    "student", "senior", "employment", "property",
    "young firm", "young adult", "employed", "homeowner", "first home",
}  # fmt: skip
"""Facts that a text names as one of several ways in; the others are asked of all."""
_BAND_SCORE = re.compile(rf"{_BAND}(?:{_DASH}{_BAND})?\s+credit", re.IGNORECASE)
_LEAVES_ROOM = re.compile(
    r"\s*(?:resident )?individuals?,|\s*anyone\b(?! owning| with)", re.IGNORECASE
)
_MIXED_SCORE = re.compile(rf"{_BAND} income and credit", re.IGNORECASE)


def read(eligibility: str, age_limit: str = "") -> pd.DataFrame:
    """What an eligibility text asks for.

    Parameters
    ----------
    eligibility, age_limit : str
        A product's conditions; a sheet's separate "age limit" is a maximum age.

    Returns
    -------
    DataFrame
        clause (as printed), column ("min_age" ... or "requires"), value. A text that leaves room
        for others ("Individuals, Minors with guardian") asks for nothing.
    """
    eligibility, age_limit = eligibility[:_LONGEST], age_limit[:_LONGEST]
    clauses: list[tuple[str, str, float | str]] = []
    of_people = _NOT_OF_PEOPLE.sub("", eligibility)
    for rule in _FIGURES:
        taken = {column for _, column, _ in clauses}
        match = rule.pattern.search(of_people)
        if match and not taken.intersection(rule.columns):
            figures = [float(g.replace(",", "")) for g in match.groups()]
            clauses += [(match[0], c, f) for c, f in zip(rule.columns, figures, strict=True)]
    band = _BAND_SCORE.search(eligibility) or _MIXED_SCORE.search(eligibility)
    if band and not any(column == "min_credit_score" for _, column, _ in clauses):
        clauses.append((band[0], "min_credit_score", _CREDIT_BANDS[band[1].lower()]))
    if not _LEAVES_ROOM.match(eligibility):
        clauses += _facts_in(eligibility, _WORDS)
    limit = re.search(r"(\d{2})", age_limit)
    if limit:
        clauses.append((age_limit, "max_age", float(limit[1]) - 1))
    return pd.DataFrame(clauses, columns=["clause", "column", "value"])


def credit_band(eligibility: str, score: float) -> str:
    """The word for a credit score ("fair") that a minimum was read from; "" where a text has none.

    The score is our reading of the word and no figure of the product, so it is told as one.
    """
    asked = read(eligibility)
    asked = asked[asked["column"] == "min_credit_score"]
    if not len(asked) or asked["value"].iloc[0] != score:
        return ""
    words = re.search(_BAND, str(asked["clause"].iloc[0]), re.IGNORECASE)
    return words[1].lower() if words and not re.search(r"\d", asked["clause"].iloc[0]) else ""


def terms(eligibility: str, name: str = "") -> pd.DataFrame:
    """What a text and a name ask for beyond the columns of a product.

    Returns
    -------
    DataFrame
        clause (as printed), column ("min_years", "max_years", "min_employees", "max_employees" or
        "requires"), value. A text that leaves room for others asks for no fact.
    """
    return pd.DataFrame(term_clauses(eligibility, name), columns=["clause", "column", "value"])


@lru_cache(maxsize=4096)
def term_clauses(eligibility: str, name: str = "") -> tuple[tuple[str, str, float | str], ...]:
    """The rows of `terms`; a catalogue is asked about several times, and its texts stay."""
    eligibility = eligibility[:_LONGEST]
    found: list[tuple[str, str, float | str]] = []
    for rule in _TERMS:
        match = rule.pattern.search(eligibility)
        if match and _asked(match) and rule.columns[0] not in {column for _, column, _ in found}:
            years = _figure(match[1]) / (12 if "month" in match[0].lower() else 1)
            found.append((match[0], rule.columns[0], years))
    if not _LEAVES_ROOM.match(eligibility):
        found += _facts_in(eligibility, _FACT_TERMS)
    found += _facts_in(name, _NAME_TERMS)
    return tuple(found)


def _facts_in(words: str, rules: tuple[ClausePattern, ...]) -> list[tuple[str, str, str]]:
    asked = (
        next((m for m in rule.pattern.finditer(words) if _asked(m, rule.fact)), None)
        for rule in rules
    )
    return [
        (match[0].strip(), "requires", rule.fact)
        for match, rule in zip(asked, rules, strict=True)
        if match
    ]


def _asked(match: re.Match[str], fact: str = "") -> bool:
    """Is this asked for: not denied, and not as one of several ways in?"""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if _DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after):
        return False
    return fact not in _WAYS_IN or not (_BEFORE.search(before) or _AFTER.match(after))


@lru_cache(maxsize=4096)
def unread(eligibility: str) -> tuple[str, ...]:
    """Clauses, in lower case, that name a fact or a figure and do not ask for it of everybody."""
    eligibility = eligibility[:_LONGEST]
    rules = (*_WORDS, *_FACT_TERMS, *_TERMS)
    if _LEAVES_ROOM.match(eligibility):
        return ()
    return tuple(
        match[0].strip().lower()
        for rule in rules
        for match in rule.pattern.finditer(eligibility)
        if not _asked(match, rule.fact)
    )


def _figure(word: str) -> float:
    return float(word) if word.isdigit() else float(_SPELT.index(word.lower()) + 1)


REQUIRES_READ: Final = "requires_read_from"
"""Key in `attributes` that marks a product whose `requires` the import filled, from its name."""
_OF_NAME: Final = "name: "


def facts_of_name(name: str) -> list[str]:
    """Facts that a product's own name asks for: "Student Loan" is for students."""
    return [rule.fact for rule in _NAME_WORDS if rule.pattern.search(name)]


def apply(
    products: pd.DataFrame, limits: pd.Series | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill a catalogue's eligibility columns from its texts and names.

    Parameters
    ----------
    products : DataFrame
        Table products; figures and facts that it has already are left as they are.
    limits : Series of str, optional
        A separate text on age, on the index of `products`.

    Returns
    -------
    products : DataFrame
        With min_age, max_age, min_income, min_credit_score, min_balance and requires filled.
    clauses : DataFrame
        product_id, clause, column, value: everything that was read.
    """
    read_parts = [_of_product(p) for p in _texts(products, limits).itertuples(index=False)]
    parts = [part for part in read_parts if len(part)]
    columns = ["product_id", "clause", "column", "value"]
    clauses = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    products = products.copy()
    ids = products["product_id"]
    for column in ("min_age", "max_age", "min_income", "min_credit_score", "min_balance"):
        figures = clauses[clauses["column"] == column].drop_duplicates("product_id")
        values = ids.map(figures.set_index("product_id")["value"]).astype("float64")
        products[column] = products[column].fillna(values)
    facts = clauses[clauses["column"] == "requires"].drop_duplicates(["product_id", "value"])
    joined = facts.groupby("product_id", sort=False)["value"].agg(LIST_SEPARATOR.join)
    stated = products["requires"].notna()
    products["requires"] = products["requires"].fillna(ids.map(joined).astype("str"))
    if "attributes" in products:
        of_names = facts["clause"].str.startswith(_OF_NAME)
        named, worded = (set(facts.loc[kept, "product_id"]) for kept in (of_names, ~of_names))
        by_name = ~stated & ids.isin(named - worded)
        kept = products.loc[by_name, "attributes"].map(_marked)
        products["attributes"] = products["attributes"].mask(by_name, kept)
    return products, clauses[columns]


def requires_by_name(products: pd.DataFrame) -> np.ndarray:
    """Whose `requires` an import read from the name, bool of shape (n_products,)."""
    return attribute_texts(products["attributes"], REQUIRES_READ).eq("name").to_numpy(dtype=bool)


def _marked(cell: object) -> str:
    kept = json.loads(cell) if isinstance(cell, str) and cell else {}
    return json.dumps({**kept, REQUIRES_READ: "name"}, ensure_ascii=False)


def _texts(products: pd.DataFrame, limits: pd.Series | None) -> pd.DataFrame:
    blank = pd.Series("", index=products.index)
    return pd.DataFrame(
        {
            "product_id": products["product_id"],
            "audience": products["audience"].fillna(""),
            "name": products["name"].fillna(""),
            "eligibility": text(products["eligibility"]).fillna(""),
            "limit": blank if limits is None else limits.fillna(""),
        }
    )


def _of_product(product: object) -> pd.DataFrame:
    clauses = read(product.eligibility, product.limit)
    named = [] if product.audience == "corporate" else facts_of_name(product.name)
    if re.match(r"\s*(?:resident )?individuals?\b", product.eligibility, re.IGNORECASE):
        named = [fact for fact in named if fact in clauses["value"].tolist()]
    rows = [(f"{_OF_NAME}{product.name}", "requires", fact) for fact in named]
    named_clauses = pd.DataFrame(rows, columns=clauses.columns)
    both = [part for part in (clauses, named_clauses) if len(part)]
    if not both:
        return clauses.assign(product_id=product.product_id)
    return pd.concat(both, ignore_index=True).assign(product_id=product.product_id)
