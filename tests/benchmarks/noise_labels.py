"""How often labels that are shuffled put a learned metric to use.

python -m tests.benchmarks.noise_labels [SEEDS]
"""

import sys

import numpy as np
import pandas as pd

from engine import rates
from engine.customers.learned_metrics import choice
from engine.customers.learned_metrics.fit import quality_of
from engine.customers.metrics.learned_metric import ADDITIVE, DRIVERS, LINEAR
from engine.threads import one_thread

N, N_CASES, N_DRIVERS, N_NUMBERS = 400, 120, 6, 8


def drawn(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Drivers of a scorecard, all that may be learned from, and labels that know nothing of it."""
    rng = np.random.default_rng([99, seed])
    drivers = pd.DataFrame(
        {
            f"driver{i}": np.where(rng.random(N) < 0.3, rng.exponential(1, N), 0.0)
            for i in range(N_DRIVERS)
        }
    )
    columns = {f"customers.n{i}": rng.normal(size=N) for i in range(N_NUMBERS)}
    words = {
        f"customers.w{i}": rng.choice(list(letters), N).astype(object)
        for i, letters in enumerate(("abcd", "xyz"))
    }
    label = rng.permutation(np.r_[np.ones(N_CASES), np.zeros(N - N_CASES)])
    return drivers, pd.concat([drivers, pd.DataFrame(columns | words)], axis=1), label


@one_thread()
def main(seeds: int) -> None:
    """Count what passes by its interval alone, and what also beats shuffled labels."""
    passed = dict.fromkeys([(c, g) for c in (True, False) for g in ("interval", "shuffles")], 0)
    for seed in range(seeds):
        drivers, wide, label = drawn(seed)
        signs = {form: dict.fromkeys(drivers, 1) for form in (DRIVERS, LINEAR, ADDITIVE)}
        models = choice.candidates(drivers, wide, label, signs=signs, seed=7)
        scorecard = 5 + drivers.sum(axis=1).to_numpy()
        for with_card in (True, False):
            found = choice.chosen(label, scorecard if with_card else None, models)
            if found is None or quality_of(label, found.predicted).low <= 0.5:
                continue
            passed[with_card, "interval"] += 1
            passed[with_card, "shuffles"] += choice.beats_chance(
                found, drivers, wide, label, signs=signs, seed=7
            )
    for (with_card, gate), n in passed.items():
        share = rates.wilson(np.array([n]), np.array([seeds]))
        beside = "beside a scorecard" if with_card else "without one"
        print(
            f"{beside}, by {gate}: {n} of {seeds} [{share.low[0]:.1%}, {share.high[0]:.1%}]",
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
