"""How groups differ from their audience in; a name for each in an analyst's words, out."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from engine.customers.clusters.described import Middle
from engine.customers.clusters.sentences import CLOSE, called

APART_FROM: Final = 0.5
"""Deviations from which a difference gives a name: Cohen (1988) calls .5 medium."""
_LEAST: Final = 0.2
"""Deviations from which it helps to tell two alike ones apart: Cohen calls .2 small."""
_WORDS: Final = 2


def parts_of(apart: Mapping[str, Middle]) -> list[str]:
    """What sets a group apart, most first: "+balance" for a surely higher one.

    Parameters
    ----------
    apart : mapping
        Figure -> mean deviation from the audience, with its interval.
    """
    sure = {
        name: one.value
        for name, one in apart.items()
        if abs(one.value) >= _LEAST and (one.low > 0 or one.high < 0)
    }
    order = sorted(sure, key=lambda name: (-abs(sure[name]), name))
    return [f"{'+' if sure[name] > 0 else '-'}{name}" for name in order]


def says(name: str, parts: Sequence[str]) -> bool:
    """Does a name say how a group differs, or that it does not; "Retail customers" does neither."""
    return bool(parts) or name.startswith(CLOSE)


def still_true(name: str, parts: Sequence[str], apart: Mapping[str, Middle]) -> bool:
    """Does a group still differ by what its name says?"""
    found = parts_of(apart)
    return set(parts) <= set(found) if parts else says(name, parts) and not found


def named(
    groups: Sequence[Mapping[str, Middle]],
    kept: Mapping[int, tuple[str, tuple[str, ...]]],
    taken: Sequence[str],
) -> list[tuple[str, tuple[str, ...]]]:
    """A name for each group, and what it says; no two are the same.

    Parameters
    ----------
    groups : sequence of mapping
        Of each group, figure -> mean deviation with its interval.
    kept : mapping
        Group -> its name of before and what that says, where it is still true; one that is taken
        or another group's is not kept.
    taken : sequence of str
        Names of others.

    Notes
    -----
    The two figures that differ most, as far as each differs by .5 deviations, else the one that
    differs most; a third and more where another group has the same name, and a number at last.
    """
    chosen: dict[int, tuple[str, tuple[str, ...]]] = {}
    used = set(taken)
    for group, (name, parts) in sorted(kept.items()):
        if name not in used:
            chosen[group] = name, parts
            used.add(name)
    for group, apart in enumerate(groups):
        if group in chosen:
            continue
        parts = parts_of(apart)
        n_far = sum(abs(apart[part[1:]].value) >= APART_FROM for part in parts)
        first = max(min(n_far, _WORDS), 1)
        lengths = range(first, max(len(parts), first) + 1)
        options = [tuple(parts[:length]) for length in lengths]
        said = next((p for p in options if called(p) not in used), options[0])
        name = called(said)
        if name in used:
            name = next(
                one for n in range(2, len(used) + 3) if (one := f"{name} ({n})") not in used
            )
        used.add(name)
        chosen[group] = name, said
    return [chosen[group] for group in range(len(groups))]


def axis_parts(direction: np.ndarray, making: Sequence[str]) -> tuple[str, ...]:
    """What an axis of the map means: the figures with the highest weights, at most two."""
    order = np.argsort(-np.abs(direction), kind="stable")[:2]
    heavy = [i for i in order if abs(direction[i]) >= abs(direction[order[0]]) / 2]
    return tuple(f"{'+' if direction[i] > 0 else '-'}{making[i]}" for i in heavy)
