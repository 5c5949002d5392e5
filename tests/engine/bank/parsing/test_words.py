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


TIED = (
    "Pension fund", "Roth IRA", "401(k)", "RRSP", "KiwiSaver", "Riester-Rente", "Rürup",
    "Altersvorsorge Fonds", "Plan d'épargne retraite", "PER", "Previdência PGBL", "Lijfrente",
    "Pensioensparen", "Plan de pensiones", "Fondo pensione", "Superannuation fund", "Lifetime ISA",
    "Retirement savings", "Workplace pension",
)  # fmt: skip
FREE = ("Investment fund", "ISA", "Pensioner checking", "Rentenfonds", "Savings per month")


def test_money_that_is_tied_until_old_age_is_no_account_to_draw_on():
    kinds = words.account_kind(pd.Series(TIED, dtype="str"))
    assert not set(kinds) & set(ACCOUNT_KINDS)
    assert pd.Series(TIED).str.contains(words.TIED_MONEY).all()
    assert not pd.Series(FREE).str.contains(words.TIED_MONEY).any()
    assert set(words.account_kind(pd.Series(FREE[:3]))) == {"investment", "current"}
