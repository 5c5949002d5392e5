"""A bank's profiles and the segments of before in; the segment of every customer out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import segments as rules
from engine.customers.clusters import names
from engine.customers.clusters.described import Middle, mean, middle
from engine.customers.clusters.division import Division, continued, divide, nearest
from engine.customers.clusters.figures import Scales, making, raw_figures, scales_of, telling
from engine.customers.clusters.matching import matched
from engine.customers.clusters.model import (
    LITTLE_KNOWN,
    OPTED_OUT,
    AudienceModel,
    Named,
    axes_of,
    how_of,
)
from engine.customers.clusters.store import SegmentStore, Stored
from engine.customers.profiles import Profiles
from engine.results.segments import BY_RULE
from engine.threads import one_thread

_KNOWN_FROM: Final = 0.5
"""Share of the figures that must be known of a customer who helps to find groups (own choice)."""
_RULE: Final = "gaps, and clouds with each figure's own values"
"""What groups are held against; those that were held against something else are looked for anew."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """The segment of every customer of a bank.

    Attributes
    ----------
    bank, profiles
    raw : DataFrame (n_customers x figures)
    numbers : ndarray of int, shape (n_customers,)
        Segment of each customer; OPTED_OUT for who is in none.
    segments : tuple of Named
        Those that have anybody in them, by number; "Little known" (0) last.
    is_divided : bool
        Whether `segments` are groups that were found or parts that were cut; else they are those by
        churn and value.
    models : tuple of AudienceModel
    before : Stored, optional
        The edition before, where it had groups.
    """

    bank: Bank
    profiles: Profiles
    raw: pd.DataFrame
    numbers: np.ndarray
    segments: tuple[Named, ...]
    is_divided: bool
    models: tuple[AudienceModel, ...]
    before: Stored | None

    @property
    def audiences(self) -> np.ndarray:
        """Of each customer."""
        return self.profiles.features["audience"].to_numpy(dtype=object)

    def segment(self, number: int) -> Named | None:
        """The segment of a number, where anybody is in it."""
        return next((one for one in self.segments if one.number == number), None)

    @property
    def is_found(self) -> bool:
        """Were groups found among customers of any kind, and not only parts cut?"""
        return self.is_divided and any(model.is_found for model in self.models)

    def how(self, number: int) -> str:
        """What a segment is, one of `engine.results.segments.HOW`."""
        return how_of(self.models, number) if self.is_divided else BY_RULE

    @property
    def is_in_one(self) -> np.ndarray:
        """Who is in a segment, bool of shape (n_customers,)."""
        return np.asarray(self.numbers != OPTED_OUT)

    def without(self, opted_out: np.ndarray) -> "Grouping":
        """The same where some customers, bool of shape (n_customers,), are in no segment.

        Segments by churn and value are a part of everybody's record and stay.
        """
        if not self.is_divided:
            return self
        numbers = np.where(opted_out, OPTED_OUT, self.numbers)
        shown = tuple(one for one in self.segments if (numbers == one.number).any())
        return replace(self, numbers=numbers, segments=shown)

    def model_of(self, number: int) -> AudienceModel | None:
        """The audience that a segment is a part of; None for those by churn and value."""
        for model in self.models:
            if any(one.number == number for one in model.segments):
                return model
        return None


def group(
    bank: Bank, profiles: Profiles, store: SegmentStore, seed: int, hidden: Collection[str]
) -> Grouping:
    """Everybody's segment: by the groups that are kept of this edition, else by new ones.

    Parameters
    ----------
    bank : Bank
        With protected traits, which only the check of proxies reads.
    hidden : collection of str
        Columns that the bank names as proxies of a protected trait.
    """
    with one_thread():
        raw = raw_figures(profiles)
        rests_on = f"{_RULE}, seed {seed}, without {', '.join(sorted(hidden)) or 'nothing'}"
        stored = _kept(store, bank, rests_on)
        before = _before(store, bank)
        if stored is None:
            stored = _found(bank, profiles, raw, before, (seed, rests_on))
            store.write(stored)
        if not stored.is_divided:
            return _by_rules(bank, profiles, raw, stored)
        numbers = numbers_of(stored.models, raw, profiles)
    there = {one.number: one for model in stored.models for one in model.segments}
    there[LITTLE_KNOWN] = Named(LITTLE_KNOWN, rules.UNKNOWN)
    present = sorted(np.unique(numbers).tolist(), key=lambda number: (number == 0, number))
    shown = tuple(there[number] for number in present)
    return Grouping(bank, profiles, raw, numbers, shown, True, stored.models, before)


def numbers_of(
    models: tuple[AudienceModel, ...], raw: pd.DataFrame, profiles: Profiles
) -> np.ndarray:
    """The segment's number of each customer; 0 where too little is known."""
    numbers = np.full(len(raw), LITTLE_KNOWN, dtype=np.int64)
    audiences = profiles.features["audience"].to_numpy(dtype=object)
    for model in models:
        rows = np.flatnonzero(audiences == model.audience)
        numbers[rows] = model.numbers(raw.iloc[rows])
    return numbers


