"""The whole book: who is in which group of it, and what to know and do first."""
