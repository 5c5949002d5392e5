"""Consents, labels of what happened, and the last contact with each customer."""

import numpy as np
import pandas as pd

from engine.demo import personas
from engine.demo.dates import AS_OF
from engine.demo.draws import stream, texts, with_ids, words
from engine.demo.population import Population
from engine.vocabulary import GRANTED, MARKETING, PERSONALISATION, PURPOSES, REFUSED, SOCIAL

# Purpose -> share granted, refused; the rest was never asked and has no row (own choice).
_CONSENT = {PERSONALISATION: (0.8, 0.07), SOCIAL: (0.5, 0.22), MARKETING: (0.6, 0.22)}
_SOURCES = ("branch form", "app", "call")


def consents(population: Population, seed: int, ids: pd.Series) -> pd.DataFrame:
    """Table `consents`: granted and refused are recorded, unknown is the absence of a row."""
    rng = stream(seed, population.audience, "consents")
    n = population.n
    stated = personas.scripts(population.audience)
    frames = []
    for purpose in PURPOSES:
        granted, refused = _CONSENT[purpose]
        drawn = rng.random(n)
        status = np.where(drawn < granted, 0, np.where(drawn < granted + refused, 1, 2))
        status[: len(stated)] = 0
        for row, persona in enumerate(stated):
            if persona.get("consents", {}).get(purpose) == REFUSED:
                status[row] = 1
        status[list(personas.fresh(population.audience))] = 2
        row = np.flatnonzero(status < 2)
        span = (AS_OF - population.joined[row]).astype(np.int64) + 1
        day = population.joined[row] + (rng.random(len(row)) ** 2 * span).astype(np.int64)
        frames.append(
            pd.DataFrame(
                {
                    "row": row,
                    "purpose": purpose,
                    "status": texts([GRANTED, REFUSED], status[row]),
                    "recorded_at": day.astype("datetime64[us]"),
                    "source": texts(list(_SOURCES), rng.integers(0, len(_SOURCES), len(row))),
                }
            )
        )
    return with_ids(pd.concat(frames).sort_values("row", kind="stable"), ids)


def labels(
    population: Population, balance: np.ndarray, unresolved: np.ndarray, owed: np.ndarray, seed: int
) -> pd.DataFrame:
    """Table `labels` with `row` in place of the id: churned, defaulted (debtors only), accepted.

    Each is a chance that rises with its causes, so that a model can learn it in part.
    """
    rng = stream(seed, population.audience, "labels")
    n = population.n
    usual = np.abs(balance[:, :12]).mean(axis=1) + 1
    fall = np.clip(1 - balance[:, -1] / usual, -1, 1)
    odds = -4.0 + 3.2 * population.decline + 1.3 * fall + 0.9 * np.minimum(unresolved, 3)
    odds -= 0.5 * population.mood
    churned = rng.random(n) < 1 / (1 + np.exp(-odds))
    burden = np.log1p(owed / np.maximum(population.income, 1))
    credit = population.customers["credit_score"].to_numpy(dtype=np.float64)
    default_odds = -3.3 - 0.018 * (credit - 650) + 0.6 * burden + 0.4 * population.need("calm")
    defaulted = rng.random(n) < 1 / (1 + np.exp(-default_odds))
    asked = rng.random(n) < 0.35
    accepted = rng.random(n) < 1 / (1 + np.exp(1.4 - 0.5 * population.mood))
    quarter = AS_OF - rng.integers(0, 90, n)
    frames = []
    for name, value, known in (
        ("churned", churned, np.ones(n, dtype=bool)),
        ("defaulted", defaulted, owed > 0),
        ("accepted", accepted, asked),
    ):
        row = np.flatnonzero(known)
        day = np.where(value[row], quarter[row], AS_OF)
        frames.append(
            pd.DataFrame(
                {
                    "row": row,
                    "name": name,
                    "value": value[row].astype(np.float64),
                    "known_on": day.astype("datetime64[us]"),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def contacts(population: Population, seed: int, ids: pd.Series) -> pd.DataFrame:
    """Table `contacts`: the last contact with four customers in five."""
    rng = stream(seed, population.audience, "contacts")
    notes = words("notes")["contact"]
    row = np.flatnonzero(rng.random(population.n) < 0.8)
    span = np.minimum((AS_OF - population.joined[row]).astype(np.int64), 420) + 1
    day = AS_OF - (rng.random(len(row)) ** 1.4 * span).astype(np.int64)
    pool = [(channel, note) for channel, entries in notes.items() for note in entries]
    drawn = rng.integers(0, len(pool), len(row))
    managers = population.customers["relationship_manager"]
    frame = pd.DataFrame(
        {
            "row": row,
            "contacted_at": day.astype("datetime64[us]"),
            "channel": texts([channel for channel, _ in pool], drawn),
            "actor": managers.iloc[row].array,
            "note": texts([note for _, note in pool], drawn),
        }
    )
    return with_ids(frame.sort_values("row", kind="stable"), ids)
