"""The signals, one module each: its model and its arithmetic; `all_signals` names them all."""

from engine.ranking.signals.all_signals import Signals

__all__ = ["Signals"]
