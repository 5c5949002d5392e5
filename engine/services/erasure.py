"""A customer in; everything that is kept of the bank without them out, and never back again."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from engine.bank import editions
from engine.bank.bank import Bank
from engine.bank.erased import Called, texts_of
from engine.bank.erased import called as names_of
from engine.customers.clusters.store import SegmentStore
from engine.models.text_cache import FILE as TEXTS
from engine.models.text_cache import TextCache
from engine.receipts.chain import Chain
from engine.receipts.trail import Trail
from engine.results import Erasure
from engine.snapshot.snapshot import Snapshots
from engine.state import erasure as of_state
from engine.state.event_log import EventLog
from engine.state.state import State
from engine.vocabulary import ERASED

_GENERATED = (
    "The bank was generated, or its folder cannot be written: its own files stay as they are, and "
    "the state folder keeps the customer out of every answer."
)
_VERSIONS = (
    "Versions that were fitted before keep numbers of the customer without a name, and so do "
    "backups, files that were exported, and the source files. Retrain, and delete those."
)


class Erasing:
    """Erases customers of one bank: from every edition, and from all that was written about them.

    Notes
    -----
    A keyed hash of the id is noted first. From then on the customer is in no answer of any
    process, and no import brings them back. The files follow; what was interrupted is finished
    when the bank is next opened.
    """

    def __init__(self, folder: Path, snapshots: Snapshots, now: Callable[[], datetime]):
        self._folder = folder
        self._snapshots = snapshots
        self._now = now

    def erase(self, customer_id: str, *, actor: str) -> Erasure:
        """Take a customer out of everything that is kept; erasing again finishes what is left.

        Raises
        ------
        NotFound
            If nothing is known of such a customer.
        Busy or StateError
            If traces may have stayed in a file; erasing again removes them.
        """
        erased = self._snapshots.erased
        if not erased.among([customer_id])[0] and not self._is_known(customer_id):
            self._snapshots.base.customer_position(customer_id)
        erased.add(customer_id)
        return self.finish(actor=actor)

    @property
    def is_unfinished(self) -> bool:
        """Was an erasure interrupted?"""
        return self._snapshots.erased.is_unfinished or (
            self._has_own_files and editions.erased_from(self._folder).is_unfinished
        )

    def finish(self, *, actor: str) -> Erasure:
        """Take out what is left of customers whose erasure was begun."""
        begun = self._snapshots.erased.unfinished()
        texts: set[str] = set()
        called = Called()
        for bank in self._editions():
            ids = self._snapshots.erased.ids_in(bank)
            texts |= texts_of(bank, ids)
            called |= names_of(bank, ids)
            for one in ids if self._has_own_files else ():
                editions.erased_from(self._folder).add(one)
        states = [self._snapshots.state, *self._snapshots.state.put_aside()]
        counts = [self._from_state(state, texts, called, actor) for state in states]
        self._note(begun, actor)
        n_receipts, n_events, n_records = (sum(n) for n in zip(*counts, strict=True))
        n_editions = editions.purge(self._folder) if self._has_own_files else 0
        self._snapshots.erased.finish(begun)
        self._snapshots.forget()
        notes = (_VERSIONS,) if self._has_own_files else (_GENERATED, _VERSIONS)
        return Erasure(n_editions, n_receipts, n_events, n_records, notes)

    def _note(self, begun: frozenset[str], actor: str) -> None:
        """Have an entry of the audit trail for each erasure; also of whom it never named."""
        trail, at = Trail(self._snapshots.state), self._now()
        for mark in sorted(begun):
            trail.add(ERASED, actor=actor, at=at, once=mark)

    @property
    def _has_own_files(self) -> bool:
        simulated = self._snapshots.base.manifest.simulated
        return not simulated and os.access(self._folder, os.W_OK)

    def _editions(self) -> Iterator[Bank]:
        """Every edition that is kept, with whoever is still in its files."""
        yield from map(Bank.load, editions.every(self._folder))

    def _is_known(self, customer_id: str) -> bool:
        """Is a customer in an earlier edition?"""
        return any(customer_id in bank.customer_ids for bank in self._editions())

    def _from_state(
        self, state: State, texts: set[str], called: Called, actor: str
    ) -> tuple[int, int, int]:
        """How many receipts, events and records were theirs."""
        erased, events = self._snapshots.erased, EventLog(state.folder("events"))
        ids = of_state.named(state, events, erased.among)
        self._forget_texts(state, texts | _added_texts(state, ids))
        chain, trail, at = Chain(state.receipts), Trail(state), self._now()
        n_receipts = 0
        for customer in ids:
            if (key := state.receipts.keys.get(customer)) is not None:
                with trail.together():
                    trail.erase(customer, at=at, actor=actor, once=erased.mark(customer))
                    shown = chain.erase(customer, key, at=at.isoformat(), actor=actor)
                n_receipts += len(shown)
        n_events = events.erase(ids, of_state.NOBODY)
        n_records = of_state.erase_rows(state, ids) + of_state.remove_naming(state, called)
        of_state.remove_old(state, ids)
        SegmentStore(state.folder("segments")).forget(erased.among)
        state.scrub()
        return n_receipts, n_events, n_records

    def _forget_texts(self, state: State, texts: set[str]) -> None:
        """Drop what models said of texts; what else the cache holds is worked out anew."""
        cache = state.folder("cache")
        for folder in (cache, *([self._folder] if self._has_own_files else [])):
            TextCache(folder).forget(texts, self._snapshots.settings.models.max_text_chars)
        for path in cache.glob("*"):
            if path.is_file() and not path.name.startswith(TEXTS):
                path.unlink()


def _added_texts(state: State, ids: list[str]) -> set[str]:
    """What was written down here of customers' posts, tickets and purchases."""
    texts: set[str] = set()
    for table, column in (("messages", "text"), ("transactions", "merchant")):
        if (added := state.added.tables().get(table)) is not None:
            texts |= set(added.loc[added["customer_id"].isin(ids), column].dropna())
    return texts
