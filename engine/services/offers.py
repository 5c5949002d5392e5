"""What to offer: one customer's list with its reasons, or the lists of everybody in a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.progress import Progress, quiet
from engine.results import Affinity, Recommendation
from engine.scoring.affinity import affinity
from engine.scoring.current import CurrentScores
from engine.scoring.customer_scores import ORDERS
from engine.scoring.lists import lists_of, with_moves, with_notices
from engine.scoring.recommendation import recommend
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import GROWTH, LISTS, RETENTION

_RECENT = 32
"""Lists that are kept until something is recorded (own choice)."""


class Offers:
    """The lists of one bank."""

    def __init__(self, scores: CurrentScores):
        self._scores = scores
        self._recent = scores.recent(_RECENT)

    def recommend(
        self, customer_id: str, *, k: int = 5, list: str | None = None, order: str = "score"
    ) -> Recommendation:
        """One list for one customer.

        Parameters
        ----------
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
        table = self._scores.get()
        check_length(table, k)
        if order not in ORDERS:
            raise BadInput(f"Got the order {order!r}; expected score, value or interests.")
        check_list(list)
        return self._recent.get(
            table,
            (customer_id, k, list, order),
            lambda: recommend(table, customer_id, k=k, which=list, order=order),
        )

    def affinity(self, customer_id: str) -> Affinity:
        """The products nearest to a customer's needs and farthest; NotFound for an unknown id."""
        return affinity(self._scores.get().snapshot, customer_id)

    def list_that_opens(self, customer_id: str) -> str:
        """Growth or retention: the list that opens first; nobody is scored for that."""
        return self._scores.get().list_that_opens(customer_id)

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
            customer_id, product_id, rank, score, confidence, fit, list, model_version, notice (of
            credit, see `with_notices`); with prices on groups in force also moved, see
            `with_moves`. A list or a customer that is named twice counts once.
        """
        table = self._scores.get()
        check_length(table, k)
        names = tuple(dict.fromkeys(lists))
        for name in names:
            check_list(name)
        if not names:
            raise BadInput(f"Name at least one list: {GROWTH} or {RETENTION}.")
        rows = table.snapshot.all_rows
        if customers is not None:
            positions = [table.bank.customer_position(c) for c in dict.fromkeys(customers)]
            rows = np.array(positions, dtype=np.int64)
        lists = with_notices(table, lists_of(table, rows, names, k, progress))
        return with_moves(table, rows, lists)


def check_length(table: ScoreTable, k: int) -> None:
    """BadInput for a list that is empty or longer than the settings allow."""
    limit = table.settings.ranking.max_list
    if not 1 <= k <= limit:
        raise BadInput(f"Got k={k}; a list has 1 to {limit} offers.")


def check_list(name: str | None) -> None:
    """BadInput for a list that does not exist."""
    if name is not None and name not in LISTS:
        raise BadInput(f"There is no list {name!r}; lists are {GROWTH} and {RETENTION}.")
