"""Scores' parts, verdicts and profiles in, sentences out: every figure in them is a fact."""
