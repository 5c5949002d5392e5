"""A question in words in; what it is about, of whom, of what and of when, out."""
