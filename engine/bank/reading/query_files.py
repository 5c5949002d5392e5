"""A file of named queries in; name -> SELECT out, and nothing that is no SELECT."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from engine.errors import BadInput, NotFound

_NAME = re.compile(r"^[ \t]*--[ \t]*name:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_NO_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1", re.DOTALL
)
"""Comments, texts and quoted names: nothing in them is a command."""


def load(path: Path) -> dict[str, str]:
    """Read a TOML file of `name = "SELECT ..."`, or SQL with a line `-- name: ...` before each.

    Raises
    ------
    NotFound
        If there is no such file.
    BadInput
        If it cannot be read, has no query, or one is no single SELECT.
    """
    if not path.is_file():
        raise NotFound(f"There is no file of queries {path}.")
    try:
        text = path.read_text("utf-8")
        given = tomllib.loads(text) if path.suffix.lower() == ".toml" else _of_sql(text, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path} cannot be read as a file of queries: {error}.") from error
    if not given or not all(isinstance(query, str) for query in given.values()):
        raise BadInput(
            f'{path} holds no queries; expected lines such as customers = "SELECT ..." (TOML) or '
            "-- name: customers before each query (SQL)."
        )
    return {name: _checked(name, query) for name, query in given.items()}


def _of_sql(text: str, path: Path) -> Mapping[str, str]:
    before, *parts = _NAME.split(text)
    if _NO_CODE.sub(" ", before).strip():
        raise BadInput(f"{path}: a query has no name; expected a line -- name: customers above it.")
    names, queries = parts[::2], parts[1::2]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadInput(f"{path}: two queries are called {twice[0]}. Rename one.")
    return dict(zip(names, queries, strict=True))


def _checked(name: str, query: str) -> str:
    """The query without its last semicolon; BadInput if it is no single SELECT."""
    query = query.strip()
    code = _NO_CODE.sub(" ", query).strip()
    if not re.match(r"\(*\s*(?:select|with)\b", code, re.IGNORECASE):
        raise BadInput(
            f"Query {name} begins with {code[:20]!r}; only SELECT is allowed, since a source is "
            "never written."
        )
    if ";" in code.rstrip("; \n\t\r"):
        raise BadInput(f"Query {name} holds several statements; expected one SELECT.")
    return query.rstrip("; \n\t\r")
