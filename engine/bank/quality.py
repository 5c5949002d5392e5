"""What an import found: rows read, kept and rejected, by file and line; warnings and notes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

QUALITY = "quality.json"
REJECTED_COLUMNS = ("table", "file", "line", "problem")
WARNING_COLUMNS = ("table", "row", "problem")


@dataclass(frozen=True)
class Counts:
    """Rows of one table: read = kept + rejected."""

    read: int
    kept: int
    rejected: int


@dataclass(frozen=True, eq=False)
class QualityReport:
    """The outcome of one import, row by row where something was wrong.

    Attributes
    ----------
    tables : mapping of str to Counts
        Only the tables that the source has something for.
    warnings : DataFrame
        table, row (the row's own id, or file:line where a table has no id), problem. Such rows
        are kept, at most with one value left empty.
    rejected : DataFrame
        table, file, line, problem.
    notes : tuple of str
        What holds for a whole file or for the whole import.
    """

    tables: Mapping[str, Counts]
    warnings: pd.DataFrame
    rejected: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def n_rejected(self) -> int:
        return sum(counts.rejected for counts in self.tables.values())

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dicts, as `import --json` prints them and quality.json holds them."""
        return {
            "tables": {
                name: {"read": c.read, "kept": c.kept, "rejected": c.rejected}
                for name, c in self.tables.items()
            },
            "warnings": self.warnings.to_dict("records"),
            "rejected": self.rejected.to_dict("records"),
            "notes": list(self.notes),
        }

    def save(self, folder: Path) -> None:
        """Write quality.json beside the bank's tables."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False)
        (folder / QUALITY).write_text(text + "\n", "utf-8")


def read_report(folder: Path | str) -> dict[str, Any] | None:
    """The report beside an imported bank in its JSON shape; None for a bank without one."""
    path = Path(folder) / QUALITY
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


@dataclass
class Findings:
    """Collects what an import comes across, until `report` freezes it."""

    rejected: list[pd.DataFrame] = field(default_factory=list)
    warnings: list[pd.DataFrame] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(
        self,
        table: str,
        file: pd.Series | str,
        line: Iterable[int] | pd.Series,
        problem: Iterable[str] | str,
    ) -> None:
        """Rows that are not kept; `file` and `problem` may be one text for all of them."""
        frame = pd.DataFrame({"line": np.asarray(line, dtype="int64")})
        frame["table"] = table
        frame["file"] = file if isinstance(file, str) else np.asarray(file, dtype=object)
        frame["problem"] = problem if isinstance(problem, str) else list(problem)
        if len(frame):
            self.rejected.append(frame[list(REJECTED_COLUMNS)])

    def warn(self, table: str, row: Iterable[Any], problem: Iterable[str] | str) -> None:
        """Rows that are kept although something about them should be looked at."""
        frame = pd.DataFrame({"row": [str(r) for r in row]}, dtype="object")
        frame["table"] = table
        frame["problem"] = problem if isinstance(problem, str) else list(problem)
        if len(frame):
            self.warnings.append(frame[list(WARNING_COLUMNS)])

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def n_rejected(self, table: str) -> int:
        return sum(int((frame["table"] == table).sum()) for frame in self.rejected)

    def report(self, kept: Mapping[str, int]) -> QualityReport:
        """Freeze; a table counts when it kept or rejected at least one row."""
        tables = {}
        for name, n_kept in kept.items():
            n_rejected = self.n_rejected(name)
            if n_kept or n_rejected:
                tables[name] = Counts(n_kept + n_rejected, n_kept, n_rejected)
        return QualityReport(
            tables,
            _stack(self.warnings, WARNING_COLUMNS),
            _stack(self.rejected, REJECTED_COLUMNS),
            tuple(self.notes),
        )


def _stack(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)
