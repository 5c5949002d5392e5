"""Whom to call today: what was agreed with customers and what presses, in; ordered calls out."""
