"""Events in, figures out: how people use the lists, what they accept, what a model may learn."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.feedback.events import effective
from engine.feedback.history import imported_notes, product_names
from engine.feedback.ratings import DEFAULT_RATING, left_at_default, ratings_of
from engine.rates import rate, wilson
from engine.results import FeedbackStatistics
from engine.vocabulary import RATING_ASPECTS

INTEREST: Final = {
    "viewed": 1.0,
    "clicked": 2.0,
    "selected": 2.0,
    "accepted": 3.0,
    "purchased": 3.0,
}
"""Weight of one event when models are fitted (`selected` and `accepted` are own choices)."""

RATED_INTEREST: Final = 3.0
"""Weight of a rating of 1; it falls to nothing at .5 (own choice)."""

MOST_OF_ONE_PERSON: Final = sum(INTEREST.values()) + RATED_INTEREST
"""Most that all events of one person about one customer and one product weigh together: each
kind of event once (own choice). Whoever repeats themselves trains no more."""

STAGES: Final = ("shown", "viewed", "accepted", "purchased")

_STAGE_OF = {
    "shown": 0,
    **dict.fromkeys(
        ("viewed", "clicked", "selected", "contacted", "rated", "dismissed", "postponed"), 1
    ),
    "accepted": 2,
    "purchased": 3,
}
_NO_OPENING = ("shown", "contacted", "retracted")
_CLICKED = ("clicked", "selected", "accepted", "purchased")
_SELECTED = ("selected", "accepted", "purchased")
_ACCEPTED = ("accepted", "purchased")
_DECIDED = (*_ACCEPTED, "dismissed", "postponed")
NO_REASON: Final = "no reason given"
"""Stands for the reason of a dismissal that has none."""


def statistics(
    events: pd.DataFrame, bank: Bank, *, segments: pd.Series | None = None
) -> FeedbackStatistics:
    """Everything that the feedback page shows, of imported and recorded events.

    Undone ones are left out here. `segments` are those of the customers, in the bank's row order.
    """
    events = effective(events)
    decided = decisions(events)
    rows = bank.customer_positions(decided["customer_id"])
    group = pd.Series(pd.NA, index=decided.index, dtype="object")
    if segments is not None and len(decided):
        values = segments.to_numpy(dtype=object)
        group = pd.Series(np.where(rows >= 0, values[rows], None), index=decided.index)
    return FeedbackStatistics(
        totals=user_statistics(events),
        funnel=funnel(events),
        by_product=product_statistics(events, bank),
        by_segment=acceptance(decided, group),
        by_actor=acceptance(decided, decided["actor"]),
        by_rank=_by_rank(decided),
        by_arm=acceptance(decided, decided["arm"]) if "arm" in decided else pd.DataFrame(),
        by_reason=reasons(decided),
    )


def interactions(events: pd.DataFrame) -> pd.DataFrame:
    """One row per opening of an offer, whatever was then done with it; of events that stand.

    Returns
    -------
    DataFrame
        customer_id, product_id, clicked, selected, recorded_at (of its first event),
        has_feedback (bool), rating (NaN if none).

    Notes
    -----
    Events of one customer and product belong to one opening if they answer the same receipt, or
    the same moment where there is none. A list that was merely shown is no interaction, and no
    talk about a product. Where a
    source tells itself whether an offer was clicked or selected, that counts; a rating that a
    source keeps in two files counts once.
    """
    kept = events.loc[~events["action"].isin(_NO_OPENING)].reset_index(drop=True)
    _, notes = imported_notes(kept)
    said = pd.DataFrame(notes, index=kept.index).reindex(columns=["source", "clicked", "selected"])
    clicked = said["clicked"].where(said["clicked"].notna(), kept["action"].isin(_CLICKED))
    selected = said["selected"].where(said["selected"].notna(), kept["action"].isin(_SELECTED))
    moment = kept["receipt_id"].fillna(kept["recorded_at"].astype("str"))
    opened = pd.DataFrame(
        {
            "customer_id": kept["customer_id"],
            "product_id": kept["product_id"],
            "moment": moment,
            "clicked": clicked.astype(bool),
            "selected": selected.astype(bool),
            "recorded_at": kept["recorded_at"],
            "has_feedback": kept["action"] == "rated",
            "rating": ratings_of(kept),
        }
    )
    opened = opened.loc[~_kept_twice(kept, said["source"])]
    openings = opened.groupby(["customer_id", "product_id", "moment"], sort=False, dropna=False)
    how = {"clicked": "max", "selected": "max", "recorded_at": "min", "has_feedback": "max"}
    return openings.agg(how | {"rating": "last"}).reset_index().drop(columns="moment")


def user_statistics(events: pd.DataFrame) -> dict[str, float]:
    """The five figures: n_interactions, n_feedback, mean_feedback and the two rates.

    Returns
    -------
    dict
        Rates are shares of the interactions; NaN where there is none.
    """
    opened = interactions(events)
    return {
        "n_interactions": len(opened),
        "n_feedback": int(opened["has_feedback"].sum()),
        "mean_feedback": float(opened["rating"].mean()),
        "click_rate": float(opened["clicked"].mean()),
        "selection_rate": float(opened["selected"].mean()),
    }


def product_statistics(events: pd.DataFrame, bank: Bank) -> pd.DataFrame:
    """One row per product that anyone has touched, known to the bank or not.

    Returns
    -------
    DataFrame
        product_id, name, n, mean_rating, n_rated, n_accepted, n_dismissed, acceptance,
        click_rate, selection_rate; most interactions first.
    """
    opened = interactions(events)
    table = opened.groupby("product_id").agg(
        n=("clicked", "size"),
        mean_rating=("rating", "mean"),
        n_rated=("rating", "count"),
        click_rate=("clicked", "mean"),
        selection_rate=("selected", "mean"),
    )
    decided = decisions(events)
    by_product = decided.groupby("product_id")["accepted"].agg(["sum", "size"])
    by_product = by_product.reindex(table.index, fill_value=0)
    dismissed = decided.loc[decided["action"] == "dismissed"].groupby("product_id").size()
    table["n_accepted"] = by_product["sum"].astype("int64")
    table["n_dismissed"] = dismissed.reindex(table.index, fill_value=0)
    table["acceptance"] = rate(by_product["sum"], by_product["size"])
    names = events.assign(name=product_names(events, bank)).drop_duplicates("product_id")
    table["name"] = names.set_index("product_id")["name"]
    shown = table.reset_index().sort_values(["n", "product_id"], ascending=[False, True])
    columns = ["product_id", "name", "n", "mean_rating", "n_rated", "n_accepted", "n_dismissed"]
    return shown[[*columns, "acceptance", "click_rate", "selection_rate"]].reset_index(drop=True)


def funnel(events: pd.DataFrame) -> pd.DataFrame:
    """How far offers came: stage, n of distinct customer-product pairs that reached it.

    A pair that reached a stage has passed those before it, whether or not that was logged.
    """
    reached = events["action"].map(_STAGE_OF)
    furthest = reached.groupby([events["customer_id"], events["product_id"]]).max()
    n = [int((furthest >= number).sum()) for number in range(len(STAGES))]
    return pd.DataFrame({"stage": STAGES, "n": n})


def decisions(events: pd.DataFrame) -> pd.DataFrame:
    """The last decision of each customer about each product.

    Returns
    -------
    DataFrame
        The events' columns and `accepted` (bool): accepted or purchased, against dismissed or
        postponed.
    """
    decided = events.loc[events["action"].isin(_DECIDED)]
    decided = decided.sort_values("recorded_at", kind="stable", na_position="first")
    last = decided.drop_duplicates(["customer_id", "product_id"], keep="last")
    return last.assign(accepted=last["action"].isin(_ACCEPTED)).reset_index(drop=True)


def acceptance(decided: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Share of decisions that were a yes, by any grouping of the decisions, with its interval.

    Returns
    -------
    DataFrame
        group, n_decisions, n_accepted, acceptance, low, high (Wilson); most decisions first.
    """
    counts = decided["accepted"].groupby(group).agg(["size", "sum"])
    counts = counts.sort_index().sort_values("size", ascending=False, kind="stable")
    share = wilson(counts["sum"], counts["size"])
    return pd.DataFrame(
        {
            "group": counts.index.astype("str"),
            "n_decisions": counts["size"].to_numpy(dtype="int64"),
            "n_accepted": counts["sum"].to_numpy(dtype="int64"),
            "acceptance": share.value,
            "low": share.low,
            "high": share.high,
        }
    )


