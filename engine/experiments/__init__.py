"""Experiments: who is in which arm, how many it takes, what came of it, and learning by trying."""
