"""Starts the processes and the proxy, starts again what died, and stops all of them together."""

import ctypes
import logging
import os
import queue
import resource
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from serving.nginx import ROOT, Plan, configuration

HEALTH: Final = "/healthz"
"""What a process answers as soon as it serves, whoever asks."""
STARTS_WITHIN: Final = 180.0
"""Seconds that a process has to answer for the first time."""
PROXY_WITHIN: Final = 30.0
"""Seconds that the proxy has to listen; it tries for three where a port is taken."""
LOOKS_EVERY: Final = 0.25
ASKS_EVERY: Final = 10.0
HANGS_AFTER: Final = 120.0
"""Seconds without an answer after which a process is taken for stuck. Only its event loop has to
answer, which no computation of a page keeps busy."""
AGAIN_AFTER: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds to wait before the first, second ... start in a row; the last for all that follow."""
SETTLED: Final = 60.0
"""Seconds after which a process counts as sound again."""
FILES: Final = 16_384
"""Open files that a process is allowed: a page that is open takes two of the proxy's."""
STOPS_WITHIN: Final = 20.0
"""Seconds that processes have to end by themselves: a write under way is finished in one."""

_PRCTL: Final = getattr(ctypes.CDLL(None), "prctl", None)
_PR_SET_PDEATHSIG: Final = 1
"""Of <linux/prctl.h>: the signal to get when the parent is gone."""

logger = logging.getLogger("serving")


class NotStarted(Exception):
    """Why nothing serves, in one sentence."""


