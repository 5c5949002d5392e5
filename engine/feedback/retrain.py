"""History in, a new version out: fitted, judged on held-out adoptions, kept if it is better."""

import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

import numpy as np
import pandas as pd

from engine.audit import confidence_words, evaluation, grading, weak_spots
from engine.audit.drift import TrainingData
from engine.audit.grading import Verdict
from engine.bank.bank import Bank
from engine.bank.consents import n_left_out, without_objectors
from engine.errors import OtherFormat, StateError
from engine.feedback import versions
from engine.feedback.answer_learning import LearnedAnswers, PersonsAnswers, learned_from
from engine.feedback.registry import Registry, VersionFacts, settings_hash
from engine.feedback.versions import Draft, Version
from engine.figures import count
from engine.progress import Progress
from engine.ranking import training
from engine.ranking.adopters import Adopters
from engine.ranking.alignment import aligned
from engine.ranking.blend import Blend
from engine.ranking.fallback_blend import fallback
from engine.ranking.ranker import Model
from engine.ranking.signals.answers import FILE as ANSWERS_FILE
from engine.ranking.training import InterestOf, SignalsOf, Trained
from engine.results import (
    CROSS_SECTION,
    ConfidenceReport,
    Evaluation,
    ListChanges,
    TrainingReport,
    WeakSpots,
)
from engine.settings import Settings

ANSWERS = ("accepted", "postponed", "dismissed", "rated", "purchased")
"""Actions that say what somebody thinks of an offer."""
ListsOf = Callable[[Model, Mapping[str, PersonsAnswers], str], tuple[str, ListChanges]]
"""The model of a new version, what people's answers changed in it, and its name -> why its lists
may not be served ("" where they may), and whose first offers are others."""
HELD_BACK: Final = "held_back"
"""Detail of a version: the gap between groups that alone kept it from serving."""
_DAMAGED: Final = "whose files are damaged"
SERVING = "challenger"
"""What the new version would serve: its blend, or what the blend falls back to."""


def retrain(
    bank: Bank,
    registry: Registry,
    *,
    signals_of: SignalsOf,
    interest_of: InterestOf,
    settings: Settings,
    now: datetime,
    progress: Progress,
    answers: pd.DataFrame,
    lists_of: ListsOf,
    author: str,
) -> TrainingReport:
    """Fit a challenger and let the better of it and the champion serve.

    Where its weights are no better on held-out adoptions, the new version is the champion with
    what new answers teach: its weights, and so its quality on adoptions, are the champion's.

    Parameters
    ----------
    bank : Bank
        Base, records, events and purchases.
    registry : Registry
        Its champion is judged again on the same held-out adoptions.
    signals_of, interest_of : callable
        See `training.train`.
    answers : DataFrame
        Events recorded here that stand, of the same moment as the bank.
    lists_of : callable
        Judges the lists of a new version; not asked where none serves yet.
    author : str
        Who asked for it.

    Raises
    ------
    Busy
        If another retraining is running. Whatever goes wrong, the champion keeps serving.
    """
    with registry.retraining() as draft:
        taught, left_out = _taught(bank, settings)
        champion, parent, why = _champion(registry, draft.parent, taught)
        judge = grading.Judge(bank.manifest.simulated)
        trained = training.train(taught, signals_of, interest_of, settings, progress, judge=judge)
        progress(0.9, "Challenger against champion on held-out adoptions")
        evaluated = _evaluation(trained, simulated=bank.manifest.simulated)
        table, old, new = _compare(trained, evaluated, champion, settings.models.seed)
        kept = keep_better(old if champion else None, new)
        known = champion.learned.answers if champion else None
        learned = learned_from(answers, trained.signals, settings, known)
        base = champion if kept == "champion" and learned.moves else None
        model = _written(draft, registry, trained, learned, evaluated, settings, base)
        notes = _notes(model, evaluated, left_out.get("customers", 0))
        progress(0.95, "Lists of before and after")
        asked = model, learned.by_person, draft.version_id
        against, changes = ("", None) if champion is None else lists_of(*asked)
        facts = _facts(bank, settings, trained, evaluated, _metrics(table, model))
        facts = _with_answers(facts, learned, notes, author, left_out)
        is_held_back = bool(against) and (base is not None or kept == "challenger")
        keeps = registry.version(str(draft.parent)) if base else None
        facts = _settled(facts, keeps, against if is_held_back else "")
        version = registry.commit(draft, facts, now=now)
        found = _of(table, "champion"), _of(table, SERVING)
        verdict = _verdict(version.version_id, parent, *found, kept, evaluated, why)
        if base:
            kept, verdict = "challenger", _updated(version.version_id, draft.parent, learned)
        if is_held_back:
            kept, verdict = "champion", _against(version.version_id, draft.parent, against)
        promoted, verdict = _decide(registry, version.version_id, draft.parent, kept, verdict, now)
        before = None if promoted or champion is None else registry.version(str(draft.parent))
        waits = _waits(taught, before, trained, evaluated, settings.ranking.min_dated_adoptions)
    progress(1.0, "Done")
    return TrainingReport(
        version_id=version.version_id,
        promoted=promoted,
        verdict=verdict,
        n_events=len(taught["events"]),
        n_adoptions=trained.n_adoptions,
        champion=found[0],
        challenger=found[1],
        table=table,
        notes=notes,
        waits=waits,
        answers=learned.says,
        changes=changes,
    )


