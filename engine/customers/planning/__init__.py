"""Profiles, goals and a market figure in; when a goal is reached and how to invest, out."""
