"""Alerts dealt with, and those taken back, in; which of them are off the feed, out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from engine.state.rows import Log
from engine.state.store import Store
from engine.vocabulary import Kind

COLUMNS: Final[dict[str, Kind]] = {
    "alert_id": "id",
    "action": "text",
    "at": "time",
    "actor": "text",
}
ACKNOWLEDGED, REOPENED = "acknowledged", "reopened"


class AlertLog(Log):
    """Which alerts of one bank are dealt with, append-only.

    An alert is off the feed while the last that was done to it is that it was acknowledged; each
    is possible only from the other state, so a second click of anybody changes nothing.
    """

    def __init__(self, store: Store):
        super().__init__(store, "alerts", COLUMNS)

    def acknowledge(self, alert_id: str, *, now: datetime, actor: str) -> bool:
        """Take an alert off the feed; False when it is off already."""
        return self._change(alert_id, ACKNOWLEDGED, now, actor)

    def reopen(self, alert_id: str, *, now: datetime, actor: str) -> bool:
        """Put an alert back on the feed; False when it is not off it. Both stay on record."""
        return self._change(alert_id, REOPENED, now, actor)

    def _change(self, alert_id: str, action: str, now: datetime, actor: str) -> bool:
        row = {"alert_id": alert_id, "action": action, "at": now, "actor": actor}

        def derive(stored: pd.DataFrame) -> list[Mapping[str, Any]]:
            off = alert_id in set(_off(stored)["alert_id"])
            return [row] if off == (action == REOPENED) else []

        return bool(self.append_after(derive))

    def table(self) -> pd.DataFrame:
        """Alerts that are off the feed, oldest first: alert_id, acknowledged_at, actor."""
        off = _off(self.read()).rename(columns={"at": "acknowledged_at"})
        return off[["alert_id", "acknowledged_at", "actor"]].reset_index(drop=True)


def _off(rows: pd.DataFrame) -> pd.DataFrame:
    last = rows.drop_duplicates("alert_id", keep="last")
    return last[last["action"] == ACKNOWLEDGED]
