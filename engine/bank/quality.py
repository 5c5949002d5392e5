"""What an import found: rows read, kept and rejected, by file and line; warnings and notes."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from engine import settings
from engine.bank.decision import Certainty, Decision

if TYPE_CHECKING:
    from engine.bank.reading.raw_table import RawTable

QUALITY = "quality.json"
REJECTED_COLUMNS = ("table", "file", "line", "problem")
WARNING_COLUMNS = ("table", "row", "problem")
APART_COLUMNS = ("table", "file", "kind", "n", "first_line")

_LEAST_TOLD: Final = 4
_ERASED: Final = "(this was about a customer who was erased)"

_VALUE: Final = r"""'[^']*'|"[^"]*"|[\d.,:-]*\d[\d.,:-]*"""
"""What differs between two problems of one kind: quoted texts, numbers and dates."""


@dataclass(frozen=True)
class Counts:
    """Rows of one table: read = kept + rejected + apart (rows that are no data)."""

    read: int
    kept: int
    rejected: int
    apart: int = 0


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
    apart : DataFrame
        table, file, kind, n, first_line: rows that are no data, or no data that counts.
    decisions : tuple of Decision
        How files and columns of a stranger's source were read.
    control : DataFrame
        Rows, sums and days of every file, in the source and kept
        (engine/bank/importing/control_sheet.py).
    """

    tables: Mapping[str, Counts]
    warnings: pd.DataFrame
    rejected: pd.DataFrame
    notes: tuple[str, ...]
    apart: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(APART_COLUMNS)))
    decisions: tuple[Decision, ...] = ()
    control: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def guesses(self) -> tuple[Decision, ...]:
        """Readings that nothing in the data tells from others; they should be asked about."""
        return tuple(d for d in self.decisions if d.certainty is Certainty.GUESS)

    @property
    def n_rejected(self) -> int:
        return sum(counts.rejected for counts in self.tables.values())

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dicts, as `import --json` prints them and quality.json holds them."""
        return {
            "tables": {
                name: {
                    "read": c.read,
                    "kept": c.kept,
                    "rejected": c.rejected,
                    **({"apart": c.apart} if c.apart else {}),
                }
                for name, c in self.tables.items()
            },
            "warnings": self.warnings.to_dict("records"),
            "rejected": self.rejected.to_dict("records"),
            "notes": list(self.notes),
            **({"apart": self.apart.to_dict("records")} if len(self.apart) else {}),
            **({"control": self.control.to_dict("records")} if len(self.control) else {}),
            **({"decisions": [asdict(d) for d in self.decisions]} if self.decisions else {}),
        }

    @property
    def text(self) -> str:
        """What quality.json holds."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"


def read_report(folder: Path | str) -> dict[str, Any] | None:
    """The report beside an imported bank in its JSON shape; None for a bank without one."""
    path = Path(folder) / QUALITY
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def scrubbed(report: Mapping[str, Any], told: Collection[str]) -> str:
    """A report in its JSON shape without the rows that hold one of some texts, as quality.json.

    A note loses the text alone. A text of few letters counts only as a whole cell or in quotes,
    since it stands in other words by chance.
    """
    longer = [text for text in told if len(text) >= _LEAST_TOLD]
    quoted = [f"{text!r}" for text in told]
    cells = frozenset(told)

    def is_told(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        return value in cells or any(text in value for text in (*longer, *quoted))

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: kept(one) for name, one in value.items()}
        if isinstance(value, list):
            rows = (one for one in value if not isinstance(one, dict) or not _any_told(one))
            return [kept(one) for one in rows]
        return _ERASED if is_told(value) else value

    def _any_told(row: Mapping[str, Any]) -> bool:
        return any(is_told(one) for one in row.values())

    return json.dumps(kept(report), indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, eq=False)
class _Kind:
    """Rows of one table with the same problem, but for the values in it."""

    table: str
    first: str
    n: int


class Findings:
    """Collects what an import comes across, until `report` freezes it.

    Of each kind of problem the first rows are kept (setting bank.max_reported_rows) and all are
    counted, so that two million bad cells cost what they take to read.
    """

    def __init__(self, notes: Iterable[str] = ()) -> None:
        self.notes = list(notes)
        self.apart: list[tuple[str, str, str, int, int]] = []
        self.decisions: list[Decision] = []
        self._listed: dict[str, list[pd.DataFrame]] = {"rejected": [], "warnings": []}
        self._kinds: dict[tuple[str, str, str], _Kind] = {}
        self._most = settings.default().bank.max_reported_rows

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
        self._list("rejected", table, frame[list(REJECTED_COLUMNS)])

    def reject_lines(self, table: str, raw: "RawTable") -> None:
        """Lines of a file that could not be read at all."""
        lines, problems = zip(*raw.bad_lines, strict=True) if raw.bad_lines else ((), ())
        self.reject(table, raw.file, lines, problems)
        if n_more := raw.n_bad_lines - len(raw.bad_lines):
            kind = ("rejected", table, f"unreadable lines of {raw.file}")
            self._kinds[kind] = _Kind(table, problems[-1], n_more)

    def warn(self, table: str, row: Iterable[Any], problem: Iterable[str] | str) -> None:
        """Rows that are kept although something about them should be looked at."""
        frame = pd.DataFrame({"row": [str(r) for r in row]}, dtype="object")
        frame["table"] = table
        frame["problem"] = problem if isinstance(problem, str) else list(problem)
        self._list("warnings", table, frame[list(WARNING_COLUMNS)])

    def _list(self, where: str, table: str, rows: pd.DataFrame) -> None:
        if rows.empty:
            return
        kinds = rows["problem"].str.replace(_VALUE, "...", regex=True)
        before = {}
        sizes = kinds.value_counts(sort=False)
        first = rows["problem"].groupby(kinds).first()
        for kind, n in sizes.items():
            known = self._kinds.get((where, table, kind), _Kind(table, first[kind], 0))
            before[kind] = known.n
            self._kinds[where, table, kind] = replace(known, n=known.n + n)
        nth = kinds.groupby(kinds).cumcount() + kinds.map(before)
        self._listed[where].append(rows[nth < self._most])

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def set_aside(self, table: str, file: str, lines: np.ndarray, kind: str) -> None:
        """Rows that are no data, or no data that counts; they are counted apart."""
        self.apart.append((table, file, kind, len(lines), int(lines[0])))

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Readings of the source, each with what speaks for it; a guess is a note as well."""
        for decision in decisions:
            self.decisions.append(decision)
            if decision.certainty is Certainty.GUESS:
                self.note(f"{decision}.")

    def n_rejected(self, table: str) -> int:
        return sum(
            kind.n
            for (where, _, _), kind in self._kinds.items()
            if where == "rejected" and kind.table == table
        )

    def report(self, kept: Mapping[str, int]) -> QualityReport:
        """Freeze; a table counts when it kept or rejected at least one row."""
        tables = {}
        for name, n_kept in kept.items():
            n_rejected = self.n_rejected(name)
            n_apart = sum(n for table, _, _, n, _ in self.apart if table == name)
            if n_kept or n_rejected or n_apart:
                n_read = n_kept + n_rejected + n_apart
                tables[name] = Counts(n_read, n_kept, n_rejected, n_apart)
        return QualityReport(
            tables,
            _stack(self._listed["warnings"], WARNING_COLUMNS),
            _stack(self._listed["rejected"], REJECTED_COLUMNS),
            (*self.notes, *self._not_listed()),
            pd.DataFrame(self.apart, columns=list(APART_COLUMNS)),
            tuple(self.decisions),
        )

    def _not_listed(self) -> list[str]:
        words = {"rejected": "rejected rows", "warnings": "warnings"}
        return [
            f"{kind.table}: {kind.n:,} {words[where]} are of one kind, such as {kind.first!r}; "
            f"the first {self._most:,} are listed."
            for (where, _, _), kind in self._kinds.items()
            if kind.n > self._most
        ]


def _stack(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)
