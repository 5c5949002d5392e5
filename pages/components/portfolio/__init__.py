"""The whole book: key figures, segments, needs, what goes with what, and the mood."""
