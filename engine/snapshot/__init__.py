"""Bank, recorded state, settings and champion in; one consistent picture out."""
