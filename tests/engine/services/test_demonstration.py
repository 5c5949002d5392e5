"""Five customers are shown with facts of the moment, and the demo bank starts over in one go."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.errors import BadInput

DEMO = Path(__file__).parents[3] / "data" / "demo"
NOW = dt.datetime(2026, 7, 1, 9, 0)


@pytest.fixture(scope="module")
def engine(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("demonstration") / "state")
    return Engine.open(DEMO, state, now=lambda: NOW)


def lines(engine: Engine) -> dict[str, str]:
    stops = [engine.demonstration.stop(n + 1) for n in range(engine.demonstration.n_stops)]
    return {stop.name: stop.line for stop in stops}


def table(name: str, customer: str) -> pd.DataFrame:
    rows = pd.read_csv(DEMO / f"{name}.csv", dtype="str")
    return rows[rows["customer_id"] == customer]


def test_each_line_is_true_of_its_customer_as_the_bank_stands(engine: Engine):
    said = lines(engine)
    assert list(said) == ["Marcus Hale", "Tara Voss", "Dev Iyer", "Ingrid Dahl", "Noor Haddad"]

    messages = table("messages", "C00007")
    unresolved = messages[(messages["kind"] == "ticket") & (messages["resolved"] == "False")]
    assert f"{len(unresolved)} unresolved cases" in said["Marcus Hale"]
    assert said["Marcus Hale"].startswith("No offer before the case of ")

    booked = table("transactions", "C00001")
    travel = booked[booked["category"] == "travel"]["amount"].astype(float)
    assert travel.sum() < -12_000, "the traveller travels"
    first = engine.offers.recommend("C00001", k=1).offers[0]
    assert said["Tara Voss"].startswith(f"First offer: {first.name} (")
    assert "a month on travel" in said["Tara Voss"]

    assert table("customers", "C00004")["occupation"].item() == "Software Developer"
    assert "place 1: A developer with high technology spending" in said["Dev Iyer"]

    consents = table("consents", "C00008").set_index("purpose")["status"]
    assert consents["personalisation"] == "refused"
    assert not engine.offers.recommend("C00008").offers
    assert "no list is made" in said["Ingrid Dahl"]

    assert table("transactions", "C00009").empty
    assert "Profit and Risk appetite say “no data”" in said["Noor Haddad"]
    assert "Goal: buy a home" in said["Noor Haddad"]
    assert "buy a home" in table("customers", "C00009")["goals"].item()


def test_a_line_follows_what_was_recorded_and_a_reset_puts_everything_back(engine: Engine):
    shipped = lines(engine)
    lists = [engine.offers.recommend(c, k=3) for c in ("C00001", "C00004", "C00007")]
    for _ in range(2):
        engine.records.set_consent("C00001", "personalisation", "refused", source="test")
        assert "opted out" in lines(engine)["Tara Voss"]
        other = Engine.open(DEMO, engine.state, now=lambda: NOW)
        assert not other.offers.recommend("C00001").offers
        engine.demonstration.reset()
        assert lines(engine) == shipped
        again = [other.offers.recommend(c, k=3) for c in ("C00001", "C00004", "C00007")]
        assert again == lists, "an engine that was open sees it too"
    assert engine.models.versions()["version_id"].tolist() == ["v0001"]
    assert not engine.snapshots.state.put_aside(), "nothing piles up"


def test_the_first_version_serves_on_only_where_it_would_be_fitted_again(engine: Engine):
    created = engine.models.versions()["created_at"].item()
    settings = engine.snapshots.state.settings_file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[day]\ncalls = 3\n", "utf-8")
    aside = engine.records.reset()
    assert engine.models.versions()["created_at"].item() == created
    shutil.rmtree(aside)
    sealed = next(engine.snapshots.registry.version("v0001").folder.glob("*.npz"))
    sealed.write_bytes(sealed.read_bytes()[:-1])
    engine.records.reset(delete=True)
    assert not engine.snapshots.registry.serves, "what is damaged is not brought back"


def test_another_bank_has_no_demonstration(small_bank: Bank, tmp_path: Path):
    engine = Engine(tmp_path, small_bank, tmp_path, lambda: NOW)
    assert engine.demonstration.n_stops == 0
    with pytest.raises(BadInput, match="not the demo bank"):
        engine.demonstration.reset()
    with pytest.raises(BadInput, match="stop 1"):
        engine.demonstration.stop(1)
