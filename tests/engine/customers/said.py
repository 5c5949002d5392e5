"""A bank in; every claim that is made of it, and where two sentences disagree, out."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims_ahead, key_figures, profile, segments
from engine.customers.alerts import money as alerts_money
from engine.customers.alerts import relations
from engine.customers.book.groups import Book
from engine.customers.book.sentences import advised
from engine.customers.cashflow import cashflow, sentences
from engine.customers.cashflow.bookings import bookings_of
from engine.customers.claims import Claim
from engine.customers.finances.standing_orders import claim_of, purposes_of
from engine.customers.forecast import figure
from engine.customers.forecast.store import ServedFigure
from engine.customers.planning import allocation, goals
from engine.customers.planning.market import NEUTRAL, Market
from engine.customers.portfolio import figures, needs_table
from engine.customers.profile import driver_claims
from engine.customers.profiles import Profiles
from engine.engine import Engine
from engine.explain.insight import action, searched_by
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshot

Served = Mapping[str, ServedFigure]
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
    for rule in (*alerts_money.RULES, *relations.RULES):
        rows = rule(bank, profiles, settings)
        for position, claim in zip(rows["position"], rows["claim"], strict=True):
            yield str(bank.customer_ids[int(position)]), claim


def claims_of_book(bank: Bank, profiles: Profiles, settings: Settings) -> Iterator[Said]:
    """What the portfolio says."""
    lift = segments.lift(
        profiles.table["segment"], bank.held, bank["products"].set_index("product_id")["name"]
    )
    needs = needs_table(profiles)
    for claim, _, _ in advised(Book(bank, profiles, settings), needs, lift):
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


def claims_ahead_of(snapshot: Snapshot, served: Served, position: int) -> Iterator[Said]:
    """What is said of one customer's coming months, plans and what products are searched by."""
    bank, profiles, settings = snapshot.bank, snapshot.profiles, snapshot.settings
    customer, currency = str(bank.customer_ids[position]), bank.manifest.currency
    said: list[Claim] = []
    for one in served.values():
        said += figure.claims_of(*one, position, currency, settings.forecast)
    money = cashflow.cashflow(profiles, customer, settings)
    bookings = bookings_of(profiles, settings.cashflow, position)
    said += sentences.ahead(
        money.next_salary,
        money.calendar,
        money.lowest_balance,
        money.horizon_days,
        currency,
        len(bookings) > 0,
        claim_of(bank, position),
    )
    said += cashflow.notes_of(profiles, position, bookings, money.calendar)
    kept, swing = money.savings, money.volatility
    value = np.nan if swing.value is None else swing.value
    n = profiles.data.months.n_of_year("spending", position)
    span = profiles.data.months.span_of_year("spending", position)
    said.append(sentences.swings(value, n, swing.threshold, span))
    said.append(
        sentences.kept(kept.rate, kept.income_month, kept.spending_month, kept.n_months, currency)
    )
    said += profile.note_claims(bank, profiles, snapshot.consents, position)
    row = bank["customers"].iloc[position]
    goal = goals.goal_or_none(bank, profiles, customer)
    named = bool(goals.has_savings(bank)[position])
    said += allocation.note_claims(row, goal, named, 0.4, settings.strategy)
    if not pd.isna(row["risk_tolerance"]) or profiles.table["risk_known"].iloc[position]:
        level = allocation.risk_level(row, profiles, position)
        for market in (NEUTRAL, Market(0.03, "as given"), Market(-0.02, "as given")):
            said.append(allocation.plan_claim(*level, market, settings.strategy))
    whole = profile.profile(bank, profiles, snapshot.consents, customer, settings)
    for metric in whole.metrics.values():
        said.append(claims_ahead.rated(metric=metric.label, value=metric.value, word=metric.word))
    said.append(
        searched_by(snapshot.signals.needs.interests_of(position), purposes_of(bank, position))
    )
    for claim in said:
        yield customer, claim


_BALANCE = re.compile(r"balance of (?!at least)(-?[\d,.]*\d)")


def surfaces_apart(engine: Engine, customer: str) -> list[str]:
    """Where what a person sees of one customer has another balance or number of open cases.

    Record, metrics, alerts, cash flow, both lists with reasons, checks and removals, and the call
    before an offer are read.
    """
    whole, snapshot = engine.customers.profile(customer), engine.snapshot()
    row = snapshot.profiles.table.iloc[snapshot.bank.customer_position(customer)]
    n_open, wrong = int(row["n_cases_open"]), []
    flow = engine.customers.cashflow(customer)
    texts = [
        whole.insight,
        flow.summary,
        *flow.notes,
        *engine.alerts.open(customer).table["reason"],
    ]
    texts += [driver.detail for metric in whole.metrics.values() for driver in metric.drivers]
    texts += [metric.argument for metric in whole.metrics.values()]
    for name in ("growth", "retention"):
        given = engine.offers.recommend(customer, list=name, k=10)
        texts += [given.action, given.insight, *given.notes]
        texts += [one.reason for one in given.removed]
        texts += [text for o in given.offers for text in (*o.reasons, *o.checks, *o.passed)]
        if "open case" in given.action and not n_open:
            wrong.append(f"{given.action}, but none is open")
    for text in filter(None, texts):
        wrong += [
            f"{text}: the balance is {row['balance']}"
            for said in _BALANCE.findall(text)
            if abs(float(said.replace(",", "")) - row["balance"])
            > max(1, abs(row["balance"]) / 100)
        ]
        cases = re.findall(r"(\d+) unresolved(?: case|,)", text)
        cases += re.findall(r"(\d+) cases? (?:is|are) open", text)
        wrong += [f"{text}: {n_open} are open" for said in cases if int(said) != n_open]
    if n_open and "low churn" in whole.segment.lower():
        wrong.append(f"the badge says {whole.segment}")
    if not whole.insight.startswith(("A customer", "Little is known", whole.segment)):
        wrong.append(f"the badge says {whole.segment}, the sentence {whole.insight}")
    return wrong
