"""The plan beside a bank in; what of it holds for newer files, and the plan of all, out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path, PurePath
from typing import TypeVar

from engine.bank import editions, keys
from engine.bank.bank import Bank
from engine.bank.decision import KEPT, SAID, Answer, Certainty, Decision
from engine.bank.erased import ErasedCustomers
from engine.bank.importing import import_plan, update
from engine.bank.importing.columns import column_matching, identifiers, synonyms
from engine.bank.importing.columns import layout as layouts
from engine.bank.importing.columns.column_matching import SEVERAL, SURE, Match
from engine.bank.importing.columns.layout import TABLES_LAYOUT
from engine.bank.importing.columns.mapping import FILE, Frames
from engine.bank.importing.derived_tables import ALL_FILES, EACH_ACCOUNT, EACH_FILE, has_gaps
from engine.bank.importing.import_plan import FilePlan, ImportPlan
from engine.bank.importing.own_tables import Prepared, Wish
from engine.bank.manifest import PLAN
from engine.bank.parsing.file_names import shape_of
from engine.bank.reading import files
from engine.bank.reading.files import Forms, SourceFiles
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput

LEFT_OUT = "left out"
"""Reading of a file that is not used, and of a column that is only kept beside the record."""
_MOST_ALIKE = 2
"""Files of one shape that are read in one way and stay in the plan: as many as have to agree on
whose rows they are before the next is theirs too."""
_MOST_GONE = 0.5
"""Share of the plan's columns that a file may lack and still be the file that is meant (own
choice)."""
_ACCOUNT = column_matching.ACCOUNT
_OWNERS = frozenset({"customer_id", _ACCOUNT})
"""Columns that say whose the rows of a file are."""
_Read = TypeVar("_Read")


def load(folder: Path) -> ImportPlan | None:
    """The plan beside a bank; None for a bank without one.

    Raises
    ------
    BadInput
        If the file there is no plan.
    """
    text = editions.plan_text(folder)
    if not text:
        return None
    return replace(import_plan.parse(text.encode(), str(folder / PLAN)), is_kept=True)


def read(reader: Callable[[Forms | None], _Read], kept: ImportPlan | None) -> _Read:
    """Files as the plan of their bank tells their cells apart, or by themselves where it cannot."""
    if kept is None:
        return reader(None)
    try:
        return reader(kept.forms)
    except BadInput:
        return reader(None)


def planned(
    source: Path | str | SourceFiles,
    plan: ImportPlan | None,
    kept: ImportPlan | None = None,
    folder: Path | None = None,
) -> tuple[SourceFiles, ImportPlan | None]:
    """Files, and the plan that reads them: the given one, else what holds of their bank's."""
    if isinstance(source, SourceFiles):
        of_source = source
    elif plan is None:
        of_source = read(lambda forms: files.read_path(source, forms), kept)
    else:
        of_source = files.read_path(source, plan.forms)
    named = replace(of_source, tables=layouts.with_full_names(of_source.tables))
    if plan is None and (plan := fitted(kept, named.tables)) and folder is not None:
        plan = _of_known_accounts(plan, named.tables, folder)
    return named, plan


def told(decisions: Iterable[Decision], plan: ImportPlan | None) -> list[Decision]:
    """Decisions in which what the plan of a bank says is not called a person's word."""
    if plan is None or not plan.is_kept:
        return list(decisions)
    return [replace(d, evidence=KEPT) if d.evidence == SAID else d for d in decisions]


# --- newer files -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fitted:
    """A file with what holds of the plan; `file` is None where the file is not used."""

    file: FilePlan | None
    doubts: tuple[Decision, ...] = ()


def fitted(kept: ImportPlan | None, tables: Mapping[str, RawTable]) -> ImportPlan | None:
    """What the plan of a bank says of newer files, and where they do not fit it.

    A file is known by its name, else by the shape of its name and the same columns. What it has
    and the plan does not know is read by its name and cells; what nobody can tell is a guess
    among the decisions.

    Returns
    -------
    ImportPlan or None
        None where the plan knows none of the files.
    """
    if kept is None or kept.layout != TABLES_LAYOUT:
        return None
    guessed = column_matching.guess(tables)
    known = {name: _known(kept, name, raw) for name, raw in tables.items()}
    left_out = {shape_of(name) for name in kept.left_out}
    out = [n for n, file in known.items() if file is None and shape_of(n) in left_out]
    if not out and not any(known.values()):
        return None
    made = []
    for name, raw in tables.items():
        if name in out:
            made.append(_Fitted(None, (_left_out(raw, name, kept, guessed.get(name)),)))
        else:
            made.append(_fit(raw, name, known[name], guessed.get(name)))
    plans = tuple(each.file for each in made if each.file is not None)
    doubts = tuple(doubt for each in made for doubt in each.doubts)
    of_all = kept.customers if kept.customers == ALL_FILES else ""
    return replace(kept, files=plans, customers=of_all, left_out=tuple(out), decisions=doubts)


