"""Versions in, how good each was on adoptions it had not seen out, with its simple rival beside."""

import pandas as pd

from engine.audit import evaluation, grading
from engine.errors import StateError
from engine.feedback.registry import Registry

METRIC = "map@7"
_COLUMNS = ["version_id", "created_at", "kind", "value", "low", "high", "n", "rival", "rival_value"]


def quality_history(registry: Registry) -> pd.DataFrame:
    """The figure that versions are judged by, of each version in the order in which it was made.

    Returns
    -------
    DataFrame
        version_id, created_at, kind (how it was judged: in time, or by hiding holdings), value,
        low, high (MAP@7 of the lists as served, 95 % interval), n (adopters), rival (the best
        simple system on the same adopters) and rival_value. A version that could not be judged,
        or whose record cannot be read, has no row. Two rows are comparable only where their
        adopters are the same: each version is judged on the last days that it knew.
    """
    rows = []
    for version in registry.history().iloc[::-1].itertuples():
        try:
            judged = grading.load(registry.version(version.version_id).folder)
        except StateError:
            continue
        if judged is None or judged.systems.empty:
            continue
        figures = judged.systems.loc[judged.systems["metric"] == METRIC].set_index("system")
        if evaluation.SERVED not in figures.index:
            continue
        served = figures.loc[evaluation.SERVED]
        known = judged.rival in figures.index
        rows.append(
            {
                "version_id": version.version_id,
                "created_at": version.created_at,
                "kind": judged.kind,
                **{name: served[name] for name in ("value", "low", "high", "n")},
                "rival": judged.rival if known else "",
                "rival_value": figures.loc[judged.rival, "value"] if known else float("nan"),
            }
        )
    return pd.DataFrame(rows, columns=_COLUMNS)
