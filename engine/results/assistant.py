"""What is asked in words, typed or spoken: what the search box finds, what the assistant answers,
hears and remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from engine.json_values import JsonRecord
from engine.results.offers import Offer

AI_NOTICE: Final = (
    "You are asking a program, not a person. It looks your question up among topics that it knows "
    "and answers with the bank's own figures; it writes nothing freely and may misread you, so "
    "check what a figure is of."
)
"""Said with the first answer (Regulation (EU) 2024/1689, article 50)."""

ANSWERED, ASKED_BACK, REFUSED = "answered", "asked back", "refused"


@dataclass(frozen=True)
class Fact:
    """One figure of an answer."""

    label: str
    text: str
    """As people read it."""
    value: float | str | None = None
    """The figure itself, as the page has it; None where it is only a text."""
    remark: str = ""


@dataclass(frozen=True)
class Proposal:
    """Something that may be recorded; only a click does it."""

    kind: str
    """accept, dismiss, log, promise, objection."""
    label: str
    """What the button says."""
    customer_id: str
    product_id: str = ""
    purpose: str = ""
    outcome: str = ""
    on: pd.Timestamp | None = None
    offer: Offer | None = None
    """The offer that was answered, where the product is on the customer's list."""
    seen: str | None = None
    """Id of the last answer about it when this was proposed, "" where there was none; None where
    nothing is answered."""


@dataclass(frozen=True, eq=False)
class Answer(JsonRecord):
    """What is said on one topic."""

    intent: str
    title: str
    sentences: tuple[str, ...]
    source: str
    """Which answer of the engine it is."""
    page: str
    """Address of the page that shows the same; "" is that of the customers."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What the link takes along."""
    link: str = ""
    """What the link says; "" where there is none."""
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()
    """A short list."""
    customer_id: str = ""
    customer: str = ""
    """Whom it speaks of, in words; "" for the bank as a whole."""
    product_id: str = ""
    as_of: pd.Timestamp | None = None
    notes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Customer and product of everything that it offers."""
    asks_back: bool = False
    """It says what has to be said first, and answers nothing."""


@dataclass(frozen=True)
class Asked:
    """One thing that was asked before."""

    intent: str
    customer_id: str
    said: str
    """Its first figure in words; "" where it had none."""


@dataclass(frozen=True)
class Conversation:
    """What an assistant remembers of one session."""

    customer_id: str = ""
    product_id: str = ""
    intents: tuple[str, ...] = ()
    """Of the last question."""
    category: str = ""
    when: tuple[str, pd.Timestamp, pd.Timestamp, bool] | None = None
    """Label, first and last day of the period that was spoken of, and whether it lies ahead."""
    history: tuple[Asked, ...] = ()
    waiting: str = ""
    """A question that was asked back about: whose, or which product."""
    in_need: tuple[tuple[str, str], ...] = ()
    """Customers of whose emergency was spoken, and the topic of it: fraud or distress."""
    n_asked: int = 0


@dataclass(frozen=True, eq=False)
class AssistantReply(JsonRecord):
    """The answer to one question."""

    question: str
    status: str
    """"answered", "asked back" or "refused"."""
    sentence: str
    """What is said before the answers; "" where they speak for themselves."""
    answers: tuple[Answer, ...]
    choices: tuple[str, ...] = ()
    """Questions to choose from: whom or what was meant, or what can be asked."""
    as_of: pd.Timestamp | None = None
    notice: str = ""
    read_by: str = ""
    """"words", or "meaning and words"."""
    conversation: Conversation = field(default_factory=Conversation)


@dataclass(frozen=True)
class Found:
    """One thing that a typed text may mean."""

    kind: str
    """customer, product or page."""
    key: str
    """Customer number, product id, or the page's address."""
    name: str
    similar: bool
    """Found only by taking what was typed for a slip."""


HEARD, NOTHING, AGAIN = "heard", "nothing", "again"


@dataclass(frozen=True, eq=False)
class Transcript(JsonRecord):
    """What a recogniser wrote down of a recording, for a person to correct."""

    status: str
    """"heard"; "nothing", where nobody speaks; "again", where it should be said again."""
    text: str
    """What was heard; "" unless the status is "heard"."""
    sentence: str
    """Why to say it again, or that it may be misheard; "" where there is nothing to say."""
    confidence: float | None
    """Mean chance of a word, 0-1; None where the recogniser gives none."""
    seconds: float
    spoken_seconds: float
    """What was given to the recogniser, or would have been."""
    rate: int
    channels: int
    level_db: float
    """Of the speech, in dB of full scale."""
    snr_db: float
    """Speech over noise, in dB."""
    engine: str = ""
    """The recogniser; "" where none was asked."""
    identity: str = ""
    """Its name with version or hash."""


@dataclass(frozen=True)
class Listener:
    """Who writes down what is said."""

    name: str
    """"" where nobody does."""
    note: str
    """How to add one where there is none, or why one that is here is not used; else ""."""
    longest_seconds: float
    most_megabytes: float


@dataclass(frozen=True)
class MeetingFact:
    """One thing that notes of a meeting say, for a person to confirm."""

    kind: str
    """child, house, move, job, retirement, bereavement, goal or promise."""
    label: str
    sentence: str
    """The sentence that says it, as it was written."""
    goal: str = ""
    """The goal of the page Preferences that it sets; "" where it sets none."""
    on: pd.Timestamp | None = None
    """The day of a promise."""


@dataclass(frozen=True, eq=False)
class Meeting(JsonRecord):
    """What notes of a meeting say; nothing of it is recorded."""

    customer_id: str
    customer: str
    sentence: str
    facts: tuple[MeetingFact, ...]
    notes: tuple[str, ...] = ()
