"""What people answered, and what was learned: versions, settings, metrics, confidences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from engine.figures import moment
from engine.json_values import JsonRecord
from engine.labels import ACTION_LABELS
from engine.results.customers import Driver


@dataclass(frozen=True, eq=False)
class ListChanges(JsonRecord):
    """Whose first offers differ between two versions, on the bank of one moment."""

    before: str
    after: str
    """The two versions."""
    n_customers: int
    n_changed: int
    rows: pd.DataFrame
    """customer_id, customer, list, before, after (products), rank_before (place of the new first
    offer in the lists of before), rank_after (place of the old one now; NaN where it may not be
    offered), part (which moved the second before the first), by (how much), why; at most 200."""
    by_person: pd.DataFrame = field(default_factory=pd.DataFrame)
    """actor, n_answers, n_no, n_later ("Not now"), n_changed: how many first offers would be others
    without the answers that one person gave since the version before."""
    says: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TrainingReport:
    """What a retraining did."""

    version_id: str
    promoted: bool
    verdict: str
    """One sentence: which was kept and why."""
    n_events: int
    n_adoptions: int
    champion: Mapping[str, float]
    challenger: Mapping[str, float]
    table: pd.DataFrame
    """system, metric, value, low, high, n: challenger beside champion and simple baselines."""
    notes: tuple[str, ...] = ()
    waits: str = ""
    """Where the version before goes on serving: what came in since, and what weights wait for."""
    answers: str = ""
    """What answers taught, or why they do not act."""
    changes: ListChanges | None = None
    """First offers of before against those of the new version, also where it does not serve; None
    where there was no version before."""


@dataclass(frozen=True, eq=False)
class Drift(JsonRecord):
    """How far a bank has moved from what the version that serves it was trained on."""

    version_id: str = ""
    trained_as_of: str = ""
    as_of: str = ""
    n_before: int = 0
    n_after: int = 0
    """Customers at the training, and now."""
    fields: pd.DataFrame = field(default_factory=pd.DataFrame)
    """field, n_before, n_after, psi (population stability index), by_chance (what it comes to
    without any change), p (corrected for the number of fields), change: large, some, none, chance
    (the index is high, and chance alone can make it so) or "too few"."""
    n_new_customers: int = 0
    new_products: tuple[str, ...] = ()
    n_products_gone: int = 0
    without_history_before: float = float("nan")
    without_history: float = float("nan")
    """Share of customers who hold nothing."""
    more_without_history: tuple[float, float] = (-1.0, 1.0)
    """95 % interval of the difference of the two."""
    says: tuple[str, ...] = ()
    """It all in sentences; the last says what to do."""
    retrain: bool = False
    some: float = 0.1
    large: float = 0.25
    """Index from which a field has changed somewhat, and from which largely."""


@dataclass(frozen=True)
class Answered(JsonRecord):
    """The last answer about an offer to a customer: who gave which, and when."""

    event_id: str
    actor: str
    action: str
    at: pd.Timestamp
    """In UTC; NaT where a source does not say."""
    product: str
    reason: str = ""

    @property
    def said(self) -> str:
        """In a sentence."""
        who = self.actor or "Somebody"
        when = "" if pd.isna(self.at) else f" on {moment(self.at)}"
        why = f" ({self.reason})" if self.reason else ""
        return f"{who} marked {self.product} as “{ACTION_LABELS[self.action]}”{when}{why}."


@dataclass(frozen=True, eq=False)
class FeedbackStatistics:
    """What people said and did."""

    totals: Mapping[str, float]
    """n_interactions, n_feedback, mean_feedback, click_rate, selection_rate (NaN if n = 0)."""
    funnel: pd.DataFrame
    """stage, n."""
    by_product: pd.DataFrame
    """product_id, name, n, mean_rating, n_rated, n_accepted, n_dismissed, acceptance."""
    by_segment: pd.DataFrame
    by_actor: pd.DataFrame
    """group, n_decisions, n_accepted, acceptance, low, high."""
    by_reason: pd.DataFrame = field(default_factory=pd.DataFrame)
    """action, reason, n: why offers were turned down."""
    by_rank: pd.DataFrame = field(default_factory=pd.DataFrame)
    by_arm: pd.DataFrame = field(default_factory=pd.DataFrame)
    """As by_segment: by place in the list, the first on top, and by arm of an experiment."""


@dataclass(frozen=True, eq=False)
class Usage(JsonRecord):
    """How much the lists were used between two days; an interaction is the opening of an offer."""

    first: pd.Timestamp | None
    last: pd.Timestamp | None
    """First and last day of all interactions; None where none has a date."""
    n_undated: int
    """Interactions without a date: counted where no day is asked for."""
    totals: Mapping[str, float]
    """n_customers, n_interactions, mean_rating, n_clicked, click_rate, selection_rate."""
    by_day: pd.DataFrame
    """day, n_customers, n, n_clicked, n_selected; days on which nothing happened among them."""
    by_product: pd.DataFrame
    """product_id, name, n, n_clicked, n_selected; most interactions first."""
    by_rating: pd.DataFrame
    """band, n."""
    by_income: pd.DataFrame = field(default_factory=pd.DataFrame)
    by_risk_tolerance: pd.DataFrame = field(default_factory=pd.DataFrame)
    """group, n: of all customers of the bank."""


@dataclass(frozen=True, eq=False)
class ConfidenceReport(JsonRecord):
    """Promises against outcomes, on adopters that no calibration saw.

    Every interval is of 95 %. The calibration half of the fold set the temperature, the words,
    the bar and the set; the measured half only checks them.
    """

    n_calibration: int
    n_measured: int
    """Adopters of the two halves."""
    fold: str
    """Days of the adoptions, in words."""
    figures: pd.DataFrame
    """measure (ece, brier), over (all, first), value, low, high, expected, n. "all" is over all
    products not held, "first" over each customer's first alone; expected is what chance alone gives
    where every confidence is exactly right (NaN for brier)."""
    reliability: pd.DataFrame
    """over, lower, upper, n, confidence, taken, low, high."""
    curve: pd.DataFrame
    """half (calibration, measured), threshold, n, coverage, precision: each customer's first three
    offers, from the threshold on that ten of them reach."""
    words: pd.DataFrame
    """word, start, n, precision (calibration), n_measured, taken, low, high."""
    bar: float | None
    """Confidence under which the surest offer is no confident one."""
    abstained: float
    """Share of the customers with a list whose surest offer lay under the bar on that day."""
    sets: pd.DataFrame
    """rule, served, n_products (mean size), smallest, largest (10th and 90th percentile), narrow
    (share of customers with at most `set_shown` products), coverage, low, high, n."""
    set_level: float
    set_shown: int
    """Products up to which a set says something."""
    simulated: bool = False
    reason: str = ""
    """Why there is nothing to show, "" where there is."""
    marks: pd.DataFrame = field(default_factory=pd.DataFrame)
    """name (high, fair, bar), threshold, coverage, precision: where they lie on the curve of the
    calibration half."""

    @property
    def measured(self) -> bool:
        """True where there is something to show."""
        return not self.reason

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ConfidenceReport":
        """What `to_json` gave."""
        return cls(
            **{
                name: pd.DataFrame(value) if isinstance(value, list) else value
                for name, value in stored.items()
            }
        )

    @classmethod
    def nothing(cls, reason: str, simulated: bool = False) -> "ConfidenceReport":
        """A report of a version whose confidences cannot be checked."""
        empty = [pd.DataFrame() for _ in range(5)]
        return cls(0, 0, "", *empty[:4], None, 0.0, empty[4], 0.9, 0, simulated, reason)


@dataclass(frozen=True, eq=False)
class Tuning:
    """Trials of settings on folds in time."""

    table: pd.DataFrame
    """trial, seed, judged (by whose ranking), fold, from, until, n, map@7, a column a setting, and
    ahead, ahead_low, ahead_high: the lead over trial 0, which has today's, over all folds."""
    mean: pd.Series
    """Trial -> map@7 over the adopters of all folds."""
    best: int
    """The trial with the highest mean of those surely ahead; 0 where none is."""
    changes: Mapping[str, float]
    """Setting -> value of the best trial; empty for trial 0."""
    log: str
    name: str
    """Under which the best is saved and put in force."""
    waits: str = ""
    """Why the best is saved but not in force; "" where it is, or there is none."""

    def to_json(self) -> dict[str, Any]:
        """The shape that `tune --json` prints."""
        trials = self.table.assign(
            **{name: self.table[name].dt.strftime("%Y-%m-%d") for name in ("from", "until")}
        )
        return {
            "best": self.best,
            "changes": dict(self.changes),
            "waits": self.waits,
            "mean": {
                str(trial): None if value != value else float(value)
                for trial, value in self.mean.items()
            },
            "trials": trials.astype(object).where(trials.notna(), None).to_dict("records"),
            "log": self.log,
        }


