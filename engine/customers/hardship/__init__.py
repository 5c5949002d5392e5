"""Signs on record that a customer is in difficulty, and the help that answers each."""
