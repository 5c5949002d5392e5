"""Matched raw tables in; whose rows they are by joins, and tables that follow from others, out."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

import numpy as np
import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision, counted
from engine.bank.importing.columns import account_kinds, column_matching, signs, synonyms
from engine.bank.importing.columns.column_matching import ACCOUNT, RUNNING_BALANCE, SURE, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.reading.raw_table import RawTable
from engine.vocabulary import CORPORATE, TABLES

Tables = dict[str, RawTable]
Matches = dict[str, Match]

EACH_FILE, ALL_FILES = "one for each file", "one for all files"
"""Whose rows several files are that name nobody."""
EACH_ACCOUNT = "one for each account"
"""Whose rows a file is that names accounts."""

PRODUCT_COLUMNS = frozenset(
    {"product", "product_name", "product_type", "product_code", "product_id",
     "product_description", "scheme", "scheme_type", "scheme_code", "account_product"}
)  # fmt: skip
_MOST_PRODUCTS = 200
"""Different products that a column of accounts may name (own choice)."""

_NEUTRAL = frozenset({"iban", "account", "konto"})
"""Names of a column of accounts that may be those of either side of a payment."""
_COVERED = 0.8
"""Share of a column's values that have to stand in the file that it is joined to (own choice)."""
_OWN_NUMBERS = 0.95
"""Share of the rows of a statement that have the number of its own account (own choice)."""
_MOST_STEPS = 4
"""Files that a chain of joins may lead through."""
_OWNED = tuple(t for t, columns in TABLES.items() if "customer_id" in columns and t != "customers")
_REGISTER = re.compile(
    r"(?:company_|trade_|business_|commercial_)?(?:registration|register|registry|company|"
    r"incorporation|vat|siren|siret|handelsregister|crn|abn)_?(?:no|nr|id|num|number|nummer)?"
)
_LEGAL_FORM = re.compile(
    r"(?:^|[\s,.(])(?:ltd|limited|llc|llp|plc|inc|incorporated|corp|corporation|gmbh|ag|ug|kg|ohg|"
    r"s\.?a\.?r\.?l|s\.?a\.?s|s\.?p\.?a|s\.?r\.?l|s\.?l|sp\.? ?z ?o\.? ?o|s\.?r\.?o|a\.?s|b\.?v|"
    r"n\.?v|oy|oyj|ab|aps|pty|pvt|kft|zrt|d\.?o\.?o)\.?(?:$|[\s,.)])",
    re.IGNORECASE,
)
_PRODUCT_WORDS = frozenset(
    {
        "account",
        "bond",
        "bonds",
        "brokerage",
        "card",
        "cards",
        "cd",
        "creditcard",
        "debitcard",
        "deposit",
        "deposits",
        "fund",
        "funds",
        "insurance",
        "leasing",
        "loan",
        "loans",
        "mortgage",
        "mortgages",
        "overdraft",
        "pension",
        "savings",
        "securities",
    }
)


def with_owners(tables: Tables, matches: Matches) -> tuple[Tables, Matches, list[Decision]]:
    """Give rows their customer through other files, of any number of steps.

    A file without a customer number is joined by a column that another file has under the same
    name and once a row, and that knows the customer.
    """
    decisions = []
    for _ in range(_MOST_STEPS):
        lacks = [n for n, m in matches.items() if m.table in _OWNED and not _has_owner(m)]
        joined = [(name, join) for name in lacks if (join := _join(name, tables, matches))]
        for name, (raw, column, decision) in joined:
            columns = {**matches[name].columns, column: "customer_id"}
            tables = {**tables, name: raw}
            matches = {**matches, name: Match(matches[name].table, columns)}
            decisions.append(decision)
        if not joined:
            break
    return tables, matches, decisions


def _has_owner(match: Match) -> bool:
    return "customer_id" in match.columns.values()


def _owner_column(raw: RawTable, match: Match | None) -> str | None:
    """The column of a file that has the customer's number."""
    if match is not None:
        return next((c for c, ours in match.columns.items() if ours == "customer_id"), None)
    named = (c for c in raw.frame if synonyms.is_customer_number(synonyms.normal(c)))
    return next(named, None)


def _key(column: str) -> str:
    name = synonyms.normal(column)
    return "account" if name in synonyms.FOLLOWED[ACCOUNT] else name


