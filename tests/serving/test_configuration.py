"""What the proxy is told, and how processes are kept alive, without starting any of them."""

import ipaddress
import os
import re
import signal
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from serving import __main__ as command
from serving import supervisor
from serving.nginx import Plan, configuration, largest_upload
from serving.supervisor import AGAIN_AFTER, HANGS_AFTER, Child, NotStarted, environment


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan("127.0.0.1", 8501, (9001, 9002, 9003), tmp_path)


def block(text: str, head: str) -> str:
    """What stands between the braces after a head."""
    begin = text.index(head + " {")
    return text[begin : text.index("}", begin)]


def test_F192_a_session_stays_with_its_process_and_has_others_for_when_that_is_gone(plan):
    text = configuration(plan)
    own = block(text, "upstream stay_w2")
    assert "127.0.0.1:9002 max_fails=0;" in own
    assert [own.count(f"127.0.0.1:{port} max_fails=0 backup;") for port in plan.workers] == [
        1,
        0,
        1,
    ]
    assert "w2 stay_w2;" in block(text, "map $cookie_attune_worker $pool")
    assert r'"~127\.0\.0\.1:9002$" w2;' in text


def test_F192_no_process_is_put_aside_for_one_broken_answer(plan):
    servers = re.findall(r"^\s+server \d.*", configuration(plan), re.MULTILINE)
    assert len(servers) == 3 * 5
    assert all("max_fails=0" in server for server in servers)


def test_F192_the_proxy_takes_the_largest_file_that_the_dashboard_takes(plan):
    allowed = int(re.search(r"client_max_body_size (\d+)m", configuration(plan))[1])
    assert largest_upload() < allowed <= largest_upload() + 2


def test_F192_a_large_body_is_kept_nowhere_before_it_is_known_who_sends_it(plan):
    text = configuration(plan)
    servers, *places = text[text.index("server {") :].split("location ")
    assert "client_max_body_size 64k;" in servers
    large = [place for place in places if "client_max_body_size" in place]
    assert [place.split(" {")[0] for place in large] == ["/_stcore/upload_file/", "/api/"]
    assert all("proxy_request_buffering off;" in place for place in large)


def test_F192_a_token_reaches_one_process_however_its_header_is_spelled(plan):
    text = configuration(plan)
    assert "hash $token consistent;" in block(text, "upstream programs")
    pattern = re.search(r'"~\*(\^bearer.+)" \$bare;', text)[1].replace("?<", "?P<")
    spelled = ("Bearer attune_x", "bearer attune_x", "BEARER   attune_x ")
    found = {re.search(pattern, one, re.IGNORECASE)["bare"] for one in spelled}
    assert found == {"attune_x"}


