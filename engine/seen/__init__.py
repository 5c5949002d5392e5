"""The engine as one person may see it: which answers, over whose customers, with whose names."""
