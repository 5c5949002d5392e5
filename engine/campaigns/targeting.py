"""A campaign and everybody's scores in; who matches, what may be offered to them and for how much.

What the guard forbids, what is under the least confidence and what never goes together is worth 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.campaigns.allocation import Limits
from engine.errors import BadInput
from engine.results import Campaign, Selected
from engine.results.campaigns import AIMS, FOR_VALUE
from engine.scoring.score_table import ScoreTable

FILTERS = ("audience", "segment", "relationship_manager", "churn_band", "value_band")
"""Columns of the customer list that a campaign may be narrowed by."""


@dataclass(frozen=True, eq=False)
class Resting:
    """Whom a campaign leaves alone because of what was done lately.

    Attributes
    ----------
    customers : ndarray of bool, shape (n_customers,)
        Contacted as often as the bank's limit allows.
    quiet : tuple of two ndarrays of int
        Customers and products: what they answered or spoke of lately.
    note : str
        The rule in words.
    """

    customers: np.ndarray
    quiet: tuple[np.ndarray, np.ndarray]
    note: str


@dataclass(frozen=True, eq=False)
class Targets:
    """What a campaign could offer.

    Attributes
    ----------
    rows : ndarray of int, shape (n_matching,)
        Customers whom the filters leave.
    products : ndarray of int, shape (n_chosen,)
        Positions of the campaign's products.
    confidence, propensity : ndarray of float64, shape (n_matching, n_chosen), or None
        None without history.
    fit : ndarray of float64, same shape
    worth : ndarray of float64, same shape
        What an offer adds to the campaign's aim; 0 where it may not be made.
    n_resting : int
        Matching customers who are left alone because of what was done lately.
    """

    rows: np.ndarray
    products: np.ndarray
    confidence: np.ndarray | None
    propensity: np.ndarray | None
    fit: np.ndarray
    worth: np.ndarray
    n_resting: int

    @property
    def chance(self) -> np.ndarray:
        """Propensity, or fit in its place."""
        return self.fit if self.propensity is None else self.propensity


def targets(
    campaign: Campaign, table: ScoreTable, resting: Resting, base: Selected | None = None
) -> Targets:
    """Whom a campaign could offer what; `base` has the customers among whom it chooses.

    Raises
    ------
    NotFound or BadInput
        For an unknown product; for a field that is out of range or a filter that is none.
    """
    _check(campaign)
    bank, pairs = table.bank, table.pairs
    chosen = campaign.products or tuple(bank.product_ids)
    products = np.array([bank.product_position(one) for one in dict.fromkeys(chosen)], dtype=int)
    rows = matching_rows(campaign, table, base)
    kept = pairs.take(rows)
    everybody, shape = np.arange(len(rows))[:, None], (len(rows), len(products))
    confidence = kept.confidence(everybody, products[None, :])
    calibration = table.ranker.model.calibration
    propensity = calibration.propensity_of(confidence)
    fit = kept.fit(everybody, products[None, :]).reshape(shape)
    chance = fit if propensity is None else propensity
    margin = np.nan_to_num(table.margins[products], nan=0.0)
    worth = chance * (margin if campaign.aim == FOR_VALUE else 1.0)
    sure = fit if confidence is None else confidence
    may = (kept.codes[:, products] == 0) & (sure >= campaign.minimum)
    if (apart := table.not_first(rows, kept.allowed)) is not None:
        may &= ~apart[:, products]
    may &= ~_held_beside(campaign, table, rows, products)
    quiet = np.zeros((bank.n_customers, bank.n_products), dtype=bool)
    quiet[resting.quiet] = True
    may &= ~quiet[np.ix_(rows, products)] & ~resting.customers[rows][:, None]
    values = np.where(may & (worth > 0), worth, 0.0)
    n_resting = int(resting.customers[rows].sum())
    return Targets(rows, products, confidence, propensity, fit, values, n_resting)


def matching_rows(campaign: Campaign, table: ScoreTable, base: Selected | None) -> np.ndarray:
    """Places of the customers whom the filters leave."""
    matching = _matching(campaign.filters, table.overview)
    if base is not None:
        matching &= table.overview["customer_id"].isin(base.customer_ids).to_numpy()
    return np.flatnonzero(matching)


def limits(campaign: Campaign, table: ScoreTable, products: np.ndarray, cost: float) -> Limits:
    """What is scarce in a campaign, in the order of its products, then all offers, then money."""
    bank = table.bank
    place = {one: at for at, one in enumerate(products.tolist())}
    names, capacity, use = [], [], []
    for product_id, most in campaign.places.items():
        position = bank.product_position(product_id)
        if position not in place:
            raise BadInput(
                f"places names {product_id!r}, which is not among the campaign's products."
            )
        names.append(str(bank["products"]["name"].iloc[position]))
        capacity.append(float(most))
        use.append(np.eye(len(products))[place[position]])
    if campaign.most is not None:
        names.append("Offers in all")
        capacity.append(float(campaign.most))
        use.append(np.ones(len(products)))
    if campaign.budget is not None and cost > 0:
        names.append("Budget")
        capacity.append(campaign.budget)
        use.append(np.full(len(products), cost))
    return Limits(
        tuple(names), np.array(capacity), np.array(use).reshape(len(names), len(products))
    )


def _check(campaign: Campaign) -> None:
    if not campaign.name.strip():
        raise BadInput("The campaign has no name; give it one, since it decides who is held out.")
    if campaign.aim not in AIMS:
        raise BadInput(f"Got the aim {campaign.aim!r}; expected {' or '.join(AIMS)}.")
    if unknown := sorted(set(campaign.filters) - set(FILTERS)):
        raise BadInput(f"Got the filter {unknown[0]!r}; expected {', '.join(FILTERS)}.")
    shares = {
        "minimum": campaign.minimum,
        "hold_out": campaign.hold_out,
        "no_contact": campaign.no_contact,
        "difference": campaign.difference,
    }
    for name, share in shares.items():
        if share is not None and not 0 <= share < 1:
            raise BadInput(f"Got {share} as {name}; expected at least 0 and less than 1.")
    amounts: Mapping[str, float | None] = {
        "most": campaign.most,
        "budget": campaign.budget,
        "cost": campaign.cost,
        **{f"places of {name}": most for name, most in campaign.places.items()},
    }
    for name, amount in amounts.items():
        if amount is not None and not (np.isfinite(amount) and amount >= 0):
            raise BadInput(f"Got {amount} as {name}; expected 0 or more.")


def _matching(filters: Mapping[str, str], people: pd.DataFrame) -> np.ndarray:
    kept = np.ones(len(people), dtype=bool)
    for column, value in filters.items():
        texts = people[column].astype("str")
        if value not in set(texts):
            known = ", ".join(sorted(set(texts))[:10])
            raise BadInput(f"No customer has {column} {value!r}; there are {known}.")
        kept &= (texts == value).to_numpy()
    return kept


def _held_beside(
    campaign: Campaign, table: ScoreTable, rows: np.ndarray, products: np.ndarray
) -> np.ndarray:
    """Where a customer holds what a product is never offered with."""
    bank = table.bank
    barred = np.zeros((len(rows), len(products)), dtype=bool)
    for pair in campaign.never_with:
        one, other = (bank.product_position(name) for name in pair)
        for offered, holds in ((one, other), (other, one)):
            barred[:, products == offered] |= bank.held[rows, holds][:, None]
    return barred
