"""Amounts of a matched file in; which of them come in and which go out, and what proves it, out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from engine.bank.decision import SAID, Certainty, Decision
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.balance_proofs import CENT, Proof, proof_of, prove, steps_of
from engine.bank.importing.columns.column_matching import (
    ACCOUNT,
    IN_OR_OUT,
    MONEY_IN,
    MONEY_OUT,
    RUNNING_BALANCE,
    Match,
)
from engine.bank.importing.columns.layout import PARSERS, Column
from engine.bank.importing.columns.mapping import directed
from engine.bank.parsing import directions
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput

DIRECTION = "in or out, by the balance"
"""Column that is added to a raw table where nothing but its running balance tells the sign."""

_AGREE = 0.8
"""Share of the rows with a word such as "salary" that have to agree with the sign."""
_LEAST_TOLD = 3
"""Rows with "refund" and a minus that turn all signs without a question (own choice): a shop's."""
_FEW_FIRST = 0.1
"""Share of the rows whose sign may follow from that of the others (own choice)."""
_LINES_NAMED = 10
"""Rows without a running balance that are named one by one (own choice)."""

_AS_WRITTEN = "negative is out"
_REVERSED = "positive is out"
_ALL_OUT = "all go out"
_ALL_IN = "all come in"
_BY_WORDS = "as the words say"
_BY_STEPS = "as the balance says"
_FIRST_ROWS = "the same with first rows of an account the other way"
_MINUS = ", a minus "


@dataclass(frozen=True, eq=False)
class Signs:
    """How the amounts of a file are read.

    Attributes
    ----------
    raw : RawTable
        With the column DIRECTION where the balance alone tells the sign.
    column : mapping
        What the layout says of our column `amount`.
    decision : Decision
    proof : Proof or None
    choices : tuple of str
        What a plan may say, this reading first.
    """

    raw: RawTable
    column: Mapping[str, Any]
    decision: Decision
    proof: Proof | None
    choices: tuple[str, ...] = ()


def decide(raw: RawTable, match: Match, chosen: str = "") -> Signs | None:
    """Which amounts go out; None for a file without amounts.

    Parameters
    ----------
    raw : RawTable
    match : Match
    chosen : str
        The reading that a plan gives; empty where the file has to tell.

    Raises
    ------
    BadInput
        If the file does not admit the chosen reading.
    """
    theirs: dict[str, list[str]] = {}
    for column, ours in match.columns.items():
        theirs.setdefault(ours, []).append(column)
    candidates = _with_refunds(raw, _candidates(theirs))
    if not candidates:
        return None
    chosen = _as_named_here(chosen, candidates)
    told = _told_by_file(raw, match, theirs, candidates)
    own = told.decision.reading
    others = dict(candidates)
    needs_more = own in (_ALL_OUT, _BY_WORDS) or chosen not in ("", *others)
    if _AS_WRITTEN in candidates and needs_more:
        others |= {_ALL_OUT: candidates[_REVERSED], _ALL_IN: candidates[_AS_WRITTEN]}
        others[_BY_WORDS] = {**candidates[_AS_WRITTEN], "direction": DIRECTION}
    choices = tuple(dict.fromkeys([chosen or own, own, *others]))
    if not chosen or chosen == own:
        return replace(_by_plan(told) if chosen else told, choices=choices)
    if chosen not in others:
        raise BadInput(
            f"The plan no longer fits: amounts of {raw.file} cannot be read as {chosen!r}; "
            f"they can be read as {', '.join(choices[1:])}."
        )
    if chosen == _BY_WORDS:
        raw = _by_words(raw, _expected(raw, match))
    return replace(_against(raw, told, others[chosen], chosen), choices=choices)


def _against(raw: RawTable, told: Signs, how: Mapping[str, Any], chosen: str) -> Signs:
    """Signs as a plan says, where the file tells something else."""
    if told.proof is not None and chosen not in told.decision.others:
        evidence = f"the plan says so, but {told.proof.words} otherwise"
        others = (told.decision.reading,)
        return _signs(raw, how, chosen, Certainty.GUESS, evidence, others, told.proof)
    return _signs(raw, how, chosen, Certainty.PROVED, SAID, (), told.proof)


