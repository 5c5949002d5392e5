"""What columns alone cannot say about a source: one step a layout, named by its `finish`."""

from collections.abc import Callable, Mapping

from engine.bank.importing.mapping import Frames
from engine.bank.importing.sources import (
    berka,
    peer_b,
    peer_c,
    peer_d,
    peer_e,
    santander,
    uci_bank_marketing,
)
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

Step = Callable[[Frames, Mapping[str, RawTable], Findings], Frames]

STEPS: Mapping[str, Step] = {
    "berka": berka.finish,
    "peer_b": peer_b.finish,
    "peer_c": peer_c.finish,
    "peer_d": peer_d.finish,
    "peer_e": peer_e.finish,
    "santander": santander.finish,
    "uci_bank_marketing": uci_bank_marketing.finish,
}
"""Each takes the mapped frames and the raw tables, and returns the frames, completed."""
