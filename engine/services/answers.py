"""The read side of the Engine: summary, customers, profiles, lists, insights, audits."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine import settings as _settings
from engine.audit import blinding, fairness
from engine.audit.grading import NOT_GRADABLE, stand_in
from engine.audit.groups import ATTRIBUTES
from engine.bank import bank_folders
from engine.bank.bank import Bank
from engine.bank.quality import read_report
from engine.customers import browse, portfolio
from engine.customers import profile as profiles
from engine.errors import BadInput, StateError
from engine.feedback import statistics
from engine.feedback.history import history
from engine.models.inventory import inventory
from engine.results import (
    Alerts,
    BankSummary,
    BlindingReport,
    FairnessReport,
    FeedbackStatistics,
    Insights,
    Profile,
    Recommendation,
)
from engine.scoring.lists import ORDERS, Lists
from engine.services.knowledge import Knowledge
from engine.vocabulary import GROWTH, LISTS, RETENTION

Progress = Callable[[float, str], None]
"""Called with the share done (0-1) and what is being done."""

_SHOWN_PARTS = ("embeddings", "sentiment")
"""Parts whose stand-in is worth a line on every page: they change what is shown."""


def quiet(done: float, step: str) -> None:
    """A progress report that nobody reads."""
    del done, step


class Answers(Knowledge):
    """Everything that may be asked about one bank; `engine.engine.Engine` adds the writing."""

    fairness_attributes = tuple(ATTRIBUTES)

    def __init__(self, folder: Path, base: Bank, state: Path, now: Callable[[], datetime]):
        super().__init__(folder, base, state, now)
        self._cached: tuple[tuple[object, ...], Lists] | None = None

    def summary(self) -> BankSummary:
        """Whose data, of which day, scored by which version, and what runs on a stand-in."""
        view = self._views.current()
        manifest, version = view.bank.manifest, view.version
        return BankSummary(
            bank_id=view.bank.bank_id,
            name=manifest.name,
            currency=manifest.currency,
            as_of=view.bank.as_of,
            simulated=manifest.simulated,
            n_customers=view.bank.n_customers,
            n_products=view.bank.n_products,
            model_version=version.version_id if version else "none yet",
            grade=version.facts.grade if version else NOT_GRADABLE,
            degraded=(*self._degraded, *(stand_in(version.facts.details) if version else ())),
            notes=(*manifest.notes, *(version.facts.notes if version else ())),
        )

    @cached_property
    def _degraded(self) -> tuple[str, ...]:
        models = self.doctor()
        stand_ins = models.loc[~models["found"] & models["part"].isin(_SHOWN_PARTS)]
        return tuple(
            f"{row.part.capitalize()}: {row.used}" for row in stand_ins.itertuples(index=False)
        )

    def _lists(self) -> Lists:
        """The lists of this moment; "Not now" is looked at anew every hour."""
        view = self._views.current()
        if view.ranker is None:
            raise StateError(
                "No version serves yet. Call warm_up, or run: python -m engine retrain"
            )
        now = self.now().replace(minute=0, second=0, microsecond=0)
        with self._lock:
            key = (id(view), now)
            if self._cached is None or self._cached[0] != key or self._cached[1].view is not view:
                before = self._cached[1] if self._cached else None
                self._cached = (
                    key,
                    Lists(view, view.ranker, self._views.settings, self.now(), before),
                )
            return self._cached[1]

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
        with_alerts: bool = False,
        contains: Mapping[str, str] | None = None,
        between: Mapping[str, browse.Bounds] | None = None,
        sort: str = "value_a_year",
        descending: bool = True,
    ) -> pd.DataFrame:
        """One row a customer, filtered and sorted; every column may be searched (F28).

        Parameters
        ----------
        search : str
            Each word is in the name, the number, the e-mail address or the phone number.
        contains, between : mapping, optional
            Column -> text that it holds, or lowest and highest value; see engine.customers.browse.

        Returns
        -------
        DataFrame
            customer_id, name, audience, segment, relationship_manager, value_a_year, value_band,
            churn, churn_band, mood, next_offer, next_offer_confidence (NaN without history),
            next_offer_fit, last_contact, n_holdings, n_alerts (open ones).
        """
        lists = self._lists()
        table = lists.overview.assign(n_alerts=self._watch.counts(lists.view))
        if sort not in table.columns:
            raise BadInput(f"Cannot sort by {sort!r}; columns are {', '.join(table.columns)}.")
        chosen = {
            "audience": audience,
            "segment": segment,
            "relationship_manager": manager,
            "churn_band": churn_band,
            "value_band": value_band,
        }
        alerted: dict[str, browse.Bounds] = {"n_alerts": (1, None)} if with_alerts else {}
        found = browse.select(
            table,
            lists.bank["customers"][["email", "phone"]],
            search=search,
            equal=chosen,
            contains=contains,
            between={**alerted, **(between or {})},
        )
        return found.sort_values(
            [sort, "customer_id"], ascending=[not descending, True], kind="stable"
        )

    def choices(self, column: str) -> list[str]:
        """Distinct values of a column of `customers`, for a filter."""
        return sorted(self._lists().overview[column].dropna().unique().tolist())

    def profile(self, customer_id: str) -> Profile:
        """The 360-degree record of one customer; NotFound for an unknown id."""
        view = self._views.current()
        return profiles.profile(
            view.bank, view.profiles, view.consents, customer_id, self._views.settings
        )

    # --- alerts

    def alerts(
        self,
        customer_id: str | None = None,
        manager: str | None = None,
        *,
        fairness: bool = False,
    ) -> Alerts:
        """What needs attention: of one customer, of one manager's book, or of the whole bank.

        Parameters
        ----------
        fairness : bool
            Add the audit's alerts on the growth list; it then has to be scored for everybody.
        """
        reports = [self.fairness(name) for name in self.fairness_attributes] if fairness else []
        view = self._views.current()
        return self._watch.alerts(view, customer_id=customer_id, manager=manager, fairness=reports)

    # --- recommendations

    def recommend(
        self, customer_id: str, *, k: int = 5, list: str | None = None, order: str = "score"
    ) -> Recommendation:
        """One list for one customer.

        Parameters
        ----------
        customer_id : str
        k : int
            Offers, 1 to the setting `ranking.max_list`.
        list : str, optional
            "growth" or "retention"; by default retention from the churn of the settings on.
        order : str
            "score", "value" (expected value) or "interests" (the list by score, put into the
            order of what the customer's needs, mood and own reactions say).
        """
        self._check_k(k)
        if order not in ORDERS:
            raise BadInput(f"Got the order {order!r}; expected score, value or interests.")
        _check_list(list)
        return self._lists().recommend(customer_id, k=k, which=list, order=order)

    def score(
        self,
        *,
        lists: Sequence[str] = LISTS,
        k: int = 5,
        customers: Sequence[str] | None = None,
        progress: Progress = quiet,
    ) -> pd.DataFrame:
        """Lists of all customers, or of some.

        Returns
        -------
        DataFrame
            customer_id, product_id, rank, score, confidence, fit, list, model_version. A list or
            a customer that is named twice counts once.
        """
        self._check_k(k)
        names = tuple(dict.fromkeys(lists))
        for name in names:
            _check_list(name)
        if not names:
            raise BadInput(f"Name at least one list: {GROWTH} or {RETENTION}.")
        found = self._lists()
        rows = np.arange(found.bank.n_customers)
        if customers is not None:
            positions = [found.bank.customer_position(c) for c in dict.fromkeys(customers)]
            rows = np.array(positions, dtype=np.int64)
        return found.score(rows, names, k, progress)

    def _check_k(self, k: int) -> None:
        limit = self._views.settings.ranking.max_list
        if not 1 <= k <= limit:
            raise BadInput(f"Got k={k}; a list has 1 to {limit} offers.")

    # --- feedback

    def history(self, customer_id: str | None = None) -> pd.DataFrame:
        """Events, newest first: event_id, recorded_at, actor, customer_id, customer, product,
        action, rating, reason, comment, retracted, undoable (never an imported one)."""
        view = self._views.current()
        found = history(view.log, view.bank, customer_id=customer_id)
        imported = found["event_id"].isin(self._views.base["events"]["event_id"].dropna())
        return found.assign(undoable=found["undoable"] & ~imported)

    def statistics(self) -> FeedbackStatistics:
        """Funnel, acceptance by product, segment and person (F158)."""
        view = self._views.current()
        segments = view.profiles.table["segment"]
        return statistics.statistics(view.log, view.bank, segments=segments)

    def versions(self) -> pd.DataFrame:
        """Every version, newest first: version_id, created_at, status, grade, n_events,
        n_adoptions, serving, note and its metrics."""
        return self._views.registry.history()

    # --- insights and fairness

    def insights(self) -> Insights:
        """The portfolio at a glance."""
        lists = self._lists()
        return portfolio.insights(
            lists.bank,
            lists.view.profiles,
            self._views.settings,
            next_offer=lists.overview["next_offer"],
        )

    def fairness(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> FairnessReport:
        """Selection rates by group; attributes are `fairness_attributes`."""
        _check_list(list)
        self._check_k(k)
        lists = self._lists()
        table = lists.score(lists.view.all_rows, [list], k, quiet)
        return fairness.fairness(
            lists.bank,
            table,
            lists.eligible,
            attribute,
            self._views.settings,
            list=list,
            k=k,
            model_version=lists.version,
        )

    def blinding(self) -> BlindingReport:
        """Replace gender, age, name and place of everybody and score again (F144)."""
        view = self._views.current()
        seed = self._views.settings.models.seed
        return blinding.blinding(self._views.scores_of, view.bank, seed)

    # --- data

    def tables(self) -> pd.DataFrame:
        """What the bank's tables hold: table, rows, first_date, last_date, sha256."""
        return bank_folders.contents(self._views.base, self.folder)

    def quality(self) -> Mapping[str, Any] | None:
        """The import's quality report in its JSON shape; None for a generated bank."""
        return read_report(self.folder)

    def doctor(self) -> pd.DataFrame:
        """part, real_model, used, found, source, version, sha256, note."""
        return inventory(self._views.settings, cache=self._views.overlay.folder("cache"))

    def settings_in_effect(self) -> pd.DataFrame:
        """setting, value, meaning."""
        rows = _settings.described(self._views.settings)
        return pd.DataFrame(rows, columns=["setting", "value", "meaning"])


def _check_list(name: str | None) -> None:
    if name is not None and name not in LISTS:
        raise BadInput(f"There is no list {name!r}; lists are {GROWTH} and {RETENTION}.")
