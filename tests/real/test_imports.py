"""The counts that issues and features state, on the real files (make real)."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.importing.import_source import import_bank
from engine.bank.quality import QualityReport
from engine.bank.tables import attributes
from engine.customers.words.declared import declared

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 6, 1)


def bring(source: Path, into: Path) -> tuple[Bank, QualityReport]:
    return import_bank(source, into, now=NOW)


def counts(report: QualityReport) -> dict[str, int]:
    assert report.n_rejected == 0
    return {name: c.kept for name, c in report.tables.items()}


def test_F04_F05_F06_F07_bank_b(real_data, tmp_path):
    bank, report = bring(real_data / "peers" / "B", tmp_path / "b")
    found = counts(report)
    assert (found["customers"], found["months"], found["messages"], found["products"]) == (
        100,
        1200,
        94,
        36,
    )
    assert found["holdings"] == 100
    months = bank["months"]
    december = months[
        (months["customer_id"] == "AlisonGaines78") & (months["month"] == "2024-12-01")
    ]
    assert december[["spending", "n_transactions"]].to_numpy().tolist() == [[32330, 32]]
    assert bank["messages"]["customer_id"].nunique() == 10
    assert bank["customers"]["risk_tolerance"].value_counts().to_dict() == {
        "low": 47,
        "medium": 44,
        "high": 9,
    }
    limits = bank["products"].set_index("name")[["credit_limit_min", "credit_limit_max"]]
    assert limits.loc["Visa Classic"].tolist() == [500, 5000]
    assert limits.loc["MasterCard Platinum"].fillna(-1).tolist() == [8000, -1]
    assert any("for 1 of 100 customers" in note for note in report.notes)


def test_F08_bank_c(real_data, tmp_path):
    bank, report = bring(real_data / "peers" / "C", tmp_path / "c")
    assert counts(report) == {
        "customers": 2,
        "accounts": 4,
        "products": 9,
        "transactions": 10,
        "months": 2,
    }
    assert bank["accounts"]["kind"].value_counts().to_dict() == {"savings": 2, "loan": 2}
    assert bank["transactions"]["amount"].sum() == 9830
    assert any("password was never read" in note for note in report.notes)


def test_F11_to_F16_bank_d(real_data, tmp_path):
    bank, report = bring(real_data / "peers" / "D", tmp_path / "d")
    found = counts(report)
    assert (found["customers"], found["transactions"], found["months"]) == (5, 66, 60)
    assert bank["messages"]["kind"].value_counts().to_dict() == {"post": 73, "ticket": 20}
    assert bank["products"]["audience"].value_counts().to_dict() == {"retail": 108, "corporate": 68}
    months = bank["months"][bank["months"]["customer_id"] == "CUST_1"]
    assert months["balance"].iloc[-1] == 8500
    spent = bank["transactions"].set_index("booked_at").sort_index().loc["2024-04"]
    assert -spent.loc[spent["customer_id"] == "CUST_1", "amount"].sum() == pytest.approx(2701.99)
    posts = bank["messages"][bank["messages"]["kind"] == "post"]
    said = declared(posts["attributes"]).value_counts().to_dict()
    assert said == {"neutral": 56, "negative": 10, "positive": 7}
    assert posts["sent_at"].notna().all()
    assert posts["sent_at"].max() == pd.Timestamp("2024-08-16")
    warnings = report.warnings.set_index("row")["problem"]
    assert warnings["CUST_1"] == "the profile says 2 support contacts, there are 3 tickets"
    scores = ["risk_customer", "value_customer", "profit_margin", "risk_bank", "retention_value"]
    assert bank["products"][scores].stack().between(1, 10).all()
    assert not bank["products"]["scores_estimated"].any()
    kept = attributes(bank["customers"].iloc[0])
    assert kept["input_params"]["financial_acumen"] == 9.0
    assert kept["output_params"]["risk_bank"] == 3.225


def test_F17_to_F20_bank_e(real_data, tmp_path):
    bank, report = bring(real_data / "peers" / "E", tmp_path / "e")
    assert counts(report) == {"customers": 16, "products": 43, "events": 146}
    assert bank["products"]["name"].nunique() == 42
    assert bank["products"]["product_id"].is_unique
    problems = report.warnings["problem"]
    assert problems.str.startswith("unknown product").sum() == 34
    assert problems.str.contains("Premium Financial Planning").sum() == 1
    log = bank["events"]["comment"].str.contains('"source": "user_interactions"')
    assert log.sum() == 143
    assert bank["events"].loc[log, "rating"].mean() == pytest.approx(0.5143, abs=5e-5)
    assert bank["events"].loc[log, "comment"].str.contains('"selected": true').sum() == 86
    assert bank["events"]["recorded_at"].notna().all()


def test_santander(real_data, tmp_path):
    bank, report = bring(real_data / "santander", tmp_path / "s")
    assert counts(report) == {"customers": 4794, "products": 24, "holdings": 16736}
    assert bank["products"]["name"].is_unique
    assert bank["holdings"]["opened_on"].notna().all()
    assert bank.held.sum() == 16736


def test_berka(real_data, tmp_path):
    bank, report = bring(real_data / "berka", tmp_path / "b")
    found = counts(report)
    assert (found["customers"], found["accounts"], found["transactions"]) == (5369, 4500, 30200)
    assert found["labels"] == 682
    loans = bank["holdings"]["product_id"] == "loan"
    assert (loans.sum(), (~loans).sum()) == (682, 892)
    assert bank["labels"]["value"].sum() == 31 + 45
    purposes = bank["standing_orders"]["purpose"].value_counts(dropna=False)
    assert purposes["household payment"] == 3502
    assert len(bank["standing_orders"]) == 6471
    assert bank["transactions"]["customer_id"].nunique() == 354
    with_history = bank["labels"]["customer_id"].isin(bank["transactions"]["customer_id"])
    assert (with_history.sum(), bank["labels"].loc[with_history, "value"].sum()) == (354, 30)
    assert bank["customers"]["gender"].isin(["female", "male"]).all()


def test_uci_bank_marketing(real_data, tmp_path):
    bank, report = bring(real_data / "uci_bank_marketing", tmp_path / "u")
    assert counts(report)["customers"] == 45211
    assert bank["labels"]["value"].sum() == 5289
    assert bank["labels"]["known_on"].is_monotonic_increasing
    assert str(bank["labels"]["known_on"].max().date()) == "2010-11-17"
    assert not bank["customers"]["attributes"].str.contains("duration").any()
