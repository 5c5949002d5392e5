"""What customers said, noted or paid for as evidence of needs: proposed, confirmed, taken back."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

import pandas as pd

from engine.bank.parsing.sensitive_spending import is_sensitive_word
from engine.bank.record_forms import MAX_TEXT, short
from engine.customers import claims
from engine.errors import BadInput
from engine.labels import SOURCE_LABELS
from engine.private_logs import without_private
from engine.ranking.signals.said import counting
from engine.ranking.signals.said_topics import LONGEST_SENTENCE, topics, topics_said
from engine.receipts.trail import Trail
from engine.results import NeedEvidence
from engine.snapshot.snapshot import Snapshots
from engine.state.added_records import expect_customer, standing
from engine.state.retention import in_use
from engine.vocabulary import ADDED, EVIDENCE_PURPOSE, REFUSED


class Evidence:
    """Mentions of needs of one bank's customers; each counts by itself and can be taken back.

    `NotFound` for an unknown customer.
    """

    topics: Final = staticmethod(topics)

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now
        self._trail = Trail(snapshots.state)

    def proposed(self, text: str) -> tuple[tuple[str, str], ...]:
        """Topics that a text tells of, each with its sentence; nothing is kept."""
        masked = self._snapshots.settings.consent.mask_sensitive_spending
        return topics_said(text[:MAX_TEXT], masked=masked)

    def add(
        self,
        customer_id: str,
        said: Sequence[tuple[str, str]],
        *,
        source: str,
        record_id: str,
        actor: str,
        on: date | None = None,
    ) -> int:
        """Keep what a person confirmed; returns how many mentions are new.

        Parameters
        ----------
        said : sequence of (topic, sentence)
            Of those that `proposed` gave.
        source : str
            receipt, voice, note or post.
        record_id : str
            Of what it stands in; a record that was taken before is not taken again.
        on : date, optional
            When it was said; today by default.

        Raises
        ------
        BadInput
            If the source or a topic is none that there is, or a sentence is empty.
        """
        rows = self.rows(customer_id, said, source=source, record_id=record_id, actor=actor, on=on)
        now, what = self._now(), {"kind": "evidence", "source": source}
        with self._trail.together():
            new = self._snapshots.state.evidence.add(rows, most=self._most)
            if new:
                self._trail.add(ADDED, actor=actor, at=now, customer=customer_id, what=what)
        return len(new)

    def rows(
        self,
        customer_id: str,
        said: Sequence[tuple[str, str]],
        *,
        source: str,
        record_id: str,
        actor: str,
        on: date | None = None,
    ) -> list[dict[str, object]]:
        """The rows that `add` keeps, checked.

        None where the customer refused the purpose of the source, and none of a sentence that tells
        of health, belief and the like; addresses and long numbers are taken out of the others.
        """
        self._snapshots.base.customer_position(customer_id)
        if source not in EVIDENCE_PURPOSE:
            known = ", ".join(EVIDENCE_PURPOSE)
            raise BadInput(f"Got the source {source!r}; expected one of {known}.")
        masked = self._snapshots.settings.consent.mask_sensitive_spending
        refused = self.refused(customer_id, source)
        now = self._now()
        rows: list[dict[str, object]] = []
        for topic, sentence in said:
            if topic not in topics():
                raise BadInput(f"Got the topic {topic!r}; expected one of {', '.join(topics())}.")
            told = without_private(" ".join(sentence.split()))[:LONGEST_SENTENCE]
            if not told:
                raise BadInput(f"The sentence that tells of {topic} is empty.")
            if refused or (masked and is_sensitive_word(told)):
                continue
            rows.append(
                {
                    "recorded_at": now,
                    "actor": short("actor", actor),
                    "customer_id": customer_id,
                    "source": source,
                    "topic": topic,
                    "sentence": told,
                    "said_on": pd.Timestamp(on or now).tz_localize(None).normalize(),
                    "record_id": short("record_id", record_id, needed=True),
                }
            )
        return rows

    def refused(self, customer_id: str, source: str) -> bool:
        """Did the customer refuse the purpose that mentions of a source serve?"""
        snapshot = self._snapshots.current()
        row = snapshot.bank.customer_position(customer_id)
        return bool(snapshot.consents[EVIDENCE_PURPOSE[source]].iloc[row] == REFUSED)

    @property
    def _most(self) -> int:
        return self._snapshots.settings.evidence.most

    def of(self, customer_id: str) -> tuple[NeedEvidence, ...]:
        """The standing mentions of a customer, the newest first."""
        snapshot = self._snapshots.current()
        snapshot.bank.customer_position(customer_id)
        state = self._snapshots.state
        rows = in_use(standing(state.evidence.read()), state.retention)
        mine = rows[rows["customer_id"] == customer_id]
        may = set(counting(mine, snapshot.bank, snapshot.consents)["evidence_id"])
        return tuple(
            NeedEvidence(
                row.evidence_id,
                row.source,
                row.topic,
                row.sentence,
                row.said_on,
                row.evidence_id in may,
                f"{mention(row.source, row.said_on, row.sentence)}.",
            )
            for row in mine.iloc[::-1].itertuples(index=False)
        )

    def take_back(self, customer_id: str, evidence_id: str, *, actor: str) -> bool:
        """Have one mention count no more; False when it does not already."""
        log, now = self._snapshots.state.evidence, self._now()
        expect_customer(log.read(), evidence_id, customer_id)
        what = {"kind": "evidence", "done": "taken back"}
        with self._trail.together():
            done = log.take_back(evidence_id, now=now, actor=actor)
            if done:
                self._trail.add(ADDED, actor=actor, at=now, customer=customer_id, what=what)
        return done


def mention(source: str, on: pd.Timestamp, sentence: str) -> str:
    """One mention in words."""
    return claims.mentioned(source=SOURCE_LABELS[source], on=on, sentence=sentence).text
