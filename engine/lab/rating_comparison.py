"""A bank's ratings in; how well four models foresee later ones, against the plain mean, out."""

import numpy as np
import pandas as pd

from engine.audit.evaluation import bootstrap
from engine.audit.metrics import firsts
from engine.bank.bank import Bank
from engine.errors import TrainingError
from engine.lab.rating_models import Predict, Ratings, Vectors, fit_all
from engine.models.encoder import Encoder
from engine.progress import Progress, quiet
from engine.ranking import training
from engine.ranking.adopters import Adopters
from engine.ranking.signals import Signals
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.signals.needs import phrase, product_texts
from engine.results import RatingsReport
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import RATING_ASPECTS

MIN_RATINGS = 40
"""Ratings below which a fifth of them would say nothing (own choice)."""
TEST_SHARE = 0.2
"""A usual 80/20, here split by time."""
_OPENS_AT = 0.5


def ratings_of(bank: Bank) -> tuple[Ratings, int]:
    """Ratings in the order of time, and how many were left out because no slider was moved.

    Raises
    ------
    TrainingError
        If there are fewer than MIN_RATINGS.
    """
    events = bank["events"].loc[bank["events"]["action"] == "rated"]
    aspects = events[list(RATING_ASPECTS)]
    rating = events["rating"].fillna(aspects.mean(axis=1))
    customer = bank.customer_positions(events["customer_id"])
    product = bank.product_positions(events["product_id"])
    known = rating.notna().to_numpy() & (customer >= 0) & (product >= 0)
    as_opened = (rating == _OPENS_AT) & aspects.fillna(_OPENS_AT).eq(_OPENS_AT).all(axis=1)
    untouched = known & as_opened.to_numpy(dtype=bool)
    kept, n_untouched = np.flatnonzero(known & ~untouched), int(untouched.sum())
    if len(kept) < MIN_RATINGS:
        raise TrainingError(
            f"This bank has {len(kept)} ratings with a slider moved ({n_untouched} were left as "
            f"they opened); {MIN_RATINGS} are needed to fit a model and to judge it."
        )
    order = kept[np.argsort(events["recorded_at"].to_numpy()[kept], kind="stable")]
    ratings = Ratings(customer[order], product[order], rating.to_numpy(dtype=float)[order])
    return ratings, n_untouched


def compare(ratings: Ratings, vectors: Vectors, seed: int) -> pd.DataFrame:
    """Fit on the earlier ratings, judge on the latest fifth, grouped by customer.

    Returns
    -------
    DataFrame
        system, rmse, low, high, gain (RMSE of the mean minus its own, paired), gain_low,
        gain_high, top_differ (share of customers whose five best products are not all scored the
        same), n (ratings), n_customers.
    """
    n_test = round(TEST_SHARE * len(ratings))
    known = ratings.take(np.arange(len(ratings) - n_test))
    later = ratings.take(np.arange(len(ratings) - n_test, len(ratings)))
    models = fit_all(known, vectors, seed)
    people, group = np.unique(later.customer, return_inverse=True)
    n = np.bincount(group).astype(float)
    squared = np.column_stack(
        [
            np.bincount(group, (model(later.customer, later.product) - later.rating) ** 2)
            for model in models.values()
        ]
    )
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(people), (1000, len(people)))
    errors = np.sqrt(squared[drawn].sum(axis=1) / n[drawn].sum(axis=1)[:, None])
    value = np.sqrt(squared.sum(axis=0) / n.sum())
    low, high = np.quantile(errors, [0.025, 0.975], axis=0)
    gain_low, gain_high = np.quantile(errors[:, :1] - errors, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "system": list(models),
            "rmse": value,
            "low": low,
            "high": high,
            "gain": value[0] - value,
            "gain_low": gain_low,
            "gain_high": gain_high,
            "top_differ": [_top_differ(model, people, vectors) for model in models.values()],
            "n": n_test,
            "n_customers": len(people),
        }
    )


def recall(
    systems: dict[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    *,
    k: int,
    seed: int,
) -> pd.DataFrame:
    """Share of what was taken that stood in the first k, mean over customers, with intervals.

    Parameters
    ----------
    systems : mapping of str to ndarray of shape (n_customers, n_products)
        Scores; ties go to the earlier column.
    adopted, candidates : ndarray of bool, same shape

    Returns
    -------
    DataFrame
        system, recall, low, high, n.
    """
    taken = adopted & candidates
    rows = np.flatnonzero(taken.any(axis=1))
    shares = [
        (taken & firsts(scores, candidates, k))[rows].sum(axis=1) / taken[rows].sum(axis=1)
        for scores in systems.values()
    ]
    estimate = bootstrap(np.column_stack(shares), seed=seed)
    return pd.DataFrame(
        {
            "system": list(systems),
            "recall": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "n": len(rows),
        }
    )


def _top_differ(model: Predict, people: np.ndarray, vectors: Vectors) -> float:
    n_products = len(vectors.products)
    customer = np.repeat(people, n_products)
    product = np.tile(np.arange(n_products), len(people))
    scores = np.sort(model(customer, product).reshape(len(people), n_products), axis=1)
    first = scores[:, -5:]
    return float((first[:, -1] > first[:, 0]).mean())


def rating_comparison(snapshots: Snapshots, progress: Progress) -> RatingsReport:
    """Rivals' models of ratings against the plain mean, and LightFM against popularity.

    None of them serves: they are here to be compared with.
    """
    settings, bank = snapshots.settings, snapshots.teaching_bank()
    seed = settings.models.seed
    progress(0.1, "Ratings")
    table, reason, untouched = pd.DataFrame(), "", 0
    try:
        known, untouched = ratings_of(bank)
        signals = snapshots.signals_of(bank, LearnedModels())
        table = compare(known, _vectors(signals, snapshots.encoder), seed)
    except TrainingError as error:
        reason = str(error)
    progress(0.5, "Collaborative filtering on held-out adoptions")
    fold = training.train(
        bank, snapshots.signals_of, snapshots.interest_of, settings, quiet
    ).holdout
    return RatingsReport(
        table=table,
        reason=reason,
        n_untouched=untouched,
        recall=pd.DataFrame() if fold is None else _recall(fold, seed),
        simulated=bank.manifest.simulated,
    )


def _vectors(signals: Signals, encoder: Encoder) -> Vectors:
    """What customers want and what products say, as the encoder sees both."""
    wants = signals.needs
    pairs = wants.interests[["phrase", "kind", "item"]].drop_duplicates("phrase")
    pairs = pairs.sort_values("phrase")
    phrases = [phrase(row.kind, row.item) for row in pairs.itertuples(index=False)]
    vectors = encoder.encode(phrases + product_texts(signals.bank))
    split = len(phrases)
    return Vectors(wants.weights @ vectors[:split].astype(float), vectors[split:].astype(float))


def _recall(fold: Adopters, seed: int) -> pd.DataFrame:
    """Recall at 10 of LightFM and popularity on the held-out adopters."""
    systems = {
        name: fold.raw[signal]
        for name, signal in (("LightFM", "collaborative"), ("popularity", "popularity"))
        if signal in fold.raw
    }
    return recall(systems, fold.adopted, fold.candidates, k=10, seed=seed)
