"""Texts are searched as pandas searches them, whatever stands in them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.parsing.word_search import says

PATTERNS = (r"\bloan|\bcr[eé]dit\b", r"debit(?! order)", r"^a.*z$", r"card\s+\w+")


@pytest.mark.parametrize("any_case", [True, False])
@given(texts=st.lists(st.one_of(st.none(), st.text("aézloncrditLOAN \n", max_size=12)), max_size=8))
def test_a_text_says_what_pandas_finds_in_it(texts: list[str | None], any_case: bool) -> None:
    column = pd.Series(texts, dtype="str")
    for pattern in PATTERNS:
        expected = column.str.contains(pattern, case=not any_case, na=False)
        assert np.array_equal(says(column, pattern, any_case=any_case), expected.to_numpy(bool))


def test_a_missing_text_says_nothing_and_an_empty_column_has_no_answer() -> None:
    assert says(pd.Series([None, "Home loan"], dtype="str"), "loan|").tolist() == [False, True]
    assert says(pd.Series([], dtype="str"), "loan").shape == (0,)
