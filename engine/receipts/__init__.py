"""Lists that were shown: written down once, chained by hash, replayed and verified."""
