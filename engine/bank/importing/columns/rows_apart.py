"""A matched raw table in, its rows of data out; totals, headers, unbooked rows are set apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision, counted
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.column_matching import BALANCE, RUNNING_BALANCE, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.importing.columns.unbooked import Apart, unbooked
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

SET_APART, KEPT = "set apart", "kept"
"""What a plan says of rows of one kind."""

_TOTAL = re.compile(
    r"\W*(?:grand |sub[ -]?|net |final )?(?:totals?|summe|gesamt(?:summe|betrag)?|zwischensumme|"
    r"saldo|suma|razem|totale?|total g[eé]n[eé]ral|celkem|итого|toplam)\b[^\d]{0,20}",
    re.IGNORECASE,
)
_BALANCE_ROW = re.compile(
    r"\W*(?:(?:opening|closing|starting|beginning|ending|previous|initial|final) "
    r"(?:account )?balance|"
    r"balance (?:brought|carried) (?:forward|down)|balance [bc]/[fd]|brought forward|"
    r"carried forward|(?:ancien|nouveau) solde|solde (?:initial|final|pr[eé]c[eé]dent)|"
    r"(?:anfangs|end|schluss)saldo|(?:alter|neuer) (?:konto)?(?:stand|saldo)|saldo (?:inicial|"
    r"final|anterior|iniziale|finale|precedente))\b|s ?a ?l ?d ?o(?: do dia| dispon[ií]vel)?\W*$",
    re.IGNORECASE,
)
_BARE_BALANCE = re.compile(
    rf"(?:{_BALANCE_ROW.pattern})(?: (?:as of|on|at|am|per|au|al|em|del?|do|a))?[\W\d]*",
    re.IGNORECASE,
)
"""The same and nothing else but a day: "final balance for the sofa" is a payment."""
_PERIOD_WORDS = frozenset({"month", "period", "snapshot", "asof", "report", "reporting", "date"})
_SNAPSHOT_DAYS = frozenset(
    {"as_of", "as_of_date", "balance_date", "date", "month", "period", "report_date"}
    | {"reporting_date", "snapshot", "snapshot_date"}
)
"""Names of the day of a snapshot of an account: other days are about the account."""
_LABEL_LETTERS = 60
_CENT = 0.005
_LEFT_WORDS = frozenset(
    {"balance", "outstanding", "saldo", "kontostand", "solde", "owed", "arrears"}
)
"""Words in names of columns of what is left of an account or a holding."""
_NOT_PLAIN = r"[^\x00-\x7f]|\("
"""What a name may lose besides case and marks: an accent, a currency in brackets."""
_LEAST_NAMES = 3
"""Different names of columns that make a row the header of a second table (own choice)."""
_ONE_ROW_EACH = frozenset({"customers", "accounts", "products"})
_HAS_TIME = r"\d:\d\d"


def split(
    raw: RawTable, match: Match, said: Mapping[str, str] | None = None
) -> tuple[RawTable, list[Apart]]:
    """Set apart what is no data.

    Parameters
    ----------
    raw : RawTable
    match : Match
    said : mapping of str to str, optional
        Kind -> SET_APART or KEPT, as a plan says.

    Returns
    -------
    RawTable
        The rows that count, in their order.
    list of Apart
        One entry a kind, in the order in which they were looked for.
    """
    aparts: list[Apart] = []
    for kind, reading in (said or {}).items():
        if reading not in (SET_APART, KEPT):
            raise BadInput(
                f"The plan says of rows of {raw.file} ({kind}) that they are {reading!r}; "
                f"they can be {SET_APART!r} or {KEPT!r}."
            )
    steps = (_headers, _second_table, _totals, _balance_rows, unbooked)
    for step in (*steps, _ended_holdings, _duplicates, _snapshots):
        for apart in step(raw, match):
            reading = (said or {}).get(apart.kind, KEPT if apart.is_open else SET_APART)
            is_kept = reading == KEPT
            if len(apart.lines):
                aparts.append(replace(apart, is_kept=is_kept))
                raw = raw if is_kept else without_lines(raw, apart.lines)
    return raw, aparts


def decisions(
    source: str, file: str, aparts: Sequence[Apart], said: Mapping[str, str]
) -> list[Decision]:
    """What rows were set apart, or kept because a plan says so; each kind can be said otherwise."""
    made = []
    for apart in aparts:
        rows = counted(len(apart.lines), "row")
        certainty, evidence = Certainty.LIKELY, apart.evidence
        others: tuple[str, ...] = ()
        if apart.is_open and apart.is_kept:
            reading, choices = f"{rows} counted: {apart.kind}", (KEPT, SET_APART)
        elif apart.is_kept:
            reading, choices = f"{rows} kept, although of the kind {apart.kind}", (KEPT, SET_APART)
        else:
            reading, choices = f"{rows} set apart: {apart.kind}", (SET_APART, KEPT)
        if apart.is_kept and apart.is_proved:
            certainty, others = Certainty.GUESS, (SET_APART,)
            evidence = f"the plan says so, but {apart.evidence}"
        elif apart.is_open and apart.kind not in said:
            certainty, others = Certainty.GUESS, (SET_APART,)
        elif apart.kind in said or apart.is_proved:
            certainty, evidence = Certainty.PROVED, SAID if apart.kind in said else evidence
        answer = Answer(source, "rows", apart.kind, choices)
        made.append(Decision(file, "", "rows", reading, certainty, evidence, others, answer))
    return made


def without_lines(raw: RawTable, lines: np.ndarray) -> RawTable:
    """The same table without the rows of some lines."""
    kept = ~np.isin(raw.lines, lines)
    return replace(raw, frame=raw.frame[kept].reset_index(drop=True), lines=raw.lines[kept])


def _headers(raw: RawTable, match: Match) -> list[Apart]:
    """Rows that repeat the names of the columns."""
    columns = list(match.columns)[:6]
    same = sum(
        (raw.frame[c].str.strip().str.lower() == c.strip().lower()).fillna(False).astype(int)
        for c in columns
    )
    needed = max(2, (len(columns) + 1) // 2)
    rows = np.asarray(same >= needed) if columns else np.zeros(len(raw.lines), dtype=bool)
    return [Apart("repeated header", raw.lines[rows], "the names of the columns again", True)]


def _totals(raw: RawTable, match: Match) -> list[Apart]:
    """Rows that are called a total, and that add up or say little else."""
    theirs = {ours: column for column, ours in match.columns.items()}
    keys = {theirs.get("customer_id"), theirs.get("account"), raw.frame.columns[0]}
    if match.table == "transactions":
        keys |= {theirs.get("description"), theirs.get("booked_at")}
    if match.table in ("products", "customers"):
        keys |= {theirs.get("product_id"), theirs.get("name")}
    called = _labelled(raw.frame, keys - {None}, _TOTAL, whole=True)
    if "booked_at" in theirs and called.any():
        called &= PARSERS["time"](raw.frame[theirs["booked_at"]]).isna()
    if not called.any():
        return []
    adds_up = _adds_up(raw.frame, called, match)
    others = [c for c in match.columns if c not in keys]
    empty = raw.frame[others].apply(PARSERS["text"]).isna().mean(axis="columns")
    sure = called & adds_up
    likely = called & ~adds_up & (empty >= 0.5)
    return [
        Apart("totals row", raw.lines[sure], "its figures are the sums of the rows above", True),
        Apart("totals row", raw.lines[likely], "it is called so and says little else", False),
    ]


def _adds_up(frame: pd.DataFrame, called: pd.Series, match: Match) -> pd.Series:
    """Which of the rows called a total hold the sum of the rows above, in a column of numbers."""
    kinds = TABLES[match.table]
    numeric = [c for c, ours in match.columns.items() if kinds.get(ours, "number") == "number"]
    proved = pd.Series(False, index=frame.index)
    for column in numeric:
        values = PARSERS["number"](frame[column])
        parts = values.mask(called).fillna(0.0)
        so_far = parts.cumsum()
        since_last = so_far - so_far.where(called).shift().ffill().fillna(0.0)
        has_parts = (parts != 0).cumsum().ge(1) & (~called).cumsum().ge(2)
        same = (values - so_far).abs().lt(_CENT) | (values - since_last).abs().lt(_CENT)
        proved |= called & same & has_parts
    return proved


def _labelled(
    frame: pd.DataFrame, columns: set[str | None], pattern: re.Pattern[str], *, whole: bool
) -> pd.Series:
    """Rows that have a label of a kind in one of some columns."""
    labelled = pd.Series(False, index=frame.index)
    match = pattern.fullmatch if whole else pattern.match
    for column in columns:
        cells = frame[column].str.strip()
        distinct = cells.dropna().unique().to_numpy(dtype=object)
        texts = [t for t in distinct if len(t) <= _LABEL_LETTERS and match(t)]
        labelled |= cells.isin(texts)
    return labelled


def _balance_rows(raw: RawTable, match: Match) -> list[Apart]:
    """Opening and closing balances between transactions: rows without a payment."""
    if match.table != "transactions":
        return []
    texts = [c for c, ours in match.columns.items() if TABLES["transactions"].get(ours) == "text"]
    date = [c for c, ours in match.columns.items() if ours == "booked_at"]
    called = _labelled(raw.frame, {*texts, *date}, _BALANCE_ROW, whole=False)
    if not called.any():
        return []
    money = [c for c, ours in match.columns.items() if ours in ("amount", "money in", "money out")]
    amounts = raw.frame[money].apply(PARSERS["number"])
    nothing_paid = amounts.fillna(0.0).eq(0.0).all(axis="columns")
    balance = [c for c, ours in match.columns.items() if ours == RUNNING_BALANCE]
    if balance:
        left = PARSERS["number"](raw.frame[balance[0]])
        nothing_paid |= amounts.sub(left, axis="index").abs().lt(_CENT).any(axis="columns")
    rows, kind = called & nothing_paid, "opening or closing balance"
    aparts = [Apart(kind, raw.lines[rows], "a balance without a payment", True)]
    if not balance:  # the balance itself stands where the amounts stand
        rows = _labelled(raw.frame, {*texts, *date}, _BARE_BALANCE, whole=True) & ~nothing_paid
        evidence = "it is called so, and no column holds the balance"
        aparts.append(Apart(kind, raw.lines[rows], evidence, False))
    return aparts


def _second_table(raw: RawTable, _match: Match) -> list[Apart]:
    """Rows of another table below the first: from a row on that holds names of other columns."""
    named = [cell for cell in _maybe_names(raw.frame.iloc[:, 0]) if _is_name(cell)]
    if not named:
        return []
    kind, maybe = "a second table below", list[Apart]()
    for position in np.flatnonzero(raw.frame.iloc[:, 0].isin(named).to_numpy()):
        cells = PARSERS["text"](raw.frame.iloc[position]).dropna()
        names = {synonyms.normal(cell) for cell in cells}
        if len(names) < 2 or not position or not all(map(_is_name, cells)):
            continue
        lines = raw.lines[position:]
        evidence = f"line {lines[0]:,} holds the names of other columns"
        above, below = raw.frame.iloc[:position], raw.frame.iloc[position + 1 :]
        has_key = not synonyms.KEY_NAMES.isdisjoint(names)
        if len(names) >= _LEAST_NAMES and has_key and _shapes(above) != _shapes(below):
            return [Apart(kind, lines, evidence, False)]
        maybe = maybe or [Apart(kind, lines, evidence, False, True, True)]
    return maybe


def _shapes(frame: pd.DataFrame) -> list[str]:
    """What most of the cells of each column are: numbers, days, other texts, or nothing."""
    shapes = []
    for column in frame:
        said = PARSERS["text"](frame[column]).dropna().head(200)
        kinds = [kind for kind in ("number", "time") if PARSERS[kind](said).notna().mean() > 0.5]
        shapes.append((kinds or ["text"])[0] if len(said) else "")
    return shapes


def _maybe_names(cells: pd.Series) -> pd.Series:
    """The distinct cells that `_is_name` may hold of: a first column is mostly numbers of rows,
    which are no names once all but letters and digits is left out of both."""
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    distinct = distinct[distinct.str.len() <= _LABEL_LETTERS]
    is_plain = ~distinct.str.contains(_NOT_PLAIN)
    bare = distinct.str.lower().str.replace(r"[^a-z0-9]", "", regex=True)
    return distinct[~is_plain | bare.isin(_bare_names())]


@cache
def _bare_names() -> frozenset[str]:
    return frozenset(name.replace("_", "") for name in synonyms.NAMES)


def _is_name(cell: str) -> bool:
    """Whether a cell is called like a column that is known."""
    return len(cell) <= _LABEL_LETTERS and synonyms.normal(cell) in synonyms.NAMES


def _ended_holdings(raw: RawTable, match: Match) -> list[Apart]:
    return _ended(raw, match) if match.table == "holdings" else []


def without_ended(
    raw: RawTable, match: Match, said: Mapping[str, str]
) -> tuple[RawTable, list[Apart]]:
    """Accounts without those that are no more; only once the owners of payments are known."""
    aparts = []
    for apart in _ended(raw, match):
        is_kept = said.get(apart.kind, KEPT if apart.is_open else SET_APART) == KEPT
        aparts.append(replace(apart, is_kept=is_kept))
        raw = raw if is_kept else without_lines(raw, apart.lines)
    return raw, aparts


def _ended(raw: RawTable, match: Match) -> list[Apart]:
    """Rows of which a column of states says that they are no more, where no day says when they
    ended. Those with money left count until a person says."""
    if "closed_on" in match.columns.values():
        return []
    left, aparts = _has_money_left(raw, match), []
    for column in raw.frame:
        name = synonyms.spelled(synonyms.normal(column))
        if column in match.columns or name not in synonyms.STATE_NAMES:
            continue
        rows = raw.frame[column].str.strip().str.lower().isin(synonyms.ENDED).to_numpy(bool)
        kind, evidence = f"ended, by {column}", f"column {column} says so"
        if (rows & ~left).any():
            aparts.append(Apart(kind, raw.lines[rows & ~left], evidence, False))
        if (rows & left).any():
            kind, evidence = f"{kind}, with money left", f"{evidence}, and the balance is not 0"
            aparts.append(Apart(kind, raw.lines[rows & left], evidence, False, True, True))
    return aparts


def _has_money_left(raw: RawTable, match: Match) -> np.ndarray:
    """Rows with a figure other than 0 in a column of a balance, or of what is owed."""
    rows = np.zeros(len(raw.lines), dtype=bool)
    for column in raw.frame:
        words = synonyms.spelled(synonyms.normal(column)).split("_")
        if match.columns.get(column) in ("balance", BALANCE) or not _LEFT_WORDS.isdisjoint(words):
            rows |= PARSERS["number"](raw.frame[column]).fillna(0.0).ne(0.0).to_numpy(bool)
    return rows


def _duplicates(raw: RawTable, match: Match) -> list[Apart]:
    """Rows that repeat another in every cell, where no two rows of data can be alike."""
    ours = set(match.columns.values())
    told_apart = match.table in _ONE_ROW_EACH or not ours.isdisjoint(
        {"transaction_id", "message_id", "event_id"}
    )
    if not told_apart and match.table == "transactions" and not _has_proof_of_order(raw, match):
        return []
    if not told_apart and match.table != "transactions":
        return []
    rows = raw.frame.duplicated().to_numpy()
    return [Apart("exact duplicate", raw.lines[rows], "every cell stands in a row above", True)]


def _has_proof_of_order(raw: RawTable, match: Match) -> bool:
    """Whether rows have a time of day or the balance after them: equal payments differ in it."""
    for column, ours in match.columns.items():
        if ours == RUNNING_BALANCE:
            return True
        if ours == "booked_at" and raw.frame[column].head(200).str.contains(_HAS_TIME).any():
            times = PARSERS["time"](raw.frame[column].head(200)).dropna()
            return bool((times != times.dt.normalize()).mean() >= 0.9)
    return False


def snapshot_column(raw: RawTable, match: Match) -> str | None:
    """The column that says of which month a row about a customer is, where each has several."""
    theirs = {ours: column for column, ours in match.columns.items()}
    key = _key_of(match, theirs)
    if not key or not (ids := raw.frame[theirs[key]]).duplicated().any():
        return None
    for column in raw.frame.columns:
        if match.table == "accounts" and synonyms.normal(column) not in _SNAPSHOT_DAYS:
            continue
        words = set(synonyms.normal(column).replace("as_of", "asof").split("_"))
        is_free = column not in match.columns or match.columns[column] == "as_of"
        if not is_free or words.isdisjoint(_PERIOD_WORDS):
            continue
        days = PARSERS["time"](raw.frame[column])
        once_each = not pd.DataFrame({"id": ids, "day": days}).duplicated().any()
        if days.notna().all() and days.min() < days.max() and once_each:
            return column
    return None


def _key_of(match: Match, theirs: Mapping[str, str]) -> str:
    """What a file has one row of a day for, if it is one of snapshots; empty for other files."""
    if match.table == "customers":
        return "customer_id" if "customer_id" in theirs else ""
    if match.table != "accounts" or "account_id" in theirs:
        return "account_id" if match.table == "accounts" else ""
    return "" if "kind" in theirs or "customer_id" not in theirs else "customer_id"


def _snapshots(raw: RawTable, match: Match) -> list[Apart]:
    """Earlier months of customers that stand in a file once a month; the latest counts."""
    column = snapshot_column(raw, match)
    if column is None:
        return []
    theirs = {ours: c for c, ours in match.columns.items()}
    ids = raw.frame[theirs[_key_of(match, theirs)]]
    days = PARSERS["time"](raw.frame[column])
    earlier = days < days.groupby(ids).transform("max")
    what = "a customer" if match.table == "customers" else "an account"
    evidence = f"column {column} has a later day for the same {what.split()[1]}"
    return [Apart(f"earlier snapshot of {what}", raw.lines[earlier], evidence, True)]


def months_of(raw: RawTable, match: Match) -> tuple[RawTable, Match] | None:
    """Balances by month from monthly snapshots of customers; None where there are none."""
    theirs: Mapping[str, str] = {ours: column for column, ours in match.columns.items()}
    column = snapshot_column(raw, match)
    if column is None or match.table != "customers" or BALANCE not in theirs:
        return None
    kept = [theirs["customer_id"], column, theirs[BALANCE]]
    months = replace(
        raw, name=f"{raw.name} by month", frame=raw.frame[kept], bad_lines=(), n_bad_lines=0
    )
    return months, Match(
        "months", dict(zip(kept, ("customer_id", "month", "balance"), strict=True))
    )
