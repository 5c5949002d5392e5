"""No log of the program names a person: every test of the run is listened to, and this is how."""

import logging

import pytest

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
