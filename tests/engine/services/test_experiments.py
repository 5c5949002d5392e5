"""An experiment on the demo bank: what counts, who is called, what a notice says, how it ends."""

import datetime as dt
import shutil
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.agenda.calls import APART
from engine.errors import BadInput, NotFound
from engine.experiment_plan import ARMS
from engine.experiments.arms import codes_of
from engine.results import Day
from tests.conftest import DEMO

FIRST, AFTER = dt.datetime(2026, 6, 1, 9), dt.datetime(2026, 7, 1, 9)
HALVES = {"engine": 0.5, "no contact": 0.5}
N = 8
MANAGER = "Rita Abbott"
SERVED = {"promise", "case", "support"}


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.now = FIRST

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def idle(
    trained_state: Path, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Engine, Day]:
    """The bank before anything runs, and its day."""
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("experiments") / "state")
    engine = Engine.open(DEMO, state, now=clock)
    return engine, engine.days.today(MANAGER, most=10**6)


@pytest.fixture(scope="module")
def running(idle: tuple[Engine, Day], clock: Clock) -> Engine:
    """The same a month after an experiment has started."""
    engine = idle[0]
    sample = engine.experiments.sample("spring", shares=HALVES, uplift=0.5, days=60, base=0.2)
    engine.experiments.plan(sample, actor="Rita")
    engine.experiments.start("spring", actor="Mona")
    clock.now = AFTER
    return engine


@pytest.fixture(scope="module")
def members(idle: tuple[Engine, Day]) -> dict[str, list[str]]:
    """Arm -> its customers."""
    bank = idle[0].bank
    codes = codes_of(bank["customers"]["customer_id"], bank.bank_id, "spring", HALVES)
    return {arm: bank.customer_ids[codes == ARMS.index(arm)].tolist() for arm in HALVES}


def test_F199_a_sale_that_is_recorded_here_moves_no_result(
    running: Engine, members: dict[str, list[str]]
):
    before = running.experiments.look("spring")
    assert before.until == running.bank.as_of.normalize() < pd.Timestamp(AFTER)
    held = running.bank["holdings"]
    for one in members["engine"][:N]:
        mine = set(held.loc[held["customer_id"] == one, "product_id"])
        running.feedback.record(
            event_id=str(uuid.uuid4()),
            customer_id=one,
            product_id=next(p for p in running.bank.product_ids if p not in mine),
            action="purchased",
            actor="Rita",
        )
    assert len(running.snapshot().bank["holdings"]) == len(held) + N
    after = running.experiments.look("spring")
    assert after.until == before.until and after.sentences == before.sentences
    pd.testing.assert_frame_equal(after.arms, before.arms)
    pd.testing.assert_frame_equal(after.differences, before.differences)
    assert any("sale recorded here does not count" in note for note in after.notes)


def test_F199_nobody_without_contact_is_called_to_be_sold_to_and_cases_are_called_about(
    idle: tuple[Engine, Day], running: Engine, members: dict[str, list[str]]
):
    silent = set(members["no contact"])

    def kinds(day: Day) -> set[str]:
        return {call.kind for call in day.calls if call.customer_id in silent}

    assert kinds(idle[1]) >= {"offer", "case"}, "a day without these proves nothing"
    day = running.days.today(MANAGER, most=10**6)
    assert "case" in kinds(day) and kinds(day) <= SERVED
    assert {call.product for call in day.calls if call.customer_id in silent} == {None}
    assert day.left_out[APART] > 0
    avoid = [text for call in day.calls if call.customer_id in silent for text in call.avoid]
    assert any("is offered nothing" in text for text in avoid)
    assert any("still called about" in note for note in day.notes)


def test_F150_F199_a_notice_says_by_what_offers_are_chosen_in_the_customers_arm(
    running: Engine, members: dict[str, list[str]]
):
    allowed = running.snapshot().consents["personalisation_allowed"]
    allowed = set(running.bank.customer_ids[allowed.to_numpy(dtype=bool)])
    told = {arm: running.notices.of(next(one for one in ids if one in allowed)).offers
            for arm, ids in members.items()}  # fmt: skip
    assert told["engine"][0].startswith("A program compares")
    assert told["no contact"] == (
        "Until 30 Jul 2026 you are offered nothing. The bank compares ways of choosing offers, and "
        "chance alone decided which of them is yours.",
    )


def test_F199_levers_neither_show_nor_take_back_nor_save_an_experiment(running: Engine):
    levers = running.levers
    assert levers.saved() == [] and levers.in_force() == []
    with pytest.raises(NotFound, match="is left to take back"):
        levers.take_back(actor="Bob")
    for act in (levers.apply, levers.remove):
        with pytest.raises(BadInput, match="are those of experiments"):
            act("experiment-spring", actor="Bob")
    with pytest.raises(BadInput, match="are those of experiments"):
        levers.save("experiment-own", {"ranking.emphasis.needs": 2.0}, actor="Bob")
    assert running.experiments.table()["status"].tolist() == ["running"]


def test_F199_churn_is_planned_to_fall(running: Engine):
    made = running.experiments.sample(
        "churn", shares=HALVES, uplift=0.2, measure="churn", base=0.09
    )
    assert "To find 90 of 1,000 who left that become 72, " in made.sentence
    with pytest.raises(BadInput, match="falls by less than all of its base"):
        running.experiments.sample("churn", shares=HALVES, uplift=1.0, measure="churn", base=0.09)


def test_F199_an_experiment_that_ran_no_day_has_ended_and_blocks_no_other(running: Engine):
    asked = running.experiments
    asked.stop("spring", actor="Mona")
    later = {"shares": HALVES, "uplift": 0.5, "days": 20, "base": 0.2}
    asked.plan(asked.sample("later", **later, starts=AFTER.date() + dt.timedelta(30)), actor="Rita")
    asked.start("later", actor="Mona")
    assert asked.table().set_index("name").loc["later", "status"] == "waits for its first day"
    asked.stop("later", actor="Mona")
    assert asked.table().set_index("name").loc["later", "status"] == "ended"
    with pytest.raises(BadInput, match="stopped before it had run a day"):
        asked.look("later")
    with pytest.raises(BadInput, match="ended"):
        asked.stop("later", actor="Mona")
    asked.plan(asked.sample("next", **{**later, "days": 60}), actor="Rita")
    asked.start("next", actor="Mona")
    assert asked.table().set_index("name").loc["next", "status"] == "running"
    assert np.isin(running.scores.get().arms.codes, (0, 3)).all()
