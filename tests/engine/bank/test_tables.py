"""Tables take the vocabulary's shape; rows are quick to take out of them."""

import numpy as np
import pandas as pd

from engine.bank.tables import coerce, concat, content_hash


def _pieces(table: pd.DataFrame) -> set[int]:
    texts = table.select_dtypes("str")
    return {texts[c].array.__arrow_array__().num_chunks for c in texts}


def test_stacked_texts_lie_in_one_piece_and_stay_what_they_are():
    parts = [pd.DataFrame({"name": [f"n{i}", None], "city": ["x", "y"]}) for i in range(4)]
    stacked = pd.concat(parts, ignore_index=True).astype("str")
    for table in (coerce("customers", stacked), concat("customers", [stacked, stacked])):
        assert _pieces(table) == {1}
        assert table["name"].dropna().tolist()[:4] == ["n0", "n1", "n2", "n3"]
        assert table["name"].isna().sum() * 2 == len(table)
        assert table["name"].dtype == "str"


def test_the_hash_of_a_table_is_that_of_its_cells_one_by_one(small_bank):
    for table in small_bank.tables.values():
        slow = pd.util.hash_pandas_object(table, index=False, categorize=False).to_numpy()
        assert content_hash(table) == np.ascontiguousarray(slow).tobytes()
