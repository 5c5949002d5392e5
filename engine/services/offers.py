"""What to offer: one customer's list with its reasons, or the lists of everybody in a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.progress import Progress, quiet
from engine.results import Recommendation
from engine.scoring.current import CurrentLists
from engine.scoring.lists import ORDERS, Lists
from engine.vocabulary import GROWTH, LISTS, RETENTION


class Offers:
    """The lists of one bank.

    Parameters
    ----------
    lists : CurrentLists
    """

    def __init__(self, lists: CurrentLists):
        self._lists = lists

    def recommend(
        self, customer_id: str, *, k: int = 5, list: str | None = None, order: str = "score"
    ) -> Recommendation:
        """One list for one customer.

        Parameters
        ----------
        customer_id : str
        k : int
            Offers, 1 to the setting `ranking.max_list`.
        list : str, optional
            "growth" or "retention"; by default retention from the churn of the settings on.
        order : str
            "score", "value" (expected value) or "interests" (the list by score, put into the
            order of what the customer's needs, mood and own reactions say).

        Raises
        ------
        NotFound
            If there is no such customer.
        BadInput
            If k, the list or the order is out of range.
        """
        lists = self._lists.get()
        check_length(lists, k)
        if order not in ORDERS:
            raise BadInput(f"Got the order {order!r}; expected score, value or interests.")
        check_list(list)
        return lists.recommend(customer_id, k=k, which=list, order=order)

    def score(
        self,
        *,
        lists: Sequence[str] = LISTS,
        k: int = 5,
        customers: Sequence[str] | None = None,
        progress: Progress = quiet,
    ) -> pd.DataFrame:
        """Lists of all customers, or of some.

        Returns
        -------
        DataFrame
            customer_id, product_id, rank, score, confidence, fit, list, model_version. A list or
            a customer that is named twice counts once.
        """
        current = self._lists.get()
        check_length(current, k)
        names = tuple(dict.fromkeys(lists))
        for name in names:
            check_list(name)
        if not names:
            raise BadInput(f"Name at least one list: {GROWTH} or {RETENTION}.")
        rows = np.arange(current.bank.n_customers)
        if customers is not None:
            positions = [current.bank.customer_position(c) for c in dict.fromkeys(customers)]
            rows = np.array(positions, dtype=np.int64)
        return current.score(rows, names, k, progress)


def check_length(lists: Lists, k: int) -> None:
    """BadInput for a list that is empty or longer than the settings allow."""
    limit = lists.settings.ranking.max_list
    if not 1 <= k <= limit:
        raise BadInput(f"Got k={k}; a list has 1 to {limit} offers.")


def check_list(name: str | None) -> None:
    """BadInput for a list that does not exist."""
    if name is not None and name not in LISTS:
        raise BadInput(f"There is no list {name!r}; lists are {GROWTH} and {RETENTION}.")
