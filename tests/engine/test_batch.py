"""Lists of all customers as a file."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from engine.batch import write_scores


def test_no_cell_of_a_csv_of_lists_is_taken_for_a_formula(tmp_path: Path):
    ids = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain"]
    table = pd.DataFrame({"customer_id": ids, "score": [-1.5] * 7}).astype({"customer_id": "str"})
    offers = SimpleNamespace(score=lambda **_: table)
    for name in ("lists.csv", "lists.parquet"):
        write_scores(SimpleNamespace(offers=offers), tmp_path / name, ("growth",), 1, progress=None)
    with (tmp_path / "lists.csv").open(newline="") as file:
        written = [row["customer_id"] for row in csv.DictReader(file)]
    assert written == [f"'{text}" for text in ids[:-1]] + ["plain"]
    assert pd.read_csv(tmp_path / "lists.csv")["score"].tolist() == [-1.5] * 7
    assert pd.read_parquet(tmp_path / "lists.parquet")["customer_id"].tolist() == ids
