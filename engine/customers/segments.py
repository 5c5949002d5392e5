"""Metrics in; bands, a readable segment per customer and the lift of segment by product out."""

from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.customers import wording
from engine.settings import MetricsSettings

CHURN_BANDS: Final = ("low", "medium", "high")
VALUE_BANDS: Final = ("growth", "medium", "high")
_LOYALTY: Final = {"low": "Low churn, ", "medium": "Medium churn, ", "high": "High churn, "}
VALUE_WORDS: Final = {"growth": "growth potential", "medium": "medium value", "high": "high value"}
ACTIONS: Final = {
    ("high", "high"): "Call within a week; solve what is open before any offer.",
    ("high", "medium"): "Win back: settle open cases, then one retention offer.",
    ("high", "growth"): "Ask what is missing; no sales call.",
    ("medium", "high"): "Plan a review meeting this month.",
    ("medium", "medium"): "Offer what binds: savings plan, bundle, better rate.",
    ("medium", "growth"): "Keep in touch by message; watch the trend.",
    ("low", "high"): "Deepen: next product by need.",
    ("low", "medium"): "Cross-sell by clear need.",
    ("low", "growth"): "Develop: first savings or investment step.",
}
"""Churn band and value band -> what to do."""
UNKNOWN: Final = "Little known"
_UNKNOWN_ACTION: Final = "Ask for the missing data before any offer."
_UNRATED_ACTION: Final = "Nothing tells whether they may leave: ask before any offer."


def bands(table: pd.DataFrame, settings: MetricsSettings) -> pd.DataFrame:
    """Churn band, value band and segment of each customer.

    Parameters
    ----------
    table : DataFrame
        churn, profit (0-10), churn_known, profit_known.

    Returns
    -------
    DataFrame
        segment ("Low churn, high value"), churn_band (low, medium, high), value_band (high, medium,
        growth), with the index of `table`. "High value" alone where churn is not known, "Little
        known" where neither is; an unknown profit counts as growth.
    """
    churn = wording.band(
        table["churn"].to_numpy(), settings.medium_from_churn, settings.retention_from_churn,
        CHURN_BANDS,
    )  # fmt: skip
    value = wording.band(
        table["profit"].to_numpy(), settings.medium_value_from, settings.high_value_from,
        VALUE_BANDS,
    )  # fmt: skip
    value = np.where(table["profit_known"], value, "growth")
    frame = pd.DataFrame({"churn_band": churn, "value_band": value}, index=table.index, dtype="str")
    loyalty = frame["churn_band"].map(_LOYALTY).where(table["churn_known"], "")
    segment = (loyalty + frame["value_band"].map(VALUE_WORDS)).str.capitalize()
    known = table["churn_known"] | table["profit_known"]
    frame.insert(0, "segment", segment.where(known, UNKNOWN).astype("str"))
    return frame


def told(people: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Customers of a list with the segment as it is said of each.

    Parameters
    ----------
    people : DataFrame
        Its index holds places in `table`.
    table : DataFrame
        Everybody, in the columns that `said_of` reads.
    """
    return people.assign(segment=said_of(table.iloc[people.index]).to_numpy())


def _value_alone(name: str) -> str:
    """A segment without its churn: an index that is low says little while a case is open."""
    return name.rpartition(", ")[2].capitalize()


def said_of(table: pd.DataFrame) -> pd.Series:
    """The segment as it is said of each customer: without low churn where a case is open."""
    stays = (table["n_cases_open"] > 0) & table["churn_known"] & (table["churn_band"] == "low")
    return table["segment"].where(~stays, table["segment"].map(_value_alone))


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Size and worth of each segment that has anybody in it, most valuable first.

    Returns
    -------
    DataFrame
        segment, churn_band, value_band, n, share (0-1), value_a_year (sum) and mean_churn (NaN
        where nobody's is known), action.
    """
    keys = ["segment", "churn_band", "value_band"]
    groups = table.groupby(keys, sort=True)
    frame = groups.size().rename("n").reset_index()
    frame["share"] = frame["n"] / max(len(table), 1)
    frame["value_a_year"] = groups["value_a_year"].sum(min_count=1).to_numpy()
    rated = table["churn"].where(table["churn_known"])
    frame["mean_churn"] = rated.groupby([table[key] for key in keys]).mean().to_numpy()
    pairs = zip(frame["churn_band"], frame["value_band"], strict=True)
    actions = [ACTIONS[pair] for pair in pairs]
    frame["action"] = pd.Series(actions, dtype="str").mask(
        frame["mean_churn"].isna(), _UNRATED_ACTION
    )
    frame.loc[frame["segment"] == UNKNOWN, "action"] = _UNKNOWN_ACTION
    order = ["value_a_year", "n", "segment"]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def lift(
    groups: pd.Series, held: np.ndarray, products: pd.Series, allowed: np.ndarray | None = None
) -> pd.DataFrame:
    """How much more often each group holds each product than the bank as a whole.

    Parameters
    ----------
    groups : Series of length n_customers
        Any grouping, for example the segment.
    held : ndarray of bool, shape (n_customers, n_products)
    products : Series of length n_products
        Names, by product number.
    allowed : ndarray of bool, shape (n_customers, n_products), optional
        Who may be offered what, as the guard says.

    Returns
    -------
    DataFrame
        segment, product, product_id, n (members of the group), n_may (those of them who do not
        hold it and may be offered it; NaN without `allowed`), rate, base_rate, lift, low, high
        (95 % interval); products that anybody holds, surest lifts first.
    """
    codes, names = pd.factorize(groups, sort=True)
    n = np.bincount(codes[codes >= 0], minlength=len(names))
    members = (codes[None, :] == np.arange(len(names))[:, None]).astype(np.float64)
    counts = np.rint(members @ held.astype(np.float64))
    may = None if allowed is None else np.rint(members @ (allowed & ~held).astype(np.float64))
    base = held.sum(axis=0).astype(float)
    kept = np.flatnonzero(base > 0)
    lifts = rates.lift(counts[:, kept], n[:, None], base[kept][None, :], float(len(groups)))
    rows, columns = np.divmod(np.arange(len(names) * len(kept)), max(len(kept), 1))
    frame = pd.DataFrame(
        {
            "segment": pd.Series(np.asarray(names, dtype=object)[rows], dtype="str"),
            "product": pd.Series(products.to_numpy(dtype=object)[kept][columns], dtype="str"),
            "product_id": products.index.astype("str")[kept][columns],
            "n": n[rows],
            "n_may": np.nan if may is None else may[rows, kept[columns]],
            "rate": rates.rate(counts[rows, kept[columns]], n[rows]),
            "base_rate": (base / max(len(groups), 1))[kept][columns],
            "lift": lifts.value.ravel(),
            "low": lifts.low.ravel(),
            "high": lifts.high.ravel(),
        }
    )
    order = ["low", "lift", "segment", "product"]
    return frame.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
