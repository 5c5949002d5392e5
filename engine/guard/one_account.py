"""Products in; accounts that would be a second one for the same purpose out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.parsing.word_search import says
from engine.guard.levels import lower_levels
from engine.vocabulary import TIERS

_JOINT: Final = r"\bjoint\b"


def second_accounts(
    products: pd.DataFrame, categories: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Which products are no offer to who holds which other one.

    Parameters
    ----------
    categories : sequence of str
        Categories in which one account is enough, in any case of letters.

    Returns
    -------
    ndarray of bool, shape (n_products, n_products)
        Row: what is held; column: another account of that category and audience that is known to
        be of no higher level, by its tier or its name. One that asks for a group ("student") is
        another matter, and so is a joint account to who holds none.
    ndarray of bool, shape (n_products,)
        Accounts for two, by name or subcategory.

    Notes
    -----
    Where neither tiers nor names say a level, nothing is guessed. No column that may be read tells
    whether there is somebody to share a joint account with: children do not, and marital status
    moves no offer.
    """
    category = products["category"].fillna("").str.casefold()
    kind = (category + "\x1f" + products["audience"].fillna("")).to_numpy()
    among = _among(products, categories)
    level = products["tier"].map({t: i for i, t in enumerate(TIERS)}).to_numpy(dtype=float)
    joint = joint_accounts(products, categories)
    no_higher = (level[None, :] <= level[:, None]) | lower_levels(products, or_same=True)
    same = (kind[:, None] == kind[None, :]) & among[None, :] & no_higher
    np.fill_diagonal(same, val=False)
    other = products["requires"].notna().to_numpy()[None, :] | (joint[None, :] & ~joint[:, None])
    return same & ~other, joint


def joint_accounts(products: pd.DataFrame, categories: Sequence[str]) -> np.ndarray:
    """Accounts for two among some categories, bool of shape (n_products,)."""
    names = products["name"].fillna("") + " " + products["subcategory"].fillna("")
    said = says(names, _JOINT, any_case=True)
    return np.asarray(said & _among(products, categories), dtype=bool)


def _among(products: pd.DataFrame, categories: Sequence[str]) -> np.ndarray:
    names = [name.casefold() for name in categories]
    return products["category"].fillna("").str.casefold().isin(names).to_numpy(dtype=bool)
