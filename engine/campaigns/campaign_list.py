"""A campaign and everybody's scores in; who is offered what, and what the limits cost, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity import move_claims
from engine.audit.parity.groups import ATTRIBUTES, group_of
from engine.campaigns import allocation
from engine.campaigns.allocation import Allocation, Limits
from engine.campaigns.arms import CONTACT, HOLD_OUT, NO_CONTACT, arms, detectable
from engine.campaigns.targeting import Resting, Targets, limits, targets
from engine.customers.segments import told
from engine.labels import CREDIT_NOTE
from engine.results import Campaign, CampaignList, Selected
from engine.results.campaigns import FOR_VALUE
from engine.scoring.lists import notices_of
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import CORPORATE


@dataclass(frozen=True, eq=False)
class _Outcome:
    """What each matching customer is offered, and would have been offered, as places among the
    campaign's products; -1 for nothing."""

    arm: np.ndarray
    product: np.ndarray
    best: np.ndarray
    meant: np.ndarray


def campaign_list(
    campaign: Campaign, table: ScoreTable, resting: Resting, base: Selected | None = None
) -> CampaignList:
    """The list of a campaign; `base` has the customers among whom it chooses.

    Raises
    ------
    NotFound or BadInput
        For what `targets` and `limits` refuse.
    """
    rule, bank = table.settings.campaigns, table.bank
    cost = rule.cost_of_contact if campaign.cost is None else campaign.cost
    found = targets(campaign, table, resting, base)
    scarce = limits(campaign, table, found.products, cost)
    ids = bank["customers"]["customer_id"].iloc[found.rows]
    shares = [
        getattr(campaign, name) if getattr(campaign, name) is not None else getattr(rule, name)
        for name in ("hold_out", "no_contact")
    ]
    arm = arms(ids, bank.bank_id, campaign.name, *shares)
    contacted = np.flatnonzero(arm == CONTACT)
    given = allocation.allocate(found.worth[contacted], scarce)
    product = np.full(len(arm), -1)
    product[contacted] = given.product
    meant = np.where(arm == CONTACT, product, allocation.priced(found.worth, scarce, given.prices))
    outcome = _Outcome(arm, product, allocation.wanted(found.worth), meant)
    offered = np.flatnonzero(product >= 0)
    chances = found.chance[offered, product[offered]] if found.propensity is not None else None
    low, takers, high = _takers(chances)
    people = told(table.overview.iloc[found.rows], table.snapshot.profiles.table)
    people = people.reset_index(drop=True)
    history = found.propensity is not None
    n_held = int(((arm == HOLD_OUT) & (meant >= 0)).sum())
    return CampaignList(
        campaign=campaign,
        table=_contacts(table, people, found, product),
        left_out=_left_out(table, people, found, outcome),
        by_product=_by_product(campaign, table, found, scarce, outcome, given),
        limits=_limits(scarce, product, given),
        groups=_groups(table, found, product, arm),
        n_matching=len(found.rows),
        n_may=int((found.worth > 0).any(axis=1).sum()),
        n_held_out=n_held,
        n_left_alone=int(((arm == NO_CONTACT) & (meant >= 0)).sum()),
        takers=takers,
        takers_low=low,
        takers_high=high,
        value=given.value,
        bound=given.bound,
        cost=cost * len(offered),
        detectable=(
            detectable(float(chances.mean()), len(offered), n_held)
            if chances is not None and len(chances)
            else float("nan")
        ),
        basis="propensity" if history else "fit",
        currency=bank.manifest.currency,
        bank=bank.manifest.name,
        model_version=table.version,
        as_of=bank.as_of,
        simulated=bank.manifest.simulated,
        notes=(
            *_notes(campaign, found, given, scarce, resting, table),
            *([f"Chosen among {base.n:,} customers: {base.title}"] if base else []),
            *([base.note] if base and base.note else []),
        ),
    )


def _takers(chances: np.ndarray | None) -> tuple[float, float, float]:
    """Low, expected and high number of takers: a sum of independent chances, normal, 95 %."""
    if chances is None:
        return float("nan"), float("nan"), float("nan")
    expected, spread = chances.sum(), 1.96 * np.sqrt((chances * (1 - chances)).sum())
    return max(0.0, expected - spread), float(expected), min(len(chances), expected + spread)


def _product_names(table: ScoreTable, found: Targets) -> pd.DataFrame:
    return table.bank["products"][["product_id", "name"]].iloc[found.products]


def _contacts(
    table: ScoreTable, people: pd.DataFrame, found: Targets, product: np.ndarray
) -> pd.DataFrame:
    at = np.flatnonzero(product >= 0)
    chosen = product[at]
    order = np.lexsort((people["customer_id"].to_numpy(str)[at], -found.worth[at, chosen]))
    at, chosen = at[order], chosen[order]
    names = _product_names(table, found)
    margin = table.margins[found.products[chosen]]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(at) + 1),
            **{
                name: people[name].to_numpy()[at]
                for name in ("customer_id", "name", "segment", "relationship_manager")
            },
            "product_id": names["product_id"].to_numpy()[chosen],
            "product": names["name"].to_numpy()[chosen],
            "confidence": np.nan if found.confidence is None else found.confidence[at, chosen],
            "fit": found.fit[at, chosen],
            "propensity": np.nan if found.propensity is None else found.propensity[at, chosen],
            "value_if_taken": margin,
            "expected_value": (
                np.nan if found.propensity is None else found.propensity[at, chosen] * margin
            ),
            "last_contact": people["last_contact"].to_numpy()[at],
            "notice": notices_of(table, found.products[chosen]),
        }
    )