@dataclass(frozen=True)
class FineTuning(JsonRecord):
    """The encoder before and after tuning on the bank's own pairs."""

    encoder: str
    n_pairs: int
    """Pairs of a want and a product taken that it was tuned on."""
    until: str
    """Last day of the adoptions that it was tuned on; those after it judge."""
    n: int
    """Adopters after that day of whom some interest is known."""
    metric: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    """Figure of the needs signal alone, with its 95 % interval over customers."""
    difference: tuple[float, float, float]
    """After minus before, paired by customer, with its interval."""
    losses: tuple[float, ...]
    """Mean loss of each epoch."""
    kept: str
    """"after" where it is better on that fold, else "before"."""
    folder: str
    """The tuned encoder, "" where it was not kept."""
    simulated: bool
    sentence: str


@dataclass(frozen=True, eq=False)
class MetricFit(JsonRecord):
    """What came of `fit-metric`."""

    metric: str
    target: str
    kind: str
    """"chance" for labels of 0 and 1, "figure" for other numbers."""
    n: int
    n_positive: int
    moment: str
    """As of when the features are."""
    fitted_on: str
    """ISO date."""
    in_use: bool
    """A learned metric serves: this one, or an earlier one that stays, as the verdict says."""
    simulated: bool
    """The labels are a generator's."""
    measures: pd.DataFrame
    """measure, value, low, high (95 %; NaN without an interval), remark."""
    reliability: pd.DataFrame
    """lower, upper, n, promised, happened, low, high; empty for a figure."""
    drivers: pd.DataFrame
    """driver, coefficient (log-odds a standard deviation), n_known."""
    leaks: pd.DataFrame
    """column, auc, known_labelled, known_others, used, suspicious, why."""
    verdict: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LearnedFrom:
    """What a learned metric in use reads, and how good it is beside others."""

    metric: str
    n: int
    beside: pd.DataFrame
    """what, value, low, high: AUC or rank correlation, the served form first."""
    read: tuple[str, ...]
    left_out: pd.DataFrame
    """column, why."""


