"""Who must and must not get which product, and settings in; which of that holds under them, out."""

import dataclasses
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.claims import Claim, kind
from engine.guard.verdicts import Rulebook
from engine.ranking.ranker import Ranker
from engine.scoring.customer_scores import customer_scores
from engine.scoring.score_table import ScoreTable
from engine.settings import Settings

__all__ = ["Claim", "checked", "standing", "under"]

GET: Final = "get"
NOT_GET: Final = "not get"
REMOVED: Final = "removed"
_KEY: Final = ["customer_id", "list", "product_id"]


@kind
def persona(customer_id: str, product: str, which: str, must: str, place: int, k: int) -> str:
    """What a test asks for, and where the product stands; `place` is 0 where it is not listed."""
    stands = f"it stands in place {place}" if place else "it is not there"
    return (
        f"{customer_id} must {must} {product} among the first {k} of the {which} list, and {stands}"
    )


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """The last word on each customer, list and product, without what was removed."""
    last = rows.dropna(subset=["product_id"]).drop_duplicates(_KEY, keep="last")
    return last[last["must"] != REMOVED].reset_index(drop=True)


def under(table: ScoreTable, settings: Settings) -> ScoreTable:
    """The same customers, version and moment under other settings; scores nobody yet."""
    snapshot = table.snapshot
    signals = dataclasses.replace(snapshot.signals, settings=settings)
    changed = dataclasses.replace(
        snapshot,
        signals=signals,
        rulebook=Rulebook(snapshot.bank, snapshot.profiles, settings),
        ranker=Ranker(signals, table.ranker.model),
    )
    return ScoreTable(changed, table.now)


def checked(table: ScoreTable, tests: pd.DataFrame, k: int) -> pd.DataFrame:
    """Tests with what came of them.

    Parameters
    ----------
    tests : DataFrame
        customer_id, list, product_id, must; as `standing` gives them.
    k : int
        Places that count.

    Returns
    -------
    DataFrame
        The same with product (its name), place (0 where it is not listed), holds and says; without
        customers and products that are in the bank no more.
    """
    bank = table.bank
    rows, products = (
        bank.customer_positions(tests["customer_id"]),
        bank.product_positions(tests["product_id"]),
    )
    there = (np.asarray(rows) >= 0) & (np.asarray(products) >= 0)
    kept = tests[there].reset_index(drop=True)
    names = bank["products"]["name"].to_numpy(dtype=object)
    places, said = [], []
    for test, row, product in zip(
        kept.to_dict("records"), rows[there], products[there], strict=True
    ):
        listed = customer_scores(table, int(row), test["list"], k).positions.tolist()
        place = listed.index(product) + 1 if product in listed else 0
        places.append(place)
        claim = persona(
            customer_id=test["customer_id"],
            product=str(names[product]),
            which=test["list"],
            must=test["must"],
            place=place,
            k=k,
        )
        said.append(f"{claim.text}.")
    found = np.array(places, dtype=int)
    holds = np.where(kept["must"] == GET, found > 0, found == 0).astype(bool)
    return kept.assign(product=names[products[there]], place=found, holds=holds, says=said)