def _join(name: str, tables: Tables, matches: Matches) -> tuple[RawTable, str, Decision] | None:
    raw = tables[name]
    best: tuple[float, str, str, pd.Series] | None = None
    for other_name, other in tables.items():
        owner = _owner_column(other, matches.get(other_name))
        if other_name == name or owner is None:
            continue
        keys = {_key(c): c for c in other.frame if c != owner}
        if (match := matches.get(other_name)) and match.table == "accounts":
            numbers = [c for c, ours in match.columns.items() if ours == "account_id"]
            keys |= dict(zip(["account"], numbers, strict=False))
        for column in raw.frame:
            if (theirs := keys.get(_key(column))) is None:
                continue
            whose = _lookup(other.frame[theirs], other.frame[owner])
            said = PARSERS["identity"](raw.frame[column])
            covered = float(said.dropna().isin(whose.index).mean()) if said.notna().any() else 0.0
            if len(whose) and covered >= _COVERED and (best is None or covered > best[0]):
                best = (covered, column, other.file, said.map(whose).astype("str"))
    if best is None:
        return None
    covered, column, file, owners = best
    added = f"customer by {column}"
    certainty = Certainty.PROVED if covered == 1 else Certainty.LIKELY
    evidence = f"{covered:.1%} of its values stand in {file}".replace("100.0%", "all")
    decision = Decision(raw.file, column, "customer", f"through {file}", certainty, evidence)
    return replace(raw, frame=raw.frame.assign(**{added: owners})), added, decision


def _lookup(keys: pd.Series, owners: pd.Series) -> pd.Series:
    """Customer by key; empty where a key belongs to several customers."""
    pairs = pd.DataFrame({"key": PARSERS["identity"](keys), "owner": PARSERS["identity"](owners)})
    pairs = pairs.dropna().drop_duplicates()
    if pairs["key"].duplicated().mean() > 1 - _COVERED:
        return pd.Series(dtype="str")
    return pairs.drop_duplicates("key").set_index("key")["owner"]


def with_only_owner(
    tables: Tables,
    matches: Matches,
    said: Mapping[str, str],
    of_files: str = "",
    known: frozenset[str] = frozenset(),
) -> tuple[Tables, Matches, list[Decision]]:
    """Where nothing says whose payments they are: each account is a customer, else each file is.

    Parameters
    ----------
    tables, matches : dicts
    said : mapping of str to str
        Table -> customer whose rows a file holds, as a person said.
    of_files : str
        What a person said of all files without one: EACH_FILE or ALL_FILES.
    known : frozenset of str
        Customers of the bank beside which the files come.
    """
    owner = next(iter(known)) if len(known) == 1 else ""
    tables, matches, decisions = dict(tables), dict(matches), []
    if any(match.table == "customers" for match in matches.values()):
        return tables, matches, decisions
    nobodys, others = [], dict[str, str]()
    for name, match in list(matches.items()):
        if match.table not in ("transactions", "accounts") or _has_owner(match):
            continue
        wanted = ACCOUNT if match.table == "transactions" else "account_id"
        account = next((c for c, ours in match.columns.items() if ours == wanted), None)
        other_side = ""
        if account is not None and has_gaps(tables[name].frame[account]):
            account = None  # that of the other side of a payment
        elif account is not None and name not in said:
            other_side = _other_side(tables[name], match, account)
            is_neutral = synonyms.normal(account) in _NEUTRAL
            account = None if other_side and is_neutral else account
        if account is not None and said.get(name, EACH_ACCOUNT) == EACH_ACCOUNT:
            decision = _of_accounts(name, tables[name], account, said, known)
            if other_side:
                one = _name_of_file(tables, name)
                decision = _doubted(decision, {name: other_side}, one)
            decisions.append(decision)
            tables[name], matches[name] = _owned(tables[name], match, tables[name].frame[account])
        elif match.table == "transactions" or name in said:
            of_one = owner or ("customer" if of_files == ALL_FILES else "")
            only = of_one if of_one and of_files != EACH_FILE else _name_of_file(tables, name)
            tables[name], matches[name] = _owned(tables[name], match, said.get(name, only))
            nobodys.append(name)
            others |= {name: other_side} if other_side else {}
    told = _of_nobody(tables, nobodys, said, of_files, owner)
    return tables, matches, [*decisions, *(_doubted(d, others, EACH_ACCOUNT) for d in told)]


