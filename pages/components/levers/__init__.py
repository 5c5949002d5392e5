"""Levers: what other weights, thresholds and rules would do, and what was tried."""