def _kept(store: SegmentStore, bank: Bank, rests_on: str) -> Stored | None:
    stored = store.read(bank.manifest.edition)
    if stored is None or stored.rests_on != rests_on:
        return None
    known = (bank.base_fingerprint, *bank.manifest.before_erasures)
    return stored if stored.fingerprint in known else None


def _before(store: SegmentStore, bank: Bank) -> Stored | None:
    """The latest earlier edition that had groups."""
    for edition in store.editions():
        if edition < bank.manifest.edition:
            stored = store.read(edition)
            if stored is not None and stored.is_divided:
                return stored
    return None


def _by_rules(bank: Bank, profiles: Profiles, raw: pd.DataFrame, stored: Stored) -> Grouping:
    """The segments by churn and value, most valuable first."""
    order = rules.summary(profiles.table)["segment"].drop_duplicates().tolist()
    numbers = pd.Categorical(profiles.table["segment"], categories=order).codes.astype(np.int64) + 1
    shown = tuple(Named(number, name) for number, name in enumerate(order, start=1))
    return Grouping(bank, profiles, raw, numbers, shown, False, stored.models, None)


def _found(
    bank: Bank,
    profiles: Profiles,
    raw: pd.DataFrame,
    before: Stored | None,
    basis: tuple[int, str],
) -> Stored:
    seed, rests_on = basis
    audiences = profiles.features["audience"].to_numpy(dtype=object)
    told = telling(raw, bank)
    kinds = pd.Series(audiences).value_counts(sort=True)
    order = sorted(kinds.index, key=lambda name: (-kinds[name], name))
    earlier = {model.audience: model for model in (before.models if before else ())}
    drafts = [_draft(one, raw[audiences == one], told, earlier.get(one), seed) for one in order]
    is_divided = any(division.chosen for _, division in drafts)
    next_number = before.next_number if before else 1
    models: list[AudienceModel] = []
    if is_divided:
        for model, division in drafts:
            mine = raw[audiences == model.audience]
            named = _named(model, division, mine, before, next_number, models)
            next_number = max([next_number, *(one.number + 1 for one in named.segments)])
            models.append(named)
    else:
        models = [model for model, _ in drafts]
    numbers = numbers_of(tuple(models), raw, profiles) if is_divided else np.zeros(0, np.int64)
    index = pd.Index(bank.customer_ids.to_numpy()[: len(numbers)], dtype="str")
    return Stored(
        edition=bank.manifest.edition,
        fingerprint=bank.base_fingerprint,
        rests_on=rests_on,
        is_divided=is_divided,
        models=tuple(models),
        next_number=next_number,
        numbers=pd.Series(numbers, index=index),
    )


