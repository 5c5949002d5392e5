"""Words of other banks in, words of the vocabulary out: kinds, risk, gender, moods, consents."""

import re

import pandas as pd

from engine.bank.parsing import letters
from engine.bank.parsing.cell_parsing import each_unique, text
from engine.vocabulary import ACCOUNT_KINDS, GRANTED, MESSAGE_KINDS, REFUSED, UNKNOWN

_ACCOUNTS = (
    ("card", "card kreditkarte kreditkort creditcard"),
    ("loan", "loan mortgage lending kredit darlehen pret hypothek hypotheque prestamo hipoteca "
     "mutuo prestito emprestimo hypoteek kredyt uver lan"),
    ("card", "credit"),
    ("investment", "investment brokerage securities depot isa fund portfolio trading"),
    ("deposit", "deposit cd fixed term festgeld termingeld lokata deposito"),
    ("savings", "savings saving saver svgs sav sb sparkonto spar sparen sparbuch tagesgeld livret "
     "epargne ahorro ahorros risparmio poupanca oszczednosciowe oszczednosciowy spaarrekening "
     "sparekonto opsparing sporici sporeni"),
    ("current", "current checking cheque chequing check giro payment transaction salary cacc "
     "girokonto kontokorrent courant corriente corrente biezacy biezace betaalrekening lonekonto "
     "lonkonto brukskonto bezny checkings everyday"),
)  # fmt: skip
"""Our kind, and the words that say it; the first kind that has one of a cell's words wins."""
TIED_MONEY = (
    r"(?i:pensi[oó](?!n(?:er|ist)s?\b)|retire(?!es?\b)|retraite|jubilaci|superannuation"
    r"|super fund|\bira\b|\b40[13] ?\(?[kb]\b|\brr(?:sp|if)\b|kiwisaver|lifetime isa|\blisa\b"
    r"|\bsipp\b|riester|r(?:ü|ue?)rup|basisrente|betriebsrente|rentenversicherung|altersvors"
    r"|previd[eê]ncia|\b[pv]gbl\b|lijfrente|provident fund|\b[ep]pf\b|annuit)|\bPERP?\b"
)
"""Names of accounts and products whose money is tied until old age, in several countries."""
_MESSAGES = {
    "voice": "call phone voice voicemail",
    "chat": "chat messenger whatsapp sms",
    "ticket": "ticket complaint email mail case letter enquiry inquiry support request",
    "post": "post tweet review comment social",
}
_GRANTED = "granted grant given yes y true 1 accepted agreed active opt_in opted_in in consented ok"
_UNSAID = "unknown pending unasked not_asked not_recorded"
_PURPOSES = {
    "profiling": "personalisation",
    "personalization": "personalisation",
    "recommendations": "personalisation",
    "advertising": "marketing",
    "newsletter": "marketing",
    "social_media": "social",
    "social_data": "social",
}


def _words(cell: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", letters.plain(cell).lower())


def _kind(cell: str, kinds: tuple[tuple[str, str], ...], own: tuple[str, ...]) -> str:
    said = _words(cell)
    if "_".join(said) in own:
        return "_".join(said)
    matching = (kind for kind, words in kinds if not set(said).isdisjoint(words.split()))
    return next(matching, cell.lower())


def account_kind(cells: pd.Series) -> pd.Series:
    """Kinds of accounts: "Credit Card" is card, "Checking" current; any other word stays.

    So does a pension's, as none of ours: its money is neither savings nor an investment at hand.
    """
    return each_unique(text(cells), _account_kind, "str")


def _account_kind(cell: str) -> str:
    if {"isa"} < set(words := _words(cell)) and not {"cash", "savings"}.isdisjoint(words):
        return "savings"
    return cell.lower() if re.search(TIED_MONEY, cell) else _kind(cell, _ACCOUNTS, ACCOUNT_KINDS)


def message_kind(cells: pd.Series) -> pd.Series:
    """Kinds of messages: "Complaint" is ticket, "Phone call" voice; any other word stays."""
    kinds = tuple(_MESSAGES.items())
    return each_unique(text(cells), lambda c: _kind(c, kinds, MESSAGE_KINDS), "str")


def consent(cells: pd.Series) -> pd.Series:
    """What a consent says; a word that is not known counts as a refusal, never as a consent."""
    return each_unique(text(cells), _consent, "str")


def _consent(cell: str) -> str:
    said = "_".join(_words(cell))
    if said in _UNSAID.split():
        return UNKNOWN
    return GRANTED if said in _GRANTED.split() else REFUSED


def purpose(cells: pd.Series) -> pd.Series:
    """What a consent is for; any other word stays."""
    return each_unique(text(cells), _purpose, "str")


def _purpose(cell: str) -> str:
    said = "_".join(_words(cell))
    return _PURPOSES.get(said, said)
