"""A bank's own labels in; metrics learned from them, with how far they can be trusted, out."""
