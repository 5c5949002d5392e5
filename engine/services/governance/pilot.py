"""A bank that begins with a part of its book: who is in the pilot, for files of lists."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engine import figures
from engine.campaigns.arms import place
from engine.errors import BadInput
from engine.results import PilotScope
from engine.snapshot.snapshot import Snapshots


class Pilots:
    """Who is in the pilot that settings name, or that somebody asks for once."""

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots

    def scope(
        self,
        *,
        segments: Sequence[str] | None = None,
        managers: Sequence[str] | None = None,
        share: float | None = None,
    ) -> PilotScope:
        """Customers of these segments and of these managers, and a share of those.

        Parameters
        ----------
        segments, managers : sequence of str, optional
            Empty is all of them; None is what the settings name.
        share : float, optional
            Above 0, at most 1. Drawn by a hash of the customer's number: the next file has the
            same customers, and a larger share keeps them.

        Raises
        ------
        BadInput
            For a segment or manager that the bank has not, or a share out of range.
        """
        snapshot, rule = self._snapshots.current(), self._snapshots.settings.pilot
        table = snapshot.profiles.table
        named = {
            "segment": list(rule.segments if segments is None else segments),
            "relationship_manager": list(rule.managers if managers is None else managers),
        }
        part = rule.share if share is None else share
        if not 0 < part <= 1:
            raise BadInput(f"Got a share of {part:g}; expected above 0 and at most 1.")
        chosen = np.ones(len(table), dtype=bool)
        of = {
            "segment": table["segment"],
            "relationship_manager": snapshot.bank["customers"]["relationship_manager"],
        }
        for column, names in named.items():
            if names:
                chosen &= _among(of[column], column, names)
        ids = pd.Series(snapshot.bank.customer_ids, dtype="str")
        if part < 1:
            chosen &= place(ids, f"pilot\0{snapshot.bank.bank_id}") < part
        by = pd.DataFrame({"segment": table["segment"].to_numpy(), "in_pilot": chosen})
        counted = by.groupby("segment")["in_pilot"].agg(n="size", n_in_pilot="sum")
        is_on = part < 1 or any(named.values())
        return PilotScope(
            is_on=is_on,
            customer_ids=ids[chosen].reset_index(drop=True),
            of=len(ids),
            by_segment=counted.reset_index(),
            sentence=_sentence(int(chosen.sum()), len(ids), *named.values(), part, is_on),
        )

    def everybody(self) -> pd.Series:
        """Numbers of all customers of the bank."""
        return pd.Series(self._snapshots.current().bank.customer_ids, dtype="str")

    def seen(self, scope: PilotScope, ids: pd.Series, of: int) -> PilotScope:
        """The same pilot to somebody who sees only these of it, under these names, out of so many
        customers; its sentence names no manager and no segment."""
        said = f"Pilot: {len(ids):,} of {of:,} customers whom you may see."
        return replace(scope, customer_ids=ids, of=of, sentence=said)

    def among(self, scope: PilotScope, customers: Sequence[str] | None) -> list[str]:
        """Of these customers those in the pilot; all of it without any.

        Raises
        ------
        BadInput
            If none of them is in it: a file of nobody would read as a bank without offers.
        """
        kept = inside = scope.customer_ids.tolist()
        if customers is not None:
            known = set(inside)
            kept = [customer for customer in customers if customer in known]
        if not kept:
            raise BadInput(f"{scope.sentence} Nobody who was asked for is among them.")
        return kept


def _among(values: pd.Series, column: str, names: Sequence[str]) -> np.ndarray:
    known = sorted(values.dropna().astype(str).unique())
    if unknown := sorted(set(names) - set(known)):
        what = column.replace("_", " ")
        raise BadInput(
            f"There is no {what} {unknown[0]!r} in this bank; there are {'; '.join(known[:12])}."
        )
    return values.isin(names).to_numpy()


def _sentence(
    n: int, of: int, segments: list[str], managers: list[str], share: float, is_on: bool
) -> str:
    if not is_on:
        return f"No pilot: files of lists are for all {of:,} customers."
    parts = []
    if segments:
        parts.append(figures.listing([f"“{name}”" for name in segments]))
    if managers:
        parts.append(f"customers of {figures.listing(managers)}")
    if share < 1:
        parts.append(f"{figures.percent(share)} by a hash of their number")
    return f"Pilot: {n:,} of {of:,} customers: {'; '.join(parts)}."
