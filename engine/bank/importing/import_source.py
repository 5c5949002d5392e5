"""Source files in, a saved bank and its quality report out; all of it or nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from engine import settings
from engine.bank import bank_folders, editions, keys
from engine.bank.bank import Bank, Format, Manifest
from engine.bank.decision import Certainty, Decision, counted
from engine.bank.erased import ErasedCustomers
from engine.bank.importing import (
    cleaning,
    control_sheet,
    enrichment,
    kept_plan,
    outcome_columns,
    own_tables,
    stand_in_catalogue,
    update,
)
from engine.bank.importing.columns import column_matching, mapping, money
from engine.bank.importing.columns import layout as layouts
from engine.bank.importing.columns.layout import Layout, UnknownLayout
from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.importing.import_plan import ImportPlan
from engine.bank.importing.own_tables import Prepared
from engine.bank.importing.row_ids import identify
from engine.bank.importing.update import Changes
from engine.bank.importing.uploads import Uploads, as_read
from engine.bank.quality import Findings, QualityReport
from engine.bank.reading.files import SourceFiles
from engine.bank.reading.raw_table import printable
from engine.bank.stored_rows import by_customer
from engine.errors import BadInput
from engine.vocabulary import CONSENT_STATUSES, FOREIGN, PURPOSES

ERASED = "of customers who were erased"
"""Kind of rows that are set apart."""


def import_bank(
    source: Path | str | SourceFiles,
    into: Path | str,
    *,
    now: dt.datetime,
    layout: str | Layout | None = None,
    plan: ImportPlan | None = None,
    currency: str = "",
    strict: bool = False,
    consent: Mapping[str, str] | None = None,
    as_of: dt.date | None = None,
    name: str | None = None,
    format: Format = "parquet",
) -> tuple[Bank, QualityReport]:
    """Import a folder, a file, or files that are read already.

    Parameters
    ----------
    source : Path
        CSV, JSON, Excel or SQLite files.
    into : Path
        A new or empty folder, or an earlier bank, which is replaced as a whole.
    now : datetime
        The moment of import, UTC; dates after it are in the future.
    layout : str or Layout, optional
        A layout or its name; recognised by the files when not given.
    plan : ImportPlan, optional
        How the files are read, as a person said or an earlier import did.
    currency : str
        ISO code of amounts that come without one.
    strict : bool
        Refuse readings that are guesses.
    consent : mapping of str to str, optional
        Purpose -> status that holds where no consent is recorded.
    as_of : date, optional
        The bank's day; by default the last dated activity.
    name : str, optional
        Shown to people; by default the name of the source.
    format : {"parquet", "csv"}
        How the tables are written.

    Raises
    ------
    NotFound
        If there is no such source.
    BadInput
        If the source cannot be read, no layout fits, the plan does not fit, a guess is refused, or
        no row could be kept. Nothing is written.
    """
    source, plan = kept_plan.planned(source, plan)
    bank_folders.check_target(Path(into))
    built = _build(
        source,
        Path(into),
        now=now,
        layout=layout,
        plan=plan,
        currency=currency,
        consent=consent or {},
        as_of=as_of,
        name=name,
        format=format,
    )
    if strict:
        _refuse_guesses(built.report.guesses)
    plan_text = kept_plan.after(None, built.plan, editions.erased_from(Path(into)))
    editions.put(built.bank, Path(into), format=format, report=built.report, plan=plan_text)
    return built.bank, built.report


def update_bank(
    source: Path | str | SourceFiles,
    folder: Path | str,
    *,
    now: dt.datetime,
    mode: update.Mode = "auto",
    preview: bool = False,
    layout: str | Layout | None = None,
    plan: ImportPlan | None = None,
    currency: str = "",
    strict: bool = False,
    consent: Mapping[str, str] | None = None,
    as_of: dt.date | None = None,
) -> tuple[Bank, QualityReport, Changes]:
    """Make the next edition of a bank from newer files: a full extract, or further rows.

    Parameters
    ----------
    folder : Path
        Of the bank. It keeps its id, and so all that was recorded about it.
    mode : {"auto", "whole", "rows"}
        Whether the files are the whole content of their tables or further rows of them.
    preview : bool
        Only say what would change.
    plan : ImportPlan, optional
        As in `import_bank`; when not given, the one that lies beside the bank.
    currency, strict
        As in `import_bank`.

    Returns
    -------
    Bank, QualityReport, Changes
        The next edition; it serves unless this is a preview or nothing differs.

    Raises
    ------
    NotFound
        If the folder holds no bank, or there is no such source.
    BadInput
        If the source cannot be read or no layout fits. The edition before goes on serving.
    Busy
        If another import exchanged the edition meanwhile.
    """
    folder = Path(folder)
    earlier = editions.load(folder)
    format = editions.format_of(folder)
    kept = kept_plan.load(folder)
    source, plan = kept_plan.planned(source, plan, None if layout else kept, folder)
    built = _build(
        source,
        folder,
        now=now,
        layout=layout,
        plan=plan,
        currency=currency or earlier.manifest.currency,
        consent={**earlier.manifest.consent_defaults, **(consent or {})},
        as_of=as_of,
        name=earlier.manifest.name,
        format=format,
        earlier=earlier,
        mode=mode,
    )
    if strict:
        of_update = (d for d in built.decisions if d.certainty == Certainty.GUESS)
        _refuse_guesses((*built.report.guesses, *of_update))
    bank = earlier.next_edition(built.bank)
    if not preview and bank.manifest.edition != earlier.manifest.edition:
        keep = settings.default().bank.editions_kept
        editions.put(
            bank,
            folder,
            format=format,
            report=built.report,
            plan=kept_plan.after(kept, built.plan, editions.erased_from(folder)),
            keep=keep,
            instead_of=earlier.base_fingerprint,
        )
    return bank, built.report, update.compare(earlier, bank, built.decisions)


@dataclass(frozen=True, eq=False)
class _Built:
    bank: Bank
    report: QualityReport
    decisions: tuple[Decision, ...]
    plan: ImportPlan | None


def _build(
    source: SourceFiles,
    folder: Path,
    *,
    now: dt.datetime,
    layout: str | Layout | None,
    plan: ImportPlan | None,
    currency: str,
    consent: Mapping[str, str],
    as_of: dt.date | None,
    name: str | None,
    format: Format,
    earlier: Bank | None = None,
    mode: update.Mode = "auto",
) -> _Built:
    """A bank from files, laid over an earlier edition where there is one; nothing is written."""
    defaults, moment = _checked_consent(consent), _utc(now)
    findings = Findings(notes=list(source.notes))
    wish = _wish(plan, currency, moment, earlier)
    frames, prepared = _frames(source, layout, wish, findings, folder)
    known = prepared.layout
    frames = identify(frames)
    day = _day(frames, as_of, moment, findings)
    frames = enrichment.place_ages(enrichment.place_months(frames, day), day)
    sigmas = settings.default().bank.outlier_sigmas
    mine = _without_erased(frames, editions.erased_from(folder), findings)
    kept = cleaning.clean(mine, moment, sigmas, findings, earlier, "customers" in prepared.made)
    code = _currency(kept, known if earlier is None else earlier.manifest)
    kept, about_currencies = money.currencies_apart(kept, code)
    checked = kept
    read = {table: len(rows) for table, rows in kept.items()}
    decisions: tuple[Decision, ...] = ()
    if earlier is not None:
        given = {table: frozenset(rows.columns) for table, rows in frames.items()}
        given |= {FOREIGN: given["transactions"]} if "transactions" in given else {}
        kept = update.dated_objections(earlier, kept, moment)
        accounts = {**kept_plan.accounts(kept_plan.load(folder)), **prepared.accounts}
        kept, decisions = update.merge(earlier, kept, given, mode, prepared.partial, accounts)
    if as_of is None and not known.undated_months:
        day = enrichment.last_day(kept, moment) or day
    _check_kept(kept, findings, source)
    whole = enrichment.filled_in(kept, known, day, code, findings)
    manifest = Manifest(
        name=printable(name or source.name),
        currency=code,
        as_of=day.date().isoformat(),
        layout=known.name,
        undated_months=known.undated_months and bool(len(whole.get("months", ()))),
        consent_defaults=defaults,
        sources=dict(source.hashes),
        imported_at=moment.isoformat(timespec="seconds"),
        derived=tuple(sorted(prepared.made if earlier is None else earlier.manifest.derived)),
        notes=(*known.notes, *about_currencies),
    )
    for note in manifest.notes:
        findings.note(note)
    bank = Bank.from_tables(manifest, _in_order(whole) if format == "parquet" else whole)
    n_rows = read if earlier is not None else {t: len(rows) for t, rows in bank.tables.items()}
    report = findings.report(n_rows)
    report = replace(report, control=_control(frames, checked, report, code))
    return _Built(bank, report, decisions, kept_plan.used(prepared, wish, source, frames, mine))


def _wish(
    plan: ImportPlan | None, currency: str, latest: pd.Timestamp, earlier: Bank | None
) -> own_tables.Wish:
    """What is wanted of the files, which come beside an earlier edition where there is one."""
    if earlier is None:
        return own_tables.Wish(plan, currency, latest=latest)
    derived = frozenset(earlier.manifest.derived)
    is_plain = stand_in_catalogue.is_plain(earlier.product_ids)
    customers = frozenset(earlier.customer_ids if "customers" in derived else ())
    return own_tables.Wish(plan, currency, derived, is_plain, latest, customers)


def _in_order(whole: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """With transactions customer by customer, as Parquet stores them."""
    if not {"customers", "transactions"} <= whole.keys():
        return whole
    ids = pd.Index(whole["customers"]["customer_id"], dtype="str")
    return {**whole, "transactions": by_customer(whole["transactions"], ids)}


def _frames(
    source: SourceFiles,
    layout: str | Layout | None,
    wish: own_tables.Wish,
    findings: Findings,
    folder: Path,
) -> tuple[Frames, Prepared]:
    """The tables of a source in our columns, and how they were made ready."""
    known = _known_layout(source, layout) if wish.plan is None else _of_plan(wish.plan)
    if known is not None:
        return _read(source, known, findings), Prepared(source.tables, known, ())
    prepared = own_tables.prepare(source.tables, wish, findings, lambda: keys.key_beside(folder))
    findings.decisions = kept_plan.told(findings.decisions, wish.plan)
    frames = _read(replace(source, tables=prepared.tables), prepared.layout, findings)
    frames = outcome_columns.with_labels(frames, findings)
    before = frozenset(frames)
    if wish.derives("products"):
        frames, note = stand_in_catalogue.with_catalogue(frames, wish.is_plain)
        if note and wish.derived is None:
            findings.note(note)
    made = frozenset(frames) - before
    return frames, replace(prepared, made=prepared.made | made, partial=prepared.partial | made)


def _of_plan(plan: ImportPlan) -> Layout | None:
    """The layout that a plan names; None where it says how a bank's own tables are read."""
    return None if plan.layout == layouts.TABLES_LAYOUT else layouts.named(plan.layout)


