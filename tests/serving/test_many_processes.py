"""Two processes and a real nginx before them: who stays where, and what a killed one costs."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from engine import Engine
from serving.__main__ import free_ports
from tests.benchmarks.load import children, serving
from tests.benchmarks.measure import ROOT
from tests.benchmarks.sessions import Person

pytestmark = pytest.mark.nginx

CUSTOMER = "C00001"
ASKED = f"customer={CUSTOMER}"
PATIENCE = 120
"""Seconds that it may all take on a busy machine with two cores."""


def first_offer(texts: tuple[str, ...]) -> str:
    """The heading of the first card."""
    return next(text for text in texts if text.startswith("## 1"))


async def files_reach(person: Person) -> None:
    """A file reaches the process of its session: any other answers 400."""
    for _ in range(3):
        assert await person.upload("a.csv", b"a\n1\n") == 204


async def two_homes(address: str) -> tuple[Person, str]:
    """New people spread over the processes, and each stays; one of the first, and their offer."""
    people = [Person(address), Person(address)]
    drawn = [await person.arrive("recommendations", ASKED) for person in people]
    assert [run.errors for run in drawn] == [(), ()]
    homes = [person.cookies["attune_worker"] for person in people]
    assert sorted(homes) == ["w1", "w2"]
    for person, home in zip(people, homes, strict=True):
        await files_reach(person)
        page = await person.ask("GET", "/customers")
        assert page.status == 200
        assert page.headers["x-frame-options"] == "DENY"
        assert person.cookies["attune_worker"] == home
    await people[homes.index("w2")].leave()
    return people[homes.index("w1")], first_offer(drawn[homes.index("w1")].texts)


async def stored(program: Person, headers: dict[str, str]) -> bytes:
    """An event that a program stored through the proxy, as it sent it."""
    path = f"/api/v1/customers/{CUSTOMER}/recommendations"
    answer = await program.ask("GET", path, headers=headers)
    assert answer.status == 200, answer.body
    event = {
        "event_id": str(uuid.uuid4()),
        "customer_id": CUSTOMER,
        "product_id": json.loads(answer.body)["offers"][0]["product_id"],
        "action": "postponed",
    }
    body = json.dumps(event).encode()
    answer = await program.ask("POST", "/api/v1/feedback", body, headers)
    assert answer.status == 201, answer.body
    return body


async def walk(address: str, token: str, processes: list[int]) -> None:
    person, offer = await two_homes(address)
    signed_in = Person(address, cookies={f"token_{place}": "x" * 3900 for place in range(5)})
    assert (await signed_in.ask("GET", "/day")).status == 200
    assert (await person.press("Not now", ASKED)).errors == ()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    event = await stored(Person(address), headers)

    os.kill(processes[0], signal.SIGKILL)
    again = await person.arrive("recommendations", ASKED)
    assert again.errors == ()
    assert first_offer(again.texts) != offer
    assert person.cookies["attune_worker"] == "w2"
    await files_reach(person)
    same = await Person(address).ask("POST", "/api/v1/feedback", event, headers)
    assert same.status == 200, "an event that was acknowledged is known to every process"
    await person.leave()


def test_F192_sessions_stay_and_a_killed_process_loses_nothing(demo_state: Path):
    issued = Engine.clients(demo_state).add(
        "crm", role="manager", scopes=["read", "write"], days=1, actor="test"
    )
    with serving(demo_state, 2, free_ports(1)[0]) as (address, server):
        work = walk(address, issued.token, children(server.pid))
        asyncio.run(asyncio.wait_for(work, PATIENCE))
    assert server.returncode == 0


def test_F192_a_process_behind_an_open_proxy_refuses_to_serve_without_sign_in(tmp_path: Path):
    told = {"ATTUNE_AUTH": "off", "ATTUNE_REACHED_AT": "0.0.0.0", "ATTUNE_STATE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, **told, "PORT": str(free_ports(1)[0])},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "would listen on 0.0.0.0" in done.stderr
    assert "Traceback" not in done.stderr