def _by_plan(told: Signs) -> Signs:
    """The same reading, which a plan gives as well."""
    if told.decision.certainty is Certainty.PROVED:
        return told
    decision = replace(told.decision, certainty=Certainty.PROVED, evidence=SAID, others=())
    return replace(told, decision=decision)


def _told_by_file(
    raw: RawTable,
    match: Match,
    theirs: Mapping[str, Sequence[str]],
    candidates: Mapping[str, dict[str, Any]],
) -> Signs:
    if raw.signed and _AS_WRITTEN in candidates:
        written = candidates[_AS_WRITTEN]
        return _signs(raw, written, _AS_WRITTEN, Certainty.PROVED, raw.signed)
    amounts = {
        reading: directed(PARSERS["number"](raw.frame[how["from"][0]]), raw.frame, Column(**how))
        for reading, how in candidates.items()
    }
    if RUNNING_BALANCE in theirs:
        proved = _by_balance(raw, match, theirs, candidates, amounts)
        if proved is not None:
            return proved
    first = next(iter(candidates))
    if _AS_WRITTEN in candidates and (proved := _by_two_columns(raw, theirs, candidates, amounts)):
        return proved
    if first in (_AS_WRITTEN, _REVERSED) or _says_nothing(raw, theirs, amounts):
        return _by_content(raw, match, candidates, amounts[_AS_WRITTEN])
    certainty, evidence = Certainty.LIKELY, "a column says of each amount which way it goes"
    others = tuple(candidates)[1:] if _AS_WRITTEN not in candidates else ()
    if others:
        certainty, evidence = Certainty.GUESS, "some of the amounts in a column have a minus"
    if IN_OR_OUT in theirs and "direction" in candidates[first]:
        form = directions.form_of(raw.frame[theirs[IN_OR_OUT][0]])
        certainty, evidence = form.certainty, form.evidence
        others = tuple(f"{word} comes in" for word in form.unknown[:5])
    return _signs(raw, candidates[first], first, certainty, evidence, others)


