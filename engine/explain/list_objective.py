"""The aim of a list in words: which scores of a product it looks for, whoever the customer is."""

from collections.abc import Iterator

import pandas as pd

from engine.explain.evidence import CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import TELLING, Behind, Reason
from engine.explain.wording import score
from engine.labels import PRODUCT_SCORE_LABELS
from engine.ranking.objectives import AIMS, objective


def behind(customer: CustomerEvidence, product: int, which: str) -> list[Behind]:
    """Each product score that the list looks for, against the catalogue; in points."""
    ranker = customer.evidence.ranker
    table = ranker.signals.product_scores
    aim = objective(table, which)
    spread = aim.std() if aim.std() > 1e-9 else 1.0
    unit = ranker.signals.settings.ranking.objective_weight / spread
    return [
        Behind(
            PRODUCT_SCORE_LABELS[column],
            f"{score(table[column].iloc[product])}, on average {score(table[column].mean())}",
            float(unit * share * (table[column].iloc[product] - table[column].mean()) / 5),
        )
        for column, share in AIMS[which].items()
    ]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part, retention = offer.parts.get("objective", 0.0), offer.product["retention_value"]
    if offer.which == "retention" and part > TELLING and not pd.isna(retention):
        fact = f"Churn index {score(offer.profile['churn'])}"
        text = f"{fact}; {offer.name} keeps customers (retention value {score(retention)})"
        yield Reason("objective", text, f"{fact}; retention value {score(retention)}", part)
