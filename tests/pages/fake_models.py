# ruff: noqa: E501
"""Versions, fairness, and the stand-in bank as a whole."""

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.results import (
    AdoptionComparison,
    BankSummary,
    BlindingReport,
    Drift,
    FairnessReport,
    GapReport,
    GroupComparison,
    ListChanges,
    Mitigation,
    ProxyReport,
    TrainingReport,
)
from tests.pages.fake_people import AS_OF
from tests.pages.fake_service import FakeService


class FakeModels(FakeService):
    """Stands in for `engine.services.versions.models.Models`."""

    def warm_up(self, progress=None) -> None: ...

    def retrain(self, progress=None, *, actor="the program") -> TrainingReport:
        for step in (0.2, 0.7, 1.0):
            progress and progress(step, "Fitting")
        table = pd.DataFrame(
            [("champion", "map@7", 0.31, 0.28, 0.34, 508), ("challenger", "map@7", 0.33, 0.3, 0.36, 508)],
            columns=["system", "metric", "value", "low", "high", "n"],
        )  # fmt: skip
        return TrainingReport(
            "v2",
            False,
            "v1 keeps serving: v2 puts what was taken next no higher on the whole.",
            12,
            508,
            {},
            {},
            table,
            ("A: MAP@7 0.33 of the list as it is shown.",),
            "4 new answers since v1 and no new adoption.",
            "4 answers: too few to judge by later ones, so each moves little.",
            self.compare("v1", "v2"),
        )

    def compare(self, before, after) -> ListChanges:
        rows = pd.DataFrame(
            [("c1", "Ann Ash", "growth", "Card", "Saver", 2.0, 2.0, "answers", 0.12, "Saver came before Card: its lead grew by 0.12 points"),
             ("c2", "", "retention", "Card", "Loan", 3.0, np.nan, "needs", 0.2, "Loan came before Card")],
            columns=["customer_id", "customer", "list", "before", "after", "rank_before", "rank_after", "part", "by", "why"],
        )  # fmt: skip
        people = pd.DataFrame(
            [("Rita", 4, 3, 1, 2, "Ann Ash, c2")],
            columns=["actor", "n_answers", "n_no", "n_later", "n_changed", "customers"],
        )
        says = (f"2 of 508 customers get another first offer with {after} than with {before}.",)
        return ListChanges(before, after, 508, 2, rows, people, says)

    def agree(self, version_id, *, actor, why="") -> str:
        return f"{version_id} serves in place of v1: two people agreed."

    def kept_back(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("v2", "Loan: the share of <b>women</b> would be 21 points below", "Rita")],
            columns=["version_id", "gap", "author"],
        )

    def whom_to_ask(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("c1", "Ann Ash", "p1", "Card", 0.01, 40, 0, "40 customers of the segment “Calm” have a first offer of the kind Card.")],
            columns=["customer_id", "customer", "product_id", "product", "worth", "reach", "asked", "why"],
        )  # fmt: skip

    def versions(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("v2", AS_OF, "champion", "B", 0.33, 12, 508, True, ""), ("v1", AS_OF, "retired", "B", 0.31, 0, 508, False, "first fit")],
            columns=["version_id", "created_at", "status", "grade", "map7", "n_events", "n_adoptions", "serving", "note"],
        )  # fmt: skip

    def quality_history(self) -> pd.DataFrame:
        columns = [
            "version_id",
            "created_at",
            "kind",
            "value",
            "low",
            "high",
            "n",
            "rival",
            "rival_value",
        ]
        return pd.DataFrame(
            [("v1", AS_OF, "in time", 0.31, 0.28, 0.34, 425, "co-holding", 0.29), ("v2", AS_OF, "in time", 0.33, 0.3, 0.36, 431, "co-holding", 0.29)],
            columns=columns,
        )  # fmt: skip

    def served_before(self) -> str | None:
        return self._engine.served_before

    def roll_back(self, *, actor="the program") -> str:
        return "v1"

    def drift(self) -> Drift:
        fields = pd.DataFrame(
            [("income_month", 508, 530, 0.31, 0.03, 0.001, "large"), ("n_messages", 508, 530, np.nan, np.nan, np.nan, "too few")],
            columns=["field", "n_before", "n_after", "psi", "by_chance", "p", "change"],
        )  # fmt: skip
        says = ("Largely changed: income a month (PSI 0.31).", "Retrain: python -m engine retrain.")
        return Drift("v2", n_before=508, n_after=530, fields=fields, says=says, retrain=True)

    def doctor(self) -> pd.DataFrame:
        return pd.DataFrame([("embeddings", "all-MiniLM-L6-v2", "the same weights", True, "package", "1.0", "53aa" * 16, ""),
                             ("sentiment", "DistilBERT", "VADER", False, "", "", "", "weights not here")],
                            columns=["part", "real_model", "used", "found", "source", "version", "sha256", "note"])  # fmt: skip


