"""Mood of texts without a neural network: VADER with a bank's words, and a linear head over it."""
