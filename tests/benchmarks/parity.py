"""100,000 customers and their lists in; time of the whole audit of groups beside fairlearn's, out.

The audit is what `audit` works out for every attribute once the lists are there: shares against
the eligible, what each group is shown, and what it has taken, with intervals. fairlearn's
MetricFrame has the selection rate of each category and group, without any interval; it is no
requirement of the program: pip install fairlearn.

usage: python -m tests.benchmarks.parity [CUSTOMERS]
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pandas as pd

from engine import settings as _settings
from engine.audit.parity import adoptions, groups, list_measures
from engine.audit.parity.fairness import fairness
from engine.bank.bank import Bank, Manifest
from tests.benchmarks.measure import Row, machine, processor_seconds, show, timed

CATEGORIES = ("Savings", "Deposit", "Investment", "Pension", "Insurance", "Loan", "Mortgage",
              "Credit Card", "Account", "Service", "Foreign Exchange", "Advice")  # fmt: skip
N_PRODUCTS, K = 60, 5


def drawn(customers: int, seed: int = 0) -> tuple[Bank, pd.DataFrame, np.ndarray]:
    """A bank of random people, lists of five products each, and who may be offered what."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"C{n:06}" for n in range(customers)])
    products = np.array([f"P{n:02}" for n in range(N_PRODUCTS)])
    people = {
        "customer_id": ids,
        "audience": "retail",
        "gender": rng.choice(["female", "male"], customers),
        "age": rng.integers(18, 90, customers),
        "annual_income": rng.lognormal(10.5, 0.6, customers),
        "region": rng.choice(["North", "South", "East", "West"], customers),
    }
    rows, columns = np.nonzero(rng.random((customers, N_PRODUCTS)) < 0.05)
    holdings = {
        "customer_id": ids[rows],
        "product_id": products[columns],
        "opened_on": pd.Timestamp("2024-01-01")
        + pd.to_timedelta(rng.integers(0, 700, len(rows)), unit="D"),
    }
    category = np.resize(CATEGORIES, N_PRODUCTS)
    bank = Bank.from_tables(
        Manifest("Drawn", as_of="2025-12-31"),
        {
            "customers": pd.DataFrame(people),
            "products": pd.DataFrame({"product_id": products, "category": category}),
            "holdings": pd.DataFrame(holdings),
        },
    )
    picks = rng.random((customers, N_PRODUCTS)).argpartition(K, axis=1)[:, :K]
    lists = pd.DataFrame(
        {
            "customer_id": np.repeat(ids, K),
            "product_id": products[picks.ravel()],
            "list": "growth",
            "rank": np.tile(np.arange(1, K + 1), customers),
            "confidence": rng.random(customers * K),
            "value_if_taken": rng.gamma(2, 30, customers * K),
        }
    )
    return bank, lists, rng.random((customers, N_PRODUCTS)) < 0.8


def audited(bank: Bank, lists: pd.DataFrame, eligible: np.ndarray) -> None:
    """The audit of every attribute."""
    settings = _settings.load()
    rule = settings.fairness
    measures = list_measures.measured(bank, lists, K, rule)
    taken = adoptions.taken(bank, rule)
    for attribute in groups.attributes_of(bank, rule):
        group = groups.group_of(bank, attribute, rule)
        fairness(bank, lists, eligible, attribute, settings, list="growth", k=K)
        list_measures.compared(measures, group, rule)
        adoptions.compared_of(taken, group, rule)


def by_fairlearn(bank: Bank, lists: pd.DataFrame) -> None:
    """Selection rates of every category and attribute."""
    from fairlearn.metrics import MetricFrame, selection_rate

    rule = _settings.load().fairness
    names, category = np.unique(bank["products"]["category"], return_inverse=True)
    of = category[bank.product_positions(lists["product_id"])]
    rows = bank.customer_positions(lists["customer_id"])
    for attribute in groups.attributes_of(bank, rule):
        group = groups.group_of(bank, attribute, rule).astype("str")
        for code in range(len(names)):
            flags = np.zeros(bank.n_customers, dtype=int)
            flags[rows[of == code]] = 1
            frame = MetricFrame(
                metrics=selection_rate, y_true=flags, y_pred=flags, sensitive_features=group
            )
            frame.difference()


def rows(customers: int = 100_000, rounds: int = 3) -> list[Row]:
    """A row of ours and, where fairlearn is installed, one of its; in turns."""
    given = drawn(customers)
    has_other = find_spec("fairlearn") is not None
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(processor_seconds(lambda: audited(*given)))
        if has_other:
            theirs.append(processor_seconds(lambda: by_fairlearn(*given[:2])))
    what = f"audit of {customers:,} customers, every attribute, processor"
    ratio = f"{np.median(theirs) / np.median(ours):.2f} x as fast" if has_other else "not installed"
    made = [timed(what, ours, ratio=ratio, goal="5 s")]
    if has_other:
        made.append(timed("fairlearn's MetricFrame, rates alone, processor", theirs))
    return made


def main(arguments: Sequence[str]) -> None:
    """Print the rows."""
    print(f"Attune on {machine()}")
    show("Audit of groups", rows(*map(int, arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