def _written(
    draft: Draft,
    registry: Registry,
    trained: Trained,
    learned: LearnedAnswers,
    evaluated: Evaluation,
    settings: Settings,
    champion: Model | None,
) -> Model:
    """The model of a version, with all its files: the challenger's, or the champion's where one is
    given, each with what answers teach."""
    simulated = trained.signals.bank.manifest.simulated
    model, confidence = _measured(trained, settings, simulated)
    model = learned.onto(champion or model, settings.ranking.weights["answers"])
    model.save(draft.folder)
    _training_data(trained, settings).save(draft.folder)
    if champion is not None:
        _take_over(draft, registry)
    else:
        confidence_words.save(confidence, draft.folder)
        grading.save(evaluated, draft.folder)
        weak_spots.save(_weak_spots(trained, settings, simulated=simulated), draft.folder)
    return model


def _facts(
    bank: Bank,
    settings: Settings,
    trained: Trained,
    evaluated: Evaluation,
    metrics: Mapping[str, float],
) -> VersionFacts:
    """What a version was made from and how its weights did."""
    return VersionFacts(
        seed=settings.models.seed,
        bank_fingerprint=bank.fingerprint,
        as_of=bank.manifest.as_of,
        settings_hash=settings_hash(settings),
        n_events=len(trained.signals.bank["events"]),
        n_adoptions=trained.n_adoptions,
        metrics=metrics,
        grade=evaluated.grade,
        details=_details(trained, evaluated),
    )


def _with_answers(
    facts: VersionFacts,
    learned: LearnedAnswers,
    notes: tuple[str, ...],
    author: str,
    left_out: dict[str, int],
) -> VersionFacts:
    return replace(
        facts,
        details={**facts.details, "answers": learned.later.to_json(), "left_out": left_out},
        notes=(*notes, learned.says),
        author=author,
    )


def _settled(facts: VersionFacts, keeps: Version | None, against: str) -> VersionFacts:
    """With what is known of weights that a version keeps, and with the gap that alone held it back
    from serving, to which a second person may agree."""
    if keeps is not None:
        facts = _facts_of_champion(facts, keeps)
    return replace(facts, details={**facts.details, HELD_BACK: against}) if against else facts


def _take_over(draft: Draft, registry: Registry) -> None:
    """What was measured of the weights that stay: the champion's own files."""
    folder = registry.verified(str(draft.parent))
    mine = {*versions.files_of(draft.folder), versions.RECORD, ANSWERS_FILE}
    for name in versions.files_of(folder):
        if name not in mine:
            (draft.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, draft.folder / name)


def _facts_of_champion(facts: VersionFacts, champion: Version) -> VersionFacts:
    """Of a version that keeps the champion's weights: what those were measured to be."""
    theirs = champion.facts
    return replace(
        facts,
        metrics=theirs.metrics,
        grade=theirs.grade,
        n_adoptions=theirs.n_adoptions,
        details={**theirs.details, **{n: facts.details[n] for n in ("answers", "left_out")}},
    )


def _updated(version_id: str, parent: str | None, learned: LearnedAnswers) -> str:
    if learned.model is None:
        return (
            f"{version_id} serves in place of {parent}: the same weights, without what answers "
            f"taught. {learned.says}"
        )
    return (
        f"{version_id} serves in place of {parent}: the same weights, with "
        f"{count(learned.n_new, 'new answer')} learned from. {learned.says}"
    )


def _against(version_id: str, parent: str | None, against: str) -> str:
    return (
        f"{parent} keeps serving. With {version_id}, {against}. It can serve once two people agree."
    )


