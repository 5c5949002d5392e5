"""What the engine answers with: frozen records that a page, the command line or a file can show."""

from engine.results.adaptation import FineTuning
from engine.results.additions import Added
from engine.results.alerts import ALERT_TITLES, SEVERITIES, Alerts
from engine.results.cashflow import Cashflow, Due, Savings, Volatility
from engine.results.catalogue import ProductSheet
from engine.results.confidence import ConfidenceReport
from engine.results.customer import Driver, Metric, Profile
from engine.results.evaluation import SYSTEM_LABELS, Evaluation, ResponseEvaluation
from engine.results.explanation import (
    PART_LABELS,
    Comparison,
    Explanation,
    Line,
    Part,
    part_label,
)
from engine.results.fairness import BlindingReport, FairnessReport
from engine.results.forecast import Backtest, Forecast, Outlook
from engine.results.learned import ExpectedLoss, MetricFit
from engine.results.learning import FeedbackStatistics, TrainingReport
from engine.results.levers import LeverEffect
from engine.results.needs import NeedsAblation
from engine.results.offers import Offer, Recommendation, Removal
from engine.results.portfolio import Insights
from engine.results.preferences import Preferences
from engine.results.questions import Change, Situation, WhatIf, WhyNot
from engine.results.ratings import RatingsReport
from engine.results.receipts import Receipt, Replay, Verification
from engine.results.stability import StabilityReport
from engine.results.strategy import NO_ADVICE, Goal, Strategy
from engine.results.summary import BankSummary
from engine.results.takers import TakerList
from engine.results.tuning import Tuning

__all__ = [
    "ALERT_TITLES",
    "NO_ADVICE",
    "PART_LABELS",
    "SEVERITIES",
    "SYSTEM_LABELS",
    "Added",
    "Alerts",
    "Backtest",
    "BankSummary",
    "BlindingReport",
    "Cashflow",
    "Change",
    "Comparison",
    "ConfidenceReport",
    "Driver",
    "Due",
    "Evaluation",
    "ExpectedLoss",
    "Explanation",
    "FairnessReport",
    "FeedbackStatistics",
    "FineTuning",
    "Forecast",
    "Goal",
    "Insights",
    "LeverEffect",
    "Line",
    "Metric",
    "MetricFit",
    "NeedsAblation",
    "Offer",
    "Outlook",
    "Part",
    "Preferences",
    "ProductSheet",
    "Profile",
    "RatingsReport",
    "Receipt",
    "Recommendation",
    "Removal",
    "Replay",
    "ResponseEvaluation",
    "Savings",
    "Situation",
    "StabilityReport",
    "Strategy",
    "TakerList",
    "TrainingReport",
    "Tuning",
    "Verification",
    "Volatility",
    "WhatIf",
    "WhyNot",
    "part_label",
]
