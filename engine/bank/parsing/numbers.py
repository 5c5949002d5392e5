"""The cells of one column in; how its numbers are written, how sure that is, and its values out.

A mark in a cell proves a decimal sign where it cannot part thousands: "12,50", "0,125", "1234.567",
"1.234,5". "45.000" alone can be either.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.parsing import currencies

READINGS: Mapping[str, str] = {"decimal point": ".", "decimal comma": ","}
"""What a person says of a column -> its decimal sign."""

_LONGEST = 64
"""Characters of the longest cell that is matched as a number; no amount has as many."""
_SAMPLE = 50_000
"""Distinct cells that a form is made from (own choice)."""

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_BARE = re.compile(r"(-?)([0-9]+(?:[.,][0-9]+)?)")
"""Most cells: a number without spaces, words or signs of a currency."""
_BODY = re.compile(r"\d+(?:[ .,']\d+)*")
_PARTED = re.compile(r"([^0-9]*)([0-9](?:.*[0-9])?)([^0-9]*)")
"""What stands before the digits of a cell, from the first digit to the last, and behind them."""
_SPACES = re.compile(r"\s+")
_NINES = str.maketrans("12345678", "99999999")
_INNER_ZERO = re.compile(r"(?<=[0-9])0(?=[0-9])")
_QUOTES = str.maketrans({mark: "'" for mark in "’‘ʼ´`′"} | {"٫": ".", "٬": ","})
_MINUS = "-\u2212\u2013\u2010\u2011\ufe63"
_NO_MARKS = str.maketrans(dict.fromkeys(f"(){_MINUS}+", " "))
_CENTS = re.compile(rf"[.,] ?[{_MINUS}\u2014]{{1,2}}")
"""The end of "5.-" and "5,--", in which no money follows the sign."""
_UNITS = {
    "k": 1e3, "tsd": 1e3, "tys": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "mln": 1e6, "bn": 1e9,
    "b": 1e9, "mrd": 1e9, "mld": 1e9, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "crore": 1e7,
    "crores": 1e7,
}  # fmt: skip
_OUT, _IN = frozenset({"dr", "debit", "db"}), frozenset({"cr", "credit"})
_LETTERS = {"D": "out", "S": "out", "C": "in", "H": "in"}
"""Debit and credit, Soll and Haben, in capitals behind a number."""


@dataclass(frozen=True)
class Parts:
    """What one cell is made of."""

    body: str
    """Digits and marks."""
    is_negative: bool
    style: str
    """How it is said to be negative; empty where it is not."""
    sign: str
    """Currency as it is written."""
    unit: float
    is_percent: bool
    is_doubtful: bool = False
    """A minus and DR or CR: nobody knows whether the one repeats or reverses the other."""
    is_out: bool = False
    """It has DR."""


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of one column are written.

    Attributes
    ----------
    decimal : str
        "." or ",": what a cell such as "45.000" is read by.
    is_mixed : bool
        Cells that can only have the other decimal sign are read by their own marks. Otherwise
        they are no numbers here.
    thousands : str
        The marks that part thousands in these cells; empty where there are none.
    unit : str
        "%" where every number has that sign, "% in some" where some have, else empty.
    signs : tuple of str
        Currency signs and codes in the cells.
    negative : tuple of str
        How negative numbers are written: "minus", "minus behind", "parentheses", "DR".
    certainty, evidence, others
        Of the decimal sign; `others` are keys of `READINGS`.
    n_cells, n_numbers : int
        Distinct cells that say something, and those of them that are numbers.
    """

    decimal: str = "."
    is_mixed: bool = False
    thousands: str = ""
    unit: str = ""
    signs: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    certainty: Certainty = Certainty.PROVED
    evidence: str = "given"
    others: tuple[str, ...] = ()
    n_cells: int = 0
    n_numbers: int = 0
    is_doubtful: bool = False

    @property
    def reading(self) -> str:
        """The decimal sign in words."""
        name = next(name for name, mark in READINGS.items() if mark == self.decimal)
        return f"{name}, some cells otherwise" if self.is_mixed else name

    def decisions(self, file: str, column: str) -> list[Decision]:
        """What was decided of the column: decimal sign, currency."""
        made = [
            Decision(
                file, column, "decimal sign", self.reading, self.certainty, self.evidence,
                self.others,
            )
        ]  # fmt: skip
        if self.signs:
            made.append(self.currency.decision(file, column))
        return made

    @property
    def currency(self) -> currencies.CurrencyReading:
        """The currency that the cells themselves say."""
        return currencies.of_signs(self.signs, "the column")


EACH = NumberForm(".", is_mixed=True)
"""Every cell by its own marks; "1.234" has a decimal point and "1,234" is over a thousand."""


