"""Seeded randomness and fast text columns that every stage of the generator draws from."""

import tomllib
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@cache
def words(name: str) -> dict[str, Any]:
    """The package's data file `name`.toml, read once."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def stream(seed: int, *stage: str) -> np.random.Generator:
    """A generator of its own for each stage, so that changing one leaves the others alone."""
    return np.random.default_rng([seed, zlib.crc32("/".join(stage).encode())])


def weighted(rng: np.random.Generator, weights: np.ndarray, n: int) -> np.ndarray:
    """Positions drawn with these weights, int64 of shape (n,)."""
    edges = np.cumsum(weights, dtype=np.float64)
    return np.searchsorted(edges, rng.random(n) * edges[-1], side="right").clip(0, len(edges) - 1)


def weighted_rows(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """One position per row, drawn with that row's weights of shape (n, k)."""
    edges = np.cumsum(weights, axis=1, dtype=np.float64)
    drawn = rng.random(len(weights)) * edges[:, -1]
    return (edges <= drawn[:, None]).sum(axis=1).clip(0, weights.shape[1] - 1)


def softmax_choice(rng: np.random.Generator, utility: np.ndarray) -> np.ndarray:
    """One position per row, with chances in proportion to exp(utility); -inf is never taken."""
    return (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)


def texts(pool: list[str | None] | np.ndarray, codes: np.ndarray) -> pd.Series:
    """A text column that repeats the entries of a pool; -1 is missing."""
    values = pd.array([*pool, None], dtype="str")
    return pd.Series(values.take(np.where(codes < 0, len(pool), codes)))


def from_lists(rng: np.random.Generator, lists: list[list[str]], which: np.ndarray) -> pd.Series:
    """One entry per row from that row's list."""
    sizes = np.array([len(entries) for entries in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    inside = (rng.random(len(which)) * sizes[which]).astype(np.int64)
    return texts([entry for entries in lists for entry in entries], starts[which] + inside)


def numbered(prefix: str, first: int, n: int, width: int = 0) -> pd.Series:
    """Ids such as C00001, one after the other."""
    numbers = pd.Series(np.arange(first, first + n)).astype("str")
    return prefix + (numbers.str.zfill(width) if width else numbers)


def with_ids(frame: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """The frame with the customer's id in place of the row."""
    frame = frame.reset_index(drop=True)
    frame.insert(0, "customer_id", ids.take(frame["row"].to_numpy()).array)
    return frame.drop(columns="row")


def missing(rng: np.random.Generator, values: pd.Series, share: float) -> pd.Series:
    """The values with a share of them unknown, as in any bank."""
    return values.mask(rng.random(len(values)) < share)
