"""What people set down in: preferences, alerts taken back, a market file; their record out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

from engine.bank import disk
from engine.bank.preferences import cells, preferences
from engine.customers.planning import market
from engine.ranking.needs import phrase
from engine.results import Preferences
from engine.snapshot.snapshot import Views

NO_NEEDS = "No needs are known: the search by needs is neutral."


class Stated(TypedDict):
    """What the form for preferences asks for (F37); an empty text or sequence is no statement."""

    income_level: str
    risk_tolerance: str
    goals: tuple[str, ...]
    services: tuple[str, ...]
    frequency: str


class Desk:
    """The small things that a relationship manager sets down, and takes back.

    Parameters
    ----------
    views : Views
    now : callable
        The moment, in UTC without a zone.
    """

    def __init__(self, views: Views, now: Callable[[], datetime]):
        self._views = views
        self._now = now

    def preferences(self, customer_id: str) -> Preferences:
        """What a customer wants, as last set down, with what may be chosen.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        bank = self._views.current().bank
        return preferences(bank["customers"].iloc[bank.customer_position(customer_id)])

    def save_preferences(self, customer_id: str, *, actor: str, **stated: Unpack[Stated]) -> bool:
        """Set down what a customer wants; every metric and list follows with its next answer.

        Returns
        -------
        bool
            False when nothing was different.

        Raises
        ------
        NotFound
            If there is no such customer.
        BadInput
            If something is chosen that may not be.
        """
        changed = cells(self.preferences(customer_id), **stated)
        if changed:
            self._views.overlay.edit_row(
                "customers", customer_id, changed, now=self._now(), actor=actor
            )
        return bool(changed)

    def needs(self, customer_id: str) -> str:
        """What products are searched by, in words: the very phrases, weightiest first (F39).

        Returns
        -------
        str
            "Searched by: ..."; a sentence that says so where nothing is known.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        view = self._views.current()
        mine = view.signals.needs.interests_of(view.bank.customer_position(customer_id))
        ordered = mine.sort_values("share", ascending=False, kind="stable")
        pairs = zip(ordered["kind"], ordered["item"], strict=True)
        said = list(dict.fromkeys(phrase(kind, item) for kind, item in pairs))
        return f"Searched by: {'; '.join(said)}." if said else NO_NEEDS

    def reopen_alert(self, alert_id: str, *, actor: str) -> bool:
        """Put an acknowledged alert back on the feed; False when it is not off it."""
        return self._views.overlay.alerts.reopen(alert_id, now=self._now(), actor=actor)

    @property
    def _market(self) -> Path:
        return self._views.overlay.folder("settings") / "market.csv"

    def has_market(self) -> bool:
        """Does the bank have a file of market figures of its own?"""
        return self._market.is_file()

    def save_market(self, content: bytes, name: str) -> None:
        """Keep a CSV with date and change as the bank's own market figures, for everybody.

        Raises
        ------
        BadInput
            If it is too large, cannot be read, or says nothing of the bank's day.
        """
        kept = market.checked(content, name, self._views.base.as_of)
        disk.write_whole(self._market, kept)

    def remove_market(self) -> bool:
        """Take the bank's market figures away; False when there were none."""
        there = self._market.is_file()
        self._market.unlink(missing_ok=True)
        return there
