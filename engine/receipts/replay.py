"""A stored receipt in; its list rebuilt as of its moment, and what of it is the same, out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from engine.bank import editions
from engine.bank.bank import Bank
from engine.errors import EngineError
from engine.receipts.archive import Archive, differing
from engine.receipts.canonical import near
from engine.receipts.content import Writer
from engine.receipts.past_snapshot import Past
from engine.receipts.reading import edition_of
from engine.results import Replay
from engine.scoring.recommendation import recommend
from engine.scoring.score_table import ScoreTable
from engine.snapshot.snapshot import Snapshots
from engine.threads import one_thread

_ERASED = ", without customers who were erased since"

MOST_DIFFERENCES = 20
"""That are listed; one wrong input usually moves every number (own choice)."""


@dataclass
class _Checks:
    """What was looked at, in order; `same` is None where it could not be told."""

    rows: list[tuple[str, bool | None, str]] = field(default_factory=list)
    erased: bool = False
    """Were customers erased from the bank since?"""

    def add(self, name: str, same: bool | None, detail: str = "") -> bool | None:
        self.rows.append((name, same, detail))
        return same

    @property
    def reasons(self) -> list[str]:
        return [f"{name[:1].lower()}{name[1:]}" for name, same, _ in self.rows if same is False]


def replay(
    stored: Mapping[str, Any],
    customer_id: str | None,
    problem: str,
    snapshots: Snapshots,
    archive: Archive,
) -> Replay:
    """Rebuild a list and compare it with its receipt.

    Parameters
    ----------
    stored : mapping
        The receipt as it is read out: about, decision, chain.
    customer_id : str or None
        Behind the receipt's key.
    problem : str
        What is wrong with the receipt itself; "" where nothing is.
    snapshots : Snapshots
        Of the present.

    Notes
    -----
    Everything is worked out anew on one thread: nothing of the present view is used but the
    imported bank. The encoder's cache is, since a vector depends on its neighbours in the batch
    by about 1e-7.
    """
    about, decision = stored["about"], stored["decision"]
    checks = _Checks()
    checks.add("The receipt itself", not problem, problem or "as it was written")
    try:
        past = _past(decision, customer_id, snapshots, archive, checks)
        if past is None:
            return _refused(stored, checks)
        with one_thread(models=True):
            table = ScoreTable(past.current(), datetime.fromisoformat(decision["decided_at"]))
            rebuilt = recommend(
                table, str(customer_id), k=about["k"], which=about["list"], order=about["order"]
            )
            again = Writer(past, archive).decision(rebuilt)
    except EngineError as error:
        checks.add("Rebuilding", False, str(error))
        return _refused(stored, checks)
    return _compared(stored, again, checks)


def _past(
    decision: Mapping[str, Any],
    customer_id: str | None,
    snapshots: Snapshots,
    archive: Archive,
    checks: _Checks,
) -> Past | None:
    """The views of the receipt's moment; None when what they need is gone, which is noted."""
    base = _base_of(edition_of(decision), snapshots, checks)
    if base is None:
        return None
    if customer_id is None:
        checks.add("The customer", False, "the key's mapping is gone (erased, or not moved along)")
        return None
    if not _version_is_there(decision["model"], snapshots, checks):
        return None
    try:
        settings, unknown = archive.settings(decision["settings"]["sha256"])
        metrics = archive.metrics(decision["metrics"])
    except EngineError as error:
        checks.add("The stored settings", False, str(error))
        return None
    now = differing(settings.model_dump(mode="json"), snapshots.settings.model_dump(mode="json"))
    since = f"; changed since: {', '.join(list(now)[:5])}" if now else ""
    lost = f"; unknown to this release: {', '.join(unknown[:5])}" if unknown else ""
    checks.add("The stored settings", not unknown, f"used as stored{since}{lost}")
    if not _log_is_there(decision["known"], snapshots, checks):
        return None
    return Past(
        snapshots,
        base,
        until={name: n for name, n in decision["known"].items() if name != "last_event"},
        settings=settings,
        metrics=metrics,
        version_id=decision["model"]["version"],
    )


def _base_of(edition: Mapping[str, Any], snapshots: Snapshots, checks: _Checks) -> Bank | None:
    """The edition that a receipt rests on: the one that is open, or an earlier one that is kept."""
    base = snapshots.base
    checks.erased = snapshots.erased.n > 0
    if edition["fingerprint"] == base.base_fingerprint:
        checks.add("The imported bank", True, f"the same import{_ERASED * checks.erased}")
        return base
    if edition["fingerprint"] in base.manifest.before_erasures:
        checks.add("The imported bank", None, f"edition {edition['edition']}{_ERASED}")
        return base
    detail = "another import is open"
    if edition["id"] == base.bank_id:
        detail = f"edition {edition['edition']}; edition {base.manifest.edition} is open"
        if snapshots.shipped is not None:
            try:
                kept = editions.load(snapshots.shipped, edition["edition"])
            except EngineError as error:
                detail += f". {error}"
            else:
                then = {kept.base_fingerprint, *kept.manifest.before_erasures}
                if edition["fingerprint"] in then:
                    same = edition["fingerprint"] == kept.base_fingerprint or None
                    without = "" if same else _ERASED
                    detail = f"edition {edition['edition']}, kept{without}"
                    checks.add("The imported bank", same, detail)
                    return kept
    checks.add("The imported bank", False, detail)
    return None


