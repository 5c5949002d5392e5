"""A held-out fold and a fitted blend in; every system's figures, a grade, and what serves, out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.audit import evaluation, fold_choices
from engine.audit.evaluation import SERVED, Grade
from engine.audit.fold_choices import Trial
from engine.audit.metrics import breadth
from engine.audit.rivals import SIMPLE, rivals, stock_rivals
from engine.audit.shown_lists import ShownLists
from engine.errors import StateError
from engine.labels import SYSTEM_LABELS
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.fallback_blend import SERVABLE, fallback, servable
from engine.ranking.signals import Signals
from engine.ranking.training import Scored, crossed
from engine.results import CROSS_SECTION, IN_TIME, Evaluation
from engine.vocabulary import GROWTH, RETENTION

NOT_GRADABLE = "not gradable: no dated adoptions"
TOO_FEW = f"not gradable: fewer than {fold_choices.FEWEST} holdings to hide"
_NO_GRADE = {
    IN_TIME: "Nobody took a product that could be listed.",
    CROSS_SECTION: f"With fewer than {fold_choices.FEWEST} holdings to hide nothing shows how good "
    "the lists are; their weights stay near those of needs and suitability.",
}
_COHORT = {
    IN_TIME: "everybody who took something that a list could have held",
    CROSS_SECTION: "customers with one of their holdings hidden, which is not what comes next",
}
_CHOSEN = (
    "Which signals are fitted, and what serves at grade C, was chosen on the same hidden holdings "
    "that judge; the figures may be too good by that."
)
SIMULATED = "simulated"
FILE = "evaluation.json"
_TABLES = ("systems", "paired", "breadth", "apart", "ablation")
_DAYS = ("since", "until")


@dataclass(frozen=True, eq=False)
class Verdict:
    """How a fitted blend did on later adoptions, and what is to serve."""

    fixed: Blend
    fitted: Blend
    grade: Grade | None
    """None where nobody adopted a candidate."""
    evaluation: Evaluation
    fallback: str = ""
    """Key of `fallback.SERVABLE`; "" where the fitted blend serves."""
    note: str = ""
    """Why, where something else than the fitted blend serves."""
    judged: tuple["Judged", ...] = ()
    """Who judged, and by which weights."""

    def blend(self, signals: Signals) -> Blend:
        """What serves on the day of these signals."""
        if not self.fallback:
            return self.fitted
        return fallback(self.fallback, self.fixed, signals, self.note)


@dataclass(frozen=True)
class Judge:
    """Decides on folds what is fitted, and on later adopters what serves; it judges lists as they
    are shown."""

    simulated: bool = False

    def prepared(self, fixed: Blend, trials: Sequence[Trial]) -> Blend:
        """See `fold_choices.prepared`."""
        return fold_choices.prepared(fixed, trials)

    def offsets_help(self, trials: Sequence[tuple[Scored, Scored]], seed: int) -> bool:
        """See `fold_choices.offsets_help`."""
        return fold_choices.offsets_help(trials, seed)

    def verdict(self, fixed: Blend, fitted: Blend, later: Adopters) -> Verdict:
        """Grade fitted weights on later adopters; at grade C a rival that is surely better serves.

        The weights were not fitted on the adoptions of the fold. What the guard keeps off the
        lists is no candidate for a rival either; a rival's products stand in its own order, without
        a list's aim and without the limit on a category.

        A rival that is no sum of our parts (rules by segment, one regression a product) cannot
        serve. Where one of them is best, one of the others serves, if it is surely ahead of the
        blend; for the regressions that is mostly the signal of next steps, which is the same
        regressions with a stronger ridge, and a sum over the products held. See `_fallback`.
        """
        return _verdict(fixed, fitted, [(later, fitted)], IN_TIME, simulated=self.simulated)

    def crossed(self, fixed: Blend, fitted: Blend, folds: Sequence[Adopters]) -> Verdict:
        """The same on hidden holdings: each fold is judged by weights of the others."""
        tests = [
            (test, fit.fitted(fixed, fit.signals.settings.ranking))
            for fit, test in crossed(list(folds))
        ]
        return _verdict(fixed, fitted, tests, CROSS_SECTION, simulated=self.simulated)


def _verdict(
    fixed: Blend,
    fitted: Blend,
    tests: Sequence[tuple[Adopters, Blend]],
    kind: str,
    *,
    simulated: bool,
) -> Verdict:
    rivals_of = stock_rivals if kind == CROSS_SECTION else rivals
    n_given = sum(int(fold.adopted.sum()) for fold, _ in tests)
    judged = [Judged.of(fold, blend) for fold, blend in tests]
    seed = judged[0].seed
    systems = _joined(
        one.shown(one.blend)
        | {"fixed_weights": one.fold.scores(fixed)}
        | rivals_of(one.fold.signals, one.fold.raw, one.fold.rows, seed)
        for one in judged
    )
    whole = Adopters.pooled([one.fold for one in judged])
    _, graded = compared(systems, whole.adopted, whole.candidates, seed)
    if kind == CROSS_SECTION and len(whole.rows) < fold_choices.FEWEST:
        graded = None

    def standing_in(name: str, note: str = "") -> dict[str, np.ndarray]:
        stand_ins = (fallback(name, fixed, one.fold.signals, note) for one in judged)
        return _joined(one.shown(blend) for one, blend in zip(judged, stand_ins, strict=True))

    gaps = {}
    if graded is not None and graded.letter == "C":
        names = [name for name in servable(fixed) if name in systems]
        shown = {name: standing_in(name)[SERVED] for name in names} | {SERVED: systems[SERVED]}
        mixed = evaluation.with_random_ties(shown, whole.adopted, whole.candidates, seed)
        gaps = evaluation.gaps(*mixed, names)
    name, note = _fallback(gaps, whole.newcomers, graded, seed)
    if name:
        systems |= standing_in(name, note) | {"blend": systems["blend"]}
    found = evaluated(
        systems,
        whole,
        graded,
        kind=kind,
        simulated=simulated,
        notes=(
            fitted.note,
            fitted.left_out,
            note,
            unreachable(n_given, whole),
            _CHOSEN if kind == CROSS_SECTION else "",
        ),
        fallback=name,
        cohort=_COHORT[kind],
    )
    return Verdict(fixed, fitted, graded, found, name, note, tuple(judged))


@dataclass(frozen=True, eq=False)
class Judged:
    """Adopters with what might be offered to them, and the blend that is judged on them."""

    lists: ShownLists
    fold: Adopters
    blend: Blend

    @classmethod
    def of(cls, fold: Adopters, blend: Blend) -> "Judged":
        """Those who took something that a list could have held."""
        lists = ShownLists(fold.signals)
        return cls(lists, lists.offerable(fold), blend)

    @property
    def seed(self) -> int:
        """Of the settings."""
        return self.fold.signals.settings.models.seed

    def shown(self, blend: Blend) -> dict[str, np.ndarray]:
        """Both lists as they are shown, and the blend that they are made from."""
        return {
            SERVED: self.lists.of(self.fold, blend, GROWTH),
            "served_retention": self.lists.of(self.fold, blend, RETENTION),
            "blend": self.fold.scores(blend),
        }


def _joined(parts: Iterable[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Scores of several folds, one after the other; systems that all of them have."""
    tables = list(parts)
    names = [name for name in tables[0] if all(name in table for table in tables)]
    return {name: np.concatenate([table[name] for table in tables]) for name in names}


