"""What was shown to whom: written once, read, replayed, verified and, for one customer, erased."""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from engine.bank.durable import LineFile
from engine.errors import NotFound, StateError
from engine.receipts import reading
from engine.receipts.archive import Archive
from engine.receipts.chain import LISTED, Chain, Entry
from engine.receipts.content import Writer, basis_of
from engine.receipts.replay import replay
from engine.receipts.verification import line_problem, verify
from engine.results import Receipt, Recommendation, Replay, Verification
from engine.snapshot.snapshot import Views

KEYS = "keys.csv"
KEY_BYTES = 16


class Receipts:
    """The receipts of one bank: every list that was shown to a person, chained.

    Parameters
    ----------
    views : Views
    now : callable
        The moment, in UTC without a zone.

    Notes
    -----
    A receipt names its customer by a random key. Which key is whose stands in one file beside the
    chain; erasing a customer empties their receipts, leaves a tombstone and destroys the key.
    """

    def __init__(self, views: Views, now: Callable[[], datetime]):
        folder = views.overlay.folder("receipts")
        self._views = views
        self._now = now
        self._chain = Chain(folder)
        self._archive = Archive(folder / "kept")
        self._writer = Writer(views, self._archive)
        self._keys = LineFile(
            folder / KEYS, {"customer_id": "id", "key": "id", "made_at": "time"}, unique=True
        )
        self._read: tuple[str, dict[str, str]] | None = None

    # --- writing

    def write(self, shown: Recommendation, *, actor: str) -> int:
        """Write down a list that is shown: once a list, person and day.

        Parameters
        ----------
        shown : Recommendation
            As `Engine.recommend` gave it; the receipt says what that very list came from, also
            if something was recorded in the meantime.
        actor : str
            To whom.

        Returns
        -------
        int
            The receipt's number.

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
        about["customer"] = self._key_of(shown.customer_id)
        return self._chain.add(about, self._writer.decision(shown))[0]

    def erase(self, customer_id: str, *, actor: str) -> int:
        """Erase what the receipts say of a customer; the chain still verifies (decision 19).

        Their receipts are emptied, a tombstone says so, and the key is destroyed. Events and the
        bank's own records are not touched.

        Returns
        -------
        int
            How many receipts were emptied.
        """
        key = self._known_keys().get(customer_id)
        if key is None:
            return 0
        numbers = self._chain.erase(key, at=self._now().isoformat(), actor=actor)
        self._keys.remove(customer_id)
        return len(numbers)

    # --- reading

    def of(self, customer_id: str) -> pd.DataFrame:
        """A customer's receipts, newest first.

        Returns
        -------
        DataFrame
            number, at, receipt_id, customer_id, actor, list, k, order, model_version.
        """
        key = self._known_keys().get(customer_id)
        mine = [e for e in self._chain.entries() if e.about and e.about.get("customer") == key]
        return reading.table(mine if key else [], self._customers())

    def table(self) -> pd.DataFrame:
        """Every receipt that is not erased, newest first, in the columns of `of`."""
        mine = [e for e in self._chain.entries() if e.identity is not None]
        return reading.table(mine, self._customers())

    def get(self, reference: str | int) -> Receipt:
        """One receipt, by its number or its id (then the last showing of that list).

        Raises
        ------
        NotFound
            If there is none, or its customer was erased.
        """
        stored = self._stored(reference)
        names = self._views.base["products"].set_index("product_id")["name"]
        return reading.receipt(stored, self._customer_of(stored), names)

    def replay(self, reference: str | int) -> Replay:
        """Rebuild a receipt's list from the stored version, as of its moment, and compare.

        Raises
        ------
        NotFound
            If there is no such receipt, or its customer was erased.
        """
        stored = self._stored(reference)
        line = self._chain.line(self._entry(reference))
        customer = self._customer_of(stored)
        return replay(stored, customer, line_problem(line), self._views, self._archive)

    def verify(self, noted: str | None = None) -> Verification:
        """Follow the chain and find the first receipt that is not what was written.

        Parameters
        ----------
        noted : str, optional
            The head that an earlier check printed, kept where the state folder is not.
        """
        return verify(self._chain, noted)

    def _stored(self, reference: str | int) -> dict[str, Any]:
        entry = self._entry(reference)
        if entry.about is None:
            raise NotFound(f"Receipt no. {entry.n} was erased with its customer.")
        if entry.identity is None:
            raise NotFound(f"No. {entry.n} is the tombstone of an erasure, not a list.")
        try:
            stored: dict[str, Any] = json.loads(self._chain.line(entry))
        except ValueError as error:
            raise StateError(
                f"Receipt no. {entry.n} was edited and cannot be read. "
                "Run: python -m engine verify-receipts"
            ) from error
        return stored

    def _entry(self, reference: str | int) -> Entry:
        text = str(reference).strip()
        for entry in reversed(self._chain.entries()):
            named = entry.about is not None and entry.about.get("id") == text
            if named or str(entry.n) == text:
                return entry
        raise NotFound(
            f"There is no receipt {text!r}. Expected a number, or an id that starts with r-, of a "
            "list that was shown."
        )

    def _customer_of(self, stored: Mapping[str, Any]) -> str | None:
        return self._customers().get(stored["about"]["customer"])

    def _customers(self) -> dict[str, str]:
        return {key: customer for customer, key in self._known_keys().items()}

    def _known_keys(self) -> dict[str, str]:
        """Customer -> key; read again only when somebody wrote."""
        revision = self._keys.revision
        if self._read is None or self._read[0] != revision:
            rows = self._keys.read()
            keys = dict(zip(rows["customer_id"].tolist(), rows["key"].tolist(), strict=True))
            self._read = (revision, keys)
        return self._read[1]

    def _key_of(self, customer_id: str) -> str:
        """The key of a customer, made where there is none; all processes get the same."""
        if (known := self._known_keys().get(customer_id)) is not None:
            return known
        made = {
            "customer_id": customer_id,
            "key": secrets.token_hex(KEY_BYTES),
            "made_at": self._now(),
        }
        self._keys.append([made])
        return self._known_keys()[customer_id]