@dataclass
class Child:
    """One process that is kept alive."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    port: int | None = None
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    answered: float = 0.0
    asked: float = 0.0
    starts: int = 0
    due: float = 0.0

    def start(self) -> None:
        """Begin the process; it hears no Ctrl-C of the terminal, which its keeper passes on."""
        self.process = subprocess.Popen(  # noqa: S603, our own command
            self.command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=_ends_with_its_keeper,
        )
        self.begun = self.answered = self.asked = time.monotonic()

    def clear(self) -> None:
        """End at once what a process that ended left behind, and forget it: nginx's workers
        outlive a master that was killed, and keep its port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None

    @property
    def runs(self) -> bool:
        """Is the process there?"""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Does it serve?"""
        return self.port is None or _answers(f"http://127.0.0.1:{self.port}{HEALTH}")


class Supervisor:
    """Keeps a plan running until it is told to stop.

    Parameters
    ----------
    plan : Plan
    nginx : str
        The program.
    """

    def __init__(self, plan: Plan, nginx: str) -> None:
        self.plan = plan
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stops = False
        self._number = plan.folder / "nginx.pid"
        written = plan.folder / "nginx.conf"
        written.write_text(configuration(plan), "utf-8")
        given = environment(plan, os.environ)
        self.workers = [
            Child(
                f"process {place}", [sys.executable, "app.py"], {**given, "PORT": str(port)}, port
            )
            for place, port in enumerate(plan.workers, start=1)
        ]
        command = [nginx, "-p", str(plan.folder), "-c", str(written)]
        self.proxy = Child("the proxy", [*command, "-e", "stderr"], os.environ)
        self._expect_readable(command)

    def _expect_readable(self, command: list[str]) -> None:
        tried = subprocess.run(  # noqa: S603, our own command
            [*command, "-e", "stderr", "-t", "-q"], capture_output=True, text=True, check=False
        )
        if tried.returncode:
            lines = [line for line in tried.stderr.splitlines() if "[emerg]" in line]
            raise NotStarted(f"nginx does not take its configuration: {(lines or ['?'])[0]}")
        self._number.unlink(missing_ok=True)  # a trial leaves an empty one

    def stop(self, *_: object) -> None:
        """Have `run` end; from a signal or another thread.

        A signal comes while this very thread waits: an event's lock would be held by it, and never
        given back. A simple queue may be filled in the midst of being read.
        """
        self._stops = True
        self._told.put(None)

    def _stopped(self, within: float = 0.0) -> bool:
        """Has it been told to stop, now or after at most so many seconds of waiting?"""
        if not self._stops:
            with suppress(queue.Empty):
                self._told.get(timeout=within)
        return self._stops

    def run(self) -> None:
        """Serve until told to stop.

        Raises
        ------
        NotStarted
            If a process or the proxy does not come up the first time.
        """
        try:
            for child in self.workers:
                child.start()
            self._first_answers(self.workers)
            if not self._stopped():
                self.proxy.start()
                self._proxy_listens()
                logger.info(
                    "Attune answers at %s, by %d processes.", self.plan.url, len(self.workers)
                )
            while not self._stopped(LOOKS_EVERY):
                for child in (*self.workers, self.proxy):
                    self.look_after(child, time.monotonic())
        finally:
            self._end()

    def _first_answers(self, children: list[Child]) -> None:
        waited_for = list(children)
        limit = time.monotonic() + STARTS_WITHIN
        while waited_for and not self._stopped(LOOKS_EVERY):
            for child in waited_for:
                if not child.runs:
                    raise NotStarted(f"{child.name} ended as it started; it said why above.")
            if time.monotonic() > limit:
                raise NotStarted(f"{waited_for[0].name} did not answer in {STARTS_WITHIN:.0f} s.")
            waited_for = [child for child in waited_for if not child.answers()]

    def _proxy_listens(self) -> None:
        """Wait until it does: nginx writes its number once it listens.

        Its configuration was tried, so only a port that is taken stops it.
        """
        limit = time.monotonic() + PROXY_WITHIN
        while not self._number.is_file() and time.monotonic() < limit:
            if not self.proxy.runs:
                raise NotStarted(
                    f"The proxy cannot listen on {self.plan.address}, port {self.plan.port}: is "
                    "something there already? Choose another with --port or PORT."
                )
            if self._stopped(0.02):
                return

    def look_after(self, child: Child, now: float) -> None:
        """Start a process again that died or is stuck; later each time it does not last."""
        if child.runs:
            if child.starts and now - child.begun > SETTLED:
                child.starts = 0
            if now - child.asked > ASKS_EVERY:
                child.asked = now
                if child.answers():
                    child.answered = now
                elif now - child.answered > HANGS_AFTER:
                    logger.warning("%s has not answered for long and is ended.", child.name)
                    child.process.kill()
            return
        if child.due == 0.0:
            wait = AGAIN_AFTER[min(child.starts, len(AGAIN_AFTER) - 1)]
            child.due, child.starts = now + wait, child.starts + 1
            code = child.process.returncode if child.process else None
            logger.warning("%s ended (%s); it starts again in %.0f s.", child.name, code, wait)
            child.clear()
        if now >= child.due:
            child.due = 0.0
            child.start()

    def _end(self) -> None:
        """The proxy first, so that nobody is sent to a process that is going."""
        for group in ([self.proxy], self.workers):
            running = [child.process for child in group if child.runs and child.process]
            for process in running:
                process.send_signal(signal.SIGTERM)
            limit = time.monotonic() + STOPS_WITHIN
            for process in running:
                try:
                    process.wait(max(0.1, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            for child in group:
                child.clear()


def environment(plan: Plan, outside: Mapping[str, str]) -> dict[str, str]:
    """What every process is told.

    They sign what browsers keep with one key, so that another process takes it; listen on this
    machine alone; judge as if they listened where the proxy does; and share the cores.
    """
    threads = max(1, (os.cpu_count() or 1) // len(plan.workers))
    return {
        "STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32),
        "OMP_NUM_THREADS": str(threads),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        **outside,
        "ATTUNE_ADDRESS": "127.0.0.1",
        "ATTUNE_REACHED_AT": plan.address,
    }


def _ends_with_its_keeper() -> None:
    """Have the system end a process whose keeper was killed; elsewhere than on Linux it stays."""
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310, our own address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def allow_files() -> int:
    """As many open connections as the system grants, for children too; how many the proxy takes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(most, FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted
