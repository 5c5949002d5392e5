"""A snapshot in; scores, verdicts and lists of one customer or of everybody out."""