def form_named(reading: str) -> NumberForm:
    """The form that a person chose by a key of `READINGS`; KeyError for any other."""
    return NumberForm(READINGS[reading])


def form_of(cells: pd.Series) -> NumberForm:
    """How the numbers of a column are written, from its distinct cells.

    Returns
    -------
    NumberForm
        Proved where a cell admits one decimal sign only and none contradicts it, or where no cell
        has a mark. A guess names the other reading in `others`.
    """
    distinct = cells.dropna().unique()[:_SAMPLE].to_numpy(dtype=object)
    said = [cell for cell in distinct if cell.strip()]
    shapes = Counter(map(_shape, said))
    parts = {shape: part for shape in shapes if (part := parts_of(shape)) is not None}
    bodies: Counter[str] = Counter()
    for shape, part in parts.items():
        bodies[part.body] += shapes[shape] if admitted(part.body) else 0
    bodies = +bodies
    form = _decimal_of(bodies)
    percents = [part.is_percent for part in parts.values()]
    unit = "%" if percents and all(percents) else "% in some" if any(percents) else ""
    marks = {mark for body in bodies for mark in " '.," if mark in body}
    return replace(
        form,
        thousands="".join(sorted(marks - {form.decimal})),
        unit=unit,
        signs=tuple(sorted({part.sign for part in parts.values() if part.sign})),
        negative=tuple(sorted({part.style for part in parts.values() if part.style})),
        n_cells=len(said),
        n_numbers=bodies.total(),
        is_doubtful=any(part.is_doubtful for part in parts.values()),
    )


def _shape(cell: str) -> str:
    """The cell with 9 for every digit but a 0 that begins or ends its number.

    How a number is written rests on no other digit, and a column has few shapes.
    """
    nines = cell.translate(_NINES)
    return _INNER_ZERO.sub("9", nines) if "0" in nines else nines


def forms_of(frame: pd.DataFrame, delimiter: str = "") -> dict[str, NumberForm]:
    """The form of every column of a file; a guess becomes likely where other columns speak for it.

    Parameters
    ----------
    frame : DataFrame of str
    delimiter : str
        What parts the cells of the file: a semicolon speaks for decimal commas.
    """
    forms = {name: form_of(frame[name]) for name in frame}
    witnesses = {
        name: form
        for name, form in forms.items()
        if form.certainty is Certainty.PROVED
        and not form.is_mixed
        and form.n_numbers >= 0.8 * form.n_cells
        and "other" in form.evidence
    }
    return {
        name: _by_the_others(form, witnesses, delimiter)
        if form.certainty is Certainty.GUESS and not form.is_mixed
        else form
        for name, form in forms.items()
    }


def _by_the_others(
    form: NumberForm, witnesses: Mapping[str, NumberForm], delimiter: str
) -> NumberForm:
    said = {witness.decimal for witness in witnesses.values()}
    if len(said) == 1:
        (mark,) = said
        has_thousands = any(witness.thousands for witness in witnesses.values())
        why = f"columns that can only be read so: {', '.join(list(witnesses)[:5])}"
        if mark != form.decimal and not has_thousands:
            return replace(form, evidence=f"{form.evidence}; otherwise in {', '.join(witnesses)}")
    elif not said and delimiter == ";":
        mark, why = ",", "semicolons part the cells of the file"
    else:
        return form
    others = tuple(name for name, sign in READINGS.items() if sign != mark)
    certainty = Certainty.LIKELY
    if not said and mark != form.decimal:
        certainty, why = Certainty.GUESS, f"{why}, but {form.evidence}"
    return replace(form, decimal=mark, certainty=certainty, evidence=why, others=others)


def read(cells: pd.Series, form: NumberForm = EACH) -> pd.Series:
    """Numbers of a column that is written in this form; what is no number in it is missing.

    Per cent are figures as they are written ("21.99%" is 21.99); units such as k are multiplied.

    Returns
    -------
    Series of float64
    """
    values = _simple(cells, form.decimal)
    is_hard = cells.notna() & values.isna()
    if is_hard.any():
        hard = cells[is_hard]
        known = {cell: value_of(cell, form) for cell in hard.unique()}
        values = values.mask(is_hard, hard.astype("object").map(known).astype("float64"))
    return values.where(values.abs() < float("inf"))


