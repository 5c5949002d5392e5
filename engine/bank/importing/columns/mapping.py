"""Raw tables in, rows of our tables out: the part of an import that a layout can say."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.bank.importing.columns.layout import LOOSE, PARSERS, Column, Layout, TableSpec
from engine.bank.parsing import directions
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable
from engine.bank.tables import DTYPES
from engine.vocabulary import KEYS, TABLES

FILE, LINE = "_file", "_line"
"""Where a row came from; these two columns travel with it until the checks are done."""

_ATTRIBUTES = "attributes"

Frames = dict[str, pd.DataFrame]


def apply(layout: Layout, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Map every source table that a layout knows.

    Returns
    -------
    dict of str to DataFrame
        Our table -> its columns as far as the source has them, in our kinds, plus FILE and LINE.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    for spec in layout.tables:
        if spec.source in tables:
            raw = tables[spec.source]
            if raw.n_bad_lines:
                findings.reject_lines(spec.into, raw)
            parts.setdefault(spec.into, []).append(_rows(layout, spec, raw, findings))
    used = {spec.source for spec in layout.tables} | set(layout.joined)
    for name, raw in tables.items():
        if name in layout.unused:
            findings.note(f"{raw.file} was not used: {layout.unused[name]}")
        elif name not in used:
            findings.note(f"{raw.file} was not used: the layout {layout.name} does not know it.")
    return {into: pd.concat(frames, ignore_index=True) for into, frames in parts.items()}


def _rows(layout: Layout, spec: TableSpec, raw: RawTable, findings: Findings) -> pd.DataFrame:
    cells, json_columns = _flattened(spec, raw)
    problems: list[tuple[str, pd.Series]] = []
    rows, used = {}, set()
    for ours, how in spec.columns.items():
        sources = [s for s in how.sources if s in cells.columns]
        if not sources:
            dtype = None if how.value is not None else DTYPES[TABLES[spec.into][ours]]
            rows[ours] = pd.Series(how.value, index=cells.index, dtype=dtype)
            continue
        source, parser = _source_text(cells, sources, how.join), spec.parser(ours)
        if how.map:
            source = source.str.strip().str.lower().map(how.map).fillna(source).astype("str")
        rows[ours] = directed(PARSERS[parser](source), cells, how)
        used |= {*sources, how.out, how.direction}
        if how.keep or parser in LOOSE:
            used -= set(sources)
        if parser == "signed" and rows[ours].max() <= 0 and not _has_minus(source):
            findings.note(f"{raw.file}: no amount is negative, so all were read as spending.")
        if how.value is not None:
            rows[ours] = rows[ours].fillna(how.value)
        elif parser not in LOOSE:
            plain = parser.startswith("positive") or bool(how.out)
            read = PARSERS["number"](source) if plain else rows[ours]
            problems.append((ours, _unread(source, read)))
    rest = _rest(layout, spec, cells, used, raw, findings)
    if _ATTRIBUTES in TABLES[spec.into] and rest:
        rows[_ATTRIBUTES] = _attributes(cells[rest], json_columns | set(spec.json_columns))
    elif rest:
        findings.note(f"{raw.file}: {', '.join(rest)} have no place in {spec.into} and were left.")
    frame = placed(pd.DataFrame(rows, index=cells.index), raw)
    for ours, unread in problems:
        warn_rows(
            findings,
            spec.into,
            frame.loc[unread.index],
            [f"{ours} {t!r} was not understood" for t in unread],
        )
    return frame


def directed(amounts: pd.Series, cells: pd.DataFrame, how: Column) -> pd.Series:
    """Amounts with their sign, as another column or the file says it; out is negative.

    One odd row switches nothing off: a negative amount in "paid out" is a refund, and a negative
    debit among positive ones was taken back.
    """
    if how.out in cells:
        gone = _one_side(PARSERS["number"](cells[how.out]), how.minus)
        return _one_side(amounts, how.minus).sub(gone, fill_value=0.0)
    if how.direction in cells:
        said = cells[how.direction]
        sign = directions.read(said, directions.form_of(said))
        goes_out = (sign < 0) & amounts.notna() & (amounts != 0)
        if goes_out.any() and (amounts[goes_out] < 0).mean() > 0.5:
            return amounts
        return (amounts * sign).fillna(-amounts.abs())
    if how.reverse:
        return -_one_side(amounts, how.minus) if how.out or how.minus else -amounts
    return _one_side(amounts, how.minus) if how.minus else amounts


def _one_side(values: pd.Series, minus: str) -> pd.Series:
    """A column of money in or of money out; as sizes where most are written with a minus."""
    said = values[values.notna() & (values != 0)]
    are_sizes = len(said) and (said < 0).mean() >= 0.5 and not (minus and (said > 0).any())
    return values.abs() if minus == "nothing" or are_sizes else values


def _source_text(cells: pd.DataFrame, sources: list[str], join: str | None) -> pd.Series:
    if join is None:
        said = PARSERS["text"](cells[sources[0]])
        for other in sources[1:]:
            said = said.fillna(PARSERS["text"](cells[other]))
        return said
    parts = [cells[s].str.strip().fillna("") for s in sources]
    return parts[0].str.cat(parts[1:], sep=join).str.strip()


def _has_minus(source: pd.Series) -> bool:
    return bool(source.str.contains(r"^\s*[-(\u2212]|-\s*$", regex=True).any())


def _unread(source: pd.Series, values: pd.Series) -> pd.Series:
    """Text that had no value, cut to what fits a report."""
    unread = source[source.notna() & values.isna()]
    return unread if unread.empty else PARSERS["text"](unread).dropna().str.slice(0, 60)


def _rest(
    layout: Layout,
    spec: TableSpec,
    cells: pd.DataFrame,
    used: set[str],
    raw: RawTable,
    findings: Findings,
) -> list[str]:
    refused = [c for c in cells.columns if c in layout.refuse]
    if refused:
        findings.note(f"{raw.file}: {', '.join(refused)} were refused: never stored.")
    if "*" in spec.ignore:
        return []
    ignored = [c for c in cells.columns if c in spec.ignore]
    if ignored:
        findings.note(f"{raw.file}: {', '.join(ignored)} repeat what stands elsewhere; not stored.")
    return [c for c in cells.columns if c not in used and c not in refused and c not in ignored]


def _flattened(spec: TableSpec, raw: RawTable) -> tuple[pd.DataFrame, set[str]]:
    """Columns of JSON objects, opened into one column per key."""
    cells, json_columns = raw.frame, set(raw.json_columns)
    for column in spec.flatten:
        if column in cells:
            opened = pd.DataFrame.from_records(
                [_opened(c) for c in cells[column]],
                index=cells.index,
            )
            names = {k: k if k not in cells else f"{column}.{k}" for k in opened.columns}
            json_columns |= {names[k] for k in opened if not _has_text(opened[k])}
            texts = opened.rename(columns=names).map(_as_text).astype("str")
            cells = pd.concat([cells.drop(columns=column), texts], axis="columns")
    return cells, json_columns


def _opened(cell: Any) -> dict[str, Any]:
    value = _loaded(cell) if isinstance(cell, str) else {}
    return value if isinstance(value, dict) else {"": cell}


def _has_text(values: pd.Series) -> bool:
    return any(isinstance(v, str) for v in values)


def _as_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _attributes(cells: pd.DataFrame, json_columns: Iterable[str]) -> pd.Series:
    """One JSON object a row from the source columns that have no column of ours.

    A source column that is itself called attributes and holds objects is merged in.
    """
    known = {*json_columns, _ATTRIBUTES}
    columns = [_values(cells[c], c in known) for c in cells.columns]
    names = list(cells.columns)
    objects = []
    for row in zip(*columns, strict=True):
        kept = {n: v for n, v in zip(names, row, strict=True) if v is not None}
        if isinstance(kept.get(_ATTRIBUTES), dict):
            kept |= kept.pop(_ATTRIBUTES)
        objects.append(json.dumps(kept, ensure_ascii=False) if kept else None)
    return pd.Series(objects, index=cells.index, dtype="str")


def _values(cells: pd.Series, is_json: bool) -> list[Any]:
    """Cells as JSON values; text that is no valid JSON stays text."""
    said = cells.mask(cells.str.strip() == "").astype("object")
    convert: Callable[[str], Any] = _loaded if is_json else str
    known = {text: convert(text) for text in said.dropna().unique()}
    return [known[text] if isinstance(text, str) else None for text in said]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def warn_rows(
    findings: Findings, table: str, rows: pd.DataFrame, problem: Iterable[str] | str
) -> None:
    """Warn about kept rows, named by their key or by file and line."""
    if rows.empty:
        return
    findings.warn(table, row_names(table, rows), problem)


def row_names(table: str, rows: pd.DataFrame) -> pd.Series:
    """What a row is called in a report: its key, else file:line."""
    place = rows[FILE].astype("str") + ":" + rows[LINE].astype("str")
    keys = [k for k in KEYS.get(table, ()) if k in rows]
    if not keys:
        return place
    names = rows[keys[0]].astype("str")
    for key in keys[1:]:
        shown = rows[key].dt.strftime("%Y-%m") if key == "month" else rows[key].astype("str")
        names = names + " " + shown.astype("str")
    return names.fillna(place)


def reject_rows(
    findings: Findings, table: str, rows: pd.DataFrame, problem: Iterable[str] | str
) -> None:
    """Reject rows by their file and line."""
    if rows.empty:
        return
    findings.reject(table, rows[FILE], rows[LINE], problem)


def placed(rows: pd.DataFrame, raw: RawTable, positions: np.ndarray | None = None) -> pd.DataFrame:
    """Rows with the file and line they came from.

    Parameters
    ----------
    rows : DataFrame of n_rows
    raw : RawTable
    positions : ndarray of int64, shape (n_rows,), optional
        Which row of the raw table each row comes from; by default the row of the same number.
    """
    lines = raw.lines if positions is None else raw.lines[positions]
    return rows.assign(**{FILE: pd.Series(raw.file, index=rows.index, dtype="str"), LINE: lines})


def lookup(keys: pd.Series, values: pd.Series) -> pd.Series:
    """What each key stands for, its first mention counting: ready for `Series.map`."""
    table = pd.Series(values.to_numpy(), index=pd.Index(keys, dtype="str"))
    return table[table.index.notna() & ~table.index.duplicated()]


def with_implied_products(frames: Frames, layout: Layout) -> Frames:
    """Add a layout's own products, or what it says about those that the source lists."""
    if not layout.products:
        return frames
    implied = pd.DataFrame(list(layout.products)).set_index("product_id")
    listed = frames.get("products", pd.DataFrame({"product_id": pd.Series(dtype="str")}))
    listed = listed.reset_index(drop=True)
    for column in implied.columns:
        said = listed["product_id"].map(implied[column])
        listed[column] = said.fillna(listed[column]) if column in listed else said
    new = implied.loc[~implied.index.isin(listed["product_id"])].reset_index()
    if len(new):
        new = new.assign(**{FILE: f"layout {layout.name}", LINE: np.arange(1, len(new) + 1)})
        listed = pd.concat([listed, new], ignore_index=True) if len(listed) else new
    return {**frames, "products": listed}
