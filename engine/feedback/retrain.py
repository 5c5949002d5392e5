"""History in, a new version out: fitted, judged on held-out adoptions, kept if it is better."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from engine.audit import evaluation, promises
from engine.bank.bank import Bank
from engine.errors import StateError
from engine.feedback.registry import Facts, Registry, keep_better, settings_hash
from engine.ranking import splits, training
from engine.ranking.blend import Blend
from engine.ranking.ranker import Model
from engine.ranking.training import Holdout, InterestOf, SignalsOf, Trained
from engine.results import TrainingReport
from engine.settings import Settings

NOT_GRADABLE = "not gradable: no dated adoptions"
SIMULATED = "simulated"

_RAW_SYSTEMS = {
    "lightfm": "collaborative",
    "item_to_item": "item_to_item",
    "needs": "needs",
    "suitability": "suitability",
}
"""Systems of the table that are one signal alone -> the signal."""

Progress = Callable[[float, str], None]


def retrain(
    bank: Bank,
    registry: Registry,
    *,
    signals_of: SignalsOf,
    interest_of: InterestOf,
    settings: Settings,
    now: datetime,
    progress: Progress,
) -> TrainingReport:
    """Fit a challenger and let the better of it and the champion serve.

    Parameters
    ----------
    bank : Bank
        Base, overlay, events and purchases.
    registry : Registry
        Its champion is judged again on the same held-out adoptions.
    signals_of, interest_of : callable
        See `training.train`.
    settings : Settings
    now : datetime
    progress : callable

    Returns
    -------
    TrainingReport

    Raises
    ------
    Busy
        If another retraining is running. Whatever goes wrong, the champion keeps serving.
    """
    with registry.retraining() as draft:
        champion = _champion(registry, draft.parent)
        trained = training.train(bank, signals_of, interest_of, settings, progress)
        progress(0.9, "Challenger against champion on held-out adoptions")
        table, old, new = _compare(trained, champion, settings.models.seed)
        model, confidence = promises.measured(
            trained.model, trained.holdout, settings, simulated=bank.manifest.simulated
        )
        grade, sentence = _grade(trained, bank, settings.models.seed)
        model.save(draft.folder)
        promises.save(confidence, draft.folder)
        n_events = len(bank["events"])
        notes = tuple(note for note in (model.blend.note, sentence) if note)
        facts = Facts(
            seed=settings.models.seed,
            bank_fingerprint=bank.fingerprint,
            as_of=bank.manifest.as_of,
            settings_hash=settings_hash(settings),
            n_events=n_events,
            n_adoptions=trained.n_adoptions,
            metrics=_metrics(table, model),
            grade=grade,
            details=_details(trained.holdout),
            notes=notes,
        )
        version = registry.commit(draft, facts, now=now)
        kept = keep_better(old if champion else None, new)
        verdict = _verdict(
            version.version_id, draft.parent, old, new, kept, trained.holdout, champion is None
        )
        promoted = kept == "challenger" and registry.promote(
            version.version_id, now=now, note=verdict, over=draft.parent
        )
        if not promoted:
            if kept == "challenger":
                verdict = _overtaken(version.version_id, draft.parent)
            registry.reject(version.version_id, now=now, note=verdict)
    progress(1.0, "Done")
    return TrainingReport(
        version_id=version.version_id,
        promoted=promoted,
        verdict=verdict,
        n_events=n_events,
        n_adoptions=trained.n_adoptions,
        champion=_of(table, "champion"),
        challenger=_of(table, "blend"),
        table=table,
        notes=notes,
    )


def _overtaken(version_id: str, parent: str | None) -> str:
    return (
        f"{version_id} does not serve: while it was fitted, {parent}, which it was compared with, "
        f"was taken out of service. Retrain to compare it with what serves now."
    )


def _champion(registry: Registry, version_id: str | None) -> Model | None:
    """What serves now; None where nothing does, or where its files are damaged."""
    if version_id is None:
        return None
    try:
        return Model.load(registry.verified(version_id))
    except StateError:  # a new version is the remedy, so this must not stop it
        return None


def systems(holdout: Holdout, blends: Mapping[str, Blend], seed: int) -> dict[str, np.ndarray]:
    """Scores of every system on the held-out adopters, shape (n_adopters, n_products) each."""
    then = holdout.signals
    adopted = splits.dated_adoptions(then.bank)
    since = then.bank.as_of - pd.Timedelta(days=365)
    shape = (then.bank.n_customers, then.bank.n_products)
    before = splits.window(adopted, since, then.bank.as_of, shape)
    found = {name: holdout.scores(blend) for name, blend in blends.items()}
    found |= {
        name: holdout.raw[signal] for name, signal in _RAW_SYSTEMS.items() if signal in holdout.raw
    }
    return found | evaluation.baselines(then.bank.held, before, seed, holdout.rows)


def _compare(
    trained: Trained, champion: Model | None, seed: int
) -> tuple[pd.DataFrame, float, float]:
    """Table of all systems, and the gate's metric of champion and challenger (NaN: no fold)."""
    if trained.holdout is None:
        columns = ["system", "metric", "value", "low", "high", "n"]
        return pd.DataFrame(columns=columns), math.nan, math.nan
    fold = trained.holdout
    blends = {"blend": trained.model.blend, "fixed_weights": trained.fixed}
    if champion is not None:
        blends["champion"] = champion.blend
    table = evaluation.evaluate_systems(
        systems(fold, blends, seed),
        fold.adopted,
        fold.candidates,
        seed,
        product_ids=list(fold.signals.bank.product_ids),
    )
    return (
        table,
        _of(table, "champion").get(evaluation.GATE_METRIC, math.nan),
        _of(table, "blend").get(evaluation.GATE_METRIC, math.nan),
    )


