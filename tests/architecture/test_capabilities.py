"""The table of capabilities names every test of every row, and no other.

Run as a program, this file writes the column of tests anew.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "capabilities.md"
N_ROWS = 204
NOT_YET = "not yet"
UNTESTED = "no test of its own yet"
ROW = re.compile(r"^\| F(\d+) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)


def ids(name: str) -> set[int]:
    """Rows that a test's name carries: test_F32_F33_... both, test_F17_to_F20_... all four."""
    spans = re.findall(r"_F(\d+)_to_F(\d+)(?=_)", name)
    return {n for a, b in spans for n in range(int(a), int(b) + 1)} | {
        int(n) for n in re.findall(r"_F(\d+)(?=_)", name)
    }


def files_by_row() -> dict[int, list[str]]:
    """Row -> files whose tests carry its id, by path."""
    files = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        names = re.findall(r"^\s*def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
        for row in set().union(*map(ids, names)):
            files[row].append(path.relative_to(ROOT).as_posix())
    return files


def column(row: int, seen: str, files: dict[int, list[str]]) -> str:
    """What the last column of a row says."""
    if row in files:
        return ", ".join(f"`{file}`" for file in files[row])
    return NOT_YET if seen == NOT_YET else UNTESTED


def rows() -> list[tuple[int, str, str, str]]:
    """Id, capability, where it is seen, and tests, as the table has them."""
    return [(int(n), *rest) for n, *rest in ROW.findall(TABLE.read_text("utf-8"))]


def test_every_capability_has_one_row():
    assert sorted(n for n, *_ in rows()) == list(range(1, N_ROWS + 1))


def test_every_row_names_the_files_that_test_it():
    files = files_by_row()
    wrong = [
        f"F{n:02}: {column(n, seen, files)}"
        for n, _, seen, stated in rows()
        if stated != column(n, seen, files)
    ]
    assert wrong == [], "run: python tests/architecture/test_capabilities.py"
    assert set(files) <= set(range(1, N_ROWS + 1))


def test_what_is_tested_is_not_called_missing():
    assert [n for n, _, seen, _ in rows() if seen == NOT_YET and n in files_by_row()] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_F04_F05_bank_b", {4, 5}),
        ("test_F17_to_F20_bank_e", {17, 18, 19, 20}),
        ("test_shares_sum_to_one_and_F63_hold_no_income", {63}),
        ("test_of_nothing", set()),
    ],
)
def test_ids_are_read_from_names(name, expected):
    assert ids(name) == expected


def write() -> None:
    """Fill the last column."""
    files = files_by_row()

    def row(match: re.Match[str]) -> str:
        n, capability, seen, _ = match.groups()
        return f"| F{n} | {capability} | {seen} | {column(int(n), seen, files)} |"

    TABLE.write_text(ROW.sub(row, TABLE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
