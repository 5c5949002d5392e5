"""Where this dashboard keeps what it writes."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]


def state_folder() -> Path:
    """Where everything is written at run time (ATTUNE_STATE)."""
    return Path(os.environ.get("ATTUNE_STATE") or ROOT / "data" / "state")