def unreachable(n: int, fold: Adopters) -> str:
    """How many of n products taken could be on no list, in a sentence; "" where there is none."""
    n_kept = int(fold.adopted.sum())
    if n == n_kept:
        return ""
    return (
        f"{n - n_kept:,} of {n:,} products that were taken might not have been offered by the "
        f"rules of the guard; they count for no system."
    )


def evaluated(
    systems: Mapping[str, np.ndarray],
    fold: Adopters,
    graded: Grade | None,
    *,
    simulated: bool,
    notes: Sequence[str],
    cohort: str,
    kind: str = IN_TIME,
    fallback: str = "",
    **more: pd.DataFrame,
) -> Evaluation:
    """The figures of all systems on one fold."""
    seed = fold.signals.settings.models.seed
    mixed = evaluation.with_random_ties(systems, fold.adopted, fold.candidates, seed)
    held = fold.signals.bank.held.mean(axis=0)
    return Evaluation(
        n=len(fold.rows),
        since=fold.since,
        until=fold.until,
        cohort=cohort,
        grade=letter(graded, kind, simulated=simulated),
        kind=kind,
        sentence=graded.sentence if graded else _NO_GRADE[kind],
        systems=evaluation.evaluate_systems(*mixed, seed),
        paired=evaluation.paired(*mixed, seed),
        breadth=breadth(systems, fold.adopted, fold.candidates, held),
        notes=tuple(text for text in notes if text),
        fallback=fallback,
        rival=graded.rival if graded else "",
        simulated=simulated,
        **({"apart": pd.DataFrame(), "ablation": pd.DataFrame()} | more),
    )


def compared(
    systems: Mapping[str, np.ndarray], adopted: np.ndarray, candidates: np.ndarray, seed: int
) -> tuple[pd.DataFrame, Grade | None]:
    """The table of all systems, and the grade of what is served against the simple ones."""
    mixed = evaluation.with_random_ties(systems, adopted, candidates, seed)
    return evaluation.evaluate_systems(*mixed, seed), evaluation.graded(*mixed, seed, rivals=SIMPLE)


