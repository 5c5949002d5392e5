"""A bank with labels in; what was known of each labelled customer before the outcome, out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.columns import columns_of
from engine.customers.finances.months import YEAR, last_day
from engine.customers.learned_metrics.store import EXPECTED_LOSS
from engine.customers.metrics.driver_strengths import strengths_of
from engine.errors import BadInput, TrainingError
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.customers.profiles import Profiles

COMMON_DAYS: Final = 183
"""Labels of at most this span share one moment: the day before the first of them. With a moment
of its own for each outcome, the calendar alone would tell them apart (own choice)."""

LOAN_INPUTS: Final = {
    "instalment_share": "Instalment against income",
    "loan_to_income": "Loan against yearly income",
    "term": "Term of the loan",
    "lowest_balance": "Lowest month-end balance against income",
    "mean_balance": "Mean balance against income",
    "spending_share": "Spending against income",
    "volatility": "Swings of spending",
    "balance_change": "Change of the balance",
    "credit_score": "Credit score",
}
"""Inputs of the expected loss; the four metrics are learned on the drivers of their scorecards."""
TERMS: Final = ("instalment_share", "loan_to_income", "term")
"""Known when the loan was granted, though only customers with a loan have them."""


@dataclass(frozen=True, eq=False)
class Training:
    """What a metric is learned from; row i of every part is one label.

    Attributes
    ----------
    design : DataFrame of shape (n_labels, n_inputs), indexed by customer_id
    columns : DataFrame of shape (n_labels, n_columns)
        Every column of the bank at the same moment (engine/customers/columns.py).
    features : DataFrame
        The profile's figures at the same moment, for the leak check.
    label : ndarray of shape (n_labels,)
    baseline : ndarray of shape (n_labels,) or None
        The scorecard's value at the same moment.
    moment : str
        As of when the features are, for a reader.
    known_until : str
        ISO date of the newest label, at most the bank's day; that day where one has no date, for
        it may be from then.
    """

    design: pd.DataFrame
    columns: pd.DataFrame
    features: pd.DataFrame
    label: np.ndarray
    baseline: np.ndarray | None
    moment: str
    known_until: str
    notes: tuple[str, ...]

    def as_served(self, everyone: pd.DataFrame) -> "Training":
        """With those columns alone that the whole bank has.

        A moment's bank of few customers can call a category what is none of the whole bank, and
        the other way round. Words of the customers table have no date: they are the whole bank's.
        """
        words = everyone.select_dtypes(exclude=["number", "bool"])
        words = words.loc[self.columns.index, words.columns.str.startswith("customers.")]
        columns = self.columns.assign(**words)
        return replace(self, columns=columns[[name for name in columns if name in everyone]])

    def at_most(self, n: int, seed: int) -> "Training":
        """So many of the labels, drawn by the seed, where there are more."""
        if len(self.label) <= n:
            return self
        rows = np.sort(np.random.default_rng(seed).permutation(len(self.label))[:n])
        return replace(
            self,
            design=self.design.iloc[rows],
            columns=self.columns.iloc[rows],
            features=self.features.iloc[rows],
            label=self.label[rows],
            baseline=None if self.baseline is None else self.baseline[rows],
            notes=(*self.notes, f"{n:,} of {len(self.label):,} labels were drawn to learn from."),
        )


def training(
    bank: Bank,
    metric: str,
    target: str,
    profiles_of: "Callable[[Bank], Profiles]",
    settings: Settings,
) -> Training:
    """Features as known before each label's date.

    Parameters
    ----------
    profiles_of : callable
        Builds the profiles of a bank, with scorecards alone.

    Raises
    ------
    BadInput
        If the bank has no labels of this name.
    TrainingError
        If nothing is left to learn from.
    """
    labels = labels_of(bank, target)
    notes: list[str] = []
    labels, moment = (_loan_moments if metric == EXPECTED_LOSS else _moments)(bank, labels, notes)
    if labels.empty:
        raise TrainingError(f"No label {target!r} is left to learn from. {' '.join(notes)}")
    parts = []
    for day, group in labels.groupby("day", sort=True, dropna=False):
        known = _known(bank, group["customer_id"], pd.Timestamp(day), whole=moment != _EACH)
        profiles = profiles_of(known)
        rows = known.customer_positions(group["customer_id"])
        parts.append((inputs(metric, profiles, settings).iloc[rows], profiles, rows, group))
    today, dated = last_day(bank), labels["known_on"]
    last = today if dated.isna().any() else min(dated.max(), today)
    columns = pd.concat(
        [
            # The expected loss is learned from its own inputs alone.
            given.iloc[:, :0] if metric == EXPECTED_LOSS else columns_of(p.data).iloc[rows]
            for given, p, rows, _ in parts
        ]
    )
    if (labels["day"] < bank.as_of).any():
        notes.append(
            "Satisfaction, credit score, status and kept fields have no date and may know the "
            "outcome: left out."
        )
        columns = columns[[name for name in columns if not name.startswith("attributes.")]]
    return Training(
        design=pd.concat([design for design, *_ in parts]),
        columns=columns,
        features=pd.concat([profiles.features.iloc[rows] for _, profiles, rows, _ in parts]),
        label=np.concatenate([group["value"].to_numpy(dtype=float) for *_, group in parts]),
        baseline=None
        if metric == EXPECTED_LOSS
        else np.concatenate([p.table[metric].to_numpy()[rows] for _, p, rows, _ in parts]),
        moment=moment,
        known_until=str(last.date()),
        notes=tuple(notes),
    )


def labels_of(bank: Bank, target: str) -> pd.DataFrame:
    """The newest label of this name of each customer: customer_id, value, known_on."""
    table = bank["labels"]
    mine = table[(table["name"] == target) & table["value"].notna()]
    mine = mine[bank.customer_positions(mine["customer_id"]) >= 0]
    if mine.empty:
        names = sorted(table["name"].dropna().unique())
        there = ", ".join(names) or "none: add a table labels (customer_id, name, value, known_on)"
        raise BadInput(f"{bank.manifest.name} has no labels {target!r}; there are: {there}.")
    ordered = mine.sort_values(["known_on", "customer_id"], kind="stable", na_position="first")
    return ordered.drop_duplicates("customer_id", keep="last")[["customer_id", "value", "known_on"]]


def inputs(metric: str, profiles: "Profiles", settings: Settings) -> pd.DataFrame:
    """What a metric is learned on, for every customer; NaN where unknown."""
    if metric == EXPECTED_LOSS:
        return _loan_inputs(profiles)
    return strengths_of(profiles.features, profiles.reference, settings)[metric]


def loan_terms(bank: Bank) -> pd.DataFrame:
    """Stated amount, months and payment of each customer's loan, in bank order; NaN without."""
    texts = bank["customers"]["attributes"]
    rows = np.flatnonzero(texts.str.contains('"loan"', regex=False, na=False).to_numpy())
    terms = pd.DataFrame(np.nan, index=bank.customer_ids, columns=["amount", "months", "payment"])
    loans = [json.loads(texts.iloc[row]).get("loan") for row in rows]
    values = [
        [one.get(name, np.nan) for name in terms.columns] if isinstance(one, dict) else [np.nan] * 3
        for one in loans
    ]
    if values:
        terms.iloc[rows] = np.asarray(values, dtype=float)
    return terms


