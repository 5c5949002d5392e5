"""Who did what about the stand-in bank, kept in memory."""

import pandas as pd

from engine.labels import TRAIL_LABELS
from engine.results import TrailCheck
from engine.vocabulary import EXPORTED, LOOKED
from tests.pages.fake_people import AS_OF
from tests.pages.fake_service import FakeService


class FakeTrail(FakeService):
    """Stands in for `engine.services.trail.AuditTrail`."""

    def note(self, action, *, actor, customer_id=None, what=None, once="") -> bool:
        row = (
            pd.Timestamp(AS_OF),
            actor,
            TRAIL_LABELS[action],
            customer_id,
            "; ".join(f"{k} {v}" for k, v in (what or {}).items()),
            once,
        )
        if once and row in self._engine.trail_rows:
            return False
        self._engine.trail_rows.append(row)
        return True

    def looked(self, customer_id, *, actor, session) -> bool:
        return self.note(LOOKED, actor=actor, customer_id=customer_id, once=session)

    def exported(self, what, *, actor, customer_id=None, rows=None, session="") -> bool:
        return self.note(EXPORTED, actor=actor, customer_id=customer_id, what={"file": what})

    def audited(self, report, *, actor, k=5, session="") -> bool:
        told = {"of": report.attribute, "first": k}
        return self.note("audited", actor=actor, what=told, once=session and f"{session} {k}")

    def table(self, customer_id=None, since=None, *, action=None) -> pd.DataFrame:
        rows = [
            (n, *row[:-1])
            for n, row in enumerate(self._engine.trail_rows, 1)
            if customer_id in (None, row[3]) and TRAIL_LABELS.get(action) in (None, row[2])
        ]
        columns = ["number", "at", "actor", "action", "customer_id", "what"]
        return pd.DataFrame(rows[::-1], columns=columns)

    def counts(self) -> pd.DataFrame:
        return pd.DataFrame(columns=["action", "n", "people", "first", "last"])

    def verify(self, noted=None) -> TrailCheck:
        return TrailCheck(True, len(self._engine.trail_rows), 0, None, "", self.head())

    def head(self) -> str:
        return "0" * 64
