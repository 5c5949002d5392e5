import pandas as pd
import pytest

from engine.bank.parsing import words
from engine.vocabulary import ACCOUNT_KINDS, MESSAGE_KINDS


def cells(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Checking", "current"),
        ("Current Account", "current"),
        ("Credit Card", "card"),
        ("Mortgage", "loan"),
        ("Term deposit", "deposit"),
        ("ISA", "investment"),
        ("SAVINGS ACCOUNT", "savings"),
        ("safe box", "safe box"),
        *((kind, kind) for kind in ACCOUNT_KINDS),
    ],
)
def test_accounts_of_other_banks_have_our_kinds(said, kind):
    assert words.account_kind(cells(said)).tolist() == [kind]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Complaint", "ticket"),
        ("Phone call", "voice"),
        ("WhatsApp", "chat"),
        ("Tweet", "post"),
        *((kind, kind) for kind in MESSAGE_KINDS),
    ],
)
def test_messages_of_other_banks_have_our_kinds(said, kind):
    assert words.message_kind(cells(said)).tolist() == [kind]


def test_a_consent_is_one_only_where_a_known_word_says_so():
    parsed = words.consent(cells("Yes", "granted", "opt-in", "Opted Out", "no", "withdrawn", "hm"))
    assert parsed.tolist() == ["granted"] * 3 + ["refused"] * 4
    assert words.consent(cells("unknown", "not asked")).tolist() == ["unknown"] * 2
    assert words.consent(cells(None)).isna().all()