def _taught(bank: Bank, settings: Settings) -> tuple[Bank, dict[str, int]]:
    """What may be learned from, and how many rows of each table that leaves out."""
    taught = without_objectors(bank, settings)
    return taught, n_left_out(bank, taught)


def _measured(
    trained: Trained, settings: Settings, simulated: bool
) -> tuple[Model, ConfidenceReport]:
    served = _served_at_holdout(trained)
    return confidence_words.measured(
        trained.model, trained.holdout, settings, blend=served, simulated=simulated
    )


def _notes(model: Model, evaluated: Evaluation, n_left_out: int) -> tuple[str, ...]:
    said = (
        model.blend.note,
        evaluated.sentence if evaluated.n else "",
        f"Nothing was learned from {count(n_left_out, 'customer')}, who opted out or object to "
        "marketing."
        if n_left_out
        else "",
    )
    return tuple(note for note in said if note)


def _training_data(trained: Trained, settings: Settings) -> TrainingData:
    data = trained.signals.profiles.data
    return TrainingData.of(data.bank, data.months, data.spending, settings.fairness.proxies)


def keep_better(
    champion: float | None, challenger: float | None
) -> Literal["champion", "challenger"]:
    """Who serves, by one metric on the same held-out data; higher is better.

    A champion is None when no version serves yet; either is NaN when it could not be measured.
    The challenger serves only if nobody does or it is strictly better: on a tie, and wherever the
    two cannot be compared, the champion stays.
    """
    if champion is None:
        return "challenger"
    # A comparison with NaN is false.
    return "challenger" if challenger is not None and challenger > champion else "champion"


def _decide(
    registry: Registry, version_id: str, parent: str | None, kept: str, verdict: str, now: datetime
) -> tuple[bool, str]:
    """Promote or reject a new version; whether it serves, and the verdict that was noted."""
    if kept == "challenger":
        if registry.promote(version_id, now=now, note=verdict, over=parent):
            return True, verdict
        verdict = (
            f"{version_id} does not serve: while it was fitted, {parent}, which it was compared "
            f"with, was taken out of service. Retrain to compare it with what serves now."
        )
    registry.reject(version_id, now=now, note=verdict)
    return False, verdict


def _champion(
    registry: Registry, version_id: str | None, bank: Bank
) -> tuple[Model | None, str | None, str]:
    """What serves now and its name; None where nothing does, or where it cannot be read, with the
    name of what should serve and the reason."""
    if version_id is None:
        should = registry.promoted_last
        return None, should, _DAMAGED if should else ""
    try:
        return aligned(Model.load(registry.verified(version_id)), bank), version_id, ""
    except OtherFormat:
        return None, version_id, "which another release of this program wrote"
    except StateError:  # a new version is the remedy, so this must not stop it
        return None, version_id, _DAMAGED


def _evaluation(trained: Trained, *, simulated: bool) -> Evaluation:
    """What the training's judge found; nothing without history."""
    if isinstance(trained.choice, Verdict):
        return trained.choice.evaluation
    return grading.not_gradable(simulated=simulated)


def _weak_spots(trained: Trained, settings: Settings, *, simulated: bool) -> WeakSpots:
    verdict = trained.choice if isinstance(trained.choice, Verdict) else None
    return weak_spots.measured(verdict, settings.weak_spots, settings.fairness, simulated=simulated)


def _served_at_holdout(trained: Trained) -> Blend | None:
    """What would have served on the day before the hold-out; None without history."""
    if trained.holdout is None or trained.choice is None:
        return None
    return trained.choice.blend(trained.holdout.signals)


def _compare(
    trained: Trained, evaluated: Evaluation, champion: Model | None, seed: int
) -> tuple[pd.DataFrame, float, float]:
    """Table of all systems, and the gate's metric of champion and challenger (NaN: no fold).

    On hidden holdings both have the weights that were fitted on all of them: a champion has no
    others, and weights of the other folds would put the challenger behind on the same data.
    """
    verdict = trained.choice
    if not isinstance(verdict, Verdict) or not verdict.evaluation.n:
        return evaluated.systems, math.nan, math.nan
    scores: dict[str, list[np.ndarray]] = {SERVING: []}
    for one in verdict.judged:
        serving = verdict.blend(one.fold.signals)
        scores[SERVING].append(one.lists.of(one.fold, serving))
        if champion is not None:
            then = _as_of_fold(champion.blend, trained, one.fold)
            scores.setdefault("champion", []).append(one.lists.of(one.fold, then))
    whole = Adopters.pooled([one.fold for one in verdict.judged])
    systems = {name: np.concatenate(parts) for name, parts in scores.items()}
    mixed = evaluation.with_random_ties(systems, whole.adopted, whole.candidates, seed)
    table = pd.concat(
        [evaluation.evaluate_systems(*mixed, seed), evaluated.systems], ignore_index=True
    )
    return (
        table,
        _of(table, "champion").get(evaluation.GATE_METRIC, math.nan),
        _of(table, SERVING).get(evaluation.GATE_METRIC, math.nan),
    )


