"""What stands by hand: counted once, with its end where one is set, and no value of a customer."""

import pandas as pd

from engine.governance.overrides import overrides

SETTING = ["recorded_at", "actor", "name", "why"]
EDIT = ["table", "row_id", "column", "recorded_at", "actor"]
CONSENT = ["purpose", "status", "recorded_at", "actor"]
VERSION = ["version_id", "at", "note"]
WAITING = ["name", "actor", "recorded_at", "until", "why"]


def _table(columns, *rows):
    return pd.DataFrame(rows, columns=columns)


def test_an_end_is_said_where_one_is_set_and_a_cell_edited_twice_counts_once():
    day = pd.Timestamp("2026-07-01")
    found = overrides(
        _table(SETTING, (day, "ann", "calm", "asked")),
        {"guard.max_per_category": 3},
        _table(
            EDIT,
            ("customers", "c1", "goals", day, "ann"),
            ("customers", "c1", "goals", day + pd.Timedelta(days=1), "ben"),
            ("customers", "c2", "goals", day, "ann"),
        ),
        _table(CONSENT, ("social", "granted", day, "ben"), ("social", "granted", day, None)),
        _table(VERSION, ("v0002", "2026-07-03T10:00:00+00:00", "by hand")),
        _table(WAITING, ("bold", "ann", day, day + pd.Timedelta(days=7), "")),
    )
    by = found.set_index("kind")
    assert by.loc["edited record", ["what", "n", "by"]].tolist() == ["Goals (customers)", 2, "ann"]
    assert by.loc["consent recorded here", ["n", "by"]].tolist() == [2, ""]
    assert by.loc["setting in the bank's file", "what"] == "Guard: max per category = 3"
    assert by.loc["version rolled back", "since"] == pd.Timestamp("2026-07-03 10:00")
    ends = found.dropna(subset="until")
    assert ends["what"].tolist() == ["bold"]
    assert ends["until"].tolist() == [pd.Timestamp("2026-07-08")]


def test_where_nothing_was_set_nothing_stands():
    none = (_table(SETTING), {}, _table(EDIT), _table(CONSENT), _table(VERSION), _table(WAITING))
    assert overrides(*none).empty
