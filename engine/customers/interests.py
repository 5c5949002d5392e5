"""Goals, spending, topics, occupation and life stage in; one long table of interests out."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.tables import explode_list
from engine.customers import lexicon
from engine.customers.features import NO_ANSWER, CustomerData
from engine.customers.metrics.reference import Reference
from engine.customers.protected_phrases import neutral
from engine.customers.words.mood import POST, TICKET
from engine.models.keywords import Terms
from engine.vocabulary import BUSINESS, CORPORATE, SECTOR, SPENDING_CATEGORIES

COLUMNS: Final = ("position", "kind", "item", "weight", "value", "n", "days")
DECLARED: Final = (
    "FrequentlyUsedTransactionCategory",
    "main_purchase_cat",
    "preferred_services",
)
"""Source columns, kept in `attributes`, in which a bank's customers name what they use."""

UNTELLING: Final = ("other", "cash and transfers", "fees and charges")
"""Spending that says nothing about what somebody wants."""

TOLERANCE_ITEMS: Final = {
    "low": "low risk and stability",
    "high": "high growth investments",
    "very high": "speculative investments with high risk",
}
TOPIC_ITEMS: Final = {
    "borrowing": "personal loan",
    "business": "small business banking",
    "home": "home and furnishing",
    "payments": "payments and transfers",
    "planning": "financial planning",
    "health": "health and wellness",
    "family": "children and family",
}
"""Topics of the keyword model that read poorly alone."""

_CLEAR_EXCESS: Final = 0.05
_CLEAR_RATIO: Final = 1.5
_FULL_EXCESS: Final = 0.25
_NEGATIVE: Final = -0.3
_MAX_TOPICS: Final = 8
_LARGE_STAFF: Final = 50
_YOUNG_YEARS: Final = 3.0
_LARGE_FAMILY: Final = 3


def interests_of(data: CustomerData, reference: Reference) -> pd.DataFrame:
    """What each customer is known to want or care about.

    Returns
    -------
    DataFrame
        position (of the customer), kind (goal, tolerance, saving, spending, topic, declared,
        occupation, life_stage, message), item (a short plain phrase), weight (at least 0, about 1
        at most), value (money a month for spending, else NaN), n (mentions) and days (over which
        `value` was spent where the record holds no whole month, else NaN); sorted by position and
        falling weight.

    Notes
    -----
    Nothing comes from vocabulary.FORBIDDEN_FEATURES, not even where a person's own words repeat
    it (engine.customers.protected_phrases). Posts count only where consent allows.
    A negative message, or a ticket about a problem, is no interest: who complains about mortgage
    rates does not thereby ask for a mortgage.
    """
    parts = [
        _goals(data.bank["customers"]),
        _spending(data, reference),
        _topics(data),
        _message_topics(data),
        _declared(data),
        _work(data.bank["customers"]),
        _life_stage(data.bank["customers"]),
    ]
    table = pd.concat([part for part in parts if len(part)] or [_table([], "goal", [], 0.0)])
    table["item"] = neutral(table["item"].str.lower().str.strip())
    table = table[(table["weight"] > 0) & ~table["item"].isin(("", *NO_ANSWER))]
    table = table.drop_duplicates(["position", "kind", "item"])
    order = ["position", "weight", "kind", "item"]
    return table.sort_values(order, ascending=[True, False, True, True], ignore_index=True)


def _table(
    positions: Iterable[int],
    kind: str,
    items: Iterable[str],
    weight: np.ndarray | float,
    value: np.ndarray | float = np.nan,
    n: np.ndarray | int = 1,
    days: np.ndarray | float = np.nan,
) -> pd.DataFrame:
    frame = pd.DataFrame({"position": np.asarray(positions, dtype=np.int64)})
    frame["kind"] = pd.Series(kind, index=frame.index, dtype="str")
    frame["item"] = pd.Series(np.asarray(items, dtype=object), dtype="str")
    return frame.assign(
        weight=np.asarray(weight, float),
        value=np.asarray(value, float),
        n=np.asarray(n, np.int64),
        days=np.asarray(days, float),
    )[list(COLUMNS)]


