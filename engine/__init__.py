"""Attune's engine: `from engine import Engine` is the only door."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.engine import Engine

__all__ = ["Engine"]


def __getattr__(name: str) -> Any:
    """Load the Engine at first use, so that `python -m engine --help` stays under a second."""
    if name == "Engine":
        return import_module("engine.engine").Engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
