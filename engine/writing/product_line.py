"""A product in; one line about who holds it, to whom it is offered and what they answer, out."""

import pandas as pd

from engine.bank.bank import Bank
from engine.customers.claims import Claim
from engine.feedback.ratings import left_at_default, ratings_of
from engine.feedback.statistics import decisions
from engine.figures import listing
from engine.writing import product_claims as said

_OFFERED = ("shown", "viewed", "clicked", "selected", "accepted", "dismissed", "postponed")
"""What only happens to an offer; who buys may never have been offered anything."""


def product_claims(bank: Bank, position: int, n_holders: int, n_first: int) -> list[Claim]:
    """What may be said of a product's place in the book; nothing that is not recorded."""
    row, customers = bank["products"].iloc[position], bank["customers"]
    n_audience = int((customers["audience"] == row["audience"]).sum())
    stated: list[Claim] = []
    if len(bank["holdings"]) and n_audience:
        of = max(n_audience, n_holders)
        audience = str(row["audience"]) if n_holders <= n_audience else "of the bank's"
        stated.append(said.product_held(n=n_holders, of=of, audience=audience))
    if n_first:
        stated.append(said.product_first(n=n_first))
    events = bank["events"]
    mine = events[events["product_id"] == bank.product_ids[position]]
    answers = answers_of(mine)
    if len(answers):
        stated.append(said.product_answers(n=int(answers["accepted"].sum()), of=len(answers)))
    ratings = ratings_of(mine[(mine["action"] == "rated") & ~left_at_default(mine)]).dropna()
    if len(ratings):
        stated.append(said.product_rated(mean=float(ratings.mean()), n=len(ratings)))
    return stated


def answers_of(mine: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each customer to an offer of one product, with `accepted` (bool).

    Notes
    -----
    A purchase is an answer only if it names the receipt of an offer, or if something else was
    recorded at or before it that only happens to an offer.
    """
    decided = decisions(mine)
    offered = mine[mine["action"].isin(_OFFERED)]
    first = offered.groupby("customer_id")["recorded_at"].min()
    since = decided["customer_id"].map(first)
    known = decided["customer_id"].isin(offered["customer_id"])
    before = known & ~(since > decided["recorded_at"])
    answered = (decided["action"] != "purchased") | decided["receipt_id"].notna() | before
    return decided[answered]


def product_line(bank: Bank, position: int, n_holders: int, n_first: int) -> str:
    """For example "Held by 120 of 900 retail customers (13 %) and the first offer to 4."."""
    texts = [claim.text for claim in product_claims(bank, position, n_holders, n_first)]
    if not texts:
        return "Nothing is recorded of who holds it or how it was answered."
    text = listing(texts)
    return f"{text[:1].upper()}{text[1:]}."
