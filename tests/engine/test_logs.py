"""No log of the program names a person: every test of the run is listened to, and this is how."""

import io
import logging
import re
from collections.abc import Iterator

import numpy as np
import pytest

from engine import cli, private_logs
from engine.errors import BadInput
from engine.private_logs import without_private
from tests.private_data import PrivateRecords, private_in

PRIVATE = {
    "an e-mail address": ["cannot send to ann.ash+x@bank.example.org now", "<zoe@b.example>"],
    "a phone number": [
        "call +44 (0)20 7946 0958 back",
        "call 0171 2345678",
        "0171/2345678.",
        "0171-2345678, at noon",
        "(0171) 2345678",
        "phone 020 7946 0958.",
        "01 23 45 67 89",
        "01.23.45.67.89",
        "0041 79 123 45 67",
        "+33.1.23.45.67.89",
        "(555) 123-4567",
        "1-555-123-4567",
        "since 2026-11-30 0171 2345678",
    ],
    "an account number": [
        "paid from DE89 3704 0044 0532 0130 00.",
        "de89370400440532013000",
        "iban_gb29 nwbk 6016 1331 9268 19 said",
        "es91 2100 0418 4502 0005 1332 paid last week",
    ],
    "a card number": [
        "card 4111-1111-1111-1111 declined",
        "card 4111111111111111.",
        "card 4111111111111111, declined",
        "card_4111111111111111",
        "x.4111111111111111",
        "folder/4111111111111111.csv",
        "4111.1111.1111.1111",
        "3782 822463 10005",
        "2026-11-30 4111 1111 1111 1111",
        "2026-11-30 12:30:45 4111111111111111",
    ],
}
PLAIN = [
    "warm-up: StateError",
    "2026-07-15 09:00:00.123456 C00002 v0001 r-16486a5b539cd4da45bb",
    "sha256 8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92",
    "de12ab34cd56ef7890ab",
    "550e8400-e29b-41d4-a716-446655440000",
    "line 12345678 of 1,000,000",
    "0.30000000000000004 and +0.1234567890, 12.345678901234567",
    "10.0.0.127:8501, http://127.0.0.1:45678/a",
    "pandas 2.2.3, numpy 1.26.4.post20240101",
    "01-02-2026 10:00, 30.11.2026 and 2024-01-01 2024-02-01 2024-03-01",
    "shape (1000, 983) of (500) 1,000",
    "ab12 this that when they come",
]


@pytest.mark.parametrize(("kind", "text"), [(k, one) for k in PRIVATE for one in PRIVATE[k]])
def test_F148_what_names_or_numbers_a_person_is_heard_and_cleaned(kind: str, text: str):
    assert private_in(text) == [kind]
    cleaned = without_private(text)
    assert private_in(cleaned) == [] and "[" in cleaned
    assert not re.search(r"\d{3}", re.sub(r"2026-11-30|12:30:45", "", cleaned))


@pytest.mark.parametrize("text", PLAIN)
def test_F148_what_names_nobody_is_left_alone(text: str):
    assert private_in(text) == [] and without_private(text) == text


def test_F148_of_a_number_that_names_nobody_only_the_cleaner_is_wary():
    text = "events.csv line 1234567890123 was changed"
    assert private_in(text) == [] and "[card or account number]" in without_private(text)
    assert without_private("account no. 12345678 left") == (
        "account no. [card or account number] left"
    )


def test_F148_hashes_and_fractions_raise_no_alarm():
    rng = np.random.default_rng(0)
    for _ in range(500):
        digest, fraction = rng.bytes(32).hex(), rng.random()
        text = f"{digest} {digest[:12]} {fraction!r} {-fraction:.9f} {fraction * 1000:.3f} s"
        assert private_in(text) == [] and without_private(text) == text


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