def _draft(
    audience: str,
    raw: pd.DataFrame,
    told: Mapping[str, str],
    before: AudienceModel | None,
    seed: int,
) -> tuple[AudienceModel, Division]:
    """An audience on its scales, divided where it can be; its segments have no names yet.

    The groups or parts of before go on where they can, in their order; parts only where no groups
    are found.
    """
    scales = scales_of(raw)
    made = making(scales, raw, told)
    deviations = np.nan_to_num(scales.only(made).of(raw), nan=0.0)
    known = raw[list(made)].notna().mean(axis="columns").to_numpy() >= _KNOWN_FROM
    division, was_kept = None, True
    if before is not None and before.is_divided and before.making == made:
        was = before.scales.only(made).moved_to(scales.only(made), before.centres)
        division = continued(deviations[known], was, seed)
    if division is None or not division.is_found:
        anew = divide(deviations[known], seed)
        if division is None or anew.is_found:
            division, was_kept = anew, False
    centres = division.centres if division.chosen else np.zeros((1, len(made)))
    axes, shares = axes_of(deviations)
    model = AudienceModel(
        audience=audience,
        n=len(raw),
        scales=scales,
        making=made,
        centres=centres,
        axes=axes,
        shares=shares,
        segments=(),
        tried=division.tried,
        n_judged=division.n,
        left_out=tuple((name, told[name]) for name in scales.names if name in told),
        goes_on=was_kept,
    )
    return model, division


def _named(
    model: AudienceModel,
    division: Division,
    raw: pd.DataFrame,
    before: Stored | None,
    next_number: int,
    others: list[AudienceModel],
) -> AudienceModel:
    """With numbers and names: those of before where a group goes on and its name is still true."""
    k = len(model.centres)
    groups = nearest(model.deviations(raw), model.centres)
    same = _same(model, groups, raw.index, before)
    earlier = before.models if before else ()
    old = {one.number: one for m in earlier for one in m.segments}
    # Another kind's names of before stay its own, whichever kind is named first.
    taken = [one.name for m in earlier if m.audience != model.audience for one in m.segments]
    taken += [one.name for other in others for one in other.segments]
    if k == 1:
        called = [(f"{model.audience.capitalize()} customers", ())]
        returns = np.full(1, np.nan)
    else:
        scales = model.scales.only(model.making)
        apart = [surely_apart(scales, raw, groups == g) for g in range(k)]
        kept = {
            g: (old[number].name, old[number].parts)
            for g, number in same.items()
            if names.still_true(old[number].name, old[number].parts, apart[g])
        }
        called, returns = names.named(apart, kept, taken), division.returns
    segments = []
    for g, (name, parts) in enumerate(called):
        number = same.get(g)
        if number is None:
            number, next_number = next_number, next_number + 1
            was = ""
        else:
            earlier_name = old[number].name
            is_said = names.says(earlier_name, old[number].parts) and earlier_name != name
            was = earlier_name if is_said else ""
        segments.append(Named(number, name, tuple(parts), float(returns[g]), was))
    return replace(model, segments=tuple(segments))


def _same(
    model: AudienceModel, groups: np.ndarray, ids: pd.Index, before: Stored | None
) -> dict[int, int]:
    """Which groups go on under which numbers."""
    earlier = next((m for m in (before.models if before else ()) if m.audience == model.audience),
                   None)  # fmt: skip
    if before is None or earlier is None or not earlier.segments:
        return {}
    if model.goes_on or len(model.centres) == len(earlier.centres) == 1:
        return {place: one.number for place, one in enumerate(earlier.segments)}
    theirs = before.numbers.reindex(ids)
    mine = theirs.isin([one.number for one in earlier.segments]).to_numpy()
    return matched(
        theirs.to_numpy(dtype=float)[mine].astype(np.int64), groups[mine], len(model.centres)
    )


def surely_apart(scales: Scales, raw: pd.DataFrame, mine: np.ndarray) -> dict[str, Middle]:
    """Figures in which some customers surely differ: mean deviation with its interval.

    Parameters
    ----------
    raw : DataFrame
        Figures of all customers of the kind.
    mine : ndarray of bool
        Who of them.

    Notes
    -----
    What is shown of them, a median or a mean, must surely be on the same side of that of all.
    """
    deviations = scales.of(raw)[mine]
    found = {}
    for at, name in enumerate(scales.names):
        values = raw[name].to_numpy(dtype=float)
        apart, one = mean(deviations[:, at]), middle(name, values[mine])
        of_all = middle(name, values).value
        if (apart.low > 0 and one.low > of_all) or (apart.high < 0 and one.high < of_all):
            found[name] = apart
    return found
