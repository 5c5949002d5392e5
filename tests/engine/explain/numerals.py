"""A text and the facts behind it in; the numerals that no fact accounts for, out."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from engine.explain.comparable import Counts
from engine.explain.evidence import OfferEvidence

_NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")


def check_numerals(text: str, facts: Iterable[Any]) -> tuple[str, ...]:
    """Numerals of a text that are in none of its facts.

    Parameters
    ----------
    text : str
    facts : iterable
        Numbers, times and texts. A number accounts for itself rounded to 0, 1 or 2 decimals and
        for the same in per cent; a time for its day and year; a text for the numerals in it.

    Returns
    -------
    tuple of str
        In the order of the text; empty where every numeral is a fact.
    """
    known: set[str] = set()
    for fact in facts:
        known |= _numerals_of(fact)
    return tuple(n for n in map(_plain, _NUMERAL.findall(text)) if n not in known)


def _numerals_of(fact: Any) -> set[str]:
    if isinstance(fact, str):
        return {_plain(n) for n in _NUMERAL.findall(fact)}
    if isinstance(fact, pd.Timestamp | np.datetime64):
        time = pd.Timestamp(fact)
        return set() if pd.isna(time) else {str(time.day), str(time.year)}
    if isinstance(fact, bool | np.bool_) or not isinstance(fact, int | float | np.number):
        return set()
    value = abs(float(fact))
    if not np.isfinite(value):
        return set()
    return {_plain(f"{shown:.{n}f}") for shown in (value, 100 * value) for n in (0, 1, 2)}


def _plain(numeral: str) -> str:
    """ "1,240.50" and "1240.5" are the same numeral."""
    plain = numeral.replace(",", "").rstrip(".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def facts_of(offer: OfferEvidence) -> tuple[Any, ...]:
    """Everything that a number in a reason for an offer may come from."""
    return (
        *offer.customer.values(),
        *offer.profile.values(),
        *offer.product.values(),
        *(fact for need in offer.needs for fact in (need.item, need.value, need.n)),
        *(fact for need in offer.needs for fact in (need.days, need.until)),
        *(
            fact
            for held in (*offer.neighbours, *offer.next_steps)
            for fact in (held.name, *_of_counts(held.counts))
        ),
        *_of_counts(offer.alike),
        *offer.held_names,
        *offer.rules,
        *(fact for reaction in offer.events for fact in reaction),
        offer.n_holders,
        offer.n_customers,
        len(offer.held_names),
        10,
    )


def _of_counts(counts: Counts | None) -> tuple[float, ...]:
    """The figures of a comparison with others, and the share of those."""
    return () if counts is None else (*counts, counts.other_k / max(counts.other_n, 1))