def _other_side(raw: RawTable, match: Match, account: str) -> str:
    """What speaks for it that the account of each row is that of the other side of the payment;
    empty where nothing does.

    An own account pays many; that of a payee has one name.
    """
    payees = [c for c, ours in match.columns.items() if ours == "merchant"]
    numbers = PARSERS["identity"](raw.frame[account])
    if not payees or numbers.nunique() < 2:
        return ""
    n_payees = raw.frame[payees[0]].groupby(numbers).nunique()
    if (n_payees > 1).any() or raw.frame[payees[0]].nunique() < 2:
        return ""
    return f"each number in column {account} has one {payees[0]}: it may be that of the other side"


def _doubted(decision: Decision, doubts: Mapping[str, str], other: str) -> Decision:
    """The same, a guess, where a file has accounts that may be those of others."""
    answer = decision.answer
    if answer is None or answer.source not in doubts or decision.certainty is Certainty.PROVED:
        return decision
    choices = (*answer.choices, other)
    return replace(
        decision,
        certainty=Certainty.GUESS,
        evidence=doubts[answer.source],
        others=(other,),
        answer=replace(answer, choices=choices),
    )


def _name_of_file(tables: Tables, name: str) -> str:
    """What a customer is called whose rows a file holds: the file's own name, not that of a sheet
    or of an object of JSON, unless the file has several."""
    file, _, inside = tables[name].file.partition(", ")
    alone = sum(table.file.partition(", ")[0] == file for table in tables.values()) == 1
    return PurePath(file).stem if inside and alone else PurePath(name).name


def _of_accounts(
    name: str, raw: RawTable, account: str, said: Mapping[str, str], known: frozenset[str]
) -> Decision:
    """Each account is a customer; a guess beside customers none of whom has such a number."""
    numbers = PARSERS["identity"](raw.frame[account])
    certainty, evidence = Certainty.LIKELY, "no column and no file names customers"
    if name in said:
        certainty, evidence = Certainty.PROVED, SAID
    elif known and known.isdisjoint(numbers.dropna().unique()):
        certainty = Certainty.GUESS
        evidence = f"no customer of the bank has a number of column {account}"
    others = tuple(known) if len(known) == 1 else ()
    answer = Answer(name, "customer", "", (EACH_ACCOUNT, *others), is_open=True)
    reading = f"one for each {account}"
    return Decision(raw.file, "", "customer", reading, certainty, evidence, others, answer)


def has_gaps(cells: pd.Series) -> bool:
    """Whether rows lack what every row of an account has: its own number."""
    return bool(PARSERS["identity"](cells).isna().mean() > 1 - _OWN_NUMBERS)


def _owned(raw: RawTable, match: Match, owner: pd.Series | str) -> tuple[RawTable, Match]:
    cells = pd.Series(owner, index=raw.frame.index, dtype="str")
    columns = {**match.columns, "customer": "customer_id"}
    return replace(raw, frame=raw.frame.assign(customer=cells)), Match(match.table, columns)


def _of_nobody(
    tables: Tables, names: list[str], said: Mapping[str, str], of_files: str, owner: str
) -> list[Decision]:
    """Whose the files are that name nobody: of one file its customer, of several one answer."""
    decisions = []
    is_known = bool(owner) and not of_files
    for name in names:
        if name not in said and len(names) > 1 and not is_known:
            continue
        only = tables[name].frame["customer"].iloc[0] if len(tables[name].frame) else ""
        reading = f"one for the whole file, {only!r}"
        answer = Answer(name, "customer", "", (only,), is_open=True)
        if name in said:
            certainty, evidence = Certainty.PROVED, SAID
        elif is_known:
            certainty, evidence = Certainty.LIKELY, "the bank has no other customer"
        else:
            certainty, evidence = Certainty.GUESS, "no column says whose rows they are"
        file = tables[name].file
        decisions.append(Decision(file, "", "customer", reading, certainty, evidence, (), answer))
    rest = [tables[name].file for name in names if name not in said]
    if len(names) > 1 and rest and not is_known:
        chosen, other = (EACH_FILE, ALL_FILES)[:: -1 if of_files == ALL_FILES else 1]
        certainty = Certainty.PROVED if of_files else Certainty.GUESS
        of_several = f" of {len(rest)} files" if len(rest) > 1 else ""
        evidence = SAID if of_files else f"no column{of_several} says whose rows they are"
        answer = Answer("", "customers", "", (chosen, other))
        others = () if of_files else (other,)
        files = ", ".join(rest[:5])
        decisions.append(
            Decision(files, "", "customer", chosen, certainty, evidence, others, answer)
        )
    return decisions


