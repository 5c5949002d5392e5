"""A campaign: what is asked, and the list that comes of it."""
