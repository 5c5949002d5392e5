"""A product in; one line about who holds it, to whom it is offered and what they answer, out."""

from engine.bank.bank import Bank
from engine.customers.claims import Claim
from engine.feedback.ratings import left_at_default, ratings_of
from engine.figures import listing
from engine.writing import product_claims as said

_TAKEN = ("accepted", "purchased")
_ANSWERS = (*_TAKEN, "dismissed", "postponed")


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
    answers = mine[mine["action"].isin(_ANSWERS)]
    if len(answers):
        n = int(answers["action"].isin(_TAKEN).sum())
        stated.append(said.product_answers(n=n, of=len(answers)))
    ratings = ratings_of(mine[(mine["action"] == "rated") & ~left_at_default(mine)]).dropna()
    if len(ratings):
        stated.append(said.product_rated(mean=float(ratings.mean()), n=len(ratings)))
    return stated


def product_line(bank: Bank, position: int, n_holders: int, n_first: int) -> str:
    """For example "Held by 120 of 900 retail customers (13 %) and the first offer to 4."."""
    texts = [claim.text for claim in product_claims(bank, position, n_holders, n_first)]
    if not texts:
        return "Nothing is recorded of who holds it or how it was answered."
    text = listing(texts)
    return f"{text[:1].upper()}{text[1:]}."
