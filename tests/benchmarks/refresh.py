"""A bank's history, delivered month by month: nothing is lost, nothing comes back, all adds up.

`python -m tests.benchmarks.refresh [--months N] [--how full|rows]` takes the demo bank through its
months by `import --update`, with feedback, objections and an erasure in between, and compares what
stands at the end with one import of everything.
"""

import argparse
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from engine import Engine
from engine.bank import editions
from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.bank.erased import without_customers
from engine.bank.importing.import_source import import_bank, update_bank
from engine.errors import NotFound
from engine.vocabulary import KEYS, MARKETING, REFUSED
from tests.benchmarks.measure import ROOT

How = Literal["full", "rows"]
"""Everything up to a month's end, or only the rows of the month in tables that grow by day."""

NOW = dt.datetime(2030, 1, 1)
_DAYS = {
    "transactions": "booked_at",
    "messages": "sent_at",
    "contacts": "contacted_at",
    "events": "recorded_at",
    "months": "month",
    "labels": "known_on",
    "consents": "recorded_at",
}
SETTING = "[bank]\neditions_kept = 2\n"


@dataclass
class Found:
    """What stands at the end of a run, beside what should."""

    months: int
    seconds: float
    rows: int
    different: list[str] = field(default_factory=list)
    """Each thing that is not as it should be, in words; none is right."""


def delivered(bank: Bank, folder: Path, month: pd.Period, how: How, *, is_first: bool) -> Path:
    """The files that a bank would send at the end of a month."""
    folder.mkdir(parents=True)
    end = min(month.end_time, bank.as_of + pd.Timedelta(hours=23, minutes=59))
    cut = bank.until(min(month.end_time.normalize(), bank.as_of))
    for name, rows in cut.tables.items():
        if (day := _DAYS.get(name)) is not None:
            is_due = rows[day].isna() | (rows[day] <= end)
            if how == "rows" and not is_first:
                # A complaint is resolved up to 30 days later: such messages come again.
                since = month - 2 if name == "messages" else month
                is_due &= rows[day].dt.to_period("M") >= since
            rows = rows[is_due]
        if name == "accounts":  # a balance of a later day is not known, nor is that day
            rows = rows.assign(as_of=rows["as_of"].mask(rows["as_of"] > end))
        if len(rows):
            rows.dropna(axis=1, how="all").to_csv(folder / f"{name}.csv", index=False)
    return folder