def _known(kept: ImportPlan, name: str, raw: RawTable) -> FilePlan | None:
    """What the plan says of a file: under its name, else of those with the shape of its name."""
    file = next((file for file in kept.files if file.source == name), None)
    if file is not None:
        is_each_one = kept.customers == EACH_FILE and not file.customer
        if is_each_one and _OWNERS.isdisjoint(file.columns.values()):
            return replace(file, customer=PurePath(name).name)  # a new name is no new customer
        return file
    alike = [file for file in kept.files if shape_of(file.source) == shape_of(name)]
    own = set(raw.frame.columns)
    same = [file for file in alike if {*file.columns, *file.others} == own]
    near = [file for file in alike if _n_gone(file, raw) <= _MOST_GONE * len(file.columns)]
    return _agreed(same or near) if same or near else None


def _n_gone(file: FilePlan, raw: RawTable) -> int:
    return sum(column not in raw.frame for column in file.columns)


def _agreed(alike: list[FilePlan]) -> FilePlan:
    """What several files of one shape are read by; what they differ in is left to the file.

    Whose rows they are has to be said of two of them: the next of a row of files may be anyone's.
    """
    last = alike[-1]
    differ = {
        field.name: "" if isinstance(getattr(last, field.name), str) else {}
        for field in fields(FilePlan)
        if field.name not in ("source", "table", "columns", "others")
        and any(getattr(file, field.name) != getattr(last, field.name) for file in alike)
    }
    if len(alike) < _MOST_ALIKE:
        differ["customer"] = ""
    return replace(last, **differ)


def _fit(raw: RawTable, name: str, file: FilePlan | None, guessed: Match | None) -> _Fitted:
    if file is None:
        if guessed is None:
            return _Fitted(None)
        why = "neither its name nor one like it is in the plan of this bank"
        new = FilePlan(name, guessed.table, dict(guessed.columns))
        doubt = _said(raw, f"read as {guessed.table}", why)
        return _Fitted(_with_others(new, raw), (doubt,))
    if file.columns and _n_gone(file, raw) > _MOST_GONE * len(file.columns):
        return _another(raw, name, file, guessed)
    gone = {column: ours for column, ours in file.columns.items() if column not in raw.frame}
    here = {column: ours for column, ours in file.columns.items() if column in raw.frame}
    known = {*file.columns, *file.others}
    new = [column for column in raw.frame if column not in known]
    added = _sure(raw, file.table, new, set(here.values()))
    doubts = [*_of_shape(raw, name, file), *_of_new(raw, new, added)]
    for column, ours in gone.items():
        instead = next((c for c, o in added.items() if o == ours), "")
        doubts.append(_of_gone(raw, name, file.table, column, ours, instead))
    fit = replace(file, source=name, columns={**here, **added})
    return _Fitted(_with_others(fit, raw), tuple(doubts))


def _another(raw: RawTable, name: str, file: FilePlan, guessed: Match | None) -> _Fitted:
    """A file under a known name whose columns are others."""
    gone = ", ".join(column for column in file.columns if column not in raw.frame)
    evidence = f"the plan of this bank has a {file.source} with columns that are gone: {gone}"
    table = guessed.table if guessed else LEFT_OUT
    choices = tuple(dict.fromkeys((table, file.table)))
    answer = Answer(name, "table", "", choices)
    doubt = Decision(raw.file, "", "table", table, Certainty.GUESS, evidence, (), answer)
    new = FilePlan(name, table, dict(guessed.columns)) if guessed else None
    return _Fitted(_with_others(new, raw) if new else None, (doubt,))


