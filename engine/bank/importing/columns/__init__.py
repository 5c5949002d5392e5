"""Matched tables in; what each column is and how its cells are read, out."""
