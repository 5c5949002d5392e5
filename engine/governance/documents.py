"""What a file of the pack says: sentences, and tables whose columns have names and kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

Columns = Mapping[str, tuple[str, str]]
"""Column -> what it is called, and its kind: text, count, share, three (decimals), points, day or
moment; only these are written, in this order."""
INTERVAL: Final[dict[str, tuple[str, str]]] = {
    "low": ("From (95 %)", "three"),
    "high": ("To (95 %)", "three"),
}
SHARES: Final[dict[str, tuple[str, str]]] = {
    "low": ("From (95 %)", "share"),
    "high": ("To (95 %)", "share"),
}


@dataclass(frozen=True, eq=False)
class Table:
    """A table with its title."""

    title: str
    frame: pd.DataFrame
    columns: Columns
    note: str = ""


@dataclass(frozen=True, eq=False)
class Document:
    """One file of the pack, written as HTML and as JSON."""

    name: str
    """Of the file, without its ending."""
    title: str
    lead: str
    """One sentence: what it is for."""
    texts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = field(default_factory=tuple)
