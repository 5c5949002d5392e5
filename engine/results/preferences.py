"""What a customer has said that they want, and what may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Preferences:
    """One customer's stated preferences (F37); an empty text or tuple where nothing is on record.

    Attributes
    ----------
    goals, services : tuple of str
        As stored: also what is none of the known ones.
    income_choices, risk_choices, frequency_choices : tuple of str
        What may be chosen; a risk tolerance in our words.
    goal_choices : tuple of str
        The known goals, and what is stored beside them, so that saving loses nothing.
    service_choices : mapping of str to tuple of str
        Group -> services; what is stored beside the known ones stands under "Other".
    """

    customer_id: str
    income_level: str
    risk_tolerance: str
    goals: tuple[str, ...]
    services: tuple[str, ...]
    frequency: str
    income_choices: tuple[str, ...]
    risk_choices: tuple[str, ...]
    frequency_choices: tuple[str, ...]
    goal_choices: tuple[str, ...]
    service_choices: Mapping[str, tuple[str, ...]]
