"""A score table in; the lists of many customers as one table out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.progress import Progress
from engine.scoring.score_table import ScoreTable


def lists_of(
    table: ScoreTable,
    rows: np.ndarray,
    names: Sequence[str],
    k: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Lists of some customers.

    Parameters
    ----------
    names : sequence of str
        The lists, of k products each.

    Returns
    -------
    DataFrame
        customer_id, product_id, rank, score, confidence, fit, list, model_version, value_if_taken,
        expected_value (bank's currency a year, NaN where no margin is set; the latter also without
        history); in the order of rows,
        lists and ranks.
    """
    pairs, everyone = table.of(rows, progress), np.arange(len(rows))
    chosen = [table.top(pairs, everyone, name, k) for name in names]
    at, place, rank = np.nonzero(np.stack(chosen, axis=1) >= 0)
    product = np.stack(chosen, axis=1)[at, place, rank]
    objective = np.stack([table.ranker.objectives[name] for name in names])
    confidence, fit = pairs.confidence(at, product), pairs.fit(at, product)
    propensity = table.ranker.model.calibration.propensity_of(confidence)
    margin = table.margins[product]
    return pd.DataFrame(
        {
            "customer_id": table.bank.customer_ids[rows[at]],
            "product_id": table.bank.product_ids[product],
            "rank": rank + 1,
            "score": pairs.weighed[at, product] + objective[place, product],
            "confidence": np.nan if confidence is None else confidence,
            "fit": fit,
            "list": pd.Index(list(names)).take(place),
            "model_version": table.version,
            "value_if_taken": margin,
            "expected_value": margin * (np.nan if propensity is None else propensity),
        }
    )
