"""Outcomes of today and of changed settings in; what they mean for groups of people out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity.group_counts import any_of, category_gaps, counts, members_of
from engine.audit.parity.groups import NOT_RECORDED, attributes_of, group_of
from engine.scoring.levers.lever_base import LeverBase
from engine.scoring.levers.outcome import Outcome
from engine.settings import FairnessSettings
from engine.vocabulary import CORPORATE

SHOWN = 3
"""Categories with the largest gaps that are shown for each attribute."""


@dataclass(frozen=True, eq=False)
class Parity:
    """The groups of a base's customers; companies are in none."""

    base: LeverBase
    rule: FairnessSettings
    """The smallest group judged, the level, the age bands."""
    today: Outcome
    """What changes are compared with; it is counted once."""

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Attribute and group, in the order of `members`."""
        return [(attribute, str(name)) for attribute, groups in self._groups for name in groups[0]]

    @cached_property
    def members(self) -> np.ndarray:
        """Membership, float32 of shape (n, n_groups + 1); the last is everybody but companies."""
        everybody = self._person.astype(np.float32)[:, None]
        return np.concatenate([*(groups[1] for _, groups in self._groups), everybody], axis=1)

    @cached_property
    def _person(self) -> np.ndarray:
        audience = self.base.table.bank["customers"]["audience"]
        return (audience != CORPORATE).to_numpy()[self.base.rows]

    @cached_property
    def _groups(self) -> list[tuple[str, tuple[list[str], np.ndarray]]]:
        least = self.rule.min_n
        return [(a, _members(self._of(a), least)) for a in self._attributes]

    @cached_property
    def _attributes(self) -> tuple[str, ...]:
        return attributes_of(self.base.table.bank, self.rule)

    def _of(self, attribute: str) -> np.ndarray:
        bank, rows = self.base.table.bank, self.base.rows
        words = group_of(bank, attribute, self.rule)
        return np.where(self._person, words.to_numpy(dtype=object)[rows], NOT_RECORDED)

    def offered(self, new: Outcome) -> pd.DataFrame:
        """Share of each group with a confident offer, and its distance from all other persons.

        Returns
        -------
        DataFrame
            attribute, group, n, and for today and new: rate_*, gap_* (a difference of shares),
            low_*, high_*.
        """
        *sizes, everybody = self._sizes
        n = np.array(sizes)
        table = pd.DataFrame(self.names, columns=["attribute", "group"]).assign(n=n.astype(int))
        for name, shown in (("today", self.today), ("new", new)):
            sure = self._sure if shown is self.today else counts(shown.sure, self.members)
            chosen, total = sure[:-1], sure[-1]
            gap = rates.newcombe(
                chosen, n, total - chosen, everybody - n, level=self.rule.confidence_level
            )
            table[f"rate_{name}"] = rates.rate(chosen, n)
            table[f"gap_{name}"] = gap.value
            table[f"low_{name}"], table[f"high_{name}"] = gap.low, gap.high
        return table

    def gaps(self, new: Outcome) -> pd.DataFrame:
        """The largest of `judged`, at most `SHOWN` an attribute, for display."""
        table = self.judged(new.picks, new.allowed)
        of = table["attribute"].to_numpy(dtype=object)
        shown = np.concatenate([np.flatnonzero(of == a)[:SHOWN] for a in self._attributes])
        return table.iloc[shown].reset_index(drop=True)

    def judged(self, picks: np.ndarray, allowed: np.ndarray) -> pd.DataFrame:
        """Gaps of offers by category: a group's share among recipients and eligible.

        Parameters
        ----------
        picks, allowed : ndarray
            Those of the new `Outcome`.

        Returns
        -------
        DataFrame
            attribute, group, category, and for today and new: gap_*, low_*, high_*; every
            group of every attribute of the bank that has enough members, largest of either first.
        """
        names, n_groups = self._categories[1], len(self.names)
        columns = {
            "attribute": [a for _ in names for a, _ in self.names],
            "group": [g for _ in names for _, g in self.names],
            "category": np.repeat(names, n_groups),
        }
        judged = np.zeros(len(names) * n_groups, dtype=bool)
        same = np.array_equal(allowed, self.today.allowed)
        eligible = self._eligible if same else self._could(allowed)
        for name, received, could in (
            ("today", self._received, self._eligible),
            ("new", self._recipients(picks), eligible),
        ):
            gap, enough = category_gaps(
                received[:, :-1], could[:, :-1], received[:, -1], could[:, -1], self.rule
            )
            columns |= {f"gap_{name}": gap.value, f"low_{name}": gap.low, f"high_{name}": gap.high}
            judged |= enough
        size = np.fmax(np.abs(columns["gap_today"]), np.abs(columns["gap_new"]))
        places = np.flatnonzero(judged & ~np.isnan(size))
        places = places[np.argsort(-size[places], kind="stable")]
        return pd.DataFrame(columns).iloc[places].reset_index(drop=True)

    @cached_property
    def _categories(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each product, and their names; one without is one of its own, as in the guard."""
        products = self.base.table.bank["products"]
        alone = "no category (" + products["product_id"] + ")"
        return pd.factorize(products["category"].fillna(alone).to_numpy(dtype=object), sort=True)

    @cached_property
    def _sizes(self) -> np.ndarray:
        return self.members.sum(axis=0, dtype=float)

    @cached_property
    def _sure(self) -> np.ndarray:
        return counts(self.today.sure, self.members)

    @cached_property
    def _received(self) -> np.ndarray:
        return self._recipients(self.today.picks)

    @cached_property
    def _eligible(self) -> np.ndarray:
        return self._could(self.today.allowed)

    def _recipients(self, picks: np.ndarray) -> np.ndarray:
        """Members of each group who get a category, shape (n_categories, n_groups + 1)."""
        category, names = self._categories
        flags = np.zeros((len(picks), len(names)), dtype=bool)
        for column in picks.T:
            at = np.flatnonzero(column >= 0)
            flags[at, category[column[at]]] = True
        return counts(flags, self.members)

    def _could(self, allowed: np.ndarray) -> np.ndarray:
        """Members of each group who may be offered a category, shape as `_recipients`."""
        category, names = self._categories
        return counts(any_of(allowed, category, len(names)), self.members)


def _members(words: np.ndarray, least: int) -> tuple[list[str], np.ndarray]:
    """Groups of enough people, and membership; "not recorded" is no group here."""
    codes, names = pd.factorize(words, sort=True)
    sizes = np.bincount(codes, minlength=len(names))
    kept = [i for i, name in enumerate(names) if name != NOT_RECORDED and sizes[i] >= least]
    return [str(names[i]) for i in kept], members_of(codes, len(names))[:, kept]
