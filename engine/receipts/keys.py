"""A customer in; the random key that stands for them in receipts and trail, out."""

import secrets

from engine.state.rows import Texts

KEY_BYTES = 16


def key_of(keys: Texts, customer_id: str) -> str:
    """The key of a customer, made where there is none; all processes get the same."""
    made = secrets.token_hex(KEY_BYTES)
    return keys.find(customer_id) or keys.settle(customer_id, made)