def _without_erased(frames: Frames, erased: ErasedCustomers, findings: Findings) -> Frames:
    """What files hold of customers who were erased before is left out again, and said."""
    if not erased.n:
        return frames
    kept, gone = {}, set[str]()
    for table, rows in frames.items():
        ids = rows["customer_id"] if "customer_id" in rows else pd.Series(dtype="str")
        distinct = ids.dropna().unique()
        theirs = ids.isin(distinct[erased.among(distinct)])
        if theirs.any():
            gone.update(ids[theirs])
            for file, of_file in rows[theirs].groupby(FILE, sort=False):
                findings.set_aside(table, str(file), of_file[LINE].to_numpy(), ERASED)
            rows = rows[~theirs].reset_index(drop=True)
        kept[table] = rows
    if gone:
        many = "customer" if len(gone) == 1 else "customers"
        were = "was" if len(gone) == 1 else "were"
        findings.note(f"{len(gone):,} erased {many} in the files {were} left out.")
    return kept


def _control(frames: Frames, kept: Frames, report: QualityReport, code: str) -> pd.DataFrame:
    other = report.apart[report.apart["kind"] != ERASED]  # they count among the source's rows
    apart = other.groupby(["table", "file"])["n"].sum()
    return control_sheet.control_sheet(frames, kept, apart, code)


