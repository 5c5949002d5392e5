"""Lists and who was eligible in, selection rates and gaps by gender, age and income band out."""

from typing import Any

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity.group_counts import any_of, category_gaps, counts, members_of
from engine.audit.parity.groups import NOT_RECORDED, group_of
from engine.bank.bank import Bank
from engine.customers import wording
from engine.errors import BadInput
from engine.results import FairnessReport
from engine.settings import FairnessSettings, Settings
from engine.vocabulary import CORPORATE, GROWTH


def fairness(
    bank: Bank,
    lists: pd.DataFrame,
    eligible: np.ndarray,
    attribute: str,
    settings: Settings,
    *,
    list: str = GROWTH,
    k: int | None = None,
    model_version: str = "",
) -> FairnessReport:
    """Compare who was offered what with who could have been, group by group.

    Parameters
    ----------
    lists : DataFrame
        customer_id, product_id, list, rank: what every customer was offered.
    eligible : ndarray of bool, shape (n_customers, n_products)
        Who may be offered what; an offer counts as eligible even where this says no.
    attribute : str
        One of engine.audit.parity.groups.ATTRIBUTES.
    k : int, optional
        Only the first k offers of each customer; all of them by default.

    Raises
    ------
    BadInput
        For an unknown attribute, or an `eligible` of another shape than the bank.

    Notes
    -----
    A category's gap is the group's share among its recipients minus the group's share among those
    eligible for it (rates.share_gap). It is an alert where at least `min_n` members of the group
    are eligible and at least `min_n` customers receive the category, the gap exceeds `alert_gap`,
    its interval excludes 0, and it survives the control of false discoveries over all judged
    rows.
    """
    if eligible.shape != (bank.n_customers, bank.n_products):
        raise BadInput(
            f"Eligibility has shape {eligible.shape}, the bank has {bank.n_customers} customers "
            f"and {bank.n_products} products. Compute it for this bank."
        )
    rule = settings.fairness
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
    group = group_of(bank, attribute, rule).where(person)
    offered = _offered(bank, lists, list, k)
    overall = _overall(group, offered.any(axis=1), rule)
    table = _by_category(bank, group, offered, eligible | offered, rule)
    alerting = table.loc[table["alert"]].to_dict("records")
    alerts = tuple(_alert(attribute, row, rule) for row in alerting)
    return FairnessReport(
        attribute=attribute,
        list=list,
        overall=overall,
        table=table,
        alerts=alerts,
        sentence=_sentence(attribute, group, table, rule),
        min_n=rule.min_n,
        alert_gap=rule.alert_gap,
        n=int(person.sum()),
        model_version=model_version,
        as_of=bank.as_of,
        notes=_notes(bank, person, attribute),
    )


def _offered(bank: Bank, lists: pd.DataFrame, list: str, k: int | None) -> np.ndarray:
    """Bool of shape (n_customers, n_products)."""
    kept = lists.loc[(lists["list"] == list) & (lists["rank"] <= (np.inf if k is None else k))]
    rows = bank.customer_positions(kept["customer_id"])
    columns = bank.product_positions(kept["product_id"])
    if len(kept) and (rows.min() < 0 or columns.min() < 0):
        raise BadInput("The lists name customers or products that are not in this bank.")
    offered = np.zeros((bank.n_customers, bank.n_products), dtype=bool)
    offered[rows, columns] = True
    return offered


def _overall(group: pd.Series, any_offer: np.ndarray, rule: FairnessSettings) -> pd.DataFrame:
    counts = (
        pd.DataFrame({"group": group, "n_with_offer": any_offer})
        .groupby("group", observed=True)["n_with_offer"]
        .agg(["size", "sum"])
    )
    share = rates.wilson(counts["sum"], counts["size"], level=rule.confidence_level)
    return pd.DataFrame(
        {
            "group": counts.index.astype("str"),
            "n": counts["size"].to_numpy(),
            "n_with_offer": counts["sum"].to_numpy(dtype=int),
            "rate": share.value,
            "low": share.low,
            "high": share.high,
        }
    )


