# ruff: noqa: E501
"""A list of offers of the stand-in bank, and what people did with it."""

import pandas as pd

from engine.feedback.history import ANSWERS
from engine.results import (
    Affinity,
    Answered,
    FeedbackStatistics,
    Offer,
    Recommendation,
    Removal,
    Usage,
)
from engine.services.feedback import Feedback
from tests.pages.fake_people import AS_OF, PRODUCTS
from tests.pages.fake_service import FakeService, accepts

CATEGORIES = ("Card", "Investment", "Insurance", "Loan", "Savings")
PARTS = ("needs", "collaborative", "suitability", "rules", "product", "objective")


class FakeOffers(FakeService):
    """Stands in for `engine.services.offers.Offers`."""

    def affinity(self, customer_id) -> Affinity:
        rows = [
            (f"P{i}", PRODUCTS[i], "nearest" if i < 2 else "farthest", 0.12 - 0.07 * i, "travel")
            for i in range(4)
        ]
        columns = ["product_id", "product", "end", "affinity", "phrase"]
        return Affinity(customer_id, 5, pd.DataFrame(rows, columns=columns))

    def list_that_opens(self, customer_id) -> str:
        return "retention" if self._engine.row(customer_id)["churn"] >= 7 else "growth"

    def recommend(self, customer_id, *, k=5, list=None, order="score") -> Recommendation:
        chosen = list or self.list_that_opens(customer_id)
        gone = {
            e["product_id"]
            for e in self._engine.events.values()
            if e["customer_id"] == customer_id
            and e["action"] in {"accepted", "postponed", "dismissed"}
        }
        allowed = (
            self._engine.consents.get((customer_id, "personalisation"), "granted") != "refused"
        )
        places = [i for i in range(5) if f"P{i}" not in gone and allowed][:k]
        offers = tuple(self._offer(i, rank) for rank, i in enumerate(places, 1))
        removed = tuple(
            Removal(f"R{i}", f"Product {i}", rule, "needs an income of 80,000; 41,000 is known")
            for i, rule in enumerate(("eligibility",) * 6 + ("held",) * 2 + ("category limit",) * 3)
        )
        removed += tuple(
            Removal(name, f"Product {name}", "hidden", "Accepted on 12 Mar 2026.")
            for name in sorted(gone)
        )
        action = self._engine.action or (
            "" if allowed else "This customer objects to personal offers."
        )
        return Recommendation(
            customer_id, AS_OF, chosen, "v1", f"r-{customer_id}-{len(gone)}",
            "Spends 1,240 a month on travel and holds no travel card.", offers, removed,
            ("Weights are fixed: fewer than 200 dated adoptions.",), action,
        )  # fmt: skip

    def _offer(self, i: int, rank: int) -> Offer:
        values = dict(
            zip(PARTS, (1.2 - 0.2 * i, 0.5, -0.3, 0.9 if i == 0 else 0.0, 0.2, 0.4), strict=True)
        )
        sure = None if not self._engine.n_history else 0.62 - 0.11 * i
        return Offer(
            f"P{i}", PRODUCTS[i], CATEGORIES[i], "Premium", "Points on every trip, no fee abroad.",
            rank, sum(values.values()), sure, sure, 0.15 if i == 0 else 0.0, 0.8 if i in (0, 3) else None,
            ("+15 by the bank's rule",) if i == 0 else (), ("high", "fair", "low", "low", "low")[i], "In the test on later adoptions, 54 % of products called high were taken, among customers who took something (47 to 60 %, n = 210).", 0.97 - 0.1 * i,
            0.04, 84.0 - 9 * i, "propensity" if sure else "fit", values, "1,240 a month on flights, no travel card yet",
            ("Spends 1,240 a month on travel.", "Gives 3 points per dollar on flights."),
            ("Check first: credit score of 680 or more",) if i == 3 else (), ("age 18 or more",),
            {"value_customer": 7.5, "risk_customer": 3.0, "retention_value": 6.0}, True, {"annual fee": "$95", "rewards": "3 %"},
            2100.0 - 225 * i, "Assumed margin of this product: USD 2,100 a year (the bank's setting)",
        )  # fmt: skip