def _refuse_guesses(guesses: Sequence[Decision]) -> None:
    if guesses:
        raise BadInput(
            f"{counted(len(guesses), 'reading')} cannot be told, and guesses are refused: "
            f"{' '.join(f'{guess}.' for guess in guesses)} "
            "Say how it is in a plan (--save-plan, --plan), with --currency or, for an update, "
            "with --mode."
        )


def explain(
    source: Path | str | SourceFiles,
    plan: ImportPlan | None = None,
    currency: str = "",
    *,
    update_of: Path | None = None,
    now: dt.datetime | None = None,
) -> ImportPlan:
    """How an import would read a source, with what speaks for it; nothing is imported.

    Parameters
    ----------
    update_of : Path, optional
        Folder of the bank that the files would bring up to date: its plan reads them where none
        is given.
    now : datetime, optional
        As in `import_bank`: nobody is born after it.

    Raises
    ------
    NotFound, BadInput
        As `import_bank` does.
    """
    kept = kept_plan.load(update_of) if update_of else None
    source, plan = kept_plan.planned(source, plan, kept, update_of)
    findings = Findings(notes=list(source.notes))
    known = _known_layout(source, None) if plan is None else _of_plan(plan)
    if known is not None:
        return ImportPlan(known.name)
    wish = own_tables.Wish(plan, currency, latest=None if now is None else _utc(now))
    key = (lambda: keys.key_beside(update_of)) if update_of else (lambda: bytes(keys.KEY_BYTES))
    prepared = own_tables.prepare(source.tables, wish, findings, key)
    code = wish.said_currency
    customers = plan.customers if plan else ""
    return ImportPlan(
        layouts.TABLES_LAYOUT,
        prepared.files,
        code,
        customers,
        plan.accounts if plan else "",
        plan.known_accounts if plan else {},
        plan.left_out if plan else (),
        tuple(kept_plan.told(findings.decisions, plan)),
    )


