"""The whole run of tests stays on this machine."""

import socket
import urllib.request

import pytest


def test_F115_no_test_reaches_another_machine():
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