def _simple(cells: pd.Series, decimal: str) -> pd.Series:
    """Values of the cells that have digits and marks alone, all at once; others are missing."""
    if decimal == ".":
        values = pd.to_numeric(cells, errors="coerce").astype("float64")
        rest = cells[values.isna()].dropna()
    else:
        values = pd.Series(float("nan"), index=cells.index, dtype="float64")
        rest = cells.dropna()
    other = "," if decimal == "." else "."
    grouped = rf"[+-]?(?:\d+|[1-9]\d{{0,2}}(?:[{other}]\d{{3}})+)(?:[{decimal}]\d+)?"
    rest = rest[rest.str.fullmatch(grouped) & (rest.str.len() <= _LONGEST)]
    if rest.empty:
        return values
    plain = rest.str.replace(other, "", regex=False).str.replace(decimal, ".", regex=False)
    return pd.to_numeric(plain).astype("float64").reindex(cells.index).fillna(values)


def shares(cells: pd.Series, form: NumberForm = EACH) -> pd.Series:
    """Shares of a column in this form: cells with the sign % are divided by a hundred."""
    values = read(cells, form)
    return values.where(~cells.str.contains("[%％]", na=False), values / 100)


def value_of(cell: str, form: NumberForm) -> float | None:
    """One cell as a number of this form."""
    plain = cell.strip() if len(cell) <= _LONGEST else ""
    if _PLAIN.fullmatch(plain) and (form.decimal == "." or "." not in plain):
        return float(plain)
    parts = parts_of(cell)
    if parts is None:
        return None
    decimal = sign_in(parts.body, form)
    if not decimal:
        return None
    grouped, _, rest = parts.body.partition(decimal)
    digits = re.sub(r"[ .,']", "", grouped)
    value = float(f"{digits or '0'}.{rest or '0'}") * parts.unit
    return -value if parts.is_negative else value


def sign_in(body: str, form: NumberForm) -> str:
    """The decimal sign that a number is read by; empty where it is none in this form."""
    possible = admitted(body)
    if form.decimal in possible:
        return form.decimal
    return next(iter(possible), "") if form.is_mixed else ""


def parts_of(cell: str) -> Parts | None:
    """What a cell is made of; None where it is no number in any form.

    Every step takes time in proportion to the cell's length, which is bounded.
    """
    if len(cell) <= _LONGEST and (written := _BARE.fullmatch(cell)):
        return Parts(
            written[2], bool(written[1]), "minus" if written[1] else "", "", 1.0, False, False
        )
    plain = _SPACES.sub(" ", cell).strip() if len(cell) <= 4 * _LONGEST else ""
    if not plain or len(plain) > _LONGEST:
        return None
    if not plain.isascii():
        plain = "".join(map(_ascii_digit, plain)).translate(_QUOTES)
    if not (parted := _PARTED.fullmatch(plain)):
        return None
    head, body, tail = parted.groups()
    if head[-1:] in (".", ",") and not currencies.meanings(head.split()[-1].lstrip(f"({_MINUS}+")):
        head, body = head[:-1], f"0{head[-1]}{body}"
    if not _BODY.fullmatch(body):
        return None
    if cents := _CENTS.match(tail):
        body, tail = f"{body}{tail[0]}00", tail[cents.end() :]
    elif tail[:1] in (".", ","):
        body, tail = f"{body}{tail[0]}0", tail[1:]
    return _with_words(body, head, tail)


@lru_cache(maxsize=4096)
def _ascii_digit(letter: str) -> str:
    if not letter.isascii():
        if letter.isdecimal():
            return str(unicodedata.decimal(letter))
        if "\uff01" <= letter <= "\uff5e":
            return chr(ord(letter) - 0xFEE0)
    return letter


def _with_words(body: str, head: str, tail: str) -> Parts | None:
    """The parts of a number from what stands before and behind its digits."""
    brackets = head.count("("), tail.count(")"), head.count(")"), tail.count("(")
    if brackets not in ((0, 0, 0, 0), (1, 1, 0, 0)):
        return None
    before = sum(map(head.count, _MINUS))
    behind = sum(map(tail.count, _MINUS))
    if before + behind + brackets[0] > 1 or head.count("+") + tail.count("+") > 1:
        return None
    side: set[str] = set()
    signs, unit, is_percent = [], 1.0, False
    for word in f"{head.translate(_NO_MARKS)} | {tail.translate(_NO_MARKS)}".split():
        plain = word.casefold().rstrip(".")
        if word == "|":
            continue
        if word == "%":
            is_percent = True
        elif plain in _OUT or plain in _IN or word in _LETTERS:
            side.add(_LETTERS.get(word, "out" if plain in _OUT else "in"))
        elif plain in _UNITS and unit == 1.0:
            unit = _UNITS[plain]
        elif currencies.meanings(word):
            signs.append(word)
        elif (split := _unit_and_sign(plain)) and unit == 1.0:
            unit = split[0]
            signs += split[1:]
        else:
            return None
    if len(signs) > 2 or len(side) > 1:
        return None
    has_minus = before + behind + brackets[0] > 0
    style = (
        "parentheses" if brackets[0] else "minus" if before else "minus behind" if behind else ""
    )
    is_out = "out" in side
    return Parts(
        body,
        has_minus or is_out,
        style or ("DR" if is_out else ""),
        " ".join(signs[:1]),
        unit,
        is_percent,
        bool(side) and has_minus,
        is_out,
    )


