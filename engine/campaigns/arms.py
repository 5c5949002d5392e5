"""Customers and shares in; who is contacted, who is held out and who is left alone, out.

Chosen by a hash of the customer's number, so that a run again chooses the same, and nothing about
the customer decides it.
"""

import math

import numpy as np
import pandas as pd

from engine.experiments.arms import place

CONTACT, HOLD_OUT, NO_CONTACT = "contact", "hold-out", "no contact"
ARMS = (CONTACT, HOLD_OUT, NO_CONTACT)


def arms(
    customer_ids: pd.Series, bank: str, campaign: str, hold_out: float, no_contact: float
) -> np.ndarray:
    """The arm of each customer, str of shape (n_customers,).

    Parameters
    ----------
    customer_ids : Series of str
    bank : str
        Its id. The no-contact arm is the same in every campaign of a bank.
    campaign : str
        Its name. The hold-out arm is drawn anew for each, from those who are not in the other.
    hold_out, no_contact : float
        Shares of the customers, 0-1.
    """
    left_alone = place(customer_ids, f"no contact\0{bank}") < no_contact
    held_out = place(customer_ids, f"hold-out\0{bank}\0{campaign}") < hold_out
    return np.where(left_alone, NO_CONTACT, np.where(held_out, HOLD_OUT, CONTACT))


def detectable(chance: float, n_contacted: int, n_held_out: int) -> float:
    """The smallest difference of two rates that would most likely show, 0-1; NaN without both.

    Four in five such differences are found at the level of 5 % (two-sided z test of two rates with
    the chance of those contacted; Fleiss, Levin and Paik 2003, 4.3).
    """
    if not n_contacted or not n_held_out:
        return math.nan
    spread = chance * (1 - chance) * (1 / n_contacted + 1 / n_held_out)
    return found_from() * math.sqrt(spread)


def found_from() -> float:
    """Standard errors from which four in five differences are found at the level of 5 %."""
    from scipy.special import ndtri

    return float(ndtri(0.975) + ndtri(0.8))
