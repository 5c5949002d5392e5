"""The register in; what each model and rule is for, what it is not for, and its limits, out."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("register.toml")
QUESTIONS: Final = Path(__file__).with_name("questions.toml")
VERSION, METRIC, PART, TESTS = "version", "metric", "part", "tests"
"""Where the last validation of an entry is looked up."""


@dataclass(frozen=True)
class Entry:
    """One model or rule as its maker describes it."""

    key: str
    name: str
    kind: str
    """"model" or "rule"."""
    covers: tuple[str, ...]
    """Signals, metrics, parts and rules of the program that it stands for."""
    purpose: str
    not_for: str
    inputs: str
    limits: str
    decided_in: str
    """File or folder of the program."""
    validated: str
    """VERSION, METRIC, PART or TESTS."""


@dataclass(frozen=True)
class Question:
    """One question of a risk officer, and where its answer stands."""

    number: int
    question: str
    page: str
    """Address of a page ("fairness"), "" for none."""
    files: tuple[str, ...]
    """Files of the pack."""
    answer: str
    """In one sentence; where there is no answer, what is missing."""
    answered: bool


@cache
def entries() -> tuple[Entry, ...]:
    """Every model and rule, in the order of the register."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return tuple(
        Entry(key=key, **{**fields, "covers": tuple(fields["covers"])})
        for key, fields in told.items()
    )


@cache
def questions() -> tuple[Question, ...]:
    """The twenty questions, by number."""
    told = tomllib.loads(QUESTIONS.read_text("utf-8"))["question"]
    return tuple(
        Question(
            number=number,
            question=one["question"],
            page=one.get("page", ""),
            files=tuple(one.get("files", ())),
            answer=one["answer"],
            answered=one.get("answered", True),
        )
        for number, one in enumerate(told, 1)
    )
