"""What an import decided about a file or a column, how sure that is, and what speaks for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine import labels

SAID = "a person said so"
"""Evidence of a reading that a plan or a question gave."""
KEPT = "a person or the plan of this bank said so"
"""The same where the plan may be that of an earlier import."""


class Certainty(StrEnum):
    """How sure a reading is."""

    PROVED = "proved"
    """The data admit no other reading, or a person or a known layout gave it."""
    LIKELY = "likely"
    """Other readings are possible, and something in the data speaks for this one."""
    GUESS = "a guess"
    """Nothing in the data tells this reading from the others: ask."""


@dataclass(frozen=True)
class Answer:
    """Where a plan says which reading holds, so that a decision can be asked about.

    Attributes
    ----------
    source : str
        The file as the plan calls it; empty where the plan as a whole is meant.
    field : str
        Of the plan or of its file: "currency", "customer", "dates", "direction", "numbers" ...
    column : str
        For "dates", "numbers" and others that differ by column.
    choices : tuple of str
        What may stand there, the present reading first.
    is_open : bool
        Any other text may stand there too, such as the code of another currency.
    """

    source: str
    field: str
    column: str = ""
    choices: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class Decision:
    """One reading of a file or of one of its columns.

    Attributes
    ----------
    file : str
        As shown to people.
    column : str
        Empty where the whole file is meant.
    about : str
        What was decided: "decimal sign", "date order", "currency", "direction", "header row" ...
    reading : str
        The choice in a person's words: "decimal comma".
    certainty : Certainty
    evidence : str
        What speaks for it: "2 of 7 cells can only be read so".
    others : tuple of str
        The readings that the data admit as well.
    answer : Answer, optional
        How a plan says it otherwise; None where it cannot.
    """

    file: str
    column: str
    about: str
    reading: str
    certainty: Certainty
    evidence: str
    others: tuple[str, ...] = ()
    answer: Answer | None = None

    def __str__(self) -> str:
        place = f"{self.file}, column {self.column}" if self.column else self.file
        others = f"; it could also be {' or '.join(self.others)}" if self.others else ""
        said = labels.said_of(self.about, self.reading)
        return f"{place}: {said}, {self.certainty} ({self.evidence}{others})"


def counted(n: int, one: str) -> str:
    """How many of what: "1 row", "1,204 rows"."""
    return f"{n:,} {one}" if n == 1 else f"{n:,} {one}s"


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    """The least sure of several; proved where there are none."""
    return max(certainties, key=list(Certainty).index, default=Certainty.PROVED)
