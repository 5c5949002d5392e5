"""How well lists foresaw what customers took, and how steady they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from engine.figures import signed
from engine.json_values import JsonRecord
from engine.labels import SYSTEM_LABELS

IN_TIME: Final = "in time"
CROSS_SECTION: Final = "cross-section"
"""Kinds of evaluation: by what was taken later, or by what is held, one holding hidden."""
_MEANING: Final[Mapping[str, str]] = {
    "A": "What customers took stands clearly higher on the lists as they are shown than with the "
    "best simple rival, {rival}: at least a tenth, and surely ahead of every rival",
    "B": "What customers took stands higher on the lists as they are shown than with the best "
    "simple rival, {rival}, and no rival is surely better by more than a trace",
    "C": "The lists are not clearly better than the best simple rival, {rival}",
}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures of all systems on adoptions that nothing was fitted on."""

    n: int
    """Adopters in the table."""
    since: pd.Timestamp | None
    until: pd.Timestamp | None
    """First and last day of the test."""
    cohort: str
    """Who the adopters are, in words."""
    grade: str
    """A, B or C against the best simple rival; "simulated (B)"; or why there is none."""
    sentence: str
    systems: pd.DataFrame
    """system, metric (map@7, ndcg@5, hit@1, hit@3, mrr), value, low, high, n."""
    paired: pd.DataFrame
    """system, value, low, high, n, standing ("surely ahead" ...): the growth list as it is shown
    minus that system on map@7, adopter by adopter."""
    breadth: pd.DataFrame
    """system, coverage, novelty (bits), popularity_bias, gini, n."""
    apart: pd.DataFrame
    """group, system, n, map@7, low, high, hit@1: adopters who are not in the cohort."""
    ablation: pd.DataFrame
    """signal, value, low, high, n: map@7 of the blend minus that without the signal."""
    notes: tuple[str, ...] = ()
    fallback: str = ""
    """The simple rival that serves in the blend's place; "" where the blend serves."""
    rival: str = ""
    """The best simple rival, that the grade is against; "" where there is no grade."""
    simulated: bool = False
    kind: str = IN_TIME
    """IN_TIME or CROSS_SECTION."""
    beside: "Evaluation | None" = None
    """The cross-section of a bank that is judged in time; None where it was not asked for."""

    alone: bool = True
    """Whether the bank has no other evaluation; False for what stands beside one."""

    @property
    def letter(self) -> str:
        """A, B or C; "" where there is no grade."""
        return self.grade.removeprefix("simulated (")[:1] if self.rival else ""

    @property
    def meaning(self) -> str:
        """What the grade means for somebody who reads a list, in one sentence."""
        if not self.letter:
            return self.sentence
        rival = SYSTEM_LABELS.get(self.rival, self.rival)
        text = _MEANING[self.letter].format(rival=f"“{rival}”")
        if self.kind == CROSS_SECTION:
            text = text.replace("What customers took", "A holding that was hidden")
            reason = ", since holdings have no days" if self.alone else ""
            text = f"Cross-section{reason}. {text}"
        if self.fallback:
            served = SYSTEM_LABELS.get(self.fallback, self.fallback)
            text += f", so lists are ranked by “{served}” instead"
        elif self.letter == "C":
            text += (
                "; the blend serves all the same, for no rival whose score can be explained as a "
                "sum is surely better"
            )
        return f"{text}."

    @property
    def aim_cost(self) -> str:
        """What the lists' own aims, the limit on a category and emphasis cost, in a sentence."""
        gaps = self.paired.set_index("system")
        if not {"blend", "served_retention"} <= set(gaps.index):
            return ""
        said = [
            f"minus that of {than} is {signed(gaps['value'][name], 3)} "
            f"[{signed(gaps['low'][name], 3)}, {signed(gaps['high'][name], 3)}], "
            f"{gaps['standing'][name]}"
            for name, than in (
                ("blend", "the blend without an aim"),
                ("served_retention", "the retention list, which looks for what binds,"),
            )
        ]
        return f"MAP@7 of the growth list as it is shown {said[0]}; {said[1]}."

    def to_json(self) -> dict[str, Any]:
        """The shape that `evaluate --json` prints."""
        interval = ["value", "low", "high"]
        systems = {
            str(name): {row["metric"]: _plain(row, interval) for row in rows.to_dict("records")}
            for name, rows in self.systems.groupby("system", sort=False)
        }
        return {
            "n": self.n,
            "from": self.since.date().isoformat() if self.since is not None else None,
            "until": self.until.date().isoformat() if self.until is not None else None,
            "cohort": self.cohort,
            "kind": self.kind,
            "grade": self.grade,
            "sentence": self.sentence,
            "systems": systems,
            "paired": _by("system", self.paired, [*interval, "standing"]),
            "coverage": _by("system", self.breadth, ["coverage", "novelty", "popularity_bias"]),
            "apart": [
                _plain(row, list(self.apart.columns)) for row in self.apart.to_dict("records")
            ],
            "ablation": _by("signal", self.ablation, interval),
            "rival": self.rival,
            "fallback": self.fallback,
            "simulated": self.simulated,
            "notes": list(self.notes),
            **({"cross_section": self.beside.to_json()} if self.beside else {}),
        }


