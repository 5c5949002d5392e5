"""Settings that widen a gap between groups beyond the tolerance wait for a second person."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine import settings as _settings
from engine.audit.parity.groups import group_of
from engine.errors import NeedsAgreement
from engine.scoring.levers import parity_gate, persona_tests
from engine.scoring.levers.lever_base import prepare
from engine.scoring.levers.outcome import Outcome, first_offers, outcome
from engine.scoring.levers.parity import Parity

RULE = _settings.load().fairness
START = dt.datetime(2026, 7, 15, 9, 0)


def gaps(*rows: tuple) -> pd.DataFrame:
    columns = ["attribute", "group", "category", "gap_today", "gap_new", "low_new", "high_new"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("today", "new", "low", "high", "waits"),
    [
        (0.05, 0.16, 0.1, 0.22, True),
        (-0.05, -0.16, -0.22, -0.1, True),
        (0.05, 0.14, 0.1, 0.18, False),
        (0.18, 0.16, 0.1, 0.22, False),
        (0.173, 0.176, 0.13, 0.23, False),
        (0.149, 0.155, 0.13, 0.23, False),
        (-0.173, -0.184, -0.23, -0.13, True),
        (0.173, -0.16, -0.23, -0.13, True),
        (0.05, 0.16, -0.01, 0.33, False),
        (float("nan"), 0.16, 0.1, 0.22, True),
    ],
    ids=[
        "above",
        "below",
        "within",
        "narrower than today",
        "hardly wider",
        "hardly above",
        "wider by a point",
        "on the other side",
        "within chance",
        "new category",
    ],
)
def test_F145_a_gap_above_the_tolerance_that_is_wider_than_today_waits(
    today, new, low, high, waits
):
    found = parity_gate.worse(gaps(("gender", "female", "Loan", today, new, low, high)), RULE)
    assert (found is not None) == waits


def test_F145_the_sentence_names_the_widest_gap_with_its_interval():
    claim = parity_gate.worse(
        gaps(("gender", "female", "Loan", 0.02, -0.16, -0.22, -0.10),
             ("age band", "65 and over", "Fund", 0.05, 0.3, 0.2, 0.4)), RULE,
    )  # fmt: skip
    assert claim.text == (
        "Fund: the share of customers with age band “65 and over” among those offered it would be "
        "30.0 points above their share among the eligible [20.0, 40.0], today 5.0 above; the "
        "tolerance is 15 %"
    )


def test_F145_a_category_that_nobody_is_offered_today_is_said_to_be_new():
    row = ("gender", "female", "Loan", float("nan"), 0.16, 0.1, 0.22)
    assert parity_gate.worse(gaps(row), RULE).text == (
        "Loan: the share of customers with gender “female” among those offered it would be 16.0 "
        "points above their share among the eligible [10.0, 22.0], today nobody is offered it; "
        "the tolerance is 15 %"
    )


@pytest.fixture
def engine(small_demo: Path, small_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A bank with saved settings, and any gap at all above its tolerance."""
    clock = {"now": START}
    engine = Engine.open(small_demo, small_copy, now=lambda: clock["now"])
    engine.clock = clock
    engine.levers.save("pushed", {"ranking.emphasis.suitability": 3.0}, actor="Mona")
    claim = parity_gate.wider(attribute="gender", group="female", category="Loan", gap_today=0.0,
                              gap_new=0.2, low=0.1, high=0.3, tolerance=0.15)  # fmt: skip
    monkeypatch.setattr(parity_gate, "worse", lambda *_: claim)
    return engine


def test_F145_one_person_alone_puts_no_wider_gap_in_force(engine: Engine):
    levers = engine.levers
    for name in ("Mona", "Mona", " mona "):
        with pytest.raises(NeedsAgreement, match=r"20\.0 points above .* in force by 22 Jul 2026"):
            levers.apply("pushed", actor=name, why="Spring")
    assert levers.in_force() == []
    assert levers.waiting()[["name", "actor", "why"]].to_numpy().tolist() == [
        ["pushed", "Mona", "Spring"]
    ]
    levers.apply("pushed", actor="Otto", why="Seen")
    assert levers.in_force() == ["pushed"]
    assert levers.waiting().empty
    log = levers.log()[["actor", "action"]].to_numpy().tolist()
    assert log[:3] == [["Otto", "in force"], ["Otto", "agreed"], ["Mona", "proposed"]]
    told = engine.trail.table()
    assert {"Otto", "Mona"} <= set(told["actor"])


def test_F145_a_proposal_ends_with_its_days_and_with_other_content(engine: Engine):
    levers = engine.levers
    with pytest.raises(NeedsAgreement):
        levers.apply("pushed", actor="Mona")
    engine.clock["now"] = START + dt.timedelta(days=8)
    with pytest.raises(NeedsAgreement, match="Otto proposed pushed"):
        levers.apply("pushed", actor="Otto")
    levers.save("pushed", {"ranking.emphasis.suitability": 2.0}, actor="Mona")
    assert levers.waiting().empty
    with pytest.raises(NeedsAgreement, match="Mona proposed pushed"):
        levers.apply("pushed", actor="Mona")
    assert levers.in_force() == []


