"""Offers and signals in; how well they alone tell who belongs to which group, out."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.customers.learned_metrics.accuracy import Measure, auc_interval
from engine.settings import FairnessSettings
from engine.threads import one_thread

N_FOLDS: Final = 5
PENALTY: Final = 10.0
"""Of the ridge on standardised columns, in customers (own choice)."""
WIDER: Final = float(np.sqrt(1 + N_FOLDS / (N_FOLDS - 1)))
"""Times the spread of held-out predictions is taken, since fits of folds share their customers: the
corrected variance of C. Nadeau and Y. Bengio, Machine Learning 52 (2003). Without it the
95 % interval missed .5 in 22 of 146 draws of noise, with it in 9 (300 customers, 14 % in the
group)."""
MOST_CUSTOMERS: Final = 20_000
"""Customers that are told apart at most, drawn by the seed: it bounds time and memory."""


def drawn(n_customers: int, seed: int) -> np.ndarray:
    """Positions of the customers that are looked at, in order."""
    if n_customers <= MOST_CUSTOMERS:
        return np.arange(n_customers)
    return np.sort(np.random.default_rng(seed).choice(n_customers, MOST_CUSTOMERS, replace=False))


@one_thread()
def told_apart(
    sources: Mapping[str, np.ndarray], group: pd.Series, rule: FairnessSettings, seed: int
) -> pd.DataFrame:
    """How well a ridge regression on one source alone tells each group from everybody else.

    Parameters
    ----------
    sources : mapping of str to ndarray of shape (n_customers, n_columns)
        What might give a group away.
    group : Series of category, length n_customers
        Missing counts nowhere.

    Returns
    -------
    DataFrame
        source, group, n_group, n_others, auc, low, high, p_value, q_value, tells; groups with at
        least `min_n` members and others. Cross-validated: each customer is scored by a fit that
        never saw them. An AUC of .5 is chance.

    Notes
    -----
    The interval is DeLong's, and p-values are one-sided, of the Mann-Whitney statistic, both with
    `WIDER` spread; `tells` holds after control of false discoveries over the table (Benjamini and
    Hochberg, 1995).
    """
    from scipy.special import ndtr

    known = group.notna().to_numpy()
    labels = group[known].cat.remove_unused_categories()
    names = labels.cat.categories.to_numpy(dtype=str)
    members = labels.cat.codes.to_numpy()[:, None] == np.arange(len(names))
    n = members.sum(axis=0)
    large = (n >= rule.min_n) & (len(labels) - n >= rule.min_n)
    names, members, n = names[large], members[:, large], n[large]
    rows = []
    for source, columns in sources.items() if len(names) else ():
        scores = _held_out(columns[known], members, seed)
        for at, name in enumerate(names):
            found = auc_interval(members[:, at].astype(int), scores[:, at])
            others = len(labels) - n[at]
            spread = np.sqrt((len(labels) + 1) / (12 * n[at] * others))
            low, high = _widened(found)
            value = found.value
            rows.append((source, name, int(n[at]), int(others), value, low, high, value, spread))
    table = pd.DataFrame(
        rows, columns=["source", "group", "n_group", "n_others", "auc", "low", "high", "at", "sd"]
    )
    spread = WIDER * table["sd"].to_numpy(float)
    p_value = ndtr(-(table["at"].to_numpy(float) - 0.5) / spread)
    q_value = rates.benjamini_hochberg(p_value)
    return table.drop(columns=["at", "sd"]).assign(
        p_value=p_value, q_value=q_value, tells=q_value <= 1 - rule.confidence_level
    )


def _widened(found: Measure) -> tuple[float, float]:
    """Ends of an AUC's interval, further away on the logit scale."""
    inside = np.clip([found.value, found.low, found.high], 1e-6, 1 - 1e-6)
    middle, low, high = np.log(inside / (1 - inside))
    ends = (1 / (1 + np.exp(-(middle + WIDER * (end - middle)))) for end in (low, high))
    low, high = ends
    return float(low), float(high)


def _held_out(columns: np.ndarray, members: np.ndarray, seed: int) -> np.ndarray:
    """Places of shape (n_customers, n_groups), 0 to 1 within a fold, by a fit on the other folds.

    Places, not scores: what is a little higher in one fold is a little lower in all that it is
    predicted from, so that scores pooled over folds rank noise the wrong way round.
    """
    from scipy.stats import rankdata
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import StratifiedKFold

    columns = columns.astype(np.float64)
    scores = np.zeros(members.shape)
    for at in range(members.shape[1]):
        mine = members[:, at]
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed).split(columns, mine)
        for fit, test in folds:
            middle, spread = columns[fit].mean(axis=0), columns[fit].std(axis=0)
            varied = spread > 0
            scores[test, at] = 0.5
            if not varied.any():
                continue
            scaled = (columns[:, varied] - middle[varied]) / spread[varied]
            model = Ridge(alpha=PENALTY, solver="cholesky").fit(
                scaled[fit], mine[fit].astype(float)
            )
            scores[test, at] = rankdata(model.predict(scaled[test])) / (len(test) + 1)
    return scores


def sentence(table: pd.DataFrame, attribute: str, rule: FairnessSettings) -> str:
    """What gives a group away, the clearest first."""
    if table.empty:
        return f"No group by {attribute} has {rule.min_n} customers in it and as many outside."
    tells = table.loc[table["tells"]].sort_values("auc", ascending=False, kind="stable")
    if tells.empty:
        nothing = "Neither the offers nor a signal alone"
        return f"{nothing} tells a group by {attribute} better than chance."
    row = tells.iloc[0]
    return (
        f"{len(tells):,} of {len(table):,} tests tell a group by {attribute} better than chance; "
        f"the clearest: {row['source']}, {row['group']}: of one customer in the group and one "
        f"outside, the right one is picked {100 * row['auc']:.0f} times in 100 "
        f"[{100 * row['low']:.0f}, {100 * row['high']:.0f}], by chance 50."
    )
