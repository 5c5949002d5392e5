"""A bank's own adoptions in; an encoder tuned on them out, kept only if it ranks better."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from engine.audit.evaluation import bootstrap
from engine.audit.metrics import per_customer
from engine.errors import TrainingError
from engine.lab.encoder_tuning import Pairs, fine_tune
from engine.lab.tuning_pairs import pairs_of
from engine.models import weights
from engine.models.encoder import SentenceEncoder
from engine.models.hashes import sha256_of
from engine.progress import Progress
from engine.ranking import temporal_split
from engine.ranking.signals import Signals
from engine.ranking.signals import needs as _needs
from engine.ranking.signals.learned import LearnedModels
from engine.rates import Estimate
from engine.results import FineTuning
from engine.snapshot.snapshot import Snapshots

METRIC = "map@7"
REPORT = "fine-tuning.json"


class FineTuner:
    """Tunes pre-trained models on what happened in this bank."""

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots

    def fine_tune(
        self, progress: Progress, *, epochs: int = 1, seed: int | None = None
    ) -> FineTuning:
        """Tune the encoder on adoptions before the hold-out, judge it on those within, keep one.

        Parameters
        ----------
        epochs : int
            Passes over the pairs.
        seed : int, optional
            The setting by default.

        Raises
        ------
        WeightsError
            If the encoder's weights are not on this machine; says how to get them.
        TrainingError
            If the bank has too little history.
        """
        snapshots, settings = self._snapshots, self._snapshots.settings
        pretrained = weights.resolve(
            settings.models.encoder, settings, cache=snapshots.state.folder("cache")
        )
        seed = settings.models.seed if seed is None else seed
        bank = snapshots.bank()
        adoptions = temporal_split.dated_adoptions(bank)
        needed = settings.ranking.min_dated_adoptions
        split = temporal_split.TemporalSplit.latest(adoptions, needed=needed)
        if split is None:
            raise TrainingError(
                f"This bank has {len(adoptions):,} dated adoptions; {needed:,} are needed to tune "
                f"the encoder and to judge it. It stays as it is."
            )
        pairs = self._pairs(adoptions, split.holdout_state, seed, progress)
        progress(0.25, f"Tuning {pretrained.name} on {len(pairs):,} pairs")
        draft = snapshots.state.folder("cache") / "fine-tuning"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            losses = fine_tune(
                pretrained,
                pairs,
                draft,
                settings,
                epochs=epochs,
                seed=seed,
                progress=lambda done, step: progress(0.25 + 0.6 * done, step),
            )
            progress(0.85, "Before and after on later adoptions")
            tuned = weights.ModelWeights(pretrained.name, "folder", draft, "", sha256_of(draft))
            then = snapshots.signals_of(bank.until(split.holdout_state), LearnedModels())
            shape = (bank.n_customers, bank.n_products)
            adopted = temporal_split.window(
                adoptions, split.holdout_from, split.holdout_until, shape
            )
            figures = _before_and_after(then, adopted, tuned, seed)
            return self._kept(
                draft, pretrained, tuned, pairs, split.holdout_state, figures, tuple(losses)
            )
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _pairs(
        self, adoptions: pd.DataFrame, last: pd.Timestamp, seed: int, progress: Progress
    ) -> Pairs:
        """Pairs from some earlier days, each with what was taken until the next."""
        snapshots, tuning = self._snapshots, self._snapshots.settings.finetuning
        bank = snapshots.bank()
        past = adoptions.loc[adoptions["day"] <= last, "day"]
        places = np.linspace(0, 1, tuning.days + 2)[1:-1]
        days = sorted(set(past.quantile(places, interpolation="lower"))) if len(past) else []
        wants: list[str] = []
        products: list[str] = []
        for i, day in enumerate(days):
            progress(0.2 * i / len(days), f"Interests as of {day:%d %b %Y}")
            until = days[i + 1] if i + 1 < len(days) else last
            after = temporal_split.window(
                adoptions, day + pd.Timedelta(days=1), until, (bank.n_customers, bank.n_products)
            )
            then = snapshots.signals_of(bank.until(day), LearnedModels())
            some = pairs_of(then, after, tuning.interests)
            wants += some.wants
            products += some.products
        if len(wants) > tuning.max_pairs:
            drawn = np.random.default_rng(seed).permutation(len(wants))[: tuning.max_pairs]
            wants, products = ([texts[i] for i in drawn] for texts in (wants, products))
        return Pairs(tuple(wants), tuple(products))

    def _kept(
        self,
        draft: Path,
        pretrained: weights.ModelWeights,
        tuned: weights.ModelWeights,
        pairs: Pairs,
        until: pd.Timestamp,
        figures: tuple[int, Estimate, Estimate, Estimate],
        losses: tuple[float, ...],
    ) -> FineTuning:
        n, before, after, difference = figures
        better = bool(difference.value > 0)
        simulated = self._snapshots.base.manifest.simulated
        folder = self._snapshots.state.root / "encoders" / tuned.sha256[:12]
        report = FineTuning(
            encoder=pretrained.name,
            n_pairs=len(pairs),
            until=until.date().isoformat(),
            n=n,
            metric=METRIC,
            before=_plain(before),
            after=_plain(after),
            difference=_plain(difference),
            losses=losses,
            kept="after" if better else "before",
            folder=str(folder.resolve()) if better else "",
            simulated=simulated,
            sentence=_sentence(pretrained.name, better, before, after, difference, n, simulated),
        )
        if better:
            (draft / REPORT).write_text(json.dumps(report.to_json(), indent=1) + "\n", "utf-8")
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        return report


def _before_and_after(
    then: Signals, adopted: np.ndarray, tuned: weights.ModelWeights, seed: int
) -> tuple[int, Estimate, Estimate, Estimate]:
    """n, and the needs signal's figure before, after and paired, on adopters with an interest."""
    candidates = then.candidates
    known = np.diff(then.needs.weights.indptr) > 0
    rows = np.flatnonzero((adopted & candidates).any(axis=1) & known)
    if not len(rows):
        raise TrainingError(
            "No customer who took something after the tuning has a known interest, so the tuned "
            "encoder cannot be judged. It stays as it is."
        )
    other = _needs.build(then.bank, then.profiles.interests, SentenceEncoder(tuned))
    order = np.argsort(then.bank.product_ids.to_numpy(dtype="str"), kind="stable")
    values = [
        per_customer(
            signal.scores(rows)[:, order], adopted[rows][:, order], candidates[rows][:, order]
        )[METRIC].to_numpy()
        for signal in (then.needs, other)
    ]
    table = np.column_stack([*values, values[1] - values[0]])
    means = bootstrap(table, seed=seed)
    return len(rows), *(Estimate(*(part[i] for part in means)) for i in range(3))


def _plain(figure: Estimate) -> tuple[float, float, float]:
    value, low, high = (float(part) for part in figure)
    return value, low, high


def _sentence(
    name: str,
    better: bool,
    before: Estimate,
    after: Estimate,
    difference: Estimate,
    n: int,
    simulated: bool,
) -> str:
    compared = (
        f"{METRIC.upper()} of the needs signal alone {after.value:.3f} against {before.value:.3f} "
        f"(difference {difference.value:+.3f}, 95 % interval {difference.low:+.3f} to "
        f"{difference.high:+.3f}; {n:,} later adopters{', simulated' if simulated else ''})"
    )
    if better:
        return f"Kept the tuned {name}: {compared}."
    return f"Kept {name} as it was, since tuning did not make it better: {compared}."