def _candidates(theirs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Readings of the amounts -> what the layout would say, the likeliest first."""
    plain: dict[str, Any] = {"from": list(theirs.get("amount", ())), "parse": "number"}
    if "amount" not in theirs and MONEY_IN in theirs:
        out = theirs.get(MONEY_OUT, [""])[0]
        reading = f"{theirs[MONEY_IN][0]} comes in" + (f", {out} goes out" if out else "")
        return {reading: {**plain, "from": list(theirs[MONEY_IN]), "out": out}}
    if "amount" not in theirs and MONEY_OUT in theirs:
        gone = {**plain, "from": list(theirs[MONEY_OUT]), "reverse": True}
        return {f"{theirs[MONEY_OUT][0]} goes out": gone}
    if "amount" not in theirs:
        return {}
    candidates = {_AS_WRITTEN: plain, _REVERSED: {**plain, "reverse": True}}
    if IN_OR_OUT in theirs:
        told = {**plain, "direction": theirs[IN_OR_OUT][0]}
        return {f"as {theirs[IN_OR_OUT][0]} says": told, **candidates}
    return candidates


def _with_refunds(
    raw: RawTable, candidates: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The same, with both readings of a minus where a column of one side has it in some cells."""
    if len(candidates) != 1:
        return candidates
    ((reading, how),) = candidates.items()
    shares = []
    for column in filter(None, (how["from"][0], how.get("out", ""))):
        said = PARSERS["number"](raw.frame[column])
        said = said[said.notna() & (said != 0)]
        shares.append(float((said < 0).mean()) if len(said) else 0.0)
    if not any(0 < share < 1 for share in shares):
        return {reading: {**how, "minus": "nothing"}} if max(shares) == 1 else candidates
    taken_back = {f"{reading}{_MINUS}takes back": {**how, "minus": "back"}}
    sizes = {f"{reading}{_MINUS}says nothing": {**how, "minus": "nothing"}}
    return {**taken_back, **sizes} if max(shares) < 0.5 else {**sizes, **taken_back}


def _as_named_here(chosen: str, candidates: Mapping[str, Any]) -> str:
    """The reading of an earlier plan in a file that has a minus more, or none any more.

    Empty, so that the file tells, where the plan knew of no minus.
    """
    plain = chosen.partition(_MINUS)[0]
    if chosen in candidates or not any(reading.startswith(plain) for reading in candidates):
        return chosen
    return plain if plain in candidates else ""


def _by_two_columns(
    raw: RawTable,
    theirs: Mapping[str, Sequence[str]],
    candidates: Mapping[str, dict[str, Any]],
    amounts: Mapping[str, pd.Series],
) -> Signs | None:
    """Signs of an amount beside columns of money in and money out that say the same again."""
    if MONEY_IN not in theirs or MONEY_OUT not in theirs:
        return None
    how = Column(**{"from": [theirs[MONEY_IN][0]], "out": theirs[MONEY_OUT][0]})
    told = directed(PARSERS["number"](raw.frame[theirs[MONEY_IN][0]]), raw.frame, how)
    for reading, values in amounts.items():
        known = told.notna() & values.notna()
        if known.any() and ((told - values).abs()[known] <= CENT).all():
            evidence = f"{theirs[MONEY_IN][0]} and {theirs[MONEY_OUT][0]} say so in {known.sum():,}"
            is_all = values.notna().sum() == known.sum()
            certainty = Certainty.PROVED if is_all else Certainty.LIKELY
            return _signs(raw, candidates[reading], reading, certainty, f"{evidence} rows")
    return None


def _says_nothing(
    raw: RawTable, theirs: Mapping[str, Sequence[str]], amounts: Mapping[str, pd.Series]
) -> bool:
    """Whether amounts have both signs, and a column says the same side of all of them, or knows one
    of its two words and is against the signs: "charge" comes in where a shop keeps its books."""
    if IN_OR_OUT not in theirs or _AS_WRITTEN not in amounts:
        return False
    cells, values = raw.frame[theirs[IN_OR_OUT][0]], amounts[_AS_WRITTEN]
    form = directions.form_of(cells)
    if not ((values < 0).any() and (values > 0).any()):
        return False
    agreeing = np.sign(values) == directions.read(cells, form)
    is_against = form.certainty is Certainty.LIKELY and agreeing.mean() < _AGREE
    return len(set(form.meanings.values())) == 1 or bool(is_against)


def _signs(
    raw: RawTable,
    how: Mapping[str, Any],
    reading: str,
    certainty: Certainty,
    evidence: str,
    others: tuple[str, ...] = (),
    proof: Proof | None = None,
) -> Signs:
    columns = ", ".join(c for c in (*how["from"], how.get("out", "")) if c)
    decision = Decision(raw.file, columns, "direction", reading, certainty, evidence, others)
    return Signs(raw, how, decision, proof)


def _by_balance(
    raw: RawTable,
    match: Match,
    theirs: Mapping[str, Sequence[str]],
    candidates: Mapping[str, dict[str, Any]],
    amounts: Mapping[str, pd.Series],
) -> Signs | None:
    balance = PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE][0]])
    groups = whose(raw, theirs)
    orders = _orders(raw, theirs)
    proofs = {
        reading: prove(values, balance, groups, orders) for reading, values in amounts.items()
    }
    reading = max(proofs, key=lambda reading: proofs[reading].n_fit)
    proof, expected = proofs[reading], _expected(raw, match)
    if not proof.holds:
        return _by_steps(raw, candidates, amounts, balance, groups, orders, expected)
    others = tuple(
        other
        for other, told in proofs.items()
        if told.n_fit == proof.n_fit and not amounts[other].equals(amounts[reading])
    )
    certainty, evidence, open_rows = _sureness(proof, amounts[reading], expected)
    others = others or open_rows
    if others != open_rows:
        certainty, evidence = Certainty.GUESS, f"{proof.words}, in the other order of rows as well"
    return _signs(raw, candidates[reading], reading, certainty, evidence, others, proof)


def _sureness(
    proof: Proof, values: pd.Series, expected: pd.Series
) -> tuple[Certainty, str, tuple[str, ...]]:
    """How sure the sign of every row is, and what else it could be.

    The first row of an account has no balance before it. Where amounts have signs of their own,
    the others prove its sign as well; else words such as "grocer" speak for it at most.
    """
    n_first = len(values) - proof.n_tested
    told = values[values.notna() & (values != 0)]
    if ((told < 0).any() and (told > 0).any()) or not n_first:
        certainty = Certainty.PROVED if proof.n_tested > 1 else Certainty.LIKELY
        return certainty, proof.words, ()
    is_little = n_first <= _FEW_FIRST * len(values) or bool(expected.notna().all())
    certainty = Certainty.LIKELY if is_little else Certainty.GUESS
    rows = "1 first row" if n_first == 1 else f"{n_first:,} first rows"
    words = f"{proof.words}, no balance tells the sign of {rows}"
    return certainty, words, (_FIRST_ROWS,)


