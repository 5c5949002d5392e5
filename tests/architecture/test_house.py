"""The rules of the house that a machine can check, over the source as it stands."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.vocabulary import FORBIDDEN_FEATURES
from tests.conftest import DEAREST

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 60
"""Lines beside its docstring; most have less than 40."""
MOST_MODULES = 20
LONGEST_FILE = 500
HEAVY = frozenset(
    {
        "torch",
        "transformers",
        "sentence_transformers",
        "sklearn",
        "spacy",
        "statsmodels",
        "lightfm",
        "pandera",
    }
)
SCREEN = frozenset({"streamlit", "plotly"})
UNSAFE = frozenset({"pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"})
ROOT_NAMES = frozenset(
    {
        "app.py",
        "api",
        "pages",
        "engine",
        "serving",
        "data",
        "assets",
        "docs",
        "tests",
        "requirements.txt",
    }
    | {"requirements-extra.txt"}
    | {"pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"}
    | {"Dockerfile", "compose.yaml", ".dockerignore"}
    | {".streamlit", ".ci", ".gitignore"}
)
"""What a stranger sees first."""
# Words that a product or a bank has as well; the blinding check of the audit covers them.
AMBIGUOUS = frozenset({"name", "age", "location"})


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file that stands on a line, walked through once for all tests."""
    return tuple(node for node in ast.walk(tree(path)) if hasattr(node, "lineno"))


def imported(node: ast.AST) -> set[str]:
    """Top-level packages that one statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.split(".")[0]}
    return set()


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when a module is imported: not those inside functions or for typing."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            yield from at_import(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            yield from at_import(handler.body)


def called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def offenders(paths: list[Path], wrong) -> list[str]:
    """ "file:line" of every node for which `wrong` says something."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {said}"
        for path in paths
        for node in nodes(path)
        if (said := wrong(node))
    ]


def test_no_function_is_too_long_to_be_read_at_once():
    def wrong(node: ast.AST) -> str:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return ""
        docstring = node.body[0] if ast.get_docstring(node) else None
        n = node.end_lineno - node.lineno + 1
        n -= docstring.end_lineno - docstring.lineno + 1 if docstring else 0
        return f"{node.name} has {n} lines" if n > LONGEST_FUNCTION else ""

    assert offenders([*files("api", "engine", "pages", "serving"), ROOT / "app.py"], wrong) == []


def test_no_file_is_longer_than_its_subject_needs():
    long = {
        str(path.relative_to(ROOT)): n
        for path in [*files("api", "engine", "pages", "serving", "tests"), ROOT / "app.py"]
        if (n := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_package_holds_more_modules_than_one_can_look_over():
    counts = Counter(
        str(path.parent.relative_to(ROOT))
        for path in files("api", "engine", "pages", "serving")
        if path.name != "__init__.py"
    )
    assert {folder: n for folder, n in counts.items() if n > MOST_MODULES} == {}


def test_every_module_says_what_it_is_for():
    every = files("api", "engine", "pages", "serving")
    silent = [str(path.relative_to(ROOT)) for path in every if not _docstring(path)]
    assert silent == []


def test_nothing_is_unpickled_evaluated_or_looped_over_row_by_row():
    def wrong(node: ast.AST) -> str:
        if found := imported(node) & UNSAFE:
            return f"imports {found}"
        name = called(node)
        if name in ("eval", "exec") or name.endswith(".iterrows"):
            return name
        arguments = {k.arg: ast.unparse(k.value) for k in getattr(node, "keywords", [])}
        if arguments.get("allow_pickle") == "True":
            return "allow_pickle"
        if name.endswith(".apply") and arguments.get("axis") in ("1", "'columns'"):
            return "apply by row"
        return ""

    assert offenders([*files("api", "engine", "pages", "serving"), ROOT / "app.py"], wrong) == []


def test_nothing_under_engine_knows_the_screen():
    assert offenders(files("engine"), lambda node: ", ".join(imported(node) & SCREEN)) == []


def test_pages_know_the_engine_by_its_door_alone():
    parts = ("errors", "figures", "labels", "results", "vocabulary")
    open_to_pages = {f"engine.{part}" for part in parts}

    def wrong(node: ast.AST) -> str:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "engine":
            names = {alias.name for alias in node.names}
            allowed = (
                names <= {"Engine"} if node.module == "engine" else node.module in open_to_pages
            )
            return "" if allowed else node.module
        if isinstance(node, ast.Import):
            return ", ".join(a.name for a in node.names if a.name.split(".")[0] == "engine")
        return ""

    assert offenders([*files("pages"), ROOT / "app.py"], wrong) == []


def test_the_api_knows_the_engine_by_its_faces_alone():
    parts = ("batch", "errors", "json_values", "people.rights", "people.roles", "results")

    def wrong(node: ast.AST) -> str:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "engine":
            if node.module == "engine":
                return ", ".join({alias.name for alias in node.names} - {"Engine"})
            return "" if node.module in {f"engine.{part}" for part in parts} else node.module
        if isinstance(node, ast.Import):
            return ", ".join(a.name for a in node.names if a.name.split(".")[0] == "engine")
        return ""

    assert offenders(files("api"), wrong) == []


def test_a_file_that_is_made_outside_of_its_session_does_not_ask_it_for_the_engine():
    def wrong(node: ast.AST) -> str:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return ""
        if node.func.attr not in ("noted", "as_files"):
            return ""
        asked = [ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Lambda)]
        return ", ".join(text for text in asked if "session.engine()" in text)

    assert offenders(files("pages"), wrong) == [], "take the engine before, as `session.noted` does"


def test_nothing_imports_the_app():
    found = offenders(
        files("api", "engine", "pages", "serving"),
        lambda node: "app" if "app" in imported(node) else "",
    )
    assert found == []


def test_heavy_libraries_are_imported_where_they_are_used_and_not_at_the_top():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in [*files("api", "engine", "pages", "serving"), ROOT / "app.py"]
        for node in at_import(tree(path).body)
        if imported(node) & HEAVY
    ]
    assert found == []