def _goals(customers: pd.DataFrame) -> pd.DataFrame:
    goals = explode_list(customers[["goals"]], "goals")
    stated = _table(goals.index, "goal", goals["goals"], 1.0)
    tolerance = customers["risk_tolerance"].map(TOLERANCE_ITEMS).dropna()
    appetite = _table(tolerance.index, "tolerance", tolerance, 0.5)
    target = customers["savings_goal"][customers["savings_goal"] > 0]
    saving = _table(target.index, "saving", ["save towards a goal"] * len(target), 0.6)
    return pd.concat([part for part in (stated, appetite, saving) if len(part)] or [stated])


def _spending(data: CustomerData, reference: Reference) -> pd.DataFrame:
    """Categories on which a customer clearly spends a larger share than is usual at the bank."""
    shares, usual = data.spending.shares, reference.spending
    excess = shares - usual
    clear = (excess >= _CLEAR_EXCESS) & (shares >= _CLEAR_RATIO * usual)
    clear[:, [SPENDING_CATEGORIES.index(name) for name in UNTELLING]] = False
    rows, columns = np.nonzero(clear)
    return _table(
        rows,
        "spending",
        np.array(SPENDING_CATEGORIES, dtype=object)[columns],
        np.minimum(excess[rows, columns] / _FULL_EXCESS, 1.0),
        data.spending.stated[rows, columns],
        data.spending.counts[rows, columns],
        data.spending.days[rows, columns],
    )


_ALL: Final = slice(None)


def _welcome(data: CustomerData, rows: np.ndarray | slice = _ALL) -> np.ndarray:
    """Messages that may speak for an interest: usable and neither negative nor a problem."""
    return _of_kinds(data, rows)[0]


def _about_a_wish(data: CustomerData, rows: np.ndarray | slice = _ALL) -> np.ndarray:
    """Messages whose words may speak for an interest: tickets are about what went wrong."""
    welcome, ticket = _of_kinds(data, rows)
    return welcome & ~ticket


