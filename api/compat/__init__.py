"""Routes of three earlier systems under their own names, since their clients exist."""
