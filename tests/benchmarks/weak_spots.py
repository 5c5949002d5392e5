"""How often weak spots are named where there are none, and how often one that is there is found.

python -m tests.benchmarks.weak_spots [RUNS] [--data DIR] [--state DIR]

The outcomes of the serving bank's judged customers are shuffled over them, so that who somebody is
says nothing of them; then a group of a stated size is served worse by a stated number in 100.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import rates
from engine.audit import grading
from engine.audit import weak_spots as finder
from engine.audit.weak_spots import Outcomes
from engine.engine import Engine
from engine.progress import quiet
from engine.ranking import training
from engine.settings import Settings
from engine.threads import one_thread

SIZES, WORSE = (0.15, 0.3), (0.15, 0.3, 0.45)
"""Share of the customers in the planted group, and how many fewer in 1 are served well."""
_PLANTED = "planted"


def judged(engine: Engine) -> Outcomes:
    """What became of the lists of the customers that judge a training of today."""
    own = engine.snapshots
    judge = grading.Judge(own.base.manifest.simulated)
    of = (own.bank(), own.signals_of, own.interest_of, own.settings)
    verdict = training.train(*of, quiet, judge=judge).choice
    if not isinstance(verdict, grading.Verdict) or verdict.grade is None:
        raise SystemExit("Nothing judges the lists of this bank.")
    return finder.outcomes_of(verdict, own.settings.weak_spots, own.settings.fairness)


def shuffled(given: Outcomes, rng: np.random.Generator) -> Outcomes:
    """The same outcomes, of other customers."""
    order = rng.permutation(len(given.hit))
    arrays = {name: getattr(given, name)[order] for name in ("hit", "reciprocal", "popular")}
    return replace(given, **arrays)


def planted(given: Outcomes, rng: np.random.Generator, size: float, worse: float) -> Outcomes:
    """A group that a word names, some of whose hits are taken away."""
    inside = rng.random(len(given.hit)) < size
    lost = inside & (rng.random(len(given.hit)) < worse / max(given.hit.mean(), worse))
    word = np.where(inside, "inside", "outside")
    conditions = [finder.Condition(_PLANTED, word=name) for name in ("inside", "outside")]
    return replace(
        given,
        hit=given.hit & ~lost,
        fields=given.fields.assign(**{_PLANTED: word}),
        conditions={**given.conditions, _PLANTED: conditions},
    )


def named(given: Outcomes, settings: Settings, seed: int) -> list[str]:
    """Columns of every group that a run names."""
    table, _ = finder.weak_spots(given, settings.weak_spots, settings.fairness, seed)
    rows = table[table["confirmed"]].to_dict("records")
    return [" ".join(one.column for one in finder.conditions_of(row)) for row in rows]


@one_thread()
def main(runs: int, data: Path, state: Path) -> None:
    """Count runs that name anything, and those that name what was planted."""
    engine = Engine.open(data, state)
    given, settings = judged(engine), engine.snapshots.settings
    print(f"{len(given.hit):,} customers of {data}, {given.hit.mean():.3f} found in first three")
    rng = np.random.default_rng(settings.models.seed)
    by_chance = [named(shuffled(given, rng), settings, run) for run in range(runs)]
    _print("names a group where there is none", [bool(found) for found in by_chance])
    for size in SIZES:
        for worse in WORSE:
            found = [
                any(_PLANTED in one for one in named(planted(s, rng, size, worse), settings, run))
                for run in range(runs // 5)
                for s in (shuffled(given, rng),)
            ]
            _print(f"finds {size:.0%} who are served worse by {100 * worse:.0f} in 100", found)


def _print(what: str, hits: list[bool]) -> None:
    share = rates.wilson(sum(hits), len(hits))
    print(f"{what}: {sum(hits)} of {len(hits)} [{share.low:.1%}, {share.high:.1%}]", flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("runs", type=int, nargs="?", default=500)
    asked.add_argument("--data", type=Path, default=Path("data/demo"))
    asked.add_argument("--state", type=Path, default=Path("data/state"))
    main(**vars(asked.parse_args()))
