"""The demo bank: invented customers with hidden needs, the same bytes for the same seed."""

from engine.demo.personas import PERSONAS, Persona
from engine.demo.world import generate

__all__ = ["PERSONAS", "Persona", "generate"]
