"""A file of labelled texts in; texts, labels and groups that can be judged fairly out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.cashflow.payees import normalise
from engine.customers.finances.spending import own_categories
from engine.errors import BadInput, NotFound
from engine.vocabulary import UNKNOWN

MIN_GROUPS: Final = 5
"""A label needs this many groups, so that every fold can hold one."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Texts whose label is known."""

    texts: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    """Object, shape (n,). A group is a merchant: its texts stand on one side of every split."""
    left_out: tuple[str, ...]
    """Labels with too few groups, and those that are none of our categories."""
    n_left_out: int
    """Texts of such labels."""

    @property
    def n(self) -> int:
        return len(self.texts)

    @property
    def n_groups(self) -> int:
        return len(set(self.groups.tolist()))

    @property
    def names(self) -> tuple[str, ...]:
        """The labels, sorted."""
        return tuple(sorted(set(self.labels.tolist())))

    @property
    def majority(self) -> float:
        """Accuracy of always naming the most frequent label."""
        return float(pd.Series(self.labels).value_counts(normalize=True).iloc[0])


def labelled(
    frame: pd.DataFrame, text: str, label: str, group: str | None = None, *, ours: bool = False
) -> Labelled:
    """Take texts and labels from a table.

    Parameters
    ----------
    group : str, optional
        Column that says whom a text is about; by default the text itself. Normalised either way,
        so that a merchant with another date or number is the same one.
    ours : bool
        Turn the labels into the vocabulary's spending categories.

    Raises
    ------
    BadInput
        If a column is missing or fewer than two labels are left.
    """
    for column in filter(None, (text, label, group)):
        if column not in frame.columns:
            have = ", ".join(map(str, frame.columns))
            raise BadInput(f"There is no column {column!r}; the file has {have}.")
    texts, labels = frame[text].astype("str").str.strip(), frame[label].astype("str").str.strip()
    present = texts.notna() & labels.notna() & (texts != "") & (labels != "")
    texts, source = texts[present], labels[present]
    labels = own_categories(source) if ours else source
    groups = normalise(texts if group is None else frame.loc[present, group].fillna(""))
    table = pd.DataFrame({"text": texts, "label": labels, "source": source, "group": groups})
    n_groups = table.groupby("label")["group"].nunique()
    kept = table["label"].isin(n_groups.index[n_groups >= MIN_GROUPS])
    if table.loc[kept, "label"].nunique() < 2:
        raise BadInput(
            f"Fewer than two labels in column {label!r} have {MIN_GROUPS} groups or more; "
            "there is nothing to tell apart."
        )
    gone = table[~kept]
    named = gone["source"].where(gone["label"].isna(), gone["label"]).fillna(UNKNOWN)
    columns = [table.loc[kept, c].to_numpy(dtype=object) for c in ("text", "label", "group")]
    return Labelled(*columns, tuple(sorted(set(named))), len(gone))


def read_descriptions(said: str) -> dict[str, str | list[str]]:
    """Labels and what each is about, from JSON or a file of it.

    Raises
    ------
    BadInput
        If it is no object of texts or lists of texts, or one of them is empty.
    """
    is_file = not said.lstrip().startswith("{")
    try:
        read = json.loads(Path(said).read_text("utf-8") if is_file else said)
    except OSError as error:
        raise NotFound(f"There is no file {said}; expected JSON, or a file of it.") from error
    except ValueError as error:
        raise BadInput(f"The labels are no JSON ({error}).") from error
    rows = read.values() if isinstance(read, dict) else [None]
    lists = [row if isinstance(row, list) else [row] for row in rows]
    if not all(row and all(isinstance(one, str) and one.strip() for one in row) for row in lists):
        raise BadInput(
            'Expected an object of labels and what each is about, such as {"loan": "borrowing '
            'money"} or {"loan": ["borrowing money", "a mortgage"]}.'
        )
    descriptions: dict[str, str | list[str]] = read
    return descriptions


def read_table(path: Path) -> pd.DataFrame:
    """A CSV file with every cell as text."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}; expected a CSV file with a header line.")
    try:
        return pd.read_csv(path, dtype="str", encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadInput(f"{path} cannot be read as CSV in UTF-8: {error}") from error


def folds(data: Labelled, n_folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Train and test rows; no group on both sides, every label in every fold where it can be."""
    from sklearn.model_selection import StratifiedGroupKFold

    split = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    return list(split.split(np.zeros(len(data.texts)), data.labels.astype(str), data.groups))
