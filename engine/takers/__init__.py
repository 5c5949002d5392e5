"""Who would want this product: everybody who may be offered it, ranked."""

from engine.takers.takers import Takers

__all__ = ["Takers"]
