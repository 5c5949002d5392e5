"""Panels of the Governance page."""
