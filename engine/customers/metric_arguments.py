"""One customer's metric with its drivers in; a short argument that cites records out."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.importing.row_ids import made_here
from engine.customers import claims_ahead, leaving_words, lexicon
from engine.customers.features import KNOWLEDGE_TOPICS, RISKY_FROM
from engine.customers.finances.spending import NAMES
from engine.customers.profiles import Profiles
from engine.results import Driver, Metric

LONGEST: Final = 100
"""Words of an argument at most."""
N_CITED: Final = 2
"""Records cited for a driver: the most telling ones (own choice; five drivers fit 100 words)."""
_CHANGES: Final = ("balance_trend", "spending_trend")
"""Drivers of which the figure may be known where its change is not."""
_MISSING: Final = {"tenure": "day of joining"}
"""What is missing where a driver is not known: the day of an account, which is older or younger
than the relationship, may well be on record."""
_SEEN: Final = 0.05
"""Points below which a driver is not argued with: it prints as 0.0 (own choice)."""


def argument(
    bank: Bank, profiles: Profiles, position: int, metric: Metric, labels: dict[str, str]
) -> tuple[str, tuple[str, ...]]:
    """Why the metric is what it is, in at most 100 words, and the records that this cites.

    Parameters
    ----------
    bank : Bank
        The one that `profiles` was built on, or that one with other consents or holdings.
    metric : Metric
        With its drivers, strongest first.
    labels : dict of str to str
        Every driver of the metric, known or not, and what it is called.

    Returns
    -------
    tuple of str and tuple of str
        Ids are the bank's own; one that an import made up is left out, as
        nobody at the bank knows it. Every
        numeral is one of the metric, of its drivers or of an id. What is not known is named.
    """
    known = {driver.key for driver in metric.drivers if driver.detail}
    missing = [
        _MISSING.get(key, f"change of {label.lower()}" if key in _CHANGES else label.lower())
        for key, label in labels.items()
        if key not in known
    ]
    told: list[tuple[Driver, list[str]]] = []
    words = _unread(bank, profiles, position) if metric.name == "churn" else ""
    text = _composed(metric, told, missing, words)
    for driver in metric.drivers:
        if not driver.detail or abs(driver.points) < _SEEN:
            continue
        trial = [*told, (driver, _cited(bank, profiles, position, driver.key))]
        longer = _composed(metric, trial, missing, words)
        if len(longer.split()) <= LONGEST:
            told, text = trial, longer
    return text, tuple(dict.fromkeys(record for _, records in told for record in records))


def _composed(
    metric: Metric,
    told: Sequence[tuple[Driver, list[str]]],
    missing: Sequence[str],
    words: str,
) -> str:
    head = f"{claims_ahead.rated(metric=metric.label, value=metric.value, word=metric.word).text}."
    head += words
    sides = [
        (said, [_clause(d, records) for d, records in told if (d.points > 0) == raising])
        for said, raising in (("Raised by", True), ("Lowered by", False))
    ]
    parts = [head, *(f"{said}: {'; '.join(clauses)}." for said, clauses in sides if clauses)]
    if not told and metric.known:
        parts.append("Nothing on record moves it from the neutral middle.")
    if missing:
        parts.append(f"Not known: {', '.join(missing)}.")
    return " ".join(parts)


def _unread(bank: Bank, profiles: Profiles, position: int) -> str:
    """What a customer writes of leaving, which the index does not read."""
    found = leaving_words.said(bank, profiles, profiles.leaving_days, position)
    said = [
        claims_ahead.says_leaving(words=one.words, on=one.sent_at) for one in found.itertuples()
    ]
    return "".join(f" The customer {one.text}, which this index does not read." for one in said)


def _clause(driver: Driver, records: Sequence[str]) -> str:
    """ "balance fell 24 % [CUST_1]": the driver's evidence, named where it does not say itself."""
    detail = driver.detail
    if detail[:2].istitle():
        detail = detail[0].lower() + detail[1:]
    label = driver.label.lower()
    named = detail if label.split()[0] in detail else f"{label}: {detail}"
    return f"{named} [{', '.join(records)}]" if records else named


