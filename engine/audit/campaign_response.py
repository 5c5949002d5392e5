"""Outcomes of a campaign in; how well a model told who would say yes, on its last contacts, out."""

import json

import numpy as np
import pandas as pd

from engine.audit.evaluation import bootstrap
from engine.bank.bank import Bank
from engine.customers.learned_metrics.accuracy import auc_interval
from engine.customers.protected_traits import without_protected_traits
from engine.results import ResponseEvaluation
from engine.settings import Settings

LABEL = "accepted"
"""Name of the label that says what became of a contact."""
MAX_WORDS = 30
"""A text with more different values than this is no category."""
TOP_SHARE = 0.1
_READ = ("education", "occupation", "employment_status", "credit_score", "annual_income")


def evaluate_response(bank: Bank, settings: Settings) -> ResponseEvaluation | None:
    """Fit a logistic regression on the first contacts and judge it on the last.

    None where the bank brings no outcomes (a label `accepted` a contact), or too few. Nothing that
    must not score is read, and nothing that an importer refused (the length of the call gives the
    answer away).
    """
    from sklearn.linear_model import LogisticRegression

    chosen, seed = settings.evaluation, settings.models.seed
    labels = bank["labels"]
    mine = labels.loc[labels["name"] == LABEL].sort_values("known_on", kind="stable")
    if len(mine) < chosen.response_min_contacts or mine["value"].nunique() < 2:
        return None
    rows = bank.customer_positions(mine["customer_id"])
    table = _design(without_protected_traits(bank))
    design = table.iloc[rows].to_numpy()
    yes = mine["value"].to_numpy() > 0
    start = round((1 - chosen.response_test_share) * len(mine))
    centre, spread = design[:start].mean(axis=0), design[:start].std(axis=0)
    z = (design - centre) / np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(z[:start], yes[:start])
    chance = model.predict_proba(z[start:])[:, 1]
    base = float(yes[:start].mean())
    return ResponseEvaluation(
        label=LABEL,
        n=len(mine) - start,
        n_positive=int(yes[start:].sum()),
        n_train=start,
        since=mine["known_on"].iloc[start],
        table=_table(chance, yes[start:], base, seed),
        used=tuple(dict.fromkeys(name.split("=")[0] for name in table.columns)),
        notes=(
            f"{base:.1%} of the first {start:,} contacts said yes, "
            f"{yes[start:].mean():.1%} of the last {len(mine) - start:,}.",
            "Gender, age, place and marital status are not read.",
        ),
    )


def _design(bank: Bank) -> pd.DataFrame:
    """Every usable column as numbers: texts as one column a value, amounts on a signed log."""
    customers = bank["customers"]
    kept = [json.loads(cell) if isinstance(cell, str) else {} for cell in customers["attributes"]]
    fields = pd.DataFrame(kept, index=customers.index).add_prefix("attributes.")
    source = pd.concat([customers[[c for c in _READ if c in customers]], fields], axis=1)
    features = {"holdings": bank.held.sum(axis=1).astype(float)}
    for name, column in source.items():
        number = pd.to_numeric(column, errors="coerce")
        if number.notna().sum() and number.notna().sum() == column.notna().sum():
            features[name] = np.arcsinh(number.fillna(0.0).to_numpy(dtype=float))
        elif 2 <= column.nunique() <= MAX_WORDS:
            features |= {
                f"{name}={value}": (column == value).to_numpy(dtype=float)
                for value in sorted(column.dropna().unique())
            }
    return pd.DataFrame(features, index=customers.index)


def _table(chance: np.ndarray, yes: np.ndarray, base: float, seed: int) -> pd.DataFrame:
    top = np.argsort(-chance, kind="stable")[: max(1, round(TOP_SHARE * len(chance)))]
    first = np.zeros(len(chance))
    first[top] = 1.0
    errors = np.column_stack([(chance - yes) ** 2, (base - yes) ** 2])
    brier = bootstrap(errors, seed=seed)
    auc = auc_interval(yes, chance)
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, len(yes), len(yes)) for _ in range(200)]
    lift = [_lift(first[rows], yes[rows]) for rows in drawn]
    rows = [
        ("auc", auc.value, auc.low, auc.high),
        ("brier", brier.value[0], brier.low[0], brier.high[0]),
        ("brier_base", brier.value[1], brier.low[1], brier.high[1]),
        ("lift@10%", _lift(first, yes), *np.nanquantile(lift, [0.025, 0.975])),
    ]
    return pd.DataFrame(rows, columns=["metric", "value", "low", "high"])


def _lift(first: np.ndarray, yes: np.ndarray) -> float:
    """Rate of yes among those who come first, over the rate among all."""
    return float((first * yes).sum() / first.sum() / yes.mean()) if yes.any() else float("nan")
