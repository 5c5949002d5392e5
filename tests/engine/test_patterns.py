"""pandas searches as it always did, and takes a pattern apart once."""

import pandas as pd
from pandas.core.arrays._arrow_string_mixins import ArrowStringArrayMixin

import engine.bank.tables  # noqa: F401  (whoever has a table has it)


def test_a_pattern_is_taken_apart_once() -> None:
    texts, apart = pd.Series(["a loan", None], dtype="str"), ArrowStringArrayMixin._regex_nodes
    before = apart.cache_info()
    found = [texts.str.contains(r"taken apart once|\bloan\b", na=False) for _ in range(3)]
    assert [one.tolist() for one in found] == [[True, False]] * 3
    after = apart.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)
