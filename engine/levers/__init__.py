"""What if the bank set its weights, thresholds and rules otherwise: the effect on everybody."""

from engine.levers.levers import Levers

__all__ = ["Levers"]
