"""The customer table: any column searched alone or with others, against a slow obvious search."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.customers.browse import RANGES, TEXTS, select
from engine.errors import BadInput

N = 40
TABLE = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(N)],
        "name": [None if i % 9 == 4 else f"Ann{i} O'Hara ({i % 3})" for i in range(N)],
        "segment": [("Loyal", "At risk")[i % 2] for i in range(N)],
        "relationship_manager": [None if i % 5 else "Rita Rao" for i in range(N)],
        "next_offer": [("Car Loan", "Gold Card", None)[i % 3] for i in range(N)],
        "value_a_year": np.where(np.arange(N) % 7 == 6, np.nan, np.arange(N) * 10.0),
        "churn": np.arange(N) / 4,
        "mood": np.linspace(-1, 1, N),
        "next_offer_confidence": np.nan,
        "n_holdings": np.arange(N) % 4,
        "n_alerts": np.arange(N) % 3,
        "last_contact": pd.to_datetime("2026-03-01 15:00") - pd.to_timedelta(range(N), "D"),
    }
)
PEOPLE = pd.DataFrame(
    {
        "email": [f"a{i}@bank.example" for i in range(N)],
        "phone": pd.Series([None if i % 2 else f"+44 {i}" for i in range(N)], dtype="str"),
    }
)

texts = st.sampled_from(["", "ann1", "CAR", "o'hara (", "rita", "@BANK", "+44 1", ".*", "  2 "])
numbers = st.none() | st.integers(-1, 400).map(float)


@given(
    st.dictionaries(st.sampled_from(TEXTS), texts, max_size=3),
    st.dictionaries(st.sampled_from(RANGES[:-1]), st.tuples(numbers, numbers), max_size=2),
    texts,
)
def test_F28_the_columns_asked_for_are_those_that_a_slow_search_finds(contains, between, search):
    selected = select(TABLE, PEOPLE, search=search, contains=contains, between=between)
    rows = TABLE.join(PEOPLE).to_dict("records")

    def text(row, column):
        return "" if pd.isna(row[column]) else str(row[column]).lower()

    def passes(row):
        held = all(
            not wanted.strip() or wanted.strip().lower() in text(row, column)
            for column, wanted in contains.items()
        )
        for column, (low, high) in between.items():
            value = row[column]
            if low is not None or high is not None:
                held &= not pd.isna(value)
            held &= (low is None or value >= low) and (high is None or value <= high)
        everywhere = [text(row, c) for c in ("name", "customer_id", "email", "phone")]
        words = [any(w.lower() in place for place in everywhere) for w in search.split()]
        return held and all(words)

    assert selected["customer_id"].tolist() == [r["customer_id"] for r in rows if passes(r)]


def test_F28_an_upper_day_counts_to_its_end():
    day = pd.Timestamp("2026-02-27")
    selected = select(TABLE, PEOPLE, between={"last_contact": (day.date(), day.date())})
    assert selected["customer_id"].tolist() == ["C002"]


def test_F28_bands_are_equal_or_not_asked_for():
    assert len(select(TABLE, PEOPLE, equal={"segment": "Loyal", "name": None})) == N / 2


@pytest.mark.parametrize(("kind", "value"), [("contains", "x"), ("between", (0, 1))])
def test_F28_a_column_that_cannot_be_asked_for_is_named_with_those_that_can(kind, value):
    with pytest.raises(BadInput, match=r"'gender' cannot be .*expected"):
        select(TABLE, PEOPLE, **{kind: {"gender": value}})
