"""The transitions signal: what holders of the same products took next."""

import numpy as np
import pandas as pd

from engine.bank.audience import in_audience
from engine.bank.bank import Bank
from engine.models.transitions import Transitions, fit_transitions
from engine.ranking import temporal_split
from engine.ranking.signals.centring import centre
from engine.settings import Settings


def fit(bank: Bank, settings: Settings) -> Transitions | None:
    """What was taken lately, given what was held on the day before.

    Where everything is dated, nobody held anything on the day before all adoptions: then every
    weight would be 0 and the signal no more than how many hold a product.
    """
    adoptions = temporal_split.dated_adoptions(bank)
    if adoptions.empty:
        return None
    first = temporal_split.lately(bank, adoptions, settings.evaluation.stock_share)
    last = adoptions["day"].max()
    rows = temporal_split.sample_rows(bank.n_customers)
    held = bank.until(first - pd.Timedelta(days=1)).held[rows]
    taken = temporal_split.window(adoptions, first, last, (bank.n_customers, bank.n_products))[rows]
    could = in_audience(bank)[rows] & ~held
    ridge = settings.models.transitions_inverse_ridge
    return fit_transitions(held, taken & could, could, inverse_ridge=ridge)


def raw(model: Transitions | None, held: np.ndarray, audience: np.ndarray) -> np.ndarray | None:
    """Log-odds of taking each product next, within the audience; None where nothing was learned."""
    return None if model is None else centre(model.scores(held), audience)