def _by_steps(
    raw: RawTable,
    candidates: Mapping[str, dict[str, Any]],
    amounts: Mapping[str, pd.Series],
    balance: pd.Series,
    groups: pd.Series,
    orders: Sequence[np.ndarray],
    expected: pd.Series,
) -> Signs | None:
    """Signs row by row from the steps of the balance, where the amounts have none."""
    reading = next(iter(candidates))
    sizes = amounts[reading].abs()
    for order in orders:
        steps = steps_of(balance, groups, order)
        proof = proof_of(steps.abs(), sizes, order)
        if proof.holds and proof.n_tested > 1:
            words = pd.Series(np.where(steps < 0, "out", "in"), index=steps.index, dtype="str")
            told = words.where(steps.notna(), expected.map({1.0: "in", -1.0: "out"}))
            how = {**candidates[reading], "direction": DIRECTION}
            how.pop("reverse", None)
            signed = replace(raw, frame=raw.frame.assign(**{DIRECTION: told}))
            certainty, evidence, others = _sureness(proof, sizes, expected)
            return _signs(signed, how, _BY_STEPS, certainty, evidence, others, proof)
    return None


def whose(raw: RawTable, theirs: Mapping[str, Sequence[str]]) -> pd.Series:
    """Whose balance a row's is: of an account, else of a customer, else of the only one."""
    for ours in (ACCOUNT, "customer_id"):
        if ours in theirs:
            return PARSERS["text"](raw.frame[theirs[ours][0]]).fillna("")
    return pd.Series("", index=raw.frame.index, dtype="str")


def order_of(raw: RawTable, match: Match, sign: Signs) -> np.ndarray:
    """Positions of the rows of a file, oldest first: as the balance proves, else by day."""
    if sign.proof is not None:
        return sign.proof.order
    column = next(c for c, ours in match.columns.items() if ours == "booked_at")
    return np.argsort(PARSERS["time"](raw.frame[column]).to_numpy(), kind="stable")


def _orders(raw: RawTable, theirs: Mapping[str, Sequence[str]]) -> list[np.ndarray]:
    """Orders that the rows may have: oldest first, newest first, by day either way.

    Never one in which most days come before the day above: it would turn every sign around.
    """
    forward = np.arange(len(raw.frame))
    orders = [forward, forward[::-1]]
    if "booked_at" not in theirs:
        return orders
    days = PARSERS["time"](raw.frame[theirs["booked_at"][0]])
    n_forward, n_back = (days.diff() > pd.Timedelta(0)).sum(), (days.diff() < pd.Timedelta(0)).sum()
    by_day = [o[np.argsort(days.to_numpy()[o], kind="stable")] for o in orders]
    if n_forward != n_back:
        orders = orders[:1] if n_forward > n_back else orders[1:]
    return [*orders, *by_day]


def without_balance(raw: RawTable, match: Match) -> list[str]:
    """One sentence on the rows of a file that lack the running balance that others have."""
    theirs = {ours: column for column, ours in match.columns.items()}
    if RUNNING_BALANCE not in theirs:
        return []
    lacking = PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE]]).isna().to_numpy()
    if not lacking.any() or lacking.all():
        return []
    lines = ", ".join(f"{line:,}" for line in raw.lines[lacking][:_LINES_NAMED])
    lines += ", ..." if lacking.sum() > _LINES_NAMED else ""
    rows = "1 row has" if lacking.sum() == 1 else f"{lacking.sum():,} rows have"
    return [f"{raw.file}: {rows} no running balance, so nothing proves them (line {lines})."]


