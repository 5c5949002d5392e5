"""Receipts that are read, and what a customer said, as evidence with its source."""
