"""No log of the program names a person: every test of the run is listened to, and this is how."""

import io
import logging
from collections.abc import Iterator

import pytest

from engine import cli, private_logs
from engine.errors import BadInput
from tests.private_data import PrivateRecords, private_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cannot send to ann.ash+x@bank.example.org now", "an e-mail address"),
        ("call +44 (0)20 7946 0958 back", "a phone number"),
        ("paid from DE89 3704 0044 0532 0130 00", "an account number"),
        ("card 4111-1111-1111-1111 declined", "a card number"),
    ],
)
def test_F148_what_names_or_numbers_a_person_is_found(text: str, kind: str):
    assert private_in(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "warm-up: StateError",
        "2026-07-15 09:00:00.123456 C00002 v0001 r-16486a5b539cd4da45bb",
        "sha256 8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92",
        "events.csv line 1234567890123 was changed",
    ],
)
def test_F148_what_names_nobody_is_left_alone(text: str):
    assert private_in(text) == []


def test_F193_the_listener_hears_the_loggers_of_the_program(private_records: PrivateRecords):
    for name in ("attune", "engine.state.event_log"):
        logging.getLogger(name).warning("%s wrote", "zoe@bank.example.org")
    try:
        raise ValueError("card 4111 1111 1111 1111")
    except ValueError:
        logging.getLogger("attune").exception("refused")
    heard = [one.split(" ", 1)[1] for one in private_records.found]
    assert heard == ["an e-mail address", "an e-mail address", "a card number"]
    private_records.found.clear()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log file gets while a face of the program runs."""
    plain, out = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    private_logs.install()
    private_logs.install()
    yield out
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(plain)


def test_F148_a_face_of_the_program_logs_no_address_and_no_number_of_a_person(
    written: io.StringIO, private_records: PrivateRecords
):
    log = logging.getLogger("engine.planted")
    planted = ["zoe@bank.example.org", "+44 20 7946 0958", "DE89370400440532013000"]
    planted += ["4111 1111 1111 1111", "5500005555555559"]
    for one in planted:
        log.warning("cannot read %s in row %d", one, 12)
    try:
        raise BadInput(f"no customer {planted[0]!r} with card {planted[3]}")
    except BadInput:
        log.exception("refused")
    log.warning("%s left %s", "2026-07-15 09:00:00.123456 v0001", "sha256 8d969eef6ecad3c2")
    said = written.getvalue()
    assert private_in(said) == [] and private_records.found == []
    assert not [one for one in planted if one in said]
    assert said.count("in row 12") == len(planted) and "Traceback" in said
    assert "2026-07-15 09:00:00.123456 v0001 left sha256 8d969eef6ecad3c2" in said


def test_F148_a_command_keeps_its_logs_private(monkeypatch, written: io.StringIO):
    def broken() -> None:
        logging.getLogger("engine.state").error("stays with zoe@bank.example.org")

    monkeypatch.setattr(cli, "app", broken)
    cli.main()
    assert written.getvalue() == "engine.state stays with [e-mail address]\n"
