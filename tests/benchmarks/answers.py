"""A taste planted in answers in, whether retraining moves like customers the right way out.

`python -m tests.benchmarks.answers --seeds 20` plants a taste in 60 answers of one profile of the
demo bank (its customers say yes to one kind with .85 and to another with .15), lets a version
learn from them, and asks other customers of that profile: are they, on the whole, moved towards
what they then say yes to, and away from what they say no to? With 60 answers at random they are
not. The interval is over customers who were not asked before.
"""

import argparse
import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.audit.later_answers import judged
from engine.errors import NeedsAgreement
from engine.ranking.signals import answers as learning
from engine.ranking.signals.answers import Groups
from engine.scoring.score_table import ScoreTable
from engine.settings import AnswerSettings

if TYPE_CHECKING:
    from engine import Engine

N = 60
SURE = 0.85


def asked(
    table: ScoreTable, profile: str, kinds: tuple[str, str], seed: int
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Offers of two kinds to customers of a profile, in random order: which pairs, and which kind
    each is of (True for the first)."""
    rng = np.random.default_rng(seed)
    groups = table.snapshot.signals.groups
    segment = groups.names["segment"].index(profile)
    rows = np.flatnonzero(groups.of["segment"] == segment)
    wanted = np.isin(groups.kind, [groups.kinds.index(kind) for kind in kinds])
    at, product = np.nonzero(table.allowed[rows] & wanted)
    order = rng.permutation(len(at))
    row, product = rows[at[order]], product[order]
    first = groups.kind[product] == groups.kinds.index(kinds[0])
    pairs = pd.DataFrame({"row": row, "product": product})
    return pairs, first, rng.random(len(pairs))


def answered(pairs: pd.DataFrame, yes: np.ndarray) -> pd.DataFrame:
    """Pairs as answers, a minute apart."""
    moment = pd.Timestamp("2026-07-01") + pd.to_timedelta(np.arange(len(pairs)), unit="min")
    return pairs.assign(
        event_id=[str(n) for n in range(len(pairs))],
        recorded_at=moment,
        actor="Rita",
        yes=yes.astype(float),
        weight=1.0,
    ).reset_index(drop=True)


def moved(
    groups: Groups,
    pairs: pd.DataFrame,
    yes: np.ndarray,
    settings: AnswerSettings,
    n: int = N,
) -> dict[str, float]:
    """What 60 answers move among customers who were not asked, by their own later answers.

    Returns
    -------
    dict
        gain: mean move, in points of the score, of what they say yes to less of what they say no
        to, paired within a customer, with its 95 % interval; acts: 1 where the answers would act.
    """
    taught = answered(pairs[:n], yes[:n])
    fitted = learning.fit(taught, groups, settings)
    later = judged(taught, groups, settings, None)
    rest = ~pairs["row"].isin(taught["row"]).to_numpy()
    rest[:n] = False
    left, said = pairs[rest], yes[rest]
    rows, place = np.unique(left["row"].to_numpy(), return_inverse=True)
    raw = fitted.raw(groups, rows)[place, left["product"].to_numpy()] * later.helps
    both = pd.DataFrame({"row": left["row"].to_numpy(), "raw": raw, "yes": said})
    return _apart(both) | {"acts": float(later.helps)}


def trial(
    table: ScoreTable, profile: str, kinds: tuple[str, str], seed: int, *, planted: bool
) -> dict[str, float]:
    """One seed: a taste of the profile, or answers by the toss of a coin, also later ones'."""
    pairs, first, drawn = asked(table, profile, kinds, seed)
    taste = np.where(first, SURE, 1 - SURE)
    later = drawn < taste
    coin = np.random.default_rng(seed + 10_000).random(len(pairs)) < 0.5
    yes = later if planted else np.where(np.arange(len(pairs)) < N, coin, later)
    groups, settings = table.snapshot.signals.groups, table.settings.answers
    return {"seed": seed, "planted": float(planted)} | moved(groups, pairs, yes, settings)


def through_retrain(
    engine: "Engine", seed: int, who: tuple[str, tuple[str, str]]
) -> dict[str, object]:
    """The whole way: 60 answers recorded, a retraining, and the lists that serve then.

    The engine's state is written; hand over a copy. `gain` is of whole scores, before and after,
    of whatever version serves.
    """
    table = engine.scores.get()
    pairs, first, drawn = asked(table, *who, abs(seed))
    taste = drawn < np.where(first, SURE, 1 - SURE)
    coin = np.random.default_rng(abs(seed) + 10_000).random(len(pairs)) < 0.5
    yes = taste if seed >= 0 else np.where(np.arange(len(pairs)) < N, coin, taste)
    ids, products = engine.bank.customer_ids, engine.bank["products"]["product_id"].to_numpy()
    for n, one in enumerate(pairs[:N].itertuples(index=False)):
        engine.feedback.record(
            event_id=f"planted-{n}",
            customer_id=str(ids[one.row]),
            product_id=str(products[one.product]),
            action="accepted" if yes[n] else "dismissed",
            actor="Rita",
        )
    report = engine.models.retrain(actor="Rita")
    agreed = False
    if len(engine.models.kept_back()):
        with suppress(NeedsAgreement):
            engine.models.agree(report.version_id, actor="Rita")
        engine.models.agree(report.version_id, actor="Kim")
        agreed = True
    after = engine.scores.get()
    left = ~pairs["row"].isin(pairs["row"][:N]).to_numpy()
    left[:N] = False
    rows, place = np.unique(pairs["row"][left].to_numpy(), return_inverse=True)
    change = _scores(after, rows) - _scores(table, rows)
    moved_by = change[place, pairs["product"][left].to_numpy()]
    both = pd.DataFrame({"row": pairs["row"][left].to_numpy(), "raw": moved_by, "yes": yes[left]})
    return {
        "seed": seed,
        "promoted": report.promoted,
        "agreed by two": agreed,
        "verdict": report.verdict,
        **_apart(both),
    }


def _scores(table: ScoreTable, rows: np.ndarray) -> np.ndarray:
    return sum(table.parts(rows).values())


def _apart(both: pd.DataFrame) -> dict[str, float]:
    means = both.groupby(["row", "yes"])["raw"].mean().unstack()
    apart = (means[True] - means[False]).dropna().to_numpy()
    error = apart.std(ddof=1) / np.sqrt(len(apart))
    gain = float(apart.mean())
    return {
        "n": len(apart),
        "gain": gain,
        "low": gain - 1.96 * error,
        "high": gain + 1.96 * error,
    }


def main() -> None:
    """Print every seed, and how often the interval lies above 0 and below it."""
    from engine import Engine

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/demo"))
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--profile", default="Low churn, medium value")
    parser.add_argument("--kinds", nargs=2, default=("Insurance", "Investment"))
    parser.add_argument(
        "--retrain", action="store_true", help="The whole way; a negative seed is at random."
    )
    given = parser.parse_args()
    engine = Engine.open(given.data, given.state)
    engine.models.warm_up()
    if given.retrain:
        kinds = given.kinds[0], given.kinds[1]
        for seed in (*range(given.seeds), *range(-1, -1 - given.seeds, -1)):
            with tempfile.TemporaryDirectory() as folder:
                state = Path(shutil.copytree(given.state, Path(folder) / "state"))
                copy = Engine.open(given.data, state)
                print(json.dumps(through_retrain(copy, seed, (given.profile, kinds))), flush=True)
        return
    table = engine.scores.get()
    for planted in (True, False):
        rows = [
            trial(table, given.profile, tuple(given.kinds), seed, planted=planted)
            for seed in range(given.seeds)
        ]
        for row in rows:
            print(json.dumps(row))
        found = pd.DataFrame(rows)
        print(
            f"{'planted' if planted else 'at random'}: {given.seeds} seeds, mean gain "
            f"{found['gain'].mean():.3f}, acts in {int(found['acts'].sum())}, above 0 in "
            f"{int((found['low'] > 0).sum())}, below 0 in {int((found['high'] < 0).sum())}"
        )


if __name__ == "__main__":
    main()
