"""Calls logged, promises, snoozes, what is done and what customers told in; what stands out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.state.rows import Log
from engine.state.store import Store
from engine.vocabulary import Kind

COLUMNS: Final[dict[str, Kind]] = {
    "contact_id": "id",
    "recorded_at": "time",
    "actor": "text",
    "customer_id": "id",
    "action": "text",
    "until": "time",
    "product_id": "id",
    "note": "text",
}
REACHED: Final = "reached"
"""Action of a call that reached the customer."""
TOLD: Final = "told "
"""How the action of what a customer told begins; its kind follows."""
TAKEN_BACK: Final = "taken back"
"""Action of a row that takes back what was stored under its contact_id."""


class ContactLog(Log):
    """What people did about customers of one bank, append-only.

    What was stored at once has one contact_id, made by the page: a repeated submit is stored once,
    and it is taken back as a whole.
    """

    def __init__(self, store: Store):
        super().__init__(store, "contacts", COLUMNS)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Store rows of one contact_id; False when something was stored under it before.

        Raises
        ------
        BadInput
            If the contact_id was used for another customer.
        """
        first = rows[0]

        def derive(stored: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
            same = stored.loc[stored["contact_id"] == first["contact_id"], "customer_id"]
            if len(same) and same.iloc[0] != first["customer_id"]:
                raise BadInput(
                    f"The contact {first['contact_id']!r} is another customer's; draw the form "
                    "anew, so that it makes an id of its own."
                )
            return [] if len(same) else rows

        return bool(self.append_after(derive))

    def take_back(self, contact_id: str, *, now: Any, actor: str) -> bool:
        """Have nothing of a contact_id stand any more; False when nothing of it does."""

        def derive(stored: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
            mine = stored[stored["contact_id"] == contact_id]
            if mine.empty:
                raise NotFound(f"No contact {contact_id!r} was recorded here; imported ones stay.")
            if (mine["action"] == TAKEN_BACK).any():
                return []
            who = {"contact_id": contact_id, "customer_id": mine["customer_id"].iloc[0]}
            return [{**who, "recorded_at": now, "actor": actor, "action": TAKEN_BACK}]

        return bool(self.append_after(derive))

    def standing(self) -> pd.DataFrame:
        """Every row of what was done that was not taken back, oldest first."""
        rows = self._standing()
        return rows[~rows["action"].str.startswith(TOLD)].reset_index(drop=True)

    def told(self) -> pd.DataFrame:
        """Every row of what customers told that was not taken back, oldest first."""
        rows = self._standing()
        return rows[rows["action"].str.startswith(TOLD)].reset_index(drop=True)

    def _standing(self) -> pd.DataFrame:
        rows = self.read()
        gone = rows.loc[rows["action"] == TAKEN_BACK, "contact_id"]
        return rows[~rows["contact_id"].isin(gone)]

    def last_reached(self) -> pd.Series:
        """customer_id -> the last call that reached them."""
        rows = self.standing()
        return rows[rows["action"] == REACHED].groupby("customer_id")["recorded_at"].max()
