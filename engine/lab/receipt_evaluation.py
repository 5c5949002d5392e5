"""A folder of receipts whose fields are known in; how many are read right, by field, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput
from engine.lab.labelled_texts import read_table
from engine.rates import wilson
from engine.results import ReceiptReading
from engine.scans.readers import NO_READER, Reader
from engine.scans.receipt_rows import amounts_in, days_in, plain
from engine.scans.receipts import read_receipt
from engine.settings import Settings

TRUTH: Final = "ground_truth.csv"
PICTURES: Final = "img"
COLUMNS: Final = {"company": "merchant", "date": "date", "total": "total"}
"""Column of the file -> field."""


@dataclass(frozen=True, eq=False)
class ReceiptEvaluation:
    """How well receipts are read.

    Attributes
    ----------
    table : DataFrame
        field, n, n_right, share, low, high (Wilson, 95 %), n_asked (of the wrong ones, how many a
        person was asked about), n_in_text (the truth stands in what was read, found or not) and
        n_simple (right by the simplest rule: the first line, the first day, the largest amount).
    wrong : DataFrame
        file, field, truth, read, asked.
    """

    n: int
    reader: str
    table: pd.DataFrame
    wrong: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Tables as lists."""
        fields, wrong = (table.to_dict("records") for table in (self.table, self.wrong))
        return {"n": self.n, "reader": self.reader, "fields": fields, "wrong": wrong}


def evaluate_receipts(
    folder: Path, reader: Reader | None, settings: Settings, today: date
) -> ReceiptEvaluation:
    """Read every picture of a folder and compare its fields.

    Parameters
    ----------
    folder : Path
        Holds ground_truth.csv (file, and some of company, date, total) and the pictures in img/.

    Raises
    ------
    BadInput
        If no reader is installed, the file or one of its columns is missing, or nothing is named.
    """
    if reader is None:
        raise BadInput(NO_READER)
    truth = read_table(folder / TRUTH).fillna("")
    known = [column for column in COLUMNS if column in truth.columns]
    if "file" not in truth.columns or not known or truth.empty:
        raise BadInput(f"{TRUTH} lacks file and one of {', '.join(COLUMNS)}, or has no row.")
    rows = []
    for told in truth.to_dict("records"):
        content = (folder / PICTURES / Path(str(told["file"])).name).read_bytes()
        read, _ = read_receipt(content, reader, settings, currency="", today=today)
        for column in known:
            rows.append({"file": told["file"], **_judged(COLUMNS[column], told[column], read)})
    judged = pd.DataFrame(rows)
    return ReceiptEvaluation(len(truth), reader.name, _table(judged), _wrong(judged))


def _judged(field: str, truth: str, read: ReceiptReading) -> dict[str, Any]:
    """Is one field of one receipt what it should be?"""
    text = " ".join(read.lines)
    if field == "merchant":
        right, found = plain(read.merchant) == plain(truth), plain(truth) in plain(text)
        said, simple = read.merchant, plain(truth) == plain("".join(read.lines[:1]))
    elif field == "date":
        days = [r for one in days_in(truth, 0, True) for r in one.readings[:1]]
        right = read.date is not None and read.date.date() in days
        seen = [r for one in days_in(text, 0, True) for r in one.readings]
        found, simple = bool({*seen} & {*days}), seen[:1] == days[:1]
        said = "" if read.date is None else f"{read.date:%Y-%m-%d}"
    else:
        amounts = amounts_in(truth)
        right = read.total is not None and [round(read.total, 2)] == [round(a, 2) for a in amounts]
        seen_amounts = amounts_in(text)
        found, simple = (
            bool({*amounts} & {*seen_amounts}),
            [max(seen_amounts, default=0)] == amounts,
        )
        said = "" if read.total is None else f"{read.total:.2f}"
    asked = any(doubt.field == field for doubt in read.doubts)
    return {
        "field": field,
        "truth": truth,
        "read": said,
        "right": right,
        "asked": asked,
        "in_text": found,
        "simple": simple,
    }


def _table(judged: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for field, mine in judged.groupby("field", sort=False):
        n, right = len(mine), int(mine["right"].sum())
        between = wilson(right, n)
        rows.append(
            {
                "field": field,
                "n": n,
                "n_right": right,
                "share": right / n,
                "low": float(between.low),
                "high": float(between.high),
                "n_asked": int((~mine["right"] & mine["asked"]).sum()),
                "n_in_text": int(mine["in_text"].sum()),
                "n_simple": int(mine["simple"].sum()),
            }
        )
    return pd.DataFrame(rows)


def _wrong(judged: pd.DataFrame) -> pd.DataFrame:
    columns: Sequence[str] = ("file", "field", "truth", "read", "asked")
    return judged.loc[~judged["right"], list(columns)].reset_index(drop=True)
