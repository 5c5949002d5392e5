"""The demo bank told as a story: five customers, what to look at, and a fresh start."""

from collections.abc import Callable
from typing import Final

from engine.demo.personas import PERSONAS, SHOWN
from engine.errors import BadInput
from engine.figures import percent
from engine.labels import METRIC_LABELS
from engine.results import Stop
from engine.services.customers import Customers
from engine.services.day import Days
from engine.services.offers import Offers
from engine.services.records import Records
from engine.services.versions.models import Models
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import METRICS, PROGRAM

OFFERS: Final = "recommendations"


class Demonstration:
    """What a visitor is shown; every line is worked out when it is asked for.

    So a line stays true whatever was recorded meanwhile.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        customers: Customers,
        days: Days,
        offers: Offers,
        records: Records,
        models: Models,
    ):
        self._snapshots = snapshots
        self._customers, self._days, self._offers = customers, days, offers
        self._records, self._models = records, models

    @property
    def n_stops(self) -> int:
        """How many customers are shown; 0 for a bank that is not the demo bank."""
        return len(self._stories) if self._is_there else 0

    def stop(self, number: int) -> Stop:
        """One stop, from 1.

        Raises
        ------
        BadInput
            If there is no such stop, or this is not the demo bank.
        """
        if not 1 <= number <= self.n_stops:
            raise BadInput(f"Got the stop {number}; this bank has {self.n_stops} stops.")
        name, (page, told) = list(self._stories.items())[number - 1]
        persona = PERSONAS[name]
        line = told(persona.customer_id)
        return Stop(persona.customer_id, name, persona.title, page, line)

    def reset(self, *, actor: str = PROGRAM) -> None:
        """Take away whatever was recorded about the demo bank, for everybody, and serve again.

        Raises
        ------
        BadInput
            If this is not the demo bank.
        """
        if not self._is_there:
            raise BadInput("This is not the demo bank; only that is reset for a demonstration.")
        self._records.reset(delete=True, actor=actor)
        self._models.warm_up()

    @property
    def _is_there(self) -> bool:
        base = self._snapshots.base
        people = base["customers"].set_index("customer_id")["name"]
        return base.manifest.simulated and all(
            people.get(PERSONAS[name].customer_id) == name for name in self._stories
        )

    @property
    def _stories(self) -> dict[str, tuple[str, Callable[[str], str]]]:
        told = (
            ("", self._call),
            (OFFERS, self._first_offer),
            (OFFERS, self._rule),
            (OFFERS, self._objection),
            ("", self._little_known),
        )
        return dict(zip(SHOWN, told, strict=True))

    def _call(self, customer: str) -> str:
        card = self._days.card(customer)
        return ". ".join([*card.avoid[:1], card.line]) + "."

    def _first_offer(self, customer: str) -> str:
        recommendation = self._offers.recommend(customer, k=1)
        if not recommendation.offers:
            return f"{recommendation.action}."
        first = recommendation.offers[0]
        chance = "" if first.confidence is None else f" ({percent(first.confidence)})"
        return f"First offer: {first.name}{chance}. Why: {first.reasons[0]}."

    def _rule(self, customer: str) -> str:
        offers = self._offers.recommend(customer).offers
        for offer in offers:
            for reason in offer.reasons:
                if "rule holds" in reason:
                    return f"A rule of the bank at work, place {offer.rank}: {reason}."
        return self._first_offer(customer)

    def _objection(self, customer: str) -> str:
        recommendation = self._offers.recommend(customer)
        if recommendation.offers:
            return self._first_offer(customer)
        n = sum(removal.rule == "consent" for removal in recommendation.removed)
        return f"A wish is respected. {recommendation.action}; {n} products are left out for it."

    def _little_known(self, customer: str) -> str:
        metrics = self._customers.profile(customer).metrics
        unknown = [METRIC_LABELS[name] for name in METRICS if not metrics[name].known]
        if not unknown:
            return self._first_offer(customer)
        return (
            f"Hardly anything is known, and no figure is made up: {' and '.join(unknown)} say "
            f"“no data”. {self._first_offer(customer)}"
        )
