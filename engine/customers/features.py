"""Everything read so far in; one row of figures per customer, which metrics score, out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing.word_search import says
from engine.bank.tables import explode_list
from engine.customers import lexicon
from engine.customers.finances.kept_figures import KeptFigures
from engine.customers.finances.months import Months, last_day
from engine.customers.finances.profitability import Money
from engine.customers.finances.spending import Spending
from engine.customers.metrics.reference import audience_of
from engine.customers.protected_phrases import neutral
from engine.customers.row_index import CustomerRows, total
from engine.customers.words.mood import KIND_WEIGHTS, Messages

CHANGES: Final = {
    "balance_change": "balance",
    "spending_change": "spending",
    "activity_change": "n_transactions",
}
"""Feature -> the monthly figure whose change it is."""
TOLERANCE: Final = {"low": -1.0, "medium": 0.0, "high": 0.7, "very high": 1.0}
RISKY_FROM: Final = 6.0
"""Customer risk (0-10) from which a product is risky."""
NO_ANSWER: Final = ("unknown", "other", "none", "n/a", "na", "-", "not stated", "general")
UNRESOLVED_FLOOR: Final = 0.4
"""What is still unresolved never counts less than this share of a case of today."""
KNOWLEDGE_TOPICS: Final = ("investing", "planning")
"""Topics of the keyword model whose terms show acquaintance with finance."""


@dataclass(frozen=True, eq=False)
class CustomerData:
    """What the readers of this floor made of a bank; `kept` has what a start need not repeat."""

    bank: Bank
    months: Months
    spending: Spending
    transaction_rows: CustomerRows
    messages: Messages
    message_rows: CustomerRows
    money: Money
    value_parts: pd.DataFrame
    kept: KeptFigures | None = None


def features_of(data: CustomerData) -> pd.DataFrame:
    """One row of figures per customer, NaN where nothing is known.

    Notes
    -----
    None of vocabulary.FORBIDDEN_FEATURES is read here, so that none can reach a metric.
    """
    columns = {
        "audience": audience_of(data.bank["customers"]).to_numpy(),
        **_from_customers(data),
        **_from_series(data),
        **_from_holdings(data),
        **_from_messages(data),
    }
    return pd.DataFrame(columns, index=data.bank.customer_ids)


def _from_customers(data: CustomerData) -> dict[str, np.ndarray]:
    customers = data.bank["customers"]
    tenure = (last_day(data.bank) - customers["joined_on"]).dt.days.to_numpy(dtype=float) / 365.25
    work = customers["occupation"].fillna(customers["industry"]).str.lower()
    work = answered(neutral(work))
    finance, figures = (
        lexicon.mentions(work, name).to_numpy()
        for name in ("finance_occupation", "figures_occupation")
    )
    status = customers["status"].str.lower()
    return {
        "satisfaction": np.clip(customers["satisfaction"].to_numpy(dtype=float), -1, 1),
        "tenure_years": tenure,
        "credit_score": customers["credit_score"].to_numpy(dtype=float),
        "tolerance": customers["risk_tolerance"].map(TOLERANCE).to_numpy(dtype=float),
        "goal_risk": goal_risk(customers),
        "occupation": np.where(work.isna(), np.nan, np.select([finance, figures], [1.0, 0.5], 0.0)),
        "dormant": lexicon.mentions(status, "dormant").to_numpy(),
    }


def answered(texts: pd.Series) -> pd.Series:
    """Lower-case texts without those that say that there is no answer."""
    return texts.where(~texts.isin(NO_ANSWER))


def goal_risk(customers: pd.DataFrame) -> np.ndarray:
    """What stated goals say about appetite for risk, -1 to 1; NaN where they say nothing.

    Notes
    -----
    Each goal counts with the longest entry of lexicon.toml that it holds; goals without one
    count for nothing, the others equally.
    """
    goals = explode_list(customers[["goals"]], "goals")["goals"].str.lower()
    codes, distinct = pd.factorize(goals)
    texts = pd.Series(distinct, dtype="str")
    risks = np.full(len(texts), np.nan)
    for words, risk in lexicon.goal_risks():
        holds = says(texts, words)
        risks[holds & np.isnan(risks)] = risk
    telling = ~np.isnan(risks[codes])
    rows = customers.index.get_indexer(goals.index)[telling]
    n = total(rows, len(customers))
    sums = total(rows, len(customers), risks[codes][telling])
    return np.divide(sums, n, out=np.full(len(customers), np.nan), where=n > 0)


def _from_series(data: CustomerData) -> dict[str, np.ndarray]:
    spent = data.spending.monthly.to_numpy().sum(axis=1)
    known = data.spending.known & (spent > 0)

    def share(part: np.ndarray) -> np.ndarray:
        return np.divide(part, spent, out=np.full(len(spent), np.nan), where=known)

    return {
        **{name: data.months.change(figure) for name, figure in CHANGES.items()},
        "spending_variation": data.months.variation("spending"),
        "income": data.money.income_year,
        "value_a_year": data.value_parts.sum(axis=1, min_count=1).to_numpy(),
        "speculative_share": share(data.spending.speculative),
        "investing_share": share(data.spending.monthly["investments"].to_numpy()),
        "has_investments": np.nan_to_num(data.money.investments) > 0,
        "n_account_kinds": data.money.n_account_kinds,
    }


def _from_holdings(data: CustomerData) -> dict[str, np.ndarray]:
    """Counts of what is held, without a matrix product (see `profitability.yearly_value`)."""
    bank, products = data.bank, data.bank["products"]
    customer, product = np.nonzero(bank.held)

    def n_of(marked: np.ndarray) -> np.ndarray:
        return total(customer, bank.n_customers, marked[product]).astype(np.float32)

    codes, categories = pd.factorize(products["category"].fillna(products["subcategory"]))
    named = codes[product] >= 0
    category_cells = np.unique(customer[named] * len(categories) + codes[product][named])
    words = (products["category"].fillna("") + " " + products["name"].fillna("")).str.lower()
    risk = products["risk_customer"].to_numpy(dtype=float)
    n_held = n_of(np.ones(len(products)))
    n_categories = total(category_cells // max(len(categories), 1), bank.n_customers)
    n_complex = n_of(lexicon.mentions(words, "complex_product").to_numpy(dtype=float))
    n_rated, n_risky = n_of(~np.isnan(risk)), n_of(risk >= RISKY_FROM)
    unknown = np.full(bank.n_customers, np.nan)
    return {
        "n_holdings": np.where(n_held > 0, n_held, np.nan),
        "n_categories": np.where(n_held > 0, n_categories, np.nan),
        "n_complex": np.where(n_held > 0, n_complex, np.nan),
        "n_risky": n_risky,
        "risky_share": np.divide(n_risky, n_rated, out=unknown, where=n_rated > 0),
    }


def _from_messages(data: CustomerData) -> dict[str, np.ndarray]:
    """Cases apart from mood, so that one more case can never make the mood better."""
    table, messages = data.bank["messages"], data.messages
    rows, n = data.message_rows.positions, data.bank.n_customers
    sentiment = messages.sentiment
    resolved = table["resolved"].map({True: 0.4, False: 1.0}).astype(float).fillna(0.7)
    repeated = table["repeated"].fillna(False).to_numpy(dtype=bool)
    open_ = messages.unresolved
    severity = np.where(np.isnan(sentiment), 0.3, np.clip(-sentiment, 0, 1) + 0.2)
    recency = np.where(open_, np.maximum(messages.recency, UNRESOLVED_FLOOR), messages.recency)
    load = severity * recency * resolved.to_numpy() * np.where(repeated, 1.5, 1.0)
    other = messages.used & ~messages.case & ~np.isnan(sentiment)
    kind = table["kind"].map(KIND_WEIGHTS).fillna(1.0).to_numpy(dtype=float)
    weight = np.where(other, messages.recency * kind, 0.0)
    said = total(rows, n, weight * np.nan_to_num(sentiment))
    weights = total(rows, n, weight)
    topics = [i for i, topic in enumerate(messages.topics) if topic in KNOWLEDGE_TOPICS]
    terms = messages.topic_counts[:, topics].sum(axis=1)
    n_other = total(rows[other], n)
    n_cases = total(rows[messages.case], n)
    return {
        "case_load": np.where(
            n_cases > 0, total(rows, n, np.where(messages.case, load, 0.0)), np.nan
        ),
        "n_cases": n_cases,
        "n_cases_open": total(rows[open_], n),
        "n_cases_repeated": total(rows[messages.case & repeated], n),
        "said": np.where(n_other > 0, said, np.nan),
        "tone": np.divide(said, weights, out=np.full(n, np.nan), where=weights > 0),
        "n_said": n_other,
        "n_finance_terms": np.where(n_other > 0, total(rows, n, np.where(other, terms, 0)), np.nan),
    }