def _loan_inputs(profiles: "Profiles") -> pd.DataFrame:
    terms = loan_terms(profiles.data.bank)
    income = profiles.table["income_month"].to_numpy(dtype=float)
    balances = profiles.data.months.figures["balance"][:, -YEAR - 1 :]
    known = ~np.isnan(balances).all(axis=1)
    lowest = np.where(known, np.where(np.isnan(balances), np.inf, balances).min(axis=1), np.nan)

    def of_income(values: np.ndarray) -> np.ndarray:
        positive = income > 0
        return np.divide(values, income, out=np.full(len(income), np.nan), where=positive)

    features = profiles.features
    return pd.DataFrame(
        {
            "instalment_share": of_income(terms["payment"].to_numpy()),
            "loan_to_income": of_income(terms["amount"].to_numpy()) / 12,
            "term": terms["months"].to_numpy(),
            "lowest_balance": of_income(lowest),
            "mean_balance": of_income(profiles.data.months.mean_of_year("balance")),
            "spending_share": of_income(profiles.table["spending_month"].to_numpy(dtype=float)),
            "volatility": features["spending_variation"].to_numpy(dtype=float),
            "balance_change": features["balance_change"].to_numpy(dtype=float),
            "credit_score": features["credit_score"].to_numpy(dtype=float),
        },
        index=features.index,
    )


