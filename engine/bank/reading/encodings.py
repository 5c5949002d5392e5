"""Bytes of a text file in; the encoding that they are written in, and the text, out."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import replace

from engine.bank.decision import SAID, Certainty, Decision
from engine.bank.reading.letters import CHINESE, ENCODINGS, JAPANESE, KOREAN, older_encoding
from engine.errors import BadInput

ABOUT = "encoding"
_BLOCK = 2**20
_FEWEST_ZEROS = 4
"""Of the first 1,000 characters of two bytes: line ends and delimiters at least (own choice)."""
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


KNOWN = ("utf-8", "utf-16", "utf-32", *ENCODINGS, "iso8859-15", "cp850", JAPANESE, CHINESE, KOREAN)
"""What a plan may call an encoding."""
ASCII = "ascii"
"""Reading of a file without a letter beyond ASCII: nothing depends on its encoding."""


def encoding_of(data: bytes, file: str, said: str = "") -> tuple[str, Decision, str]:
    """The encoding of a text file, by its mark, its zeros, whether it is valid UTF-8, its letters.

    Parameters
    ----------
    said : str
        What a plan says; empty where the file has to tell.

    Returns
    -------
    str
        Name of the encoding.
    Decision
    str
        Why, where letters or a plan decided, as the end of a sentence; else empty.

    Raises
    ------
    BadInput
        If the file is no text, or is not valid in the encoding that it or the plan says it is in.
    """
    if said not in ("", ASCII):
        return _as_said(data, file, said)
    encoding, decision, why = _by_content(data, file)
    fault = _first_fault(data, encoding)
    if fault is not None:
        raise BadInput(f"{file} is not valid {encoding} text (byte {fault:,}). Save it as UTF-8.")
    return encoding, decision, why


def _by_content(data: bytes, file: str) -> tuple[str, Decision, str]:
    def told(encoding: str, evidence: str, why: str = "") -> tuple[str, Decision, str]:
        reading = encoding.removesuffix("-sig")
        return encoding, Decision(file, "", ABOUT, reading, Certainty.PROVED, evidence), why

    if marked := next((known for mark, known in _BOMS if data.startswith(mark)), ""):
        return told(marked, "the mark at its beginning says so")
    start = data[:2000]
    if 0 in start:
        if wide := _wide(start):
            return told(wide, "every second byte is zero")
        raise BadInput(f"{file} is not a text file. Save it as UTF-8 text (CSV or JSON).")
    if data.isascii():
        encoding, decision, _ = told("utf-8", "no letter is beyond it: every encoding reads it so")
        return encoding, replace(decision, reading=ASCII), ""
    if _first_fault(data, "utf-8") is None:
        return told("utf-8", "all its letters are valid in it")
    encoding, why, rivals = older_encoding(data)
    certainty = Certainty.GUESS if rivals else Certainty.LIKELY
    evidence = "its letters tell it from others" if not rivals else "its letters do not tell"
    return encoding, Decision(file, "", ABOUT, encoding, certainty, evidence, rivals), why


def _as_said(data: bytes, file: str, said: str) -> tuple[str, Decision, str]:
    """The encoding that a plan says; asked about again where the bytes prove another."""
    if said not in (*KNOWN, "utf-16-le", "utf-16-be"):
        raise BadInput(
            f"The plan reads {file} as {said!r}; encodings that can be read are {', '.join(KNOWN)}."
        )
    try:
        encoding, own, _ = _by_content(data, file)
        advice = f"Its bytes are {own.reading}: say so in the plan"
    except BadInput:
        encoding, own, advice = said, None, "Save it as UTF-8"
    if own is not None and own.reading.startswith(said):
        said = encoding
    fault = _first_fault(data, said)
    if fault is not None:
        raise BadInput(
            f"The plan no longer fits: {file} is not valid {said} text (byte {fault:,}). {advice}."
        )
    decision = Decision(file, "", ABOUT, said.removesuffix("-sig"), Certainty.PROVED, SAID)
    is_ascii = (
        own is not None and own.reading == ASCII and not said.startswith(("utf-16", "utf-32"))
    )
    if own is None or is_ascii or own.reading == decision.reading:
        return said, decision, "the plan says so"
    is_told = (
        own.certainty is Certainty.LIKELY
        and said in (*ENCODINGS, JAPANESE)
        and data.decode(said) != data.decode(own.reading, "replace")
    )
    if own.certainty is Certainty.PROVED or is_told:
        evidence = f"the plan says so, but as {own.reading} {own.evidence}"
        decision = replace(
            decision, certainty=Certainty.GUESS, evidence=evidence, others=(own.reading,)
        )
    return said, decision, f"it was read as {said}, as the plan says"


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
    encoding, _, _ = encoding_of(data, file)
    return data.decode(encoding), encoding


def text_lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their ends as they are, decoded as they are asked for."""
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
