"""What may put a text in other words: a causal model here, or an endpoint; off unless set."""
