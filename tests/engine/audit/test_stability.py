"""How much of a list stays when nothing that matters has changed (F123)."""

import numpy as np
import pandas as pd
import pytest

from engine.audit import stability
from engine.audit.stability import EVERYBODY, ShakenSentiment, overlap, shaken
from engine.bank.bank import Bank


def lists(**first: str) -> pd.DataFrame:
    """Lists by customer, best first: one letter a product."""
    rows = [(c, p, r, 1.0 - r) for c, ps in first.items() for r, p in enumerate(ps, start=1)]
    return pd.DataFrame(rows, columns=["customer_id", "product_id", "rank", "score"])


SEGMENTS = pd.Series({"ann": "Loyal", "ben": "Loyal", "cid": "At risk"})


def found(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    return overlap(before, after, SEGMENTS, k=3).set_index("segment")


def test_F123_the_same_lists_overlap_wholly():
    table = found(lists(ann="abc", cid="xyz"), lists(ann="abc", cid="xyz"))
    assert table.loc[EVERYBODY, ["n", "moved", "jaccard", "same_first"]].tolist() == [2, 0, 1, 1]


def test_F123_overlap_counts_products_in_both_over_products_in_either():
    table = found(lists(ann="abcd", ben="ab", cid="x"), lists(ann="bae", ben="ab", cid=""))
    # ann keeps a and b of a, b, c and e, in another order; ben keeps all; cid's list is gone.
    assert table.loc[EVERYBODY, "jaccard"] == pytest.approx((2 / 4 + 1 + 0) / 3)
    assert table.loc["Loyal", "jaccard"] == pytest.approx(0.75)
    assert table.loc["Loyal", "same_first"] == 0.5
    assert table.loc["At risk", ["n", "same_first"]].tolist() == [1, 0]
    assert table.loc[EVERYBODY, "moved"] == pytest.approx(2 / 3)


def test_F123_intervals_hold_the_figures_and_narrow_with_customers():
    rng = np.random.default_rng(3)
    names = [f"c{i:03}" for i in range(400)]
    before = lists(**dict.fromkeys(names, "abc"))
    after = lists(**{n: "abc" if rng.random() < 0.8 else "dbc" for n in names})
    segments = pd.Series(["small"] * 20 + ["large"] * 380, index=names)
    table = overlap(before, after, segments, k=3).set_index("segment")
    assert (table["low"] <= table["jaccard"]).all() and (table["jaccard"] <= table["high"]).all()
    width = table["first_high"] - table["first_low"]
    assert width["large"] < width["small"]


def test_noise_stays_within_its_bounds_and_leaves_income_alone(small_bank: Bank):
    noisy = shaken(small_bank, share=0.05, seed=4)
    for table, column in (("accounts", "balance"), ("months", "spending"), ("months", "balance")):
        before, after = small_bank[table][column], noisy[table][column]
        change = (after / before - 1).dropna()
        assert 0 < change.abs().max() <= 0.05
        assert before.isna().equals(after.isna())
    assert noisy["months"]["income"].equals(small_bank["months"]["income"])
    amounts = small_bank["transactions"]["amount"], noisy["transactions"]["amount"]
    came_in = amounts[0] > 0
    assert amounts[0][came_in].equals(amounts[1][came_in])
    assert not amounts[0][~came_in].equals(amounts[1][~came_in])
    again = shaken(small_bank, share=0.05, seed=4)
    assert again["accounts"].equals(noisy["accounts"])


def test_a_misread_sentiment_stays_on_its_scale_and_an_unknown_one_unknown():
    class Reader:
        name, source = "by hand", "none"

        def score(self, texts: list[str | None]) -> np.ndarray:
            return np.array([0.95, -1.0, 0.0, np.nan], dtype=np.float32)

    reader = ShakenSentiment(Reader(), 0.1, seed=2)
    read = reader.score(["a", "b", "c", None])
    assert np.isnan(read[3]) and (np.abs(read[:3] - [0.95, -1.0, 0.0]) <= 0.1 + 1e-6).all()
    assert (np.abs(read[:3]) <= 1).all() and read.dtype == np.float32
    assert (read[:3] == reader.score(["a", "b", "c", None])[:3]).all()
    assert (reader.name, reader.source) == ("by hand", "none")


def test_the_sentence_says_what_stays_or_that_nothing_moves():
    moved = found(lists(ann="abc", ben="abc"), lists(ann="abd", ben="abc")).reset_index()
    calm = found(lists(ann="abc"), lists(ann="abc")).reset_index()
    table = pd.concat([calm.assign(change="another seed"), moved.assign(change="small noise")])
    assert stability.sentence(table, 3) == (
        "With another seed no score changes at all (n = 1); with small noise 75 % of the first 3 "
        "stay (95 % interval 20 to 97) and 100 % keep their first offer (n = 2)."
    )
    assert stability.sentence(table[:0], 3) == "No customer has an offer."
