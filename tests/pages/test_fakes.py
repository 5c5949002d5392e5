"""The stand-in Engine takes what the real one takes: every service, method and argument."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from engine import Engine
from engine.services.opening.banks import utc_now
from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_service import FakeService, accepts

NAMED, REST = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD
Parameters = dict[str, tuple[Any, bool]]


def parameters(method: Any) -> Parameters:
    """Name -> kind, and whether it may be left out."""
    return {
        name: (parameter.kind, parameter.default is not inspect.Parameter.empty)
        for name, parameter in inspect.signature(method).parameters.items()
    }


def answers(service: object) -> dict[str, Any]:
    """Name -> whatever a page may ask of a service."""
    return {name: getattr(service, name) for name in dir(service) if not name.startswith("_")}


@pytest.fixture
def pairs(fake: type[FakeEngine], small_bank, tmp_path: Path) -> list[tuple[str, Any, Any]]:
    """Where it stands, the stand-in's answer and the real one, for everything that is faked."""
    stand_in, real = fake(), Engine(tmp_path, small_bank, tmp_path, utc_now)
    services = {"banks": stand_in.banks} | {
        name: service
        for name, service in vars(stand_in).items()
        if isinstance(service, FakeService)
    }
    return [
        (f"{name}.{answer}", faked, getattr(getattr(real, name), answer, None))
        for name, service in services.items()
        for answer, faked in answers(service).items()
        if answer != "asked"
    ]


def test_every_service_is_there_and_answers_nothing_that_the_real_one_does_not(pairs):
    assert len({place.split(".")[0] for place, _, _ in pairs}) >= 10
    assert [place for place, _, real in pairs if real is None] == []


def test_every_method_takes_the_arguments_of_the_real_one(pairs):
    methods = [pair for pair in pairs if callable(pair[1])]
    assert len(methods) > 40
    wrong = {}
    for place, faked, real in methods:
        mine, theirs = parameters(faked), parameters(real)
        gathered = [name for name, (kind, _) in mine.items() if kind is REST]
        if gathered and gathered != [name for name, (kind, _) in theirs.items() if kind is REST]:
            # what it gathers, it checks at each call with `accepts`
            mine.pop(gathered[0])
            theirs = {n: v for n, v in theirs.items() if n in mine or v[0] not in (NAMED, REST)}
        if mine != theirs:
            wrong[place] = (mine, theirs)
    assert wrong == {}


def test_what_is_no_method_is_the_same(pairs):
    plain = [pair for pair in pairs if not callable(pair[1])]
    assert [place for place, faked, real in plain if faked != real] == []


def test_an_argument_that_the_real_method_does_not_know_is_refused():
    def real(self, customer_id, *, k=5): ...

    accepts(real, "C1", k=3)
    with pytest.raises(TypeError, match="size"):
        accepts(real, "C1", size=3)
