"""Needs and an encoder in; needs by phrases beside one embedding of a customer's whole text out."""

import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from engine.audit import evaluation
from engine.audit.evaluation_window import EvaluationWindow
from engine.audit.metrics import firsts
from engine.errors import StateError
from engine.models.encoder import Encoder
from engine.progress import Progress
from engine.ranking.product_search import whole_texts
from engine.ranking.signals import Signals
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.signals.needs import phrase, product_texts
from engine.results import NeedsAblation
from engine.snapshot.snapshot import Snapshots

PHRASES = "phrases"
UNCENTRED = "phrases, not centred"
WHOLE = "whole text"
CENTRED = "whole text, centred"
FIRST, MORE = 3, 10
"""Places in which two ways are compared (own choice)."""
METRIC = evaluation.GATE_METRIC


def compared(
    signals: Signals, encoder: Encoder, rows: np.ndarray, clock: Callable[[], float]
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Score customers by every way, from their texts up, and say what two of the ways cost.

    Parameters
    ----------
    encoder : Encoder
        Without a cache, or its seconds say nothing.
    rows : ndarray of int
        Customers of whom something is known.

    Returns
    -------
    scores : dict of str to ndarray of shape (n_rows, n_products)
    speed : DataFrame
        way, n_texts (distinct texts that were embedded), seconds, times (the phrases' seconds).

    Notes
    -----
    Both ways embed the products too. The signal that serves is centred over the whole bank; a
    whole text over the customers at hand, as it would be over all if all were embedded.
    """
    encoder.encode(["Loads the weights before anything is timed."])
    products = product_texts(signals.bank)
    start = clock()
    weights = signals.needs.weights[rows]
    used = np.unique(weights.indices)
    known = signals.needs.phrases.iloc[used]
    phrases = [phrase(*pair) for pair in zip(known["kind"], known["item"], strict=True)]
    vectors = encoder.encode(phrases + products).astype(np.float64)
    plain = weights[:, used] @ (vectors[: len(phrases)] @ vectors[len(phrases) :].T)
    between = clock()
    texts = whole_texts(signals, rows)
    distinct, place = np.unique(np.array(texts, dtype=object), return_inverse=True)
    vectors = encoder.encode(distinct.tolist() + products).astype(np.float64)
    whole = (vectors[: len(distinct)] @ vectors[len(distinct) :].T)[place]
    end = clock()
    scores = {
        PHRASES: signals.needs.scores(rows),
        UNCENTRED: np.asarray(plain),
        WHOLE: whole,
        CENTRED: whole - whole.mean(axis=0),
    }
    first, second = between - start, end - between
    times = second / first if first else 1.0
    costs = [(PHRASES, len(phrases), first, 1.0), (WHOLE, len(distinct), second, times)]
    return scores, pd.DataFrame(costs, columns=["way", "n_texts", "seconds", "times"])


def likeness(scores: Mapping[str, np.ndarray], candidates: np.ndarray, seed: int) -> pd.DataFrame:
    """How far each way agrees with the phrases, and how wide it recommends.

    Parameters
    ----------
    scores : mapping of str to ndarray of shape (n_customers, n_products)
    candidates : ndarray of bool, same shape

    Returns
    -------
    DataFrame
        way, measure, value, low, high, n. Measures: "same first 3" and "same first 10" (share of
        a customer's first products that are the phrases' too), "catalogue in first 3" (share of
        the products that could be offered to anybody), "commonest first product" (share of the
        customers who have it first).
    """
    n, possible = len(candidates), candidates.any(axis=0).sum()
    rows: list[tuple[object, ...]] = []
    for name, table in scores.items():
        for k in (FIRST, MORE):
            mine, theirs = (firsts(t, candidates, k) for t in (table, scores[PHRASES]))
            shared = (mine & theirs).sum(axis=1) / np.maximum(theirs.sum(axis=1), 1)
            rows.append((name, f"same first {k}", *evaluation.bootstrap(shared, seed=seed)))
        leader = firsts(table, candidates, 1).sum(axis=0).max() / max(n, 1)
        spread = firsts(table, candidates, FIRST).any(axis=0).sum() / max(possible, 1)
        rows.append((name, f"catalogue in first {FIRST}", spread, np.nan, np.nan))
        rows.append((name, "commonest first product", leader, np.nan, np.nan))
    return pd.DataFrame(rows, columns=["way", "measure", "value", "low", "high"]).assign(n=n)


def foresight(
    signals: Signals,
    encoder: Encoder,
    adopted: np.ndarray,
    usual: np.ndarray,
    took: np.ndarray,
    seed: int,
) -> pd.DataFrame:
    """How well each way foresaw what was taken, and by how much the phrases are ahead.

    Parameters
    ----------
    signals : Signals
        Of the day before.
    adopted : ndarray of bool, shape (n_customers, n_products)
    usual : ndarray of int
        Customers over whom a whole text is centred.
    took : ndarray of int
        Adopters of whom something is known.

    Returns
    -------
    DataFrame
        way, measure (map@7; "phrases ahead by", paired by customer), value, low, high, n.
    """
    both = np.concatenate([took, np.setdiff1d(usual, took)])
    scores, _ = compared(signals, encoder, both, clock=lambda: 0.0)
    candidates = signals.candidates[took]
    first = {name: table[: len(took)] for name, table in scores.items()}
    mixed = evaluation.with_random_ties(first, adopted[took] & candidates, candidates, seed)
    alone = evaluation.evaluate_systems(*mixed, seed)
    alone = alone[alone["metric"] == METRIC].rename(columns={"metric": "measure"})
    ahead = evaluation.paired(*mixed, seed, champion=PHRASES)
    ahead = ahead.assign(measure="phrases ahead by").drop(columns="metric")
    judged = pd.concat([alone, ahead], ignore_index=True).rename(columns={"system": "way"})
    return judged[["way", "measure", "value", "low", "high", "n"]]


def needs_ablation(
    snapshots: Snapshots,
    progress: Progress,
    *,
    since: pd.Timestamp | None = None,
) -> NeedsAblation:
    """Needs by phrases beside one embedding of each customer's whole text.

    Parameters
    ----------
    since : Timestamp, optional
        First day of the test, as of an evaluation.

    Raises
    ------
    StateError
        If nothing is known of what any customer wants.
    """
    settings = snapshots.settings
    bank, seed = snapshots.teaching_bank(), settings.models.seed
    window = EvaluationWindow.of(
        bank,
        since,
        needed=settings.ranking.min_dated_adoptions,
        stock_share=settings.evaluation.stock_share,
    )
    progress(0.1, "What customers want")
    signals = snapshots.signals_of(bank if window is None else window.then, LearnedModels())
    known = np.flatnonzero(np.diff(signals.needs.weights.indptr))
    if not len(known):
        raise StateError("Nothing is known of what customers want: there is nothing to embed.")
    rows = _spread(known, settings.evaluation.whole_texts)
    progress(0.3, f"{len(rows):,} customers, phrase by phrase and as one text each")
    encoder = snapshots.encoder.encoder
    scores, speed = compared(signals, encoder, rows, time.perf_counter)
    tables = [likeness(scores, signals.candidates[rows], seed)]
    took = np.zeros(0, dtype=np.int64)
    if window is not None:
        took = np.intersect1d(known, window.rows("cohort", signals.candidates))
        took = _spread(took, settings.evaluation.whole_texts)
    if window is not None and len(took):
        progress(0.7, f"{len(took):,} later adopters")
        tables.append(foresight(signals, encoder, window.adopted, rows, took, seed))
    return NeedsAblation(
        n=len(rows),
        n_known=len(known),
        n_adopters=len(took),
        as_of=signals.bank.as_of,
        encoder=encoder.name,
        table=pd.concat(tables, ignore_index=True),
        speed=speed,
        notes=() if len(took) else ("No dated adoptions by which the ways could be judged.",),
        simulated=bank.manifest.simulated,
    )


def _spread(rows: np.ndarray, most: int) -> np.ndarray:
    """So many of them at most, spread evenly."""
    return rows[:: max(1, -(-len(rows) // most))]
