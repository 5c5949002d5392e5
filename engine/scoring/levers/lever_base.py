"""A score table in; its scores in parts and its permissions by rule, to be weighed anew, out."""

from dataclasses import dataclass, replace

import numpy as np

from engine.guard.eligibility import Condition
from engine.guard.target_groups import FAILED
from engine.guard.verdicts import Rulebook
from engine.ranking.calibration import Calibration
from engine.scoring.levers.adjustable import Changes, changed
from engine.scoring.score_table import CHUNK, PairScores, ScoreTable

BYTES_A_PART = 4
BYTES_FIXED = 17
"""A pair's score and a changed one of 8 bytes each, and what may be offered."""


@dataclass(frozen=True, eq=False)
class LeverBase:
    """Scores of all customers, or of a stratified sample."""

    table: ScoreTable
    rows: np.ndarray
    """Int, shape (n,). Positions in the bank."""
    pairs: PairScores
    """Of these customers: the table's own where they are all."""
    parts: dict[str, np.ndarray]
    """Arrays of float32, shape (n, n_products). By signal; one that is 0 everywhere is left out."""
    core: np.ndarray
    """Bool, same shape. What may be offered with every switch off."""
    holding_back: dict[str, np.ndarray]
    """Arrays of bool, same shape. By switch: what it keeps off in addition."""

    @property
    def calibration(self) -> Calibration:
        """Of the version that serves."""
        return self.table.ranker.model.calibration

    @property
    def sampled(self) -> bool:
        return len(self.rows) < self.table.bank.n_customers


def prepare(table: ScoreTable, off: dict[str, Changes], megabytes: int, seed: int) -> LeverBase:
    """Take everybody's scores apart once.

    Parameters
    ----------
    off : dict of str to changes
        Switch -> the guard's settings with which it is off ("tiers", "retired").
    megabytes : int
        Memory that this may take; of a larger bank a stratified sample is drawn.
    """
    n_parts, n_products = len(table.ranker.model.blend.weights), table.bank.n_products
    a_customer = n_products * (BYTES_A_PART * n_parts + BYTES_FIXED)
    rows = _sample(table, max(1, megabytes * 10**6 // max(a_customer, 1)), seed)
    parts = table.parts(rows)
    parts = {name: values for name, values in parts.items() if values.any()}
    return LeverBase(table, rows, table.of(rows), parts, *_permissions(table, rows, off))


def _permissions(
    table: ScoreTable, rows: np.ndarray, off: dict[str, Changes]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What may be offered with all switches off, and what each switch alone keeps off."""
    snapshot = table.snapshot
    choices = replace(snapshot.choices, arms=None)  # an experiment passes, settings stay
    bank, rulebook = snapshot.bank, snapshot.rulebook
    core = np.zeros((len(rows), bank.n_products), dtype=bool)
    back = {name: np.zeros_like(core) for name in off}
    if not len(rows):
        return core, back
    every = {path: value for changes in off.values() for path, value in changes.items()}
    loose = Rulebook(bank, snapshot.profiles, changed(table.settings, every))
    clauses = _switched(rulebook, set(off))
    for start in range(0, len(rows), CHUNK):
        here = slice(start, start + CHUNK)
        facts = rulebook.facts.take(rows[here])
        core[here] = loose.judge(choices, rows[here], table.now, facts).allowed
        for name, condition in clauses:
            clause = condition(facts)
            kept = back[name][here]
            kept[:, clause.columns] |= clause.outcome == FAILED
            back[name][here] = kept
    return core, back


def _switched(rulebook: Rulebook, names: set[str]) -> list[tuple[str, Condition]]:
    """The conditions in force that a switch takes away, wholly or in part."""
    anybody = rulebook.facts.take(np.zeros(1, dtype=np.int64))
    switched = []
    for _, condition in rulebook.conditions:
        key = condition(anybody).key
        name = "tiers" if key.startswith("tier ") else "retired" if key == "suitability" else ""
        if name in names:
            switched.append((name, condition))
    return switched


def _sample(table: ScoreTable, most: int, seed: int) -> np.ndarray:
    """Everybody, or a sample that has each segment in its share of the bank."""
    n = table.bank.n_customers
    if n <= most:
        return np.arange(n)
    segment = table.snapshot.profiles.table["segment"].to_numpy(dtype=object).astype(str)
    order = np.random.default_rng(seed).permutation(n)
    by_segment = order[np.argsort(segment[order], kind="stable")]
    places = np.floor((np.arange(most) + 0.5) * n / most).astype(int)
    return np.sort(by_segment[places])