@dataclass
class Run:
    """A bank that is brought up to date again and again while people work with it."""

    whole: Bank
    place: Path
    how: How
    months: int
    with_models: bool

    @property
    def folder(self) -> Path:
        return self.place / "banks" / "bank"

    def engine(self) -> Engine:
        return Engine.open(self.folder, self.place / "state", now=lambda: NOW)

    def periods(self) -> pd.PeriodIndex:
        return pd.period_range(end=self.whole.as_of.to_period("M"), periods=self.months, freq="M")

    def go(self) -> Found:
        """Deliver, update and work, month by month; then compare."""
        before = time.perf_counter()
        for n, month in enumerate(self.periods()):
            name = self.place / "sent" / f"{month}"
            source = delivered(self.whole, name, month, self.how, is_first=not n)
            if n == 0:
                import_bank(source, self.folder, now=NOW)
            else:
                update_bank(source, self.folder, now=NOW)
            self._work(n)
        found = Found(self.months, time.perf_counter() - before, 0)
        found.different += self._differences()
        found.rows = sum(len(table) for table in editions.load(self.folder).tables.values())
        return found

    # --- what people do meanwhile

    @property
    def people(self) -> list[str]:
        """Customers of the first month: who is erased, who objects, whose feedback is noted."""
        known = self.whole["customers"].sort_values("joined_on")["customer_id"]
        return known.iloc[:3].tolist()

    @property
    def erased_at(self) -> int:
        return self.months // 2

    def _work(self, n: int) -> None:
        """Of every month: feedback; an objection, a setting and a receipt; then an erasure."""
        gone, objecting, heard = self.people
        engine = self.engine()
        product = str(self.whole.product_ids[n % self.whole.n_products])
        for customer in {heard, *([gone] if n < self.erased_at else [])}:
            engine.feedback.record(
                event_id=f"m{n}-{customer == heard}", customer_id=customer, product_id=product,
                action="dismissed", reason="unsuitable", actor="Rita",
            )  # fmt: skip
        if n == 1:
            engine.records.set_consent(objecting, MARKETING, REFUSED, source="call")
            engine.snapshots.state.settings_file.parent.mkdir(parents=True, exist_ok=True)
            engine.snapshots.state.settings_file.write_text(SETTING)
            if self.with_models:
                engine.models.warm_up()
                for customer in (gone, heard):
                    shown = engine.offers.recommend(customer)
                    engine.feedback.record_shown(shown, actor="Rita")
        if n == self.erased_at:
            engine.erasing.erase(gone, actor="Rita")

    # --- what should stand

    def _differences(self) -> Iterator[str]:
        gone, objecting = self.people[:2]
        bank, everything = editions.load(self.folder), self._at_once()
        if bank.manifest.edition != self.months:
            yield f"edition {bank.manifest.edition} in place of {self.months}"
        yield from differing(bank, everything)
        engine = self.engine()
        now = engine.snapshots.bank()
        n_heard = (engine.snapshots.events.read()["event_id"].str.match(r"m\d+-")).sum()
        if n_heard != self.months + self.erased_at:
            yield f"{n_heard} events that were recorded in place of {self.months + self.erased_at}"
        said = latest(now["consents"])
        said = said[(said["customer_id"] == objecting) & (said["purpose"] == MARKETING)]
        if said["status"].tolist() != [REFUSED]:
            yield "an objection was lost"
        if engine.snapshots.settings.bank.editions_kept != 2:
            yield "a setting was lost"
        if not engine.facts.damage(thorough=True).empty:
            yield "records are damaged"
        traces = [path.name for path in self.place.rglob("*") if self._names(path, gone)]
        if traces or gone in now.customer_ids:
            yield f"the erased customer is back: {traces}"
        if self.with_models:
            yield from self._of_models(engine, everything, gone)

    def _names(self, path: Path, customer: str) -> bool:
        is_ours = path.is_file() and "sent" not in path.parts
        return is_ours and customer.encode() in path.read_bytes()

    def _at_once(self) -> Bank:
        """One import of all files of the last month, without who was erased."""
        last = self.periods()[-1]
        source = delivered(self.whole, self.place / "sent" / "whole", last, "full", is_first=True)
        imported, _ = import_bank(source, self.place / "once" / "bank", now=NOW)
        shutil.rmtree(self.place / "once")
        return without_customers(imported, [self.people[0]])

    def _of_models(self, engine: Engine, everything: Bank, gone: str) -> Iterator[str]:
        """Profiles and lists beside those of one import; receipts and versions."""
        manifest = replace(everything.manifest, bank_id=engine.bank.bank_id)
        place = self.place / "once"
        Bank(manifest, everything.tables, everything.fingerprint).save(place / "bank")
        shutil.copytree(self.place / "state", place / "state")
        other = Engine.open(place / "bank", place / "state", now=lambda: NOW)
        one, two = (e.snapshot().profiles.table.sort_index() for e in (engine, other))
        yield from _frames_differ("profiles", one, two)
        customers = engine.bank.customer_ids[:: max(1, engine.bank.n_customers // 50)]
        for customer in customers:
            lists = [
                [(o.product_id, o.score) for o in e.offers.recommend(customer).offers]
                for e in (engine, other)
            ]
            if [p for p, _ in lists[0]] != [p for p, _ in lists[1]] or not np.allclose(
                [s for _, s in lists[0]], [s for _, s in lists[1]], rtol=0, atol=1e-9
            ):
                yield f"the list of {customer} differs"
        if not (verified := engine.receipts.verify()).sound or verified.n_erased != 1:
            yield f"receipts: {verified.verdict}"
        if len(engine.models.versions()) != 1:
            yield "a version was lost"
        try:
            engine.receipts.get(1)
        except NotFound:
            return
        yield "the receipt of the erased customer can be read"


def differing(one: Bank, other: Bank) -> Iterator[str]:
    """Tables that differ, whatever the order of their rows."""
    for name, table in other.tables.items():
        keys = list(KEYS.get(name, table.columns[:4]))
        mine, theirs = (b[name].sort_values(keys, ignore_index=True) for b in (one, other))
        yield from _frames_differ(name, mine, theirs)


def _frames_differ(name: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[str]:
    try:
        pd.testing.assert_frame_equal(one, other, rtol=0, atol=1e-9)
    except AssertionError as error:
        yield f"{name}: {' '.join(str(error).split())[:300]}"


def main() -> None:
    """Run both ways on the demo bank and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--how", choices=["full", "rows"], nargs="*", default=["full", "rows"])
    parser.add_argument("--no-models", action="store_true")
    asked = parser.parse_args()
    whole = Bank.load(ROOT / "data" / "demo")
    for how in asked.how:
        with tempfile.TemporaryDirectory() as place:
            found = Run(whole, Path(place), how, asked.months, not asked.no_models).go()
        print(f"{how}: {found.months} months, {found.rows:,} rows, {found.seconds:,.0f} s")
        print("\n".join(found.different) or "nothing lost, nothing back, all figures equal")


if __name__ == "__main__":
    main()
