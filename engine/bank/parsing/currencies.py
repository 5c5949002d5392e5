"""Codes, signs and headers in, the currency of a column and how sure that is out."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.bank.decision import Certainty, Decision

_GIVEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

CODES = frozenset(f"{_GIVEN['codes']} {_GIVEN['former']}".split())
"""Codes of ISO 4217 that an amount can be in."""
SIGNS: Mapping[str, tuple[str, ...]] = {
    sign: tuple(codes.split()) for sign, codes in _GIVEN["signs"].items()
}
"""Sign in lower case, without a full stop -> its currencies, the commonest first."""

WHOLE = frozenset(_GIVEN["whole"].split())
"""Codes of ISO 4217 without a minor unit."""

THOUSANDTHS = frozenset(_GIVEN["thousandths"].split())
"""Codes of ISO 4217 whose minor unit is a thousandth."""

WORDS = frozenset(["ALL", "BAM", "COP", "CUP", "GEL", "LAK", "MOP", "PEN", "TOP", "TRY"])
"""Codes that are words or names as well."""

_LONGEST_HEADER = 200


def meanings(sign: str) -> tuple[str, ...]:
    """Currencies that a code or a sign such as "kr." can stand for; empty where it is neither."""
    plain = sign.strip()
    if plain.upper() in CODES:
        return (plain.upper(),)
    return SIGNS.get(plain.casefold().rstrip("."), ())


@dataclass(frozen=True)
class CurrencyReading:
    """The currency of a column.

    Attributes
    ----------
    code : str
        ISO 4217; empty where nothing says it or where it differs from row to row.
    certainty : Certainty
    evidence : str
        Empty where nothing was said.
    others : tuple of str
        Codes that the same sign stands for, or that other rows have.
    """

    code: str = ""
    certainty: Certainty = Certainty.GUESS
    evidence: str = ""
    others: tuple[str, ...] = ()

    def decision(self, file: str, column: str) -> Decision:
        """The same as a decision of the import."""
        return Decision(
            file,
            column,
            "currency",
            self.code or "not said",
            self.certainty,
            self.evidence or "no code and no sign",
            self.others,
        )


def of_header(header: str) -> CurrencyReading:
    """The currency in a column's name: "Amount (EUR)", "salary_gbp", "Balance in £"."""
    words = re.findall(r"[A-Za-z]{0,2}[^\w\s()\[\].,:;/_-]+|[^\W\d_]+", header[:_LONGEST_HEADER])
    words = [_without_thousands(word) for word in words]
    last = [word for word in words if word.upper() in CODES and _is_code(word, header)]
    named = (word for word in words if not word.isalpha() or len(word) > 3)
    signs = last[-1:] or [word for word in named if meanings(word)]
    return of_signs(signs, f"the column's name, {header[:60]!r}")


def _without_thousands(word: str) -> str:
    """A sign or a code without what says thousands before it: "k€", "TEUR"."""
    is_code = len(word) == 4 and word[1:].upper() in CODES and word.isalpha()
    is_sign = not word.isalpha() and bool(meanings(word[1:]))
    rest = word[1:] if word[:1] in ("k", "K", "t", "T") and (is_code or is_sign) else word
    return word if meanings(word) else rest


def _is_code(word: str, header: str) -> bool:
    """A code in capitals, in brackets or last; "all" and "top" are words before they are codes."""
    if word.upper() in WORDS:
        return bool(re.search(rf"[(\[]\s*{word}\s*[)\]]", header)) and word.isupper()
    is_last = bool(re.search(rf"(?:^|[\W_]){word}[\W_]*$", header))
    return is_last or word.isupper()


def of_codes(cells: pd.Series) -> CurrencyReading:
    """The currency of a column of codes or signs, in any letter case; empty where rows differ."""
    return of_signs(cells.dropna().tolist(), "the column of currencies")


def read(cells: pd.Series, prefer: str = "") -> pd.Series:
    """Codes from a column of codes or signs: "eur" and "€" are EUR; what is neither is missing.

    A sign of several currencies is read as `prefer` where it can be, else as the commonest.
    """
    codes = {}
    for cell in cells.dropna().unique():
        possible = meanings(cell)
        codes[cell] = prefer if prefer in possible else next(iter(possible), None)
    return cells.astype("object").map(codes).astype("str")


def of_signs(signs: Iterable[str], where: str) -> CurrencyReading:
    """The one currency that all of these signs and codes can stand for.

    A sign of several currencies beside the code of one of them means that one; alone it is a
    guess. Signs that cannot mean the same are a guess without a code: amounts stay apart.
    """
    said = sorted({sign.strip() for sign in signs if sign and sign.strip()})
    sets = [meanings(sign) for sign in said if meanings(sign)]
    if not sets:
        return CurrencyReading()
    evidence = f"{where} has {', '.join(said[:5])}"
    common = [code for code in sets[0] if all(code in possible for possible in sets)]
    if not common:
        every = tuple(dict.fromkeys(code for possible in sets for code in possible[:1]))
        return CurrencyReading("", Certainty.GUESS, f"{evidence}: several currencies", every)
    if len(common) == 1:
        return CurrencyReading(common[0], Certainty.PROVED, evidence)
    certainty = Certainty.LIKELY if common[0] in ("GBP", "INR", "CHF") else Certainty.GUESS
    return CurrencyReading(common[0], certainty, evidence, tuple(common[1:]))


def together(readings: Iterable[CurrencyReading]) -> CurrencyReading:
    """The currency of a column from its header, its cells and a column of codes beside it.

    The surest counts; a sign that is ambiguous takes the meaning that a surer reading has. Two
    sure readings that differ are a guess.
    """
    said = [reading for reading in readings if reading.evidence]
    sure = [r for r in said if r.certainty is Certainty.PROVED]
    codes = list(dict.fromkeys(r.code for r in sure))
    if len(codes) > 1:
        evidence = "; ".join(r.evidence for r in sure)
        return CurrencyReading(codes[0], Certainty.GUESS, evidence, tuple(codes[1:]))
    for r in said:
        if sure and codes[0] not in (r.code, *r.others):
            evidence = f"{sure[0].evidence}; {r.evidence}"
            return CurrencyReading(codes[0], Certainty.GUESS, evidence, (r.code or "several",))
    order = list(Certainty)
    return min(said, key=lambda r: order.index(r.certainty), default=CurrencyReading())
