"""Shares of groups among those who get offers, and whether scores are blind to who one is."""