def _as_of_fold(blend: Blend, trained: Trained, fold: Adopters) -> Blend:
    """A champion that counts what is popular counts it as of the fold, like the challenger."""
    if not blend.fallback:
        return blend
    return fallback(blend.fallback, trained.fixed, fold.signals, blend.note)


def _metrics(table: pd.DataFrame, model: Model) -> dict[str, float]:
    chances = model.calibration
    return _of(table, evaluation.SERVED) | {
        name: math.nan if value is None else value
        for name, value in (("ece", chances.ece), ("brier", chances.brier))
    }


def _details(trained: Trained, evaluated: Evaluation) -> dict[str, object]:
    """Kind of split, n and what the blend falls back to, kept with the version."""
    fold = trained.holdout
    if fold is None:
        hidden = trained.choice is not None and evaluated.n
        more = {"n_adopters": evaluated.n, "fallback": evaluated.fallback} if hidden else {}
        return {"split": evaluated.kind if hidden else "none", **more}
    days = ("fit_from", "fit_until", "holdout_from", "holdout_until")
    return {
        "split": "by time",
        **{day: getattr(trained.split, day).date().isoformat() for day in days},
        "n_adopters": len(fold.rows),
        "n_adopted": int(fold.adopted.sum()),
        "fallback": evaluated.fallback,
    }


def _of(table: pd.DataFrame, system: str) -> dict[str, float]:
    mine = table.loc[table["system"] == system]
    return {m: float(v) for m, v in zip(mine["metric"], mine["value"], strict=True)}


def _verdict(
    version_id: str,
    parent: str | None,
    old: Mapping[str, float],
    new: Mapping[str, float],
    kept: str,
    evaluated: Evaluation,
    unread: str,
) -> str:
    if parent is None:
        return f"{version_id} serves: it is the first version."
    if unread:
        return f"{version_id} serves in place of {parent}, {unread}."
    if not evaluated.n:
        return (
            f"{parent} keeps serving: without holdings to hide {version_id} cannot be shown to be "
            f"better. Your feedback acts at once through each customer's own signal."
        )
    share_old, share_new = (found.get("hit@3", math.nan) for found in (old, new))
    if evaluated.kind == CROSS_SECTION:
        what, how = "hidden holdings", ", both with weights that were fitted on them"
    else:
        what, how = "what was taken next", ""
    stood = (
        f"{what.capitalize()} stood among the first three for {100 * share_new:.0f} in 100 with "
        f"{version_id} and for {100 * share_old:.0f} in 100 with {parent} "
        f"({evaluated.n:,} customers{how})."
    )
    if kept == "challenger":
        return f"{version_id} serves in place of {parent}: it puts {what} higher. {stood}"
    return f"{parent} keeps serving: {version_id} puts {what} no higher on the whole. {stood}"


def _waits(
    bank: Bank, before: Version | None, trained: Trained, evaluated: Evaluation, needed: int
) -> str:
    """What came in since the version before, and what its weights wait for."""
    if before is None:
        return ""
    events, known = bank["events"], trained.n_adoptions
    answered = events["action"].isin(ANSWERS) & (
        events["recorded_at"] > pd.Timestamp(before.created_at)
    )
    came = f"{count(int(answered.sum()), 'new answer')} since {before.version_id}"
    at_once = "Answers act at once, through each customer's own signal."
    if trained.holdout is None:
        held = " Until then they follow what is held." if evaluated.n else ""
        return (
            f"{came}. {count(known, 'adoption')} with a day {'is' if known == 1 else 'are'} known; "
            f"at least {needed:,}, with some of them lately, are needed to fit weights to "
            f"them.{held} {at_once}"
        )
    more = known - before.facts.n_adoptions
    if more > 0:
        return f"{came} and {count(more, 'new adoption')}; with them the lists are no better."
    return (
        f"{came} and no new adoption: at least 1 is needed to move the weights, which are fitted "
        f"on adoptions alone. {at_once}"
    )
