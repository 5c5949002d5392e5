"""A stand-in Engine with small, believable answers, for states that a real bank seldom reaches."""

from types import SimpleNamespace
from typing import ClassVar

import pandas as pd

from engine.errors import NotFound
from engine.results import ReceiptReading
from engine.services.notes import Notes
from engine.services.views import Views
from tests.pages import fake_kept
from tests.pages.fake_alerts import FakeAlerts
from tests.pages.fake_assistant import FakeAssistant, FakeMeetings, FakeSpeech
from tests.pages.fake_campaigns import FakeCampaigns
from tests.pages.fake_customers import FakeCustomers
from tests.pages.fake_days import FakeBriefs, FakeDays
from tests.pages.fake_experiments import FakeExperiments
from tests.pages.fake_governance import (
    FakeGovernance,
    FakeLevers,
    FakePacks,
    FakePilots,
    FakeRetention,
)
from tests.pages.fake_models import FakeFacts, FakeFairness, FakeMitigating, FakeModels
from tests.pages.fake_money import FakeLearned
from tests.pages.fake_offers import FakeFeedback, FakeOffers
from tests.pages.fake_people import AS_OF, customers
from tests.pages.fake_records import FakeRecords
from tests.pages.fake_scans import FakeEvidence, FakeScans
from tests.pages.fake_scenarios import FakeScenarios
from tests.pages.fake_search import FakeDemonstration, FakeSearch
from tests.pages.fake_selections import FakeSegments, FakeSelections
from tests.pages.fake_trail import FakeTrail
from tests.pages.fake_writing import FakeWriting


class _Banks:
    """The service of the banks that can be opened; a test changes the class that it stands on."""

    def __get__(self, engine, kind):
        return SimpleNamespace(
            available=kind.available,
            unreadable=kind.unreadable,
            own=kind.own,
            remove=kind.remove,
            make_demo=kind.make_demo,
        )


class FakeEngine:
    """What `Engine` answers, without a bank; a test switches on its class what is to be shown."""

    people = customers()
    banks = _Banks()
    n_banks = 1
    n_history = True
    n_waiting = 0
    """Proposals that wait for a second person: all of the stand-in's, or none."""
    writer = ""
    asked_writer: ClassVar[list[tuple[str, ...]]] = []
    listener = "whisper-tiny.en"
    has_goal = True
    has_managers = True
    has_calls = True
    has_experiments = True
    degraded: tuple[str, ...] = ("sentiment: lexicon only",)
    action = ""
    damage = ""
    reads = "stand-in"
    reading: ReceiptReading | None = None
    topics: tuple[tuple[str, str], ...] = ()
    """What a receipt tells of; () for the stand-in's own."""
    left_out: tuple[str, ...] = ()
    served_before: str | None = "v1"

    def seen_by(self, viewer):
        return self

    def may(self, action):
        return True

    def __init__(self) -> None:
        self.assistant = FakeAssistant(self)
        self.speech = FakeSpeech(self)
        self.meetings = FakeMeetings(self)
        self.offers = FakeOffers(self)
        self.scenarios = FakeScenarios(self)
        self.experiments = FakeExperiments(self)
        self.fairness = FakeFairness(self)
        self.mitigating = FakeMitigating(self)
        self.alerts = FakeAlerts(self)
        self.selections = FakeSelections(self)
        self.segments = FakeSegments(self)
        self.customers = FakeCustomers(self)
        self.days = FakeDays(self)
        self.briefs = FakeBriefs(self)
        self.writing = FakeWriting(self)
        self.campaigns = FakeCampaigns(self)
        self.records = FakeRecords(self)
        self.scans = FakeScans(self)
        self.evidence = FakeEvidence(self)
        self.trail = FakeTrail(self)
        self.feedback = FakeFeedback(self)
        self.models = FakeModels(self)
        self.learned_metrics = FakeLearned(self)
        self.search = FakeSearch(self)
        self.demonstration = FakeDemonstration(self)
        self.facts = FakeFacts(self)
        self.governance = FakeGovernance(self)
        self.levers = FakeLevers(self)
        self.packs = FakePacks(self)
        self.retention = FakeRetention(self)
        self.pilots = FakePilots(self)
        kept = fake_kept.snapshots()
        self.views = Views(kept, lambda: AS_OF)
        self.notes = Notes(kept, lambda: AS_OF)
        self.start()
        type(self).opened.append(self)

    def start(self) -> None:
        """Nothing is recorded yet."""
        self.events: dict[str, dict] = {}
        self.consents: dict[tuple[str, str], str] = {}
        self.acknowledged: set[str] = set()
        self.saved: list[dict] = []
        self.market: bytes | None = None
        self.added: dict[str, dict] = {}
        self.taken_back: list[str] = []
        self.contacts: dict[str, dict] = {}
        self.trail_rows: list[tuple] = []

    @classmethod
    def available(cls, state="data/state", folders=("data/demo",)) -> pd.DataFrame:
        return pd.DataFrame(
            [
                ("fake", "Harbour Bank", "fake", 1, AS_OF, 48),
                ("second", "Harbour Bank", "other", 1, AS_OF, 48),
            ][: cls.n_banks],
            columns=["bank_id", "name", "path", "edition", "as_of", "n_customers"],
        )

    @classmethod
    def unreadable(cls, state="data/state", folders=("data/demo",)) -> pd.DataFrame:
        return pd.DataFrame(columns=["path", "problem"])

    @classmethod
    def own(cls, state) -> pd.DataFrame:
        return cls.available().iloc[1:]

    @classmethod
    def remove(cls, state, bank_id, typed, served=()) -> str:
        cls.n_banks = 1
        return typed

    @classmethod
    def make_demo(cls, state, *, customers=1000, seed=7) -> str:
        cls.n_banks = 1
        return "fake"

    @classmethod
    def open(cls, data, state="data/state", *, now=None):
        return cls()

    def row(self, customer_id: str) -> pd.Series:
        rows = self.people[self.people["customer_id"] == customer_id]
        if rows.empty:
            raise NotFound(f"There is no customer {customer_id!r}. Choose one from the list.")
        return rows.iloc[0]
