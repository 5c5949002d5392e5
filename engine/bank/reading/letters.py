"""Bytes of one of the older encodings in; which one, by the letters of European languages, out."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

ENCODINGS: Final = ("cp1252", "cp1250", "iso8859-2")
"""The first wins where the letters decide nothing."""

JAPANESE: Final = "cp932"

_WESTERN: Final = {
    "german": "ü35ä30ö20ß14é1",
    "french": "é60è12ê7à13ç4î2ô2û1ù1ï1â1ë1œ1",
    "spanish": "ó32í26á22é14ñ8ú7ü1",
    "portuguese": "ã22ç16á17é14í9ó9ê6õ4ú3â2à1ô1",
    "italian": "è35à28ù13ò13ì7é4",
    "nordic": "å28ä32ö24ø20æ10é2",
    "icelandic": "ð20á18í16ó12ö10þ9æ8ú8é6ý4",
}
_CENTRAL: Final = {
    "polish": "ł22ą13ę14ó11ś9ż11ć6ń4ź2",
    "czech": "á20í19ě11é11ř9š7č8ž8ý7ů5ú1ď1ť1ň1ó1",
    "slovak": "á19í12é10č11š9ž9ý9ú8ľ5ť6ô2ň2ä1ď1ĺ1ŕ1ó2",
    "hungarian": "á32é30ö9ó9ő8ü6í5ú3ű2",
    "romanian": "ă38î16â12ş16ţ16",
    "croatian": "č33š26ž23ć12đ6",
}
"""Letter and its share among the letters beyond ASCII of ordinary text, in per cent: rounded
counts that everybody's letter tables give alike (only their order of size matters)."""

_RARE = 2e-4
"""Chance of a letter that a language does not write."""
_INSIDE = 1e-6
"""Chance of a sign such as a pound or a superscript between letters."""
_BESIDE = 0.01
"""Chance of such a sign elsewhere, and of a letter between figures the other way round."""
_MOST_WORDS = 5000
_COMMONEST: Final = math.log(4)
"""How much likelier the first encoding is before anything is read (own choice)."""
_SURE: Final = math.log(20)
"""From these odds on a choice is no guess (own choice)."""

_KANA: Final = re.compile("[\u3041-\u30fa]")
_KANJI: Final = re.compile("[\u4e00-\u9fff]{2}")
_WORD: Final = re.compile(rb"[A-Za-z0-9\x80-\xff]*[\x80-\xff][A-Za-z0-9\x80-\xff]*")


def older_encoding(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The likeliest of the older encodings.

    Returns
    -------
    str
        Its name.
    str
        Why, as the end of a sentence.
    tuple of str
        The encodings between which the letters do not decide; empty where they do.
    """
    if _is_japanese(data):
        return JAPANESE, f"its letters are Japanese, so it was read as {JAPANESE}", ()
    words = Counter(match[0] for match in _WORD.finditer(data))
    shown = dict(words.most_common(_MOST_WORDS))
    scores = {encoding: _score(shown, encoding) for encoding in ENCODINGS}
    scores[ENCODINGS[0]] += _COMMONEST
    best = max(ENCODINGS, key=lambda encoding: scores[encoding])
    text = data.decode(best, "replace")
    others = [e for e in ENCODINGS if e != best and data.decode(e, "replace") != text]
    rivals = tuple(e for e in others if scores[best] - scores[e] <= _SURE)
    sure = ", which is a guess" if rivals else ""
    if best == ENCODINGS[0]:
        return best, f"it was read as {best}{sure}", rivals
    why = f"its letters are those of Central Europe, so it was read as {best}{sure}"
    return best, why, rivals


def _is_japanese(data: bytes) -> bool:
    """Whether bytes are valid Shift-JIS and most of what is beyond ASCII is kana or a common kanji.

    In European text their first bytes are signs such as quotation marks, which are rare.
    """
    try:
        text = data.decode(JAPANESE)
    except UnicodeDecodeError:
        return False
    beyond = [letter for letter in text if not letter.isascii()]
    common = sum(0x81 <= letter.encode(JAPANESE)[0] <= 0x9F for letter in beyond)
    return 2 * common >= len(beyond) > 0 and _has_word(text)


def _has_word(text: str) -> bool:
    """Whether kana stand in a text, or a kanji beside another: a curly apostrophe makes but one.

    One of the two has a second byte beyond ASCII: those of rock'n'roll have not.
    """
    if _KANA.search(text):
        return True
    pairs = set(_KANJI.findall(text))
    codes = (word.encode(JAPANESE, "replace") for word in pairs)
    return any(max(code[0], code[2]) <= 0x9F and max(code[1], code[3]) > 0x7F for code in codes)


def _score(words: Mapping[bytes, int], encoding: str) -> float:
    """How likely these words are: each in whichever language of the encoding fits it best."""
    languages = _WESTERN if encoding == "cp1252" else _CENTRAL
    tables = [_shares(letters) for letters in languages.values()]
    fits = [
        (math.log1p(n), [_word(word.decode(encoding, "replace"), table) for table in tables])
        for word, n in words.items()
    ]
    whole = [sum(weight * fit[i] for weight, fit in fits) for i in range(len(tables))]
    common = max(range(len(tables)), key=lambda i: whole[i], default=0)
    return sum(weight * max(fit[common], max(fit) - 2.0) for weight, fit in fits)


def _shares(letters: str) -> dict[str, float]:
    return {letter: int(n) / 100 for letter, n in re.findall(r"(\D)(\d+)", letters)}


def _word(word: str, shares: Mapping[str, float]) -> float:
    total = 0.0
    for position, letter in enumerate(word):
        if letter.isascii():
            continue
        around = word[max(0, position - 1) : position] + word[position + 1 : position + 2]
        beside_letter = any(other.isalpha() for other in around)
        if letter.isalpha() and (beside_letter or not around):
            total += math.log(shares.get(letter.lower(), _RARE))
        elif letter.isalpha():
            total += math.log(_RARE)
        else:
            total += math.log(_INSIDE if beside_letter else _BESIDE)
    return total
