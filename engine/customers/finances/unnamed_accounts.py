"""A bank in; kinds of account of each customer that no held product names out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing.word_search import says

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


class UnnamedAccounts:
    """Kinds of customers' accounts that none of their held products can be; read once a bank."""

    def __init__(self, bank: Bank) -> None:
        self._held = bank.held
        kinds = bank["accounts"]["kind"]
        self._kinds = tuple(sorted({*kinds.dropna().unique()} & set(_NAMES)))
        self._kind = pd.Index(self._kinds, dtype="str").get_indexer(kinds)
        named = bank["products"][["name", "category", "subcategory"]].fillna("").astype("str")
        texts = pd.Series([" ".join(p).casefold() for p in named.to_numpy()], dtype="str")
        self._told = says(texts, "|".join([*_NAMES.values(), _OTHERS]))
        may_be = [says(texts, _NAMES[kind]) for kind in self._kinds]
        self._may_be = np.array(may_be, dtype=bool).reshape(len(self._kinds), len(texts))

    def of(self, position: int, rows: np.ndarray) -> tuple[str, ...]:
        """The kinds of one customer's accounts that no held product can be, in alphabetical order.

        None where a held product says in no known word what it is: it may be any of them.

        Parameters
        ----------
        rows : ndarray of int
            The customer's rows of the accounts table.
        """
        held = self._held[position]
        here = np.unique(self._kind[rows])
        here = here[here >= 0]
        if not len(here) or not self._told[held].all():
            return ()
        missing = here[~self._may_be[here][:, held].any(axis=1)]
        return tuple(self._kinds[kind] for kind in missing)
