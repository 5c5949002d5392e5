"""The whole run of tests stays on this machine."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

HERE_ALONE = Path(__file__).parents[1] / "fixtures" / "here_alone"
"""What served dashboards have on their path, see tests/e2e/browsing.py."""
TRIES = """
import socket
def tried(do):
    try:
        do()
    except PermissionError as error:
        print(error)
tried(lambda: socket.create_connection(("192.0.2.1", 80)))
tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 80)))
tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 80)))
tried(lambda: socket.getaddrinfo("example.org", 80))
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
print("here")
"""


def test_F115_F152_no_test_reaches_another_machine():
    with pytest.raises(AssertionError, match="asked for the network"):
        socket.create_connection(("192.0.2.1", 80))
    with socket.socket() as one, pytest.raises(AssertionError, match="asked for the network"):
        one.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match=r"asked for the network: example\.org"):
        urllib.request.urlopen("http://example.org")


def test_this_machine_itself_can_be_asked():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as one,
    ):
        assert one.getpeername() == server.getsockname()


def test_F115_F152_a_process_of_the_tests_reaches_this_machine_and_no_other():
    done = subprocess.run(
        [sys.executable, "-c", TRIES],
        env=os.environ | {"PYTHONPATH": str(HERE_ALONE)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = [line.split()[-1] for line in done.stdout.splitlines()]
    assert said == ["192.0.2.1", "192.0.2.1", "192.0.2.1", "example.org", "here"]
