"""The only door: class Engine answers and writes; both are wiring only."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from engine.bank import bank_folders, record_forms
from engine.bank.bank import Bank
from engine.errors import Busy, NotFound
from engine.feedback import events
from engine.feedback.retrain import retrain
from engine.results import Added, Offer, Recommendation, TrainingReport
from engine.services.answers import Progress, quiet
from engine.services.inquiry import Inquiry
from engine.services.learned_metrics import LearnedMetrics

if TYPE_CHECKING:
    from engine.bank.importing.uploads import Survey


def utc_now() -> datetime:
    """The moment, in UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Engine(Inquiry):
    """Everything that a page, the command line or a batch may ask or change about one bank.

    Make one with `Engine.open`. It may be shared by threads; several engines and processes may
    work on the same bank, and each sees what the others wrote with its next answer.
    """

    @classmethod
    def open(
        cls,
        data: Path | str,
        state: Path | str = "data/state",
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> "Engine":
        """Open an imported bank with its overlay and its champion version.

        Raises
        ------
        NotFound
            If the folder holds no bank.
        """
        return cls(Path(data), Bank.load(data), Path(state), now)

    @staticmethod
    def available(
        state: Path | str = "data/state", folders: Sequence[Path | str] = ("data/demo",)
    ) -> pd.DataFrame:
        """Banks that can be opened: bank_id, name, path, as_of, n_customers, simulated."""
        return bank_folders.available([Path(folder) for folder in folders], Path(state))

    # --- bringing one's own bank

    @staticmethod
    def survey_upload(uploads: Mapping[str, bytes]) -> "Survey":
        """What uploaded files seem to be, for a person to confirm."""
        from engine.bank.importing.uploads import survey

        return survey(uploads)

    @staticmethod
    def upload_columns(uploads: Mapping[str, bytes], source: str, table: str) -> pd.DataFrame:
        """Which columns of one uploaded file are which of ours, when it is `table`."""
        from engine.bank.importing.uploads import columns_for

        return columns_for(uploads, source, table)

    @staticmethod
    def import_upload(
        uploads: Mapping[str, bytes],
        state: Path | str,
        *,
        name: str,
        consent: Mapping[str, str] | None = None,
        matches: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
        layout: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> tuple[str, dict[str, Any]]:
        """Import uploaded files as a bank of the state folder; all of it or nothing.

        Parameters
        ----------
        matches : mapping, optional
            Uploaded file or sheet -> (our table, its column -> our column), as a person confirmed.

        Returns
        -------
        tuple of str and dict
            The bank's id, and the quality report in its JSON shape.
        """
        from engine.bank.importing.column_matching import Match
        from engine.bank.importing.import_source import import_uploads

        chosen = None if matches is None else {f: Match(*match) for f, match in matches.items()}
        bank, report = import_uploads(
            uploads,
            bank_folders.free_folder(Path(state), name),
            now=now(),
            matches=chosen,
            layout=layout,
            consent=consent,
            name=name,
        )
        return bank.bank_id, report.to_json()

    @staticmethod
    def make_demo(state: Path | str, *, customers: int = 1000, seed: int = 7) -> str:
        """Generate the demo bank in the state folder, where none came along; returns its id."""
        from engine.demo import generate

        bank = generate(customers, seed)
        bank_folders.put(bank, bank_folders.free_folder(Path(state), "demo"))
        return bank.bank_id

    def warm_up(self, progress: Progress = quiet) -> None:
        """Make sure that a version serves: a bank's first start, or a new release, fits one."""
        with self._lock:
            registry = self._views.registry
            if not registry.serves:
                try:
                    self.retrain(progress)
                except Busy:  # another process opened the bank first: its version serves us too
                    progress(0.0, "Another process fits the first version")
                    registry.settle()
                    if not registry.serves:
                        self.retrain(progress)
        self._views.current()

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
        offer: Offer | None = None,
        receipt_id: str = "",
    ) -> bool:
        """Store one event, on the disk when this returns.

        Parameters
        ----------
        event_id : str
            UUID made by the page, the same for a repeated submit.
        offer : Offer, optional
            What was answered; its rank, score, propensity and version are stored with the event.

        Returns
        -------
        bool
            False when an event of this id is there already.

        Raises
        ------
        NotFound
            If the bank has no such customer or product.
        BadInput
            If the event is not complete or a value is out of range.
        StateError
            If it could not be written; it may be submitted again under the same id.
        """
        return self._views.store.append(
            events.new_event(
                self._views.base,
                event_id=event_id,
                recorded_at=self.now(),
                actor=actor,
                customer_id=customer_id,
                product_id=product_id,
                action=action,
                rating=rating,
                aspects=aspects,
                reason=reason,
                comment=comment,
                rank=offer.rank if offer else None,
                score=offer.score if offer else None,
                propensity=offer.propensity if offer else None,
                model_version=offer.model_version if offer else "",
                receipt_id=receipt_id,
            )
        )

    def record_shown(self, shown: Recommendation, *, actor: str) -> int:
        """Write a list's receipt and log its offers as shown: once a day and person (decision 17).

        Returns
        -------
        int
            How many were logged now.
        """
        self.receipts.write(shown, actor=actor)
        today = self.now()
        rows = [
            events.new_event(
                self._views.base,
                event_id=events.shown_id(shown.receipt_id, offer.product_id, actor, today),
                recorded_at=today,
                actor=actor,
                customer_id=shown.customer_id,
                product_id=offer.product_id,
                action="shown",
                rank=offer.rank,
                score=offer.score,
                propensity=offer.propensity,
                model_version=shown.model_version,
                receipt_id=shown.receipt_id,
            )
            for offer in shown.offers
        ]
        return sum(self._views.store.append_many(rows)) if rows else 0

    def undo(self, event_id: str, *, undo_id: str, actor: str) -> bool:
        """Retract an event; to undo the retraction is to bring the event back."""
        undone = self._views.store.find(event_id)
        if undone is None:
            raise NotFound(f"No event {event_id!r} was recorded here; imported ones stay.")
        return self._views.store.append(
            events.retraction(
                self._views.base, undone, event_id=undo_id, recorded_at=self.now(), actor=actor
            )
        )

    def retrain(self, progress: Progress = quiet) -> TrainingReport:
        """Fit a challenger on holdings and events; the better on held-out data serves."""
        return retrain(
            self._views.bank(),
            self._views.registry,
            signals_of=self._views.signals_of,
            interest_of=self._views.interest_of,
            settings=self._views.settings,
            now=self.now(),
            progress=progress,
        )

    def champion_age_hours(self) -> float | None:
        """Age of the serving version; None before the first, and before the first of a release."""
        registry = self._views.registry
        champion = registry.champion() if registry.serves else None
        if champion is None:
            return None
        return (self.now() - datetime.fromisoformat(champion.created_at)).total_seconds() / 3600

    def roll_back(self) -> str:
        """Let the version serve that served before; returns its id."""
        return self._views.registry.roll_back(now=self.now(), note="Rolled back by hand.")

    # --- records added by hand (F23)

    def add_purchase(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.PurchaseFields],
    ) -> Added:
        """Store a purchase; it counts in every figure with the next answer, in every process.

        Parameters
        ----------
        submit_id : str
            Made by the page when it drew the form, the same for a repeated submit.
        **fields
            amount, category and merchant; and channel, payment_method, on where they are known.

        Raises
        ------
        NotFound
            If the bank has no such customer.
        BadInput
            Names the field that cannot be used.
        """
        currency = self._views.base.manifest.currency
        row = record_forms.purchase(customer_id, currency=currency, now=self.now(), **fields)
        return self._add("purchase", row, submit_id, actor)

    def add_ticket(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.TicketFields],
    ) -> Added:
        """Store a ticket (text; topics, repeated, resolved, on), read by our model at once."""
        row = record_forms.ticket(customer_id, now=self.now(), **fields)
        return self._add("ticket", row, submit_id, actor)

    def add_post(
        self,
        customer_id: str,
        *,
        submit_id: str,
        actor: str,
        **fields: Unpack[record_forms.PostFields],
    ) -> Added:
        """Store a post (platform, text; topics, on); used where the customer's consent allows."""
        row = record_forms.post(customer_id, now=self.now(), **fields)
        return self._add("post", row, submit_id, actor)

    def _add(self, kind: str, row: Mapping[str, Any], submit_id: str, actor: str) -> Added:
        views = self._views
        return views.overlay.additions.add(
            views.base, kind, row, submit_id=submit_id, now=self.now(), actor=actor
        )

    @property
    def learned(self) -> LearnedMetrics:
        """Metrics learned from the bank's labels: fit, remove, table, targets, expected_loss."""
        return LearnedMetrics(self._views, self.now)

    # --- overlay

    def set_consent(self, customer_id: str, purpose: str, status: str, *, source: str) -> None:
        """Record what a customer allows or objects to; it holds at once, in every process."""
        self._views.base.customer_position(customer_id)
        self._views.overlay.set_consent(customer_id, purpose, status, now=self.now(), source=source)

    def edit(self, table: str, row_id: str, column: str, value: object, *, actor: str) -> None:
        """Change a product's score or a customer's manager; the base stays as it was imported."""
        self._views.overlay.edit(table, row_id, column, value, now=self.now(), actor=actor)

    def acknowledge(self, alert_id: str, actor: str) -> bool:
        """Take an alert off the feed, for everybody; False when somebody did so before.

        Raises
        ------
        NotFound
            If there is no such alert.
        """
        if not self._watch.knows(self._views.current(), alert_id):
            feed = self.alerts(fairness=True).table["alert_id"]
            done = self._views.overlay.alerts.table()["alert_id"]
            if alert_id not in {*feed, *done}:
                raise NotFound(f"There is no alert {alert_id!r}; look at the feed again.")
        return self._views.overlay.alerts.acknowledge(alert_id, now=self.now(), actor=actor)

    def reset(self) -> Path | None:
        """Move everything written about this bank aside, for a fresh demonstration."""
        aside = self._views.overlay.reset()
        self._views.forget()
        return aside
