"""The secret behind hashes of ids and account numbers: beside the banks' folders, never in one."""

import os
import secrets
from pathlib import Path

KEY_FILE = "identifiers.key"
KEY_BYTES = 32


def key_beside(folder: Path) -> bytes:
    """The key that lies beside the banks' folders, never in one; made where there is none yet."""
    path = folder.parent / KEY_FILE
    if not path.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
