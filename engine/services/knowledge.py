"""What the Engine knows of customers before any list: cash flow, forecast, allocation, goal."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path

from engine.bank.bank import Bank
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.forecast import outlook
from engine.customers.forecast.store import Choices
from engine.customers.planning import allocation, goals
from engine.customers.planning.market import market_of
from engine.results import Backtest, Cashflow, Goal, Outlook, Strategy
from engine.services.alerts import Watch
from engine.snapshot.snapshot import View, Views


class Knowledge:
    """Answers that no version and no list is needed for; `Answers` has the rest."""

    def __init__(self, folder: Path, base: Bank, state: Path, now: Callable[[], datetime]):
        self.folder = folder
        self.state = state
        self.now = now
        self._views = Views(base, state)
        self._lock = threading.RLock()

    @property
    def bank(self) -> Bank:
        """The bank as it is seen now: base, overlay, events and purchases."""
        return self._views.current().bank

    def view(self) -> View:
        """The consistent picture behind the answers of this moment."""
        return self._views.current()

    @cached_property
    def _watch(self) -> Watch:
        return Watch(self._views.overlay, self._views.settings)

    @cached_property
    def _choices(self) -> Choices:
        return Choices(self._views.overlay.folder("cache"), self._views.settings.forecast)

    def forecast(self, customer_id: str) -> Outlook:
        """Balance and spending of the months to come, each with an interval and its method.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        profiles = self._views.current().profiles
        served = self._choices.of(profiles.read.months)
        return outlook.outlook(profiles, served, customer_id, self._views.settings.forecast)

    def backtest(self) -> tuple[Backtest, ...]:
        """How every forecasting method did on past months, for each figure that has some."""
        view = self._views.current()
        served = self._choices.of(view.profiles.read.months)
        currency = view.bank.manifest.currency
        return outlook.backtest(served, currency, self._views.settings.forecast)

    def cashflow(self, customer_id: str) -> Cashflow:
        """What recurs, what is due, what stands out, and what is left of the income.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        view = self._views.current()
        return cashflow(view.profiles, customer_id, self._views.settings)

    def strategy(self, customer_id: str, market: float | str | Path | None = None) -> Strategy:
        """An allocation by risk with its reasons; an illustration, not investment advice.

        Parameters
        ----------
        customer_id : str
        market : float, str or Path, optional
            A market figure (a share), or a CSV file of them with the columns date and change; by
            default STATE/<bank>/settings/market.csv, and none where there is no such file.

        Raises
        ------
        NotFound
            If there is no such customer or file.
        BadInput
            If the customer's risk level is not known, or the market figure is out of bounds.
        """
        view, settings = self._views.current(), self._views.settings
        own = self._views.overlay.folder("settings") / "market.csv"
        figure = market_of(market, own, view.bank.as_of, settings.strategy.max_tilt)
        return allocation.strategy(view.bank, view.profiles, customer_id, figure, settings)

    def goal(
        self,
        customer_id: str,
        *,
        target: float | None = None,
        saved: float | None = None,
        income: float | None = None,
        spending: float | None = None,
    ) -> Goal:
        """Time to a savings goal (F141), from the customer's own figures or those given.

        Raises
        ------
        BadInput
            If the customer has named no goal and none is given, or a figure is no amount.
        """
        view = self._views.current()
        return goals.goal(
            view.bank,
            view.profiles,
            customer_id,
            target=target,
            saved=saved,
            income=income,
            spending=spending,
        )
