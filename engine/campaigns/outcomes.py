"""A campaign that has begun in; what each of its arms took since, and how sure that is, out.

Everybody of an arm counts, also who got no place: only so are the arms alike but for the contact.
"""

import math

import numpy as np
import pandas as pd

from engine import rates
from engine.campaigns.arms import ARMS, CONTACT, arms, found_from
from engine.campaigns.targeting import matching_rows
from engine.figures import day
from engine.results import Campaign, CampaignOutcome, Selected
from engine.scoring.score_table import ScoreTable


def outcome(
    campaign: Campaign, table: ScoreTable, base: Selected | None, shares: tuple[float, float]
) -> CampaignOutcome:
    """What was taken from the campaign's day on, by arm, of holdings and recorded purchases.

    Parameters
    ----------
    shares : tuple of float
        Held out and left alone.
    """
    bank, since = table.bank, pd.Timestamp(campaign.since)
    holdings = bank["holdings"]
    product_ids = campaign.products or tuple(bank.product_ids)
    of_it = holdings["product_id"].isin(product_ids).to_numpy()
    later = (holdings["opened_on"] >= since).to_numpy()
    rows = matching_rows(campaign, table, base)
    joined = bank["customers"]["joined_on"].iloc[rows]
    rows = rows[~(joined >= since).to_numpy()]
    ids = bank["customers"]["customer_id"].iloc[rows]
    arm = arms(ids, bank.bank_id, campaign.name, *shares)
    took = ids.isin(holdings.loc[of_it & later, "customer_id"]).to_numpy()
    n = np.array([(arm == one).sum() for one in ARMS])
    taken = np.array([(took & (arm == one)).sum() for one in ARMS])
    share = rates.wilson(taken, n)
    until = max(bank.as_of, bank["events"]["recorded_at"].max(), holdings["opened_on"].max())
    undated = int((of_it & holdings["opened_on"].isna().to_numpy()).sum())
    return CampaignOutcome(
        campaign=campaign.name,
        since=since,
        until=until,
        arms=pd.DataFrame(
            {
                "arm": ARMS,
                "n": n,
                "taken": taken,
                "rate": share.value,
                "low": share.low,
                "high": share.high,
            }
        )
        .loc[n > 0]
        .reset_index(drop=True),
        differences=_differences(n, taken, campaign.difference),
        notes=_notes(since, until, undated, campaign),
    )


def _differences(n: np.ndarray, taken: np.ndarray, promised: float | None) -> pd.DataFrame:
    """Contacted less each of the other arms that has anybody."""
    first = ARMS.index(CONTACT)
    others = [i for i in range(len(ARMS)) if i != first and n[i] and n[first]]
    found = rates.newcombe(taken[first], n[first], taken[others], n[others])
    return pd.DataFrame(
        {
            "against": [ARMS[i] for i in others],
            "difference": found.value,
            "low": found.low,
            "high": found.high,
            "n_more": [_more(n[first], n[i], taken[i], promised) for i in others],
        }
    )


def _more(n_contact: int, n_other: int, taken: int, promised: float | None) -> float:
    """How many more of the smaller arm, and the other in proportion, show a promised difference.

    The normal approximation for two rates (Fleiss, Levin and Paik 2003, 4.3), with the other
    arm's rate as it was seen; NaN where nothing was promised, or more than everybody.
    """
    rate = taken / n_other
    if not promised or not 0 <= rate + promised <= 1:
        return math.nan
    with_it = rate + promised
    spread = with_it * (1 - with_it) * n_other / n_contact + rate * (1 - rate)
    return float(max(0, math.ceil(found_from() ** 2 * spread / promised**2) - n_other))


def _notes(
    since: pd.Timestamp, until: pd.Timestamp, undated: int, campaign: Campaign
) -> tuple[str, ...]:
    notes = ["Everybody of an arm counts, also who got no place; who joined later does not"]
    if campaign.filters or campaign.base:
        notes.append("Filters and selection are read as they hold today, not as they held then")
    if until < since:
        notes.append(f"Nothing is on record after {day(since)} yet: the data end on {day(until)}")
    if undated:
        notes.append(f"{undated:,} holdings of these products have no day and count for no arm")
    return tuple(notes)