def _of_kinds(data: CustomerData, rows: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
    """Which messages are welcome, and which are tickets."""
    read, kind = data.messages, data.bank["messages"]["kind"].array[rows]
    ticket = np.asarray(kind == TICKET, dtype=bool)
    edge = np.where(np.asarray(kind == POST, dtype=bool), _NEGATIVE, 0.0)
    negative = np.nan_to_num(read.sentiment[rows]) < edge
    return read.used[rows] & ~negative & ~(read.case[rows] & ticket), ticket


def _topics(data: CustomerData) -> pd.DataFrame:
    """Topics that the source names, counted and weighed by recency; the strongest of each."""
    table = data.bank["messages"]
    named = explode_list(table.loc[_welcome(data), ["topics", "kind"]], "topics")
    item = named["topics"].str.lower()
    problem = (named["kind"] != POST) & lexicon.mentions(item, "problem")
    untelling = item.isin([*lexicon.words("untelling_topic"), *lexicon.words("place")])
    named = named[~problem & ~untelling]
    rows = named.index.to_numpy()
    recency = data.messages.recency[rows]
    counted = _counted("topic", data.message_rows.positions[rows], named["topics"], recency)
    order = ["position", "weight", "item"]
    ordered = counted.sort_values(order, ascending=[True, False, True], kind="stable")
    return ordered[ordered.groupby("position").cumcount() < _MAX_TOPICS]


def _message_topics(data: CustomerData) -> pd.DataFrame:
    """Topics that the keyword model finds in the texts themselves."""
    rows = np.flatnonzero(_about_a_wish(data))
    at, columns = np.nonzero(data.messages.topic_counts[rows])
    names = np.array([TOPIC_ITEMS.get(t, t) for t in data.messages.topics], dtype=object)
    items = pd.Series(names[columns] if len(names) else [], dtype="str")
    rows = rows[at]
    recency = 0.6 * data.messages.recency[rows]
    return _counted("message", data.message_rows.positions[rows], items, recency)


@cache
def _terms() -> dict[str, tuple[str, ...]]:
    """Topic of the keyword model -> its words."""
    terms = Terms.read()
    return dict(zip(terms.topics, terms.phrases, strict=True))


def words_of(data: CustomerData, position: int, item: str) -> tuple[str, ...]:
    """The words of one customer's messages that an item of the kind "message" was read from."""
    topics = data.messages.topics
    columns = [i for i, topic in enumerate(topics) if TOPIC_ITEMS.get(topic, topic) == item]
    mine = data.message_rows.of(position)
    rows = mine[(data.messages.topic_counts[np.ix_(mine, columns)] > 0).any(axis=1)]
    rows = rows[_about_a_wish(data, rows)]
    texts = data.bank["messages"]["text"].array[rows]
    said = " | ".join(text.lower() for text in texts if isinstance(text, str))
    words = {word for i in columns for word in _terms().get(topics[i], ())}
    longest_first = "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
    return tuple(dict.fromkeys(re.findall(rf"\b(?:{longest_first})\b", said))) if words else ()


def _counted(
    kind: str, positions: np.ndarray, items: pd.Series, recency: np.ndarray
) -> pd.DataFrame:
    """One row per customer and item; weight 1 - exp(-sum of recency), so mentions saturate."""
    frame = pd.DataFrame(
        {"position": positions, "item": items.str.lower().to_numpy(), "w": recency}
    )
    sums = frame.groupby(["position", "item"], sort=True)["w"].agg(["sum", "size"]).reset_index()
    weight = -np.expm1(-sums["sum"].to_numpy())
    return _table(sums["position"], kind, sums["item"], weight, n=sums["size"].to_numpy())


def declared_by(attributes: Mapping[str, object]) -> dict[str, str]:
    """Item -> the source column in which a customer is said to use it; the first of several."""
    pairs = [(item.lower(), key) for key in DECLARED for item in _items(attributes.get(key))]
    return dict(reversed(pairs))


def _declared(data: CustomerData) -> pd.DataFrame:
    """What customers are said to use; spending that is known beats a declared category."""
    cells = data.bank["customers"]["attributes"]
    named = cells.str.contains("|".join(DECLARED), regex=True).fillna(False).to_numpy(dtype=bool)
    declared: list[tuple[int, str]] = []
    for position in np.flatnonzero(named):
        fields = json.loads(cells.iloc[position])
        spends = bool(data.spending.known[position])
        for key in DECLARED:
            if not (spends and key != "preferred_services"):
                declared += [(position, item) for item in _items(fields.get(key))]
    return _table([p for p, _ in declared], "declared", [item for _, item in declared], 0.7)


def _items(cell: object) -> list[str]:
    values = cell if isinstance(cell, list) else str(cell or "").replace(";", ",").split(",")
    return [text for value in values if (text := str(value).strip())]


def _work(customers: pd.DataFrame) -> pd.DataFrame:
    """Occupation, and the industry: a company is a business of it, a person works in its sector."""
    occupation = customers["occupation"].dropna()
    industry = customers["industry"].dropna()
    company = (customers["audience"] == CORPORATE).loc[industry.index]
    parts = [
        _table(occupation.index, "occupation", occupation, 0.5),
        _table(industry.index, "occupation", industry + np.where(company, BUSINESS, SECTOR), 0.6),
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1])


def _life_stage(customers: pd.DataFrame) -> pd.DataFrame:
    """Children, studies and retirement as stated; for a company its size and youth. Never age."""
    corporate = (customers["audience"] == CORPORATE).to_numpy(dtype=bool)
    work = customers["occupation"].str.lower().fillna("")
    signs = {
        "children and family": customers["dependents"] >= 1,
        "large family": customers["dependents"] >= _LARGE_FAMILY,
        "retirement": work.str.contains("retired|pensioner", regex=True),
        "student life": work.str.contains(r"\bstudent|\bpupil|undergraduate", regex=True),
        "growing company": corporate & (customers["years_in_business"] < _YOUNG_YEARS),
        "large company": corporate & (customers["n_employees"] >= _LARGE_STAFF),
        "small company": corporate & (customers["n_employees"] < _LARGE_STAFF),
    }
    parts = [
        _table(rows, "life_stage", [item] * len(rows), 0.6)
        for item, sign in signs.items()
        if len(rows := np.flatnonzero(sign))
    ]
    return pd.concat(parts) if parts else _table([], "life_stage", [], 0.0)
