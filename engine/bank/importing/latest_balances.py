"""Balances of several files of payments in; those of one account, without the older ones, out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank.decision import Decision
from engine.bank.importing import repeated_rows
from engine.bank.importing.columns import rows_apart, signs
from engine.bank.importing.columns.balance_proofs import CENT
from engine.bank.importing.columns.column_matching import ACCOUNT, RUNNING_BALANCE, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.importing.columns.unbooked import Apart
from engine.bank.importing.repeated_rows import Repeats
from engine.bank.reading.raw_table import RawTable

KIND = "balance of a second account, or an older one of the first"


def with_latest(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    told: Mapping[str, signs.Signs],
    made: Mapping[str, str],
    repeats: Repeats | None,
    said: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, RawTable], list[Decision]]:
    """Accounts made from files of payments, each with the balance of its latest day alone.

    Without a number of the account, two files are of one where they have the same payments with
    the same balances, or the first balance of one follows from the last of the other. Else each
    is an account of its own, until a person says.

    Parameters
    ----------
    made : mapping of str to str
        Table of payments -> table of the accounts that were made from it.
    said : mapping
        Table -> kind of rows -> what the plan says of them.
    """
    tables, decisions, names = dict(tables), list[Decision](), list(made)
    if len(names) < 2:
        return tables, decisions
    parts = [_ends(tables[n], matches[n], told[n], number) for number, n in enumerate(names)]
    ends = pd.concat(parts, ignore_index=True)
    ends["account"] = _accounts(ends, _links(ends, names, repeats))
    ends = ends.sort_values(["has_number", "day"], kind="stable", na_position="first")
    old = ends["account"].duplicated(keep="last")
    left = ends[~old]
    is_open = _may_be_older(left) & ~left["has_number"]
    for number, name in enumerate(names):
        tables[made[name]] = rows_apart.without_lines(
            tables[made[name]], ends.loc[old & (ends["file"] == number), "line"].to_numpy()
        )
        lines = left.loc[is_open & (left["file"] == number), "line"].to_numpy()
        if not len(lines):
            continue
        of_file = said.get(name, {})
        is_kept = of_file.get(KIND, rows_apart.KEPT) == rows_apart.KEPT
        if not is_kept:
            tables[made[name]] = rows_apart.without_lines(tables[made[name]], lines)
        evidence = "no balance of another file of this customer follows from it"
        apart = Apart(KIND, lines, evidence, False, is_kept, True)
        decisions += rows_apart.decisions(name, tables[name].file, [apart], of_file)
    return tables, decisions


def _ends(raw: RawTable, match: Match, sign: signs.Signs, number: int) -> pd.DataFrame:
    """Each account of a file: its first day and the balance before, its last and that after."""
    theirs = {ours: column for column, ours in match.columns.items()}
    order = signs.order_of(raw, match, sign)
    rows = pd.DataFrame(
        {
            "file": number,
            "line": raw.lines,
            "whose": signs.whose(raw, {ours: [c] for ours, c in theirs.items()}).to_numpy(object),
            "customer": PARSERS["identity"](raw.frame[theirs["customer_id"]]).to_numpy(object),
            "day": PARSERS["time"](raw.frame[theirs["booked_at"]]).to_numpy(),
            "after": PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE]]).to_numpy(),
        }
    )
    rows["before"] = rows["after"] - repeated_rows.amounts_of(raw, sign).to_numpy()
    rows = rows.iloc[order][rows["after"].notna().to_numpy()[order]]
    step = rows["before"] - rows.groupby("whose")["after"].shift()
    adds_up = step.abs().le(CENT).groupby(rows["whose"]).any()
    adds_up &= ~step.abs().gt(CENT).groupby(rows["whose"]).any()
    first = rows.drop_duplicates("whose").set_index("whose")[["day", "before"]]
    last = rows.drop_duplicates("whose", keep="last").drop(columns="before")
    first = first.rename(columns={"day": "first_day"}).reindex(last["whose"])
    last[["first_day", "before"]] = first.to_numpy(object)
    last["first_day"] = pd.to_datetime(last["first_day"])
    last["before"] = last["before"].astype("float64")
    last["adds_up"] = last["whose"].map(adds_up).astype(bool)
    return last.assign(has_number=ACCOUNT in theirs)


def _may_be_older(left: pd.DataFrame) -> np.ndarray:
    """Which accounts a later one of the same customer may be, bool of shape (n_left,).

    Two whose balances add up row by row, with other payments on days that both cover, are two.
    """
    sides = left.assign(position=np.arange(len(left)))
    pairs = sides.merge(sides, on="customer", suffixes=("", "_next"))
    pairs = pairs[pairs["position"] < pairs["position_next"]]
    are_two = pairs["adds_up"] & pairs["adds_up_next"] & (pairs["first_day_next"] < pairs["day"])
    return np.isin(sides["position"], pairs.loc[~are_two, "position"])


def _links(ends: pd.DataFrame, names: list[str], repeats: Repeats | None) -> np.ndarray:
    """Pairs of positions in `ends` that are of one account, shape (n_pairs, 2)."""
    numbered = ends[ends["has_number"]]
    first = numbered.groupby("whose", sort=False)["file"].transform(lambda part: part.index[0])
    links = [np.column_stack([numbered.index, first])]
    closed = ends.assign(position=ends.index, cents=(ends["after"] * 100).round())
    opened = ends.assign(position=ends.index, cents=(ends["before"] * 100).round())
    closed = closed[closed["after"].abs() > CENT]  # many accounts end or begin with nothing
    both = closed.merge(opened, on=["customer", "cents"], suffixes=("", "_next"))
    follows = (both["file"] != both["file_next"]) & (both["first_day_next"] >= both["day"])
    follows &= ~(both["has_number"] & both["has_number_next"])
    links.append(both.loc[follows, ["position", "position_next"]].to_numpy())
    if repeats is not None:
        proved = repeats.pairs[repeats.pairs["is_proved"]]
        sides = []
        where = ends.set_index([pd.Index(np.array(names, dtype=object)[ends["file"]]), "whose"])
        for side in ("later", "earlier"):
            rows = repeats.rows.loc[proved[side]]
            of = np.array(repeats.names, dtype=object)[rows["file"]]
            keys = pd.MultiIndex.from_arrays([of, rows["whose"]])
            sides.append(where.index.get_indexer(keys))
        same = np.unique(np.column_stack(sides), axis=0)
        links.append(same[(same >= 0).all(axis=1)])
    return np.concatenate(links).astype(np.int64)


def _accounts(ends: pd.DataFrame, links: np.ndarray) -> np.ndarray:
    """The number of the account of each row: linked rows have the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(ends)
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(size, size))
    return connected_components(graph, directed=False)[1]