class FakeFairness(FakeService):
    """Stands in for `engine.services.fairness.Fairness`."""

    attributes = ("gender", "age band", "income band", "region")

    def report(self, attribute, *, list="growth", k=5) -> FairnessReport:
        if attribute == "income band":
            raise BadInput("This bank records no income. Import it to audit by income band.")
        table = pd.DataFrame(
            [("Card", "female", 240, 130, 0.62, 0.49, 0.13, 0.05, 0.21, 0.002, False, True, ""),
             ("Card", "male", 250, 80, 0.38, 0.51, -0.13, -0.21, -0.05, 0.002, False, True, ""),
             ("Loan", "female", 240, 30, 0.3, 0.49, -0.19, -0.28, -0.1, 0.001, True, True, ""),
             ("Loan", "male", 250, 70, 0.7, 0.51, 0.19, 0.1, 0.28, 0.001, True, True, ""),
             ("Loan", "other", 8, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, False, False, "fewer than 30")],
            columns=["category", "group", "n_eligible", "n_recipients", "share_of_recipients", "share_of_eligible",
                     "gap", "low", "high", "p_value", "alert", "judged", "note"],
        )  # fmt: skip
        overall = pd.DataFrame([("female", 240, 236, 0.983, 0.95, 0.99), ("male", 250, 247, 0.988, 0.96, 0.99)],
                               columns=["group", "n", "n_with_offer", "rate", "low", "high"])  # fmt: skip
        return FairnessReport(attribute, list, overall, table, ("Loans go to men 19 points more often.",),
                              "One of 10 comparisons is outside the 15 % band.", 30, 0.15, 498, "v1", AS_OF)  # fmt: skip

    @staticmethod
    def crossed(*attributes) -> str:
        return " × ".join(attributes)

    def compare(self, attribute, *, list="growth", k=5) -> GroupComparison:
        few = [np.nan] * 11
        table = pd.DataFrame(
            [("first offer is credit", "share", "female", 236, .2, .15, .25, -.2, -.28, -.12, .5, .4, .6, .001, .002, True, True, ""),
             ("first offer is credit", "share", "male", 247, .4, .34, .46, .2, .12, .28, 2, 1.6, 2.5, .001, .002, True, False, ""),
             ("first offer is credit", "share", "other", 8, *few, False, False, "too few to judge")],
            columns=["measure", "unit", "group", "n", "value", "low", "high", "difference", "difference_low",
                     "difference_high", "ratio", "ratio_low", "ratio_high", "p_value", "q_value", "differs",
                     "below_four_fifths", "note"],
        )  # fmt: skip
        return GroupComparison(attribute, list, k, table, f"Of 2 comparisons by {attribute} 2 differ beyond chance.",
                               498, 30, "USD", "v1", AS_OF, ("A difference is no verdict.",))  # fmt: skip

    def taken(self, attribute) -> AdoptionComparison:
        table = pd.DataFrame(
            [("has taken credit", "share", "female", 236, .2, .15, .25, -.2, -.28, -.12, .5, .4, .6, .001, .002, True, ""),
             ("has taken credit", "share", "other", 8, *[np.nan] * 11, False, "too few to judge"),
             ("products taken", "number", "female", 236, 2.2, 2.1, 2.3, .2, -.1, .5, 1.1, .9, 1.3, .2, .3, False, "")],
            columns=["measure", "unit", "group", "n", "value", "low", "high", "difference", "difference_low",
                     "difference_high", "ratio", "ratio_low", "ratio_high", "p_value", "q_value", "differs", "note"],
        )  # fmt: skip
        said = f"Of 2 comparisons by {attribute} one differs."
        return AdoptionComparison(attribute, table, said, 498, 30, AS_OF, ("Models learn both.",))

    def proxies(self, attribute, *, list="growth", k=5) -> ProxyReport:
        table = pd.DataFrame([("the offers", "female", 240, 250, 0.52, 0.47, 0.57, 0.2, 0.4, False)],
                             columns=["source", "group", "n_group", "n_others", "auc", "low", "high", "p_value",
                                      "q_value", "tells"])  # fmt: skip
        return ProxyReport(
            attribute, list, k, table, f"Nothing tells a group by {attribute}.", 490, "v1", AS_OF
        )

    def why(self, attribute, *, list="growth", k=5) -> GapReport:
        gaps = pd.DataFrame([("credit", "female", 240, 250, .12, .17, -.05, -.08, -.02, .001, .002, True,
                              "Credit gets less. The rule “Not affordable” adds most.")],
                            columns=["kind", "group", "n", "n_others", "value", "others", "gap", "low", "high",
                                     "p_value", "q_value", "differs", "says"])  # fmt: skip
        parts = pd.DataFrame([("credit", "female", "rule", "affordability", "Not affordable", -.04, -.06, -.02, -.01),
                              ("credit", "female", "signal", "needs", "Needs", -.01, -.03, .01, -.04)],
                             columns=["kind", "group", "part_of", "part", "label", "gap", "low", "high",
                                      "without"])  # fmt: skip
        return GapReport(attribute, list, k, gaps, parts, gaps["says"].iloc[0], 490, 490, 30, "v1", AS_OF,
                         ("The parts of a gap sum to the gap.",))  # fmt: skip

    def blinding(self) -> BlindingReport:
        table = pd.DataFrame(
            {
                "attribute": ["gender", "age"],
                "n_customers": 48,
                "n_changed": 0,
                "largest_difference": 0.0,
            }
        )
        return BlindingReport(table, 0, "0 of 48 customers change.")


