"""What one client asks for takes neither the loop nor the threads from others."""

import threading
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from api.problems import Problem
from api.serving import Serving
from tests.api.conftest import LIMITS, Api, served

SHORT = LIMITS.model_copy(update={"at_once": 4, "wait_seconds": 0.05, "max_kilobytes": 1000})
PICTURES = "/api/v1/compat/d/uploads/images"


def test_one_client_takes_half_of_the_threads_and_waits_for_no_more():
    serving = Serving(lambda _: None, lambda: None, SHORT)  # type: ignore[arg-type, return-value]
    go_on, answers = threading.Event(), []

    async def asked(client: str, work) -> None:
        try:
            answers.append((client, await serving.in_thread(client, work)))
        except Problem as problem:
            answers.append((client, problem.status, problem.headers["retry-after"]))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(asked, "many", lambda: go_on.wait(20))
            await anyio.wait_all_tasks_blocked()
            await asked("one", lambda: "answered")
            while len(answers) < 2:
                await anyio.lowlevel.checkpoint()
            go_on.set()

    anyio.run(main)
    assert set(answers[:2]) == {("one", "answered"), ("many", 503, "5")}
    assert answers[2:] == [("many", True)] * 2


async def _asking(api: Api, *asked: dict) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=served(api.engine, api.clients, SHORT))
    headers = {
        "authorization": api.http.headers["authorization"],
        "content-type": "application/json",
    }
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", headers=headers
    ) as http:
        return [await http.post(**one) for one in asked]


def test_a_body_is_read_in_a_thread_and_may_not_be_a_list_of_millions(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    from api import serving

    read, where = serving.json.loads, []

    def noted(*args, **more):
        where.append(threading.get_ident())
        return read(*args, **more)

    monkeypatch.setattr(serving.json, "loads", noted)
    long = b'{"image": [' + b"1," * 200_000 + b"1]}"
    asked = [{"url": PICTURES, "content": content} for content in (long, b'{"image": [1]}')]
    answers = anyio.run(_asking, api, *asked)
    assert [one.status_code for one in answers] == [413, 422]
    assert len(where) == 1 and where[0] != threading.get_ident()


def test_a_body_that_stops_gives_its_place_back(api: Api):
    async def stops() -> AsyncIterator[bytes]:
        yield b'{"image": '
        await anyio.sleep_forever()

    stopped = [{"url": PICTURES, "content": stops()} for _ in range(3)]
    answers = anyio.run(_asking, api, *stopped, {"url": PICTURES, "content": b"{}"})
    assert [one.status_code for one in answers] == [408, 408, 408, 422]
