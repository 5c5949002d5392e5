"""Full years from a day of birth, and from an age that was true on another day."""

import numpy as np
import pandas as pd

from engine.bank.ages import age_on, full_years

DAY = pd.Timestamp("2026-03-12")


def test_a_year_is_full_on_the_birthday_and_not_a_day_before():
    born = pd.to_datetime(pd.Series(["1990-03-12", "1990-03-13", None]))
    assert full_years(born, DAY).fillna(-1).tolist() == [36, 35, -1]


def test_an_age_grows_with_the_days_since_it_was_true_and_never_shrinks():
    customers = pd.DataFrame(
        {
            "age": [40.0, 40.0, 40.0, np.nan],
            "age_as_of": pd.to_datetime(["2024-03-01", None, "2027-03-12", "2024-03-01"]),
        }
    )
    assert np.nan_to_num(age_on(customers, DAY), nan=-1).tolist() == [42, 40, 40, -1]