def _by_category(
    bank: Bank,
    group: pd.Series,
    offered: np.ndarray,
    eligible: np.ndarray,
    rule: FairnessSettings,
) -> pd.DataFrame:
    names, category = np.unique(
        bank["products"]["category"].fillna("other").to_numpy(dtype=object), return_inverse=True
    )
    groups, members = _members(group)
    recipients = counts(any_of(offered, category, len(names)), members).astype(int)
    could = counts(any_of(eligible, category, len(names)), members).astype(int)
    gap, judged = category_gaps(recipients, could, recipients.sum(axis=1), could.sum(axis=1), rule)
    all_recipients = np.repeat(recipients.sum(axis=1), len(groups))
    all_eligible = np.repeat(could.sum(axis=1), len(groups))
    n_recipients, n_eligible = recipients.ravel(), could.ravel()
    q_value = rates.benjamini_hochberg(np.where(judged, gap.p_value, np.nan))
    table = pd.DataFrame(
        {
            "category": np.repeat(names.astype(str), len(groups)),
            "group": np.tile(groups, len(names)),
            "n_eligible": n_eligible,
            "n_recipients": n_recipients,
            "share_of_recipients": rates.rate(n_recipients, all_recipients),
            "share_of_eligible": rates.rate(n_eligible, all_eligible),
            "gap": gap.value,
            "low": gap.low,
            "high": gap.high,
            "p_value": gap.p_value,
            "q_value": q_value,
            "alert": judged
            & (np.abs(gap.value) > rule.alert_gap + 1e-12)
            & ((gap.low > 0) | (gap.high < 0))
            & (q_value <= 1 - rule.confidence_level),
            "judged": judged,
            "note": np.select(
                [all_recipients == 0, n_eligible < rule.min_n, all_recipients < rule.min_n],
                ["offered to nobody", "too few to judge", "offered to too few to judge"],
                "",
            ),
        }
    )
    return table.loc[all_eligible > 0].reset_index(drop=True)


def _members(group: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Names of the groups that have members, and membership of shape (n_customers, n_groups)."""
    present = group.cat.remove_unused_categories()
    names = present.cat.categories.to_numpy(dtype=str)
    return names, members_of(present.cat.codes.to_numpy(), len(names))


def _alert(attribute: str, row: dict[str, Any], rule: FairnessSettings) -> str:
    points = abs(row["gap"]) * 100
    ends = sorted((abs(row["low"]) * 100, abs(row["high"]) * 100))
    return (
        f"{row['category']}: customers with {attribute} “{row['group']}” are "
        f"{wording.percent(row['share_of_recipients'])} of those offered it and "
        f"{wording.percent(row['share_of_eligible'])} of those who could be, {points:.0f} points "
        f"{'more' if row['gap'] > 0 else 'fewer'} "
        f"({wording.percent(rule.confidence_level)} interval {ends[0]:.0f} to {ends[1]:.0f} "
        f"points, {row['n_recipients']:,} offered of {row['n_eligible']:,} eligible in this group)."
    )


def _sentence(attribute: str, group: pd.Series, table: pd.DataFrame, rule: FairnessSettings) -> str:
    recorded = group.dropna()
    if recorded.empty or (recorded == NOT_RECORDED).all():
        return f"The {attribute} of no customer is recorded, so nothing can be compared."
    n_judged, n_alerts = int(table["judged"].sum()), int(table["alert"].sum())
    n_few = len(table) - n_judged
    left = f" {n_few:,} more have too few customers to judge." if n_few else ""
    if not n_judged:
        return (
            f"No group is large enough to judge: that takes {rule.min_n} eligible customers in "
            f"the group and {rule.min_n} who are offered the category."
        )
    bar = f"more than {rule.alert_gap * 100:.0f} points"
    compared = f"of {n_judged:,} comparisons of a category and a group"
    if n_alerts:
        differ = "one differs" if n_alerts == 1 else f"{n_alerts:,} differ"
        return f"Look closer: {compared}, {differ} by {bar} from who is eligible.{left}"
    return f"No alert: {compared}, none differs by {bar} from who is eligible.{left}"


def _notes(bank: Bank, person: np.ndarray, attribute: str) -> tuple[str, ...]:
    notes = [
        "A gap is a difference from who is eligible, not a verdict: eligibility itself may "
        "differ between groups."
    ]
    if n_left := int((~person).sum()):
        notes.append(f"{n_left:,} corporate customers are not persons and are left out.")
    if attribute == "income band":
        notes.append(
            "Income may shape an offer through eligibility and affordability; "
            "this table shows how much."
        )
    if bank.manifest.simulated:
        notes.append("Simulated bank: these figures describe generated customers.")
    return tuple(notes)
