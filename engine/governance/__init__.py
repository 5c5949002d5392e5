"""What a bank has to answer for: its models and rules, their owners, limits, and what was moved."""
