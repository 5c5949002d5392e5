"""Persona tests: who must and must not get which product, checked before settings take force."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd

from engine.errors import BadInput
from engine.receipts.trail import Trail
from engine.scoring.current import CurrentScores
from engine.scoring.levers import persona_tests
from engine.scoring.levers.persona_tests import GET, NOT_GET, REMOVED
from engine.scoring.score_table import ScoreTable
from engine.services.offers import check_list
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import GROWTH, SET


class Personas:
    """Tests of one bank, kept beside its settings; everybody sees them all."""

    def __init__(self, snapshots: Snapshots, scores: CurrentScores, now: Callable[[], datetime]):
        self._kept, self._scores, self._now = snapshots.state.personas, scores, now
        self._trail = Trail(snapshots.state)

    def add(
        self,
        customer_id: str,
        product_id: str,
        *,
        gets: bool,
        list: str = GROWTH,
        actor: str,
        why: str = "",
    ) -> None:
        """Ask that a customer gets, or does not get, a product among the first of a list.

        Raises
        ------
        NotFound
            For an unknown customer.
        BadInput
            For an unknown product or list, or where it does not hold today.
        """
        check_list(list)
        table = self._scores.get()
        table.bank.customer_position(customer_id)
        if product_id not in set(table.bank.product_ids):
            raise BadInput(f"There is no product {product_id!r} in this bank's catalogue.")
        row = self._row(customer_id, list, product_id, GET if gets else NOT_GET, actor, why)
        today = self._checked(table, pd.DataFrame([row]))
        if not today["holds"].all():
            raise BadInput(f"That does not hold today: {today['says'].iloc[0]}")
        self._keep(row)

    def remove(self, customer_id: str, product_id: str, *, list: str = GROWTH, actor: str) -> bool:
        """Ask for it no longer; False where nobody did."""
        tests = self.tests()
        same = (tests["customer_id"] == customer_id) & (tests["product_id"] == product_id)
        if not (same & (tests["list"] == list)).any():
            return False
        self._keep(self._row(customer_id, list, product_id, REMOVED, actor, ""))
        return True

    def _keep(self, row: dict[str, Any]) -> None:
        """Store a row with its entry in the trail: both or neither."""
        told = {"done": f"persona test: {row['must']}", "name": row["product_id"]}
        with self._trail.together():
            self._kept.append([row])
            self._trail.add(
                SET, actor=row["actor"], at=self._now(), customer=row["customer_id"], what=told
            )

    def tests(self) -> pd.DataFrame:
        """recorded_at, actor, customer_id, list, product_id, must ("get", "not get"), why."""
        return persona_tests.standing(self._kept.read())

    def check(self) -> pd.DataFrame:
        """`tests` with product, place (0: not listed), in_bank, holds and says, today; one whose
        customer or product left the bank holds no more."""
        return self._checked(self._scores.get(), self.tests())

    def require(self, new: ScoreTable) -> tuple[str, ...]:
        """BadInput where a test that holds today would fail in another table; it names the first.

        Returns
        -------
        tuple of str
            Tests that were passed over: those of what left the bank, those that fail today
            already, and those of customers who object or have not agreed, to whom no settings
            offer anything.
        """
        tests = self.tests()
        if tests.empty:
            return ()
        table = self._scores.get()
        silent = persona_tests.silent(table, tests)
        today, then = (self._checked(one, tests[~silent]) for one in (table, new))
        failing = then[today["holds"] & ~then["holds"]]
        if len(failing):
            more = f" {len(failing) - 1:,} more fail." if len(failing) > 1 else ""
            raise BadInput(
                f"Not in force, since a persona test fails. {failing['says'].iloc[0]}{more}"
            )
        before = today[today["in_bank"] & ~today["holds"]]
        notes = [*today[~today["in_bank"]]["says"]]
        notes += [f"Fails today already: {said}" for said in before["says"]]
        if silent.any():
            customers = tuple(dict.fromkeys(tests["customer_id"][silent]))
            notes.append(f"{persona_tests.skipped(customers=customers).text}.")
        return tuple(notes)

    def gone(self) -> tuple[str, ...]:
        """What is said of each test whose customer or product is no longer in the bank."""
        found = self.check()
        return tuple(found.loc[~found["in_bank"], "says"])

    def _checked(self, table: ScoreTable, tests: pd.DataFrame) -> pd.DataFrame:
        return persona_tests.checked(table, tests, table.settings.levers.offers)

    def _row(
        self, customer_id: str, which: str, product_id: str, must: str, actor: str, why: str
    ) -> dict[str, Any]:
        return {
            "recorded_at": self._now(),
            "actor": actor,
            "customer_id": customer_id,
            "list": which,
            "product_id": product_id,
            "must": must,
            "why": why,
        }
