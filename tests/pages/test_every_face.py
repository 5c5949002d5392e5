"""Every page, route, command and file as each role, compared with the table of rights.

What there is, the program is asked: the files of the pages, the table of routes, the commands as
they are registered, the answers that are files by what they say they return. One that is new and in
no table fails here.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import engine.cli
from api.routes import ENDPOINTS, PREFIX, routes
from engine import Engine
from engine.people.clients import Clients
from engine.people.rights import NAMED_ANALYST, RIGHTS
from engine.people.roles import RELATIONSHIP_MANAGER, ROLES
from pages.components.frame import access, account, identity_provider, sign_in
from tests.api.conftest import EVERYTHING, LIMITS, NOW
from tests.pages.conftest import ROOT, texts

CLOSED = "This page is not open to your role"
SCRIPTS = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.name[0] != "_")
SERVICES = frozenset(action.split(".")[0] for action in RIGHTS)
OF_THE_MACHINE = {
    *("bench", "fine-tune", "fit-text", "generate", "label-text", "ratings", "read-receipt"),
    *("ship-mood", "torture"),
}
"""Commands that ask no service: they make banks, people and models, or measure; whoever may run a
command on the server may read its files."""


def person(role: str) -> access.Principal:
    """Somebody of a role, as pages know them."""
    book = "Rita Rao" if role == RELATIONSHIP_MANAGER else None
    return access._principal(SimpleNamespace(actor="x", shown_name="X", role=role, book=book))


def expected(action: str, role: str) -> bool:
    """Does the table open an action to a role?"""
    return role in RIGHTS[action].roles


@pytest.mark.parametrize("role", ROLES)
def test_F177_every_page_is_open_to_a_role_as_the_table_says(
    open_page, monkeypatch: pytest.MonkeyPatch, role: str
):
    assert sorted(access.ASKS) == SCRIPTS
    who = person(role)
    monkeypatch.setattr(access, "principal", lambda: who)
    roles = {"manager": {"manager", "analyst", RELATIONSHIP_MANAGER}}.get(role, {role})
    at = open_page("about.py")
    for page, action in access.ASKS.items():
        may = any(expected(action, one) for one in roles)
        assert access.may_open(page, who) == may, page
        if not may:
            at = open_page(page, customer="C0000")
            assert CLOSED in texts(at), page
            assert not at.dataframe and not at.exception, page
    links = {link.proto.page for link in at.sidebar.get("page_link")}
    assert len(links) == sum(access.may_open(page, who) for page in access.ASKS)


def test_F177_the_first_call_of_every_page_asks_who_is_looking():
    for page in SCRIPTS:
        tree = ast.parse((ROOT / "pages" / page).read_text("utf-8"))
        calls = [node for node in tree.body if any(isinstance(n, ast.Call) for n in ast.walk(node))]
        assert ast.unparse(calls[0]).endswith(f"access.enter('{page}')"), page


def test_F177_every_route_is_open_to_a_role_as_the_table_says(tmp_path: Path):
    clients = Clients(tmp_path, lambda: NOW)

    def unasked(_bank: str | None) -> Engine:
        raise AssertionError("the engine was asked")

    app = Starlette(routes=routes(unasked, lambda: clients, lambda: LIMITS))
    with TestClient(app, base_url="http://localhost") as http:
        for role in ROLES:
            book = "Rita Abbott" if role == RELATIONSHIP_MANAGER else None
            token = clients.add(role.replace("_", "-"), role, book=book or "", scopes=EVERYTHING,
                                actor="test").token  # fmt: skip
            for one in ENDPOINTS:
                path = PREFIX + re.sub(r"\{\w+\}", "x", one.path)
                kind = {"content-type": (one.media or ("application/json",))[0]}
                who = {"authorization": f"Bearer {token}"} | kind
                # What stands in no query: 422 to who may ask, before anything is asked.
                answer = http.request(one.method, path, params={"none": 1}, headers=who)
                right = RIGHTS[one.asks].roles if one.asks else {*ROLES}
                named = role == "analyst" and NAMED_ANALYST in right
                may = role in right or named
                assert answer.status_code == (422 if may else 403), (role, one.method, path)
                assert http.request(one.method, path, headers=kind).status_code == 401, path


def test_F177_without_a_session_the_server_answers_what_is_open_and_no_more(tmp_path: Path):
    people = Engine.accounts(tmp_path)
    for by_provider in (False, True):
        ways = identity_provider.routes if by_provider else sign_in.routes
        door = [*ways(lambda: people), *account.routes(lambda: people, not by_provider)]
        opened = identity_provider.OPENED if by_provider else frozenset()
        inner = Starlette(routes=door)
        app = sign_in.SignedIn(inner, lambda: people, opened=opened)
        http = TestClient(app, base_url="http://localhost", follow_redirects=False)
        for route in door:
            if route.path not in opened | set(sign_in.OPEN):
                for method in route.methods:
                    answer = http.request(method, route.path)
                    assert answer.status_code in (303, 401), route.path
                    assert "Account" not in answer.text


def commands() -> dict[str, FunctionType]:
    """Every command as it is registered."""
    return {
        one.name or one.callback.__name__.replace("_", "-"): inspect.unwrap(one.callback)
        for one in engine.cli.app.registered_commands
    }


def asked(code: CodeType, names: Mapping[str, Any], seen: set[CodeType]) -> Iterator[str]:
    """Services that a command asks, through its helpers too, by the attributes that it reads."""
    if code in seen:
        return
    seen.add(code)
    yield from SERVICES & set(code.co_names)
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from asked(one, names, seen)
    for helper in map(names.get, code.co_names):
        if isinstance(helper, FunctionType) and helper.__module__.startswith("engine.cli"):
            yield from asked(helper.__code__, helper.__globals__, seen)


def test_F177_every_command_asks_what_is_in_the_table_or_is_the_machine_s_business():
    by_itself = {
        name
        for name, command in commands().items()
        if not {*asked(command.__code__, command.__globals__, set())}
    }
    assert by_itself == OF_THE_MACHINE
    for file in sorted((ROOT / "engine" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            chain = ast.unparse(node).split(".") if isinstance(node, ast.Attribute) else []
            if len(chain) == 3 and chain[0] == "engine" and chain[1] in SERVICES:
                assert f"{chain[1]}.{chain[2]}" in RIGHTS, (file.name, node.lineno)
