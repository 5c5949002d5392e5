"""A bank in; every claim that is made of it, and where two sentences disagree, out."""

from collections.abc import Iterator
from itertools import chain

from engine.bank.bank import Bank
from engine.customers import key_figures, portfolio_sentences, segments
from engine.customers.alerts import money, relations
from engine.customers.claims import Claim
from engine.customers.portfolio import figures, needs_table
from engine.customers.profile import driver_claims
from engine.customers.profiles import Profiles
from engine.explain.insight import action
from engine.settings import Settings

Said = tuple[str, Claim]
"""A customer's number ("" for the book) and what is said."""


def claims_of(bank: Bank, profiles: Profiles, position: int) -> Iterator[Said]:
    """What the record of one customer says."""
    customer = str(bank.customer_ids[position])
    for claim in key_figures.insight(profiles, position, bank.manifest.currency):
        yield customer, claim
    for claim in chain(*(m.values() for m in driver_claims(bank, profiles, position).values())):
        yield customer, claim


def claims_of_alerts(bank: Bank, profiles: Profiles, settings: Settings) -> Iterator[Said]:
    """What every alert of the feed says."""
    for rule in (*money.RULES, *relations.RULES):
        rows = rule(bank, profiles, settings)
        for position, claim in zip(rows["position"], rows["claim"], strict=True):
            yield str(bank.customer_ids[int(position)]), claim


def claims_of_book(bank: Bank, profiles: Profiles, settings: Settings) -> Iterator[Said]:
    """What the portfolio says."""
    lift = segments.lift(profiles.table["segment"], bank.held, bank["products"]["name"])
    needs = needs_table(profiles)
    for claim, _ in portfolio_sentences.portfolio(bank, profiles, settings, needs, lift):
        yield "", claim


def disagreements(bank: Bank, profiles: Profiles, settings: Settings, every: int) -> list[str]:
    """Where one count of unresolved cases, or one balance, is said in two ways of a customer.

    Insight, tile, driver of churn, alert, the call before an offer and the book are compared.
    """
    currency, wrong = bank.manifest.currency, []
    late = {
        customer: claim.figures["n"]
        for customer, claim in claims_of_alerts(bank, profiles, settings)
        if claim.kind == "cases_late"
    }
    if (
        figures(profiles, settings).get("Open cases", (0,))[0]
        != profiles.table["n_cases_open"].sum()
    ):
        wrong.append("the book counts other cases")
    for position in range(0, bank.n_customers, every):
        customer, row = str(bank.customer_ids[position]), profiles.table.iloc[position]
        insight = {one.kind: one for one in key_figures.insight(profiles, position, currency)}
        told = insight["cases_open"].figures["n"] if "cases_open" in insight else 0
        driver = driver_claims(bank, profiles, position)["churn"].get("complaints")
        called = action(
            bank, profiles, position, n_offers=1, allows=True, sells=True, unsure="", left_out={},
            settings=settings,
        )  # fmt: skip
        n_open = driver.figures["n_open"] if driver else 0
        if not n_open == told == row["n_cases_open"] >= late.get(customer, 0):
            wrong.append(f"{customer}: {told} cases are open, {n_open} by churn")
        if "open case" in called and not told:
            wrong.append(f"{customer}: {called}, but none is open")
        tile = key_figures.figures(profiles, position, currency).get("Balance", ("",))[0]
        said = insight["balance"].text if "balance" in insight else ""
        if not said.startswith(tile) or bool(tile) != bool(said):
            wrong.append(f"{customer}: {said}, but the tile says {tile}")
    return wrong