# --- as of when

_EACH: Final = "the end of the month before each label's own day"


def _moments(bank: Bank, labels: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, str]:
    """One moment for all where the labels lie close together, else one for each."""
    dates = labels["known_on"]
    if dates.isna().all():
        notes.append(
            "The labels have no dates: the features are of the bank's day and may know the outcome."
        )
        return labels.assign(day=pd.NaT), "the bank's day"
    if undated := int(dates.isna().sum()):
        notes.append(f"{undated:,} labels without a date are left out.")
        labels = labels[dates.notna()]
    first, last = labels["known_on"].min(), labels["known_on"].max()
    if (last - first).days > COMMON_DAYS:
        notes.append("The labels span more than half a year, so each has a moment of its own.")
        return labels.assign(day=_month_before(labels["known_on"])), _EACH
    day = first.normalize() - pd.Timedelta(days=1)
    joined = bank["customers"].set_index("customer_id")["joined_on"]
    later = (labels["customer_id"].map(joined) > day).to_numpy()
    if later.any():
        notes.append(f"{int(later.sum()):,} customers who joined after {day.date()} are left out.")
    return labels[~later].assign(day=day), f"{day.date()}, the day before the first label"


def _loan_moments(bank: Bank, labels: pd.DataFrame, notes: list[str]) -> tuple[pd.DataFrame, str]:
    """The month before the loan was granted, for loans with transactions before that day."""
    products = bank["products"]
    words = (products["category"].fillna("") + " " + products["name"].fillna("")).str.lower()
    loans = products.loc[words.str.contains(r"\bloan", regex=True), "product_id"]
    held = bank["holdings"]
    granted = held[held["product_id"].isin(loans)].groupby("customer_id")["opened_on"].min()
    booked = bank.rows("transactions").parts(["customer_id", "booked_at"])
    first = pd.concat([part.astype({"customer_id": "str"}) for part in booked])
    first = first.groupby("customer_id")["booked_at"].min()
    opened = labels["customer_id"].map(granted)
    earlier = (labels["customer_id"].map(first) < opened).to_numpy(dtype=bool)
    if left := int((~earlier).sum()):
        notes.append(f"{left:,} loans without earlier transactions are left out.")
    return labels[earlier].assign(day=_month_before(opened[earlier])), _EACH


def _month_before(dates: pd.Series) -> pd.Series:
    """The last day of the month before: whole months alone are known, and few moments to build."""
    return dates.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]") - pd.Timedelta(days=1)


def _known(bank: Bank, customers: pd.Series, day: pd.Timestamp, *, whole: bool) -> Bank:
    """The bank of a moment; only some customers of it where each has a moment of their own."""
    if not whole:
        tables = {
            name: frame[frame["customer_id"].isin(customers)]
            for name, frame in bank.tables.items()
            if "customer_id" in frame.columns and len(frame)
        }
        bank = bank.with_tables(**tables)
    if pd.isna(day):
        return bank
    then = bank.until(day)
    # A default lowers the score, and the score has no date: today's may know the outcome.
    unknown = then["customers"].assign(credit_score=np.nan)
    return then.with_checked(customers=unknown) if day < bank.as_of else then


def exposure(bank: Bank, loans: np.ndarray) -> np.ndarray:
    """What each customer owes: the balance, else the stated amount of the loan; NaN without."""
    return np.where(np.isnan(loans), loan_terms(bank)["amount"].to_numpy(), loans)


def labels_by_name(bank: Bank) -> Mapping[str, int]:
    """Label -> how many customers have it."""
    return bank["labels"].groupby("name")["customer_id"].nunique().to_dict()
