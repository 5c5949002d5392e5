# ruff: noqa: E501
"""A stand-in Engine with small, believable answers, for states that a real bank seldom reaches."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from engine.errors import BadInput, NotFound
from engine.results import (
    BankSummary,
    BlindingReport,
    Driver,
    FairnessReport,
    FeedbackStatistics,
    Insights,
    Metric,
    Offer,
    Profile,
    Recommendation,
    Removal,
    TrainingReport,
)
from tests.pages.fake_alerts import FakeAlerts, FakeDesk
from tests.pages.fake_customers import AS_OF, EVIL, PRODUCTS, browsed
from tests.pages.fake_customers import customers as people
from tests.pages.fake_money import FakeMoney
from tests.pages.fake_questions import FakeQuestions

CATEGORIES = ("Card", "Investment", "Insurance", "Loan", "Savings")
PARTS = ("needs", "collaborative", "suitability", "rules", "product", "objective")


class _Banks:
    """The service of the banks that can be opened."""

    def __get__(self, engine, kind):
        return SimpleNamespace(available=kind.available, make_demo=kind.make_demo)


class _Service:
    """One service: names that the stand-in answers itself, or under another name."""

    def __init__(self, *same: str, **others: str):
        self._names = {**{name: name for name in same}, **others}

    def __get__(self, engine, kind):
        answers = {name: getattr(engine or kind, own) for name, own in self._names.items()}
        return SimpleNamespace(**answers)


class FakeEngine(FakeAlerts, FakeDesk, FakeMoney):
    """What `Engine` answers, without a bank."""

    table = people()
    n_history = True
    scenarios = property(FakeQuestions)
    banks = _Banks()
    customers = _Service(
        "choices",
        "profile",
        "forecast",
        "cashflow",
        "strategy",
        "goal",
        "insights",
        table="customer_table",
        needs="needs",
    )
    offers = _Service("recommend")
    alerts = _Service("acknowledge", open="open_alerts", reopen="reopen_alert")
    feedback = _Service("record", "record_shown", "undo", "history", "statistics")
    models = _Service("warm_up", "retrain", "roll_back", "versions", "doctor")
    fairness = _Service("blinding", "attributes", report="fairness_report")
    facts = _Service("summary", "tables", "quality", settings="settings_in_effect")
    records = _Service(
        "add_purchase",
        "add_ticket",
        "add_post",
        "set_consent",
        "reset",
        "preferences",
        "save_preferences",
        "has_market",
        "save_market",
        "remove_market",
    )
    degraded: tuple[str, ...] = ("sentiment: lexicon only",)
    action = ""
    damage = ""

    def __init__(self) -> None:
        self.events: dict[str, dict] = {}
        self.consents: dict[tuple[str, str], str] = {}
        self.acknowledged: set[str] = set()
        self.saved: list[dict] = []
        self.market: bytes | None = None
        self.added: dict[str, dict] = {}
        type(self).opened.append(self)

    @classmethod
    def available(cls, state: Path, folders=()) -> pd.DataFrame:
        return pd.DataFrame(
            [
                ("fake", "Harbour Bank", "fake", AS_OF, 48),
                ("second", "Harbour Bank", "other", AS_OF, 48),
            ][: cls.n_banks],
            columns=["bank_id", "name", "path", "as_of", "n_customers"],
        )

    n_banks = 1

    @classmethod
    def make_demo(cls, state) -> str:
        cls.n_banks = 1
        return "fake"

    @classmethod
    def open(cls, data, state="data/state", *, now=None):
        return cls()

    def warm_up(self, progress=None) -> None: ...

    def summary(self) -> BankSummary:
        return BankSummary(
            "fake", "Harbour Bank", "USD", AS_OF, True, 48, 5, "v1", "simulated (B)", self.degraded,
            damage=self.damage,
        )  # fmt: skip

    def customer_table(self, **arguments):
        return browsed(self.table, **arguments)

    def choices(self, column: str) -> list[str]:
        return sorted(self.table[column].astype("str").unique())

    def _row(self, customer_id: str) -> pd.Series:
        rows = self.table[self.table["customer_id"] == customer_id]
        if rows.empty:
            raise NotFound(f"There is no customer {customer_id!r}. Choose one from the list.")
        return rows.iloc[0]

    def profile(self, customer_id: str) -> Profile:
        row = self._row(customer_id)
        months = pd.date_range("2024-04-01", periods=24, freq="MS")
        wave = 3000 + 60 * np.arange(24) + 400 * np.sin(np.arange(24))
        drivers = (
            Driver("complaints", "Open complaints", 1.9, "2 tickets unresolved since January"),
            Driver("balance", "Balance is falling", 1.1, "down 18 % in six months"),
            Driver("products", "Number of products", -0.6, "holds 3"),
        )
        metrics = {
            name: Metric(
                name,
                label,
                float(row["churn"]) if name == "churn" else 5.9,
                word,
                True,
                drivers,
                "Not for credit decisions."
                if name == "risk"
                else "Learned from 480 labels, AUC 0.78.",
                "learned" if name == "churn" else "scorecard",
                0.12 if name == "churn" else None,
                f"{label} argues from {EVIL} [SPRT_1].",
                ("SPRT_1",),
            )
            for name, label, word in (
                ("churn", "Churn", "high" if row["churn"] >= 7 else "low"),
                ("profit", "Profit", "above average"),
                ("risk", "Risk appetite", "balanced"),
                ("acumen", "Financial acumen", "average"),
            )
        }
        return Profile(
            customer_id=customer_id,
            as_of=AS_OF,
            currency="USD",
            facts={"name": row["name"], "occupation": "Software developer", "city": "Bristol",
                   "region": "South West", "joined_on": pd.Timestamp("2018-05-02"), "age": 34.0,
                   "gender": "female", "dependents": 1.0, "marital_status": "married", "education": "bachelor's degree", "goals": "buy a house; travel", "annual_income": 75000.0,
                   "relationship_manager": row["relationship_manager"], "status": "active"},
            metrics=metrics,
            segment=row["segment"],
            insight="Spends 1,240 a month on travel and holds no travel card.",
            months=pd.DataFrame({"month": months, "balance": wave, "income": 4200.0,
                                 "spending": 3100 + 200 * np.cos(np.arange(24)),
                                 "loan_balance": np.nan, "n_transactions": 31.0}),
            months_dated=True,
            categories=pd.DataFrame({"category": ["travel", "groceries", "dining", "housing"],
                                     "amount": [1240.0, 610, 380, 900],
                                     "share": [0.396, 0.195, 0.121, 0.288], "n_transactions": [6, 14, 9, 1]}),
            transactions=pd.DataFrame({"booked_at": months[::-1], "description": EVIL,
                                       "merchant": "Skyline Air", "category": "travel",
                                       "channel": "online", "payment_method": "credit card", "amount": -310.4}),
            messages=pd.DataFrame({"sent_at": [AS_OF, pd.NaT], "kind": ["ticket", "post"],
                                   "platform": [None, "forum"], "text": ["My card was blocked again. " + EVIL, "Loving Lisbon"],
                                   "topics": ["card", "travel"], "sentiment": [-0.7, 0.8], "word": ["negative", "positive"],
                                   "source_label": [None, "positive"], "resolved": [False, None],
                                   "repeated": [True, None], "used": [True, False]}),
            holdings=pd.DataFrame({"product_id": ["P9"], "name": ["Everyday Account"],
                                   "category": ["Account"], "opened_on": [pd.Timestamp("2019-02-01")]}),
            accounts=pd.DataFrame({"kind": ["current"], "balance": [4380.0], "credit_limit": [500.0],
                                   "interest_rate": [0.01], "opened_on": [pd.Timestamp("2019-02-01")]}),
            consents=pd.DataFrame({"purpose": ["personalisation", "social", "marketing"],
                                   "status": [self.consents.get((customer_id, p), s) for p, s in
                                              (("personalisation", "granted"), ("social", "refused"), ("marketing", "unknown"))],
                                   "allowed": [True, False, True], "recorded_at": [AS_OF, AS_OF, pd.NaT],
                                   "source": ["import", "import", None]}),
            record=pd.DataFrame({"field": ["name", "occupation"], "value": [row["name"], "Software developer"],
                                 "origin": ["customers.csv", "customers.csv"]}),
            mood=0.1,
            mood_months=pd.DataFrame({"month": months[-3:], "mood": [0.4, -0.1, -0.7], "n": [2, 1, 3]}),
            figures={"Balance": ("USD 4,380", "up on the month before"), "Credit score": ("780", "Excellent")},
            sentiment_source="VADER with a banking lexicon",
        )  # fmt: skip

    def recommend(self, customer_id, *, k=5, list=None, order="score") -> Recommendation:
        row = self._row(customer_id)
        chosen = list or ("retention" if row["churn"] >= 7 else "growth")
        gone = {
            e["product_id"]
            for e in self.events.values()
            if e["customer_id"] == customer_id
            and e["action"] in {"accepted", "postponed", "dismissed"}
        }
        allowed = self.consents.get((customer_id, "personalisation"), "granted") != "refused"
        places = [i for i in range(5) if f"P{i}" not in gone and allowed][:k]
        offers = tuple(self._offer(i, rank) for rank, i in enumerate(places, 1))
        removed = tuple(
            Removal(f"R{i}", f"Product {i}", rule, "needs an income of 80,000; 41,000 is known")
            for i, rule in enumerate(("eligibility",) * 6 + ("held",) * 2 + ("category limit",) * 3)
        )
        action = self.action or ("" if allowed else "This customer objects to personal offers.")
        return Recommendation(
            customer_id, AS_OF, chosen, "v1", f"r-{customer_id}-{len(gone)}",
            "Spends 1,240 a month on travel and holds no travel card.", offers, removed,
            ("Weights are fixed: fewer than 200 dated adoptions.",), action,
        )  # fmt: skip

    def _offer(self, i: int, rank: int) -> Offer:
        values = dict(
            zip(PARTS, (1.2 - 0.2 * i, 0.5, -0.3, 0.9 if i == 0 else 0.0, 0.2, 0.4), strict=True)
        )
        sure = None if not self.n_history else 0.62 - 0.11 * i
        return Offer(
            f"P{i}", PRODUCTS[i], CATEGORIES[i], "Premium", "Points on every trip, no fee abroad.",
            rank, sum(values.values()), sure, sure, 0.15 if i == 0 else 0.0, 0.8 if i in (0, 3) else None,
            ("high", "fair", "low", "low", "low")[i], "Of such offers 54 % were taken (n = 210).", 0.97 - 0.1 * i,
            0.04, 84.0 - 9 * i, "propensity" if sure else "fit", values, "1,240 a month on flights, no travel card yet",
            ("Spends 1,240 a month on travel.", "Gives 3 points per dollar on flights."),
            ("Check first: credit score of 680 or more",) if i == 3 else (), ("age 18 or more",),
            {"value_customer": 7.5, "risk_customer": 3.0, "retention_value": 6.0}, True, {"annual fee": "$95", "rewards": "3 %"},
        )  # fmt: skip

    def record(self, *, event_id, **event) -> bool:
        if event_id in self.events:
            return False
        self.events[event_id] = event
        return True

    attributes = ("gender", "age band", "income band")

    def record_shown(self, shown, *, actor) -> int:
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
        return self.events.pop(event_id, None) is not None

    def history(self, customer_id=None) -> pd.DataFrame:
        columns = ["event_id", "recorded_at", "actor", "customer_id", "customer", "product",
                   "action", "rating", "reason", "comment", "retracted", "undoable"]  # fmt: skip
        return pd.DataFrame(
            [
                (i, AS_OF, e["actor"], e["customer_id"], self._row(e["customer_id"])["name"], e["product_id"],
                 e["action"], e.get("rating"), e.get("reason", ""), e.get("comment", ""), False, e["action"] not in {"shown", "viewed"})
                for i, e in self.events.items()
            ],
            columns=columns,
        )  # fmt: skip

    def statistics(self) -> FeedbackStatistics:
        group = pd.DataFrame([("At risk", 12, 5, 0.4167, 0.19, 0.68)], columns=[
            "group", "n_decisions", "n_accepted", "acceptance", "low", "high"])  # fmt: skip
        return FeedbackStatistics(
            {"n_interactions": 143, "n_feedback": 40, "mean_feedback": 0.5143, "click_rate": 0.62, "selection_rate": 86 / 143},
            pd.DataFrame({"stage": ["shown", "viewed", "accepted"], "n": [143, 88, 41]}),
            pd.DataFrame([("P1", "Index Fund", 30, 0.61, 8, 12, 4, 0.75)], columns=[
                "product_id", "name", "n", "mean_rating", "n_rated", "n_accepted", "n_dismissed", "acceptance"]),
            group, group.assign(group="demo"),
        )  # fmt: skip

    def retrain(self, progress=None) -> TrainingReport:
        for step in (0.2, 0.7, 1.0):
            progress and progress(step, "Fitting")
        table = pd.DataFrame(
            [("champion", "map@7", 0.31, 0.28, 0.34, 508), ("challenger", "map@7", 0.33, 0.3, 0.36, 508)],
            columns=["system", "metric", "value", "low", "high", "n"],
        )  # fmt: skip
        return TrainingReport(
            "v2", True, "The challenger is better by .02 map@7.", 12, 508, {}, {}, table
        )

    def versions(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("v2", AS_OF, "champion", "B", 0.33, 12, 508, True, ""), ("v1", AS_OF, "retired", "B", 0.31, 0, 508, False, "first fit")],
            columns=["version_id", "created_at", "status", "grade", "map7", "n_events", "n_adoptions", "serving", "note"],
        )  # fmt: skip

    def roll_back(self) -> str:
        return "v1"

    def insights(self) -> Insights:
        t = self.table
        segments = (
            t.groupby(["segment", "churn_band", "value_band"], observed=True)
            .agg(n=("churn", "size"), value_a_year=("value_a_year", "sum"), mean_churn=("churn", "mean"))
            .reset_index()
            .assign(share=lambda d: d["n"] / 48, action="Call about the open complaints first")
        )  # fmt: skip
        return Insights(
            {"Customers": (48.0, "count", None), "Value a year": (31234.0, "money", None),
             "At risk": (0.23, "share", 0.02), "Mean churn": (4.9, "metric", None)},
            ("11 customers at risk hold 34 % of the value.",),
            segments,
            t[["customer_id", "name", "segment", "churn", "profit", "value_a_year"]],
            pd.DataFrame({"need": ["travel", "buy a house", "retirement"], "n": [22, 14, 9],
                          "share": [0.46, 0.29, 0.19], "top_product": PRODUCTS[:3]}),
            pd.DataFrame({"segment": ["Growing", "Loyal"], "product": PRODUCTS[:2], "n": [12, 9], "rate": [0.4, 0.3],
                          "base_rate": [0.2, 0.25], "lift": [2.0, 1.2], "low": [1.4, 0.8], "high": [2.7, 1.7]}),
            pd.DataFrame({"month": pd.date_range("2025-04-01", periods=12, freq="MS"),
                          "mood": np.linspace(0.3, -0.1, 12), "n": range(20, 32)}),
        )  # fmt: skip

    def fairness_report(self, attribute, *, list="growth", k=5) -> FairnessReport:
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

    def set_consent(self, customer_id, purpose, status, *, source) -> None:
        self.consents[customer_id, purpose] = status

    def reset(self) -> None:
        self.__init__()

    def tables(self) -> pd.DataFrame:
        return pd.DataFrame([("customers", 48, pd.NaT, pd.NaT, "ab12" * 16), ("transactions", 900, AS_OF, AS_OF, "cd34" * 16)],
                            columns=["table", "rows", "first_date", "last_date", "sha256"])  # fmt: skip

    def quality(self):
        return {"tables": {"customers": {"read": 50, "kept": 48, "rejected": 2}},
                "warnings": [{"table": "customers", "row": 12, "problem": "age is −4"}]}  # fmt: skip

    def doctor(self) -> pd.DataFrame:
        return pd.DataFrame([("embeddings", "all-MiniLM-L6-v2", "the same weights", True, "package", "1.0", "53aa" * 16, ""),
                             ("sentiment", "DistilBERT", "VADER", False, "", "", "", "weights not here")],
                            columns=["part", "real_model", "used", "found", "source", "version", "sha256", "note"])  # fmt: skip

    def settings_in_effect(self) -> pd.DataFrame:
        return pd.DataFrame(
            [("ranking.max_list", "20", "Products per list at most (F109).")],
            columns=["setting", "value", "meaning"],
        )
