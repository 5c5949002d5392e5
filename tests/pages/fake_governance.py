"""Who answers for the stand-in bank's models, and what was overridden there."""

import pandas as pd

from engine.errors import NeedsAgreement
from engine.governance import inventory as _inventory
from engine.governance import register
from engine.governance.overrides import COLUMNS
from engine.labels import RETENTION_LABELS
from engine.progress import quiet
from engine.results import Drift, Oversight, PilotScope, Retention
from tests.pages.fake_people import AS_OF
from tests.pages.fake_service import FakeService


class FakeGovernance(FakeService):
    """Stands in for `engine.services.governance.governance.Governance`."""

    def overview(self) -> Oversight:
        return Oversight(18, 6, 23, 1, 11, 2, 2, "Risk desk", ("An owner of nothing is named.",))

    def inventory(self) -> pd.DataFrame:
        metrics = pd.DataFrame({"metric": ["churn"], "source": ["scorecard"]})
        known = _inventory.Known(
            "v1", "2026-03-12", "B", self._engine.models.doctor(), metrics, "3e8ba8cd"
        )
        return _inventory.inventory(known, {"ranking": "Kim of analytics"})

    def lineage(self) -> pd.DataFrame:
        return self._engine.facts.tables()

    def sources(self) -> pd.DataFrame:
        return pd.DataFrame({"file": ["customers.csv"], "sha256": ["ab12" * 16]})

    def drift(self) -> Drift:
        return self._engine.models.drift()

    def overrides(self) -> pd.DataFrame:
        rows = [
            ("setting in force", "less-mood", 1, "demo", AS_OF, pd.NaT, "mood <b>reads</b> badly"),
            ("edited record", "Income (customers)", 3, "demo", AS_OF, pd.NaT, ""),
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def history(self) -> pd.DataFrame:
        return self._engine.models.versions()

    def audits(self) -> pd.DataFrame:
        told = "of gender; list growth; n 48; groups 2; alerts 1; version v1"
        return pd.DataFrame([(7, AS_OF, "demo", told)], columns=["number", "at", "actor", "what"])

    def questions(self) -> pd.DataFrame:
        rows = [
            (one.number, one.question, one.answer, one.page, ", ".join(one.files), one.answered)
            for one in register.questions()
        ]
        names = ["number", "question", "answer", "page", "files", "answered"]
        return pd.DataFrame(rows, columns=names)


class FakeLevers(FakeService):
    """Stands in for `engine.services.versions.levers.Levers`: what waits, and who agreed."""

    def waiting(self) -> pd.DataFrame:
        until = AS_OF + pd.Timedelta(days=14)
        rows = [
            ("less-mood", "Mia <b>M</b>", AS_OF, until, "mood reads badly", "apply", "less-mood"),
            ("take back old", "Mia", AS_OF, until, "", "take_back", "old"),
            ("serve v2", "Mia", AS_OF, until, "", "serve", "v2"),
        ]
        columns = ["name", "actor", "recorded_at", "until", "why", "kind", "of"]
        return pd.DataFrame(rows, columns=columns) if self._engine.n_waiting else pd.DataFrame()

    def apply(self, name, *, actor, why="") -> tuple[str, ...]:
        if actor == "mia":
            raise NeedsAgreement("Mia proposed less-mood; a second person is needed.")
        self._engine.saved.append({"applied": name, "actor": actor, "why": why})
        return ()

    def take_back(self, *, actor, why="") -> tuple[str, tuple[str, ...]]:
        self._engine.saved.append({"taken back": "old", "actor": actor, "why": why})
        return "old", ()


class FakeRetention(FakeService):
    """Stands in for `engine.services.governance.retention.Retaining`."""

    def due(self) -> Retention:
        rows = [
            (kind, what, 730 * n, AS_OF, 10 * n, AS_OF, n, n % 2, "Kim <b>of</b> analytics",
             AS_OF if n else pd.NaT, "Rita" if n else "")
            for n, (kind, what) in enumerate(RETENTION_LABELS.items())
        ]  # fmt: skip
        columns = ["kind", "what", "days", "before", "n", "oldest", "due", "held", "owner"]
        return Retention(pd.DataFrame(rows, columns=[*columns, "last_run", "last_by"]), False)


class FakePacks(FakeService):
    """Stands in for `engine.services.governance.packs.Packs`."""

    def make(self, progress=quiet) -> bytes:
        return b"PK a pack"

    def report(self, progress=quiet) -> bytes:
        return b"%PDF a report"


class FakePilots(FakeService):
    """Stands in for `engine.services.governance.pilot.Pilots`."""

    def scope(self, *, segments=None, managers=None, share=None) -> PilotScope:
        people = self._engine.people
        table = pd.DataFrame({"segment": ["Loyal"], "n": [len(people)], "n_in_pilot": [12]})
        said = "Pilot: 12 of 48 customers: those of <b>Rita</b>."
        return PilotScope(True, people["customer_id"].head(12), len(people), table, said)
