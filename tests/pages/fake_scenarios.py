"""Answers to questions about a list that need no bank: what a page asks of `Engine.scenarios`."""

from typing import ClassVar

import pandas as pd

from engine.explain.comparison import compare
from engine.results import Change, Explanation, Line, Part, Situation, WhatIf, WhyNot
from engine.services.scenarios import Scenarios
from tests.pages.fake_service import FakeService, accepts

EVIL = "Card <b>*gold*</b> $1"


class FakeScenarios(FakeService):
    """Stands in for `engine.services.scenarios.Scenarios`; keeps what a what-if was asked with."""

    asked: ClassVar[dict] = {}

    def products(self, customer_id: str) -> pd.DataFrame:
        names = {"P0": "Travel Rewards Card", "R1": EVIL, "R2": "Index Fund", "R3": "Gold Loan"}
        return pd.DataFrame(
            {"product_id": list(names), "name": list(names.values()), "category": "Card"}
        )

    def explain(self, customer_id: str, product_id: str, *, list=None) -> Explanation:
        offers = self._engine.offers.recommend(customer_id, k=5, list=list).offers
        offer = next(o for o in offers if o.product_id == product_id)
        parts = tuple(
            Part(name, points, (Line(f"Behind {name}", "7 of 10", points),), "How to read it.")
            for name, points in offer.parts.items()
        )
        return Explanation(customer_id, product_id, offer.name, "growth", offer.score, parts)

    def compare(self, customer_id: str, first: str, second: str, *, list=None):
        offers = {o.product_id: o for o in self._engine.offers.recommend(customer_id, k=5).offers}
        one, other = offers[first], offers[second]
        return compare(one.name, other.name, one.parts, other.parts)

    def why_not(self, customer_id: str, product_id: str, *, list=None) -> WhyNot:
        name = self.products(customer_id).set_index("product_id")["name"][product_id]
        status = {"P0": "top", "R1": "removed"}.get(product_id, "low")
        change = Change("risk", "Risk appetite", 3.2, 5.41, 0.221, 3,
                        "Risk appetite 5.5 instead of 3.2, of 10")  # fmt: skip
        return WhyNot(
            customer_id, product_id, name, list or "growth", 3, status, 9, 31,
            "Not eligible" if status == "removed" else "",
            "needs an income of 80,000" if status == "removed" else "",
            compare("Third", name, {"needs": 1.0}, {"needs": 0.2}) if status == "low" else None,
            (change,) if product_id == "R2" else (),
            f"{name} is {status}.",
        )  # fmt: skip

    def situation(self, customer_id: str) -> Situation:
        return Situation(
            metrics={"churn": 2.31, "profit": 6.0, "risk": 3.2, "acumen": 5.0},
            unknown=("acumen",),
            mood=-0.4,
            income=None,
            balance=4380.0,
            income_label="Yearly income",
            needs=pd.DataFrame({"key": ["goal: travel"], "label": ["Goal: travel"], "share": 1.0}),
            known_needs=("buy a house",),
            currency="USD",
        )

    def what_if(self, customer_id: str, *, list=None, k=5, **assumed) -> WhatIf:
        accepts(Scenarios.what_if, customer_id, list=list, k=k, **assumed)
        type(self).asked = assumed
        table = pd.DataFrame(
            {
                "product_id": ["P0", "R1"],
                "name": ["Travel Rewards Card", EVIL],
                "category": "Card",
                "rank": [1.0, None],
                "rank_today": [2.0, 1.0],
                "move": ["up", "out"],
                "score": [1.9, 0.2],
                "score_today": [1.2, 1.4],
                "confidence": [0.4, 0.1],
                "confidence_today": [0.3, 0.4],
                "fit": [0.9, 0.2],
                "fit_today": [0.8, 0.9],
                "reason": ["", "Risk 8 is too much"],
            }
        )
        said = tuple(f"{name} moved" for name in assumed.get("metrics", {}))
        return WhatIf(customer_id, list or "growth", table, said, "Against today: 1 product up.",
                      ("Nothing of it is stored.",))  # fmt: skip
