"""Lists in; what each group is shown, measure by measure, beside everybody else, out."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity.group_counts import members_of
from engine.bank.bank import Bank
from engine.figures import percent
from engine.settings import FairnessSettings

SHARE: Final = "share"
MONEY: Final = "money"

ANY_OFFER: Final = "gets any offer"
FIRST_BENEFIT: Final = "first offer saves or invests"
FIRST_BURDEN: Final = "first offer is credit"
BENEFIT_EXPOSURE: Final = "attention on saving and investing"
BURDEN_EXPOSURE: Final = "attention on credit"
FIRST_CONFIDENCE: Final = "confidence of the first offer"
FIRST_VALUE: Final = "value of the first offer if taken"

UNITS: Final = {
    ANY_OFFER: SHARE,
    FIRST_BENEFIT: SHARE,
    FIRST_BURDEN: SHARE,
    BENEFIT_EXPOSURE: SHARE,
    BURDEN_EXPOSURE: SHARE,
    FIRST_CONFIDENCE: SHARE,
    FIRST_VALUE: MONEY,
}
"""Measure -> its unit; shares are 0-1, money is in the bank's currency a year."""
RATES: Final = (ANY_OFFER, FIRST_BENEFIT, FIRST_BURDEN)
"""Measures that are yes or no for each customer."""
_WANTED: Final = (ANY_OFFER, FIRST_BENEFIT)
"""Rates of which a group would rather have more."""
FOUR_FIFTHS: Final = 0.8
"""Of the highest group's rate; US Uniform Guidelines on Employee Selection Procedures (1978), 29
CFR 1607.4 D: a figure to screen by, never a pass."""


def measured(
    bank: Bank, lists: pd.DataFrame, k: int, rule: FairnessSettings
) -> dict[str, np.ndarray]:
    """What each customer's list shows.

    Parameters
    ----------
    lists : DataFrame
        customer_id, product_id, rank, confidence, value_if_taken: of one kind.
    k : int
        The places that count; an offer at rank r has 1 / log2(r + 1) of the attention.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_customers,)
        Measure -> figure; NaN where a customer has none.

    Notes
    -----
    Attention is the weight of the offers of a kind over the weight of all k places. The discount is
    that of DCG (Järvelin and Kekäläinen, ACM TOIS 20, 2002), as in exposure by A. Singh and T.
    Joachims (KDD 2018).
    """
    lists = lists.loc[lists["rank"] <= k]
    rows = bank.customer_positions(lists["customer_id"])
    category = bank["products"]["category"].to_numpy(dtype=object)
    category = category[bank.product_positions(lists["product_id"])]
    rank = lists["rank"].to_numpy()
    weight = 1 / np.log2(rank + 1) / (1 / np.log2(np.arange(k) + 2)).sum()
    first = rank == 1
    listed = np.zeros(bank.n_customers, dtype=bool)
    listed[rows] = True

    def of_first(figures: np.ndarray) -> np.ndarray:
        found = np.full(bank.n_customers, np.nan)
        found[rows[first]] = figures[first]
        return found

    def attention(kind: np.ndarray) -> np.ndarray:
        sums = np.bincount(rows[kind], weight[kind], minlength=bank.n_customers)
        return np.where(listed, sums, np.nan)

    benefit, burden = (np.isin(category, names) for names in (rule.benefits, rule.burdens))
    return {
        ANY_OFFER: listed.astype(float),
        FIRST_BENEFIT: of_first(benefit.astype(float)),
        FIRST_BURDEN: of_first(burden.astype(float)),
        BENEFIT_EXPOSURE: attention(benefit),
        BURDEN_EXPOSURE: attention(burden),
        FIRST_CONFIDENCE: of_first(lists["confidence"].to_numpy(dtype=float)),
        FIRST_VALUE: of_first(lists["value_if_taken"].to_numpy(dtype=float)),
    }


def compared(
    measures: Mapping[str, np.ndarray],
    group: pd.Series,
    rule: FairnessSettings,
    units: Mapping[str, str] = UNITS,
    yes_or_no: Collection[str] = RATES,
) -> pd.DataFrame:
    """Each group beside everybody else, measure by measure.

    Parameters
    ----------
    group : Series of category
        Of every customer; missing is nobody of interest and counts nowhere.
    units : mapping of str to str
        Measure -> unit, in the order of the table.
    yes_or_no : collection of str
        Measures that are yes or no for each customer.

    Returns
    -------
    DataFrame
        measure, unit, group, n, value, low, high, difference, difference_low, difference_high,
        ratio, ratio_low, ratio_high, p_value, q_value, differs, below_four_fifths, note. A group
        of fewer than `min_n` with the measure, or that is everybody, has its n alone.

    Notes
    -----
    Difference and ratio are to everybody else; `differs` after control of false discoveries over
    all comparisons of the table (Benjamini and Hochberg, 1995).
    """
    present = group.cat.remove_unused_categories()
    names = present.cat.categories.to_numpy(dtype=str)
    members = members_of(present.cat.codes.to_numpy(), len(names)).astype(float)
    parts = [
        _one(name, unit, measures[name], members, names, rule, name in yes_or_no)
        for name, unit in units.items()
        if np.isfinite(measures[name]).any()
    ]
    if not parts:
        name, unit = next(iter(units.items()))
        return _one(name, unit, measures[name], members, names, rule, True).iloc[:0]
    table = pd.concat(parts, ignore_index=True)
    table["q_value"] = rates.benjamini_hochberg(table["p_value"])
    table["differs"] = table["q_value"] <= 1 - rule.confidence_level
    return table


