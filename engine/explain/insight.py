"""One customer in; one sentence of insight, and what is better than an offer, out."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims_ahead, key_figures
from engine.customers.claims import Claim
from engine.customers.profiles import Profiles
from engine.customers.words.mood import last_said
from engine.explain import actions
from engine.ranking.signals.needs import phrase
from engine.settings import Settings

ORIGINS: Final = {
    "goal": "stated goals",
    "tolerance": "the stated risk tolerance",
    "saving": "the savings goal",
    "spending": "spending",
    "topic": "topics of messages",
    "message": "words of messages",
    "declared": "the bank's record",
    "occupation": "work",
    "life_stage": "life on record",
}
"""Kind of an interest -> where its phrase is from."""
_CHILDREN: Final = "dependents or children on record"
"""Sources count either in one column: grown children depend on nobody."""
LIFE: Final = {
    "children and family": _CHILDREN,
    "large family": _CHILDREN,
    "growing company": "the company's age",
    "large company": "the company's size",
    "small company": "the company's size",
    "retirement": "occupation",
    "student life": "occupation",
}
"""What a life stage is read from."""


def _origin(kind: str, item: str) -> str:
    return LIFE.get(item, ORIGINS[kind]) if kind == "life_stage" else ORIGINS[kind]


def searched_by(interests: pd.DataFrame, ordered: Sequence[str] = ()) -> Claim:
    """The very phrases that products are compared with, weightiest first.

    Parameters
    ----------
    interests : DataFrame
        `Needs.interests_of` one customer.
    ordered : sequence of str
        What the customer's standing orders are for.
    """
    weightiest = interests.sort_values("share", ascending=False, kind="stable")
    phrases: dict[str, str] = {}
    for kind, item in zip(weightiest["kind"], weightiest["item"], strict=True):
        phrases.setdefault(phrase(kind, item), _origin(kind, item))
    if not phrases:
        return claims_ahead.not_searched(ordered=tuple(ordered))
    return claims_ahead.searched_by(phrases=tuple(phrases.items()))


def customer_insight(bank: Bank, profiles: Profiles, row: int) -> str:
    """What stands out about a customer; the profile shows the same sentence."""
    return key_figures.insight_sentence(profiles, row, bank.manifest.currency)


def action(
    bank: Bank,
    profiles: Profiles,
    row: int,
    *,
    n_offers: int,
    allows: bool,
    support: str = "",
    sells: bool,
    unsure: str,
    left_out: Mapping[str, int],
    settings: Settings,
) -> str:
    """What to do instead of, or before, an offer; "" where the list speaks for itself.

    Parameters
    ----------
    allows : bool
        May the customer be given personal recommendations?
    support : str
        The call about help that takes the place of credit; "" where nothing on record asks for it.
    sells : bool
        False where the customer objects to marketing, so that only services may be offered.
    unsure : str
        Why no offer is a confident one, "" where one is (`explain.confidence.unsure`).
    left_out : mapping
        What a rule is called -> products that it keeps off this list.
    """
    if not allows:
        return "; ".join(filter(None, (actions.OPTED_OUT, support)))
    guard = settings.guard
    mine = profiles.data.message_rows.of(row)
    messages = bank["messages"][["sent_at", "repeated"]].iloc[mine]
    messages["sentiment"] = profiles.messages["sentiment"].to_numpy()[mine]
    cases = messages[profiles.data.messages.unresolved[mine]]
    mood = float(profiles.table["mood"].iloc[row])
    last = last_said(bank, profiles.data.messages, mine, guard.service_recent_days)
    if service := actions.service_action(cases, mood, bank.as_of, guard, last):
        return service
    if support:
        return support
    if not sells:
        return actions.SERVICES_ONLY
    if not n_offers:
        return actions.no_offer(left_out)
    return actions.no_confident_offer(unsure) if unsure else ""
