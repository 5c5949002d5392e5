"""Statements of an account under its number and its IBAN in; the same under one name, or asked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from engine.bank.decision import KEPT, SAID, Answer, Certainty, Decision
from engine.bank.importing.columns.identifiers import is_iban, keyed_hash
from engine.bank.reading import statements
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput

ONE, TWO = "one account", "two accounts"
"""What a number at the end of an IBAN may be: the same account, or that of another bank."""
_LEAST_DIGITS = 6
"""Digits of an account's number, zeros before them left out (own choice)."""
_LEAST_ENTRIES = 3
"""Entries of common days that have to be the same in both, and none otherwise (own choice)."""


@dataclass(frozen=True, eq=False)
class Joined:
    """Statements in which each account has one name.

    Attributes
    ----------
    tables : dict of str to RawTable
    decisions : list of Decision
        What says that two names are one account, or two.
    known : dict of str to str
        Keyed hash of a pair of names -> `ONE` or `TWO`, of every pair that was proved or answered.
    """

    tables: dict[str, RawTable]
    decisions: list[Decision] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)


def joined(
    tables: Mapping[str, RawTable],
    said: str,
    known: Mapping[str, str],
    key: Callable[[], bytes],
) -> Joined:
    """Give each account one name.

    Parameters
    ----------
    tables : mapping of str to RawTable
        With whole numbers of accounts.
    said : str
        What a plan says of all that the entries do not prove; empty where it says nothing.
    known : mapping of str to str
        `Joined.known` of earlier imports: such a pair is not asked about again, unless entries
        now speak against it.
    key : callable
        Gives the key of the hash; asked only where there is such a pair.
    """
    for one in (said, *known.values()):
        if one not in ("", ONE, TWO):
            raise BadInput(
                f"The plan says that accounts are {one!r}; they can be {ONE!r} or {TWO!r}."
            )
    tables, decisions, told = dict(tables), [], {}
    names = [name for name, raw in tables.items() if statements.is_of_entries(raw)]
    if len(names) < 2:
        return Joined(tables)
    entries = pd.concat([tables[name].frame for name in names], keys=names)
    entries = entries[entries["status"] == statements.BOOKED]
    for number, iban in _pairs(entries["account_number"].dropna().unique()):
        one, other = (entries[entries["account_number"] == each] for each in (iban, number))
        pair = keyed_hash(f"{_plain(iban)} {_plain(number)}", key())
        decision = _decided(one, other, said, known.get(pair, ""), tables)
        decisions.append(decision)
        if decision.certainty is Certainty.PROVED:
            told[pair] = decision.reading
        if decision.reading == ONE:
            tables = statements.joined(_renamed(tables, number, iban, one, other))[0]
    return Joined(tables, decisions, told)


def _pairs(accounts: list[str]) -> list[tuple[str, str]]:
    """Numbers and the one IBAN that ends in each, of the same bank where a number names it."""
    ibans = [account for account in accounts if is_iban(account)]
    pairs = []
    for account in accounts:
        bank, _, own = account.rpartition("/")
        number = re.sub(r"\D", "", own).lstrip("0")
        ends = [i for i in ibans if _plain(i).endswith(number) and _plain(bank) in _plain(i)[4:]]
        if account not in ibans and len(number) >= _LEAST_DIGITS and len(ends) == 1:
            pairs.append((account, ends[0]))
    return pairs


def _plain(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()


def _decided(
    one: pd.DataFrame,
    other: pd.DataFrame,
    said: str,
    known: str,
    tables: Mapping[str, RawTable],
) -> Decision:
    """Whether the entries of two names on common days are the same; `known` is of earlier files."""
    first = max(part["booked_at"].min() for part in (one, other))
    last = min(part["booked_at"].max() for part in (one, other))
    common = [
        part.loc[part["booked_at"].between(first, last), ["booked_at", "amount"]]
        for part in (one.assign(amount=_sizes(one)), other.assign(amount=_sizes(other)))
    ]
    counts = [part.value_counts().sort_index() for part in common]
    n, is_same = len(common[0]), counts[0].equals(counts[1])
    iban, number = (_plain(str(part["account_number"].iloc[0])) for part in (one, other))
    about = f"the number ****{number[-4:]} is the end of the IBAN ****{iban[-4:]}"
    reading, certainty = TWO, Certainty.GUESS
    evidence = f"{about}, and no {_LEAST_ENTRIES} entries of common days tell"
    if n >= _LEAST_ENTRIES and is_same:
        reading, certainty = ONE, Certainty.PROVED
        evidence = f"{about}, and all {n:,} entries of their common days are the same"
    elif said:
        reading, certainty, evidence = said, Certainty.PROVED, SAID
    elif n >= _LEAST_ENTRIES:
        evidence = f"{about}, but entries of common days differ"
        if known == ONE:
            evidence = f"earlier files said that they are one; {evidence}"
        else:
            certainty = Certainty.LIKELY
    elif known:
        reading, certainty, evidence = known, Certainty.PROVED, KEPT
    files = dict.fromkeys(tables[name].file for name, _ in (*one.index, *other.index))
    others = () if certainty is Certainty.PROVED else (ONE,)
    choices = tuple(dict.fromkeys((reading, TWO, ONE)))
    answer = Answer("", "accounts", "", choices)
    return Decision(", ".join(files), "", "accounts", reading, certainty, evidence, others, answer)


def _sizes(entries: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(entries["amount"])


def _renamed(
    tables: Mapping[str, RawTable], number: str, iban: str, one: pd.DataFrame, other: pd.DataFrame
) -> dict[str, RawTable]:
    """Tables with the IBAN for the number; of equal entries of a day as many as either has."""
    keys = ["booked_at", "amount"]
    held = one.assign(amount=_sizes(one)).groupby(keys).size().rename("n").reset_index()
    theirs = other.assign(amount=_sizes(other))
    nth = theirs.groupby(keys).cumcount().to_numpy()
    n = theirs[keys].merge(held, "left", keys)["n"].fillna(0).to_numpy()
    again = other.index[nth < n]
    renamed = {}
    for name, raw in tables.items():
        frame = raw.frame
        if "account_number" in frame and (frame["account_number"] == number).any():
            frame = frame.assign(account_number=frame["account_number"].replace(number, iban))
            rows = [row for table, row in again if table == name]
            if rows:
                status = frame["status"].mask(frame.index.isin(rows), statements.REPEATED)
                frame = frame.assign(status=status)
            balances = {iban if a == number else a: said for a, said in raw.balances.items()}
            raw = replace(raw, frame=frame, balances=balances)
        renamed[name] = raw
    return renamed