def import_uploads(
    uploads: Uploads,
    into: Path | str,
    *,
    plan: ImportPlan | None = None,
    layout: str | None = None,
    **options: Any,
) -> tuple[Bank, QualityReport]:
    """Import uploaded files, given as name -> content or read already.

    Parameters
    ----------
    plan : ImportPlan, optional
        How the files are read (`explain` proposes it). Without it the layout is recognised or
        named.
    **options
        Those of `import_bank`, which also says what is raised.
    """
    read = as_read(uploads, plan.forms if plan else None)
    return import_bank(read, into, layout=layout, plan=plan, **options)


def _known_layout(source: SourceFiles, chosen: str | Layout | None) -> Layout | None:
    """The chosen layout, else the one recognised; None for a bank's own tables."""
    if isinstance(chosen, Layout):
        return chosen
    try:
        known = layouts.recognise(source.tables) if chosen is None else layouts.named(chosen)
    except UnknownLayout:
        if not column_matching.is_recognised(source.tables):
            raise
        return None
    return None if known.name == layouts.TABLES_LAYOUT else known


def _read(source: SourceFiles, plan: Layout, findings: Findings) -> Frames:
    from engine.bank.importing import sources

    frames = mapping.apply(plan, source.tables, findings)
    if plan.finish:
        frames = sources.STEPS[plan.finish](frames, source.tables, findings)
    return mapping.with_implied_products(frames, plan)


def _day(
    frames: Frames, as_of: dt.date | None, moment: pd.Timestamp, findings: Findings
) -> pd.Timestamp:
    if as_of is not None:
        return pd.Timestamp(as_of)
    day = enrichment.last_day(frames, moment)
    if day is None:
        findings.note("Nothing in this source has a date: the bank's day is the day of import.")
        return moment.normalize()
    return day


def _currency(kept: Frames, plan: Layout | Manifest) -> str:
    """The bank's currency: an earlier edition's, that of its own tables, else the commonest."""
    if "transactions" in kept and plan.name != layouts.TABLES_LAYOUT and isinstance(plan, Layout):
        said = kept["transactions"]["currency"].dropna()
        if len(said):
            return str(said.mode().iloc[0])
    return plan.currency


def _check_kept(kept: Frames, findings: Findings, source: SourceFiles) -> None:
    stands_in = "products" in kept and kept["products"][FILE].eq(stand_in_catalogue.STAND_IN).all()
    tables = ("customers",) if stands_in else ("customers", "products")
    if any(len(kept.get(table, ())) for table in tables):
        return
    report = findings.report({table: len(rows) for table, rows in kept.items()})
    first = report.rejected.head(1)
    why = (
        f" First: {first['file'].iloc[0]} line {first['line'].iloc[0]}: {first['problem'].iloc[0]}."
        if len(first)
        else ""
    )
    raise BadInput(
        f"{source.name}: no customer and no product could be imported "
        f"({report.n_rejected:,} rows were rejected).{why}"
    )


def _checked_consent(consent: Mapping[str, str]) -> dict[str, str]:
    for purpose, status in consent.items():
        if purpose not in PURPOSES or status not in CONSENT_STATUSES:
            raise BadInput(
                f"Consent {purpose}={status} is not known; purposes are {', '.join(PURPOSES)}, "
                f"statuses {', '.join(CONSENT_STATUSES)}."
            )
    return dict(consent)


def _utc(now: dt.datetime) -> pd.Timestamp:
    moment = pd.Timestamp(now)
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo else moment
