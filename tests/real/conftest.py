"""Where the real data sets lie: DATA in the environment, as `make real DATA=...` sets it."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds peers/, santander/, berka/ and the others."""
    folder = Path(os.environ.get("DATA", "../shared/data")).resolve()
    if not (folder / "peers").is_dir():
        raise FileNotFoundError(f"{folder} has no peers/: run make real DATA=path/to/data")
    return folder
