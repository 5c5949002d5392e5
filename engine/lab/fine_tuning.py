"""A bank's own adoptions in; an encoder tuned on them out, kept only if it ranks better."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.audit.evaluation import bootstrap
from engine.audit.metrics import per_customer
from engine.errors import TrainingError
from engine.lab.encoder_tuning import Pairs, fine_tune
from engine.models import weights
from engine.models.encoder import SentenceEncoder
from engine.models.hashes import sha256_of
from engine.progress import Progress
from engine.ranking import temporal_split
from engine.ranking.signals import Signals
from engine.ranking.signals import needs as _needs
from engine.ranking.signals.learned import LearnedModels
from engine.results import FineTuning
from engine.snapshot.snapshot import Snapshots

METRIC = "map@7"
REPORT = "fine-tuning.json"

Figure = tuple[float, float, float]
"""A value and the ends of its 95 % interval."""


def tune_encoder(
    snapshots: Snapshots, progress: Progress, *, epochs: int = 1, seed: int | None = None
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
    settings, bank = snapshots.settings, snapshots.teaching_bank()
    cache = snapshots.state.folder("cache")
    pretrained = weights.resolve(settings.models.encoder, settings, cache=cache)
    seed = settings.models.seed if seed is None else seed
    adoptions = temporal_split.dated_adoptions(bank)
    needed = settings.ranking.min_dated_adoptions
    split = temporal_split.TemporalSplit.latest(adoptions, needed=needed)
    if split is None:
        raise TrainingError(
            f"This bank has {len(adoptions):,} dated adoptions; {needed:,} are needed to tune "
            f"the encoder and to judge it. It stays as it is."
        )
    pairs = _pairs(snapshots, adoptions, split.holdout_state, seed, progress)
    progress(0.25, f"Tuning {pretrained.name} on {len(pairs):,} pairs")
    draft = cache / "fine-tuning"
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
        adopted = temporal_split.window(adoptions, split.holdout_from, split.holdout_until, shape)
        n, before, after, difference = _before_and_after(then, adopted, tuned, seed)
        better = difference[0] > 0
        folder = snapshots.state.root / "encoders" / tuned.sha256[:12]
        report = FineTuning(
            encoder=pretrained.name,
            n_pairs=len(pairs),
            until=split.holdout_state.date().isoformat(),
            n=n,
            metric=METRIC,
            before=before,
            after=after,
            difference=difference,
            losses=tuple(losses),
            kept="after" if better else "before",
            folder=str(folder.resolve()) if better else "",
            simulated=bank.manifest.simulated,
            sentence="",
        )
        report = replace(report, sentence=_sentence(report))
        if better:
            _keep(report, draft, folder)
        return report
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pairs(
    snapshots: Snapshots, adoptions: pd.DataFrame, last: pd.Timestamp, seed: int, progress: Progress
) -> Pairs:
    """Pairs from some earlier days, each with what was taken until the next."""
    bank, tuning = snapshots.teaching_bank(), snapshots.settings.finetuning
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


def pairs_of(signals: Signals, adopted: np.ndarray, n_interests: int) -> Pairs:
    """Each product taken with the strongest interests of whoever took it.

    Parameters
    ----------
    signals : Signals
        As of a day before the adoptions, so that no interest speaks of what was taken.
    adopted : ndarray of bool, shape (n_customers, n_products)
        What was taken after that day; what was held already is left out.
    n_interests : int
        Interests of a customer that are paired, by their share in the needs signal.
    """
    rows, products = np.nonzero(adopted & signals.candidates)
    interests = signals.needs.interests.sort_values(
        ["position", "share", "kind", "item"],
        ascending=[True, False, True, True],
        kind="stable",
    )
    strongest = interests.groupby("position", sort=False).head(n_interests)
    taken = pd.DataFrame({"position": rows, "product": products})
    wanted = taken.merge(strongest[["position", "kind", "item"]], on="position")
    texts = _needs.product_texts(signals.bank)
    return Pairs(
        tuple(map(_needs.phrase, wanted["kind"], wanted["item"])),
        tuple(texts[product] for product in wanted["product"]),
    )


def _keep(report: FineTuning, draft: Path, folder: Path) -> None:
    """The tuned encoder with its report, where the settings can name it."""
    (draft / REPORT).write_text(json.dumps(report.to_json(), indent=1) + "\n", "utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def _before_and_after(
    then: Signals, adopted: np.ndarray, tuned: weights.ModelWeights, seed: int
) -> tuple[int, Figure, Figure, Figure]:
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
    before, after = (
        per_customer(
            signal.scores(rows)[:, order], adopted[rows][:, order], candidates[rows][:, order]
        )[METRIC].to_numpy()
        for signal in (then.needs, other)
    )
    means = bootstrap(np.column_stack([before, after, after - before]), seed=seed)
    return len(rows), *(tuple(figure) for figure in np.column_stack(means).tolist())


def _sentence(report: FineTuning) -> str:
    difference, low, high = report.difference
    compared = (
        f"{report.metric.upper()} of the needs signal alone {report.after[0]:.3f} against "
        f"{report.before[0]:.3f} (difference {difference:+.3f}, 95 % interval {low:+.3f} to "
        f"{high:+.3f}; {report.n:,} later adopters{', simulated' if report.simulated else ''})"
    )
    if report.kept == "after":
        return f"Kept the tuned {report.encoder}: {compared}."
    return f"Kept {report.encoder} as it was, since tuning did not make it better: {compared}."