def _left_out(
    table: ScoreTable, people: pd.DataFrame, found: Targets, outcome: _Outcome
) -> pd.DataFrame:
    """Who would have been offered something and is not contacted, so that it can be measured."""
    at = np.flatnonzero((outcome.arm != CONTACT) & (outcome.meant >= 0))
    names = _product_names(table, found)
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[at],
            "arm": outcome.arm[at],
            "product_id": names["product_id"].to_numpy()[outcome.meant[at]],
            "product": names["name"].to_numpy()[outcome.meant[at]],
        }
    )


def _by_product(
    campaign: Campaign,
    table: ScoreTable,
    found: Targets,
    scarce: Limits,
    outcome: _Outcome,
    given: Allocation,
) -> pd.DataFrame:
    """What was wanted and what was given, product by product."""
    n = len(found.products)
    contacted = outcome.arm == CONTACT
    best, got = outcome.best[contacted], outcome.product[contacted]
    lost = (best >= 0) & (got != best)

    def count(kept: np.ndarray) -> np.ndarray:
        return np.bincount(best[kept], minlength=n)

    names = _product_names(table, found)
    places = names["product_id"].map(campaign.places).to_numpy(dtype=object)
    prices = np.zeros(n)
    of_products = scarce.use[: len(campaign.places)]
    prices += given.prices[: len(of_products)] @ of_products
    return pd.DataFrame(
        {
            "product_id": names["product_id"].to_numpy(),
            "product": names["name"].to_numpy(),
            "n_may": (found.worth[contacted] > 0).sum(axis=0),
            "n_wanted": count(best >= 0),
            "places": [None if pd.isna(one) else int(one) for one in places],
            "n_offered": np.bincount(got[got >= 0], minlength=n),
            "n_lost": count(lost),
            "n_other": count(lost & (got >= 0)),
            "n_none": count(lost & (got < 0)),
            "next_place": prices,
        }
    )


def _limits(scarce: Limits, product: np.ndarray, given: Allocation) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "limit": scarce.names,
            "capacity": scarce.capacity,
            "used": scarce.used(product),
            "next_one": given.prices,
        }
    )


def _groups(
    table: ScoreTable, found: Targets, product: np.ndarray, arm: np.ndarray
) -> pd.DataFrame:
    """How many of each group get an offer, of those who may be offered something."""
    rule, bank = table.settings.fairness, table.bank
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()[found.rows]
    may = (found.worth > 0).any(axis=1) & person & (arm == CONTACT)
    tables = []
    for attribute in ATTRIBUTES:
        group = group_of(bank, attribute, rule).iloc[found.rows]
        group, got = group[may], pd.Series(product[may] >= 0, index=group.index[may])
        counts = got.groupby(group, observed=True).agg(["size", "sum"])
        share = rates.wilson(counts["sum"], counts["size"], level=rule.confidence_level)
        few = counts["size"].to_numpy() < rule.min_n
        tables.append(
            pd.DataFrame(
                {
                    "attribute": attribute,
                    "group": counts.index.astype("str"),
                    "n_may": counts["size"].to_numpy(),
                    "n_offered": np.where(few, np.nan, counts["sum"]),
                    "rate": np.where(few, np.nan, share.value),
                    "low": np.where(few, np.nan, share.low),
                    "high": np.where(few, np.nan, share.high),
                    "note": np.where(few, f"fewer than {rule.min_n}", ""),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _notes(
    campaign: Campaign,
    found: Targets,
    given: Allocation,
    scarce: Limits,
    resting: Resting,
    table: ScoreTable,
) -> tuple[str, ...]:
    currency = table.bank.manifest.currency
    notes = ["Consent, objections and every rule hold as on a customer's own list"]
    if table.group_prices.by_list:
        notes.append(move_claims.aside().text)
    if table.lends[found.products[given.product[given.product >= 0]]].any():
        notes.append(CREDIT_NOTE)
    history = found.propensity is not None
    if found.n_resting:
        notes.append(f"{resting.note}: {found.n_resting:,}")
    if not history:
        notes.append(
            "No history, so no chance and no expected value is known; the order is by fit, the "
            "percentile of the score" + (", times margin" if campaign.aim == FOR_VALUE else "")
        )
    if history and campaign.aim == FOR_VALUE and "Budget" in scarce.names:
        worth = given.prices[scarce.names.index("Budget")]
        if 0 < worth < 1:
            notes.append(
                f"The last {currency} 1 spent on contacts brings {currency} {worth:.2f} a year: "
                "less than it costs in the first year"
            )
    return tuple(notes)
