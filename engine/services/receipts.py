"""What was shown to whom: written once, read, replayed, verified and, for one customer, erased."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from engine.errors import NotFound, StateError
from engine.figures import day
from engine.receipts import reading
from engine.receipts.archive import Archive
from engine.receipts.chain import LISTED, RETENTION, Chain, stored
from engine.receipts.content import Writer, basis_of
from engine.receipts.keys import key_of
from engine.receipts.replay import replay
from engine.receipts.trail import Trail
from engine.receipts.verification import row_problem, verify
from engine.results import Receipt, Recommendation, Replay, Verification
from engine.snapshot.snapshot import Snapshots
from engine.state.receipts import ReceiptRow


class Receipts:
    """The receipts of one bank: every list that was shown to a person, chained.

    Notes
    -----
    A receipt names its customer by a random key. Which key is whose stands in one table beside the
    chain; erasing a customer empties their receipts, leaves a tombstone and destroys the key.
    """

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now
        self._kept = snapshots.state.receipts
        self._chain = Chain(self._kept)
        self._archive = Archive(self._kept.contents)
        self._writer = Writer(snapshots, self._archive)

    # --- writing

    def write(self, shown: Recommendation, *, actor: str) -> int:
        """Write down a list that is shown: once a list, person and day; returns its number.

        Parameters
        ----------
        shown : Recommendation
            As `Engine.recommend` gave it; the receipt says what that very list came from, also
            if something was recorded in the meantime.
        actor : str
            To whom.

        Raises
        ------
        BadInput
            If the list was not made by the engine.
        StateError
            If the disk refuses the write.
        """
        basis = basis_of(shown)
        about = {
            "kind": LISTED,
            "id": shown.receipt_id,
            "at": self._now().isoformat(),
            "actor": actor,
            "list": shown.list,
            "k": basis.k,
            "order": basis.order,
            "model": shown.model_version,
        }
        if (known := self._chain.find(about)) is not None:
            return known
        about["customer"] = key_of(self._kept.keys, shown.customer_id)
        return self._chain.add(about, self._writer.decision(shown))[0]

    def erase(self, customer_id: str, *, actor: str) -> int:
        """Erase what the receipts say of a customer; the chain still verifies.

        Their receipts are emptied, a tombstone says so, and the key is destroyed. All else stays:
        `Engine.erasing` takes a customer out of everything.

        Returns
        -------
        int
            How many receipts were emptied.

        Raises
        ------
        Busy or StateError
            If traces may have stayed in the files; erasing again removes them.
        """
        key, trail = self._kept.keys.get(customer_id), Trail(self._snapshots.state)
        numbers: tuple[int, ...] = ()
        if key is not None:
            at = self._now()
            with trail.together():
                trail.erase(customer_id, at=at, actor=actor)
                numbers = self._chain.erase(customer_id, key, at=at.isoformat(), actor=actor)
        # Also with no key: an erasure before this one may have left its traces.
        self._snapshots.state.scrub()
        return len(numbers)

    # --- reading

    def of(self, customer_id: str) -> pd.DataFrame:
        """A customer's receipts, newest first: number, at, receipt_id, customer_id, actor, list, k,
        order, model_version."""
        key = self._kept.keys.find(customer_id)
        return reading.table(self._chain.of(key) if key else [], self._customers())

    def table(self) -> pd.DataFrame:
        """Every receipt that is not erased, newest first, in the columns of `of`."""
        return reading.table(self._chain.shown(), self._customers())

    def extract(self, most: int) -> tuple[list[dict[str, Any]], int, dict[str, str]]:
        """The latest lists that are not erased as they are stored, oldest first; how many there
        are; and whose each random key is. One that was edited is left out: `verify` names it."""
        rows = self._chain.shown()
        whole = [row for row in rows[-most:] if not row_problem(row)]
        return [stored(row) for row in whole], len(rows), self._customers()

    def get(self, reference: str | int) -> Receipt:
        """One receipt, by its number or its id (then the last showing of that list).

        NotFound if there is none, or its customer was erased.
        """
        content = self._stored(reference)
        names = self._snapshots.base["products"].set_index("product_id")["name"]
        return reading.receipt(content, self._customer_of(content), names)

    def replay(self, reference: str | int) -> Replay:
        """Rebuild a receipt's list from the stored version, as of its moment, and compare.

        NotFound if there is no such receipt, or its customer was erased.
        """
        content, problem = self._stored(reference), row_problem(self._row(reference))
        return replay(content, self._customer_of(content), problem, self._snapshots, self._archive)

    def verify(self, noted: str | None = None) -> Verification:
        """Follow the chain and find the first receipt that is not what was written.

        Parameters
        ----------
        noted : str, optional
            The head that an earlier check printed, kept where the state folder is not.
        """
        return verify(self._chain, noted)

    def _stored(self, reference: str | int) -> dict[str, Any]:
        row = self._row(reference)
        if row.erased is not None:
            kind, _, at = self._chain.why_emptied(row).partition(" ")
            if kind == RETENTION:
                raise NotFound(
                    f"Receipt no. {row.n} was deleted on {day(pd.Timestamp(at))}: its retention "
                    "period had ended."
                )
            raise NotFound(f"Receipt no. {row.n} was erased with its customer.")
        if row.receipt_id is None:
            raise NotFound(f"No. {row.n} is the tombstone of an erasure or a deletion, not a list.")
        try:
            return stored(row)
        except (ValueError, TypeError) as error:
            raise StateError(
                f"Receipt no. {row.n} was edited and cannot be read. "
                "Run: python -m engine verify-receipts"
            ) from error

    def _row(self, reference: str | int) -> ReceiptRow:
        text = str(reference).strip()
        if (row := self._chain.named(text)) is not None:
            return row
        raise NotFound(
            f"There is no receipt {text!r}. Expected a number, or an id that starts with r-, of a "
            "list that was shown."
        )

    def _customer_of(self, stored: Mapping[str, Any]) -> str | None:
        return self._customers().get(stored["about"]["customer"])

    def _customers(self) -> dict[str, str]:
        return {key: customer for customer, key in self._kept.keys.all().items()}
