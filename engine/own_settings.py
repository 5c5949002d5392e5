"""A bank's own settings file in; what it states, or a sentence on why it cannot be read, out."""

import tomllib
from pathlib import Path
from typing import Any

from engine.errors import SettingsError


def read(overlay: Path) -> dict[str, dict[str, Any]]:
    """What a bank's own file states; SettingsError where there is one that cannot be read."""
    try:
        return tomllib.loads(overlay.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if isinstance(error, FileNotFoundError) and not overlay.is_symlink():
            return {}
        whys = {UnicodeDecodeError: "is no text in UTF-8", tomllib.TOMLDecodeError: "is no TOML"}
        why = whys.get(type(error), "cannot be read")
        helps = "Mend it, put a copy in its place, or run: python -m engine levers --take-back"
        raise SettingsError(f"{overlay} {why} ({error}). {helps}") from error
