"""Every answer of the engine as each role, compared with the table of rights."""

import inspect
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import Engine
from engine.errors import NotAllowed, NotFound
from engine.people.rights import RIGHTS
from engine.people.roles import RELATIONSHIP_MANAGER, ROLES
from engine.services.surfaces import OTHERS, surfaces
from tests.conftest import DEMO


@dataclass(frozen=True)
class Somebody:
    role: str
    book: str | None = None
    actor: str = "somebody"


@pytest.fixture(scope="module")
def engine(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("seen") / "state")
    return Engine.open(DEMO, state)


def services(engine: Engine) -> dict[str, object]:
    inner = {"snapshots", "scores"}
    return {
        name: value
        for name, value in vars(engine).items()
        if type(value).__module__.startswith("engine.services") and name not in inner
    }


def test_F177_every_public_name_of_every_service_is_in_the_table(engine: Engine) -> None:
    public = {
        f"{name}.{one}"
        for name, service in services(engine).items()
        for one in dir(type(service))
        if not one.startswith("_")
    }
    walked = {s.name for s in surfaces()} | {one for s in surfaces() for one in s.also}
    assert public | walked | set(OTHERS) == {one for one in RIGHTS if not one.startswith("banks.")}


def test_F177_each_role_is_let_through_where_the_table_says_and_nowhere_else(
    engine: Engine,
) -> None:
    for role in ROLES:
        book = engine.days.managers()[0] if role == RELATIONSHIP_MANAGER else None
        seen = engine.seen_by(Somebody(role, book))
        for action, right in RIGHTS.items():
            service, method = action.split(".")
            if service == "banks":
                continue
            try:
                getattr(getattr(seen, service), method)
                let = True
            except NotAllowed:
                let = False
            assert let == seen.may(action) == (role in right.roles), (role, action)
        with pytest.raises(NotAllowed):
            seen.snapshots  # noqa: B018
        with pytest.raises(NotAllowed):
            seen.customers.no_such_answer  # noqa: B018


def test_F177_every_answer_that_is_a_file_is_made_for_roles_of_the_table_alone(
    engine: Engine,
) -> None:
    files = {
        f"{name}.{one}"
        for name, service in services(engine).items()
        for one, method in inspect.getmembers(type(service), inspect.isfunction)
        if one[0] != "_" and "bytes" in str(inspect.signature(method).return_annotation)
    }
    exports = {action for action in RIGHTS if action.endswith(".export")}
    assert files | exports <= set(RIGHTS)
    assert len(files) > 8
    for role in ROLES:
        book = engine.days.managers()[0] if role == RELATIONSHIP_MANAGER else None
        seen = engine.seen_by(Somebody(role, book))
        for action in sorted(files | exports):
            service, method = action.split(".")
            if role not in RIGHTS[action].roles:
                with pytest.raises(NotAllowed):
                    getattr(getattr(seen, service), method)


def test_F177_a_foreign_and_an_unknown_customer_are_told_apart_by_nothing(engine: Engine) -> None:
    own, other, *_ = engine.days.managers()
    foreign = str(engine.customers.table(manager=other)["customer_id"].iloc[0])
    seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, own))
    said = []
    for whom in (foreign, "C99999"):
        with pytest.raises(NotFound) as refused:
            seen.customers.profile(whom)
        said.append(str(refused.value).replace(whom, "WHO"))
    assert said[0] == said[1]
