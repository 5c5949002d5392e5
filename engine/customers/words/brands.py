"""Texts in, the brands that they name out: a dictionary (brands.toml), whole words."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

BRANDS: Final = Path(__file__).with_name("brands.toml")
_EDGE: Final = r"[\w@.&+'’/-]"
"""What a name may not touch: it would be part of another word, an address or a longer name."""
_AFTER: Final = r"(?![\w@&+/]|['’](?!s\b)|[.-]\w)"


@cache
def _listed() -> dict[str, Any]:
    return tomllib.loads(BRANDS.read_text("utf-8"))


@cache
def kinds() -> dict[str, str]:
    """Brand -> what it sells ("outdoor", "luxury" ...)."""
    return {name: kind for kind, names in _listed()["names"].items() for name in names}


@cache
def _plain_names() -> dict[str, str]:
    """Lower case -> brand, for the names that are found in any case."""
    cased = set(_listed()["words"]["cased"])
    return {_folded(name): name for name in kinds() if name not in cased}


@cache
def _pattern() -> re.Pattern[str]:
    words = _listed()["words"]
    any_case = _either(name for name in kinds() if name not in words["cased"])
    cased = _either(name for name in kinds() if name in words["cased"])
    return re.compile(rf"(?<!{_EDGE})(?:(?i:(?P<plain>{any_case}))|(?P<cased>{cased})){_AFTER}")


def _either(names: Any) -> str:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace("'", "['’]") for name in longest_first)


def _folded(name: str) -> str:
    return name.lower().replace("’", "'")


def brands_in(text: str) -> tuple[str, ...]:
    """Brands of one text, each once, in the order in which they stand there.

    Notes
    -----
    A name that is a word as well ("Target") counts with its capital where no sentence begins, a
    name that is a place as well ("Patagonia") not after "in" or "to".
    """
    words, found = _listed()["words"], []
    for match in _pattern().finditer(text):
        if match["cased"]:
            name = match["cased"]
            if name not in words["capitals"] and _begins(text, match.start()):
                continue
        else:
            name = _plain_names()[_folded(match["plain"])]
        before = re.search(r"(\w+)\s+$", text[: match.start()])
        if name in words["places"] and before and before[1].lower() in words["before_a_place"]:
            continue
        found.append(name)
    return tuple(dict.fromkeys(found))


def spelled(names: pd.Series) -> pd.Series:
    """Names of brands as the dictionary spells them; others stay as they are."""
    ours = {_folded(name): name for name in kinds()}
    said = {name: ours.get(_folded(name.strip()), name) for name in names.dropna().unique()}
    return names.map(said) if said else names


def _begins(text: str, start: int) -> bool:
    """Does a sentence begin here?"""
    return not re.search(r"[^\s.!?:;\"“(…-]\s*$", text[:start])


def brands_of(texts: pd.Series) -> pd.Series:
    """Brands of many texts, as tuples; a missing text names none, a different one is read once."""
    codes, distinct = pd.factorize(texts)
    found = [brands_in(str(text)) for text in distinct] + [()]
    return pd.Series([found[code] for code in codes], index=texts.index, dtype="object")
