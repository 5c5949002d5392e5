# ruff: noqa: E501
"""What is known of the stand-in bank's customers: the list, one of them, and the whole book."""

import numpy as np
import pandas as pd

from engine.customers import browse
from engine.results import Driver, Insights, Mention, Metric, Profile, Selection
from engine.services.customers import Customers
from tests.pages.fake_money import FakeMoney
from tests.pages.fake_people import AS_OF, EVIL, PRODUCTS
from tests.pages.fake_selections import opened
from tests.pages.fake_service import accepts

ASPECTS = pd.DataFrame(
    {"aspect": ["fees", "card"], "mood": [-0.62, 0.0], "n": [14, 9], "negative": [11, 2]}
)
DECLARED = pd.DataFrame(
    {"label": ["positive", "neutral", "negative"], "n": [7, 56, 10], "share": [0.10, 0.76, 0.14],
     "low": [0.05, 0.66, 0.08], "high": [0.18, 0.85, 0.23]}
)  # fmt: skip


class FakeCustomers(FakeMoney):
    """Stands in for `engine.services.customers.Customers`."""

    def table(self, **arguments):
        accepts(Customers.table, **arguments)
        return browsed(self._engine.people, **arguments)

    def export(self, customers, kind: str, chosen_by: str = "") -> bytes:
        del chosen_by
        return f"{kind} of {len(customers)}".encode()

    def choices(self, column: str, *, manager: str | None = None) -> list[str]:
        return sorted(self._engine.people[column].astype("str").unique())

    def needs(self, customer_id: str) -> str:
        del customer_id
        return f"Products are searched by “travel” and “{EVIL}” (spending)."

    def profile(self, customer_id: str) -> Profile:
        row = self._engine.row(customer_id)
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
                                     "amount": [1240.0, 610, 380, 900], "over": "a month",
                                     "share": [0.396, 0.195, 0.121, 0.288], "n_transactions": [6, 14, 9, 1]}),
            transactions=pd.DataFrame({"booked_at": months[::-1], "description": EVIL,
                                       "merchant": "Skyline Air", "category": "travel",
                                       "channel": "online", "payment_method": "credit card", "amount": -310.4}),
            messages=pd.DataFrame({"sent_at": [AS_OF, pd.NaT], "kind": ["ticket", "post"],
                                   "platform": [None, "forum"], "text": ["My card was blocked again. " + EVIL, "Loving Lisbon"],
                                   "topics": ["card", "travel"], "sentiment": [-0.7, 0.8], "word": ["negative", "positive"],
                                   "source_label": [None, "positive"], "resolved": [False, None],
                                   "repeated": [True, None], "used": [True, False], "declared": ["negative", ""],
                                   "engagement": [0.7, np.nan], "brands": ["Skyline *Air*;REI", None],
                                   "mentions": [(Mention("card", 3, 7),), ()]}),
            holdings=pd.DataFrame({"product_id": ["P9"], "name": ["Everyday Account"],
                                   "category": ["Account"], "opened_on": [pd.Timestamp("2019-02-01")]}),
            accounts=pd.DataFrame({"kind": ["current"], "balance": [4380.0], "credit_limit": [500.0],
                                   "interest_rate": [0.01], "opened_on": [pd.Timestamp("2019-02-01")]}),
            consents=pd.DataFrame({"purpose": ["personalisation", "social", "marketing"],
                                   "status": [self._engine.consents.get((customer_id, p), s) for p, s in
                                              (("personalisation", "granted"), ("social", "refused"), ("marketing", "unknown"))],
                                   "allowed": [True, False, True], "recorded_at": [AS_OF, AS_OF, pd.NaT],
                                   "source": ["import", "import", None]}),
            record=pd.DataFrame({"field": ["name", "occupation"], "value": [row["name"], "Software developer"],
                                 "origin": ["customers.csv", "customers.csv"]}),
            topics=pd.DataFrame({"kind": ["topic", "topic", "hashtag", "brand"], "item": ["card", "travel", "#lisbon", "Skyline *Air*"],
                                 "n_messages": [2, 1, 1, 1], "n_customers": 1}),
            mood=0.1,
            mood_months=pd.DataFrame({"month": months[-3:], "mood": [0.4, -0.1, -0.7], "n": [2, 1, 3]}),
            figures={"Balance": ("USD 4,380", "up on the month before"), "Credit score": ("780", "Excellent")},
            sentiment_source="Attune's mood model", mood_aspects=ASPECTS, mood_indicative=True, declared=DECLARED,
        )  # fmt: skip

    def insights(self, *, manager=None) -> Insights:
        t = self._engine.people
        segments = (
            t.groupby(["segment", "churn_band", "value_band"], observed=True)
            .agg(n=("churn", "size"), value_a_year=("value_a_year", "sum"), mean_churn=("churn", "mean"))
            .reset_index()
            .assign(
                share=lambda d: d["n"] / 48,
                action="Call about the open complaints first",
                opens=lambda d: [Selection("segment", (name,)).address for name in d["segment"]],
            )
        )  # fmt: skip
        return Insights(
            {"Customers": (48.0, "count", None), "Value a year": (31234.0, "money", None),
             "At risk": (0.23, "share", 0.02), "Mean churn": (4.9, "metric", None)},
            ("11 customers at risk hold 34 % of the value.",),
            segments,
            t[["customer_id", "name", "segment", "churn", "profit", "value_a_year"]],
            pd.DataFrame({"need": ["travel", "buy a house", "retirement"], "n": [22, 14, 9],
                          "share": [0.46, 0.29, 0.19], "top_product": PRODUCTS[:3], "opens": "0:need:travel"}),
            pd.DataFrame({"segment": ["Growing", "Loyal"], "product": PRODUCTS[:2], "product_id": ["P0", "P1"], "opens": "0:segment:Growing", "n": [12, 9], "n_may": [5, 0], "rate": [0.4, 0.3],
                          "base_rate": [0.2, 0.25], "lift": [2.0, 1.2], "low": [1.4, 0.8], "high": [2.7, 1.7]}),
            pd.DataFrame({"month": pd.date_range("2025-04-01", periods=12, freq="MS"),
                          "mood": np.linspace(0.3, -0.1, 12), "n": range(20, 32)}),
            pd.DataFrame({"kind": ["topic", "topic", "hashtag", "brand"], "item": ["card", "travel", "#lisbon", EVIL],
                          "n_messages": [20, 9, 4, 3], "n_customers": [14, 8, 4, 2], "opens": "0:segment:Growing"}),
            ASPECTS,
            mood_indicative=True, declared=DECLARED,
            behind_figures={"Customers": opened(t, Selection("customers")), "At risk": opened(t, Selection("at_risk"))},
            behind_sentences=((opened(t, Selection("at_risk")),),),
        )  # fmt: skip


def browsed(
    table,
    *,
    search="",
    with_alerts=False,
    selection=None,
    contains=None,
    between=None,
    sort="value_a_year",
    descending=True,
    **filters,
) -> pd.DataFrame:
    """What Customers.table gives, of this table."""
    rows = table[table["n_alerts"] > 0] if with_alerts else table
    if selection is not None:
        rows = rows[rows["customer_id"].isin(opened(table, selection).customer_ids)]
    people = pd.DataFrame({"email": None, "phone": None}, index=rows.index, dtype="str")
    renamed = {"manager": "relationship_manager"}
    found = browse.select(
        rows,
        people,
        search=search,
        equal={renamed.get(column, column): value for column, value in filters.items()},
        contains=contains,
        between=between,
    )
    return found.sort_values(sort, ascending=not descending, ignore_index=True)
