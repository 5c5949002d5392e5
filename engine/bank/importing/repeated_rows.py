"""Files of payments that overlap in; rows that an earlier file has too, out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.importing.columns import rows_apart, signs
from engine.bank.importing.columns.column_matching import ACCOUNT, RUNNING_BALANCE, Match
from engine.bank.importing.columns.layout import PARSERS, Column
from engine.bank.importing.columns.mapping import directed
from engine.bank.importing.columns.unbooked import Apart
from engine.bank.quality import Findings
from engine.bank.reading import statements
from engine.bank.reading.raw_table import RawTable

KIND = "in another file"
LIKE = "like one in another file"
_LEAST = 3
"""Different payments that two files have alike, on all days that both cover, before nobody is
asked (own choice): one ticket bought on three days stands in the files of two cards as well."""
_WORDS = ("description", "merchant")
_TEXTS = (ACCOUNT, *_WORDS, "currency")
_SHARED = (*_TEXTS, RUNNING_BALANCE)
"""What tells payments apart where both files have it."""


@dataclass(frozen=True, eq=False)
class Repeats:
    """Payments that files have alike.

    Attributes
    ----------
    names : list of str
        The files, in their order.
    rows : DataFrame
        Payments of all of them: file (its number), line, customer, day, amount, size, texts,
        currency, running balance, and whose balance it is.
    forms : list of tuple
        The kinds of files: what of `_SHARED` they have, and the guess of which amounts go out.
    pairs : DataFrame
        later, earlier: positions in `rows`; is_proved: by the balance; is_told: by a text; form:
        of the earlier file.
    """

    names: list[str]
    rows: pd.DataFrame
    forms: list[tuple[frozenset[str], str]]
    pairs: pd.DataFrame


def found(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    told: Mapping[str, signs.Signs],
) -> Repeats | None:
    """Payments that several files have; None where fewer than two can have the same.

    Parameters
    ----------
    told : mapping
        Table -> which of its amounts go out.
    """
    names = [n for n in matches if n in told and _may_repeat(tables.get(n), matches[n])]
    if len(names) < 2:
        return None
    numbered = list(enumerate(names))
    parts = [_rows(tables[name], matches[name], told[name], number) for number, name in numbered]
    rows = pd.concat(parts, ignore_index=True)
    each = [_form(matches[name], told[name]) for name in names]
    forms = list(dict.fromkeys(each))
    rows["form"] = np.array([forms.index(form) for form in each])[rows["file"]]
    known = rows.dropna(subset=["customer", "day", "amount"])
    pairs = pd.concat([_pairs(known, forms, *two) for two in product(range(len(forms)), repeat=2)])
    pairs = pairs.sort_values(["is_proved", "later"], ascending=[False, True], kind="stable")
    return Repeats(names, rows, forms, pairs.drop_duplicates("later"))


def without_repeated(
    tables: Mapping[str, RawTable],
    repeats: Repeats | None,
    said: Mapping[str, Mapping[str, str]],
    findings: Findings,
) -> tuple[dict[str, RawTable], list[Decision]]:
    """Payments of several files without those that an earlier file has too.

    The balance after it proves that a payment is the same. Else it is, where both files have the
    same rows on all days that both cover, and enough of those differ; other equal payments count
    until a person says.

    Parameters
    ----------
    said : mapping
        Table -> kind of rows -> what the plan says of them.
    findings : Findings
        Takes the rows that are set apart.
    """
    tables, decisions = dict(tables), list[Decision]()
    if repeats is None:
        return tables, decisions
    numbers = repeats.rows["file"].loc[repeats.pairs["later"]].to_numpy()
    for number in np.unique(numbers):
        name = repeats.names[number]
        of_file, aparts = said.get(name, {}), list[Apart]()
        for apart in _aparts(repeats, repeats.pairs[numbers == number], number):
            reading = of_file.get(apart.kind, rows_apart.KEPT if apart.is_open else "")
            is_kept = reading == rows_apart.KEPT
            aparts.append(replace(apart, is_kept=is_kept))
            if not is_kept:
                findings.set_aside("transactions", tables[name].file, apart.lines, apart.kind)
                tables[name] = rows_apart.without_lines(tables[name], apart.lines)
        decisions += rows_apart.decisions(name, tables[name].file, aparts, of_file)
    return tables, decisions


def _may_repeat(raw: RawTable | None, match: Match) -> bool:
    """Whether a file holds payments that nothing but their content tells apart."""
    ours = set(match.columns.values())
    is_open = match.table == "transactions" and {"booked_at", "customer_id"} <= ours
    is_open &= "transaction_id" not in ours
    return is_open and raw is not None and not statements.holds_entries(raw)


def _form(match: Match, sign: signs.Signs) -> tuple[frozenset[str], str]:
    """What a file tells of a payment, and the guess of which amounts go out."""
    is_guess = sign.decision.certainty is Certainty.GUESS
    return frozenset(match.columns.values()) & set(_SHARED), (
        sign.decision.reading if is_guess else ""
    )


def amounts_of(raw: RawTable, sign: signs.Signs) -> pd.Series:
    """Amounts with their sign, to a hundredth of a cent."""
    how = Column(**sign.column)
    values = directed(PARSERS["number"](raw.frame[how.sources[0]]), raw.frame, how)
    return values.round(4) + 0.0


def _rows(raw: RawTable, match: Match, sign: signs.Signs, number: int) -> pd.DataFrame:
    """What tells one payment of a file from another."""
    theirs = {ours: column for column, ours in match.columns.items()}
    rows = pd.DataFrame({"file": number, "line": raw.lines})
    rows["customer"] = PARSERS["identity"](raw.frame[theirs["customer_id"]]).to_numpy(object)
    rows["whose"] = signs.whose(raw, {ours: [c] for ours, c in theirs.items()}).to_numpy(object)
    rows["day"] = PARSERS["time"](raw.frame[theirs["booked_at"]]).to_numpy()
    rows["amount"] = amounts_of(raw, sign).to_numpy()
    rows["size"] = rows["amount"].abs()
    for ours in _TEXTS:
        cells = PARSERS["text"](raw.frame[theirs[ours]]).fillna("") if ours in theirs else ""
        rows[ours] = cells if isinstance(cells, str) else cells.str.casefold().to_numpy(object)
    has = RUNNING_BALANCE in theirs
    left = PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE]]).to_numpy() if has else np.nan
    rows[RUNNING_BALANCE] = left
    return rows


def _alike(
    later: tuple[frozenset[str], str], earlier: tuple[frozenset[str], str]
) -> tuple[list[str], frozenset[str]]:
    """What equal payments of two kinds of files have alike, and what both files tell of them."""
    shared = later[0] & earlier[0]
    amount = "amount" if later[1] == earlier[1] else "size"
    return ["customer", "day", amount, *(ours for ours in _SHARED if ours in shared)], shared


def _counted(rows: pd.DataFrame, alike: list[str]) -> pd.DataFrame:
    """The same with the number of each among the equal payments of its file."""
    nth = rows.groupby([*alike, "file"], dropna=False, sort=False).cumcount()
    return rows.assign(nth=nth, position=rows.index)


def _pairs(
    rows: pd.DataFrame, forms: list[tuple[frozenset[str], str]], later: int, earlier: int
) -> pd.DataFrame:
    """Payments of files of one kind, each with the first that is equal in a file of another."""
    alike, shared = _alike(forms[later], forms[earlier])
    own, other = (_counted(rows[rows["form"] == form], alike) for form in (later, earlier))
    first = other.drop_duplicates([*alike, "nth"])[[*alike, "nth", "file", "position"]]
    both = own.merge(first, on=[*alike, "nth"], suffixes=("", "_first"))
    both = both[both["file_first"] < both["file"]]
    proved = both[RUNNING_BALANCE].notna() if RUNNING_BALANCE in shared else False
    return pd.DataFrame(
        {
            "later": both["position"],
            "earlier": both["position_first"],
            "is_proved": proved,
            "is_told": not shared.isdisjoint(_WORDS),
            "form": earlier,
        }
    )


def _aparts(repeats: Repeats, pairs: pd.DataFrame, number: int) -> list[Apart]:
    """Rows of a file that an earlier one has: proved, likely, and those to ask about."""
    lines, proved = repeats.rows["line"], pairs["is_proved"].to_numpy(bool)
    evidence = "day, amount, text and the balance after it stand in another file"
    aparts = [Apart(KIND, lines.loc[pairs.loc[proved, "later"]].to_numpy(), evidence, True)]
    for _, rest in pairs[~proved].groupby("form"):
        of_rest = lines.loc[rest["later"]].to_numpy()
        if rest["is_told"].all() and _overlaps(repeats, rest, number):
            evidence = "two files have the same rows on all days that both cover"
            aparts.append(Apart(KIND, of_rest, evidence, False))
        else:
            evidence = "another file has a row like it, and no balance tells whether it is the same"
            aparts.append(Apart(LIKE, of_rest, evidence, False, True, True))
    return [apart for apart in aparts if len(apart.lines)]


def _overlaps(repeats: Repeats, pairs: pd.DataFrame, number: int) -> bool:
    """Whether all rows of a file on the days that it shares with earlier ones stand in those, and
    enough of them differ."""
    rows = repeats.rows
    own = rows[rows["file"] == number]
    alike, _ = _alike(repeats.forms[own["form"].iloc[0]], repeats.forms[pairs["form"].iloc[0]])
    earlier = rows[rows["file"].isin(rows["file"].loc[pairs["earlier"]].unique())]
    first = max(own["day"].min(), earlier["day"].min())
    last = min(own["day"].max(), earlier["day"].max())
    shared = [_counted(part[part["day"].between(first, last)], alike) for part in (own, earlier)]
    theirs = shared[1][[*alike, "nth"]].drop_duplicates()
    same = shared[0].merge(theirs, on=[*alike, "nth"])
    n_different = len(same[["size", *_WORDS]].drop_duplicates())
    is_more = shared[0]["day"].min() < shared[0]["day"].max() and n_different >= _LEAST
    return bool(is_more and len(same) == len(shared[0]) == len(theirs))