class FakeMitigating(FakeService):
    """Stands in for `engine.services.versions.mitigation.Mitigating`."""

    def find(self, attribute, *, list="growth", k=5, tolerance=None, held_out=False) -> Mitigation:
        gaps = pd.DataFrame([("female", "credit", 240, -.05, -.08, -.02, -.02, -.05, .01, True, False, -.1),
                             ("male", "credit", 250, .05, .02, .08, .02, -.01, .05, True, False, .1)],
                            columns=["group", "kind", "n", "before", "before_low", "before_high", "after",
                                     "after_low", "after_high", "violates_before", "violates_after", "price"])  # fmt: skip
        curve = pd.DataFrame([(np.nan, .05, 2, False, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0),
                              (.02, .02, 0, True, .001, .0009, .2, .1, 6.9, .1)],
                             columns=["tolerance", "worst", "n_violations", "closed", "score_lost", "least_lost",
                                      "lists_changed", "offers_moved", "value", "value_lost"])  # fmt: skip
        later = {"n": 90, "hit_before": .5, "hit_after": .49, "map_before": .3, "map_after": .299,
                 "map_change": -.001, "map_low": -.004, "map_high": .002}  # fmt: skip
        key = f"{list} | {attribute} | male | credit"
        return Mitigation(attribute, list, k, tolerance or .02, gaps, curve, {key: .1}, 2, 0, 1, 0,
                          later if held_out else None, f"2 of 2 gaps by {attribute} are closed.", 490, "USD", "v1",
                          AS_OF, ("Prices use it on purpose.",))  # fmt: skip

    def keep(self, found, name, *, actor, why="") -> None:
        if not name:
            raise BadInput("Give the prices a name.")


class FakeFacts(FakeService):
    """Stands in for `engine.services.opening.bank_facts.BankFacts`."""

    def summary(self) -> BankSummary:
        return BankSummary(
            "fake", "Harbour Bank", "USD", AS_OF, True, 48, 5, "v1", "simulated (B)",
            self._engine.degraded, damage=self._engine.damage,
        )  # fmt: skip

    def tables(self) -> pd.DataFrame:
        return pd.DataFrame([("customers", 48, pd.NaT, pd.NaT, "ab12" * 16), ("transactions", 900, AS_OF, AS_OF, "cd34" * 16)],
                            columns=["table", "rows", "first_date", "last_date", "sha256"])  # fmt: skip

    def quality(self):
        return {"tables": {"customers": {"read": 50, "kept": 48, "rejected": 2}},
                "warnings": [{"table": "customers", "row": 12, "problem": "age is −4"}]}  # fmt: skip

    def settings(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("ranking.max_list", "20", "Products per list at most (F109).")],
            columns=["setting", "value", "meaning"],
        )
