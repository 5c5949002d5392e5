"""Facts in; a line, a paragraph or a note that says them and nothing else, out."""