@dataclass(frozen=True)
class ExpectedLoss:
    """What a loan may cost, learned from how loans ended; it never ranks nor decides credit."""

    customer_id: str
    currency: str
    chance: float
    """Of default, 0-1."""
    exposure: float
    """What is owed, in the bank's currency."""
    amount: float
    """chance x share lost at default (a stated assumption) x exposure."""
    loss_given_default: float
    note: str
    drivers: tuple[Driver, ...] = field(default_factory=tuple)
    """Points of the 0-10 scale, where a point doubles the odds."""


@dataclass(frozen=True, eq=False)
class ExperimentSample(JsonRecord):
    """How many customers an experiment takes, and how many there are."""

    name: str
    plan: Mapping[str, Any]
    """As it is kept: shares, measure, base, uplift, days, owner and who may see it."""
    sentence: str
    needed: int
    """Customers in all arms together, at one look at the end."""
    needed_at_any_look: int
    """The same where it may be stopped at any look."""
    arms: pd.DataFrame
    """arm, share, n (customers), needed."""
    base_from: str
    """Where the base is from, in one sentence."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ExperimentLook(JsonRecord):
    """What came of an experiment until a day; it may be looked at every day."""

    name: str
    plan: Mapping[str, Any]
    sentences: tuple[str, ...]
    """What was found by the primary measure, one sentence a comparison."""
    begun: str
    """How far it is, in one sentence."""
    arms: pd.DataFrame
    """arm, n, taken, acceptance, value, left, churn: customers, who took a product and their share,
    mean yearly margin of what was taken, who left and their share; NaN where not on record."""
    differences: pd.DataFrame
    """measure, primary, against, difference (of the engine's arm less the other), low, high, says:
    intervals that hold at every look."""
    by_day: pd.DataFrame
    """day, against, difference, low, high, by the primary measure."""
    unit: str
    """Of the primary measure: "share" or a currency a year."""
    until: pd.Timestamp
    """Last day on record that counts."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LearningSimulation(JsonRecord):
    """What learning by trying gains where the truth is known; nothing of it is a bank."""

    seed: int
    n_runs: int
    n_rounds: int
    n_logs: int
    taken: Mapping[str, float]
    """Learner -> share of offers taken; "best" knows the truth."""
    margins: pd.DataFrame
    """against, margin (offers of 1,000 that the bandit has more taken), low, high (95 %)."""
    coverage: pd.DataFrame
    """estimator, covered (share of logs whose 95 % interval has the truth), low, high (95 %),
    mean_error, width (of the interval)."""
    sentence: str
