"""A pilot limits the file of lists to a part of the book, says so, and grows without losing any."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.batch import rows_of_lists
from engine.cli import app
from engine.errors import BadInput, NotFound
from engine.people.roles import ANALYST, RELATIONSHIP_MANAGER
from tests.conftest import DEMO
from tests.engine.seen.test_roles import Somebody


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    """Only asked."""
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def segment(engine: Engine) -> str:
    return str(engine.pilots.scope().by_segment["segment"].iloc[0])


def test_F191_without_a_pilot_everybody_is_in(engine: Engine):
    scope = engine.pilots.scope()
    assert not scope.is_on
    assert scope.n == scope.of == 1000
    assert "No pilot" in scope.sentence


def test_F191_segments_and_managers_hold_together_and_a_share_is_about_that(engine, segment: str):
    table = engine.snapshot().profiles.table
    customers = engine.bank["customers"]
    manager = str(customers["relationship_manager"].dropna().iloc[0])
    scope = engine.pilots.scope(segments=[segment], managers=[manager])
    right = (table["segment"].to_numpy() == segment) & (
        customers["relationship_manager"] == manager
    )
    assert scope.customer_ids.tolist() == customers.loc[right, "customer_id"].tolist()
    assert scope.by_segment["n_in_pilot"].sum() == scope.n
    assert segment in scope.sentence and manager in scope.sentence
    half = engine.pilots.scope(share=0.5)
    assert abs(half.n - 500) < 64, "four standard errors of 1,000 draws"


def test_F191_a_larger_share_keeps_whoever_was_in_and_the_same_share_draws_the_same(engine):
    drawn = [set(engine.pilots.scope(share=share).customer_ids) for share in (0.1, 0.1, 0.3, 0.9)]
    assert drawn[0] == drawn[1]
    assert drawn[1] < drawn[2] < drawn[3]


def test_F191_the_file_holds_the_pilot_alone_says_who_it_is_and_its_lists_are_the_same(
    engine: Engine, segment: str, demo_state: Path, tmp_path: Path
):
    out = tmp_path / "lists.csv"
    command = [
        "score",
        "--out",
        str(out),
        "--state",
        str(demo_state),
        "--data",
        str(DEMO),
        "--json",
    ]
    command += ["--list", "growth", "--k", "2", "--segment", segment]
    told = json.loads(CliRunner().invoke(app, command, catch_exceptions=False).stdout)
    written = pd.read_csv(out)
    scope = engine.pilots.scope(segments=[segment])
    assert told["pilot"] == {"sentence": scope.sentence, "n": scope.n, "of": 1000}
    assert set(written["pilot"]) == {scope.sentence}
    assert set(written["customer_id"]) <= set(scope.customer_ids)
    everybody = engine.offers.score(lists=["growth"], k=2)
    mine = everybody[everybody["customer_id"].isin(scope.customer_ids)].reset_index(drop=True)
    same = ["customer_id", "product_id", "rank"]
    assert written[same].equals(mine[same].astype(written[same].dtypes))


def test_F191_who_is_asked_for_outside_of_the_pilot_is_left_out(engine: Engine, segment: str):
    scope = engine.pilots.scope(segments=[segment])
    inside = str(scope.customer_ids.iloc[0])
    outside = next(c for c in engine.bank.customer_ids if c not in set(scope.customer_ids))
    assert engine.pilots.among(scope, [outside, inside]) == [inside]
    with pytest.raises(BadInput, match="Nobody who was asked for"):
        engine.pilots.among(scope, [outside])


def test_F191_whoever_is_asked_for_is_looked_up_once(engine: Engine):
    class Number(str):
        looked_up = 0

        def __hash__(self) -> int:
            Number.looked_up += 1
            return super().__hash__()

    ids = [Number(f"c{at}") for at in range(300)]
    scope = replace(engine.pilots.scope(), customer_ids=pd.Series(ids, dtype="object"))
    Number.looked_up = 0
    assert engine.pilots.among(scope, ids[10:]) == ids[10:]
    assert Number.looked_up <= 4 * len(ids), "the set of the pilot is made once"


def test_a_segment_a_manager_or_a_share_that_cannot_be_is_refused(engine: Engine):
    wrong = ({"segments": ["Nobody's"]}, {"managers": ["Nobody"]}, {"share": 0.0}, {"share": 1.5})
    for asked in wrong:
        with pytest.raises(BadInput):
            engine.pilots.scope(**asked)


def test_F191_F177_a_pilot_is_cut_to_whom_one_sees_and_tells_of_nobody_else(
    demo_state: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_PILOT__SHARE", "0.5")
    engine = Engine.open(DEMO, demo_state)
    customers, inside = engine.bank["customers"], set(engine.pilots.scope().customer_ids)
    book = str(customers["relationship_manager"].dropna().iloc[0])
    own = set(customers.loc[customers["relationship_manager"] == book, "customer_id"])

    def lists(role: str, *asked: str) -> pd.DataFrame:
        named = book if role == RELATIONSHIP_MANAGER else None
        seen = engine.seen_by(Somebody(role, named))
        chosen = list(asked) or None
        return rows_of_lists(seen, ["growth"], 1, customers=chosen, pilots=engine.pilots)

    mine = lists(RELATIONSHIP_MANAGER)
    assert len(mine) > 0 and set(mine["customer_id"]) <= own & inside
    assert f"{len(own & inside)} of {len(own)}" in mine["pilot"].iloc[0]
    said = set()
    for nobody_here in (min(inside - own), min(set(customers["customer_id"]) - inside - own), "x"):
        with pytest.raises(NotFound) as refused:
            lists(RELATIONSHIP_MANAGER, nobody_here)
        said.add(str(refused.value).replace(nobody_here, "NOBODY"))
    assert len(said) == 1
    analyst = engine.seen_by(Somebody(ANALYST))
    one, other = analyst.own(pd.Series(sorted(inside))).iloc[:2]
    assert re.fullmatch(r"p[0-9a-f]{16}", one)
    assert set(lists(ANALYST, one, other)["customer_id"]) <= {one, other}
    with pytest.raises(NotFound, match="Take a pseudonym"):
        lists(ANALYST, min(inside))
