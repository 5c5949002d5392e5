"""The secret behind hashes of ids and account numbers: beside the banks' folders, never in one."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from engine.errors import StateError

KEY_FILE = "identifiers.key"
KEY_BYTES = 32


def key_beside(folder: Path) -> bytes:
    """The key that lies beside the banks' folders, never in one; made where there is none yet.

    It appears whole or not at all, and of several who make the first one all read the same.

    Raises
    ------
    StateError
        If the file has another length: hashes by a key that is cut short could be turned back.
    """
    path = folder.parent / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StateError(
            f"{path} has {len(key)} bytes; a key has {KEY_BYTES}. Put it back from a backup, or "
            "delete it: a new one is made, and hashes and pseudonyms of before fit no longer."
        )
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{KEY_FILE}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # somebody else was first
            os.link(aside, path)
    finally:
        Path(aside).unlink()
