"""A bank of any size with one product per category, and lists made by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest


@pytest.fixture
def people() -> Callable[..., Bank]:
    """`people(gender=[...], age=[...], ...)`: a retail bank with a loan and a fund."""

    def build(simulated: bool = False, **columns: Sequence) -> Bank:
        n = len(next(iter(columns.values())))
        customers = {"customer_id": [f"c{i:04d}" for i in range(n)], "audience": "retail"}
        return Bank.from_tables(
            Manifest(name="People", as_of="2024-12-31", simulated=simulated),
            {
                "customers": pd.DataFrame({**customers, **columns}),
                "products": pd.DataFrame(
                    {"product_id": ["fund", "loan"], "category": ["Investment", "Loan"]}
                ),
            },
        )

    return build


@pytest.fixture
def offer() -> Callable[..., pd.DataFrame]:
    """`offer(bank, loan=positions, fund=positions)`: growth lists with these recipients."""

    def build(bank: Bank, list: str = "growth", **recipients: Sequence[int]) -> pd.DataFrame:
        frames = [
            pd.DataFrame(
                {
                    "customer_id": bank.customer_ids.to_numpy()[np.asarray(rows, dtype=int)],
                    "product_id": product,
                    "list": list,
                    "rank": rank,
                }
            )
            for rank, (product, rows) in enumerate(recipients.items(), 1)
        ]
        return pd.concat(frames, ignore_index=True)

    return build