class FakeFeedback(FakeService):
    """Stands in for `engine.services.feedback.Feedback`."""

    def record(self, *, event_id, **event) -> bool:
        accepts(Feedback.record, event_id=event_id, **event)
        if event_id in self._engine.events:
            return False
        self._engine.events[event_id] = event
        return True

    def answers(self, customer_id) -> dict[str, Answered]:
        return {
            e["product_id"]: Answered(i, e["actor"], e["action"], AS_OF, e["product_id"])
            for i, e in self._engine.events.items()
            if e["customer_id"] == customer_id and e["action"] in ANSWERS
        }

    def purchased(self, accepted_id, *, event_id, actor) -> bool:
        accepted = self._engine.events[accepted_id]
        return self.record(event_id=event_id, **accepted | {"action": "purchased", "actor": actor})

    def left_out(self) -> tuple[str, ...]:
        return self._engine.left_out

    def record_shown(self, shown, *, actor, arm="") -> int:
        for offer in shown.offers:
            self.record(
                event_id=f"{shown.receipt_id} {offer.product_id}",
                customer_id=shown.customer_id,
                product_id=offer.product_id,
                action="shown",
                actor=actor,
            )
        return len(shown.offers)

    def undo(self, event_id, *, undo_id, actor) -> bool:
        return self._engine.events.pop(event_id, None) is not None

    def history(self, customer_id=None) -> pd.DataFrame:
        columns = ["event_id", "recorded_at", "actor", "customer_id", "customer", "product",
                   "action", "rating", "reason", "comment", "retracted", "undoable", "openable"]  # fmt: skip
        return pd.DataFrame(
            [
                (i, AS_OF, e["actor"], e["customer_id"], self._engine.row(e["customer_id"])["name"], e["product_id"],
                 e["action"], e.get("rating"), e.get("reason", ""), e.get("comment", ""), False, e["action"] not in {"shown", "viewed"},
                 e["action"] == "accepted" and not self._opened(e))
                for i, e in self._engine.events.items()
            ],
            columns=columns,
        )  # fmt: skip

    def _opened(self, accepted) -> bool:
        pair = (accepted["customer_id"], accepted["product_id"], "purchased")
        found = self._engine.events.values()
        return any((e["customer_id"], e["product_id"], e["action"]) == pair for e in found)

    def usage(self, since=None, until=None) -> Usage:
        days = pd.DataFrame(
            {
                "day": pd.to_datetime(["2024-03-20", "2024-03-21", "2024-03-22"]),
                "n_customers": [9, 0, 4],
                "n": [97, 0, 46],
                "n_clicked": [60, 0, 26],
                "n_selected": [40, 0, 20],
            }
        )
        groups = pd.DataFrame([("low", 4), ("medium", 5)], columns=["group", "n"])
        whole = since is None
        return Usage(
            days["day"].iloc[0], days["day"].iloc[-1], 2,
            {"n_customers": 16, "n_interactions": 143 if whole else 46, "mean_rating": 0.5143, "n_clicked": 86, "click_rate": 0.6, "selection_rate": 0.42},
            days, pd.DataFrame([("P1", "Index Fund", 30, 12, 8)], columns=["product_id", "name", "n", "n_clicked", "n_selected"]),
            pd.DataFrame([("below .4", 34), (".4 to .7", 70), (".7 and over", 39)], columns=["band", "n"]), groups, groups,
        )  # fmt: skip

    def raw_rows(self, table, n=500) -> pd.DataFrame:
        return pd.DataFrame({"customer_id": ["C1"], "email": ["a…@example.com"]})

    def statistics(self) -> FeedbackStatistics:
        group = pd.DataFrame([("At risk", 12, 5, 0.4167, 0.19, 0.68)], columns=[
            "group", "n_decisions", "n_accepted", "acceptance", "low", "high"])  # fmt: skip
        return FeedbackStatistics(
            {"n_interactions": 143, "n_feedback": 40, "mean_feedback": 0.5143, "click_rate": 0.62, "selection_rate": 86 / 143},
            pd.DataFrame({"stage": ["shown", "viewed", "accepted"], "n": [143, 88, 41]}),
            pd.DataFrame([("P1", "Index Fund", 30, 0.61, 8, 12, 4, 0.75)], columns=[
                "product_id", "name", "n", "mean_rating", "n_rated", "n_accepted", "n_dismissed", "acceptance"]),
            group, group.assign(group="demo"), by_rank=group.assign(group="1"), by_arm=group.assign(group="engine"),
        )  # fmt: skip