def with_customers(tables: Tables, matches: Matches) -> tuple[Tables, Matches, list[Decision]]:
    """Customers from the files that name them, where there is no file of customers."""
    if any(match.table == "customers" for match in matches.values()):
        return tables, matches, []
    tables, matches, decisions = dict(tables), dict(matches), []
    seen: set[str] = set()
    for name, match in list(matches.items()):
        raw = tables[name]
        owner = _owner_column(raw, match)
        if match.table not in _OWNED or owner is None:
            continue
        ids = PARSERS["identity"](raw.frame[owner])
        new = (~ids.duplicated(keep="last") & ids.notna() & ~ids.isin(seen)).to_numpy()
        if not new.any():
            continue
        seen |= set(ids[new])
        about = _columns_about_customers(raw, match)
        rest = raw.frame.drop(columns=list(about))
        people = raw.frame.loc[new, [owner, *about]].reset_index(drop=True)
        made = f"{name} customers"
        tables[name] = replace(raw, frame=rest)
        tables[made] = replace(
            raw, name=made, frame=people, lines=raw.lines[new], bad_lines=(), n_bad_lines=0
        )
        matches[made] = Match("customers", {owner: "customer_id", **about})
        reading = f"{counted(int(new.sum()), 'customer')} made from the rows of {match.table}"
        evidence = "there is no file of customers"
        decisions.append(
            Decision(raw.file, owner, "customers", reading, Certainty.LIKELY, evidence)
        )
    return tables, matches, decisions


def _columns_about_customers(raw: RawTable, match: Match) -> dict[str, str]:
    """Columns of a flat file that say something of the customer and nothing of the row."""
    free = raw.frame[[c for c in raw.frame.columns if c not in match.columns]]
    suggestions = column_matching.suggest(free, "customers")
    sure = suggestions[suggestions["confidence"] >= SURE]
    about = dict(zip(sure["source_column"], sure["target_column"], strict=True))
    owner = PARSERS["identity"](raw.frame[_owner_column(raw, match)])
    is_of_accounts = match.table == "accounts"  # its balances are not of customers
    no_more = {"customer_id", column_matching.BALANCE} if is_of_accounts else {"customer_id"}
    return {
        column: ours
        for column, ours in about.items()
        if ours not in no_more and _is_of_customer(raw.frame[column], owner)
    }


def _is_of_customer(cells: pd.Series, owner: pd.Series) -> bool:
    """Whether a column says the same in all rows of most customers: a payee's name does not."""
    n_said = cells.groupby(owner, sort=False).nunique()
    has_several = owner.value_counts().reindex(n_said.index) > 1
    return not has_several.any() or bool((n_said[has_several] <= 1).mean() >= _COVERED)


def balances_of(raw: RawTable, match: Match, sign: signs.Signs) -> tuple[RawTable, Match] | None:
    """Accounts with the last running balance of a file of transactions; None without one."""
    theirs = {ours: column for column, ours in match.columns.items()}
    if RUNNING_BALANCE not in theirs or "customer_id" not in theirs:
        return None
    kept = [theirs[ours] for ours in ("customer_id", RUNNING_BALANCE, "booked_at")]
    targets = ["customer_id", "balance", "as_of"]
    if ACCOUNT in theirs:
        kept, targets = [*kept, theirs[ACCOUNT]], [*targets, "account_id"]
    groups = signs.whose(raw, {ours: [column] for ours, column in theirs.items()})
    order = signs.order_of(raw, match, sign)
    known = order[PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE]]).notna().to_numpy()[order]]
    last = np.sort(known[~groups.iloc[known].duplicated(keep="last").to_numpy()])
    frame = raw.frame.iloc[last][kept].reset_index(drop=True)
    frame["kind"] = account_kinds.of_payments(raw, match).iloc[last].to_numpy()
    made = replace(
        raw,
        name=f"{raw.name} accounts",
        frame=frame,
        lines=raw.lines[last],
        bad_lines=(),
        n_bad_lines=0,
    )
    return made, Match("accounts", {**dict(zip(kept, targets, strict=True)), "kind": "kind"})