def _by_rank(decided: pd.DataFrame) -> pd.DataFrame:
    """Acceptance by the place in the list, the first on top; without what had no place."""
    ranks = decided["rank"].astype("Int64").astype("string").astype("object")
    table = acceptance(decided, ranks.where(decided["rank"].notna()))
    return table.sort_values("group", key=lambda group: group.astype("int64"), ignore_index=True)


def reasons(decided: pd.DataFrame) -> pd.DataFrame:
    """Why offers were turned down: action, reason, n; a missing reason reads "no reason given"."""
    turned_down = decided.loc[~decided["accepted"]]
    reason = turned_down["reason"].fillna(NO_REASON)
    counts = reason.groupby([turned_down["action"], reason]).size()
    table = counts.rename_axis(["action", "reason"]).reset_index(name="n")
    order = ["n", "action", "reason"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def training_events(events: pd.DataFrame, bank: Bank) -> pd.DataFrame:
    """What events that stand add to holdings when shared models are fitted.

    Returns
    -------
    DataFrame
        customer_id, product_id, weight, recorded_at: one row an event that says something. How
        often it happened counts by its rows, up to `MOST_OF_ONE_PERSON`. `why_left_out` says why
        the others do not.
    """
    why = why_left_out(events, bank)
    kept = events.loc[why.isna()]
    liked = (ratings_of(kept) - DEFAULT_RATING) / (1 - DEFAULT_RATING) * RATED_INTEREST
    weight = kept["action"].map(INTEREST).fillna(liked).astype("float64")
    said = weight.groupby([kept[c] for c in ("actor", "customer_id", "product_id")]).transform(
        "sum"
    )
    weight *= (MOST_OF_ONE_PERSON / said.fillna(0.0).clip(lower=MOST_OF_ONE_PERSON)).fillna(1.0)
    columns = ["customer_id", "product_id", "weight", "recorded_at"]
    return kept.assign(weight=weight)[columns].reset_index(drop=True)


def why_left_out(events: pd.DataFrame, bank: Bank) -> pd.Series:
    """Why each event does not train; missing where it does."""
    action = events["action"]
    low = (action == "rated") & ~(ratings_of(events) > DEFAULT_RATING)
    why = pd.Series(None, index=events.index, dtype="str")
    why = why.mask(~action.isin((*INTEREST, "rated")), "no sign of interest: " + action)
    why = why.mask(low, "a low rating: it acts on that customer's own list")
    why = why.mask(left_at_default(events), "a rating left at its default")
    why = why.mask(bank.product_positions(events["product_id"]) < 0, "an unknown product")
    return why.mask(bank.customer_positions(events["customer_id"]) < 0, "an unknown customer")


def _kept_twice(events: pd.DataFrame, source: pd.Series) -> pd.Series:
    """Ratings that an import found in a second file of the same bank."""
    rating = ratings_of(events).round(9)
    key = pd.DataFrame({c: events[c] for c in ("customer_id", "product_id")} | {"rating": rating})
    rated = (events["action"] == "rated") & source.notna()
    parts = events[list(RATING_ASPECTS)].notna().any(axis=1)
    # The file with the six parts repeats the log's row: the log has it without them.
    logged = pd.MultiIndex.from_frame(key.loc[rated & ~parts])
    return rated & parts & pd.MultiIndex.from_frame(key).isin(logged)
