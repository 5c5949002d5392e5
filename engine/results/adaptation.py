"""What a fine-tuning of the encoder found, and which of the two it kept."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FineTuning:
    """The encoder before and after tuning on the bank's own pairs.

    Attributes
    ----------
    encoder : str
    n_pairs : int
        Pairs of a want and a product taken that it was tuned on.
    until : str
        Last day of the adoptions that it was tuned on; those after it judge.
    n : int
        Adopters after that day of whom some interest is known.
    metric : str
    before, after : tuple of float
        Figure of the needs signal alone, with its 95 % interval over customers.
    difference : tuple of float
        After minus before, paired by customer, with its interval.
    losses : tuple of float
        Mean loss of each epoch.
    kept : str
        "after" where it is better on that fold, else "before".
    folder : str
        The tuned encoder, "" where it was not kept.
    simulated : bool
    sentence : str
    """

    encoder: str
    n_pairs: int
    until: str
    n: int
    metric: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    difference: tuple[float, float, float]
    losses: tuple[float, ...]
    kept: str
    folder: str
    simulated: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Every field."""
        return dict(vars(self))
