"""Forty-eight customers of the stand-in bank, one of whom is called like an attack."""

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2026-03-12")
EVIL = "![x](http://evil.example/p.png) <script>alert(1)</script> $a$ **b** www.evil.example"
NAMES = ("Amara Okafor", "Ben Whitfield", EVIL, "Dalia Haddad", "Emil Novak", "Fox & Finch Ltd")
PRODUCTS = ("Travel Rewards Card", "Index Fund", "Home Insurance", "Car Loan", "High-Yield Savings")


def customers() -> pd.DataFrame:
    n = 48
    rng = np.random.default_rng(7)
    churn = np.round(rng.uniform(0.5, 9.5, n), 2)
    churn[1] = 8.4
    value = np.round(rng.lognormal(6.2, 0.8, n), 0)
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:04d}" for i in range(n)],
            "name": [NAMES[i] if i < 6 else f"Customer {i}" for i in range(n)],
            "audience": ["corporate" if i % 8 == 5 else "retail" for i in range(n)],
            "segment": [("Loyal", "At risk", "Growing")[i % 3] for i in range(n)],
            "relationship_manager": [("Rita Rao", "Raj Sen")[i % 2] for i in range(n)],
            "value_a_year": value,
            "value_band": pd.cut(value, [-1, 300, 900, 1e9], labels=["growth", "medium", "high"]),
            "churn": churn,
            "churn_band": pd.cut(churn, [-1, 4, 7, 11], labels=["low", "medium", "high"]),
            "mood": np.where(np.arange(n) % 4 == 3, np.nan, rng.uniform(-0.8, 0.9, n)),
            "next_offer": [PRODUCTS[i % 5] for i in range(n)],
            "next_offer_confidence": rng.uniform(0.15, 0.75, n),
            "next_offer_fit": rng.uniform(0.5, 1, n),
            "last_contact": [AS_OF - pd.Timedelta(days=int(d)) for d in rng.integers(2, 400, n)],
            "n_holdings": rng.integers(0, 5, n),
            "n_alerts": [2 if i == 1 else int(i % 7 == 2) for i in range(n)],
            "profit": np.round(rng.uniform(0, 10, n), 2),
        }
    )
