"""The aim of a list in words: which scores of a product it looks for, whoever the customer is."""

from collections.abc import Iterator

import pandas as pd

from engine.explain.claims import MayLeave
from engine.explain.evidence import TELLING, CustomerEvidence, OfferEvidence
from engine.explain.signals.explanation import Behind, Reason
from engine.explain.wording import score
from engine.labels import PRODUCT_SCORE_LABELS
from engine.ranking.objectives import AIMS, aim_unit, aim_weight


def behind(customer: CustomerEvidence, product: int, which: str) -> list[Behind]:
    """Each product score that the list looks for, against the catalogue; in points."""
    ranker = customer.evidence.ranker
    table = ranker.signals.product_scores
    ranking = ranker.signals.settings.ranking
    weight = aim_weight(which, ranker.model.blend.aims, ranking)
    unit = weight * aim_unit(ranker.signals, which, ranking)[product]
    return [
        Behind(
            PRODUCT_SCORE_LABELS[column],
            f"{score(table[column].iloc[product])}, on average {score(table[column].mean())}",
            float(unit * share * (table[column].iloc[product] - table[column].mean()) / 5),
        )
        for column, share in AIMS[which].items()
    ]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    """What keeps customers, said of those who may leave."""
    part, retention = offer.parts.get("objective", 0.0), offer.product["retention_value"]
    churn = float(offer.profile["churn"])
    leaves = offer.profile.get("churn_known", True) and churn >= offer.leaves_from
    if offer.which == "retention" and part > TELLING and leaves and not pd.isna(retention):
        ids = str(offer.customer["customer_id"]), str(offer.product["product_id"])
        claim = MayLeave(ids[0], churn, ids[1], offer.name, float(retention))
        short = f"Churn index {score(churn)}; retention value {score(retention)}"
        yield Reason("objective", (claim,), short, part)
