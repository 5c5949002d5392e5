"""Lists made twice in, how much of them is the same out; and small noise for a bank's inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import rates
from engine.bank.bank import Bank
from engine.models.sentiment import Sentiment

EVERYBODY = "Everybody"
ANOTHER_SEED = "another seed"
INPUT_NOISE = "small input noise"

_SHAKEN = {
    "accounts": ("balance",),
    "months": ("balance", "spending", "loan_balance"),
    "transactions": ("amount",),
}
"""Balances and spending of the bank's tables; of transactions only what goes out."""
_SHARES = ("jaccard", "low", "high", "same_first", "first_low", "first_high")


def overlap(
    before: pd.DataFrame,
    after: pd.DataFrame,
    segments: pd.Series,
    *,
    k: int,
) -> pd.DataFrame:
    """How much of each customer's first offers stays, by segment.

    Parameters
    ----------
    before, after : DataFrame
        customer_id, product_id, rank, score: lists of the same customers.
    segments : Series
        Segment by customer_id.

    Returns
    -------
    DataFrame
        segment (EVERYBODY first, then by name), n, moved (share with any score changed), jaccard,
        low, high, same_first, first_low, first_high. Customers without an offer both times are
        left out.

    Notes
    -----
    Jaccard: products in both lists over products in either. Both intervals are Wilson's, which is
    wider than need be for a mean of shares, and no point where every list stays.
    """
    first = [
        t.loc[t["rank"] <= k, ["customer_id", "product_id", "rank", "score"]]
        for t in (before, after)
    ]
    pairs = first[0].merge(first[1], on=["customer_id", "product_id"], how="outer", indicator=True)
    both = pairs["_merge"] == "both"
    on_top = both & (pairs["rank_x"] == 1) & (pairs["rank_y"] == 1)
    pairs = pairs.assign(
        both=both, same_first=on_top, moved=~both | (pairs["score_x"] != pairs["score_y"])
    )
    by_customer = pairs.groupby("customer_id", sort=True)
    each = by_customer[["same_first", "moved"]].any()
    each = each.assign(
        jaccard=by_customer["both"].sum() / by_customer.size(),
        segment=each.index.map(segments).fillna("Unknown"),
    )
    groups = [(EVERYBODY, each), *((str(s), part) for s, part in each.groupby("segment"))]
    rows = [_row(name, customers) for name, customers in groups]
    return pd.DataFrame(rows, columns=["segment", "n", "moved", *_SHARES])


def _row(segment: str, rows: pd.DataFrame) -> tuple[object, ...]:
    moved = float(rows["moved"].mean()) if len(rows) else np.nan
    kept = (rates.wilson(rows[name].sum(), len(rows)) for name in ("jaccard", "same_first"))
    return segment, len(rows), moved, *(float(end) for share in kept for end in share)


def shaken(bank: Bank, *, share: float, seed: int) -> Bank:
    """The bank with each balance and each amount spent changed by up to a share, either way."""
    rng = np.random.default_rng(seed)
    frames = {}
    for table, columns in _SHAKEN.items():
        frame = bank[table].copy()
        for column in columns:
            amounts, factor = frame[column], 1 + rng.uniform(-share, share, len(frame))
            moved = amounts * factor
            spent = amounts < 0
            frame[column] = amounts.mask(spent, moved) if table == "transactions" else moved
        frames[table] = frame
    return bank.with_tables(**frames)


@dataclass(frozen=True)
class ShakenSentiment:
    """A sentiment reader that misreads every text a little."""

    reader: Sentiment
    by: float
    """Largest change on the scale of -1 to 1."""
    seed: int

    @property
    def name(self) -> str:
        return self.reader.name

    @property
    def source(self) -> str:
        return self.reader.source

    def score(self, texts: Sequence[str | None]) -> np.ndarray:
        """Sentiment of shape (n,), within -1 to 1."""
        read = self.reader.score(texts)
        rng = np.random.default_rng(self.seed)
        return np.clip(read + rng.uniform(-self.by, self.by, len(read)), -1, 1).astype(read.dtype)


def sentence(table: pd.DataFrame, k: int) -> str:
    """What the figures of everybody say, in one line."""
    said = []
    for row in table.loc[table["segment"] == EVERYBODY].itertuples(index=False):
        if row.n and not row.moved:
            said.append(f"with {row.change} no score changes at all (n = {row.n:,})")
        elif row.n:
            said.append(
                f"with {row.change} {100 * row.jaccard:.0f} % of the first {k} stay "
                f"(95 % interval {100 * row.low:.0f} to {100 * row.high:.0f}) and "
                f"{100 * row.same_first:.0f} % keep their first offer (n = {row.n:,})"
            )
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if said else "No customer has an offer."
