"""Transactions in; the same without what tells of health, belief, union, politics or sex life, out.

Which codes, categories and words tell so is read from sensitive_spending.toml.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.added_rows import was_added
from engine.bank.parsing.merchant_codes import code_of
from engine.vocabulary import MASKED

RULES: Final = Path(__file__).with_name("sensitive_spending.toml")
READ: Final = ("category", "merchant", "description", "attributes")
"""Columns that tell."""
HIDDEN: Final = (*READ, "location")
"""Columns that are masked; amount, day, account and means of payment stay, so sums do too."""
_CODE_ALONE: Final = r"(?:mcc[ :#-]*)?(\d{3,4})(?:\.0+)?"
_NOT_SENSITIVE: Final = "not_sensitive"
_LETTERS: Final = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"})
"""Letters that are no other letter with an accent."""
_CODE_AMONG_FIELDS: Final = r'(?i)"[^"]*(?:mcc|merchant.?category)[^"]*"\s*:\s*"?(\d{3,4})\b'


def masked(transactions: pd.DataFrame) -> pd.DataFrame:
    """The transactions with `MASKED` for merchant and category of those that are sensitive, and
    nothing for their description, place and further fields; the same object where none is.

    The mark of a row that was added by hand stays: its day counts otherwise.

    Parameters
    ----------
    transactions : DataFrame
        At least the columns of `HIDDEN`; texts may be categories.
    """
    hit = is_sensitive(transactions)
    if not hit.any():
        return transactions
    columns = {}
    for name in HIDDEN:
        values, is_named = transactions[name], name in ("merchant", "category")
        if is_named and isinstance(values.dtype, pd.CategoricalDtype):
            values = values.cat.set_categories(values.cat.categories.union([MASKED], sort=False))
        gone = hit
        if name == "attributes":
            gone = hit & ~was_added(values.astype("str")).to_numpy(dtype=bool)
        columns[name] = values.mask(gone, MASKED if is_named else np.nan)
    return transactions.assign(**columns)


def is_sensitive(transactions: pd.DataFrame) -> np.ndarray:
    """Which transactions are, by merchant category code, category or words; bool of shape
    (n_transactions,). Only distinct texts are looked at."""
    hit = np.zeros(len(transactions), dtype=bool)
    for name in ("category", "merchant", "description"):
        codes, distinct = pd.factorize(transactions[name])
        texts = _plain(pd.Series(pd.Index(distinct).astype("str"), dtype="str"))
        if name == "category":
            is_category = np.array([_is_category(text) for text in texts.tolist()], dtype=bool)
        told = _tells(texts)
        if name == "category":
            told = told | is_category
        hit |= np.append(told, False)[codes]
    fields = transactions["attributes"]
    if fields.notna().any():
        code = fields.astype("str").str.extract(_CODE_AMONG_FIELDS, expand=False).str.zfill(4)
        hit |= code.isin(_codes()).to_numpy(dtype=bool)
    return hit


def _tells(texts: pd.Series) -> np.ndarray:
    """Which texts hold one of the words; bool of shape (n_texts,).

    Arrow is asked itself: pandas would read the long pattern letter by letter at every call to see
    whether Arrow may have it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = pa.array(texts.astype("object"), type=pa.large_string(), from_pandas=True)
    rest = pc.replace_substring_regex(plain, _passed_over(), " ")
    return pc.match_substring_regex(rest, _words()).fill_null(False).to_numpy(zero_copy_only=False)


def is_sensitive_word(text: str) -> bool:
    """Would a merchant or a category of this name be masked?"""
    told = str(_plain(pd.Series([text], dtype="str")).iloc[0])
    return _is_category(told) or re.search(_words(), told) is not None


def _plain(texts: pd.Series) -> pd.Series:
    """In lower case, without accents and space around; what is in no Latin letters is left out."""
    texts = texts.str.lower().str.strip()
    foreign = texts.str.contains(r"[^\x00-\x7f]", regex=True).fillna(False).to_numpy(dtype=bool)
    if foreign.any():
        texts = texts.copy()
        texts[foreign] = [*map(_folded, texts[foreign])]
    return texts


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return letters.encode("ascii", "ignore").decode("ascii")


def _is_category(text: object) -> bool:
    """Is it one of the names, a code with its name, or a code alone?"""
    said = str(text)
    alone = re.fullmatch(_CODE_ALONE, said)
    code = alone[1].zfill(4) if alone else code_of(said)
    return said in _categories() or code in _codes()


@lru_cache(maxsize=1)
def _read() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(RULES.read_text("utf-8"))


def _rules() -> list[dict[str, list[str]]]:
    return [rule for name, rule in _read().items() if name != _NOT_SENSITIVE]


@lru_cache(maxsize=1)
def _categories() -> frozenset[str]:
    return frozenset(name for rule in _rules() for name in rule["categories"])


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    spans = (span.partition("-") for rule in _rules() for span in rule["codes"])
    return frozenset(
        f"{code:04d}"
        for first, _, last in spans
        for code in range(int(first), int(last or first) + 1)
    )


@lru_cache(maxsize=1)
def _words() -> str:
    """Whole words; only syntax that Python and RE2 both read, since pandas hands it to Arrow."""
    whole = {word for rule in _rules() for word in rule["words"]}
    ends = {word for rule in _rules() for word in rule.get("endings", [])}
    return rf"(?:^|[^a-z0-9])(?:{_either(whole)}|[a-z]*(?:{_either(ends)}))(?:$|[^a-z0-9])"


@lru_cache(maxsize=1)
def _passed_over() -> str:
    return rf"\b(?:{_either(_read()[_NOT_SENSITIVE]['names'])})\b"


def _either(words: Iterable[str]) -> str:
    return "|".join(map(_pattern, sorted(words, key=lambda word: (-len(word), word))))


def _pattern(word: str) -> str:
    """A word with its English plurals, and a hyphen for a blank."""
    stem, ends = (word[:-1], "(?:y|ies|y'?s)") if word.endswith("y") else (word, "(?:e?s|'s)?")
    return re.sub(r"([.&+*?()\[\]])", r"\\\1", stem).replace(" ", r"[ -]+") + ends