def letter(graded: Grade | None, kind: str = IN_TIME, *, simulated: bool) -> str:
    """A, B or C, with its kind where it is none in time; "simulated (B)" on a generated bank; or
    why there is none."""
    if graded is None:
        return NOT_GRADABLE if kind == IN_TIME else TOO_FEW
    said = graded.letter if kind == IN_TIME else f"{graded.letter}, {kind}"
    return f"{SIMULATED} ({said})" if simulated else said


def stand_in(details: Mapping[str, Any]) -> tuple[str, ...]:
    """What ranks in the blend's place, in words, from a version's details; empty where none."""
    name = str(details.get("fallback", ""))
    return (f"Ranking: {SERVABLE[name]}",) if name in SERVABLE else ()


def not_gradable(*, simulated: bool = False) -> Evaluation:
    """The evaluation of a bank that has too few dated adoptions."""
    empty = pd.DataFrame(columns=["system", "metric", "value", "low", "high", "n"])
    return Evaluation(
        n=0,
        since=None,
        until=None,
        cohort="",
        grade=NOT_GRADABLE,
        sentence="Lists are ranked with fixed weights, and nothing shows how good they are.",
        systems=empty,
        paired=empty.drop(columns="metric"),
        breadth=pd.DataFrame(columns=["system", "coverage", "novelty", "popularity_bias", "n"]),
        apart=pd.DataFrame(columns=["group", "system", "n", "map@7", "low", "high", "hit@1"]),
        ablation=pd.DataFrame(columns=["signal", "value", "low", "high", "n"]),
        notes=("Bring holdings with the day they were opened, or decide on offers for a while.",),
        simulated=simulated,
    )


def save(evaluated: Evaluation, folder: Path) -> None:
    """Write an evaluation beside the model that it is about."""
    stored = {one.name: getattr(evaluated, one.name) for one in fields(evaluated)}
    del stored["beside"]
    for name in _TABLES:
        table = stored[name].astype(object)
        stored[name] = table.where(table.notna(), None).to_dict("split", index=False)
    for name in _DAYS:
        stored[name] = stored[name].date().isoformat() if stored[name] is not None else None
    text = json.dumps(stored, indent=1, allow_nan=False)
    (folder / FILE).write_text(text + "\n", "utf-8")


def load(folder: Path) -> Evaluation | None:
    """Read what `save` wrote; None for a version that was made before grades were kept."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text("utf-8"))
        tables = {name: pd.DataFrame(**stored[name]) for name in _TABLES}
        days = {name: pd.Timestamp(stored[name]) if stored[name] else None for name in _DAYS}
        return Evaluation(**stored | tables | days | {"notes": tuple(stored["notes"])})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise StateError(
            f"The evaluation in {folder} cannot be read ({error}). Retrain, or roll back to an "
            f"earlier version."
        ) from error


def _fallback(
    gaps: Mapping[str, np.ndarray], newcomers: np.ndarray, graded: Grade | None, seed: int
) -> tuple[str, str]:
    """What serves in the blend's place, and why; "" twice where the blend is good enough.

    Parameters
    ----------
    gaps : mapping of str to ndarray of shape (n_adopters,)
        For each rival that can serve, the metric of its list as it would be shown minus that of
        the blend's.
    newcomers : ndarray of bool, shape (n_adopters,)
        Who held nothing.

    Notes
    -----
    The best of those serves that are surely ahead of the blend, and surely behind it neither for
    newcomers nor for the others. A tie is none: the best of six is ahead of its like by luck, and
    the blend has each of them among its signals.
    """
    if graded is None or graded.letter != "C":
        return "", ""
    rival = f"“{SYSTEM_LABELS.get(graded.rival, graded.rival)}”"
    lost = f"the blend as it would be shown is not good enough against {rival}"
    for name in sorted(gaps, key=lambda name: -gaps[name].mean()):
        lead = evaluation.bootstrap(gaps[name], seed=seed)
        if lead.low > 0 and not _behind(gaps[name], newcomers, seed):
            return name, (
                f"Falls back to {SERVABLE[name]}, because {lost}; that as it would be shown is "
                f"surely ahead of the blend: grade C, n = {graded.n:,}."
            )
    return "", (
        f"Grade C: {lost}; the blend stays, since no rival that can serve is surely ahead of it as "
        f"a whole and surely behind it neither for customers who hold nothing nor for the others."
    )


def _behind(gap: np.ndarray, newcomers: np.ndarray, seed: int) -> bool:
    """Is a rival surely behind for those who hold nothing, or for those who hold something?"""
    groups = [gap[newcomers], gap[~newcomers]]
    return any(
        evaluation.bootstrap(group, seed=seed).high < 0
        for group in groups
        if len(group) >= fold_choices.FEWEST
    )
