"""What no reader of a page should meet: raw values, raw names, places of the machine."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from engine.cli import app
from tests.e2e.stranger import workbook

FORBIDDEN = {
    "a missing value": r"\b(nan|NaN|None(?! of)|NaT|inf)\b",
    "a hyphen for a minus": r"(?<![\w-])-(?:[A-Z]{3}\b|\d)",
    "more than two decimals": r"\d\.\d{3,}",
    "decimals that say nothing": r"\.0+\s%",
    "a raw name": r"\b[a-z]+(_[a-z0-9]+)+\b",
    "a path": r"(?<![\w.:/])/[\w.-]+/[\w./-]+",
    "an id of a row": r"\bF\d{1,3}\b",
    "a measure of the trade": r"MAP@7|NDCG|\bBrier\b|\bECE\b|\blogit\b",
}
METHOD = "Method"
"""Expander in which figures stand with three decimals."""
PLACES = (
    ("customer_explorer.py", False, "", ()),
    (
        "customer_explorer.py",
        True,
        "customer_tab",
        (
            "Overview",
            "Transactions",
            "Messages",
            "Receipts",
            "Products held",
            "Alerts",
            "Plan",
            "Who did what",
        ),
    ),
    (
        "recommendations.py",
        True,
        "view",
        ("Offers", "Why not?", "What if?", "By product", "Levers", "How good?"),
    ),
    ("my_day.py", False, "", ()),
    ("assistant.py", False, "", ()),
    ("campaigns.py", False, "", ()),
    ("insights.py", False, "", ()),
    ("fairness.py", False, "", ()),
    (
        "governance.py",
        False,
        "tab",
        ("Data", "Drift", "Overrides", "Audits", "Retention", "Pilot", "Questions"),
    ),
    (
        "feedback.py",
        False,
        "tab",
        ("Statistics", "Use", "Experiments", "Retrain", "Versions", "Confidence"),
    ),
    ("data.py", False, "tab", ("This bank", "Products", "Quality report", "Models")),
)
"""Page, whether it is about a customer, and its tabs. Left out are those that show raw values
because they are raw: the record, settings, receipts, and files that are matched."""


def said(block) -> Iterator[str]:
    """Every text of a page's body that a person reads, without what stands under Method."""
    for child in block.children.values():
        kind = getattr(child, "type", "")
        if kind == "code" or (kind == "expander" and child.label == METHOD):
            continue
        if hasattr(child, "children"):
            yield from said(child)
        options = getattr(child, "options", None)
        for name in ("label", "help", "delta", *(() if options else ("value",))):
            if isinstance(text := getattr(child, name, None), str):
                yield text
        yield from (text for text in options or () if isinstance(text, str))
        if kind == "arrow_data_frame":
            yield from table(child)


def table(child) -> Iterator[str]:
    """Headings and words of the columns that a table shows."""
    headings = json.loads(child.proto.columns or "{}")
    shown = list(child.proto.column_order) or list(child.value.columns)
    for column in shown:
        yield str((headings.get(column) or {}).get("label") or column)
        cells = child.value[column] if column in child.value else pd.Series(dtype=object)
        yield from (str(cell) for cell in cells.dropna() if isinstance(cell, str | Path))


def plain(text: str) -> str:
    """Without icons and the backslashes of markdown."""
    return re.sub(r"\\(.)", r"\1", re.sub(r":material/\w+:", "", text))


def faults(at: AppTest) -> list[str]:
    """What of a page is forbidden, and where it stands."""
    return [
        f"{name}: {found.group(0)!r} in {text[:120]!r}"
        for text in map(plain, said(at.main))
        for name, shape in FORBIDDEN.items()
        if (found := re.search(shape, text))
    ]


def walked(visit, customer: str) -> list[str]:
    """Faults of every place."""
    wrong = []
    for file, about, key, tabs in PLACES:
        at = visit(file, **({"customer": customer} if about else {}))
        for tab in tabs or ("",):
            if tab:
                at.session_state[key] = tab
                at.run()
            assert not at.exception, (file, tab)
            wrong += [f"{file} {tab}: {fault}" for fault in faults(at)]
    return wrong


def test_no_page_of_the_demo_bank_shows_what_only_a_machine_reads(visit):
    wrong = walked(visit, "C00004")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stranger's workbook as a bank of its own."""
    folder = tmp_path_factory.mktemp("little")
    (folder / "book.xlsx").write_bytes(workbook())
    into = folder / "bank"
    done = CliRunner().invoke(app, ["import", str(folder / "book.xlsx"), "--into", str(into)])
    assert done.exit_code == 0, done.output
    return into


def test_no_page_of_a_little_imported_bank_does(
    little: Path, visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ATTUNE_DATA", str(little))
    monkeypatch.setenv("ATTUNE_STATE", str(tmp_path))
    wrong = walked(visit, "K1001")
    assert not wrong, "\n".join(wrong)
