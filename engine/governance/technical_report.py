"""What was measured in; the technical report, whose every figure has n, days and seed, out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from engine.governance.documents import INTERVAL, Document, Table
from engine.labels import SYSTEM_LABELS
from engine.results import (
    BlindingReport,
    ConfidenceReport,
    Drift,
    Evaluation,
    FairnessReport,
    StabilityReport,
)

COLUMNS: Final = ("section", "figure", "value", "low", "high", "n", "days", "seed")
MEASURES: Final = {"map@7": "MAP@7", "hit@1": "Hit@1", "hit@3": "Hit@3"}
_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "measure": {"ece": "Calibration error", "brier": "Brier score"},
    "over": {"all": "all products not held", "first": "each customer's first"},
}


@dataclass(frozen=True, eq=False)
class Measured:
    """Everything that the report quotes, of one bank and one version."""

    bank: str
    as_of: pd.Timestamp
    version: str
    seed: int
    simulated: bool
    evaluation: Evaluation | None
    confidence: ConfidenceReport
    stability: Sequence[StabilityReport]
    fairness: Sequence[FairnessReport]
    blinding: BlindingReport
    drift: Drift
    changed: Mapping[str, Any]
    """Settings other than those of the release."""
    models: pd.DataFrame
    """Of the inventory."""


def figures(told: Measured) -> pd.DataFrame:
    """Every figure of the report in `COLUMNS`; none is without n, days and seed."""
    rows = [*_results(told), *_confidence(told), *_steadiness(told), *_ethics(told)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def report(told: Measured) -> Document:
    """Models, method, tuning, ethics and results."""
    simulated = "The bank is simulated, and so is every figure. " if told.simulated else ""
    table = figures(told)
    columns = {
        "figure": ("Figure", "text"), "value": ("Value", "three"), **INTERVAL,
        "n": ("n", "count"), "days": ("Days", "text"), "seed": ("Seed", "text"),
    }  # fmt: skip
    models = told.models[told.models["kind"] == "model"]
    used = {"name": ("Model", "text"), "version": ("Version", "text"), "purpose": ("For", "text")}
    settings = pd.DataFrame(sorted(told.changed.items()), columns=["setting", "value"])
    moved = {"setting": ("Setting", "text"), "value": ("Value", "text")}
    parts = [
        Table("Models", models, used),
        Table("Method", pd.DataFrame(_method(told), columns=["step", "how"]), _STEPS),
        Table(
            "Tuning",
            settings.assign(value=settings["value"].astype("str")),
            moved,
            "Settings other than those of the release, tuned or set by this bank.",
        ),
    ]
    notes = {"Ethics": _ethics_in_words(told), "Results": _results_in_words(told)}
    parts += [
        Table(section, table[table["section"] == section], columns, notes[section])
        for section in ("Ethics", "Results")
    ]
    lead = f"{told.bank}, data as of {told.as_of:%Y-%m-%d}, version {told.version}."
    said = (f"{simulated}Every figure stands with its n, its days and the seed.",)
    return Document("report", "Technical report", lead, said, tuple(parts))


_STEPS: Final = {"step": ("Step", "text"), "how": ("How", "text")}


def _method(told: Measured) -> list[tuple[str, str]]:
    return [
        ("Scores", "A conditional logit over the signals: a score is the sum of its parts."),
        ("Training", "On past adoptions, split by day; nothing after a day is known on it."),
        ("Judging", "Later adoptions, against every simple rival, with 95 % intervals."),
        ("Confidence", "Softmax with a temperature that one half sets and the other checks."),
        ("Guard", "Consent, eligibility, affordability and suitability, without seeing a score."),
        ("Fairness", "Gender, age, name and place are emptied before anything scores."),
        ("Seed", f"{told.seed}: the same data, settings and seed give the same version."),
    ]


def _results(told: Measured) -> Iterator[tuple[Any, ...]]:
    found = told.evaluation
    if found is None or found.systems.empty:
        return
    days = _days(found.since, found.until) or f"{told.as_of:%Y-%m-%d}"
    systems = [name for name in ("served", found.rival, "random") if name]
    for system in dict.fromkeys(systems):
        rows = found.systems[found.systems["system"] == system].set_index("metric")
        for name, label in MEASURES.items():
            if name in rows.index:
                row = rows.loc[name]
                said = f"{label}: {SYSTEM_LABELS.get(system, system)}"
                yield ("Results", said, *_interval(row), int(row["n"]), days, told.seed)


def _confidence(told: Measured) -> Iterator[tuple[Any, ...]]:
    for row in told.confidence.figures.to_dict("records"):
        measure, over = (names.get(row[of], row[of]) for of, names in _SAID.items())
        said = f"{measure}, {over}"
        yield ("Results", said, *_interval(row), int(row["n"]), told.confidence.fold, told.seed)


def _steadiness(told: Measured) -> Iterator[tuple[Any, ...]]:
    for one in told.stability:
        everybody = one.table[one.table["segment"] == "Everybody"]
        for row in everybody.to_dict("records"):
            said = f"Overlap of first {one.k} offers ({one.list}), {row['change']}"
            figures = (row["jaccard"], row["low"], row["high"])
            seeds = f"{one.seed} and {one.other_seed}"
            yield ("Results", said, *figures, int(row["n"]), f"{told.as_of:%Y-%m-%d}", seeds)


def _ethics(told: Measured) -> Iterator[tuple[Any, ...]]:
    nothing = float("nan")
    for row in told.blinding.table.to_dict("records"):
        said = f"Share of customers with another score after replacing {row['attribute']}"
        n, day = int(row["n_customers"]), f"{told.as_of:%Y-%m-%d}"
        yield ("Ethics", said, row["n_changed"] / n, nothing, nothing, n, day, told.seed)
    for one in told.fairness:
        judged = one.table[one.table["judged"].astype("bool")] if len(one.table) else one.table
        if len(judged):
            widest = judged.loc[judged["gap"].abs().idxmax()]
            said = (
                f"Widest gap by {one.attribute}: {widest['group']}, offers of {widest['category']}"
            )
            figures = (float(widest["gap"]), float(widest["low"]), float(widest["high"]))
            n = int(widest["n_recipients"])
            yield ("Ethics", said, *figures, n, f"{one.as_of:%Y-%m-%d}", told.seed)


def _ethics_in_words(told: Measured) -> str:
    alerts = sum(len(one.alerts) for one in told.fairness)
    return (
        f"{told.blinding.sentence} {alerts} alerts over {len(told.fairness)} attributes. A gap is "
        "that of a group's share among recipients to its share among the eligible."
    )


def _results_in_words(told: Measured) -> str:
    graded = told.evaluation.sentence if told.evaluation else "No evaluation was kept."
    return " ".join((graded, *told.drift.says))


def _interval(row: Mapping[str, Any]) -> tuple[float, float, float]:
    return float(row["value"]), float(row["low"]), float(row["high"])


def _days(since: pd.Timestamp | None, until: pd.Timestamp | None) -> str:
    return (
        f"{since:%Y-%m-%d} to {until:%Y-%m-%d}" if since is not None and until is not None else ""
    )