def with_audience(raw: RawTable, match: Match) -> tuple[RawTable, Match, Decision | None]:
    """Companies among customers, by a register number or a legal form in the name."""
    said = pd.Series(False, index=raw.frame.index)
    why = []
    for column in raw.frame.columns:
        if column not in match.columns and _REGISTER.fullmatch(synonyms.normal(column)):
            said |= PARSERS["text"](raw.frame[column]).notna()
            why.append(f"column {column} is filled")
    for column, ours in match.columns.items():
        if ours == "name":
            has_form = raw.frame[column].str.slice(0, 200).str.contains(_LEGAL_FORM).fillna(False)
            said |= has_form.astype(bool)
            why += ["the name has a legal form"] if has_form.any() else []
    if not said.any():
        return raw, match, None
    cells = pd.Series(np.where(said, CORPORATE, None), index=said.index, dtype="str")
    columns = {**match.columns, "audience by register or name": "audience"}
    frame = raw.frame.assign(**{"audience by register or name": cells})
    evidence = " or ".join(why)
    decision = Decision(
        raw.file,
        "",
        "companies",
        f"{counted(int(said.sum()), 'row')} of companies",
        Certainty.LIKELY,
        evidence,
    )
    return replace(raw, frame=frame), Match(match.table, columns), decision


def holdings_of(raw: RawTable, match: Match) -> tuple[RawTable, Match, Decision] | None:
    """Holdings from flags about products, such as a column CreditCard of 0 and 1."""
    theirs = {ours: column for column, ours in match.columns.items()}
    columns = [c for c in raw.frame if c not in match.columns and _is_product_flag(raw.frame[c])]
    if match.table != "customers" or "customer_id" not in theirs or not columns:
        return None
    held = np.stack([PARSERS["flag"](raw.frame[c]).fillna(False).to_numpy(bool) for c in columns])
    numbers, rows = np.nonzero(held)
    names = np.asarray([_readable_name(c) for c in columns], dtype=object)
    frame = pd.DataFrame(
        {
            "customer_id": raw.frame[theirs["customer_id"]].to_numpy()[rows],
            "product": names[numbers],
        }
    ).astype("str")
    made = replace(
        raw,
        name=f"{raw.name} holdings",
        frame=frame,
        lines=raw.lines[rows],
        bad_lines=(),
        n_bad_lines=0,
    )
    decision = Decision(
        raw.file,
        ", ".join(columns),
        "holdings",
        f"{counted(len(rows), 'holding')} made from flags",
        Certainty.LIKELY,
        "their names are those of products and their cells yes or no",
    )
    return (
        made,
        Match("holdings", {"customer_id": "customer_id", "product": "product_id"}),
        decision,
    )


def holdings_of_accounts(raw: RawTable, match: Match) -> tuple[RawTable, Match, Decision] | None:
    """Holdings from accounts that say what product each is; None where they do not."""
    theirs = {ours: column for column, ours in match.columns.items()}
    named = (c for c in raw.frame if synonyms.spelled(synonyms.normal(c)) in PRODUCT_COLUMNS)
    product = next(named, theirs.get("kind"))
    if match.table != "accounts" or "customer_id" not in theirs or product is None:
        return None
    said = PARSERS["text"](raw.frame[product])
    if not 0 < said.nunique() <= _MOST_PRODUCTS:
        return None
    kept = {theirs["customer_id"]: "customer_id", product: "product_id"}
    kept |= {theirs[day]: day for day in ("opened_on",) if day in theirs}
    rows = said.notna().to_numpy()
    frame = raw.frame.loc[rows, list(kept)].reset_index(drop=True)
    frame[product] = said[rows].map(_readable_name).to_numpy()
    made = replace(
        raw, name=f"{raw.name} holdings", frame=frame, lines=raw.lines[rows],
        bad_lines=(), n_bad_lines=0,
    )  # fmt: skip
    reading = f"{counted(len(frame), 'holding')} made from accounts"
    evidence = "there is no file of holdings, and the column says what product each account is"
    decision = Decision(raw.file, product, "holdings", reading, Certainty.LIKELY, evidence)
    return made, Match("holdings", kept), decision


def _is_product_flag(cells: pd.Series) -> bool:
    words = synonyms.normal(str(cells.name)).split("_")
    if _PRODUCT_WORDS.isdisjoint([*words, "".join(words)]):
        return False
    said = PARSERS["text"](cells).dropna()
    flags = PARSERS["flag"](said)
    return bool(len(said)) and bool(flags.notna().all()) and bool(flags.any())


def _readable_name(column: str) -> str:
    return synonyms.normal(column).replace("_", " ").capitalize()
