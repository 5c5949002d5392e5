"""A training's held-out fold in; a calibration that knows its words, bar and set out."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from engine import rates
from engine.audit import reliability
from engine.audit.evaluation import bootstrap
from engine.audit.holdout_confidence import HeldOutConfidence, abstaining_bar
from engine.audit.reliability import ConfidenceWords
from engine.errors import StateError
from engine.ranking import conformal
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.ranker import Model
from engine.results import ConfidenceReport
from engine.settings import Settings

CURVE_FROM = 10
"""Offers from which a point of the curve says anything (own choice)."""
CURVE_POINTS = 200
"""Rows that a stored curve has at most; a page shows no more."""
FILE = "confidence.json"
NO_REPORT = "This version was made before its confidences were checked. Retrain it."
NO_HISTORY = "There are no dated adoptions, or too few, to hold some back and compare with."


def measured(
    model: Model,
    holdout: Adopters | None,
    settings: Settings,
    *,
    blend: Blend | None = None,
    simulated: bool = False,
) -> tuple[Model, ConfidenceReport]:
    """The model with what its confidences mean, learned on one half and checked on the other.

    Without history it stays the same.

    Parameters
    ----------
    model : Model
        With the temperature and offsets that were fitted on the calibration half.
    blend : Blend, optional
        As it would have served on the day of the fold, where it counts anything as of today; the
        model's own by default.
    """
    if holdout is None or model.calibration.temperature is None:
        return model, ConfidenceReport.nothing(NO_HISTORY, simulated)
    then = model if blend is None else dataclasses.replace(model, blend=blend)
    fold = HeldOutConfidence.of(then, holdout, settings.models.seed)
    words = reliability.confidence_words(
        *fold.offers(~fold.measured),
        high_precision=settings.confidence.high_precision,
        fair_precision=settings.confidence.fair_precision,
    )
    bar = abstaining_bar(words, fold.top, settings.confidence.max_abstained)
    sets, rule, bound = _sets(fold, settings.confidence.set_level, settings.confidence.set_shown)
    figures = _figures(fold)
    served = sets.loc[sets["served"]]
    whole = figures.loc[figures["over"] == "all"].set_index("measure")["value"]
    calibration = dataclasses.replace(
        model.calibration,
        high=words.high,
        fair=words.fair,
        **_meaning(_words(fold, words)),
        **_below(fold, bar),
        ece=float(whole["ece"]),
        brier=float(whole["brier"]),
        n=int(fold.measured.sum()),
        set_rule=rule,
        set_bound=0.0 if bound is None else bound,
        set_level=settings.confidence.set_level,
        set_coverage=float(served["coverage"].iloc[0]) if len(served) else None,
        set_size=float(served["n_products"].iloc[0]) if len(served) else None,
    )
    report = ConfidenceReport(
        n_calibration=int((~fold.measured).sum()),
        n_measured=int(fold.measured.sum()),
        fold=f"{holdout.since:%d %b %Y} to {holdout.until:%d %b %Y}",
        figures=figures,
        reliability=_reliability(fold),
        curve=_curve(fold),
        words=_words(fold, words),
        bar=bar,
        abstained=0.0 if bar is None else float((fold.top < bar).mean()),
        sets=sets,
        set_level=settings.confidence.set_level,
        set_shown=settings.confidence.set_shown,
        simulated=simulated,
        marks=_marks(fold, {"high": words.high, "fair": words.fair, "bar": bar}),
    )
    return dataclasses.replace(model, calibration=calibration), report


def save(report: ConfidenceReport, folder: Path) -> None:
    """Write a report beside the model that it is about."""
    text = json.dumps(report.to_json(), indent=1, allow_nan=False)
    (folder / FILE).write_text(text + "\n", "utf-8")


def load(folder: Path) -> ConfidenceReport:
    """Read what `save` wrote; a version made before reports were kept says so."""
    path = folder / FILE
    if not path.is_file():
        return ConfidenceReport.nothing(NO_REPORT)
    try:
        return ConfidenceReport.from_json(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise StateError(f"{path} cannot be read ({error}). Retrain, or roll back.") from error


def _meaning(words: pd.DataFrame) -> dict[str, float | int | None]:
    """What high and fair have meant to customers whom their thresholds did not see.

    Of a word that none of those was given, what it meant where the threshold was learned, which
    flatters it.
    """
    told: dict[str, float | int | None] = {}
    for row in words[words["word"] != "low"].itertuples(index=False):
        seen = row.n_measured > 0
        share, n = (row.taken, row.n_measured) if seen else (row.precision, row.n)
        told |= {f"precision_{row.word}": None if pd.isna(share) else float(share)}
        told |= {f"n_{row.word}": int(n)}
    return told


def _below(fold: HeldOutConfidence, bar: float | None) -> dict[str, float | None]:
    """The bar, and what became of the offers under it on the calibration half."""
    sure, hit = fold.offers(~fold.measured)
    under = hit[sure < bar] if bar is not None else hit[:0]
    share = float(under.mean()) if len(under) else None
    return {"bar": bar, "precision_below": share, "n_below": len(under)}


def _figures(fold: HeldOutConfidence) -> pd.DataFrame:
    kept = fold.measured
    sure, share = fold.confidence[kept], fold.share[kept]
    n_taken = fold.adopted[kept].sum(axis=1)
    errors, scores = [], []
    for over, shown in _snapshots(fold):
        error = reliability.calibration_error(sure, share, shown, seed=fold.seed)
        chance = reliability.expected_error(sure, n_taken, shown, seed=fold.seed)
        score = reliability.brier_score(sure, share, shown, seed=fold.seed)
        errors.append(("ece", over, *error, chance))
        scores.append(("brier", over, *score, np.nan))
    columns = ["measure", "over", "value", "low", "high", "expected"]
    return pd.DataFrame([*errors, *scores], columns=columns).assign(n=int(kept.sum()))


def _reliability(fold: HeldOutConfidence) -> pd.DataFrame:
    kept = fold.measured
    sure, share = fold.confidence[kept], fold.share[kept]
    tables = [
        reliability.reliability(sure[shown], share[shown]).assign(over=over)
        for over, shown in _snapshots(fold)
    ]
    return pd.concat(tables, ignore_index=True)


def _snapshots(fold: HeldOutConfidence) -> list[tuple[str, np.ndarray]]:
    """The measured pairs that a figure is over: all products not held, and each first offer."""
    return [("all", fold.candidates[fold.measured]), ("first", fold.first[fold.measured])]


def _curve(fold: HeldOutConfidence) -> pd.DataFrame:
    tables = []
    for half, rows in (("calibration", ~fold.measured), ("measured", fold.measured)):
        curve = reliability.precision_coverage(*fold.offers(rows))
        curve = curve.loc[curve["n"] >= CURVE_FROM]
        places = np.linspace(0, len(curve) - 1, min(len(curve), CURVE_POINTS)).round().astype(int)
        tables.append(curve.iloc[places].assign(half=half))
    return pd.concat(tables, ignore_index=True)


def _marks(fold: HeldOutConfidence, starts: Mapping[str, float | None]) -> pd.DataFrame:
    """Where thresholds lie on the curve of the calibration half; those that there are."""
    sure, hit = fold.offers(~fold.measured)
    rows = []
    for name, start in starts.items():
        if start is not None and (sure >= start).any():
            above = sure >= start
            rows.append((name, start, float(above.mean()), float(hit[above].mean())))
    return pd.DataFrame(rows, columns=["name", "threshold", "coverage", "precision"])


def _words(fold: HeldOutConfidence, words: ConfidenceWords) -> pd.DataFrame:
    """Each word with its meaning on the calibration half, and what the other half says of it."""
    sure, hit = fold.offers(fold.measured)
    said = words.word(sure)
    names = ["high", "fair", "low"]
    n = np.array([(said == word).sum() for word in names])
    taken = np.array([hit[said == word].sum() for word in names])
    share = rates.wilson(taken, n)
    return pd.DataFrame(
        {
            "word": names,
            "start": [words.high, words.fair, None],
            "n": [words.n_high, words.n_fair, words.n_low],
            "precision": [words.precision_high, words.precision_fair, words.precision_low],
            "n_measured": n,
            "taken": share.value,
            "low": np.where(n > 0, share.low, np.nan),
            "high": np.where(n > 0, share.high, np.nan),
        }
    ).astype({"start": float, "precision": float})


def _sets(
    fold: HeldOutConfidence, level: float, shown: int
) -> tuple[pd.DataFrame, str | None, float | None]:
    """Both kinds of set on the measured half; the one that is smaller on the other half serves."""
    half = ~fold.measured
    bounds, sizes, rows = {}, {}, []
    for rule in conformal.RULES:
        depths = conformal.depth(fold.confidence, fold.candidates, rule)
        bound = conformal.bound(depths[half], fold.share[half], level)
        if bound is None:
            continue
        inside = depths <= bound
        size = inside.sum(axis=1)
        bounds[rule], sizes[rule] = bound, float(size[half].mean())
        kept = size[~half]
        covered = bootstrap((fold.share * inside).sum(axis=1)[~half], seed=fold.seed)
        tenth, ninetieth = np.quantile(kept, [0.1, 0.9]) if len(kept) else (np.nan, np.nan)
        narrow = (kept <= shown).mean()
        rows.append((rule, kept.mean(), tenth, ninetieth, narrow, *covered, len(kept)))
    best = min(sizes, key=lambda rule: sizes[rule]) if sizes else None
    columns = ["rule", "n_products", "smallest", "largest", "narrow", "coverage", "low", "high"]
    table = pd.DataFrame(rows, columns=[*columns, "n"])
    served = (table["rule"] == best).astype(bool)
    return table.assign(served=served), best, bounds.get(best) if best else None
