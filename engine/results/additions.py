"""A record that was added by hand: the id it got, and whether it is new."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Added:
    """What became of one submit.

    Attributes
    ----------
    record_id : str
        For example "TXN_67": the prefix and the highest number so far plus one (F23).
    table : str
        transactions or messages.
    stored : bool
        False when this submit was stored before; the id is then the one it got at that time.
    """

    record_id: str
    table: str
    stored: bool
