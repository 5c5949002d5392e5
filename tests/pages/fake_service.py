"""What every service of the stand-in Engine shares: the Engine itself, and the real one's word."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.pages.fake_engine import FakeEngine


class FakeService:
    """One service; what was recorded and the switches of a test are kept by the Engine."""

    def __init__(self, engine: "FakeEngine"):
        self._engine = engine


def accepts(real: Callable[..., Any], *given: Any, **named: Any) -> None:
    """Complain as the real method does of an argument that it does not know, or misses."""
    inspect.signature(real).bind(None, *given, **named)
