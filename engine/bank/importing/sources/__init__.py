"""What columns alone cannot say about a source: one step a layout, named by its `finish`."""

from collections.abc import Callable, Mapping

from engine.bank.importing.columns.mapping import Frames
from engine.bank.importing.sources import (
    berka,
    interactions_and_ratings,
    monthly_totals,
    purchases_and_tickets,
    santander,
    sqlite_bank,
    uci_bank_marketing,
)
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

Step = Callable[[Frames, Mapping[str, RawTable], Findings], Frames]

STEPS: Mapping[str, Step] = {
    source.__name__.rpartition(".")[2]: source.finish
    for source in (
        berka,
        interactions_and_ratings,
        monthly_totals,
        purchases_and_tickets,
        santander,
        sqlite_bank,
        uci_bank_marketing,
    )
}
"""Each takes the mapped frames and the raw tables, and returns the frames, completed."""
