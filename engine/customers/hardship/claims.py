"""What is said of a customer in difficulty, typed: the evidence, what follows, the help to offer.

As in `engine.customers.claims`: each kind is one function of what its sentence rests on, and
`tests/engine/customers/hardship_oracle.py` works every figure out again from the raw tables.
"""

from typing import Any, Final

from engine.customers.claims import Claim, kind
from engine.customers.wording import count, day
from engine.figures import MISSING, money

__all__ = [
    "HELP",
    "Claim",
    "account_past_due",
    "complains",
    "help_with",
    "in_arrears",
    "marked",
    "no_credit",
    "payment_missed",
    "status_says",
    "wrote",
]

HELP: Final = {
    "vulnerable": ("vulnerability", "which help the customer needs"),
    "bereavement": ("bereavement", "the bereavement service"),
    "lost_income": ("payment plan", "a pause or smaller payments while income is missing"),
    "cannot_pay": ("payment plan", "a payment plan"),
    "scam": ("fraud", "the fraud team's help to get money back"),
    "crisis": ("specialist", "the specialist support team, today"),
    "arrears": ("payment plan", "a payment plan"),
    "shortfall": ("budgeting", "budgeting help before the bills are due"),
    "complaint": ("complaint", "the complaint until it is settled"),
}
"""What stands on record -> kind of help, and what a call is about. None of it is sold."""


@kind
def marked() -> str:
    """The bank's own flag."""
    return "the bank has marked this customer as vulnerable"


@kind
def wrote(words: str, on: Any) -> str:
    """The customer's own sentence in a message to the bank, and its day."""
    return f"the customer wrote{_on(on)}: “{words}”"


@kind
def in_arrears(name: str, on: Any) -> str:
    """The newest record of an outcome that means arrears says yes."""
    return f"the bank's record{_on(on, 'as of')} is read as “{name.replace('_', ' ')}”"


@kind
def account_past_due(name: str, value: str) -> str:
    """A field of an account or of the customer names something past due."""
    return f"on record: {name.replace('_', ' ')} {value}"


@kind
def status_says(status: str) -> str:
    """The status of the relationship names arrears."""
    return f"status on record: {status}"


@kind
def payment_missed(words: str, on: Any, amount: float, n: int, days: int, currency: str) -> str:
    """The newest booking of the last days that only who missed a payment has, and how many."""
    more = f", one of {n} such in {count(days, 'day')}" if n > 1 else ""
    return f"“{words}” of {money(amount, currency)} was booked{_on(on)}{more}"


@kind
def complains(on: Any, words: str, repeated: bool) -> str:
    """The newest complaint that is not resolved."""
    again = ", made more than once," if repeated else ""
    said = f": “{words}”" if words else ""
    return f"the complaint{_on(on, 'of')}{again} is not resolved{said}"


@kind
def no_credit(why: Claim) -> str:
    """What the sign means for offers."""
    return f"No credit is offered now: {_small(why.text)}"


@kind
def help_with(topic: str, why: Claim) -> str:
    """The call that takes the place of a sale."""
    return f"Call about {HELP[topic][1]}: {_small(why.text)}"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _on(on: Any, word: str = "on") -> str:
    return "" if on is None or day(on) == MISSING else f" {word} {day(on)}"
