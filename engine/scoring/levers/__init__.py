"""Changed settings in; what they would do to everybody, beside today, out."""
