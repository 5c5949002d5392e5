"""Financial acumen: products, investing, words and occupation in, familiarity with money out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers import claims
from engine.customers.claims import Claim
from engine.customers.metrics.profit import credit_strength
from engine.customers.metrics.scorecard import evidence

NOTE: Final = ""
DRIVERS: Final = {
    "breadth": "Kinds of products",
    "complexity": "Demanding products",
    "investing": "Investing",
    "finance_words": "Finance words",
    "finance_occupation": "Occupation",
    "record": "Credit score",
}
_MUCH_INVESTING: Final = 0.1
_MANY_TERMS: Final = 4.0
_MANY_COMPLEX: Final = 2.0


def strengths(features: pd.DataFrame) -> pd.DataFrame:
    """How strongly each driver speaks for knowing finance, -1 to 1, NaN where unknown.

    Notes
    -----
    Absence is a weak sign (.2 or .3): somebody who writes nothing about funds may know them well.
    Education is not read, for it stands for age and origin.
    """
    kinds = np.fmax(
        features["n_categories"].to_numpy(dtype=float),
        features["n_account_kinds"].where(features["n_account_kinds"] > 0).to_numpy(dtype=float),
    )
    invests = features["has_investments"].to_numpy(dtype=bool)
    share = features["investing_share"].to_numpy(dtype=float) / _MUCH_INVESTING
    return pd.DataFrame(
        {
            "breadth": np.clip((kinds - 2) / 3, -1, 1),
            "complexity": evidence(features["n_complex"].to_numpy() / _MANY_COMPLEX, absent=0.3),
            "investing": evidence(np.where(invests, 1.0, share), absent=0.3),
            "finance_words": evidence(
                features["n_finance_terms"].to_numpy(dtype=float) / _MANY_TERMS, absent=0.3
            ),
            "finance_occupation": evidence(features["occupation"].to_numpy(), absent=0.2),
            "record": credit_strength(features["credit_score"].to_numpy(dtype=float)),
        },
        index=features.index,
    )


def details(row: Mapping[str, Any]) -> dict[str, Claim]:
    """What stands behind each known driver of one customer (`Profiles.figures_of`)."""
    said = {}
    if row["n_account_kinds"] and not row["n_categories"] >= row["n_account_kinds"]:
        said["breadth"] = claims.account_kinds(n=int(row["n_account_kinds"]))
    elif not np.isnan(row["n_categories"]):
        said["breadth"] = claims.categories_held(n=int(row["n_categories"]))
    if not np.isnan(row["n_categories"]):
        said["complexity"] = claims.complex_held(n=int(row["n_complex"]), of=int(row["n_holdings"]))
    if row["has_investments"]:
        said["investing"] = claims.keeps_investments()
    elif not np.isnan(row["investing_share"]):
        said["investing"] = claims.investing(share=row["investing_share"])
    if not np.isnan(row["n_finance_terms"]):
        n = int(row["n_finance_terms"])
        said["finance_words"] = claims.finance_terms(n=n, messages=int(row["n_said"]))
    if not np.isnan(row["occupation"]):
        said["finance_occupation"] = claims.occupation(
            text=row["occupation_text"], industry=row["occupation_is_industry"]
        )
    if not np.isnan(row["credit_score"]):
        said["record"] = claims.credit_score(value=row["credit_score"])
    return said