def test_nothing_draws_from_a_generator_that_was_not_passed_in():
    legacy = re.compile(r"^(np|numpy)\.random\.(?!default_rng|Generator|SeedSequence|PCG64)")
    unseeded = ("np.random.default_rng", "random.Random")

    def wrong(node: ast.AST) -> str:
        name = called(node)
        return name if legacy.match(name) or (name in unseeded and not node.args) else ""

    assert offenders(files("api", "engine", "pages", "serving"), wrong) == []


def test_no_error_is_swallowed():
    def wrong(node: ast.AST) -> str:
        if not isinstance(node, ast.ExceptHandler):
            return ""
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        idle = all(isinstance(s, ast.Pass | ast.Continue) for s in node.body)
        return "except: pass" if broad and idle else ""

    assert offenders([*files("api", "engine", "pages", "serving"), ROOT / "app.py"], wrong) == []


def test_what_scores_a_customer_never_names_who_they_are():
    words = FORBIDDEN_FEATURES - AMBIGUOUS

    def wrong(node: ast.AST) -> str:
        if isinstance(node, ast.Constant) and node.value in words:
            return repr(node.value)
        return node.attr if isinstance(node, ast.Attribute) and node.attr in words else ""

    assert offenders(files("engine/ranking", "engine/customers/metrics"), wrong) == []
    assert offenders([ROOT / "engine/customers/interests.py"], wrong) == []


def test_no_test_is_skipped():
    marks = re.compile(r"(^|\.)(skip|skipif|xfail|importorskip)$")
    mine = Path(__file__).resolve()

    def wrong(node: ast.AST) -> str:
        return node.attr if isinstance(node, ast.Attribute) and marks.search(node.attr) else ""

    assert offenders([p for p in files("tests") if p != mine], wrong) == []


def test_the_files_that_are_to_come_first_are_there():
    assert [file for file in DEAREST if not (ROOT / "tests" / file).is_file()] == []


def test_nothing_was_committed_to_the_root_by_mistake():
    git = shutil.which("git") or sys.executable  # without git there is nothing to list
    listed = subprocess.run(
        [git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert names - ROOT_NAMES == set()


def test_every_dependency_is_pinned_to_one_version():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
    assert wanted
    assert [line for line in wanted if not re.fullmatch(r"[\w.\-\[\]]+==[\w.+]+", line)] == []


def test_every_setting_has_its_meaning_on_the_line_above():
    lines = (ROOT / "engine/settings.toml").read_text("utf-8").splitlines()
    explained, bare = False, []
    for line in lines:
        text = line.strip()
        if text.startswith("#"):
            explained = True
        elif not text:
            explained = False
        elif re.match(r"[\w\"]", text) and not explained:
            bare.append(text)
        elif text.startswith("[") and not text.startswith("[["):
            pass  # a comment above a table explains its keys, which are alike
    assert bare == []


def test_the_floors_hold():
    # In a process of its own: import-linter's set-up silences every logger that is there.
    command = "from importlinter.cli import lint_imports; exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_engine_stands_on_a_floor():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    floors = set(re.findall(r"engine\.(\w+)", " ".join(contract["contracts"][0]["layers"])))
    modules = {p.stem for p in (ROOT / "engine").glob("*.py") if p.stem != "__init__"}
    packages = {p.parent.name for p in (ROOT / "engine").glob("*/__init__.py")}
    assert (modules | packages) - floors == set()


@pytest.mark.parametrize("door", ["import engine", "from engine import Engine"])
def test_the_door_opens_without_the_heavy_libraries_and_the_screen(door):
    assert _loaded_by(door) == []


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(tree(path)) or (None if path.read_text("utf-8").strip() else "empty")


def _loaded_by(code: str) -> list[str]:
    """Heavy packages in sys.modules after some code ran in a process of its own."""
    names = sorted(HEAVY | SCREEN)
    check = f"import sys; {code}; print(*[m for m in {names} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()
