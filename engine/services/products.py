"""A bank's products and what is looked for in them in; those that match, or one in full, out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.explain.product_facts import product_facts
from engine.figures import figure
from engine.guard.eligibility import LIMITS
from engine.models import product_topics
from engine.models.sentiment import sentiment_words
from engine.results import ProductSheet
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import LIST_SEPARATOR, PRODUCT_SCORES

SEARCHED: Final = ("product_id", "name", "category", "description", "features")
"""Columns that may be searched for a text, each on its own."""
SHOWN: Final = ("product_id", "name", "category", "tier", "item_type", "audience", "description")


class Products:
    """The products of a bank."""

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots

    def table(self, contains: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Products in which every column that is searched holds its text, by name.

        Parameters
        ----------
        contains : mapping, optional
            Column of SEARCHED -> text, whatever the case; an empty text asks for nothing.

        Returns
        -------
        DataFrame
            product_id, name, category, tier, item_type, audience, description, n_holders (NaN
            where the bank records no holdings).

        Raises
        ------
        BadInput
            If a column cannot be searched.
        """
        bank = self._snapshots.current().bank
        table = bank["products"]
        kept = np.ones(len(table), dtype=bool)
        for column, text in (contains or {}).items():
            if column not in SEARCHED:
                raise BadInput(
                    f"The column {column!r} cannot be searched; expected {', '.join(SEARCHED)}."
                )
            if wanted := text.strip():
                holds = table[column].str.contains(wanted, case=False, regex=False, na=False)
                kept &= holds.to_numpy(dtype=bool)
        shown = table[list(SHOWN)].assign(n_holders=_holders(bank))
        return shown.loc[kept].sort_values(["name", "product_id"], ignore_index=True)

    def topics(self, product_id: str) -> tuple[str, ...]:
        """Topics that a product is about, the likeliest first, by the meaning of its text.

        Nothing scores or is offered by them. NotFound for an unknown id.
        """
        snapshot = self._snapshots.current()
        products = snapshot.bank["products"]
        row = products.iloc[snapshot.bank.product_position(product_id)]
        text = ". ".join(filter(None, (_text(row[c]) for c in ("name", "description", "features"))))
        if not text:
            return ()
        temperature = snapshot.settings.models.zero_shot_temperature
        chance = product_topics.chances([text], self._snapshots.encoder, temperature)
        names, shown = product_topics.topics(), product_topics.named(chance)[0]
        return tuple(names[i] for i in np.argsort(-chance[0], kind="stable") if shown[i])

    def of(self, product_id: str) -> ProductSheet:
        """Everything about one product; NotFound for an unknown id."""
        snapshot = self._snapshots.current()
        bank = snapshot.bank
        position = bank.product_position(product_id)
        row = bank["products"].iloc[position]
        holders = _holders(bank)[position]
        known = not np.isnan(holders)
        market = snapshot.rulebook.market(position)
        n_audience = int((bank["customers"]["audience"] == row["audience"]).sum())
        return ProductSheet(
            **{column: _text(row[column]) for column in SHOWN},
            features=_items(row["features"]),
            conditions=_conditions(row),
            meant_for=market.includes,
            not_for=market.excludes,
            terms=product_facts(row.to_dict(), bank.manifest.currency),
            n_holders=int(holders) if known else None,
            share=holders / n_audience if known and n_audience else None,
            scores={name: float(row[name]) for name in PRODUCT_SCORES if not pd.isna(row[name])},
            scores_estimated=not pd.isna(row["scores_estimated"]) and bool(row["scores_estimated"]),
            **self._tone(_text(row["description"]), snapshot.settings),
        )

    def _tone(self, description: str, settings: Settings) -> dict[str, Any]:
        """How the text sounds to the model that reads messages; nothing where there is no text."""
        if not description.strip():
            return {}
        model = self._snapshots.texts.sentiment
        score = model.score([description])
        word = str(sentiment_words(score, settings)[0])
        return {"tone": float(score[0]), "tone_word": word, "tone_by": model.name}


def _holders(bank: Bank) -> np.ndarray:
    """Customers who hold each product, shape (n_products,); NaN where nobody's are recorded."""
    if bank["holdings"].empty:
        return np.full(bank.n_products, np.nan)
    return bank.held.sum(axis=0).astype(float)


def _conditions(row: pd.Series) -> tuple[str, ...]:
    """The bank's own words first, then every bound that the guard checks."""
    asked = (limit.needs.format(figure(row[limit.column])) for limit in LIMITS if _asks(row, limit))
    said = (_text(row["eligibility"]), *(text[:1].upper() + text[1:] for text in asked))
    needed = LIST_SEPARATOR.join(_items(row["requires"]))
    return tuple(text for text in (*said, f"Only for: {needed}" if needed else "") if text)


def _asks(row: pd.Series, limit: Any) -> bool:
    return not pd.isna(row[limit.column]) and row[limit.column] > 0


def _items(text: Any) -> tuple[str, ...]:
    return tuple(item.strip() for item in _text(text).split(LIST_SEPARATOR.strip()) if item.strip())


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