def _sure(raw: RawTable, table: str, new: list[str], taken: set[str]) -> dict[str, str]:
    """New columns of a file that are surely columns of ours which it has not yet."""
    suggested = column_matching.suggest(raw.frame[new], table)
    sure = suggested[suggested["confidence"] >= SURE]
    pairs = zip(sure["source_column"], sure["target_column"], strict=True)
    return {theirs: ours for theirs, ours in pairs if ours in SEVERAL or ours not in taken}


def _with_others(file: FilePlan, raw: RawTable) -> FilePlan:
    return replace(file, others=tuple(c for c in raw.frame if c not in file.columns))


def accounts(kept: ImportPlan | None) -> dict[str, str]:
    """File of transactions, as a plan calls it -> its column of the account."""
    of_plan = () if kept is None else kept.files
    return {f.source: c for f in of_plan for c, o in f.columns.items() if o == _ACCOUNT}


def _of_known_accounts(
    plan: ImportPlan, tables: Mapping[str, RawTable], folder: Path
) -> ImportPlan:
    """Without the customer of a file whose account numbers are not known as that customer's."""
    columns = {}
    for file in plan.files:
        named = (c for c, ours in file.columns.items() if ours in (_ACCOUNT, "account_id"))
        column = next(named, None)
        is_one = (
            file.customer not in ("", EACH_ACCOUNT) and "customer_id" not in file.columns.values()
        )
        if column and is_one and not has_gaps(tables[file.source].frame[column]):
            columns[file.source] = column
    if not columns:
        return plan
    kept = {*accounts(load(folder)).values(), *columns.values()}
    owners = _owners_of_accounts(editions.load(folder), kept)
    short, _ = identifiers.shortened(
        {name: tables[name] for name in columns}, lambda: keys.key_beside(folder)
    )
    files, doubts = [], list(plan.decisions)
    for file in plan.files:
        if column := columns.get(file.source):
            cells = short[file.source].frame[column].dropna().str.strip()
            whose = [owners.get(number, frozenset()) for number in cells.unique() if number]
            is_another = any(of and file.customer not in of for of in whose)
            if is_another or not any(file.customer in of for of in whose):
                has = "have that of another" if is_another else "are not known as theirs"
                why = f"the account numbers in column {column} {has}"
                text = f"its rows are not taken for those of {file.customer!r}"
                doubts.append(_said(tables[file.source], text, why))
                file = replace(file, customer="")
        files.append(file)
    return replace(plan, files=tuple(files), decisions=tuple(doubts))


def _owners_of_accounts(bank: Bank, columns: Iterable[str]) -> dict[str, frozenset[str]]:
    """Number of an account -> the customers whose it is known to be."""
    pairs = set(zip(bank["accounts"]["account_id"], bank["accounts"]["customer_id"], strict=True))
    rows = bank["transactions"]
    for column in columns:
        numbers = update.attribute(rows, column)
        pairs |= set(
            zip(numbers[numbers.notna()], rows["customer_id"][numbers.notna()], strict=True)
        )
    owners: dict[str, frozenset[str]] = {}
    for number, customer in pairs:
        owners[number] = owners.get(number, frozenset()) | {customer}
    return owners


# --- what is said about them -------------------------------------------------------------------


def _said(raw: RawTable, reading: str, evidence: str, column: str = "") -> Decision:
    return Decision(raw.file, column, "plan", reading, Certainty.LIKELY, evidence)


def _left_out(raw: RawTable, name: str, kept: ImportPlan, guessed: Match | None) -> Decision:
    """A file that a person left out; a guess where that was said of one with a name like it."""
    if name in kept.left_out:
        return _said(raw, LEFT_OUT, "the plan of this bank says so")
    like = next(one for one in kept.left_out if shape_of(one) == shape_of(name))
    evidence = f"{like} was left out, and the name is the same but for days and numbers"
    others = (guessed.table,) if guessed else ()
    answer = Answer(name, "table", "", (LEFT_OUT, *others))
    return Decision(raw.file, "", "table", LEFT_OUT, Certainty.GUESS, evidence, others, answer)


def _of_shape(raw: RawTable, name: str, file: FilePlan) -> list[Decision]:
    if file.source == name:
        return []
    whose = f", so its rows are of {file.customer!r}" if file.customer else ""
    evidence = "the name is the same but for days and numbers"
    return [_said(raw, f"read as {file.source} was{whose}", evidence)]


