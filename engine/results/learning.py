"""What people answered, and what retraining made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


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


@dataclass(frozen=True, eq=False)
class FeedbackStatistics:
    """What people said and did.

    Attributes
    ----------
    totals : mapping
        n_interactions, n_feedback, mean_feedback, click_rate, selection_rate (F158; NaN if n = 0).
    funnel : DataFrame
        stage, n.
    by_product : DataFrame
        product_id, name, n, mean_rating, n_rated, n_accepted, n_dismissed, acceptance.
    by_segment, by_actor : DataFrame
        group, n_decisions, n_accepted, acceptance, low, high.
    by_reason : DataFrame
        action, reason, n: why offers were turned down.
    """

    totals: Mapping[str, float]
    funnel: pd.DataFrame
    by_product: pd.DataFrame
    by_segment: pd.DataFrame
    by_actor: pd.DataFrame
    by_reason: pd.DataFrame = field(default_factory=pd.DataFrame)