def sentence(table: pd.DataFrame, rule: FairnessSettings) -> str:
    """How many comparisons there are, how many differ beyond chance, and the largest of them."""
    judged = table.loc[table["difference"].notna()]
    if judged.empty:
        least = f"that takes {rule.min_n} customers in it and as many outside"
        return f"No group can be compared: {least}."
    comparisons = "comparison" if len(judged) == 1 else "comparisons"
    counted = f"{len(judged):,} {comparisons} of a group and a measure"
    differ = judged.loc[judged["differs"]]
    if differ.empty:
        return f"Of {counted} none differs from everybody else beyond chance."
    shares = differ.loc[differ["unit"] == SHARE]
    said = (
        f"Of {counted} {len(differ):,} {'differs' if len(differ) == 1 else 'differ'} beyond chance"
    )
    if shares.empty:
        return f"{said}."
    row = shares.loc[shares["difference"].abs().idxmax()]
    points = 100 * abs(row["difference"])
    return (
        f"{said}; the largest share: {row['measure']}, {row['group']} {percent(row['value'])}, "
        f"{points:.0f} points {'more' if row['difference'] > 0 else 'less'} than everybody else."
    )


def notes(bank: Bank, table: pd.DataFrame, rule: FairnessSettings) -> tuple[str, ...]:
    """What to know when a comparison is read."""
    said = [
        "A difference is no verdict: groups may differ in what they may be offered and in what "
        "they need.",
        f"Saving and investing: {', '.join(rule.benefits)}. Credit: {', '.join(rule.burdens)}.",
    ]
    if table["below_four_fifths"].any():
        said.append(
            "Below four fifths of the highest group is a figure to screen by; passing it is no "
            "proof of fairness."
        )
    if bank.manifest.simulated:
        said.append("Simulated bank: these figures describe generated customers.")
    return tuple(said)


def _one(
    name: str,
    unit: str,
    values: np.ndarray,
    members: np.ndarray,
    names: np.ndarray,
    rule: FairnessSettings,
    is_rate: bool,
) -> pd.DataFrame:
    known = np.isfinite(values)
    kept, inside = values[known], members[known]
    inside = inside[inside.any(axis=1)] if len(inside) else inside
    kept = kept[members[known].any(axis=1)] if len(kept) else kept
    n, total, squares = inside.sum(axis=0), kept @ inside, (kept**2) @ inside
    other_n = n.sum() - n
    mine = _moments(n, total, squares)
    rest = _moments(other_n, total.sum() - total, squares.sum() - squares)
    level = rule.confidence_level
    judged = (n >= rule.min_n) & (other_n >= rule.min_n)
    if is_rate:
        value = rates.wilson(total, n, level=level)
        gap = rates.newcombe(total, n, total.sum() - total, other_n, level=level)
        p_value = rates.two_proportion_p(total, n, total.sum() - total, other_n)
    else:
        nothing = np.zeros_like(n), np.zeros_like(n), np.full_like(n, np.inf)
        value = rates.welch(*mine, n, *nothing, level=level)
        gap = rates.welch(*mine, n, *rest, other_n, level=level)
        p_value = gap.p_value
    ratio = rates.ratio_of_means(*mine, n, *rest, other_n, level=level)
    shown = {
        "value": value.value, "low": value.low, "high": value.high,
        "difference": gap.value, "difference_low": gap.low, "difference_high": gap.high,
        "ratio": ratio.value, "ratio_low": ratio.low, "ratio_high": ratio.high, "p_value": p_value,
    }  # fmt: skip
    highest = np.max(value.value, where=judged & np.isfinite(value.value), initial=-np.inf)
    few = np.where(n < rule.min_n, "too few to judge", "nobody else to compare with")
    return pd.DataFrame(
        {
            "measure": name,
            "unit": unit,
            "group": names,
            "n": n.astype(int),
            **{column: np.where(judged, figures, np.nan) for column, figures in shown.items()},
            "below_four_fifths": (name in _WANTED) & judged & (value.value < FOUR_FIFTHS * highest),
            "note": np.where(judged, "", few),
        }
    )


def _moments(n: np.ndarray, total: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, ...]:
    """Mean and variance (divisor n - 1) of groups, 0 where there are too few."""
    mean = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    spread = np.maximum(squares - n * mean**2, 0.0)
    return mean, np.divide(spread, n - 1, out=np.zeros_like(total), where=n > 1)
