"""A text in; its numbers with their units, its names and its words, in order, out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["quantity", "name", "word", "break", "stop"]


@dataclass(frozen=True)
class Quantity:
    """A number as it is written.

    `unit` is "" for a count, "%", "times", "ordinal", "of 10" (of so many), a currency's code,
    "day" (the value is 20260312) or "month" (202603).
    """

    value: float
    unit: str


@dataclass(frozen=True)
class Token:
    """One piece of a text: a quantity, a known name, a word in small letters, or a border."""

    kind: Kind
    text: str
    quantity: Quantity | None = None


class Unreadable(ValueError):
    """A sign or a form that no checked text may hold; says which."""


def _listed(text: str) -> list[str]:
    return text.split()


_MONTHS: Final = {
    name: n // 2 + 1
    for n, name in enumerate(
        _listed(
            "jan january feb february mar march apr april may may jun june jul july aug august sep "
            "september oct october nov november dec december"
        )
    )
} | {"sept": 9}
_UNITS: Final = {
    word: n
    for n, word in enumerate(
        _listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen"
        )
    )
}
_TENS: Final = {
    word: 10 * (n + 2)
    for n, word in enumerate(_listed("twenty thirty forty fifty sixty seventy eighty ninety"))
}
_SIZES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_SPOKEN: Final = "|".join(sorted((*_UNITS, *_TENS, *_SIZES), key=len, reverse=True))
_SIZE_SIGNS: Final = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9,
}  # fmt: skip
_MONEY: Final = {
    "$": "USD", "dollar": "USD", "dollars": "USD", "€": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "pound": "GBP", "pounds": "GBP", "₹": "INR", "rupee": "INR", "rupees": "INR",
    "¥": "JPY", "yen": "JPY",
}  # fmt: skip
"""Sign or word -> the one currency that it is read as; every other is named by its code."""
_BREAKS: Final = frozenset(
    {"and", "but", "while", "whereas", "plus", "with", "who", "against", "versus", "compared"}
)
"""Words after which something else may be said."""
_MASK: Final = 0xE000
_MOST_NAMES: Final = 6000
_month = "|".join(sorted(_MONTHS, key=len, reverse=True))
_number = r"\d{1,3}(?:,\d{3})+(?![\d,]*\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_signs = "[" + "".join(sign for sign in _MONEY if len(sign) == 1) + "]"
_names = "|".join(word for word in _MONEY if len(word) > 1)
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \n\t"]+)
    | (?P<iso>\b(?P<iy>\d{{4}})-(?P<im>\d\d)-(?P<id>\d\d)\b)
    | (?P<dmy>\b(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?(?P<dm>{_month})\.?,?
        \ (?P<dy>\d{{4}})\b)
    | (?P<mdy>\b(?P<mm>{_month})\.?\ (?P<md>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<my>\d{{4}})\b)
    | (?P<month>\b(?P<om>{_month})\.?,?\ (?:of\ )?(?P<oy>\d{{4}})\b)
    | (?P<ordinal>\b\d+(?:st|nd|rd|th)\b)
    | (?P<amount>
        (?P<sign>(?:(?<=\s)|(?<=^)|(?<=\())(?:[-+]|minus\ ))?
        (?:(?P<code>(?-i:[A-Z]{{3}}))\ ?|(?P<money>{_signs})\ ?)?
        (?P<number>{_number})
        (?:\ ?(?P<size>k|bn|m|thousand|million|billion)\b)?
        (?:\ ?(?P<share>%|per\ ?cent\b)
          |(?:\ (?:out\ )?of\ |/|\ in\ )(?P<of>\d+)\b(?!\.\d)(?!\ days?\b)(?!\ months?\b)
          |\ ?(?P<times>times\b|x\b)
          |\ (?P<named>(?-i:[A-Z]{{3}})\b|(?:{_names})\b))?)
    | (?P<masked>[\ue000-\uf8ff])
    | (?P<own>'s\b)
    | (?P<word>[a-z]+(?:['-][a-z]+)*)
    | (?P<dash>(?<=\ )-(?=\ ))
    | (?P<break>[,;:()])
    | (?P<stop>\.(?=\s|$))
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ALIKE: Final = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2019": "'", "\u2018": "'", "\u2212": "-", "\u2013": "-"}
    | {"\u2014": "-", "\u00a0": " ", "\u202f": " "}
)


def read(text: str, names: Sequence[str], phrases: Sequence[str] = ()) -> list[Token]:
    """The tokens of a text.

    Parameters
    ----------
    names : sequence of str
        What is known by name; the longest that stands in the text is taken, whole.
    phrases : sequence of str
        Words of ours that mean something only together; they are read as one word.

    Raises
    ------
    Unreadable
        If the text holds something else, for example a question, an address or a sign of another
        writing.
    """
    masks = _masks(names, phrases)
    if any(_MASK <= ord(sign) < _MASK + _MOST_NAMES for sign in text):
        raise Unreadable("a sign that is no letter")
    masked = _masked(text, masks)
    spoken = _in_digits(masked.translate(_ALIKE))
    tokens: list[Token] = []
    at = 0
    while at < len(spoken):
        found = _TOKEN.match(spoken, at)
        if found is None:
            raise Unreadable(f"“{spoken[at : at + 1]}”, which stands in no sentence of ours")
        if glued := _glued(spoken, found):
            raise Unreadable(f"“{glued}”, which is no number")
        tokens += _token(found, masks)
        at = found.end()
    return tokens


def read_one(text: str) -> Quantity:
    """The one quantity of a short text such as "USD 1,240" or "24 %"; ValueError otherwise."""
    found = [token.quantity for token in read(text, ()) if token.quantity]
    if len(found) != 1:
        raise ValueError(f"{text!r} holds {len(found)} quantities, expected one")
    return found[0]


def _masks(names: Sequence[str], phrases: Sequence[str]) -> dict[str, Token]:
    """One sign of no writing for each name and phrase, the longest first."""
    known = {name: Token("name", name) for name in names if name.strip()}
    known |= {phrase: Token("word", phrase) for phrase in phrases if phrase not in known}
    ordered = sorted(known, key=lambda one: (-len(one), one))[:_MOST_NAMES]
    return {chr(_MASK + n): known[one] for n, one in enumerate(ordered)}


def _masked(text: str, masks: Mapping[str, Token]) -> str:
    if not masks:
        return text
    signs = {token.text.lower(): sign for sign, token in masks.items()}
    either = "|".join(re.escape(token.text) for token in masks.values())
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: signs.get(found[0].lower(), "?"), text)


def _glued(text: str, found: re.Match[str]) -> str:
    """A number that goes on in letters, digits or a fraction, for example "24.3.1" or "3-5"."""
    if found["amount"] is None and found["ordinal"] is None:
        return ""
    rest = re.match(r"[A-Za-z0-9]|[.,/-]\d|-\w", text[found.end() :])
    before = text[found.start() - 1 : found.start()] if found.start() else ""
    return found[0] if rest or before.isalnum() or before in ("-", "/", ".") else ""


def _token(found: re.Match[str], masks: Mapping[str, Token]) -> list[Token]:
    text, kind = found[0], found.lastgroup
    if found["space"] is not None:
        return []
    if found["masked"] is not None:
        return [masks[text]]
    if found["amount"] is not None:
        return [Token("quantity", text, _amount(found))]
    if found["ordinal"] is not None:
        return [Token("quantity", text, Quantity(float(re.sub(r"\D", "", text)), "ordinal"))]
    for name, parts in (("iso", "iy im id"), ("dmy", "dy dm dd"), ("mdy", "my mm md")):
        if found[name] is not None:
            year, month, day = (found[part] for part in parts.split())
            return [Token("quantity", text, Quantity(_day(year, month, day), "day"))]
    if found["month"] is not None:
        value = _day(found["oy"], found["om"], "0") // 100
        return [Token("quantity", text, Quantity(value, "month"))]
    if kind == "word" and text.lower() not in _BREAKS:
        return [Token("word", text.lower())]
    if kind == "own":
        return [Token("word", "'s")]
    return [Token("stop" if kind == "stop" else "break", text.lower())]


def _day(year: str, month: str, day: str) -> float:
    n = _MONTHS.get(month.lower()) or int(month)
    return float(int(year) * 10_000 + n * 100 + int(day))


def _amount(found: re.Match[str]) -> Quantity:
    value = float(found["number"].replace(",", ""))
    value *= _SIZE_SIGNS.get((found["size"] or "").lower(), 1.0)
    value = round(value, 9)
    if found["sign"] and not found["sign"].startswith("+"):
        value = -value
    money = found["code"] or _MONEY.get(found["money"] or "")
    named = found["named"]
    units = [
        money or "",
        (_MONEY.get(named.lower()) or named) if named else "",
        "%" if found["share"] else "",
        f"of {found['of']}" if found["of"] else "",
        "times" if found["times"] else "",
    ]
    told = [unit for unit in units if unit]
    if len(told) > 1:
        raise Unreadable(f"“{found[0]}”, which has two units")
    return Quantity(value, told[0] if told else "")


def _in_digits(text: str) -> str:
    """Number words as digits: "fifty-four" is 54, "half" 50 %, "twice" 2 times."""
    text = re.sub(r"\b(?:a |one )?half\b", "50 %", text, flags=re.IGNORECASE | re.ASCII)
    text = re.sub(r"\btwice\b", "2 times", text, flags=re.IGNORECASE | re.ASCII)
    either = rf"\b(?:{_SPOKEN})(?:(?:[ -]| and )(?:{_SPOKEN}))*\b"
    return re.sub(either, lambda found: _spoken(found[0]), text, flags=re.IGNORECASE | re.ASCII)


def _spoken(text: str) -> str:
    """One number in words as digits; as it is where it is none."""
    total = part = 0
    last = ""
    for word in re.split(r"[ -]", text.lower()):
        if word == "and":
            if last not in _SIZES:
                return text
        elif word in _UNITS:
            if last in _UNITS or (last in _TENS and not 0 < _UNITS[word] < 10):
                return text
            part += _UNITS[word]
        elif word in _TENS:
            if last in _UNITS or last in _TENS:
                return text
            part += _TENS[word]
        elif word == "hundred":
            if last in _SIZES or last in _TENS or part >= 10:
                return text
            part = max(part, 1) * 100
        else:
            total, part = total + max(part, 1) * _SIZES[word], 0
        last = word if word != "and" else last
    return str(total + part)
