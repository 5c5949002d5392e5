"""`fit-metric` on the two public shapes, beside boosting that was tuned on the same columns.

python -m tests.benchmarks.learned_columns
"""

import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from engine import Engine
from engine.customers.learned_metrics.accuracy import auc_interval
from engine.customers.learned_metrics.choice import lead
from tests.public_shapes import LABELS, LEAKS, PROXIES, SHAPES, opened, shuffled

SIZES = {"card": 10_127, "european": 10_000}
SEED = 11


def judged_later(engine: Engine, shape: str, later: pd.DataFrame) -> None:
    """The served chances and tuned boosting, both on customers whom neither saw."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    profiles = engine.snapshot().profiles
    model = profiles.learned["churn"].model
    with tempfile.TemporaryDirectory() as folder:
        other = opened(later, Path(folder))
        other.snapshots.metrics.save(model)
        unseen = other.snapshot().profiles.learned["churn"]
        label = labels(other)
    read = profiles.learned["churn"].inputs
    both = pd.concat([read, unseen.inputs]).reset_index(drop=True)
    both = both.assign(
        **{name: pd.factorize(both[name])[0] for name in both.select_dtypes(exclude="number")}
    ).to_numpy(dtype=float)
    mine, theirs = both[: len(read)], both[len(read) :]
    known = labels(engine)
    rows = np.random.default_rng(SEED).permutation(len(known))
    fitted, tuned = rows[: 4 * len(rows) // 5], rows[4 * len(rows) // 5 :]
    best = max(
        (
            auc_interval(
                known[tuned],
                HistGradientBoostingClassifier(
                    learning_rate=rate, max_leaf_nodes=leaves, max_iter=rounds, random_state=SEED
                )
                .fit(mine[fitted], known[fitted])
                .decision_function(mine[tuned]),
            ).value,
            rate,
            leaves,
            rounds,
        )
        for rate, leaves, rounds in product((0.05, 0.1), (8, 31), (100, 300))
    )
    _, rate, leaves, rounds = best
    rival = HistGradientBoostingClassifier(
        learning_rate=rate, max_leaf_nodes=leaves, max_iter=rounds, random_state=SEED
    ).fit(mine, known)
    scores = {"served": unseen.predicted, "tuned boosting": rival.decision_function(theirs)}
    for name, score in scores.items():
        value, low, high = auc_interval(label, score)
        print(f"  {name:16s} AUC {value:.4f} [{low:.4f}, {high:.4f}]")
    value, low, high = lead(label, *scores.values())
    print(f"  served - tuned   {value:+.4f} [{low:+.4f}, {high:+.4f}]")
    sums = 5 + profiles.drivers["churn"].sum(axis=1) - profiles.table["churn"]
    print(f"  largest error of 5 + drivers - value: {np.abs(sums).max():.1e}; form: {model.form}")


def labels(engine: Engine) -> np.ndarray:
    """Labels of all customers in the bank's order."""
    table = engine.bank["labels"].set_index("customer_id")["value"]
    return table.reindex(engine.bank.customer_ids).to_numpy(dtype=float)


def main() -> None:
    """Fit on one draw, judge on another."""
    for shape, n in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            engine = opened(SHAPES[shape](n, SEED), Path(folder) / "bank")
            start = time.process_time()
            found = engine.learned_metrics.fit("churn", LABELS[shape])
            print(f"{shape}, n = {n:,}, fitted in {time.process_time() - start:.0f} s of processor")
            print(found.measures.round(4).to_string())
            print(found.verdict)
            for column in (LEAKS[shape], PROXIES[shape]):
                row = found.leaks.set_index("column").loc[f"attributes.{column}"]
                print(f"  {column}: {row['why']}")
            judged_later(engine, shape, SHAPES[shape](n, SEED + 1))
        with tempfile.TemporaryDirectory() as folder:
            engine = opened(shuffled(shape, n // 4, SEED), Path(folder) / "noise")
            print(f"  noise: {engine.learned_metrics.fit('churn', LABELS[shape]).verdict}")


if __name__ == "__main__":
    main()
