"""A want in words and a catalogue in; the products whose texts are nearest to it out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.models.encoder import Encoder
from engine.ranking.signals import Signals
from engine.ranking.signals.needs import phrase
from engine.vocabulary import LIST_SEPARATOR

COLUMNS: Final = ("description", "features", "eligibility")
"""What is embedded of a product."""


def texts(bank: Bank) -> list[str]:
    """Description, features and eligibility of each product in one text; its name without any."""
    products = bank["products"]
    joined = pd.Series("", index=products.index, dtype="str")
    for column in COLUMNS:
        part = products[column].fillna("").str.replace(LIST_SEPARATOR, ", ", regex=False)
        gap = np.where((joined != "") & (part != ""), " ", "")
        joined = joined + gap + part
    return joined.where(joined != "", products["name"]).tolist()


def nearest(
    bank: Bank, want: str, encoder: Encoder, k: int, among: Sequence[int] | None = None
) -> pd.DataFrame:
    """Rank products by the cosine of a want and their text.

    Parameters
    ----------
    encoder : Encoder
        For wants in words multi-qa-MiniLM-L6-cos-v1 suits best (setting models.encoder).
    among : sequence of int, optional
        Positions of the products that may be named; all by default.

    Returns
    -------
    DataFrame
        rank, product_id, name, category, score: (cosine + 1) / 2, which is 0 to 1 and .5 for texts
        that have nothing in common. Ties go to the smaller product_id.

    Notes
    -----
    A plain likeness of texts: nothing of the customer's history, of suitability or of the guard is
    in it. The score has no centre, so general texts come often.
    """
    products = bank["products"]
    places = np.arange(len(products)) if among is None else np.asarray(among, dtype=np.int64)
    vectors = encoder.encode([want, *texts(bank)]).astype(np.float64)
    score = (vectors[1:] @ vectors[0] + 1) / 2
    table = products.iloc[places][["product_id", "name", "category"]].assign(score=score[places])
    table = table.sort_values(["score", "product_id"], ascending=[False, True], kind="stable")
    table = table.head(k).reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def whole_texts(signals: Signals, rows: np.ndarray) -> list[str]:
    """All that a customer wants as one text: their phrases, the weightiest first, each once."""
    wants = []
    for row in rows:
        mine = signals.needs.interests_of(row).sort_values("share", ascending=False, kind="stable")
        phrases = (phrase(*pair) for pair in zip(mine["kind"], mine["item"], strict=True))
        wants.append(". ".join(dict.fromkeys(phrases)))
    return wants
