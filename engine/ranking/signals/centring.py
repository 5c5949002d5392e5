"""Scores of some customers in; the same around each customer's own mean, or deviation, out."""

import numpy as np


def centre(scores: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Subtract each row's mean over the products of its audience; elsewhere 0.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_products)
    audience : ndarray of bool, same shape, or one row for all
    """
    n = np.maximum(audience.sum(axis=1, keepdims=True), 1)
    mean = np.where(audience, scores, 0.0).sum(axis=1, keepdims=True, dtype=np.float64) / n
    return np.where(audience, scores - mean, 0.0)


def spread(centred: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Deviation of each centred row over its audience, shape (n_rows, 1); 1 where there is none."""
    n = np.maximum(audience.sum(axis=1, keepdims=True), 1)
    deviation = np.sqrt((centred**2).sum(axis=1, keepdims=True) / n)
    return np.where(deviation > 1e-12, deviation, 1.0)


def scaled(scores: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Centred scores in units of each customer's own deviation.

    A small audience (corporate customers) gives small factors and weights; without this its
    scores would mean nothing beside those of a large one.
    """
    centred = centre(scores, audience)
    return centred / spread(centred, audience)