def counter(raw: RawTable, match: Match) -> Callable[[pd.Series, pd.Series], tuple[int, int]]:
    """Counts the rows of a file in which amounts add up to balances, and those that can."""
    theirs: dict[str, list[str]] = {}
    for column, ours in match.columns.items():
        theirs.setdefault(ours, []).append(column)

    def count(values: pd.Series, balance: pd.Series) -> tuple[int, int]:
        proof = prove(values, balance, whose(raw, theirs), _orders(raw, theirs))
        return proof.n_fit, proof.n_tested

    return count


def _by_content(
    raw: RawTable,
    match: Match,
    candidates: Mapping[str, dict[str, Any]],
    values: pd.Series,
) -> Signs:
    """Signs by words such as "salary" and "grocer", else by what is usual."""
    expected = _expected(raw, match)
    told = expected.notna() & values.notna() & (values != 0)
    n_told = int(told.sum())
    share = float((np.sign(values[told]) == expected[told]).mean()) if n_told else 0.5
    written, reverse = candidates[_AS_WRITTEN], candidates[_REVERSED]
    if not (values < 0).any():
        return _all_positive(raw, written, expected)
    words = f"of {n_told:,} rows with a word such as salary or grocer say so"
    if share >= _AGREE:
        said = f"{share:.0%} {words}"
        return _signs(raw, written, _AS_WRITTEN, Certainty.LIKELY, said, (_REVERSED,))
    if 1 - share >= _AGREE:
        evidence = f"{1 - share:.0%} {words}"
        if n_told < _LEAST_TOLD and (values < 0).sum() > (values > 0).sum():
            return _signs(raw, written, _AS_WRITTEN, Certainty.GUESS, evidence, (_REVERSED,))
        is_little = n_told < _LEAST_TOLD and bool((expected[told] > 0).all())
        certainty = Certainty.GUESS if is_little else Certainty.LIKELY
        return _signs(raw, reverse, _REVERSED, certainty, evidence, (_AS_WRITTEN,))
    if share >= 0.5 and (values < 0).sum() >= (values > 0).sum():
        said = "most amounts are negative, and most payments go out"
        return _signs(raw, written, _AS_WRITTEN, Certainty.LIKELY, said, (_REVERSED,))
    evidence = f"only {share:.0%} {words}" if n_told else "no word tells which way amounts go"
    return _signs(raw, written, _AS_WRITTEN, Certainty.GUESS, evidence, (_REVERSED,))


def _all_positive(raw: RawTable, written: dict[str, Any], expected: pd.Series) -> Signs:
    """No amount has a minus: by words where some say "comes in", else all go out."""
    n_in = int((expected == 1).sum())
    if n_in == 0:
        said = "no amount is negative, so all were read as spending"
        how = {**written, "reverse": True}
        return _signs(raw, how, _ALL_OUT, Certainty.GUESS, said, (_ALL_IN,))
    signed = _by_words(raw, expected)
    evidence = f"no amount is negative; {n_in:,} rows have a word such as salary and come in"
    how = {**written, "direction": DIRECTION}
    return _signs(signed, how, _BY_WORDS, Certainty.GUESS, evidence, (_ALL_OUT,))


def _by_words(raw: RawTable, expected: pd.Series) -> RawTable:
    """With the column DIRECTION: in where a word such as salary says so, else out."""
    words = pd.Series(np.where(expected == 1, "in", "out"), index=expected.index, dtype="str")
    return replace(raw, frame=raw.frame.assign(**{DIRECTION: words}))


def _expected(raw: RawTable, match: Match) -> pd.Series:
    """1 for rows whose words say "comes in", -1 for "goes out"; NaN where none or both do."""
    texts = [
        c for c, ours in match.columns.items() if ours in ("description", "merchant", "category")
    ]
    texts += [c for c in raw.frame.columns if c not in match.columns]
    expected = pd.Series(np.nan, index=raw.frame.index)
    for column in texts:
        cells = raw.frame[column]
        distinct = pd.Series(cells.dropna().unique(), dtype="str")
        low = distinct.str.lower().str.slice(0, 200)
        into, out = (low.str.contains(p) for p in (synonyms.INCOMING, synonyms.OUTGOING))
        says = pd.Series(np.where(into & ~out, 1.0, np.where(out & ~into, -1.0, np.nan)))
        says.index = pd.Index(distinct)
        expected = expected.fillna(cells.map(says).astype("float64"))
    return expected
