"""Bytes of a text file in; the encoding that they are written in, and the text, out."""

import codecs
import io
from collections.abc import Iterator

from engine.bank.reading.letters import older_encoding
from engine.errors import BadInput

_BLOCK = 2**20
_FEWEST_ZEROS = 4
"""Of the first 1,000 characters of two bytes: line ends and delimiters at least (own choice)."""
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def encoding_of(data: bytes, file: str) -> tuple[str, str]:
    """The encoding of a text file, by its mark, its zeros, whether it is valid UTF-8, its letters.

    Returns
    -------
    str
        Name of the encoding.
    str
        Why, where letters decided, as the end of a sentence; else empty.

    Raises
    ------
    BadInput
        If the file is no text, or is not valid in the encoding that it says it is in.
    """
    encoding, why = next((known for mark, known in _BOMS if data.startswith(mark)), ""), ""
    start = data[:2000]
    if not encoding and 0 in start:
        encoding = _wide(start)
        if not encoding:
            raise BadInput(f"{file} is not a text file. Save it as UTF-8 text (CSV or JSON).")
    elif not encoding:
        encoding = "utf-8"
        if _first_fault(data, encoding) is not None:
            encoding, why = older_encoding(data)
    fault = _first_fault(data, encoding)
    if fault is not None:
        raise BadInput(f"{file} is not valid {encoding} text (byte {fault:,}). Save it as UTF-8.")
    return encoding, why


def _wide(start: bytes) -> str:
    """Which half of the characters of two bytes is zero: that of ASCII is, others' line ends."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    if max(first, second) < _FEWEST_ZEROS or min(first, second) > max(first, second) // 20:
        return ""
    encoding = "utf-16-le" if second > first else "utf-16-be"
    text = start[: len(start) // 2 * 2].decode(encoding, "replace")
    return encoding if "\n" in text or "," in text or ";" in text else ""


def _first_fault(data: bytes, encoding: str) -> int | None:
    """Where the bytes stop being valid text; decoded piece by piece, so that no copy is kept."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), _BLOCK):
        try:
            decoder.decode(data[start : start + _BLOCK], start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Text of a file and the encoding it was read in; marks at its beginning are removed."""
    encoding, _ = encoding_of(data, file)
    return data.decode(encoding), encoding


def text_lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their ends as they are, decoded as they are asked for."""
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
