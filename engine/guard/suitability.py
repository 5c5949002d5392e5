"""Risk that a careful or vulnerable customer is never offered, whatever the score."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from engine.figures import figure
from engine.guard.customer_facts import CustomerFacts
from engine.guard.eligibility import Clause, Condition
from engine.guard.target_groups import FAILED, OPEN, PASSED
from engine.settings import GuardSettings


def bounds(facts: CustomerFacts, settings: GuardSettings) -> np.ndarray:
    """Customer risk (0-10) from which a product is out, shape (n_rows,); inf where none is."""
    careful = facts.appetite <= np.where(
        facts.retired, settings.retired_low_risk_appetite, settings.low_risk_appetite
    )
    bound = np.where(careful, settings.low_appetite_max_product_risk, np.inf)
    vulnerable = np.where(facts.vulnerable, settings.vulnerable_max_product_risk, np.inf)
    return np.minimum(bound, vulnerable)


def conditions(products: pd.DataFrame, settings: GuardSettings) -> Iterator[Condition]:
    """Customer risk of every product against the customer's bound; open where it is unknown.

    Notes
    -----
    Somebody who is retired counts as careful up to a higher appetite, because a loss cannot be
    earned back; occupation says so, never age.
    """
    risk = products["risk_customer"].to_numpy(dtype=float)
    estimated = products["scores_estimated"].fillna(False).to_numpy(dtype=bool)
    yield Condition(
        partial(_risk, risk=risk, estimated=estimated, settings=settings),
        np.arange(len(risk)),
        partial(_market, risk, estimated, settings),
    )


def _market(
    risk: np.ndarray, estimated: np.ndarray, settings: GuardSettings, place: int
) -> tuple[str, str]:
    """By risk: who may be offered it, and who may not."""
    if np.isnan(risk[place]):
        return "", "Not known to be for careful or vulnerable customers: its risk is not known"
    how = "an estimated risk of" if estimated[place] else "a risk of"
    has = f"{how} {figure(risk[place])} of 10"
    out = []
    if risk[place] >= settings.low_appetite_max_product_risk:
        low, retired = settings.low_risk_appetite, settings.retired_low_risk_appetite
        out.append(
            f"a risk appetite up to {figure(low)} of 10 (of the retired up to {figure(retired)})"
        )
    if risk[place] >= settings.vulnerable_max_product_risk:
        out.append("a vulnerability that the bank has marked")
    if out:
        return "", f"Customers with {' or '.join(out)}: it has {has}"
    return f"Any appetite for risk: it has {has}", ""


def _risk(
    facts: CustomerFacts, risk: np.ndarray, estimated: np.ndarray, settings: GuardSettings
) -> Clause:
    bound = bounds(facts, settings)
    outcome = np.where(risk[None, :] >= bound[:, None], FAILED, PASSED)
    outcome[np.isfinite(bound)[:, None] & np.isnan(risk)[None, :]] = OPEN

    def text(row: int, place: int) -> str:
        if not np.isfinite(bound[row]):
            return ""
        who = f"a risk appetite of {facts.appetite[row]:.1f} of 10"
        if bound[row] == settings.vulnerable_max_product_risk and facts.vulnerable[row]:
            who = "a customer marked as vulnerable"
        elif facts.retired[row]:
            who = f"a retired customer with {who}"
        if outcome[row, place] == OPEN:
            return f"Check first: the product's risk is not known, and {who} asks for a low one"
        how = "An estimated risk of" if estimated[place] else "Risk"
        product = f"{how} {figure(risk[place])} of 10"
        below = f"only below {figure(bound[row])} is offered"
        if outcome[row, place] == PASSED:
            if risk[place] > facts.appetite[row]:
                return f"{product} may be offered to {who}: {below}"
            return f"{product} is low enough for {who}"
        return f"{product} is too much for {who}; {below}"

    return Clause("suitability", np.arange(len(risk)), outcome, text)
