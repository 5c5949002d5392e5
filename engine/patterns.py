"""Patterns in; what pandas takes them apart to once, and not at every search of a column."""

from functools import lru_cache

from pandas.core.arrays._arrow_string_mixins import ArrowStringArrayMixin


def remember() -> None:
    """Let pandas keep what it took patterns apart to.

    It does so at each search, to learn whether Arrow may search for the pattern (pandas 3.0): in a
    table of a few rows that takes ten times as long as the search. What it finds depends on the
    pattern alone.
    """
    apart = ArrowStringArrayMixin._regex_nodes
    if not hasattr(apart, "cache_info"):
        ArrowStringArrayMixin._regex_nodes = staticmethod(lru_cache(maxsize=4096)(apart))