def test_F192_a_signal_in_the_midst_of_waiting_ends_it(keeper):
    heard = signal.signal(signal.SIGALRM, keeper.stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        assert keeper._stopped(within=20)
        assert keeper._stopped()
    finally:
        signal.signal(signal.SIGALRM, heard)


def test_F192_addresses_with_customers_in_them_are_logged_nowhere(plan):
    text = configuration(plan)
    assert "access_log off;" in text
    assert "error_log stderr crit;" in text


def test_F192_what_a_client_says_of_its_own_address_is_not_passed_on(plan):
    assert "X-Forwarded-For $remote_addr;" in configuration(plan)


def test_F192_a_certificate_makes_it_encrypted_and_an_ipv6_address_is_bracketed(tmp_path):
    plan = Plan("::", 443, (1,), tmp_path, certificate=tmp_path / "c.pem", key=tmp_path / "k.pem")
    text = configuration(plan)
    assert "listen [::]:443 ssl;" in text
    assert f'ssl_certificate_key "{tmp_path}/k.pem";' in text
    assert plan.url == "https://localhost:443"


@pytest.mark.parametrize("name", ['a"b', "a$b", "a\\b", "a\nb"])
def test_F192_a_path_that_would_end_a_directive_is_refused(name):
    with pytest.raises(ValueError, match="nginx reads no path"):
        configuration(Plan("127.0.0.1", 1, (2,), Path("/x") / name))


def test_F192_every_process_signs_with_one_key_and_listens_on_this_machine_alone(plan):
    open_to_all = Plan("0.0.0.0", 8501, (1, 2), plan.folder)
    told = environment(open_to_all, {"ATTUNE_ADDRESS": "0.0.0.0"})
    assert ipaddress.ip_address(told["ATTUNE_ADDRESS"]).is_loopback
    assert told["ATTUNE_REACHED_AT"] == "0.0.0.0"
    assert len(told["STREAMLIT_SERVER_COOKIE_SECRET"]) >= 32
    kept = environment(plan, {"STREAMLIT_SERVER_COOKIE_SECRET": "ours"})
    assert kept["STREAMLIT_SERVER_COOKIE_SECRET"] == "ours"


def test_F192_a_missing_nginx_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(command.shutil, "which", lambda *_, **__: None)
    with pytest.raises(NotStarted, match=r"apt-get install nginx"):
        command.program()


@pytest.mark.parametrize(
    "wrong", [["--workers", "0"], ["--workers", "x"], ["--port", "70000"], ["--key", "k"]]
)
def test_F192_what_cannot_be_is_refused_before_anything_starts(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        command.asked(wrong, {})
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_F192_the_environment_says_what_the_command_does_not():
    told = command.asked(["--port", "81"], {"WORKERS": "3", "ATTUNE_ADDRESS": "::1", "PORT": "80"})
    assert (told.workers, told.address, told.port) == (3, "::1", 81)


class Process:
    """A process that ended, or one that is there."""

    def __init__(self, code: int | None, pid: int = 4_000_001) -> None:
        self.returncode, self.pid = code, pid
        self.killed = False

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        self.killed = True


@pytest.fixture
def ended(monkeypatch) -> list[int]:
    """Groups of processes that were ended."""
    found = []
    monkeypatch.setattr(supervisor.os, "killpg", lambda group, _: found.append(group))
    return found


@pytest.fixture
def keeper(plan, monkeypatch, ended) -> supervisor.Supervisor:
    """A supervisor whose nginx takes whatever it is told."""
    done = subprocess.CompletedProcess([], 0, "", "")
    monkeypatch.setattr(supervisor.subprocess, "run", lambda *_, **__: done)
    return supervisor.Supervisor(plan, "nginx")


def test_F192_a_process_that_died_starts_at_once_and_later_each_time_it_does_not_last(
    keeper, monkeypatch
):
    child = Child("process 1", ["x"], os.environ, process=Process(-9))
    starts = []
    monkeypatch.setattr(Child, "start", lambda self: starts.append(now))
    for now in range(120):
        keeper.look_after(child, float(now))
    assert starts[0] == 0
    pauses = [later - sooner for sooner, later in pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= AGAIN_AFTER[-1]


def test_F192_what_a_killed_proxy_leaves_behind_is_ended_once_before_another_starts(
    keeper, ended, monkeypatch
):
    child = Child("the proxy", ["x"], os.environ, process=Process(-9))
    monkeypatch.setattr(Child, "start", lambda self: ended.append("start"))
    for now in (0.0, 0.5):
        keeper.look_after(child, now)
    assert ended == [4_000_001, "start"]


def test_F192_a_process_that_answers_nobody_for_long_is_ended(keeper, monkeypatch):
    child = Child("process 1", ["x"], os.environ, port=1, process=Process(None))
    monkeypatch.setattr(Child, "answers", lambda _: False)
    keeper.look_after(child, HANGS_AFTER - 1)
    assert not child.process.killed
    keeper.look_after(child, HANGS_AFTER + 20)
    assert child.process.killed


def test_F192_a_start_that_fails_the_first_time_is_said_and_not_tried_again(keeper):
    with pytest.raises(NotStarted, match="process 1 ended as it started"):
        keeper._first_answers([Child("process 1", ["x"], os.environ, process=Process(1))])
