"""Bytes of one of the older encodings in; which one, by the letters of European languages, out."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

ENCODINGS: Final = ("cp1252", "cp1250", "iso8859-2", "cp1251", "cp1253", "cp1254")
"""The first wins where the letters decide nothing."""

JAPANESE: Final = "cp932"
CHINESE: Final = "gb18030"
KOREAN: Final = "euc_kr"

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
_CYRILLIC: Final = {
    "russian": "о11е9а8и7н7т6с6р5в5л4к4м3д3п3у3я2ы2ь2г2з2б2ч1й1х1ж1ш1ю1ц1щ1э1ф1ё1ъ1",
    "ukrainian": "о9а9и6н7і6в5т5е5р5с4к4у4д3л4п3м3я2з2ь2г2б2ч1й1х1ж1ї1ц1ю1є1ш1ф1щ1",
    "bulgarian": "а12о9и9е9н7т7с5р5в5л4к4д3п3м3з2я2у2ъ2б2г2ч1ц1й1щ1ж1ш1х1ф1ю1",
}
_GREEK: Final = {"greek": "α12ο10ι9ε8τ8ν7σ5ς5η5υ4ρ4π4κ4μ3λ3ω3ί3ό3ά2έ2ή2ύ2ώ2γ2δ2θ1χ1φ1ξ1β1ζ1ψ1"}
_TURKISH: Final = {"turkish": "ı28ş18ü17ğ11ç10ö8i5â1"}
_WHOLE: Final = frozenset({"cp1251", "cp1253"})
"""Encodings of another alphabet: no word has its letters and Latin ones."""
_LANGUAGES: Final = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1251": _CYRILLIC,
    "cp1253": _GREEK,
    "cp1254": _TURKISH,
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
    if code := _of_hanzi(data):
        return code, f"its letters are those of East Asia, so it was read as {code}", ()
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
    whose = _WHOSE.get(best, "of Central Europe")
    return best, f"its letters are those {whose}, so it was read as {best}{sure}", rivals


def _of_hanzi(data: bytes) -> str:
    """CHINESE or KOREAN, where everything beyond ASCII is pairs of bytes and nearly all of them are
    common characters of GB 2312 or syllables of KS X 1001; else empty.

    Words of an alphabet of one byte a letter have an odd length as often as not, its small letters
    stand above those characters, and those beyond ASCII stand beside Latin ones.
    """
    data = data[: data.find(b"\n", _MOST_BYTES) + 1 or len(data)]
    runs = [match[0] for match in _RUN.finditer(data)]
    if not runs or any(len(run) % 2 for run in runs) or min(map(min, runs)) < 0xA1:
        return ""
    if 2 * len(_BESIDE_LATIN.findall(data)) > len(runs):
        return ""
    leads = b"".join(run[::2] for run in runs)
    common = sum(0xB0 <= lead <= 0xD7 for lead in leads)
    if common < _MOSTLY * sum(lead >= 0xB0 for lead in leads) or not common:
        return ""
    syllables = sum(0xB0 <= lead <= 0xC8 for lead in leads)
    code = KOREAN if syllables >= 0.95 * common and common >= _FEWEST else CHINESE
    try:
        data.decode(code)
    except UnicodeDecodeError:
        return ""
    return code


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


_RUN: Final = re.compile(rb"[\x80-\xff]+")
_BESIDE_LATIN: Final = re.compile(rb"[A-Za-z][\x80-\xff]+|[\x80-\xff]+[A-Za-z]")
_MOST_BYTES = 2**20
_MOSTLY, _FEWEST = 0.8, 8
"""Share of the characters that are common ones, and characters that tell Korean (own choice)."""
_WHOSE: Final = {"cp1251": "of Cyrillic", "cp1253": "of Greek", "cp1254": "of Turkish"}


def _score(words: Mapping[bytes, int], encoding: str) -> float:
    """How likely these words are: each in whichever language of the encoding fits it best."""
    tables = [_shares(letters) for letters in _LANGUAGES[encoding].values()]
    is_whole = encoding in _WHOLE
    fits = [
        (math.log1p(n), [_word(word.decode(encoding, "replace"), t, is_whole) for t in tables])
        for word, n in words.items()
    ]
    whole = [sum(weight * fit[i] for weight, fit in fits) for i in range(len(tables))]
    common = max(range(len(tables)), key=lambda i: whole[i], default=0)
    return sum(weight * max(fit[common], max(fit) - 2.0) for weight, fit in fits)


def _shares(letters: str) -> dict[str, float]:
    return {letter: int(n) / 100 for letter, n in re.findall(r"(\D)(\d+)", letters)}


def _word(word: str, shares: Mapping[str, float], is_whole: bool) -> float:
    total = 0.0
    for position, letter in enumerate(word):
        if letter.isascii():
            continue
        around = word[max(0, position - 1) : position] + word[position + 1 : position + 2]
        beside_letter = any(other.isalpha() for other in around)
        is_mixed = is_whole and any(other.isascii() and other.isalpha() for other in around)
        if letter.isalpha() and (beside_letter or not around) and not is_mixed:
            total += math.log(shares.get(letter.lower()[0], _RARE))
        elif letter.isalpha():
            total += math.log(_RARE)
        else:
            total += math.log(_INSIDE if beside_letter else _BESIDE)
    return total
