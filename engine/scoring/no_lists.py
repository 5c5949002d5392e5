"""A score table in; who has no list, by the rule that leaves nothing, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.guard.verdicts import NO_CREDIT, RULES
from engine.labels import NO_CREDIT_LABEL, RULE_LABELS
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import MARKETING, PERSONALISATION, REFUSED

REASONS: Final = {
    "refused": "opted out of personal recommendations",
    "not_asked": "personal recommendations need their consent, and none is recorded",
    "ended": "the relationship has ended",
    "objects": "object to marketing, and no service is for them or answers a reason on record",
    "marketing_not_asked": (
        "marketing needs their consent, none is recorded, and no service answers a reason on record"
    ),
    "experiment": "kept apart by an experiment, as its arm asks",
    "no_credit": (
        "credit is kept from them for their protection, and every other product is held, turned "
        "down, for others, or asks for what they lack"
    ),
    "nothing_left": "every product is held, turned down, for others, or asks for what they lack",
}
"""Reason -> in words, in the order in which they are asked."""


CREDIT_KEPT: Final = {rule: RULE_LABELS[rule].removeprefix(NO_CREDIT_LABEL) for rule in NO_CREDIT}
"""Rule that keeps credit back -> in words, in the order in which they are asked."""


def credit_kept(table: ScoreTable) -> pd.Series:
    """Rule of each customer that keeps credit back, of CREDIT_KEPT; missing for most.

    Where several do, the first; only where it keeps back a product that is for them and that they
    neither hold nor turned down.
    """
    codes = table.pairs.codes
    kept = [(codes == RULES.index(rule)).any(axis=1) for rule in NO_CREDIT]
    found = pd.Series(np.select(kept, NO_CREDIT, ""), dtype="str")
    return found.where(found != "")


def no_lists(table: ScoreTable) -> pd.Series:
    """Reason of each customer, of REASONS; missing where they have a list."""
    consents = table.snapshot.consents
    codes = table.pairs.codes
    said = {
        rule: (codes == RULES.index(rule)).any(axis=1)
        for rule in ("consent", "objection", "experiment")
    }
    ended = (codes == RULES.index("status")).any(axis=1)
    refused = {
        purpose: (consents[purpose] == REFUSED).to_numpy()
        for purpose in (PERSONALISATION, MARKETING)
    }
    conditions = (
        said["consent"] & refused[PERSONALISATION],
        said["consent"],
        ended,
        said["objection"] & refused[MARKETING],
        said["objection"],
        said["experiment"],
        np.isin(codes, [RULES.index(rule) for rule in NO_CREDIT]).any(axis=1),
    )
    *named, rest = REASONS
    reasons = pd.Series(np.select(conditions, named, rest), dtype="str")
    return reasons.where(table.overview["next_offer"].isna().to_numpy())
