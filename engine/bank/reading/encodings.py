"""Bytes of a text file in; the encoding that they are written in, and the text, out."""

import codecs
import io
from collections.abc import Iterator

from engine.errors import BadInput

_BLOCK = 2**20
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def encoding_of(data: bytes, file: str) -> str:
    """The encoding of a text file, by its mark, its zeros, or whether it is valid UTF-8.

    Raises
    ------
    BadInput
        If the file is no text, or is not valid in the encoding that it says it is in.
    """
    encoding = next((known for mark, known in _BOMS if data.startswith(mark)), "")
    start = data[:2000]
    if not encoding and start.count(0) > len(start) // 4:
        little = start[1::2].count(0) > start[0::2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
    elif not encoding and 0 in start:
        raise BadInput(f"{file} is not a text file. Save it as UTF-8 text (CSV or JSON).")
    elif not encoding:
        encoding = "utf-8" if _first_fault(data, "utf-8") is None else "cp1252"
    fault = _first_fault(data, encoding)
    if fault is not None:
        raise BadInput(f"{file} is not valid {encoding} text (byte {fault:,}). Save it as UTF-8.")
    return encoding


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
    encoding = encoding_of(data, file)
    return data.decode(encoding), encoding


def text_lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their ends as they are, decoded as they are asked for."""
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
