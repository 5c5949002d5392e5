"""Receipts and what was said of needs, on a page."""
