"""Two outcomes in; the mix of products, the money, who gets nothing and the gaps out."""

import numpy as np
import pandas as pd

from engine.customers import wording
from engine.results import LeverEffect
from engine.scoring.levers.lever_base import LeverBase
from engine.scoring.levers.outcome import Outcome
from engine.scoring.levers.parity import Parity

_Z = 1.959963984540054


def effect(parity: Parity, new: Outcome, changes: pd.DataFrame) -> LeverEffect:
    """Put an outcome beside today's; `changes` has key, label, today, new."""
    base, today = parity.base, parity.today
    bank, n = base.table.bank, len(base.rows)
    figures = _figures(base, today, new)
    left = (n - 1) / max(bank.n_customers - 1, 1)
    margin = _Z * np.sqrt(0.25 / max(n, 1) * max(1 - left, 0.0)) if base.sampled else 0.0
    calibration = base.calibration
    propensity = calibration.temperature is not None and calibration.propensity is not None
    return LeverEffect(
        changes=changes,
        figures=figures,
        products=_products(base, today, new),
        groups=parity.offered(new),
        gaps=parity.gaps(new),
        k=today.picks.shape[1],
        n=n,
        n_bank=bank.n_customers,
        margin=float(margin),
        basis="propensity" if propensity else "fit",
        currency=bank.manifest.currency,
        model_version=base.table.version,
        as_of=bank.as_of,
        simulated=bank.manifest.simulated,
        sentence=_sentence(figures, bank.manifest.currency, changed=len(changes) > 0),
    )


def _figures(base: LeverBase, today: Outcome, new: Outcome) -> pd.DataFrame:
    """A sample stands for the bank: counts and sums are scaled up to it."""
    scale = base.table.bank.n_customers / max(len(base.rows), 1)
    moved = today.picks[:, 0] != new.picks[:, 0]
    k = today.picks.shape[1]
    rows = [
        ("value_first", "First offers, value a year", "money",
         *(o.value[:, 0].sum() for o in (today, new))),
        ("value_list", f"First {k} offers, value a year", "money",
         *(o.value.sum() for o in (today, new))),
        ("without_offer", "Without any offer", "count",
         *((~o.offered).sum() for o in (today, new))),
        ("without_confident", "No confident offer", "count",
         *((o.offered & ~o.sure).sum() for o in (today, new))),
        ("retention", "Open on retention", "count",
         *(o.leaving.sum() for o in (today, new))),
        ("moved", "First offer changes for", "count", 0, moved.sum()),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["measure", "label", "unit", "today", "new"])
    return table.assign(today=table["today"] * scale, new=table["new"] * scale)


def _products(base: LeverBase, today: Outcome, new: Outcome) -> pd.DataFrame:
    products = base.table.bank["products"]
    n, width = max(len(base.rows), 1), len(products)

    def share(picks: np.ndarray) -> np.ndarray:
        return np.bincount(picks[picks >= 0], minlength=width) / n

    table = pd.DataFrame(
        {
            "product_id": products["product_id"].to_numpy(),
            "product": products["name"].to_numpy(),
            "category": products["category"].to_numpy(),
            "first_today": share(today.picks[:, 0]),
            "first_new": share(new.picks[:, 0]),
            "any_today": share(today.picks),
            "any_new": share(new.picks),
        }
    )
    most = np.maximum(table["first_today"], table["first_new"])
    order = np.lexsort((table["product_id"].to_numpy(dtype=str), -most.to_numpy()))
    return table.iloc[order].reset_index(drop=True)


def _sentence(figures: pd.DataFrame, currency: str, *, changed: bool) -> str:
    if not changed:
        return "Nothing is changed: these are the lists of today."
    by_measure = figures.set_index("measure")
    moved = by_measure.loc["moved", "new"]
    money = by_measure.loc["value_first", "new"] - by_measure.loc["value_first", "today"]
    empty = by_measure.loc["without_offer", "new"] - by_measure.loc["without_offer", "today"]
    more = "more" if empty > 0 else "fewer"
    nothing = "as many customers as today" if round(empty) == 0 else f"{abs(empty):,.0f} {more}"
    sign = "+" if money > 0 else ""
    return (
        f"{moved:,.0f} customers get another first offer; the expected value of first offers "
        f"changes by {sign}{wording.money(money, currency)} a year; {nothing} get no offer."
    )
