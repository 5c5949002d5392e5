"""Columns as numbers, also where the next edition brings another kind of value than was learned."""

import numpy as np
import pandas as pd

from engine.customers.metrics.learned_metric import as_numbers

WORDS = (("tier", (("01", 0.5), ("1.5", 0.2), ("7", 0.3), ("7.0", 0.4), ("A", 0.1))),)


def table(*values):
    return pd.DataFrame({"tier": values})


def test_a_word_among_figures_is_unknown_and_the_figures_stay():
    given = table("3", "A", None, " 4.5").astype(object)
    np.testing.assert_array_equal(as_numbers(given, ())[:, 0], [3, np.nan, np.nan, 4.5])


def test_figures_where_words_were_learned_are_the_words_that_read_so():
    given = table(1.0, 1.5, 7.0, 9.0, np.nan)
    np.testing.assert_array_equal(
        as_numbers(given, WORDS)[:, 0], [0.5, 0.2, np.nan, np.nan, np.nan]
    )


def test_words_have_their_codes_and_truths_are_0_and_1():
    words = table("A", "7", "7.0", "new", None).astype(object)
    np.testing.assert_array_equal(as_numbers(words, WORDS)[:, 0], [0.1, 0.3, 0.4, np.nan, np.nan])
    truths = pd.DataFrame({"held": [True, False], "n": pd.array([None, 2], dtype="Float64")})
    np.testing.assert_array_equal(as_numbers(truths, ()), [[1, np.nan], [0, 2]])
