"""The list of customers, and what one customer is, says and wants."""