def _version_is_there(model: Mapping[str, Any], snapshots: Snapshots, checks: _Checks) -> bool:
    name = model["version"]
    try:
        version = snapshots.registry.version(name)
        snapshots.registry.verified(name)
        same = dict(version.files) == model["files"]
        detail = name if same else f"{name} has other files than it had"
    except EngineError as error:
        same, detail = False, str(error)
    return bool(checks.add("The model version", same, detail))


def _log_is_there(known: Mapping[str, Any], snapshots: Snapshots, checks: _Checks) -> bool:
    known = {"evidence": 0, **known}  # nothing of it counted in a list of an earlier release
    have = {
        "events": len(snapshots.events.read()),
        "consents": snapshots.state.consents.known_rows,
        **snapshots.state.known_rows,
    }
    short = [name for name, n in have.items() if n < known.get(name, 0)]
    if short:
        detail = f"{short[0]}: {known[short[0]]:,} were known, {have[short[0]]:,} are there"
        checks.add("Events and records up to then", False, detail)
        return False
    damaged = snapshots.state.damage().query("table in @have")
    if len(damaged):
        lost = ", ".join(f"{table} {row}" for table, row in damaged[["table", "row"]].to_numpy())
        checks.add("Events and records up to then", False, f"some cannot be read: {lost}")
        return True
    later = sum(n - known.get(name, 0) for name, n in have.items())
    detail = f"{later:,} recorded since are left out" if later else "nothing was recorded since"
    checks.add("Events and records up to then", True, detail)
    return True


def _refused(stored: Mapping[str, Any], checks: _Checks) -> Replay:
    name, _, detail = checks.rows[-1]
    return _result(stored, f"Cannot be replayed. {name}: {detail.rstrip('.')}.", checks, [], 0)


def _compared(stored: Mapping[str, Any], again: Mapping[str, Any], checks: _Checks) -> Replay:
    decision = stored["decision"]
    labels = {
        "records": "The customer's records and the catalogue",
        "signals": "The signals",
        "parts": "The parts of all scores",
    }
    for part, label in labels.items():
        _same_hashes(label, decision["inputs"][part], again["inputs"][part], checks)
    _same_hashes("Program, libraries and models", decision["made_with"], again["made_with"], checks)
    pairs = [
        pair
        for part in ("offers", "funnel", "consents", "as_of")
        for pair in _leaves(decision[part], again[part], part)
    ]
    wrong = [pair for pair in pairs if not _equal(*pair[1:])]
    agree = f"{len(pairs) - len(wrong):,} of {len(pairs):,} values agree"
    checks.add("The list", not wrong, agree)
    worded = decision["words"] == again["words"]
    checks.add("The sentences", worded, "word for word" if worded else "the wording is another now")
    verdict = _verdict(len(pairs), len(wrong), checks)
    return _result(stored, verdict, checks, wrong, len(pairs))


def _verdict(n: int, n_wrong: int, checks: _Checks) -> str:
    edited = "" if checks.rows[0][1] else " But the receipt itself was edited."
    if not n_wrong:
        return f"The same list: all {n:,} values agree within a billionth.{edited}"
    told = ("the receipt itself", "the list", "the sentences")
    others = [name for name in checks.reasons if name not in told]
    cause = f" Not the same either: {'; '.join(others)}." if others else ""
    if checks.erased:
        cause += " Customers were erased since, and what compares customers moved."
    return f"Another list: {n_wrong:,} of {n:,} values differ.{cause}{edited}"


def _same_hashes(
    label: str, stored: Mapping[str, str], again: Mapping[str, str], checks: _Checks
) -> None:
    names = sorted({*stored, *again})
    other = [name for name in names if stored.get(name) != again.get(name)]
    detail = f"other: {', '.join(other)}" if other else f"{len(names)} hashes agree"
    checks.add(label, not other, detail)


def _leaves(stored: Any, again: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of single values at the same place of two trees; None where one has none."""
    mine, theirs = _branches(stored), _branches(again)
    if not mine and not theirs:
        yield path, stored, again
    for key in {**mine, **theirs}:
        yield from _leaves(mine.get(key), theirs.get(key), f"{path} {key}")


def _branches(tree: Any) -> dict[Any, Any]:
    """What hangs on a tree, by key or by place from 1; nothing on a single value."""
    if isinstance(tree, Mapping):
        return dict(tree)
    return dict(enumerate(tree, start=1)) if isinstance(tree, list) else {}


def _equal(stored: Any, again: Any) -> bool:
    if isinstance(stored, int | float) and isinstance(again, int | float):
        return near(stored, again)
    return bool(stored == again)


def _result(
    stored: Mapping[str, Any],
    verdict: str,
    checks: _Checks,
    wrong: list[tuple[str, Any, Any]],
    n_compared: int,
) -> Replay:
    shown = [(where, _said(one), _said(other)) for where, one, other in wrong[:MOST_DIFFERENCES]]
    table = pd.DataFrame(checks.rows, columns=["check", "same", "detail"])
    return Replay(
        number=stored["chain"]["n"],
        receipt_id=stored["about"]["id"],
        same=n_compared > 0 and not wrong,
        verdict=verdict,
        checks=table.astype({"same": "boolean"}),
        differences=pd.DataFrame(shown, columns=["where", "stored", "found"]),
        n_compared=n_compared,
    )


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)