def test_F145_who_gives_no_name_is_neither_the_first_person_nor_the_second(engine: Engine):
    levers, nobody = engine.levers, ("command line", " Command  Line", "", "the program")
    for name in nobody:
        with pytest.raises(NeedsAgreement, match="say who asks, with --as"):
            levers.apply("pushed", actor=name)
    with pytest.raises(NeedsAgreement, match="demo proposed pushed"):
        levers.apply("pushed", actor="demo")
    for name in (*nobody, "DEMO", "\uff44emo  "):
        with pytest.raises(NeedsAgreement, match="demo proposed pushed"):
            levers.apply("pushed", actor=name)
    levers.apply("pushed", actor="Otto")
    assert levers.in_force() == ["pushed"]


def test_F145_taking_back_asks_for_a_second_person_too(engine: Engine):
    levers = engine.levers
    levers._store.apply("pushed", now=START, actor="Mona", why="")
    with pytest.raises(NeedsAgreement, match="Mona proposed to take back pushed; that is done"):
        levers.take_back(actor="Mona")
    assert levers.waiting()["name"].tolist() == ["take back pushed"]
    assert levers.in_force() == ["pushed"]
    assert levers.take_back(actor="Otto") == ("pushed", ())
    assert levers.in_force() == []
    levers._store.apply("pushed", now=START, actor="Mona", why="")
    assert levers.waiting().empty, "what was agreed to once is asked anew"


def test_F204_what_a_search_for_settings_found_waits_for_a_second_person_too(engine: Engine):
    log = pd.DataFrame({"trial": [0, 1], "map@7": [0.1, 0.2], "n": 9, "ahead_low": [0.0, 0.05]})
    drawn = [{}, {("models", "factors"): 16}]
    found = engine.tuning._kept("tuned", log, drawn, "log.csv", "Rita")
    assert "Rita proposed tuned" in found.waits
    assert engine.levers.in_force() == []
    engine.levers.apply("tuned", actor="Otto")
    assert engine.snapshots.settings.models.factors == 16


# --- what the gate sees, with nothing replaced --------------------------------------------------


@pytest.fixture(scope="module")
def reading(small_demo: Path, small_state: Path) -> Engine:
    """Read only."""
    return Engine.open(small_demo, small_state, now=lambda: START)


def _planted(parity: Parity, *columns: np.ndarray) -> Outcome:
    today, at = parity.today, np.arange(len(parity.base.rows))
    may = [np.where(today.allowed[at, product], product, -1) for product in columns]
    picks = np.stack(may, axis=1).astype(np.int16)
    return Outcome(picks, np.zeros(picks.shape), today.sure, today.leaving, today.allowed)


@pytest.fixture(scope="module")
def today(reading: Engine) -> Parity:
    table = reading.scores.get()
    base = prepare(table, {}, 600, 7)
    return Parity(base, RULE, outcome(base, table.settings, frozenset(), 5))


def _products(parity: Parity) -> list[int]:
    """One of each category, those that most may be offered first."""
    most = np.argsort(-parity.today.allowed.sum(axis=0), kind="stable")
    category = parity.base.table.bank["products"]["category"].to_numpy(dtype=object)
    first: dict[str, int] = {}
    for at in most:
        first.setdefault(category[at], int(at))
    return list(first.values())


def test_F145_the_gate_sees_a_gap_that_is_not_among_the_three_that_are_shown(today: Parity):
    woman = (group_of(today.base.table.bank, "gender", RULE) == "female").to_numpy()
    fourth = np.arange(len(woman)) % 4 == 0
    one, two, three, four = _products(today)[:4]
    usual = [np.where(woman, product, -1) for product in (one, two, three)]
    before = _planted(today, *usual, np.full(len(woman), -1))
    after = _planted(today, *usual, np.where(woman != fourth, four, -1))
    parity = Parity(today.base, RULE, before)
    shown, judged = parity.gaps(after), parity.judged(after.picks, after.allowed)
    assert parity_gate.worse(shown[shown["attribute"] == "gender"], RULE) is None
    category = today.base.table.bank["products"]["category"].iloc[four]
    claim = parity_gate.worse(judged[judged["attribute"] == "gender"], RULE)
    assert claim.text.startswith(f"{category}: the share of customers with gender")


def test_F145_the_gate_sees_every_attribute_that_fairness_is_measured_by(today: Parity):
    bank = today.base.table.bank
    income = group_of(bank, "income band", RULE)
    lowest = (income == income.cat.categories[0]).to_numpy()
    product = _products(today)[0]
    after = _planted(today, np.where(lowest, product, -1))
    judged = today.judged(after.picks, after.allowed)
    assert set(judged["attribute"]) == {"gender", "age band", "income band", "region"}
    claim = parity_gate.worse(judged, RULE)
    assert f"with income band “{income.cat.categories[0]}” among those offered" in claim.text


def test_F145_the_lists_that_are_judged_are_those_that_the_levers_show(
    reading: Engine, today: Parity
):
    table = reading.scores.get()
    settings = reading.snapshots.settings_of(
        "[ranking.emphasis]\nneeds = 2.0\n[guard]\nmax_per_category = 1\n"
    )
    new = outcome(today.base, settings, frozenset(), 5)
    picks, allowed = first_offers(persona_tests.under(table, settings), today.base.rows, 5)
    np.testing.assert_array_equal(picks, new.picks)
    np.testing.assert_array_equal(allowed, new.allowed)
