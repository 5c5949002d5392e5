"""Questions about one customer's list: where a score comes from, why not, and what if."""

from engine.questions.questions import Questions

__all__ = ["Questions"]
