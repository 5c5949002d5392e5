"""A bank and a customer in; kinds of account that no held product names out."""

import re
from typing import Final

import numpy as np

from engine.bank.bank import Bank

_NAMES: Final = {
    "savings": r"saving|saver|\bisa\b|\bcd\b|spar(?!da)|epargne|livret|ahorro|risparmi|poupan"
    r"|oszczęd",
    "card": r"card|karte|carte\b|tarjeta|\bcarta\b|cart[aã]o|kart[ay]\b",
    "loan": r"loan|mortgage|credit(?! card)|lending|leasing|overdraft|financ|kredit(?!kart)"
    r"|darleh|hypothek|dispo|pr[eê]t\b|crédit|pr[eé]stamo|crédito|hipotec|prestit|mutuo"
    r"|empr[eé]stimo|kredyt|pożyczk|lening|hypothe",
    "deposit": r"deposit|saving|\bcd\b|fixed.?term|bond|festgeld|tagesgeld|termingeld|einlage|spar"
    r"|dép[oô]t|depósito|lokat",
    "investment": r"invest|fund|portfolio|share|stock|bond|pension|brokerage|wealth|securit"
    r"|\bisa\b|depot|wertpapier|fonds|aktien|anlage|bourse|titres|valores|fondos?\b|titoli"
    r"|azioni|inwest",
}
"""Kind of account -> words of a product that may be that account, in several languages. Who holds
anything has a current account, so it is left out."""
_OTHERS: Final = (
    r"current|checking|cheque|everyday|giro|courant|corriente|corrente|account|konto|compte|cuenta"
    r"|conto\b|conta\b|insur|assur|versicher|segur|assicur|cover|protect|service|advi[cs]|plan"
    r"|travel|app\b|banking|wallet|payment|transfer|programme"
)
"""Words of products that are none of these accounts, where none of the words above stands."""


def unnamed_accounts(bank: Bank, position: int, rows: np.ndarray) -> tuple[str, ...]:
    """Kinds of a customer's accounts that no held product can be, in alphabetical order.

    None where a held product says in no known word what it is: it may be any of them.

    Parameters
    ----------
    rows : ndarray of int
        The customer's rows of the accounts table.
    """
    kinds = sorted({*bank["accounts"]["kind"].iloc[rows].dropna()} & set(_NAMES))
    if not kinds:
        return ()
    held = bank["products"].iloc[np.flatnonzero(bank.held[position])]
    texts = held[["name", "category", "subcategory"]].fillna("").astype("str")
    known = re.compile("|".join([*_NAMES.values(), _OTHERS]))
    products = [" ".join(product).casefold() for product in texts.to_numpy()]
    if not all(known.search(product) for product in products):
        return ()
    words = "\n".join(products)
    return tuple(kind for kind in kinds if not re.search(_NAMES[kind], words))
