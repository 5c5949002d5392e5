"""Features of one customer of whom nothing is known, to fill in what a test is about."""

import numpy as np
import pandas as pd
import pytest

UNKNOWN = {
    "audience": "retail",
    "satisfaction": np.nan,
    "tenure_years": np.nan,
    "credit_score": np.nan,
    "tolerance": np.nan,
    "goal_risk": np.nan,
    "occupation": np.nan,
    "dormant": False,
    "balance_change": np.nan,
    "spending_change": np.nan,
    "activity_change": np.nan,
    "income": np.nan,
    "value_a_year": np.nan,
    "speculative_share": np.nan,
    "investing_share": np.nan,
    "has_investments": False,
    "n_account_kinds": 0.0,
    "n_holdings": np.nan,
    "n_categories": np.nan,
    "n_complex": np.nan,
    "n_risky": 0.0,
    "risky_share": np.nan,
    "case_load": np.nan,
    "n_cases": 0.0,
    "n_cases_open": 0.0,
    "n_cases_repeated": 0.0,
    "said": np.nan,
    "tone": np.nan,
    "n_said": 0.0,
    "n_finance_terms": np.nan,
}


@pytest.fixture(scope="session")
def customer():
    """One row of features, all unknown but those given."""

    def features(**known) -> pd.DataFrame:
        return pd.DataFrame([{**UNKNOWN, **known}], index=["x"])

    return features
