"""The demo bank: invented customers with hidden needs, the same bytes for the same seed."""

from engine.bank.generate.personas import PERSONAS, Persona
from engine.bank.generate.world import generate

__all__ = ["PERSONAS", "Persona", "generate"]