@dataclass(frozen=True, eq=False)
class ResponseEvaluation:
    """How well a model told who would say yes to a campaign, on its last contacts."""

    label: str
    n: int
    n_positive: int
    """Contacts of the test, and how many of them said yes."""
    n_train: int
    since: pd.Timestamp
    """Day of the first contact of the test."""
    table: pd.DataFrame
    """metric (auc, brier, brier_base, lift@10%), value, low, high."""
    used: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape that `evaluate --json` prints for a bank with outcomes of a campaign."""
        return {
            "label": self.label,
            "n": self.n,
            "n_positive": self.n_positive,
            "n_train": self.n_train,
            "from": self.since.date().isoformat(),
            "metrics": _by("metric", self.table, ["value", "low", "high"]),
            "used": list(self.used),
            "notes": list(self.notes),
        }


def _by(key: str, frame: pd.DataFrame, columns: list[str]) -> dict[str, Any]:
    return {str(row[key]): _plain(row, columns) for row in frame.to_dict("records")}


def _plain(row: Mapping[Any, Any], columns: list[str]) -> dict[str, Any]:
    return {column: None if pd.isna(row[column]) else row[column] for column in columns}


@dataclass(frozen=True, eq=False)
class StabilityReport(JsonRecord):
    """Lists of the same customers, made twice."""

    table: pd.DataFrame
    """change (another seed, small input noise), segment ("Everybody" first), n (customers with an
    offer either time), moved (share whose scores changed at all), jaccard (mean overlap of the
    first `k`), low, high, same_first (share whose first offer stays), first_low, first_high;
    intervals of 95 %."""
    k: int
    """First offers compared."""
    list: str
    seed: int
    other_seed: int
    balance_noise: float
    """Largest change of a balance or a month's spending, as a share."""
    sentiment_noise: float
    """Largest change of a message's sentiment, on its scale of -1 to 1."""
    model_version: str
    """Serves the lists that the noise is measured against."""
    simulated: bool
    sentence: str


@dataclass(frozen=True, eq=False)
class NeedsAblation:
    """Needs by phrases beside other ways to compare what a customer wants with a product."""

    n: int
    n_known: int
    """Customers of whom any need is known."""
    n_adopters: int
    """Later adopters with a known need on whom map@7 is measured; 0 without dated adoptions."""
    as_of: pd.Timestamp
    """Day on which needs and holdings are read: the eve of the test, where there is one."""
    encoder: str
    table: pd.DataFrame
    """way, measure, value, low, high, n (engine.lab.needs_ablation)."""
    speed: pd.DataFrame
    """way, n_texts (distinct, beside the products), seconds, times (the phrases')."""
    notes: tuple[str, ...]
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """The shape that `evaluate needs --json` prints."""
        figures = self.table.astype(object).where(self.table.notna(), None)
        ways: dict[str, dict[str, Any]] = {}
        for row in figures.to_dict("records"):
            interval = {name: row[name] for name in ("value", "low", "high", "n")}
            ways.setdefault(row["way"], {})[row["measure"]] = interval
        return {
            "n": self.n,
            "n_known": self.n_known,
            "n_adopters": self.n_adopters,
            "as_of": self.as_of.date().isoformat(),
            "encoder": self.encoder,
            "ways": ways,
            "speed": self.speed.to_dict("records"),
            "notes": list(self.notes),
            "simulated": self.simulated,
        }


@dataclass(frozen=True, eq=False)
class RatingsReport(JsonRecord):
    """Rivals' models on this bank's own ratings and adoptions."""

    table: pd.DataFrame
    """Of engine.lab.rating_comparison.compare; empty where there are too few ratings."""
    reason: str
    n_untouched: int
    """Ratings left out because no slider was moved."""
    recall: pd.DataFrame
    """system, recall (at 10), low, high, n: held-out adopters; empty without history."""
    simulated: bool


@dataclass(frozen=True, eq=False)
class WeakSpots(JsonRecord):
    """For whom the lists as they are shown are worse than for everybody else."""

    kind: str
    """By what was taken later (`IN_TIME`), or by holdings that were hidden (`CROSS_SECTION`)."""
    k: int
    """Places of a list that count."""
    n: int
    n_found: int
    """Customers who are judged, and those of them on whom groups were looked for."""
    hits: int
    """Of the other half, those for whom it stood among the first `k`."""
    min_n: int
    false_discoveries: float
    n_groups: int
    """Groups that were looked at."""
    table: pd.DataFrame
    """Of engine.audit.weak_spots.weak_spots: what stood out on one half, judged on the other; with
    group (in words) and sentences."""
    simulated: bool = False
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns by which customers are not told apart -> the protected trait that each stands for."""
    reason: str = ""
    """Why there is nothing to say."""
    sentence: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def nothing(cls, reason: str, *, simulated: bool = False) -> "WeakSpots":
        """Nothing can be said, and why."""
        empty = pd.DataFrame({"confirmed": pd.Series(dtype=bool)})
        return cls("", 3, 0, 0, 0, 0, 0.0, 0, empty, simulated=simulated, reason=reason)

    @property
    def n_confirmed(self) -> int:
        """Groups that are worse off on both halves."""
        return int(self.table["confirmed"].sum()) if len(self.table) else 0

    @property
    def confirmed(self) -> pd.DataFrame:
        """Those groups."""
        return self.table[self.table["confirmed"].astype(bool)] if len(self.table) else self.table
