"""A bank and what was recorded about it since its import in; the bank of this moment out."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from engine.bank.bank import TRANSACTIONS, Bank
from engine.bank.consents import effective_consents
from engine.bank.parsing.sensitive_spending import HIDDEN, masked
from engine.bank.stored_rows import Seen
from engine.bank.tables import coerce, concat
from engine.feedback.events import RETRACTED, standing
from engine.settings import Settings
from engine.snapshot.kept_results import LastResults
from engine.snapshot.laid_over import consents_of, with_records
from engine.state.added_records import standing as standing_evidence
from engine.state.event_log import EventLog
from engine.state.retention import in_use, out_of_use
from engine.state.state import State
from engine.vocabulary import FOREIGN, LOGGED


@dataclass(frozen=True, eq=False)
class RecordedBank:
    """A bank with everything that was recorded until now."""

    stable_bank: Bank
    """What seldom changes: base, edits, added records and purchases. Its events are the imported
    ones that stand; its consents are those of the base."""
    bank: Bank
    """The stable bank with all events that stand and all consents."""
    consents: pd.DataFrame
    """`effective_consents` of the bank."""
    log: pd.DataFrame
    """All events, imported and recorded ones, undone ones included, with the columns `LOGGED` that
    no imported one has."""
    recorded: pd.DataFrame
    """Events as the store has them, oldest first."""
    consent_rows: pd.DataFrame
    """Consents as the state has them, oldest first."""
    evidence: pd.DataFrame
    """What customers said or paid for that stands, as the state has it, oldest first."""
    changed: np.ndarray
    """Positions of customers of whom an event or a consent was recorded, each once."""
    unreadable: list[tuple[str, ...]]
    """First cells of the events that are damaged."""
    known_rows: Mapping[str, int]
    """How many events, consents, edits and added records there were; the files only grow, so
    this says what was known at the moment."""

    def of_changed(self, table: str) -> pd.DataFrame:
        """The rows of a table of the bank that are of the changed customers."""
        rows = self.bank[table]
        return rows.loc[rows["customer_id"].isin(self.bank.customer_ids[self.changed])]

    def since(self, before: "RecordedBank") -> np.ndarray | None:
        """Positions of customers of whom something was recorded after another moment.

        None where more has changed than that, so that nothing of it can be kept.
        """
        if self.stable_bank is not before.stable_bank or self.unreadable != before.unreadable:
            return None
        if not self.evidence.equals(before.evidence):
            return None
        new = []
        for name in ("recorded", "consent_rows"):
            mine, theirs = getattr(self, name), getattr(before, name)
            if not mine.iloc[: len(theirs)].equals(theirs):
                return None
            new.append(mine["customer_id"].iloc[len(theirs) :])
        return _positions(self.bank, pd.concat(new))


class RecordedBankReader:
    """Reads what was recorded about one bank, beside its base as it was imported."""

    def __init__(self, base: Bank, state: State, events: EventLog):
        self.base = base
        self.state = state
        self.events = events
        self._results = LastResults()

    def read(self, settings: Settings) -> RecordedBank:
        """The bank as it is seen now; what no new record touches is not worked out again."""
        logged = self.events.logged()
        recorded = coerce("events", logged.drop(columns=list(LOGGED)))
        consent_rows = self.state.consents.history(self.base.customer_ids)
        log = concat("events", [self.base["events"], recorded])
        stands = standing(log) & (log["action"] != RETRACTED).to_numpy(dtype=bool)
        stands &= self._is_of_customers(recorded)
        n = len(self.base["events"])
        if (ended := out_of_use(self.state.retention, "events")) is not None:
            old = (recorded["recorded_at"] < ended) & (recorded["action"] != "purchased")
            stands[n:] &= ~old.to_numpy(dtype=bool)
        log = log.assign(**{name: _behind(n, logged[name]) for name in LOGGED})
        stable_bank, known_rows = self._stable_bank(
            stands[:n], recorded.loc[stands[n:]], settings.consent.mask_sensitive_spending
        )
        usual = self._results.get(
            "consents", (stable_bank, settings), lambda: effective_consents(stable_bank, settings)
        )
        events = concat("events", [stable_bank["events"], recorded.loc[stands[n:]]])
        bank = stable_bank.with_checked(
            events=events, consents=consents_of(stable_bank, self.state)
        )
        unreadable = self.events.unreadable()
        named = pd.concat(
            [recorded["customer_id"], pd.Series([*chain.from_iterable(unreadable)], dtype="str")]
        )
        evidence = self.state.evidence.read()
        wishing = _positions(bank, consent_rows["customer_id"])
        return RecordedBank(
            stable_bank=stable_bank,
            bank=bank,
            consents=_patched(usual, effective_consents(bank, settings, wishing), wishing),
            log=log,
            recorded=recorded,
            consent_rows=consent_rows,
            evidence=in_use(standing_evidence(evidence), self.state.retention),
            changed=np.union1d(wishing, _positions(bank, named)),
            unreadable=unreadable,
            known_rows={
                "events": len(recorded),
                "consents": self.state.consents.known_rows,
                **known_rows,
                **({"evidence": n_said} if (n_said := self.state.evidence.last) else {}),
            },
        )

    def _is_of_customers(self, recorded: pd.DataFrame) -> np.ndarray:
        """Which of the imported and recorded events are of customers of the bank."""
        ids = self.base.customer_ids

        def known(events: pd.DataFrame) -> np.ndarray:
            return np.asarray(events["customer_id"].isin(ids), dtype=bool)

        imported = self._results.get("known", self.base, lambda: known(self.base["events"]))
        return np.concatenate([imported, known(recorded)])

    def _stable_bank(
        self, stands: np.ndarray, recorded: pd.DataFrame, is_masked: bool
    ) -> tuple[Bank, Mapping[str, int]]:
        """Base, edits, added records and purchases, with the imported events that stand, and with
        sensitive spending masked; and how many rows of the state are in it."""
        bought = recorded.loc[recorded["action"] == "purchased"]
        key = (self.state.records_revision, is_masked, stands.tobytes(), tuple(bought["event_id"]))
        base = self._results.get(
            "seen", (self.base, is_masked), lambda: _masked(self.base) if is_masked else self.base
        )

        def make() -> tuple[Bank, Mapping[str, int]]:
            imported = self.base["events"]
            if not stands.all():
                imported = imported.loc[stands].reset_index(drop=True)
            before = None
            while before != (known_rows := self.state.known_rows):  # somebody wrote meanwhile
                before = known_rows
                bank = with_records(base, self.state, masked if is_masked else None)
                bank = bank.with_checked(events=imported)
            return _with_purchases(bank, concat("events", [imported, bought])), known_rows

        return self._results.get("ground", key, make)


def _masked(base: Bank) -> Bank:
    """The bank as everything but an export for the customer sees it (`sensitive_spending`)."""
    seen = Seen(masked, HIDDEN)
    return base.with_checked(
        **{name: seen.of(base.given(name)) for name in (TRANSACTIONS, FOREIGN)}
    )


def _with_purchases(bank: Bank, events: pd.DataFrame) -> Bank:
    """A purchase makes a holding from that day on."""
    bought = events.loc[events["action"] == "purchased"]
    bought = bought.loc[bank.product_positions(bought["product_id"]) >= 0]
    if bought.empty:
        return bank
    new = bought[["customer_id", "product_id"]].assign(opened_on=bought["recorded_at"])
    return bank.with_checked(
        holdings=concat("holdings", [bank["holdings"], coerce("holdings", new)])
    )


def _behind(n_imported: int, recorded: pd.Series) -> pd.Series:
    """A column that imported events lack, missing for each of them."""
    imported = pd.Series(None, index=range(n_imported), dtype=recorded.dtype)
    return pd.concat([imported, recorded], ignore_index=True) if len(recorded) else imported


def _positions(bank: Bank, ids: pd.Series) -> np.ndarray:
    """Positions of the customers that are named, ascending, each once."""
    positions = np.unique(bank.customer_positions(ids.unique()))
    return positions[positions >= 0]


def _patched(frame: pd.DataFrame, rows: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """A frame with some rows replaced."""
    columns = {}
    for name in frame.columns:
        columns[name] = frame[name].array.copy()
        columns[name][at] = rows[name].array
    return pd.DataFrame(columns, index=frame.index)