def _grade(trained: Trained, bank: Bank, seed: int) -> tuple[str, str]:
    """What stands beside every list, and the sentence behind it."""
    fold = trained.holdout
    if fold is None:
        return NOT_GRADABLE, ""
    graded = evaluation.graded(
        systems(fold, {"blend": trained.model.blend}, seed),
        fold.adopted,
        fold.candidates,
        seed,
        rivals=(*evaluation.SIMPLE, "item_to_item"),
        product_ids=list(fold.signals.bank.product_ids),
    )
    if graded is None:
        return NOT_GRADABLE, ""
    letter = f"{SIMULATED} ({graded.letter})" if bank.manifest.simulated else graded.letter
    return letter, graded.sentence


def _metrics(table: pd.DataFrame, model: Model) -> dict[str, float]:
    chances = model.calibration
    return _of(table, "blend") | {
        name: math.nan if value is None else value
        for name, value in (("ece", chances.ece), ("brier", chances.brier))
    }


def _details(fold: Holdout | None) -> dict[str, object]:
    """Kind of split and n, kept with the version (F162)."""
    if fold is None:
        return {"split": "none"}
    days = ("fit_from", "fit_until", "holdout_from", "holdout_until")
    return {
        "split": "by time",
        **{day: getattr(fold.split, day).date().isoformat() for day in days},
        "n_adopters": len(fold.rows),
        "n_adopted": int(fold.adopted.sum()),
    }


def _of(table: pd.DataFrame, system: str) -> dict[str, float]:
    mine = table.loc[table["system"] == system]
    return {m: float(v) for m, v in zip(mine["metric"], mine["value"], strict=True)}


def _verdict(
    version_id: str,
    parent: str | None,
    old: float,
    new: float,
    kept: str,
    fold: Holdout | None,
    unread: bool,
) -> str:
    if parent is None:
        return f"{version_id} serves: it is the first version."
    if unread:
        return f"{version_id} serves in place of {parent}, whose files are damaged."
    if fold is None:
        return (
            f"{parent} keeps serving: without dated adoptions {version_id} cannot be shown to be "
            f"better. Your feedback acts at once through each customer's own signal."
        )
    compared = f"MAP@7 {new:.4f} against {old:.4f} on {len(fold.rows):,} held-out adopters"
    if kept == "challenger":
        return f"{version_id} serves in place of {parent}: {compared}."
    return f"{parent} keeps serving: {version_id} is not better ({compared})."