def _cited(bank: Bank, profiles: Profiles, position: int, key: str) -> list[str]:
    """Ids of the records behind a driver; the customer's own number where it is their record."""
    customer_id = str(bank.customer_ids[position])
    find = _FINDERS.get(key)
    records = find(bank, profiles, position, key) if find else []
    own = [record for record in records if not made_here(record, customer_id)]
    return own[:N_CITED] or [customer_id]


def _messages(bank: Bank, profiles: Profiles, position: int, key: str) -> list[str]:
    """The messages that say most: of cases the open, the bad and the late ones."""
    read = profiles.data.messages
    rows = profiles.data.message_rows.of(position)
    tone = np.nan_to_num(read.sentiment[rows])
    table = bank["messages"]
    if key == "complaints":
        open_ = read.unresolved[rows]
        chosen, weight = read.case[rows], open_ + np.clip(-tone, 0, 1) + read.recency[rows]
    elif key == "mood":
        said = profiles.features["said"].iloc[position]
        chosen = read.used[rows] & ~read.case[rows]
        weight = np.sign(said) * tone * read.recency[rows]
    else:
        topics = [i for i, topic in enumerate(read.topics) if topic in KNOWLEDGE_TOPICS]
        weight = read.topic_counts[rows][:, topics].sum(axis=1)
        chosen = read.used[rows] & (weight > 0)
    return _best(table["message_id"].iloc[rows], chosen, weight)


def _payments(bank: Bank, profiles: Profiles, position: int, key: str) -> list[str]:
    """The largest payments of the last year, of the kind that the driver is about."""
    features = profiles.features.iloc[position]
    if features[{"activity": "dormant"}.get(key, "has_investments")] and key in _ON_RECORD:
        return []
    rows = profiles.data.transaction_rows.of(position)
    spending = profiles.data.spending
    table = bank.rows("transactions").take(rows, ["transaction_id", "amount"])
    chosen = spending.in_window[rows] & (spending.codes[rows] >= 0)
    if key == "speculative_spending":
        chosen &= spending.bets[rows]
    elif key == "investing":
        chosen &= np.array(NAMES, dtype=object)[spending.codes[rows]] == "investments"
    return _best(table["transaction_id"], chosen, table["amount"].abs().to_numpy(dtype=float))


def _products(bank: Bank, profiles: Profiles, position: int, key: str) -> list[str]:
    """The products held that the driver is about; none where it counted kinds of account."""
    counted = profiles.features.iloc[position]
    if key == "breadth" and not counted["n_categories"] >= counted["n_account_kinds"]:
        return []
    held = np.flatnonzero(bank.held[position])
    table = bank["products"].iloc[held]
    if key == "risky_holdings":
        risk = table["risk_customer"].to_numpy(dtype=float)
        return _best(table["product_id"], risk >= RISKY_FROM, risk)
    chosen = np.ones(len(held), dtype=bool)
    if key == "complexity":
        words = (table["category"].fillna("") + " " + table["name"].fillna("")).str.lower()
        chosen = lexicon.mentions(words, "complex_product").to_numpy()
    return _best(table["product_id"], chosen, np.zeros(len(held)))


def _best(ids: pd.Series, chosen: np.ndarray, weight: np.ndarray) -> list[str]:
    """Ids of the chosen rows, most weight first, ties by id."""
    names = ids.to_numpy(dtype=object)[chosen].astype(str)
    order = np.lexsort((names, -np.nan_to_num(weight[chosen])))
    return names[order][:N_CITED].tolist()


_ON_RECORD: Final = ("activity", "investing")
"""Drivers of payments that the customer's own record or an account may answer instead."""

_FINDERS: Final[dict[str, Callable[[Bank, Profiles, int, str], list[str]]]] = {
    "complaints": _messages,
    "mood": _messages,
    "finance_words": _messages,
    "spending_trend": _payments,
    "activity": _payments,
    "speculative_spending": _payments,
    "investing": _payments,
    "products": _products,
    "risky_holdings": _products,
    "breadth": _products,
    "complexity": _products,
}
"""Driver -> what finds its records; the others stand in the customer's own record."""
