"""A recording in; whether it can be used, and what was said, out."""
