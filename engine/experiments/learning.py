"""A seed in; what a bandit gains on a simulator, how often off-policy intervals cover, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.experiments.bandits import GREEDY, LINUCB, RANDOM, contest
from engine.experiments.off_policy import estimates
from engine.experiments.simulator import logged
from engine.results import LearningSimulation

_WORDS: Final = {"ips": "Inverse propensity", "snips": "Weights that sum to 1",
                 "doubly_robust": "Doubly robust"}  # fmt: skip


def simulation(
    seed: int = 7, *, n_runs: int = 50, n_rounds: int = 2_000, n_logs: int = 200
) -> LearningSimulation:
    """Both in one: the same seed gives the same figures.

    Parameters
    ----------
    n_runs, n_rounds : int
        Worlds, and customers of each, that the learners meet.
    n_logs : int
        Logs of 1,500 rows whose truth is known.
    """
    met = contest(seed, n_runs=n_runs, n_rounds=n_rounds)
    margins = pd.DataFrame(
        [(other, *met.margin(other)) for other in (RANDOM, GREEDY)],
        columns=["against", "margin", "low", "high"],
    )
    rows, truth = logged(np.random.default_rng(seed), n_logs)
    covered = []
    for name, found in estimates(*rows).items():
        inside = int(((found.low <= truth) & (truth <= found.high)).sum())
        share = rates.wilson(inside, n_logs)
        width, error = (found.high - found.low).mean(), (found.value - truth).mean()
        covered.append((_WORDS[name], inside / n_logs, *(float(s) for s in share[1:]),
                        float(error), float(width)))  # fmt: skip
    taken = {name: float(share.mean()) for name, share in met.taken.items()}
    first = margins.iloc[-1]
    return LearningSimulation(
        seed=seed,
        n_runs=n_runs,
        n_rounds=n_rounds,
        n_logs=n_logs,
        taken=taken,
        margins=margins,
        coverage=pd.DataFrame(
            covered, columns=["estimator", "covered", "low", "high", "mean_error", "width"]
        ),
        sentence=(
            f"{LINUCB} has {first.margin:,.0f} of 1,000 offers more taken than a learner that "
            f"never tries (95 % interval {first.low:,.0f} to {first.high:,.0f}, {n_runs} worlds). "
            "Simulated customers: nothing of it is a bank."
        ),
    )
