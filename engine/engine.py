"""The only door: class Engine wires bank, customers, ranking, guard, explain and feedback."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from engine.results import (
    BankSummary,
    BlindingReport,
    FairnessReport,
    FeedbackStatistics,
    Insights,
    Profile,
    Recommendation,
    TrainingReport,
)

Progress = Callable[[float, str], None]
"""Called with the share done (0-1) and what is being done."""


class Engine:
    """Everything that a page, the command line or a batch may ask (contract; filled in by the coordinator)."""

    @classmethod
    def open(
        cls,
        data: Path | str,
        state: Path | str = "data/state",
        *,
        now: Callable[[], datetime] | None = None,
    ) -> "Engine":
        """Open an imported bank with its overlay and its champion version."""

    # --- what stands on every page
    def summary(self) -> BankSummary: ...
    def warm_up(self, progress: Progress | None = None) -> None:
        """Make sure there is a version to serve (first start: fits one)."""

    # --- customers
    def customers(
        self,
        *,
        search: str = "",
        audience: str | None = None,
        segment: str | None = None,
        manager: str | None = None,
        churn_band: str | None = None,
        value_band: str | None = None,
        sort: str = "value_a_year",
        descending: bool = True,
    ) -> pd.DataFrame:
        """customer_id, name, audience, segment, relationship_manager, value_a_year, value_band, churn, churn_band, mood, next_offer,
        next_offer_confidence (or fit), last_contact, n_holdings. One row a customer, filtered and sorted."""

    def choices(self, column: str) -> list[str]:
        """Distinct values for a filter: audience, segment, relationship_manager, churn_band, value_band."""

    def profile(self, customer_id: str) -> Profile: ...

    # --- recommendations
    def recommend(
        self, customer_id: str, *, k: int = 5, list: str | None = None, order: str = "score"
    ) -> Recommendation:
        """`list` None opens retention when churn is 7 or more, else growth. `order`: "score" or "value"."""

    def score(
        self,
        *,
        lists: tuple[str, ...] = ("growth", "retention"),
        k: int = 5,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """All customers: customer_id, product_id, rank, score, confidence, fit, list, model_version."""

    # --- feedback
    def record(
        self,
        *,
        event_id: str,
        customer_id: str,
        product_id: str,
        action: str,
        actor: str,
        rating: float | None = None,
        aspects: Mapping[str, float] | None = None,
        reason: str = "",
        comment: str = "",
        offer=None,
        receipt_id: str = "",
    ) -> bool:
        """Store one event; False when this event_id is already there."""

    def undo(self, event_id: str, *, undo_id: str, actor: str) -> bool: ...
    def history(self, customer_id: str | None = None) -> pd.DataFrame:
        """event_id, recorded_at, actor, customer_id, customer, product, action, rating, reason, comment, retracted, undoable."""

    def statistics(self) -> FeedbackStatistics: ...
    def retrain(self, progress: Progress | None = None) -> TrainingReport: ...
    def versions(self) -> pd.DataFrame:
        """version_id, created_at, status, grade, map7, n_events, n_adoptions, serving (bool), note."""

    def roll_back(self) -> str: ...

    # --- insights and fairness
    def insights(self) -> Insights: ...
    def fairness(self, attribute: str, *, list: str = "growth", k: int = 5) -> FairnessReport: ...
    def blinding(self) -> BlindingReport: ...

    # --- overlay and data
    def set_consent(self, customer_id: str, purpose: str, status: str, *, source: str) -> None: ...
    def reset(self) -> None: ...
    def tables(self) -> pd.DataFrame:
        """table, rows, first_date, last_date, sha256."""

    def quality(self) -> Mapping | None:
        """The import's quality report as its JSON shape, None for a generated bank."""

    def doctor(self) -> pd.DataFrame:
        """part, real_model, in_use, found, source, version, sha256, note."""

    def settings_in_effect(self) -> pd.DataFrame:
        """setting, value, meaning."""
