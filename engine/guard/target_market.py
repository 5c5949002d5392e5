"""The conditions that judge and one product in; for whom it is and for whom it is not, out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.audience import ANY
from engine.guard.eligibility import Condition
from engine.labels import NO_CREDIT_LABEL, RULE_LABELS
from engine.vocabulary import CORPORATE


@dataclass(frozen=True)
class TargetMarket:
    """Customers for whom a product is meant, and those for whom it is not."""

    includes: tuple[str, ...]
    excludes: tuple[str, ...]


def target_market(
    product: pd.Series, position: int, conditions: Iterable[Condition], signs: Sequence[str]
) -> TargetMarket:
    """The target market of one product, said by the very conditions that judge every customer.

    Parameters
    ----------
    product : Series
        The row of the products table.
    position : int
        Of the product in the bank.
    conditions : iterable of Condition
        Those of the rulebook in force.
    signs : sequence of str
        Kinds of signs of difficulty with which it is not offered; none where it is no credit.
    """
    audience = product["audience"]
    others = "Private" if audience == CORPORATE else "Corporate"
    for_, not_for = [], []
    if audience == ANY:
        for_.append("Private and corporate customers")
    else:
        for_.append(f"{'Corporate' if audience == CORPORATE else 'Private'} customers")
        not_for.append(f"{others} customers")
    for condition in conditions:
        for place in np.flatnonzero(condition.columns == position):
            within, beyond = condition.market(int(place))
            for_ += [within] if within else []
            not_for += [beyond] if beyond else []
    if signs:
        said = (RULE_LABELS[sign].removeprefix(NO_CREDIT_LABEL) for sign in signs)
        not_for.append(f"Customers in difficulty: {', '.join(said)}")
    return TargetMarket(tuple(dict.fromkeys(for_)), tuple(dict.fromkeys(not_for)))
