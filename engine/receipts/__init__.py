"""Lists that were shown: written down once, chained by hash, replayed and verified."""

from engine.receipts.receipts import Receipts

__all__ = ["Receipts"]
