"""Text in, the same in plain letters and digits out: what people write without thinking of it."""

import unicodedata

_ALONE = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"})
"""Letters whose stroke is no accent of its own in Unicode."""


def plain(cell: str) -> str:
    """Without accents, in ASCII digits and full stops, with single white space."""
    letters = unicodedata.normalize("NFKD", cell.translate(_ALONE))
    kept = (letter for letter in letters if not unicodedata.combining(letter))
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in kept)
    return " ".join("".join(digits).split())
