"""What the engine answers with: frozen records that a page, the command line or a file can show."""

from engine.results.customer import Driver, Metric, Profile
from engine.results.fairness import BlindingReport, FairnessReport
from engine.results.learning import FeedbackStatistics, TrainingReport
from engine.results.offers import Offer, Recommendation, Removal
from engine.results.portfolio import Insights
from engine.results.summary import BankSummary

__all__ = [
    "BankSummary",
    "BlindingReport",
    "Driver",
    "FairnessReport",
    "FeedbackStatistics",
    "Insights",
    "Metric",
    "Offer",
    "Profile",
    "Recommendation",
    "Removal",
    "TrainingReport",
]
