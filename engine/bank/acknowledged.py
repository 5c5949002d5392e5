"""Alerts dealt with, and those taken back, in; which of them are off the feed, out."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.bank import disk
from engine.bank.durable import LineFile
from engine.vocabulary import Kind

ACKNOWLEDGED: Final[dict[str, Kind]] = {
    "alert_id": "id",
    "acknowledged_at": "time",
    "actor": "text",
}
REOPENED: Final[dict[str, Kind]] = {"alert_id": "id", "reopened_at": "time", "actor": "text"}


class Acknowledgements:
    """Which alerts of one bank are dealt with, append-only and shared by all processes.

    An alert is off the feed while it was acknowledged more often than it was reopened; each is
    possible only from the other state, so a second click of anybody changes nothing.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/records.
    """

    def __init__(self, folder: Path):
        self._done = LineFile(folder / "alerts.csv", ACKNOWLEDGED)
        self._undone = LineFile(folder / "alerts_reopened.csv", REOPENED)

    @property
    def files(self) -> tuple[LineFile, ...]:
        return self._done, self._undone

    @property
    def revision(self) -> str:
        """Changes when anyone acknowledges or reopens; no view has to be built anew for that."""
        return disk.revision_of(*(file.path for file in self.files))

    def acknowledge(self, alert_id: str, *, now: datetime, actor: str) -> bool:
        """Take an alert off the feed; False when it is off already."""

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            if _times(stored, alert_id) > _times(self._undone.read(), alert_id):
                return []
            return [{"alert_id": alert_id, "acknowledged_at": now, "actor": actor}]

        return bool(self._done.append_after(derive))

    def reopen(self, alert_id: str, *, now: datetime, actor: str) -> bool:
        """Put an alert back on the feed; False when it is not off it. Both stay on record."""

        def derive(stored: pd.DataFrame) -> list[dict[str, Any]]:
            if _times(stored, alert_id) >= _times(self._done.read(), alert_id):
                return []
            return [{"alert_id": alert_id, "reopened_at": now, "actor": actor}]

        return bool(self._undone.append_after(derive))

    def table(self) -> pd.DataFrame:
        """Alerts that are off the feed, oldest first: alert_id, acknowledged_at, actor."""
        done = self._done.read()[list(ACKNOWLEDGED)]
        undone = self._undone.read()["alert_id"].value_counts()
        left = done["alert_id"].value_counts().sub(undone, fill_value=0)
        last = done.drop_duplicates("alert_id", keep="last")
        return last[last["alert_id"].map(left) > 0].reset_index(drop=True)


def _times(rows: pd.DataFrame, alert_id: str) -> int:
    return int((rows["alert_id"] == alert_id).sum())
