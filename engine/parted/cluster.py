"""An address of dask's scheduler, or how many workers to start here, in; who makes parts out."""

import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any, Final

from engine.errors import BadInput, StateError
from engine.parted.part import make
from engine.parted.run import Workers

HOW_TO_ADD: Final = (
    "pip install --require-hashes --no-deps -r requirements-extra.txt, here and where workers run"
)
_ADDRESS: Final = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")
_LOCAL: Final = re.compile(r"local:(\d{1,3})")
_CONNECT: Final = 20
_WAIT: Final = 60.0
"""Seconds without any worker before a run ends in a sentence; a worker that was killed is started
again in a few (own choice)."""
_LOOK: Final = 5.0


@contextmanager
def workers_of(address: str | None, cluster: str | None) -> Iterator[Workers]:
    """Workers of a scheduler that runs already (tcp://host:8786), or local:N of one's own.

    Raises
    ------
    BadInput
        Where the extra is not installed, for another form of address, or where nobody answers.
    """
    if address is not None and cluster is not None:
        raise BadInput("--workers and --cluster exclude each other; give one of the two.")
    if address is not None and not _ADDRESS.fullmatch(address):
        raise BadInput(f"Got --workers {address}; expected tcp://HOST:PORT or tls://HOST:PORT.")
    local = _LOCAL.fullmatch(cluster or "")
    if cluster is not None and not (local and int(local[1])):
        raise BadInput(f"Got --cluster {cluster}; expected local:N, such as local:2.")
    if find_spec("distributed") is None:
        raise BadInput(f"--workers and --cluster need dask[distributed]: {HOW_TO_ADD}.")
    import distributed

    with ExitStack() as opened:
        try:
            if local:
                # On this machine's own address alone; its status page would need another port.
                address = opened.enter_context(
                    distributed.LocalCluster(
                        n_workers=int(local[1]),
                        threads_per_worker=1,
                        processes=True,
                        host="127.0.0.1",
                        dashboard_address=None,
                        memory_limit=0,  # a worker that is paused for memory would never go on
                    )
                )
            client = opened.enter_context(
                distributed.Client(address, timeout=_CONNECT, set_as_default=False)
            )
            client.wait_for_workers(1, timeout=_WAIT)
        except (OSError, TimeoutError) as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise BadInput(f"No worker answers at {address or cluster}: {said}") from error
        yield lambda requests: _answers(client, requests)


def _answers(client: Any, requests: Sequence[str]) -> Iterator[str]:
    """As they come. A part whose worker dies is given to another by the scheduler."""
    from distributed import wait

    run, waited = uuid.uuid4().hex[:8], 0.0
    # The function goes by its name, and what it is told as text: no table is sent either way.
    open_ones = {
        client.submit(make, request, key=f"attune-{run}-{number}", pure=False)
        for number, request in enumerate(requests)
    }
    try:
        while open_ones:
            try:
                with client.as_current():
                    done = wait(open_ones, timeout=_LOOK, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                waited = 0.0 if client.scheduler_info()["workers"] else waited + _LOOK
                if waited >= _WAIT:
                    raise StateError(
                        "No worker is left. What was made stays: start some and run it again."
                    ) from None
                continue
            open_ones -= done
            while done:
                # Let go of at once: what is held would be made again when its worker dies.
                one = done.pop()
                if one.status in ("finished", "error"):
                    yield _answer(one)
                elif one.status != "cancelled":
                    open_ones.add(one)  # its worker died just now; the scheduler asks another
    finally:
        client.cancel(list(open_ones))


def _answer(future: Any) -> str:
    if future.status == "finished":
        return str(future.result())
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        raise StateError(
            "One part has cost several workers their lives; memory is the likeliest reason. What "
            "was made stays: run it again with fewer workers a machine, or a smaller --part-size "
            "from the beginning."
        )
    if isinstance(error, ImportError):
        raise StateError(
            f"A worker cannot load Attune ({error}): start it where `import engine` works."
        )
    raise StateError(f"A worker failed: {type(error).__name__}: {str(error)[:200]}")
