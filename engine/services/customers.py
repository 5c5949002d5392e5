"""The customers of one bank: the book, one record in full, and what is foreseen for them."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.agenda.contacts import last_contact
from engine.bank.consents import effective_consents, expect_personal
from engine.bank.erased import without_customers
from engine.customers import browse, portfolio
from engine.customers import profile as profiles
from engine.customers.book.groups import Book
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.finances.standing_orders import purposes_of
from engine.customers.forecast import outlook
from engine.customers.forecast.store import ForecastStore, ServedFigure
from engine.customers.planning import allocation, goals
from engine.customers.planning.market import market_of
from engine.customers.profiles import build
from engine.customers.segments import CHURN_BANDS, VALUE_BANDS, told
from engine.errors import BadInput
from engine.explain.insight import searched_by
from engine.results import Backtest, Cashflow, Goal, Insights, Outlook, Profile, Selection, Strategy
from engine.scoring.current import CurrentScores
from engine.services.exports import customer_files
from engine.services.portfolio.alerts import Alerting
from engine.services.portfolio.selections import Selections
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.vocabulary import SPENDING_CATEGORIES

_RECENT = 32
"""Records that are kept until something is recorded (own choice)."""


class Customers:
    """What is known of customers; the alerting counts the open alerts of each."""

    def __init__(
        self,
        snapshots: Snapshots,
        scores: CurrentScores,
        alerting: Alerting,
        selections: Selections,
    ):
        self._snapshots = snapshots
        self._scores = scores
        self._alerting = alerting
        self._selections = selections
        self._lock = threading.RLock()
        self._results = LastResults()
        self._profiles = snapshots.recent(_RECENT)

    # --- the book

    def table(
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
        selection: Selection | None = None,
        sort: str = "value_a_year",
        descending: bool = True,
    ) -> pd.DataFrame:
        """One row a customer, filtered and sorted; every column may be searched.

        Parameters
        ----------
        search : str
            Each word is in the name, the number, the e-mail address or the phone number.
        contains, between : mapping, optional
            Column -> text that it holds, or lowest and highest value; see engine.customers.browse.
        selection : Selection, optional
            The customers behind a number, whom the rest narrows down.

        Returns
        -------
        DataFrame
            customer_id, name, audience, segment, relationship_manager, value_a_year, value_band,
            churn, churn_band, mood, next_offer, next_offer_confidence (NaN without history),
            next_offer_fit, last_contact, n_holdings, n_alerts (open ones).

        Raises
        ------
        BadInput
            If there is no such column to sort or search by, or no such selection.
        """
        scores = self._scores.get()
        table = scores.overview.assign(
            n_alerts=self._alerting.counts(scores.snapshot),
            last_contact=last_contact(
                scores.overview, self._snapshots.state.contacts.last_reached()
            ),
        )
        if sort not in table.columns:
            raise BadInput(f"Cannot sort by {sort!r}; columns are {', '.join(table.columns)}.")
        equal = {
            "audience": audience,
            "segment": segment,
            "relationship_manager": manager,
            "churn_band": churn_band,
            "value_band": value_band,
        }
        alerted: dict[str, browse.Bounds] = {"n_alerts": (1, None)} if with_alerts else {}
        matching = browse.select(
            table,
            scores.bank["customers"],
            search=search,
            equal=equal,
            contains=contains,
            between={**alerted, **(between or {})},
        )
        if selection is not None:
            behind = self._selections.open(selection).customer_ids
            matching = matching[matching["customer_id"].isin(behind)]
        matching = told(matching, scores.snapshot.profiles.table)
        return matching.sort_values(
            [sort, "customer_id"], ascending=[not descending, True], kind="stable"
        )

    def choices(self, column: str, *, manager: str | None = None) -> list[str]:
        """Distinct values of a column of `table`, for a filter: bands upwards, others A to Z; of
        one manager's customers where one is given."""
        table = self._scores.get().overview
        if manager is not None:
            table = table[(table["relationship_manager"] == manager).to_numpy(dtype=bool)]
        values = table[column].dropna().unique().tolist()
        place = {band: n for n, band in enumerate((VALUE_BANDS[0], *CHURN_BANDS))}
        return sorted(values, key=lambda value: (place.get(value, len(place)), value))

    def insights(self, *, manager: str | None = None) -> Insights:
        """The portfolio at a glance; one manager's customers alone where one is given, as if the
        bank had no others, but with everybody's percentiles."""
        book = self._selections.book()
        if manager is None:
            return self._results.get("insights", book, lambda: portfolio.insights(book))
        return self._results.get(
            f"insights of {manager}", book, lambda: portfolio.insights(self._book_of(manager))
        )

    def _book_of(self, manager: str) -> Book:
        table = self._scores.get()
        whole, named = table.bank, table.bank["customers"]["relationship_manager"]
        mine = (named == manager).fillna(False).to_numpy(dtype=bool)
        bank = without_customers(whole, whole.customer_ids[~mine])
        profiles = build(
            bank,
            consents=table.snapshot.consents[mine],
            texts=self._snapshots.texts,
            settings=table.settings,
            reference=table.snapshot.profiles.reference,
            learned=self._snapshots.metrics.load(),
        )
        offers = table.overview["next_offer"][mine].reset_index(drop=True)
        return Book(bank, profiles, table.settings, offers, table.allowed[mine])

    def export(self, customers: pd.DataFrame, kind: str, chosen_by: str = "") -> bytes:
        """Customers of `table` as a file: "xlsx" with real numbers, or "csv" that no spreadsheet
        runs.

        Parameters
        ----------
        chosen_by : str
            What they have in common, in words, for the sheet "About".
        """
        bank = self._snapshots.current().bank
        return customer_files.exported(customers, kind, bank.manifest, chosen_by)

    # --- one customer; NotFound for an unknown id

    def expect_personal(self, customer_id: str) -> None:
        """BadInput where the customer has opted out of personal recommendations."""
        bank = self._snapshots.bank()
        row = np.array([bank.customer_position(customer_id)])
        expect_personal(effective_consents(bank, self._snapshots.settings, row), 0)

    def profile(self, customer_id: str) -> Profile:
        """The 360-degree record of one customer; its frames are the caller's own."""
        snapshot = self._snapshots.current()
        kept = self._profiles.get(snapshot, customer_id, lambda: _profile(snapshot, customer_id))
        frames = {
            name: value.copy(deep=False)
            for name, value in vars(kept).items()
            if isinstance(value, pd.DataFrame)
        }
        return replace(kept, **frames)

    def open_cases(self, manager: str) -> int:
        """Cases to resolve of the customers of one relationship manager."""
        snapshot = self._snapshots.current()
        mine = (snapshot.bank["customers"]["relationship_manager"] == manager).to_numpy(dtype=bool)
        return int(snapshot.profiles.table["n_cases_open"].to_numpy()[mine].sum())

    def spending_kinds(self) -> tuple[str, ...]:
        """Kinds of spending that some payment of this bank is of, as a record names them."""
        spending = self._snapshots.current().profiles.data.spending
        anybody = (spending.counts > 0).any(axis=0)
        return tuple(np.array(SPENDING_CATEGORIES, dtype=object)[anybody])

    def needs(self, customer_id: str) -> str:
        """What products are searched by, in words: the very phrases, weightiest first."""
        snapshot = self._snapshots.current()
        position = snapshot.bank.customer_position(customer_id)
        ordered = purposes_of(snapshot.bank, position)
        return f"{searched_by(snapshot.signals.needs.interests_of(position), ordered).text}."

    def forecast(self, customer_id: str) -> Outlook:
        """Balance and spending of the months to come, each with an interval and its method."""
        snapshot = self._snapshots.current()
        served = self._forecasts(snapshot)
        return outlook.outlook(snapshot.profiles, served, customer_id, snapshot.settings.forecast)

    def backtest(self) -> tuple[Backtest, ...]:
        """How every forecasting method did on past months, for each figure that has some."""
        snapshot = self._snapshots.current()
        currency = snapshot.bank.manifest.currency
        return outlook.backtest(self._forecasts(snapshot), currency, snapshot.settings.forecast)

    def _forecasts(self, snapshot: Snapshot) -> Mapping[str, ServedFigure]:
        """Each figure with the method that serves it, chosen anew when the settings change."""
        settings = snapshot.settings.forecast
        cache = self._snapshots.state.folder("cache")
        with self._lock:
            store = self._results.get("store", settings, lambda: ForecastStore(cache, settings))
            return store.of(snapshot.profiles.data.months)

    def cashflow(self, customer_id: str) -> Cashflow:
        """What recurs, what is due, what stands out, and what is left of the income."""
        snapshot = self._snapshots.current()
        return cashflow(snapshot.profiles, customer_id, snapshot.settings)

    def strategy(self, customer_id: str, market: float | str | Path | None = None) -> Strategy:
        """An allocation by risk with its reasons; an illustration, not investment advice.

        Parameters
        ----------
        market : float, str or Path, optional
            A market figure (a share), or a CSV file of them with the columns date and change; by
            default the bank's own file, and none where there is no such file.

        Raises
        ------
        NotFound
            If there is no such customer or file.
        BadInput
            If the customer's risk level is not known, they have opted out of personal
            recommendations, or the market figure is out of bounds.
        """
        snapshot = self._snapshots.current()
        own = self._snapshots.state.folder("settings") / "market.csv"
        expect_personal(snapshot.consents, snapshot.bank.customer_position(customer_id))
        figure = market_of(market, own, snapshot.bank.as_of, snapshot.settings.strategy.max_tilt)
        return allocation.strategy(
            snapshot.bank, snapshot.profiles, customer_id, figure, snapshot.settings
        )

    def goal(
        self,
        customer_id: str,
        *,
        target: float | None = None,
        saved: float | None = None,
        income: float | None = None,
        spending: float | None = None,
    ) -> Goal:
        """Time to a savings goal, from the customer's own figures or those given.

        Raises
        ------
        BadInput
            If the customer has named no goal and none is given, or a figure is no amount.
        """
        snapshot = self._snapshots.current()
        return goals.goal(
            snapshot.bank,
            snapshot.profiles,
            customer_id,
            target=target,
            saved=saved,
            income=income,
            spending=spending,
        )


def _profile(snapshot: Snapshot, customer_id: str) -> Profile:
    return profiles.profile(
        snapshot.bank, snapshot.profiles, snapshot.consents, customer_id, snapshot.settings
    )
