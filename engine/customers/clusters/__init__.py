"""Customers whose profiles are alike: found, named, matched to those of before, described."""
