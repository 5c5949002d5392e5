"""Messages in; which of them say that the bank refused the writer credit, out."""

import re
from typing import Final

import numpy as np
import pandas as pd

_DONE: Final = r"(?:declined|rejected|refused|denied|turned (?:(?:me|us) )?down)"
_NO: Final = (
    r"(?:declin(?:e|ed|es|ing)|reject(?:ed|s|ing)?|refus(?:e|ed|es|ing)|den(?:y|ied|ies|ying)"
    r"|turn(?:ed|s|ing)? (?:(?:me|us) )?down)"
)
_THE: Final = r"(?: (?:an?|the|my|our|any|another))?"
_KIND: Final = r"(?: [\w-]+){0,3}?"
_THING: Final = (
    r"(?! (?:re)?payments?\b| documents?\b| papers?\b| fees?\b| offers?\b| statements?\b"
    r"| details?\b| calculator\b| insurance\b| disputes?\b| numbers?\b| protection\b)"
)
"""A thing of the credit and not the credit."""
_CREDIT: Final = (
    rf"(?:credit(?! cards?\b| notes?\b| scores?\b| for (?:the )?return)|loans?|mortgages?"
    rf"|overdrafts?)\b{_THING}"
)
_OR_CARD: Final = rf"(?:{_CREDIT}|credit cards?\b{_THING})"
_ASKED: Final = (
    rf"(?:credit card (?:application|request)|(?:loan|mortgage|overdraft|credit)"
    rf"(?: line| limit)?(?: application| request| increase)?"
    rf"|(?:application|request) for{_THE}{_KIND} (?:loan|mortgage|overdraft|credit(?: card| line"
    rf"| limit)?)(?: limit| increase)?)"
)
_IS: Final = r"(?:was|were|is|got|gets|has been|have been|keeps? (?:being|getting)|is still being)"
_NOT_YET: Final = r"(?:(?!not\b|never\b)\w+ )?"

_BY_THE_BANK: Final = re.compile(
    rf"\b(?:{_NO}(?: (?:me|us))?(?: for)?{_THE}{_KIND} {_CREDIT}"
    rf"|{_NO} (?:me|us) for{_THE}{_KIND} {_OR_CARD}"
    rf"|turn(?:ed|s)? (?:me|us) down for{_THE}{_KIND} {_OR_CARD}"
    rf"|{_NO} to (?:give|lend|grant|offer|extend|approve)(?: (?:me|us))?{_THE}{_KIND}"
    rf" (?:{_CREDIT}|(?<=lend me )money\b|(?<=lend us )money\b)"
    rf"|{_NO} (?:my|our)(?: [\w-]+)? (?:application|request) for{_THE}{_KIND} {_OR_CARD}"
    rf"|{_NO} (?:my|our) credit card (?:application|request)\b)"
)
"""Who did it stands before: not the writer, and nobody who is said not to."""
_TO_THE_WRITER: Final = re.compile(
    rf"\b(?:was|were|been|being|got|get|getting)(?: (?:i|we))? {_NOT_YET}{_DONE}"
    rf"(?:{_THE}{_KIND} {_CREDIT}| for{_THE}{_KIND} {_OR_CARD})"
    rf"|\b{_ASKED} (?:{_IS} {_NOT_YET})?{_DONE}\b"
    rf"|\b{_ASKED} (?:was|were|is|has been) not (?:been )?approved\b"
    rf"|\b(?:denial|refusal|rejection) of (?:my|our){_KIND} {_CREDIT}"
    rf"|\bsaid no to (?:my|our){_KIND} {_CREDIT}"
    rf"|\b(?:won't|will not|wouldn't|would not|didn't|did not) (?:lend (?:(?:to )?(?:me|us)\b"
    rf"|money to)|(?:give|grant|offer) (?:me|us){_THE}{_KIND} {_CREDIT}"
    rf"|approve (?:my|our){_KIND} {_CREDIT})"
)
_WRITER_DID: Final = re.compile(
    r"(?:\b(?:i|we|he|she|husband|wife|had|not|never|nobody|rather)\b|n't|\bi'd|\bi've|\bwe've)"
    r"(?: \w+){0,2} $"
)
_DENIED: Final = re.compile(r"(?:\b(?:not|never|nobody)\b|n't)(?: \w+)? $")
_HAS: Final = r"(?i)loan|mortgage|overdraft|credit|lend"


def says_refused(texts: pd.Series) -> np.ndarray:
    """Which messages say that the bank refused the writer credit, bool of the same length.

    A card that was declined at a till is another thing, and so is an offer that the writer
    declined. English alone is read (own words).
    """
    said = texts.fillna("").astype("str")
    found = said.str.contains(_HAS).to_numpy(dtype=bool, copy=True)
    found[found] = [_refused(text) for text in said[found]]
    return found


def _refused(text: str) -> bool:
    lower = " ".join(text.lower().replace(chr(0x2019), chr(39)).split())
    return any(
        not but.search(lower[: match.start()])
        for pattern, but in ((_TO_THE_WRITER, _DENIED), (_BY_THE_BANK, _WRITER_DID))
        for match in pattern.finditer(lower)
    )
