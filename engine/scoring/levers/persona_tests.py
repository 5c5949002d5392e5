"""Who must and must not get which product, and settings in; which of that holds under them, out."""

import dataclasses
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers.claims import Claim, kind
from engine.guard.verdicts import Rulebook
from engine.ranking.ranker import Ranker
from engine.scoring.customer_scores import customer_scores
from engine.scoring.score_table import ScoreTable
from engine.settings import Settings
from engine.vocabulary import MARKETING, PERSONALISATION

__all__ = ["Claim", "checked", "silent", "skipped", "standing", "under"]

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


@kind
def gone(customer_id: str, product: str, which: str, must: str, missing: str) -> str:
    """What a test asks for of a customer or product that left the bank; `missing` is which."""
    return (
        f"{customer_id} must {must} {product} on the {which} list, and the {missing} is no longer "
        "in the bank: remove the test or ask for something else"
    )


@kind
def skipped(customers: tuple[str, ...]) -> str:
    """Whose tests are not asked, since nothing that sells may be offered to them."""
    return (
        "Not asked of customers who object to personal offers, or have not agreed to them: "
        + ", ".join(customers)
    )


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """The last word on each customer, list and product, without what was removed."""
    last = rows.dropna(subset=["product_id"]).drop_duplicates(_KEY, keep="last")
    return last[last["must"] != REMOVED].reset_index(drop=True)


def silent(table: ScoreTable, tests: pd.DataFrame) -> np.ndarray:
    """Bool, one a test: may its customer be offered nothing that sells, whatever the settings?"""
    consents, rows = table.snapshot.consents, table.bank.customer_positions(tests["customer_id"])
    may = [consents[f"{purpose}_allowed"].to_numpy(dtype=bool)
           for purpose in (PERSONALISATION, MARKETING)]  # fmt: skip
    return (rows >= 0) & ~np.logical_and(*may)[rows]


def under(table: ScoreTable, settings: Settings) -> ScoreTable:
    """The same customers, version and moment under other settings, whatever experiment runs; scores
    nobody yet."""
    snapshot = table.snapshot
    signals = dataclasses.replace(snapshot.signals, settings=settings)
    changed = dataclasses.replace(
        snapshot,
        signals=signals,
        rulebook=Rulebook(snapshot.bank, snapshot.profiles, settings),
        ranker=Ranker(signals, table.ranker.model),
        choices=dataclasses.replace(snapshot.choices, arms=None),
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
        The same with product (its name; its id where it left the bank), place (0 where it is not
        listed), in_bank (are both still there?), holds (never where not) and says.
    """
    bank = table.bank
    rows = np.asarray(bank.customer_positions(tests["customer_id"]))
    products = np.asarray(bank.product_positions(tests["product_id"]))
    names = bank["products"]["name"].to_numpy(dtype=object)
    told = [
        _told(table, test, int(row), int(product), names, k)
        for test, row, product in zip(tests.to_dict("records"), rows, products, strict=True)
    ]
    found = pd.DataFrame(told, columns=["product", "place", "says"], index=tests.index)
    there = (rows >= 0) & (products >= 0)
    listed = found["place"].to_numpy(dtype=int) > 0
    holds = there & (listed == (tests["must"] == GET).to_numpy(dtype=bool))
    return tests.assign(
        product=found["product"],
        place=found["place"].astype(int),
        in_bank=there,
        holds=holds,
        says=found["says"],
    ).reset_index(drop=True)


def _told(
    table: ScoreTable, test: dict[str, Any], row: int, product: int, names: np.ndarray, k: int
) -> tuple[str, int, str]:
    """Name of the product, its place, and what is said of it."""
    name = str(names[product]) if product >= 0 else str(test["product_id"])
    said = {
        "customer_id": str(test["customer_id"]),
        "product": name,
        "which": str(test["list"]),
        "must": str(test["must"]),
    }
    if row < 0 or product < 0:
        missing = "product" if row >= 0 else "customer"
        return name, 0, f"{gone(missing=missing, **said).text}."
    listed = customer_scores(table, row, said["which"], k).positions.tolist()
    place = listed.index(product) + 1 if product in listed else 0
    return name, place, f"{persona(place=place, k=k, **said).text}."