def _unit_and_sign(word: str) -> tuple[float, str] | None:
    """The unit and the currency of "k€" and "mEUR"."""
    for name in ("mio", "mrd", "bn", "mn", "k", "m", "b"):
        if word.startswith(name) and currencies.meanings(word[len(name) :]):
            return _UNITS[name], word[len(name) :]
    return None


def admitted(body: str) -> frozenset[str]:
    """The decimal signs that a number admits: both, one, or none where it is no number."""
    return frozenset(mark for mark in ".," if _is_number(body, mark))


def _is_number(body: str, decimal: str) -> bool:
    if body.count(decimal) > 1:
        return False
    whole, _, rest = body.partition(decimal)
    if not (rest.isdigit() or not rest):
        return False
    marks = {mark for mark in whole if not mark.isdigit()}
    if not marks:
        return True
    if len(marks) > 1:
        return False
    (mark,) = marks
    first, *groups = whole.split(mark)
    if first.startswith("0") or len(first) > 3:
        return False
    if all(len(group) == 3 for group in groups):
        return True
    lakh = all(len(group) == 2 for group in groups[:-1]) and len(groups[-1]) == 3
    return mark in ", " and lakh and len(first) <= 2 and len(groups) > 1


def _decimal_of(bodies: Counter[str]) -> NumberForm:
    """The decimal sign of a column's numbers, with what speaks for it."""
    sure: Counter[str] = Counter()
    open_bodies: Counter[str] = Counter()
    for body, n_cells in bodies.items():
        kinds = admitted(body)
        if len(kinds) == 1:
            sure[next(iter(kinds))] += n_cells
        elif "." in body or "," in body:
            open_bodies[body] = n_cells
    n = bodies.total()
    if len(sure) == 2:
        return _mixed(sure, bool(open_bodies), n)
    if sure:
        ((decimal, n_sure),) = sure.items()
        evidence = f"{n_sure:,} of {n:,} different cells cannot have the other decimal sign"
        return NumberForm(decimal, certainty=Certainty.PROVED, evidence=evidence)
    if not open_bodies:
        return NumberForm(evidence=f"no mark in {n:,} different numbers" if n else "no number")
    return _open(open_bodies, [body for body in bodies if body.isdigit()], n)


def _mixed(sure: Counter[str], has_open: bool, n: int) -> NumberForm:
    (decimal, most), (other, fewest) = sure.most_common()
    evidence = f"{most:,} of {n:,} different cells can only have one decimal sign, {fewest:,} only "
    evidence += "the other"
    if not has_open:
        return NumberForm(decimal, True, certainty=Certainty.LIKELY, evidence=evidence)
    names = {mark: name for name, mark in READINGS.items()}
    return NumberForm(
        decimal,
        True,
        certainty=Certainty.GUESS,
        evidence=f"{evidence}; others admit both",
        others=(names[other],),
    )


def _open(bodies: Counter[str], whole: list[str], n: int) -> NumberForm:
    """A column whose marks all have three figures behind them: decimals or thousands.

    Numbers without a mark speak for thousands where none has four figures, since a decimal sign
    would have been followed by "000" there, and the marked ones end in 0, which a program that
    leaves zeros out does not write. Both is weak: likely at most.
    """
    n_open = bodies.total()
    points = sum(n_cells for body, n_cells in bodies.items() if "." in body)
    mark = "." if 2 * points >= n_open else ","
    other = "," if mark == "." else "."
    names = {sign: name for name, sign in READINGS.items()}
    evidence = f"{n_open:,} of {n:,} different numbers have three figures behind one mark"
    is_one = points in (0, n_open)
    n_round = sum(n_cells for body, n_cells in bodies.items() if body.endswith("0"))
    is_long = any(len(body) > 3 for body in whole)
    if is_one and whole and not is_long and n_round:
        evidence += ", and those without a mark are below 1,000: it parts thousands"
        return NumberForm(
            other, certainty=Certainty.LIKELY, evidence=evidence, others=(names[mark],)
        )
    thousands = mark == "," or 2 * n_round >= n_open
    if is_long and not n_round:
        thousands = False
    decimal = other if thousands else mark
    others = (names["," if decimal == "." else "."],)
    return NumberForm(
        decimal,
        is_mixed=not is_one,
        certainty=Certainty.GUESS,
        evidence=f"{evidence}; it can part thousands or decimals",
        others=others,
    )
