"""The rows of a receipt in; the name of the shop, and whether another line may be it, out."""

import re
from typing import Final

from engine.results import Doubt
from engine.scans import claims
from engine.scans.receipt_rows import Row, days_in, words

_HEAD: Final = 14
"""Rows from the top among which a name is looked for (own choice)."""
_LONGEST: Final = 60
_CLOSE: Final = 1.0
_REGISTERED: Final = re.compile(
    r"\(?\b(?:co\.?\s*no|reg\.?\s*no|company no)\b.*|\([^)]*\d{3}[^)]*\)?.*|\bf\.?k\.?a\.?\b.*",
    re.IGNORECASE,
)
_NUMBER_BEHIND: Final = re.compile(r"\s*\d{5,}[-\w]*$")


def merchant_of(rows: list[Row]) -> tuple[str, list[Doubt]]:
    """The likeliest name among the first rows; "" where none reads like one."""
    points: list[tuple[float, int, str]] = []
    for place, row in enumerate(rows[:_HEAD]):
        if row.amounts or days_in(row.text, place, True):
            if points and row.amounts:
                break
            continue
        name = _NUMBER_BEHIND.sub("", _REGISTERED.sub("", row.text)).strip(" .,:;*-#")
        if score := _score(row, name, place, rows):
            points.append((score, -place, name))
    if not points:
        return "", []
    ordered = sorted(points, reverse=True)
    best = ordered[0]
    near = [name for score, _, name in ordered[1:] if best[0] - score < _CLOSE and name != best[2]]
    choices = (best[2], *near[:2])
    return best[2], [Doubt("merchant", claims.which("merchant", choices), choices)] if near else []


def _score(row: Row, name: str, place: int, rows: list[Row]) -> float:
    """How much a line reads like the name of a shop; 0 where it cannot be one."""
    letters = [letter for letter in name if letter.isalpha()]
    if len(letters) < 3 or len(name) > _LONGEST or "@" in name or "www" in row.plain:
        return 0.0
    figures = sum(map(str.isdigit, name))
    score = 3.0 - 0.25 * place - figures / max(len(name), 1) * 4
    score += 3.0 * row.says(words("merchant"))
    score -= 3.5 * row.says(words("no_merchant"))
    if letters and all(letter.islower() for letter in letters):
        score -= 1.5  # a name of a shop is seldom without one capital; a note by hand often is
    usual = sorted(one.height for one in rows)[len(rows) // 2]
    score += min(max(row.height / max(usual, 1.0) - 1.0, 0.0), 1.0)
    return max(score, 0.0)
