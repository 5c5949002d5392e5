"""What the services answered in; documents of the pack, one a subject, out."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from engine.governance import decision_log
from engine.governance.documents import INTERVAL, SHARES, Document, Table
from engine.labels import (
    DRIFT_CHANGES,
    DRIFT_LABELS,
    LIST_LABELS,
    SYSTEM_LABELS,
)
from engine.results import (
    BlindingReport,
    ConfidenceReport,
    Drift,
    Evaluation,
    FairnessReport,
    GroupComparison,
    StabilityReport,
    TrailCheck,
    WeakSpots,
)

SCREENING: Final = (
    "A ratio below four fifths is a screening number with an interval: neither a proof of unfair "
    "treatment nor, above it, a pass."
)
_GIVEN: Final = "given; see the page"
_COUNTED: Final = ("n_eligible", "n_recipients", "gap", "low", "high")
_MEASURED: Final = ("n", "value", "low", "high", "difference", "ratio", "q_value")


def inventory(table: pd.DataFrame) -> Document:
    """Every model and rule in one row."""
    columns = {
        "name": ("Name", "text"),
        "kind": ("Kind", "text"),
        "purpose": ("For", "text"),
        "not_for": ("Not for", "text"),
        "version": ("Version", "text"),
        "owner": ("Owner", "text"),
        "validated_on": ("Validated", "day"),
        "validation": ("How", "text"),
    }
    lead = "Every model and rule: what for, what not for, version, owner, last validation."
    return Document("inventory", "Models and rules", lead, (), (Table("All", table, columns),))


def model_cards(table: pd.DataFrame) -> Document:
    """Each model and rule in full."""
    fields = {
        "purpose": "For",
        "not_for": "Not for",
        "inputs": "Reads",
        "limits": "Limits",
        "version": "Version",
        "sha256": "SHA-256 of its weights",
        "validation": "Last validation",
        "owner": "Owner",
        "decided_in": "Decided in",
    }
    cards = tuple(
        Table(
            row["name"],
            pd.DataFrame([(label, row[name]) for name, label in fields.items()]).set_axis(
                ["field", "value"], axis=1
            ),
            {"field": ("Field", "text"), "value": ("What it says", "text")},
        )
        for row in table.to_dict("records")
    )
    lead = "One card a model or rule, with its limits."
    return Document("model-cards", "Model cards", lead, (), cards)


def lineage(tables: pd.DataFrame, sources: pd.DataFrame, notes: Sequence[str]) -> Document:
    """Tables of the bank and the files that they were read from, with hashes."""
    dated = {
        "table": ("Table", "text"),
        "rows": ("Rows", "count"),
        "first_date": ("From", "day"),
        "last_date": ("Until", "day"),
        "sha256": ("SHA-256", "text"),
    }
    files = {"file": ("File", "text"), "sha256": ("SHA-256", "text")}
    both = (Table("Tables", tables, dated), Table("Files that were read", sources, files))
    lead = "From which files every figure comes, and of which days."
    return Document("lineage", "Data and where they come from", lead, tuple(notes), both)


def versions(table: pd.DataFrame) -> Document:
    """Champion and challengers, and what was decided about each."""
    columns = {
        "version_id": ("Version", "text"),
        "created_at": ("Trained", "moment"),
        "status": ("Status", "text"),
        "grade": ("Grade", "text"),
        "n_adoptions": ("Adoptions", "count"),
        "n_events": ("Events", "count"),
        "seed": ("Seed", "text"),
        "note": ("What was decided", "text"),
    }
    shown = table.reindex(columns=list(columns))
    lead = "Every version that was trained, what it scored and why it serves or does not."
    return Document("versions", "Versions", lead, (), (Table("Versions", shown, columns),))


def metrics(found: Evaluation | None) -> Document:
    """The system that serves beside every simple rival."""
    lead = "How well lists foresaw what customers took later, beside every simple rival."
    if found is None:
        said = ("The training of the version that serves kept no evaluation.",)
        return Document("metrics", "Metrics and challengers", lead, said)
    label = {"system": ("System", "text")}
    n = {"n": ("Adopters", "count")}
    systems = {**label, "metric": ("Metric", "text"), "value": ("Value", "three"), **INTERVAL, **n}
    paired = {
        **label, "value": ("Lead of the list", "three"), **INTERVAL, **n,
        "standing": ("Standing", "text"),
    }  # fmt: skip
    breadth = {
        **label, "coverage": ("Products that are offered", "share"),
        "novelty": ("Novelty, bits", "three"), "gini": ("Gini of offers", "three"), **n,
    }  # fmt: skip
    tables = (
        Table("Every system on the same adopters", _named(found.systems), systems),
        Table(
            "The list minus each system, adopter by adopter (MAP@7)", _named(found.paired), paired
        ),
        Table("Breadth", _named(found.breadth), breadth),
    )
    days = [found.since, found.until]
    when = " to ".join(f"{day:%Y-%m-%d}" for day in days if day is not None)
    said = (found.sentence, found.meaning, f"{found.n:,} adopters, {when}: {found.cohort}.")
    kept = tuple(table for table in tables if len(table.frame))
    return Document("metrics", "Metrics and challengers", lead, (*said, *found.notes), kept)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(system=[SYSTEM_LABELS.get(str(s), str(s)) for s in table.get("system", ())])


def calibration(found: ConfidenceReport) -> Document:
    """Promised against taken."""
    lead = "What confidences promised, and what came of it, on customers that set nothing."
    if not found.measured:
        return Document("calibration", "Calibration", lead, (found.reason,))
    over = {"over": ("Over", "text")}
    figures = {
        "measure": ("Measure", "text"), **over, "value": ("Value", "three"), **INTERVAL,
        "expected": ("By chance alone", "three"), "n": ("Customers", "count"),
    }  # fmt: skip
    bands = {
        **over, "lower": ("Confidence from", "share"), "upper": ("To", "share"),
        "n": ("Offers", "count"), "confidence": ("Promised", "share"), "taken": ("Taken", "share"),
        **SHARES,
    }  # fmt: skip
    words = {
        "word": ("Word", "text"), "start": ("From confidence", "share"),
        "n_measured": ("Offers", "count"), "taken": ("Taken", "share"), **SHARES,
    }  # fmt: skip
    said = (
        f"Adoptions of {found.fold}: {found.n_calibration:,} customers set words, bar and set, "
        f"{found.n_measured:,} others checked them.",
    )
    tables = (
        Table("Calibration error (ece) and Brier score", found.figures, figures),
        Table("Promised against taken", found.reliability, bands),
        Table("What the words have meant", found.words, words),
    )
    return Document("calibration", "Calibration", lead, said, tables)


def stability(reports: Sequence[StabilityReport]) -> Document:
    """Lists of the same customers, made twice."""
    columns = {
        "change": ("What was changed", "text"), "segment": ("Segment", "text"),
        "n": ("Customers", "count"), "jaccard": ("Overlap of first offers", "three"), **INTERVAL,
        "same_first": ("Same first offer", "share"),
    }  # fmt: skip
    tables = tuple(
        Table(
            f"{LIST_LABELS[one.list]} list: seed {one.seed} against {one.other_seed}, and noise",
            one.table,
            columns,
            f"First {one.k} offers. Noise: balances up to {one.balance_noise:.0%}, sentiment up to "
            f"{one.sentiment_noise:g}.",
        )
        for one in reports
    )
    lead = "How far lists stay the same under another seed and under small noise."
    said = tuple(one.sentence for one in reports)
    return Document("stability", "Stability", lead, said, tables)


def weak_spots(found: WeakSpots) -> Document:
    """For whom the lists fail."""
    lead = "Groups for whom lists are worse, found on one half and judged on the other."
    columns = {
        "group": ("Group", "text"), "confirmed": ("Worse on both halves", "text"),
        "n": ("Customers", "count"), "value": ("Found", "share"), **SHARES,
        "value_others": ("Found of others", "share"), "q_value": ("p, adjusted", "three"),
    }  # fmt: skip
    said = (found.reason,) if found.reason else (found.sentence, *found.notes)
    shown = found.table.reindex(columns=list(columns))
    tables = (Table("Groups that stood out", shown, columns),) if not found.reason else ()
    return Document("weak-spots", "For whom it fails", lead, said, tables)


def fairness(
    reports: Sequence[FairnessReport],
    compared: Sequence[GroupComparison],
    blinding: BlindingReport,
) -> Document:
    """Shares by group, what each group is shown, and whether scores are blind."""
    shares = {
        "category": ("Offers of", "text"), "group": ("Group", "text"),
        "n_eligible": ("Eligible", "count"), "n_recipients": ("Recipients", "count"),
        "gap": ("Gap to share of eligible", "points"), "low": ("From (95 %)", "points"),
        "high": ("To (95 %)", "points"), "alert": ("Alert", "text"), "note": ("Note", "text"),
    }  # fmt: skip
    beside = {
        "measure": ("Measure", "text"), "unit": ("Unit", "text"), "group": ("Group", "text"),
        "n": ("Customers", "count"), "value": ("Value", "three"), **INTERVAL,
        "difference": ("To everybody else", "three"), "ratio": ("Ratio", "three"),
        "q_value": ("p, adjusted", "three"), "note": ("Note", "text"),
    }  # fmt: skip
    blind = {
        "attribute": ("Replaced", "text"), "n_customers": ("Customers", "count"),
        "n_changed": ("Whose scores changed", "count"),
        "largest_difference": ("Largest change of a score", "three"),
    }  # fmt: skip
    tables = [Table("Blinding: each is replaced for everybody", blinding.table, blind)]
    for one in reports:
        note = f"{one.n:,} customers; groups under {one.min_n} are left out."
        found = _blank(one.table, ~one.table["judged"].astype("bool"), _COUNTED)
        tables.append(Table(f"Shares of offers by {one.attribute}", found, shares, note))
    for other in compared:
        found = _blank(other.table, other.table["n"] < other.min_n, _MEASURED)
        tables.append(Table(f"What is shown by {other.attribute}", found, beside, other.sentence))
    alerts = [alert for one in reports for alert in one.alerts]
    said = (blinding.sentence, *(one.sentence for one in reports), *alerts, SCREENING)
    lead = "What each group is offered and shown, with intervals, and whether scores are blind."
    return Document("fairness", "Fairness", lead, said, tuple(tables))


def controls(table: pd.DataFrame) -> Document:
    """What holds back settings that would treat groups otherwise."""
    columns = {
        "control": ("Control", "text"), "stands": ("Stands", "text"), "meaning": ("What", "text"),
    }  # fmt: skip
    lead = "What stands between a setting and lists that treat groups otherwise."
    said = ("A settings file that is edited by hand is held back by none of them.",)
    return Document("controls", "Controls", lead, said, (Table("All", table, columns),))


def _blank(table: pd.DataFrame, few: pd.Series, columns: Sequence[str]) -> pd.DataFrame:
    """The same without figures of groups of a few people, whom figures could tell."""
    return table.assign(**{name: table[name].astype("float").mask(few) for name in columns})


def drift(found: Drift, owner: str) -> Document:
    """How far the bank has moved since the training."""
    columns = {
        "field": ("Field", "text"), "change": ("Change", "text"), "psi": ("PSI", "three"),
        "by_chance": ("PSI by chance", "three"), "p": ("p, adjusted", "three"),
        "n_before": ("Counted at training", "count"), "n_after": ("Counted now", "count"),
    }  # fmt: skip
    fields = found.fields.reindex(columns=list(columns))
    named = fields.assign(
        field=[DRIFT_LABELS.get(name, name) for name in fields["field"]],
        change=[DRIFT_CHANGES.get(name, name) for name in fields["change"]],
    )
    bands = (
        f"Population stability index: from {found.some:g} some change, from {found.large:g} a "
        f"large one, where a test excludes chance. Who answers for it: {owner}."
    )
    lead = "How far the data have moved from those of the training."
    table = Table("Field by field", named, columns)
    return Document("drift", "Drift", lead, (bands, *found.says), (table,))


def overrides(table: pd.DataFrame, names: decision_log.Pseudonyms) -> Document:
    """What people set by hand; who by a number, and no text that anybody typed."""
    columns = {
        "kind": ("Kind", "text"), "what": ("What", "text"), "n": ("Number", "count"),
        "by": ("By", "text"), "since": ("Since", "day"), "until": ("Until", "day"),
        "why": ("Reason", "text"),
    }  # fmt: skip
    shown = table.assign(
        by=[names.person(by) for by in table["by"]],
        since=table["since"].dt.normalize(),
        why=[_GIVEN if isinstance(why, str) and why else "none given" for why in table["why"]],
    )
    said = (
        ("Without a day under Until no end is set.",) if len(table) else ("Nothing is overridden.",)
    )
    lead = "Settings, records, consents and versions that people changed and that still stand."
    return Document("overrides", "Open overrides", lead, said, (Table("All", shown, columns),))


def decisions(
    lists: pd.DataFrame, events: pd.DataFrame, n_lists: int, n_events: int, head: str
) -> Document:
    """What was shown and what came of it, under numbers in place of names."""
    shown = {
        "day": ("Shown on", "day"), "customer": ("Customer", "text"),
        "person": ("Shown to", "text"), "list": ("List", "text"), "version": ("Version", "text"),
        "bank_day": ("Data as of", "day"), "n_considered": ("Considered", "count"),
        "left_out": ("Left out by rule", "text"), "offered": ("Offered (confidence)", "text"),
    }  # fmt: skip
    answers = {
        "day": ("On", "day"), "customer": ("Customer", "text"), "person": ("By", "text"),
        "product": ("Product", "text"), "action": ("What", "text"), "version": ("Version", "text"),
    }  # fmt: skip
    said = (
        f"The latest {len(lists):,} of {n_lists:,} lists and {len(events):,} of {n_events:,} "
        "recorded answers. Customers and people are numbered within this file alone; what anybody "
        "typed is left out. This is pseudonymous, not anonymous: whoever also has the state folder "
        "can find a row again by its content.",
        f"Head of the chain of receipts: {head or 'none yet'}.",
    )
    tables = (
        Table("Lists that were shown", lists, shown),
        Table("What was answered", events, answers),
    )
    lead = "Each list that was shown is sealed with the hash of the one before."
    return Document("decision-log", "Decision log", lead, said, tables)


def audit_trail(
    acts: pd.DataFrame, check: TrailCheck, audits: pd.DataFrame, names: decision_log.Pseudonyms
) -> Document:
    """How often each kind of act stands in the trail, whether it is whole, and every audit."""
    counted = {
        "action": ("Act", "text"), "n": ("Entries", "count"), "people": ("People", "count"),
        "first": ("First", "day"), "last": ("Last", "day"),
    }  # fmt: skip
    run = {
        "at": ("On", "day"), "actor": ("By", "text"),
        "what": ("What was found", "text"),
    }  # fmt: skip
    acts = acts.assign(**{name: acts[name].dt.normalize() for name in ("first", "last")})
    shown = audits.assign(
        at=audits["at"].dt.normalize(),
        actor=[names.person(str(actor)) for actor in audits["actor"]],
    )
    said = (check.verdict, f"Head of the chain: {check.head}.")
    tables = (Table("Acts", acts, counted), Table("Audits that were run", shown, run))
    lead = "Looks, consents, changes, decisions, settings, versions, exports, audits and erasures."
    return Document("audit-trail", "Audit trail", lead, said, tables)


def questions(table: pd.DataFrame) -> Document:
    """What a risk officer asks, and where it is answered."""
    columns = {
        "number": ("No.", "count"), "question": ("Question", "text"), "answer": ("Answer", "text"),
        "page": ("Page", "text"), "files": ("Files", "text"), "answered": ("Answered", "text"),
    }  # fmt: skip
    n = int(table["answered"].sum())
    lead = f"{n} of {len(table)} questions are answered by a page or a file of this pack."
    shown = table.assign(answered=["yes" if one else "no" for one in table["answered"]])
    title = "Questions of a risk officer"
    return Document("questions", title, lead, (), (Table("All", shown, columns),))
