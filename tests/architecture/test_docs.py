"""What the README and docs/ name is there: files, folders, links, commands."""

import re
from pathlib import Path

import pytest
import typer

from engine.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LARGEST = 8192
"""Bytes of the README: a page that is read whole."""
OURS = re.compile(
    r"`((?:api|engine|pages|serving|tests|docs|assets)/[^`\s*]*|\w+\.(?:py|toml|txt))`"
)
"""A path in backticks; `data/` is left out, since a bank's folder is made at run time."""
FOLDERS = ("", "engine", "pages")
"""A bare file name stands for one at the root, in engine/ or in pages/."""


def named(document: Path) -> set[str]:
    return {path.rstrip("/") for path in OURS.findall(document.read_text("utf-8"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_is_there(document):
    missing = [
        path
        for path in sorted(named(document))
        if not any((ROOT / folder / path).exists() for folder in FOLDERS)
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8"))
    ours = [link for link in links if not link.startswith(("http:", "https:"))]
    assert [link for link in ours if not (document.parent / link).exists()] == []


def test_the_design_names_every_part_of_the_engine():
    modules = {f"engine/{path.name}" for path in ROOT.glob("engine/*.*")}
    packages = {f"engine/{path.parent.name}" for path in ROOT.glob("engine/*/__init__.py")}
    private = {"engine/__init__.py", "engine/__main__.py"}
    assert sorted((modules | packages) - private - named(ROOT / "docs" / "design.md")) == []


def test_the_readme_is_short_and_begins_with_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.encode()) <= LARGEST
    assert re.search(r"^make run .*\nmake test ", text.split("\n## ")[0], re.MULTILINE)


def test_every_command_that_is_named_is_a_command_and_every_command_is_named():
    commands = set(typer.main.get_command(app).commands)
    texts = [document.read_text("utf-8") for document in DOCUMENTS]
    said = {c for text in texts for c in re.findall(r"python -m engine ([a-z][\w-]*)", text)}
    assert said - commands == set()
    table = (ROOT / "docs" / "using.md").read_text("utf-8")
    assert [c for c in sorted(commands) if not re.search(rf"`{c}[`\s]", table)] == []


def test_every_layout_has_its_line():
    layouts = {path.stem for path in ROOT.glob("engine/bank/importing/columns/layouts/*.toml")}
    text = (ROOT / "docs" / "data.md").read_text("utf-8")
    assert layouts
    assert [name for name in sorted(layouts) if f"| `{name}` |" not in text] == []


def test_every_dependency_has_its_line():
    wanted = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    lines = re.findall(r"^\| (.+?) \|", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.M)
    told = {name for line in lines for name in line.split(", ")}
    assert sorted(set(wanted) - told) == []
    assert sorted(told - set(wanted) - {"package"}) == []
