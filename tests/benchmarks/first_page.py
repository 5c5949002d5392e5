"""A state folder in, seconds from the command to an answer and to a drawn page out."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import ROOT, peak_memory

HEALTH = "/_stcore/health"
LIMIT = 180.0
"""Seconds after which a start counts as failed."""

DRAWN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app !== null
    && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"]')
    && document.querySelector('[data-testid="stDataFrame"]') !== null
    && document.querySelector('h1') !== null;
}"""
"""The first page, Customers, with its title and its table and nothing left to come."""


@dataclass(frozen=True)
class Start:
    """Seconds since the command was given; `page` is None without a browser."""

    answering: float
    page: float | None
    memory: int | None


@contextmanager
def browser() -> Iterator[Any | None]:
    """A headless chromium that is already running, or None where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


def first_page(data: Path, state: Path, chromium: Any | None) -> Start:
    """Start the dashboard as `make run` does and wait until its first page is drawn.

    Parameters
    ----------
    data : Path
        An imported bank.
    state : Path
        Empty for a cold start; what an earlier start left for a warm one.
    chromium : Browser, optional
        As `browser` gives it.

    Raises
    ------
    RuntimeError
        With the end of the server's log, when it ends or takes longer than LIMIT.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = {
        **os.environ,
        "ATTUNE_DATA": str(data),
        "ATTUNE_STATE": str(state),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    state.mkdir(parents=True, exist_ok=True)
    with (state / "bench.log").open("w+b") as log:
        begun = time.perf_counter()
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(lambda: _answers(address + HEALTH), server, state, begun)
            answering = time.perf_counter() - begun
            page = None
            if chromium is not None:
                tab = chromium.new_page()
                tab.goto(address, wait_until="commit", timeout=LIMIT * 1000)
                _wait(lambda: tab.evaluate(DRAWN), server, state, begun)
                page = time.perf_counter() - begun
                tab.close()
            return Start(answering, page, peak_memory(server.pid))
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(
    ready: Callable[[], bool], server: subprocess.Popen[bytes], state: Path, begun: float
) -> None:
    while not ready():
        if server.poll() is not None or time.perf_counter() - begun > LIMIT:
            end = (state / "bench.log").read_text("utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"The dashboard did not come up within {LIMIT:.0f} s:\n{end}")
        time.sleep(0.02)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
