"""How good the lists are, how far a confidence holds, and learning from feedback."""
