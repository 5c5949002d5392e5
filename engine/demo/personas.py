"""Named customers of the demonstration: personas.toml laid over the first rows of a population."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.demo.catalogue import catalogue
from engine.demo.dates import AS_OF
from engine.demo.draws import words
from engine.demo.population import Population
from engine.vocabulary import RETAIL


@dataclass(frozen=True)
class Persona:
    """One named customer.

    Attributes
    ----------
    customer_id : str
        The same in every generated bank.
    expected : tuple of str
        Products that a good list has near its top; empty where nothing is expected.
    """

    customer_id: str
    audience: str
    title: str
    expected: tuple[str, ...]


def _personas() -> dict[str, Persona]:
    return {
        p["name"]: Persona(f"C{i:05d}", p.get("audience", RETAIL), p["title"], tuple(p["expected"]))
        for i, p in enumerate(words("personas")["persona"], 1)
    }


PERSONAS: Final[dict[str, Persona]] = _personas()
"""Name -> persona, in the order of the customer ids."""

SHOWN: Final = ("Marcus Hale", "Tara Voss", "Dev Iyer", "Ingrid Dahl", "Noor Haddad")
"""Whom a demonstration leads through: an urgent call, a good first offer, a rule that keeps an
offer away, an objection, and somebody of whom little is known."""


def scripts(audience: str) -> list[dict[str, Any]]:
    """The personas of one audience as personas.toml has them, in row order."""
    return [p for p in words("personas")["persona"] if p.get("audience", RETAIL) == audience]


def cast(population: Population) -> Population:
    """Lay the personas over the first rows of a population."""
    lines = scripts(population.audience)
    arrays = {
        name: getattr(population, name).copy()
        for name in ("group", "needs", "wealth", "mood", "decline", "volatility", "save_rate")
    }
    quiet = population.turn_need.copy()
    quiet[: len(lines)] = -1
    names = catalogue(population.audience).needs
    arrays["mood"][: len(lines)] = 0.8
    arrays["decline"][: len(lines)] = 0.0
    arrays["volatility"][: len(lines)] = 0.06
    jobs = {o["name"]: o["group"] for o in words("people")["occupation"]}
    for row, line in enumerate(lines):
        if line.get("needs"):
            arrays["needs"][row] = np.minimum(arrays["needs"][row] * 0.5, 0.6)
        for need, value in line.get("needs", {}).items():
            arrays["needs"][row, names.index(need)] = value
        for trait, value in line.get("latent", {}).items():
            arrays[trait][row] = value
        arrays["group"][row] = jobs.get(line["customer"].get("occupation"), "")
    return replace(
        population,
        customers=_customers(population.customers, lines),
        turn_need=quiet,
        n_personas=len(lines),
        **arrays,
    )


def _customers(customers: pd.DataFrame, lines: list[dict[str, Any]]) -> pd.DataFrame:
    """The customers table with the stated cells of the first rows replaced."""
    stated = pd.DataFrame([{"name": p["name"], **p["customer"]} for p in lines])
    replaced = customers.copy()
    for column in stated.columns:
        cells = stated[column]
        if column == "joined_on":
            cells = pd.to_datetime(cells)
        values = replaced[column].astype("object").to_numpy(copy=True)
        known = cells.notna().to_numpy()
        values[: len(lines)][known] = cells.to_numpy(dtype=object)[known]
        replaced[column] = pd.Series(values, index=replaced.index).astype(customers[column].dtype)
    fresh = [i for i, p in enumerate(lines) if "known" in p]
    replaced.loc[fresh, "joined_on"] = pd.Timestamp(AS_OF - 3)
    return replaced


def holdings(audience: str) -> pd.DataFrame:
    """Stated holdings: row, product_id and opened_on."""
    rows = [
        (row, product_id, np.datetime64(day, "D"))
        for row, line in enumerate(scripts(audience))
        for product_id, day in line.get("holdings", {}).items()
    ]
    return pd.DataFrame(rows, columns=["row", "product_id", "opened_on"])


def fixed_holders(audience: str) -> np.ndarray:
    """Rows whose holdings are stated or must be none, so that nothing else is adopted."""
    lines = scripts(audience)
    return np.array([i for i, p in enumerate(lines) if "holdings" in p or "known" in p], dtype=int)


def messages(audience: str) -> pd.DataFrame:
    """Stated messages: row, sent_at and the columns of table `messages`."""
    rows = [
        {"row": row, "sent_at": AS_OF - np.timedelta64(m["days"], "D"), **m}
        for row, line in enumerate(scripts(audience))
        for m in line.get("message", ())
    ]
    return pd.DataFrame(rows).drop(columns="days")


def monthly(audience: str) -> dict[int, dict[str, float]]:
    """Stated monthly spending: row -> category -> USD."""
    return {i: p["monthly"] for i, p in enumerate(scripts(audience)) if "monthly" in p}


def fresh(audience: str) -> dict[int, tuple[str, ...]]:
    """Rows of brand-new customers -> the columns that are known beside the name."""
    return {i: tuple(p["known"]) for i, p in enumerate(scripts(audience)) if "known" in p}