def _name(column: str) -> str:
    return synonyms.without_currency(synonyms.normal(column))


def _of_new(raw: RawTable, new: list[str], added: Mapping[str, str]) -> list[Decision]:
    if not new:
        return []
    read = ", ".join(f"{c} is {added[c]}" if c in added else f"{c} is kept" for c in new)
    return [_said(raw, f"new columns: {read}", "the plan of this bank does not know them")]


def _of_gone(
    raw: RawTable, name: str, table: str, column: str, ours: str, instead: str
) -> Decision:
    """A column of the plan that is gone; a guess where another one seems to have come for it."""
    evidence = f"the plan of this bank has a column {column} for it, which is gone"
    if instead and _name(instead) == _name(column):
        return _said(raw, f"column {column} is called {instead} now", "their names say the same")
    if not instead:
        return _said(raw, f"column {column} is gone", f"the plan of this bank reads it as {ours}")
    targets = column_matching.targets(table)
    choices = tuple(dict.fromkeys((ours, *targets)))
    answer = Answer(name, "columns", instead, choices)
    return Decision(raw.file, instead, "column", ours, Certainty.GUESS, evidence, (), answer)


# --- the plan that is kept ---------------------------------------------------------------------


def used(
    prepared: Prepared, wish: Wish, source: SourceFiles, read: Frames, left: Frames
) -> ImportPlan | None:
    """What was proved or said of an import's files; None where a layout that ships read them.

    Nothing is kept of a file that has rows as it was read, and none that is left: they are all of
    customers who were erased.
    """
    gone = set() if read is left else _files_of(read) - _files_of(left)
    plans = tuple(f for f in prepared.kept if source.tables[f.source].file not in gone)
    if not plans:
        return None
    base = wish.plan or ImportPlan(TABLES_LAYOUT)
    currency = base.currency if wish.derived is not None else wish.said_currency
    # What was said of all accounts was said of these files alone: it is kept of each pair.
    known = {**base.known_accounts, **prepared.known_accounts}
    return replace(base, files=plans, currency=currency, accounts="", known_accounts=known)


def _files_of(frames: Frames) -> set[str]:
    return {str(file) for rows in frames.values() for file in rows[FILE].unique()}


def after(kept: ImportPlan | None, used: ImportPlan | None, erased: ErasedCustomers) -> str:
    """The plan of a bank after an import, as TOML; empty where a layout that ships read it.

    What newer files did not fit and nobody answered stays as it was, so that it is asked again.
    """
    if used is None:
        return "" if kept is None else kept.to_toml()
    open_ones = {d.answer.source for d in used.decisions if d.answer and _is_open(d)}
    plans = {} if kept is None else {file.source: file for file in kept.files}
    for file in used.files:
        if file.source not in open_ones:
            plans.pop(file.source, None)
            plans[file.source] = file
    said = (name for name in used.left_out if name not in open_ones)
    left_out = dict.fromkeys((*(kept.left_out if kept else ()), *said))
    plan = replace(
        used,
        files=_thinned([file for file in plans.values() if not _is_of_erased(file, erased)]),
        left_out=tuple(n for n in left_out if n not in plans and not erased.is_named_in(n)),
        decisions=(),
    )
    if kept is not None:
        plan = replace(
            plan,
            currency=plan.currency or kept.currency,
            customers=plan.customers or kept.customers,
            known_accounts={**kept.known_accounts, **plan.known_accounts},
        )
    return plan.to_toml()


def _is_open(decision: Decision) -> bool:
    return decision.certainty is Certainty.GUESS and decision.about in ("table", "column")


def _thinned(plans: list[FilePlan]) -> tuple[FilePlan, ...]:
    """Without all but the last files of a shape that are read in one way."""
    shapes: dict[str, list[FilePlan]] = {}
    for file in plans:
        shapes.setdefault(shape_of(file.source), []).append(file)
    surplus = set()
    for alike in shapes.values():
        if all(replace(file, source="") == replace(alike[0], source="") for file in alike):
            surplus |= {file.source for file in alike[:-_MOST_ALIKE]}
    return tuple(file for file in plans if file.source not in surplus)


def _is_of_erased(file: FilePlan, erased: ErasedCustomers) -> bool:
    """Does a file's plan name a customer who was erased?"""
    return erased.is_named_in(file.customer) or erased.is_named_in(file.source)
