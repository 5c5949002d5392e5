"""The cells of a column that says in or out; which word is which, how sure that is, and -1 or 1."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.parsing import letters

_LONGEST = 200
"""Characters of a cell that are read."""
_MOST_WORDS = 50
"""Different cells of a column that says in or out; any with more says something else."""

_GIVEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_OUT, _IN = frozenset(_GIVEN["out"].split()), frozenset(_GIVEN["into"].split())
_PAIRS = (("s", "h"), ("w", "d"), ("o", "i"), ("-1", "1"), ("a", "e"))
"""Signs that say out and in only where the column has both: Soll and Haben, withdrawal and
deposit, out and in, Ausgang and Eingang."""
_PLACE = re.compile(r"\b(?:in|out)[ _-](?=[a-z])")


def meaning(cell: str) -> float | None:
    """-1 out, 1 in, None where the words of a cell say neither or both.

    A card's name says nothing of it: "debit card" and "credit card" are both paid with. Neither
    does "in" before another word: "in store" is a place.
    """
    plain = letters.plain(cell[:_LONGEST]).casefold()
    words = set(re.findall(r"[a-z0-9]+", _PLACE.sub(" ", plain)))
    if "card" in words or plain in ("-", "\u2212"):
        return -1.0
    if plain == "+":
        return 1.0
    out, into = not words.isdisjoint(_OUT), not words.isdisjoint(_IN)
    return None if out == into else -1.0 if out else 1.0


@dataclass(frozen=True)
class DirectionForm:
    """What the cells of a column say of each amount.

    Attributes
    ----------
    meanings : mapping of str to float
        Cell -> -1 (out) or 1 (in).
    unknown : tuple of str
        Cells that say neither.
    certainty, evidence
    """

    meanings: Mapping[str, float] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    certainty: Certainty = Certainty.PROVED
    evidence: str = "given"

    def decision(self, file: str, column: str) -> Decision:
        """The same as a decision of the import."""
        out, into = (
            ", ".join([cell for cell, sign in self.meanings.items() if sign == side][:5])
            or "nothing"
            for side in (-1.0, 1.0)
        )
        others = tuple(f"{cell} is the other way" for cell in self.unknown[:5])
        return Decision(
            file, column, "direction", f"out is {out}; in is {into}", self.certainty,
            self.evidence, others,
        )  # fmt: skip


def form_of(cells: pd.Series) -> DirectionForm:
    """Which cells of a column say out and which in.

    Returns
    -------
    DirectionForm
        Proved where every cell is known and both sides are there; likely where one side alone is
        there, or where one of two cells is known and the other must be the opposite; else a
        guess, and no meanings at all where the column says something else.
    """
    stripped = (cell.strip() for cell in cells.dropna().unique())
    lower = {cell.casefold(): cell for cell in stripped if cell}
    said = list(lower.values())
    if len(said) > _MOST_WORDS:
        return DirectionForm({}, (), Certainty.GUESS, f"{len(said):,} different cells")
    meanings = {cell: sign for cell in said if (sign := meaning(cell)) is not None}
    for out, into in _PAIRS:
        if set(lower) == {out, into}:
            meanings = {lower[out]: -1.0, lower[into]: 1.0}
    unknown = tuple(cell for cell in said if cell not in meanings)
    if not meanings:
        return DirectionForm({}, unknown, Certainty.GUESS, "no word for in or out")
    sides = set(meanings.values())
    if len(said) == 2 and len(unknown) == 1:
        ((known, sign),) = meanings.items()
        evidence = f"{known!r} is known and {unknown[0]!r} is the only other word"
        return DirectionForm({**meanings, unknown[0]: -sign}, (), Certainty.LIKELY, evidence)
    if unknown:
        evidence = f"{len(unknown)} of {len(said)} words say neither in nor out"
        return DirectionForm(meanings, unknown, Certainty.GUESS, evidence)
    if len(sides) == 1:
        are_long = all(len(cell) > 1 for cell in said)
        certainty = Certainty.LIKELY if are_long and len(said) == 1 else Certainty.GUESS
        evidence = f"all {len(said)} words say the same side"
        return DirectionForm(meanings, (), certainty, evidence)
    return DirectionForm(meanings, (), Certainty.PROVED, f"all {len(said)} words are known")


def read(cells: pd.Series, form: DirectionForm) -> pd.Series:
    """-1 out, 1 in, missing for a cell that the form does not know, in any letter case."""
    known = {cell.casefold(): sign for cell, sign in form.meanings.items()}
    signs = {cell: known.get(cell.strip().casefold()) for cell in cells.dropna().unique()}
    return cells.astype("object").map(signs).astype("float64")
