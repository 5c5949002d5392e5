"""One customer's snapshot, calls and list in; the claims of a line and of a paragraph, out."""

from dataclasses import dataclass

import pandas as pd

from engine.customers import claims, key_figures
from engine.customers.claims import Claim
from engine.customers.profiles import Profiles
from engine.explain.insight import customer_insight
from engine.explain.wording import clause
from engine.figures import listing
from engine.results import Recommendation
from engine.snapshot.snapshot import Snapshot
from engine.writing import paragraph_claims as said


@dataclass(frozen=True)
class Draft:
    """What a text says: its claims, its words, and what is added to it and never put otherwise."""

    claims: tuple[Claim, ...]
    text: str
    added: str = ""


def line(snapshot: Snapshot, row: int) -> Draft:
    """What stands out about a customer, as everywhere."""
    bank, profiles = snapshot.bank, snapshot.profiles
    stated = key_figures.insight(profiles, row, bank.manifest.currency)
    return Draft(stated, customer_insight(bank, profiles, row))


def paragraph(
    snapshot: Snapshot, row: int, given: Recommendation, last_contact: pd.Timestamp | None
) -> Draft:
    """The line, how loyal and how valuable, the last contact, the next offer and what to do.

    Notes
    -----
    Who may not be given personal recommendations gets no index and no offer. The reason of the
    offer and the action are added as the list says them.
    """
    first = line(snapshot, row)
    if not given.personalised:
        return Draft(first.claims, first.text, _sentence(given.action))
    known = _standing(snapshot.profiles, row, last_contact, snapshot.bank.manifest.currency)
    sentences = [first.text]
    if known:
        texts = [claim.text for claim in known]
        sentences.append(_sentence(listing([texts[0][:1].upper() + texts[0][1:], *texts[1:]])))
    stated, added = [*first.claims, *known], [given.action]
    if given.offers:
        offer = given.offers[0]
        share = offer.fit if offer.confidence is None else offer.confidence
        next_one = said.next_offer(
            product=offer.name, share=float(share), fit=offer.confidence is None
        )
        stated.append(next_one)
        sentences.append(_sentence(next_one.text))
        if offer.reasons:
            added.insert(0, f"Why: {clause(offer.reasons[0])}")
    return Draft(tuple(stated), " ".join(sentences), " ".join(map(_sentence, filter(None, added))))


def _standing(
    profiles: Profiles, row: int, last_contact: pd.Timestamp | None, currency: str
) -> list[Claim]:
    """Churn, value and the last contact, each where it is known."""
    known = profiles.table.iloc[row]
    stated = []
    if known["churn_known"]:
        low_beside_case = known["churn_band"] == "low" and known["n_cases_open"] > 0
        word = "" if low_beside_case else str(known["churn_band"])
        stated.append(said.churn_index(value=float(known["churn"]), word=word))
    if known["profit_known"] and not pd.isna(known["value_a_year"]):
        stated.append(claims.worth(amount=float(known["value_a_year"]), currency=currency))
    if last_contact is not None and not pd.isna(last_contact):
        stated.append(said.last_reached(on=last_contact))
    return stated


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}." if text else ""
