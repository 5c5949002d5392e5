"""What stands behind every figure of one bank."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PLAN = "plan.toml"
"""File beside a bank that says how its files were read."""


@dataclass(frozen=True)
class Manifest:
    """What stands behind a bank's figures.

    Attributes
    ----------
    name : str
        Shown to people.
    bank_id : str
        Names the bank for good: its state lies in a folder of this name, whatever its content
        becomes. Made at the first import; "" before that.
    edition : int
        Number of the content, from 1: next month's files are the next edition of the same bank.
    currency : str
        ISO code, for example "USD".
    as_of : str
        ISO date of the last dated activity, or as given at import.
    layout : str
        Name of the layout that read it, or "generated".
    simulated : bool
        True for a generated bank: every grade and figure then reads "simulated".
    undated_months : bool
        The monthly series had no dates and was laid to end at `as_of`.
    consent_defaults : mapping
        Purpose -> status assumed where a customer's consent is not recorded.
    sources : mapping
        Source file name -> SHA-256.
    imported_at : str
        ISO time of the import, "" for generated banks (same seed, same bytes).
    notes : tuple of str
        What a reader of any figure should know.
    before_erasures : tuple of str
        Fingerprints that this edition had before customers were erased from it.
    derived : tuple of str
        Tables that no file held, so that they followed from others; they do at an update too.
    """

    name: str
    bank_id: str = ""
    edition: int = 1
    currency: str = "USD"
    as_of: str = ""
    layout: str = "tables"
    simulated: bool = False
    undated_months: bool = False
    consent_defaults: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    imported_at: str = ""
    notes: tuple[str, ...] = ()
    before_erasures: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
