"""Who makes the parts: what is asked of dask, told by a stand-in, and what is said without it."""

import json
import sys
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from engine.errors import BadInput, StateError
from engine.parted import cluster, part
from engine.parted.cluster import HOW_TO_ADD, workers_of

KilledWorker = type("KilledWorker", (Exception,), {})


class Future:
    def __init__(self, call, argument: str):
        self._call, self._argument, self.error = call, argument, None
        self.before: list[str] = []
        self.looked = False

    @property
    def status(self) -> str:
        if self.before:
            return self.before[0]
        return "error" if self.error else "finished"

    def result(self) -> str:
        return self._call(self._argument)

    def exception(self) -> BaseException | None:
        return self.error


class Client:
    """A stand-in that works in this process, the last asked first."""

    address: Any = None
    errors: deque[BaseException] = deque()  # noqa: RUF012
    workers: dict[str, Any] = {"one": {}}  # noqa: RUF012
    lost: tuple[str, ...] = ()
    """What a future is said to be at the first looks at it, before it is finished."""

    def __init__(self, address: Any, **options: Any):
        assert options["set_as_default"] is False
        if address == "tcp://nobody:8786":
            raise OSError("Timed out trying to connect to tcp://nobody:8786\nmore")
        Client.address = address
        self.cancelled: list[Future] = []

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait_for_workers(self, n: int, timeout: float) -> None:
        assert n == 1 and timeout > 0

    def submit(self, call, argument: str, *, key: str, pure: bool) -> Future:
        assert call is part.make and not pure and key.startswith("attune-")
        assert isinstance(argument, str)
        made = Future(lambda text: json.dumps({"echo": text}), argument)
        made.error = self.errors.popleft() if self.errors else None
        made.before = list(self.lost)
        return made

    def as_current(self) -> AbstractContextManager[None]:
        return nullcontext()

    def scheduler_info(self) -> dict[str, Any]:
        return {"workers": self.workers}

    def cancel(self, futures: list[Future]) -> None:
        self.cancelled += futures


def _wait(futures: set[Future], timeout: float, return_when: str) -> SimpleNamespace:
    assert timeout > 0 and return_when == "FIRST_COMPLETED"
    if not Client.workers:
        raise TimeoutError
    one = max(futures, key=id)
    if one.before and not one.looked:
        one.looked = True
    elif one.before:
        one.before.pop(0)
    return SimpleNamespace(done={one})


class LocalCluster:
    started: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, **options: Any):
        LocalCluster.started = options

    def __enter__(self) -> "LocalCluster":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch) -> type[Client]:
    module = ModuleType("distributed")
    module.__spec__ = ModuleSpec("distributed", None)
    module.Client, module.LocalCluster, module.wait = Client, LocalCluster, _wait
    monkeypatch.setitem(sys.modules, "distributed", module)
    monkeypatch.setattr(Client, "errors", deque())
    monkeypatch.setattr(Client, "workers", {"one": {}})
    return Client


def test_F182_every_request_is_answered_once_by_workers_elsewhere(dask):
    with workers_of("tls://[::1]:8786", None) as workers:
        answers = [json.loads(one)["echo"] for one in workers(["a", "b", "c"])]
    assert sorted(answers) == ["a", "b", "c"]
    assert dask.address == "tls://[::1]:8786"


def test_F182_what_is_lost_between_two_looks_is_waited_for(dask, monkeypatch):
    monkeypatch.setattr(dask, "lost", ("pending",))
    with workers_of("tcp://host:8786", None) as workers:
        assert len(list(workers(["a", "b"]))) == 2
    monkeypatch.setattr(dask, "lost", ("cancelled",))
    with workers_of("tcp://host:8786", None) as workers:
        assert list(workers(["a", "b"])) == []  # whoever asked asks again


def test_F182_a_cluster_of_ones_own_listens_to_this_machine_alone(dask):
    with workers_of(None, "local:2") as workers:
        assert list(workers([])) == []
    told = LocalCluster.started
    assert (told["n_workers"], told["host"], told["threads_per_worker"]) == (2, "127.0.0.1", 1)
    assert isinstance(dask.address, LocalCluster)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KilledWorker(), "memory is the likeliest reason. What was made stays"),
        (ModuleNotFoundError("No module named 'engine'"), "A worker cannot load Attune"),
        (ValueError("odd"), "A worker failed: ValueError: odd"),
    ],
)
def test_F182_what_a_worker_died_of_is_one_sentence(dask, error, says):
    dask.errors.append(error)
    with workers_of("tcp://host:8786", None) as workers, pytest.raises(StateError, match=says):
        list(workers(["a"]))


def test_F182_without_any_worker_left_a_run_ends(dask, monkeypatch):
    with workers_of("tcp://host:8786", None) as workers:
        monkeypatch.setattr(dask, "workers", {})
        with pytest.raises(StateError, match="No worker is left"):
            list(workers(["a"]))


@pytest.mark.parametrize(
    ("address", "local", "says"),
    [
        ("host:8786", None, "expected tcp://HOST:PORT"),
        ("tcp://host", None, "expected tcp://HOST:PORT"),
        (None, "local:0", "expected local:N"),
        (None, "remote", "expected local:N"),
        ("tcp://host:8786", "local:2", "exclude each other"),
        ("tcp://nobody:8786", None, "No worker answers at tcp://nobody:8786: Timed out .*:8786$"),
    ],
)
def test_F182_another_form_of_address_is_named(dask, address, local, says):
    with pytest.raises(BadInput, match=says), workers_of(address, local):
        pass


def test_F182_without_the_extra_it_says_how_to_add_it(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(BadInput) as said, workers_of(None, "local:2"):
        pass
    assert HOW_TO_ADD in str(said.value)
