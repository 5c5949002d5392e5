"""The lists of a bank in; every customer's scores in parts, ready to be weighed anew, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.guard.eligibility import Condition
from engine.guard.target_groups import FAILED
from engine.guard.verdicts import Rulebook
from engine.ranking.calibration import Calibration
from engine.scoring.levers.adjustable import Changes, changed
from engine.scoring.lists import CHUNK, Lists

BYTES_A_PART = 4
BYTES_FIXED = 17
"""A pair's score and confidence of 8 bytes each, and what may be offered."""


@dataclass(frozen=True, eq=False)
class Base:
    """Scores of all customers, or of a stratified sample; columns in the order of product_id.

    Attributes
    ----------
    lists : Lists
    rows : ndarray of int, shape (n,)
        Positions in the bank.
    columns : ndarray of int, shape (n_products,)
        Positions of the products.
    parts : dict of str to ndarray of float32, shape (n, n_products)
        By signal; one that is 0 everywhere is left out.
    blended : ndarray of float64, shape (n, n_products)
        Their sum with the products' own part, as the ranker gives it.
    confidence : ndarray of float64, same shape, or None without history
    core : ndarray of bool, same shape
        What may be offered with every switch off.
    holding_back : dict of str to ndarray of bool, same shape
        By switch: what it keeps off in addition.
    category : ndarray of int, shape (n_products,)
    categories : tuple of str
    """

    lists: Lists
    rows: np.ndarray
    columns: np.ndarray
    parts: dict[str, np.ndarray]
    blended: np.ndarray
    confidence: np.ndarray | None
    core: np.ndarray
    holding_back: dict[str, np.ndarray]
    category: np.ndarray
    categories: tuple[str, ...]

    @property
    def calibration(self) -> Calibration:
        """Of the version that serves."""
        return self.lists.ranker.model.calibration

    @property
    def sampled(self) -> bool:
        return len(self.rows) < self.lists.bank.n_customers


def prepare(lists: Lists, off: dict[str, Changes], megabytes: int, seed: int) -> Base:
    """Score everybody once.

    Parameters
    ----------
    lists : Lists
    off : dict of str to changes
        Switch -> the guard's settings with which it is off ("tiers", "retired").
    megabytes : int
        Memory that this may take; of a larger bank a stratified sample is drawn.
    seed : int
        Of that sample.
    """
    ranker, bank = lists.ranker, lists.bank
    columns = np.argsort(bank.product_ids.to_numpy(dtype="str"), kind="stable")
    names = [s for s in ranker.model.blend.weights]
    a_customer = bank.n_products * (BYTES_A_PART * len(names) + BYTES_FIXED)
    rows = _sample(lists, max(1, megabytes * 10**6 // max(a_customer, 1)), seed)
    shape = (len(rows), bank.n_products)
    parts = {s: np.zeros(shape, dtype=np.float32) for s in names}
    blended = np.zeros(shape)
    history = ranker.model.calibration.temperature is not None
    confidence = np.zeros(shape) if history else None
    for start in range(0, len(rows), CHUNK):
        here = slice(start, start + CHUNK)
        scores = ranker.scores(rows[here])
        blended[here] = scores.blended[:, columns]
        for name in names:
            if name in scores.parts:
                parts[name][here] = scores.parts[name][:, columns]
        if confidence is not None and scores.confidence is not None:
            confidence[here] = scores.confidence[:, columns]
    codes, categories = pd.factorize(_category(lists)[columns], sort=True)
    core, back = _permissions(lists, rows, off)
    return Base(
        lists,
        rows,
        columns,
        {name: values for name, values in parts.items() if values.any()},
        blended,
        confidence,
        core[:, columns],
        {name: mask[:, columns] for name, mask in back.items()},
        codes,
        tuple(str(name) for name in categories),
    )


def _category(lists: Lists) -> np.ndarray:
    """Of each product; one without a category is one of its own, as in the guard."""
    products = lists.bank["products"]
    alone = "no category (" + products["product_id"] + ")"
    return products["category"].fillna(alone).to_numpy(dtype=object)


def _permissions(
    lists: Lists, rows: np.ndarray, off: dict[str, Changes]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What may be offered with all switches off, and what each switch alone keeps off."""
    view, settings = lists.view, lists.settings
    if not view.bank.n_customers:
        empty = np.zeros((0, view.bank.n_products), dtype=bool)
        return empty, {name: empty for name in off}
    every = {path: value for changes in off.values() for path, value in changes.items()}
    loose = Rulebook(view.bank, view.profiles, changed(settings, every))
    core = np.zeros((len(rows), view.bank.n_products), dtype=bool)
    back = {name: np.zeros_like(core) for name in off}
    clauses = _switched(view.rulebook, set(off))
    for start in range(0, len(rows), CHUNK):
        here = slice(start, start + CHUNK)
        facts = view.rulebook.facts.take(rows[here])
        core[here] = loose.judge(view.wishes, rows[here], lists.now, facts).allowed
        for name, condition in clauses:
            clause = condition(facts)
            kept = back[name][here]
            kept[:, clause.columns] |= clause.outcome == FAILED
            back[name][here] = kept
    return core, back


def _switched(rulebook: Rulebook, names: set[str]) -> list[tuple[str, Condition]]:
    """The conditions in force that a switch takes away, wholly or in part."""
    anybody = rulebook.facts.take(np.zeros(1, dtype=np.int64))
    found = []
    for _, condition in rulebook.conditions:
        key = condition(anybody).key
        name = "tiers" if key.startswith("tier ") else "retired" if key == "suitability" else ""
        if name in names:
            found.append((name, condition))
    return found


def _sample(lists: Lists, most: int, seed: int) -> np.ndarray:
    """Everybody, or a sample that has each segment in its share of the bank."""
    n = lists.bank.n_customers
    if n <= most:
        return np.arange(n)
    segment = lists.view.profiles.table["segment"].to_numpy(dtype=object).astype(str)
    order = np.random.default_rng(seed).permutation(n)
    by_segment = order[np.argsort(segment[order], kind="stable")]
    places = np.floor((np.arange(most) + 0.5) * n / most).astype(int)
    return np.sort(by_segment[places])
