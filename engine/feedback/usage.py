"""Events in, how much the lists are used out: by day, by product, by rating, between two days."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.feedback.events import effective
from engine.feedback.history import product_names
from engine.feedback.statistics import interactions
from engine.results import Usage

RATING_BANDS: Final = (
    ("below .4", -np.inf, 0.4),
    (".4 to .7", 0.4, 0.7),
    (".7 and over", 0.7, np.inf),
)
"""Bands of a rating of 0-1, the lower end inside: those of the dashboard that had them first."""

DAY: Final = pd.Timedelta(days=1)


def usage(
    events: pd.DataFrame,
    bank: Bank,
    *,
    since: pd.Timestamp | None = None,
    until: pd.Timestamp | None = None,
) -> Usage:
    """How much the lists were used between two days, both inside.

    Parameters
    ----------
    events : DataFrame
        Every event, imported and recorded; undone ones are left out here.
    since, until : Timestamp, optional
        Days in UTC; without them everything counts, also what has no date.

    Raises
    ------
    BadInput
        If `until` lies before `since`.
    """
    if since is not None and until is not None and until < since:
        raise BadInput(
            f"The last day, {until:%d %B %Y}, lies before the first, {since:%d %B %Y}. Give the "
            "earlier day first."
        )
    stand = effective(events)
    stand = stand.assign(name=product_names(stand, bank))
    every = interactions(stand)
    days = every["recorded_at"].dropna()
    kept = every.loc[_between(every["recorded_at"], since, until)]
    ratings = kept["rating"].dropna()
    return Usage(
        first=None if days.empty else days.min().normalize(),
        last=None if days.empty else days.max().normalize(),
        n_undated=int(every["recorded_at"].isna().sum()),
        totals={
            "n_customers": int(kept["customer_id"].nunique()),
            "n_interactions": len(kept),
            "mean_rating": float(ratings.mean()),
            "n_clicked": int(kept["clicked"].sum()),
            "click_rate": float(kept["clicked"].mean()),
            "selection_rate": float(kept["selected"].mean()),
        },
        by_day=_by_day(kept),
        by_product=_by_product(kept, stand),
        by_rating=pd.DataFrame(
            [
                (band, int(((ratings >= low) & (ratings < high)).sum()))
                for band, low, high in RATING_BANDS
            ],
            columns=["band", "n"],
        ),
    )


def counted(group: pd.Series) -> pd.DataFrame:
    """Customers in each group, in the groups' order: group, n; groups of nobody are left out."""
    counts = group.value_counts(sort=False)
    counts = counts[counts > 0]
    return pd.DataFrame({"group": counts.index.astype("str"), "n": counts.to_numpy(dtype="int64")})


def _between(
    moments: pd.Series, since: pd.Timestamp | None, until: pd.Timestamp | None
) -> np.ndarray:
    inside = np.ones(len(moments), dtype=bool)
    if since is not None:
        inside &= (moments >= since.normalize()).to_numpy(dtype=bool)
    if until is not None:
        inside &= (moments < until.normalize() + DAY).to_numpy(dtype=bool)
    return inside


def _by_day(opened: pd.DataFrame) -> pd.DataFrame:
    """Each day from the first to the last, those on which nothing happened among them."""
    dated = opened.loc[opened["recorded_at"].notna()]
    table = (
        dated.groupby(dated["recorded_at"].dt.normalize().rename("day"))
        .agg(
            n_customers=("customer_id", "nunique"),
            n=("clicked", "size"),
            n_clicked=("clicked", "sum"),
            n_selected=("selected", "sum"),
        )
        .astype("int64")
    )
    if len(table):
        table = table.reindex(
            pd.date_range(table.index[0], table.index[-1], name="day"), fill_value=0
        )
    return table.reset_index()


def _by_product(opened: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    names = events.drop_duplicates("product_id").set_index("product_id")["name"]
    table = opened.groupby("product_id").agg(
        n=("clicked", "size"), n_clicked=("clicked", "sum"), n_selected=("selected", "sum")
    )
    table = table.astype("int64").reset_index()
    table.insert(1, "name", table["product_id"].map(names))
    return table.sort_values(["n", "product_id"], ascending=[False, True], ignore_index=True)
