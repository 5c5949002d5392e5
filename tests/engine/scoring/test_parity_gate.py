"""Settings that widen a gap between groups beyond the tolerance wait for a second person."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine import settings as _settings
from engine.errors import NeedsAgreement
from engine.scoring.levers import parity_gate
from tests.conftest import DEMO

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
def engine(demo_state: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A bank with saved settings, and any gap at all above its tolerance."""
    clock = {"now": START}
    engine = Engine.open(DEMO, demo_state, now=lambda: clock["now"])
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
