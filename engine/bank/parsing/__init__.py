"""Text cells in; numbers, dates, ranges, words and eligibility clauses out."""
