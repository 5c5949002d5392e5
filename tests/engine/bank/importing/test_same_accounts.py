"""One account as a plain number and as an IBAN: proved by its entries, or asked about."""

import datetime as dt

import pytest

from engine.bank import editions
from engine.bank.decision import Certainty
from engine.bank.importing import import_plan, same_accounts
from engine.bank.importing.import_source import explain, import_bank
from engine.errors import BadInput
from tests.engine.bank.reading.test_statements import NEW, camt, entry, read

NOW = dt.datetime(2026, 6, 1)
SWIFT = """:20:X
:25:{account}EUR
:28C:1
:60F:C260101EUR100,
{entries}:62F:C260131EUR{closing},
"""


def swift(*entries: tuple[int, int], account: str = "37040044/0532013000") -> str:
    lines = "".join(f":61:2601{day:02d}D{amount},NMSCNONREF\n:86:Fee\n" for day, amount in entries)
    closing = 100 - sum(amount for _, amount in entries)
    return SWIFT.format(account=account, entries=lines, closing=closing)


def iban(*entries: tuple[int, int]) -> bytes:
    booked = [
        entry(str(amount), "DBIT", f"2026-01-{day:02d}", f"R{n}", NEW.format("BOOK"))
        for n, (day, amount) in enumerate(entries)
    ]
    return camt("08", "100.00", f"{100 - sum(amount for _, amount in entries)}.00", *booked)


def key() -> bytes:
    return b"key"


def joined(one: str, other: bytes, said: str = ""):
    found = same_accounts.joined(read(a_sta=one, b_xml=other).tables, said, {}, key)
    tables, decisions = found.tables, found.decisions
    frames = [raw.frame for name, raw in tables.items() if name.endswith("/transactions")]
    accounts = {account for frame in frames for account in frame["account_number"]}
    n_booked = sum(int((frame["status"] == "booked").sum()) for frame in frames)
    n_accounts = sum(len(raw.frame) for name, raw in tables.items() if name.endswith("/accounts"))
    return decisions, len(accounts), n_booked, n_accounts


def test_equal_entries_of_common_days_prove_that_two_names_are_one_account():
    (decision,), *counted = joined(
        swift((4, 1), (5, 5), (5, 5), (9, 7)), iban((5, 5), (5, 5), (9, 7), (12, 3))
    )
    assert (decision.reading, decision.certainty) == ("one account", Certainty.PROVED)
    assert counted == [1, 5, 1]


def test_entries_that_differ_on_common_days_are_of_two_accounts():
    entries = swift((5, 5), (6, 5), (9, 7)), iban((5, 5), (6, 4), (9, 7))
    (decision,), *counted = joined(*entries)
    assert (decision.reading, decision.certainty) == ("two accounts", Certainty.LIKELY)
    assert counted == [2, 6, 2]


def test_without_common_entries_it_is_asked_and_an_answer_is_obeyed():
    entries = swift((4, 1), (5, 5)), iban((12, 3))
    (decision,), *counted = joined(*entries)
    assert (decision.reading, decision.certainty) == ("two accounts", Certainty.GUESS)
    assert decision.answer.choices == ("two accounts", "one account")
    assert counted == [2, 3, 2]
    (decision,), *counted = joined(*entries, said="one account")
    assert (decision.certainty, counted) == (Certainty.PROVED, [1, 3, 1])
    with pytest.raises(BadInput, match="accounts are 'perhaps'"):
        joined(*entries, said="perhaps")


@pytest.mark.parametrize("account", ["10020030/0532013000", "0532013001", "13000"])
def test_another_bank_another_number_or_a_short_one_is_not_even_asked_about(account):
    decisions, *counted = joined(swift((5, 5), account=account), iban((5, 5)))
    assert (decisions, counted) == ([], [2, 2, 2])


def test_a_plan_says_that_two_accounts_are_one(write, tmp_path):
    folder = write({"a.sta": swift((4, 1)), "b.xml": iban((12, 3))})
    plan = explain(folder, now=NOW)
    (asked,) = [d for d in plan.guesses if d.about == "accounts"]
    plan.answered([(asked.answer, "one account")]).save(tmp_path / "plan.toml")
    saved = import_plan.load(tmp_path / "plan.toml")
    assert saved.accounts == "one account"
    again = explain(folder, saved, now=NOW)
    (told,) = [d for d in again.decisions if d.about == "accounts"]
    assert (told.reading, told.certainty) == ("one account", Certainty.PROVED)


def known_of(one: str, other: bytes, known: dict[str, str], said: str = ""):
    found = same_accounts.joined(read(a_sta=one, b_xml=other).tables, said, known, key)
    return found.decisions[0], found.known


def test_what_was_told_of_a_pair_holds_for_later_files_until_entries_speak_against_it():
    apart = swift((4, 1)), iban((12, 3))
    asked, known = known_of(*apart, {})
    assert (asked.certainty, known) == (Certainty.GUESS, {})
    _, known = known_of(*apart, {}, said="one account")
    assert list(known.values()) == ["one account"]
    later, again = known_of(*apart, known)
    assert (later.reading, later.certainty) == ("one account", Certainty.PROVED)
    assert again == known
    differ = swift((5, 5), (6, 5), (9, 7)), iban((5, 5), (6, 4), (9, 7))
    against, left = known_of(*differ, known)
    assert (against.reading, against.certainty) == ("two accounts", Certainty.GUESS)
    assert "earlier files said that they are one" in against.evidence
    assert left == {}


def test_an_answer_about_two_accounts_is_asked_for_once_and_no_number_stands_in_the_plan(
    write, tmp_path
):
    january = write({"a.sta": swift((4, 1)), "b.xml": iban((12, 3))})
    (asked,) = [d for d in explain(january, now=NOW).guesses if d.about == "accounts"]
    plan = explain(january, now=NOW).answered([(asked.answer, "one account")])
    bank = tmp_path / "banks" / "bank"
    import_bank(january, bank, now=NOW, plan=plan)
    later = write({"a.sta": swift((14, 1)), "b.xml": iban((22, 3))})
    told = explain(later, update_of=bank, now=NOW)
    (known,) = [d for d in told.decisions if d.about == "accounts"]
    assert (known.reading, known.certainty) == ("one account", Certainty.PROVED)
    assert "532013000" not in editions.plan_text(bank)
    (pair,) = import_plan.parse(editions.plan_text(bank).encode(), "plan").known_accounts
    assert len(pair) == 16
