"""What an import would make of uploaded files: every reading, and the questions about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Key = tuple[str, str, str]
"""Which reading is meant: source (empty for all files), field of its plan, column or empty."""


@dataclass(frozen=True)
class Reply:
    """What a person said to a question.

    Attributes
    ----------
    reading : str
        One of the choices.
    choices : tuple of str
        All that there were, so that the answer can be changed.
    """

    reading: str
    choices: tuple[str, ...]


Replies = Mapping[Key, Reply]


@dataclass(frozen=True, eq=False)
class Question:
    """One reading of the files, with what speaks for it and what else it could be.

    Attributes
    ----------
    key : Key
    about : str
        What was decided, as in `Decision`; "needed" where a column is missing.
    file, column : str
        As shown to people; several with a comma between. For "needed" the column of ours.
    reading : str
        As it is read now; empty where nothing serves yet.
    certainty : str
        "a guess", "likely" or "proved".
    evidence : str
    choices : tuple of str
        Readings that a person may choose; empty where there is nothing to choose.
    is_open : bool
        Any other text may be given as well, such as the code of another currency.
    is_answered : bool
    before, after : DataFrame
        The first rows as in the file and as they would be kept, line by line, with the line as the
        index; without columns where no rows say anything.
    """

    key: Key
    about: str
    file: str
    column: str
    reading: str
    certainty: str
    evidence: str
    choices: tuple[str, ...]
    is_open: bool
    is_answered: bool
    before: pd.DataFrame
    after: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ReviewedFile:
    """One file or sheet of an upload, as it would be read.

    Attributes
    ----------
    source, file : str
        Its name in a plan, and as shown to people.
    table : str
        Ours; empty where the file is left out.
    n_rows, n_bad_lines : int
    columns : DataFrame
        source_column, example, target_column (missing where a column is kept beside the record),
        certainty.
    targets : tuple of str
        What a column of that table may be.
    """

    source: str
    file: str
    table: str
    n_rows: int
    n_bad_lines: int
    columns: pd.DataFrame
    targets: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ImportReview:
    """How uploaded files would be read.

    Attributes
    ----------
    title : str
        What a layout that ships reads, where one fits; then there is nothing to ask.
    files : tuple of ReviewedFile
    questions : tuple of Question
        The doubtful first.
    problem : str
        Why nothing can be imported yet; empty where it can.
    plan : object
        What an import takes; guesses stay guesses in it. None where a layout fits.
    saved : str
        The plan as TOML for the next files, with what these files told beside what was said.
    """

    title: str
    files: tuple[ReviewedFile, ...]
    questions: tuple[Question, ...]
    problem: str
    plan: Any
    saved: str

    def having(self, certainty: str) -> tuple[Question, ...]:
        """Questions that nobody has answered, of one certainty."""
        return tuple(q for q in self.questions if q.certainty == certainty and not q.is_answered)

    @property
    def guesses(self) -> tuple[Question, ...]:
        return self.having("a guess")
