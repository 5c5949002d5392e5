"""Reasons and groups of customers in; who got nothing, by reason and by group, out."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from engine.audit.parity.groups import NOT_RECORDED
from engine.figures import percent
from engine.rates import benjamini_hochberg, newcombe, two_proportion_p, wilson
from engine.scoring.no_lists import REASONS

ANY = "any"
"""Stands for all reasons together."""
LEVEL = 0.05
NO_LIST: Final = ("have no list of offers", "has nothing")
NO_CREDIT: Final = ("are kept from credit while they are in difficulty", "is kept from it")
"""What is said of customers, and of a group of them."""


def counted(
    reasons: pd.Series,
    group: pd.Series,
    min_n: int,
    labels: Mapping[str, str] = REASONS,
    any_label: str = "no list, for any reason",
) -> pd.DataFrame:
    """How many of each group have no list, by the first rule that leaves nothing.

    Parameters
    ----------
    reasons : Series of str, length n_customers
        Of `no_lists`; missing where there is a list.
    group : Series of ordered category, same length
        Missing where a customer does not count.
    min_n : int
        Groups of fewer customers are left out.
    labels : mapping, optional
        Reason -> in words; by default why there is no list, else of `credit_kept`.
    any_label : str, optional
        All reasons together in words.

    Returns
    -------
    DataFrame
        reason (of REASONS, or "any"), label, group, n_group, n, rate, low, high (95 %, Wilson);
        and, of "any" alone, difference (to everybody else's rate), difference_low,
        difference_high (Newcombe), q_value (Benjamini-Hochberg over the groups), more (bool: is
        the rate surely above that of everybody else?). Reasons nobody has are left out.
    """
    sizes = group.value_counts(sort=False)
    names = [name for name in sizes.index if sizes[name] >= min_n]
    whole = group.notna()
    rows = []
    for reason in (ANY, *labels):
        without = reasons.notna() if reason == ANY else reasons == reason
        without = without.fillna(False).astype(bool)
        if reason != ANY and not (without & whole).any():
            continue
        label = any_label if reason == ANY else labels[reason]
        rows += [
            (reason, label, str(name), int(sizes[name]), int((without & (group == name)).sum()))
            for name in names
        ]
    table = pd.DataFrame(rows, columns=["reason", "label", "group", "n_group", "n"])
    rate = wilson(table["n"], table["n_group"])
    table = table.assign(rate=rate.value, low=rate.low, high=rate.high)
    return table.join(_against_others(table, reasons, whole))


def _against_others(table: pd.DataFrame, reasons: pd.Series, whole: pd.Series) -> pd.DataFrame:
    """Each group's rate of "any" less everybody else's; empty rows for the other reasons."""
    any_ = table[table["reason"] == ANY]
    n, size = any_["n"].to_numpy(), any_["n_group"].to_numpy()
    others, rest = int((reasons.notna() & whole).sum()) - n, int(whole.sum()) - size
    gap = newcombe(n, size, others, rest)
    q = benjamini_hochberg(two_proportion_p(n, size, others, rest))
    return (
        pd.DataFrame(
            {
                "difference": gap.value,
                "difference_low": gap.low,
                "difference_high": gap.high,
                "q_value": q,
                "more": (gap.value > 0) & (q <= LEVEL),
            },
            index=any_.index,
        )
        .reindex(table.index)
        .astype({"more": "boolean"})
        .fillna({"more": False})
    )


def sentence(
    table: pd.DataFrame,
    attribute: str,
    n: int,
    n_customers: int,
    said_of: tuple[str, str] = NO_LIST,
) -> str:
    """Who got nothing, and whether a group got nothing more often than everybody else; or, with
    `NO_CREDIT`, who is kept from credit."""
    whole = f"{n:,} of {n_customers:,} customers {said_of[0]}"
    any_ = table[table["reason"] == ANY]
    if len(any_) < 2:
        return f"{whole}. By {attribute} there are no two groups to compare."
    worse = any_[any_["more"].astype(bool) & (any_["group"] != NOT_RECORDED)]
    if worse.empty:
        return f"{whole}. By {attribute}, no group {said_of[1]} surely more often than the others."
    said = "; ".join(
        f"{row.group} {percent(row.rate)} of {row.n_group:,} ({100 * row.difference:+.1f} points, "
        f"95 % interval {100 * row.difference_low:+.1f} to {100 * row.difference_high:+.1f})"
        for row in worse.itertuples()
    ).replace("-", "−")
    return f"{whole}. By {attribute}, more often than the others: {said}."
