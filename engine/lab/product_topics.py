"""Products whose topics are known in; how well topics are named from their texts, out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.lab.labelled_texts import read_table
from engine.models import product_topics
from engine.models.encoder import load_encoder
from engine.rates import LEVEL
from engine.settings import default

OWN: Final = Path(__file__).with_name("product_topics.csv")
"""48 texts that we wrote ourselves; those with an even place chose `product_topics.LIKELY`, so that
only the others judge."""
N_RESAMPLES: Final = 1000
MEASURES: Final = ("accuracy", "micro_f1", "macro_f1")


@dataclass(frozen=True, eq=False)
class ProductTopicsReport:
    """How well the topics of some products are named.

    Attributes
    ----------
    n : int
    table : DataFrame
        system (zero-shot, most frequent topic), measure (accuracy: the likeliest topic is one of
        the product's; micro_f1 and macro_f1 over all topics that are named), value, low, high.
    by_topic : DataFrame
        topic, n (products that have it), precision, recall.
    says : str
    """

    n: int
    table: pd.DataFrame
    by_topic: pd.DataFrame
    says: str

    def to_json(self) -> dict[str, Any]:
        """accuracy, micro_f1 and macro_f1 at the top, each with value, low and high."""
        rows = self.table.set_index(["system", "measure"])
        ours = {name: rows.loc[("zero-shot", name)].to_dict() for name in MEASURES}
        by_topic = self.by_topic.astype(object).where(self.by_topic.notna(), None)
        return {
            **ours,
            "n": self.n,
            "systems": self.table.to_dict("records"),
            "by_topic": by_topic.to_dict("records"),
            "says": self.says,
        }


def evaluate_product_topics(
    file: Path | None = None, text: str = "text", topics: str = "topics"
) -> ProductTopicsReport:
    """Judge the topics of a CSV file of products, or of our own held-out ones.

    Parameters
    ----------
    text, topics : str
        Columns; several columns of text between commas. Topics stand between semicolons or commas;
        those that are none of ours are left out, and so are products without one of ours.

    Raises
    ------
    BadInput
        If a column is missing or no product has one of our topics.
    """
    table = read_table(file or OWN)
    columns = [name.strip() for name in text.split(",")]
    for column in (*columns, topics):
        if column not in table.columns:
            have = ", ".join(map(str, table.columns))
            raise BadInput(f"There is no column {column!r}; the file has {have}.")
    names = np.array(product_topics.topics())
    given = table[topics].fillna("").str.lower().str.split(r"\s*[;,]\s*", regex=True)
    truth = np.array([np.isin(names, [one.strip() for one in row]) for row in given])
    kept = truth.any(axis=1)
    if file is None:
        kept &= np.arange(len(table)) % 2 == 1
    if not kept.any():
        raise BadInput(
            f"No product in column {topics!r} has one of our topics: {', '.join(names)}."
        )
    texts = table.loc[kept, columns].fillna("").agg(". ".join, axis=1).tolist()
    settings = default()
    chance = product_topics.chances(
        texts, load_encoder(settings), settings.models.zero_shot_temperature
    )
    return _judged(truth[kept], chance, names, settings.models.seed)


def _judged(
    truth: np.ndarray, chance: np.ndarray, names: np.ndarray, seed: int
) -> ProductTopicsReport:
    n = len(truth)
    usual = np.zeros_like(truth)
    usual[:, truth.sum(axis=0).argmax()] = True
    first = np.zeros_like(truth)
    first[np.arange(n), chance.argmax(axis=1)] = True
    systems = {
        "zero-shot": (first, product_topics.named(chance)),
        "most frequent topic": (usual, usual),
    }
    draws = np.random.default_rng(seed).integers(0, n, (N_RESAMPLES, n))
    samples = [np.arange(n), *draws]
    tail = (1 - LEVEL) / 2
    rows = []
    for system, (likeliest, told) in systems.items():
        figures = np.array([_figures(truth[s], likeliest[s], told[s]) for s in samples])
        low, high = np.nanquantile(figures[1:], [tail, 1 - tail], axis=0)
        for measure, value, start, end in zip(MEASURES, figures[0], low, high, strict=True):
            rows.append((system, measure, float(value), float(start), float(end)))
    told = systems["zero-shot"][1]
    right, said, there = (table.sum(axis=0) for table in (truth & told, told, truth))
    by_topic = pd.DataFrame(
        {
            "topic": names,
            "n": there,
            "precision": np.divide(right, said, out=np.full(len(names), np.nan), where=said > 0),
            "recall": np.divide(right, there, out=np.full(len(names), np.nan), where=there > 0),
        }
    )
    says = (
        f"{n:,} products, {int(truth.any(axis=0).sum())} topics; nothing was learned from them; "
        f"{LEVEL:.0%} intervals over {N_RESAMPLES:,} resamples of products"
    )
    columns = ["system", "measure", "value", "low", "high"]
    return ProductTopicsReport(n, pd.DataFrame(rows, columns=columns), by_topic, says)


def _figures(truth: np.ndarray, likeliest: np.ndarray, told: np.ndarray) -> tuple[float, ...]:
    right, said, there = ((table).sum(axis=0) for table in (truth & told, told, truth))
    f1 = np.divide(2 * right, said + there, out=np.full(len(said), np.nan), where=there > 0)
    accuracy = (truth & likeliest).any(axis=1).mean()
    return accuracy, 2 * right.sum() / (said.sum() + there.sum()), float(np.nanmean(f1))
