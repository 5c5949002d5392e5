"""A notice says of one customer what the raw tables say, and names nobody else."""

import datetime as dt
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.errors import NotFound
from engine.services.governance.notices import KEPT

NOW = dt.datetime(2026, 7, 15, 9, 0)


@pytest.fixture
def engine(small_bank, tmp_path: Path) -> Engine:
    return Engine(tmp_path, small_bank, tmp_path, lambda: NOW)


def test_F149_F150_a_notice_counts_what_is_kept_and_says_what_is_allowed(engine: Engine):
    bought = {"amount": 80, "merchant": "Goodwell Pharmacy", "category": "health"}
    engine.records.add_purchase("ann", submit_id="s1", actor="Rita", **bought)
    engine.records.set_consent("ann", "marketing", "refused", source="call", actor="Rita")
    told = engine.notices.of("ann")
    counted = {}
    for what, n, source in told.kept:
        counted.setdefault(what, []).append((n, source.split(" ")[0]))
    base = engine.snapshots.base
    for table, what in KEPT.items():
        n = int((base[table]["customer_id"] == "ann").sum())
        here = int(table in ("transactions", "consents"))
        expected = [(n, "from")] * bool(n) + [(here, "recorded")] * here
        assert counted.get(what, []) == expected, table
    purposes = dict(told.purposes)
    said = {key.split(" (")[0]: text for key, text in purposes.items()}
    assert said == {
        "Personal recommendations": "you allowed it on 1 Jan 2024",
        "Marketing contact": "you refused on 15 Jul 2026; it is not done",
        "Use of social posts": "you allowed it on 1 Jan 2024",
    }
    assert "services alone" in told.offers[-1]
    assert told.never[-1].endswith("(1 payment of yours).")
    assert told.ask == "Ask Rita, who looks after you."


def test_F150_who_opted_out_reads_that_nothing_is_worked_out(engine: Engine):
    engine.records.set_consent("ben", "personalisation", "refused", source="call", actor="Rita")
    told = engine.notices.of("ben")
    assert told.worked_out == ("Nothing: personal recommendations are not allowed.",)
    assert told.offers == ("You get no personal offers.",)
    assert told.never[-1] == "Your public posts are not read."
    with pytest.raises(NotFound):
        engine.notices.of("zoe")


def test_F151_the_page_prints_every_line_escaped_and_names_nobody_else(small_bank, tmp_path: Path):
    customers = small_bank["customers"]
    name = customers["name"].mask(customers["customer_id"] == "ann", "Ann <b>Ash</b>")
    bank = small_bank.with_tables(customers=customers.assign(name=name))
    engine = Engine(tmp_path, bank, tmp_path, lambda: NOW)
    page = engine.notices.export("ann").decode()
    assert "<b>" not in page and "Ann <b>Ash</b>, customer ann" in unescape(page)
    for title, lines in engine.notices.of("ann").parts:
        assert f"<h2>{title}</h2>" in page
        assert all(f"<li>{line}</li>" in unescape(page) for line in lines)
    others = [n for n in customers["name"].dropna() if n != "Ann Ash"]
    assert not [n for n in others if n in page]
    assert engine.notices.of("eve").name == "eve" and pd.isna(customers["name"].iloc[4])
