"""A yes/no column that is named like an outcome becomes a label, and a note says so."""

import json

import pandas as pd
import pytest

from engine.bank.importing.columns.mapping import FILE, LINE
from engine.bank.importing.outcome_columns import is_outcome, with_labels
from engine.bank.quality import Findings


def moved(**fields):
    n = len(next(iter(fields.values())))
    cells = [
        json.dumps({name: values[i] for name, values in fields.items() if values[i] is not None})
        for i in range(n)
    ]
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "attributes": pd.Series(cells, dtype="str"),
            FILE: "customers.csv",
            LINE: range(2, n + 2),
        }
    )
    findings = Findings(notes=[])
    return with_labels({"customers": customers}, findings), findings.notes


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Exited", ["1", "0", "1"], [1, 0, 1]),
        ("churned", ["yes", "no", "no"], [1, 0, 0]),
        ("Attrition_Flag", ["Existing Customer", "Attrited Customer", None], [0, 1]),
        ("default", ["True", "False", "False"], [1, 0, 0]),
        ("churned", ["Yes", "Yes", None], [1, 1]),
        ("churned", ["No", "No", "No"], [0, 0, 0]),
        ("Attrition_Flag", ["Attrited Customer", None, None], [1]),
        ("Attrition_Flag", ["Existing Customer", "Existing Customer", None], [0, 0]),
    ],
)
def test_an_outcome_is_a_label_without_a_date_and_no_field(name, values, expected):
    frames, notes = moved(**{name: values, "Tier": ["a", "b", "c"]})
    assert frames["labels"]["value"].tolist() == expected
    assert frames["labels"]["name"].unique().tolist() == [name]
    assert frames["labels"]["known_on"].isna().all()
    assert [json.loads(cell) for cell in frames["customers"]["attributes"]] == [
        {"Tier": tier} for tier in "abc"
    ]
    assert f"--target {name}" in notes[0] and "label without a date" in notes[0]


@pytest.mark.parametrize("cells", [[["x", "y"], "yes", "no"], [{"x": 1}, None, "yes"]])
def test_a_list_or_an_object_is_no_outcome(cells):
    frames, notes = moved(label=cells)
    assert "labels" not in frames and not notes
    assert json.loads(frames["customers"]["attributes"].iloc[0]) == {"label": cells[0]}


def test_one_word_that_does_not_say_what_happened_is_no_outcome():
    frames, notes = moved(outcome=["pending", "pending", None])
    assert "labels" not in frames and not notes


def test_a_column_that_only_sounds_so_or_has_many_values_stays_a_field():
    frames, notes = moved(exited=["1", "2", "3"], exit_channel=["web", "shop", "web"])
    assert "labels" not in frames and not notes
    assert "exited" in frames["customers"]["attributes"].iloc[0]
    assert not is_outcome("exit_channel") and is_outcome("HasExited") and is_outcome("is churned")
