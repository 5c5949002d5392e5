"""A held-out fold and a fitted blend in; every system's figures, a grade, and what serves, out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.audit import evaluation
from engine.audit.evaluation import Grade
from engine.audit.metrics import breadth
from engine.audit.rivals import SIMPLE, rivals
from engine.errors import StateError
from engine.labels import SYSTEM_LABELS
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.fallback_blend import SERVABLE, fallback
from engine.ranking.signals import Signals
from engine.results import Evaluation

NOT_GRADABLE = "not gradable: no dated adoptions"
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

    def blend(self, signals: Signals) -> Blend:
        """What serves on the day of these signals."""
        if not self.fallback:
            return self.fitted
        return fallback(self.fallback, self.fixed, signals, self.note)


def judge(
    fixed: Blend, fitted: Blend, fold: Adopters, *, seed: int, simulated: bool = False
) -> Verdict:
    """Grade a fitted blend on later adopters; at grade C the best rival that can serves instead.

    The weights were not fitted on the adoptions of the fold.

    A rival that is no sum of our parts (rules by segment, one regression a product) cannot serve.
    Where one of them is best, the best of the others serves, if it does not fall behind the blend;
    for the regressions that is mostly the signal of next steps, which is the same regressions with
    a stronger ridge, and a sum over the products held.
    """
    systems = {"blend": fold.scores(fitted), "fixed_weights": fold.scores(fixed)}
    systems |= rivals(fold.signals, fold.raw, fold.rows, seed)
    table, graded = compared(systems, fold.adopted, fold.candidates, seed)
    name, note = _fallback(table, graded)
    evaluated = Evaluation(
        n=len(fold.rows),
        since=fold.since,
        until=fold.until,
        cohort="everybody who took something that a list could have held",
        grade=letter(graded, simulated=simulated),
        sentence=graded.sentence if graded else "Nobody took a product that could be listed.",
        systems=table,
        paired=evaluation.paired(
            *evaluation.with_random_ties(systems, fold.adopted, fold.candidates, seed), seed
        ),
        breadth=breadth(
            systems, fold.adopted, fold.candidates, fold.signals.bank.held.mean(axis=0)
        ),
        apart=pd.DataFrame(),
        ablation=pd.DataFrame(),
        notes=tuple(text for text in (fitted.note, note) if text),
        fallback=name,
        rival=graded.rival if graded else "",
        simulated=simulated,
    )
    return Verdict(fixed, fitted, graded, evaluated, name, note)


def compared(
    systems: Mapping[str, np.ndarray], adopted: np.ndarray, candidates: np.ndarray, seed: int
) -> tuple[pd.DataFrame, Grade | None]:
    """The table of all systems, and the blend's grade against the best simple one."""
    mixed = evaluation.with_random_ties(systems, adopted, candidates, seed)
    return evaluation.evaluate_systems(*mixed, seed), evaluation.graded(*mixed, seed, rivals=SIMPLE)


def letter(graded: Grade | None, *, simulated: bool) -> str:
    """A, B or C; "simulated (B)" on a generated bank; or why there is none."""
    if graded is None:
        return NOT_GRADABLE
    return f"{SIMULATED} ({graded.letter})" if simulated else graded.letter


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


def _fallback(table: pd.DataFrame, graded: Grade | None) -> tuple[str, str]:
    """What serves in the blend's place, and why; "" twice where the blend is good enough."""
    if graded is None or graded.letter != "C":
        return "", ""
    gate = table.loc[table["metric"] == graded.metric].set_index("system")["value"]
    able = gate.reindex([name for name in SERVABLE if name in gate.index])
    rival = f"“{SYSTEM_LABELS.get(graded.rival, graded.rival)}”"
    ours, theirs = f"{graded.value:.3f}", f"{graded.rival_value:.3f}"
    lost = f"{graded.metric.upper()} {ours} of the blend is not above {theirs} of {rival}"
    if not len(able) or able.max() < graded.value:
        return "", (
            f"Grade C: {lost}, which cannot serve by itself; the blend stays ahead of "
            f"every rival that can."
        )
    best = str(able.idxmax())
    has = "" if best == graded.rival else f" and {able.max():.3f} of that"
    said = f"because {lost}{has}: grade C, n = {graded.n:,}."
    return best, f"Falls back to {SERVABLE[best]}, {said}"
