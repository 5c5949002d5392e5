"""Interests of some day and later adoptions in; pairs of what was wanted and what was taken out."""

import numpy as np
import pandas as pd

from engine.lab.encoder_tuning import Pairs
from engine.ranking.signals import Signals
from engine.ranking.signals.needs import phrase, product_texts


def pairs_of(signals: Signals, adopted: np.ndarray, n_interests: int) -> Pairs:
    """Each product taken with the strongest interests of whoever took it.

    Parameters
    ----------
    signals : Signals
        As of a day before the adoptions, so that no interest speaks of what was taken.
    adopted : ndarray of bool, shape (n_customers, n_products)
        What was taken after that day; what was held already is left out.
    n_interests : int
        Interests of a customer that are paired, by their share in the needs signal.
    """
    rows, products = np.nonzero(adopted & signals.candidates)
    interests = signals.needs.interests.sort_values(
        ["position", "share", "kind", "item"],
        ascending=[True, False, True, True],
        kind="stable",
    )
    strongest = interests.groupby("position", sort=False).head(n_interests)
    taken = pd.DataFrame({"position": rows, "product": products})
    wanted = taken.merge(strongest[["position", "kind", "item"]], on="position")
    texts = product_texts(signals.bank)
    return Pairs(
        tuple(
            phrase(kind, item) for kind, item in zip(wanted["kind"], wanted["item"], strict=True)
        ),
        tuple(texts[product] for product in wanted["product"]),
    )
