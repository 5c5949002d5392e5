"""A customer or a product in; a line, a paragraph and notes about them, checked, out."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from math import inf
from typing import Final

import pandas as pd

from engine.errors import BadInput, SettingsError, WeightsError
from engine.explain.product_facts import product_facts
from engine.models.writers.choose import writer_of
from engine.models.writers.writer import Writer
from engine.results import CustomerInsight, ProductVoice, Recommendation, Written
from engine.services.day import Days
from engine.services.offers import Offers
from engine.services.portfolio.selections import Selections
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.writing import customer_text
from engine.writing.claim_facts import facts_of
from engine.writing.customer_text import Draft
from engine.writing.product_line import product_line
from engine.writing.product_voice import counted, notes, quote, reviews_of, themes
from engine.writing.rephrasing import rephrased

_QUIET: Final = (
    "Nobody complained of it often enough: a note needs 3 answers or messages on one theme, or a "
    "review of the catalogue."
)
_KEPT: Final = 500
"""Texts of writers that are kept for as long as the program runs (own choice)."""
_AGAIN: Final = 60.0
"""Seconds until a writer is asked again for a text that it failed (own choice)."""
_MOST_LOOKS: Final = 3
_PARTS: Final = ("line", "paragraph")
"""What can be put in other words."""
_OPTED_OUT: Final = "no figures of who opted out of personal recommendations leave this machine"


class Writing:
    """Texts about customers and products.

    Notes
    -----
    Templates write everything. A writer that settings name is asked only where `ask` is given,
    gets figures with tokens in place of names, and is shown only if the guard of texts finds the
    facts in what it wrote and nothing else. What it wrote is kept, and what failed for a minute.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        selections: Selections,
        days: Days,
        offers: Offers,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._snapshots = snapshots
        self._selections = selections
        self._days = days
        self._offers = offers
        self._lock = threading.RLock()
        self._results = LastResults()
        self._clock = clock
        self._written: dict[tuple[str, str], tuple[Written, float]] = {}

    @property
    def writer(self) -> str:
        """Who may put texts in other words, "" for nobody."""
        writer, _ = self._writer()
        return writer.name if writer else ""

    @property
    def trouble(self) -> str:
        """Why the writer that settings name cannot be asked, "" where it can or none is named."""
        return self._writer()[1]

    @property
    def leaves(self) -> str:
        """What leaves this machine when a text is put in other words, in a sentence."""
        writer, _ = self._writer()
        if writer is None or writer.local:
            return "Nothing leaves this machine."
        return (
            f"Figures go to {writer.name}; names, places, products, goals and segments leave as "
            "tokens, and no message of a customer is sent."
        )

    def customer(self, customer_id: str, *, ask: Collection[str] = ()) -> CustomerInsight:
        """One line and one paragraph about a customer.

        Parameters
        ----------
        ask : collection of str
            Which of "line" and "paragraph" to put in the writer's words, where settings name one
            and the words hold; figures of who opted out of personal recommendations go to no
            service. What a writer wrote before is shown without asking.

        Raises
        ------
        NotFound
            If there is no such customer.
        BadInput
            If something else is to be asked for.
        """
        if unknown := set(ask).difference(_PARTS):
            raise BadInput(f"Got {', '.join(sorted(unknown))}; expected line or paragraph.")
        snapshot, row, given, last = self._known(customer_id)
        writer, trouble = self._writer()
        if writer is not None and not (writer.local or given.personalised):
            writer, trouble = None, _OPTED_OUT
        drafts = {
            "line": customer_text.line(snapshot, row),
            "paragraph": customer_text.paragraph(snapshot, row, given, last),
        }
        told = {}
        for part, draft in drafts.items():
            made = self._said(draft, writer, part in ask)
            told[part] = replace(made, reason=trouble) if trouble and part in ask else made
        name = writer.name if writer else ""
        return CustomerInsight(customer_id, as_of=snapshot.bank.as_of, writer=name, **told)

    def _known(self, customer_id: str) -> tuple[Snapshot, int, Recommendation, pd.Timestamp | None]:
        """A snapshot, the customer's row in it, their list and last contact of the same moment."""
        for _ in range(_MOST_LOOKS):
            snapshot = self._snapshots.current()
            row = snapshot.bank.customer_position(customer_id)
            given = self._offers.recommend(customer_id, k=1)
            last = self._days.card(customer_id).last_contact
            if self._snapshots.current() is snapshot:
                break
        return snapshot, row, given, last

    def product(self, product_id: str) -> ProductVoice:
        """What people say of a product and do with it, and what could be done about it.

        NotFound for an unknown product.
        """
        book = self._selections.book()
        bank, profiles, settings = book.bank, book.profiles, book.settings
        position = bank.product_position(product_id)
        row = bank["products"].iloc[position]
        found = counted(bank, profiles, position, settings)
        terms = product_facts(row.to_dict(), bank.manifest.currency)
        made = notes(found, terms)
        holders = book.counted("holders", product_id)
        first = book.counted("offered_first", product_id)
        return ProductVoice(
            product_id=product_id,
            name=product_id if pd.isna(row["name"]) else str(row["name"]),
            line=product_line(bank, position, holders.n, first.n),
            notes=made,
            themes=found.drop(columns="said").assign(
                theme=[themes()[name]["label"] for name in found["theme"]]
            ),
            reviews=tuple(quote(text) for text in reviews_of(row["attributes"])),
            quiet="" if made else _QUIET,
            offered_first=first,
            holders=holders,
        )

    def _said(self, draft: Draft, writer: Writer | None, ask: bool) -> Written:
        """A draft in the writer's words if they are kept, or if it is to be asked."""
        made = Written(draft.text, draft.text)
        if writer is not None:
            key = (writer.name, draft.text)
            with self._lock:
                kept, until = self._written.get(key, (made, -inf))
            if self._clock() < until:
                made = kept
            elif ask:
                made = self._asked(draft, writer)
                self._keep(key, made, inf if made.by == writer.name else self._clock() + _AGAIN)
        return _with(made, draft.added)

    def _keep(self, key: tuple[str, str], made: Written, until: float) -> None:
        with self._lock:
            if key not in self._written and len(self._written) >= _KEPT:
                self._written.pop(next(iter(self._written)))
            self._written[key] = (made, until)

    def _asked(self, draft: Draft, writer: Writer) -> Written:
        try:
            return rephrased(draft.text, facts_of(draft.claims), writer)
        except WeightsError as error:
            return Written(draft.text, draft.text, reason=str(error))

    def _writer(self) -> tuple[Writer | None, str]:
        """The writer of the settings of now, and what keeps it from being asked."""
        settings = self._snapshots.settings
        cache = self._snapshots.state.folder("cache")
        with self._lock:
            try:
                writer = self._results.get(
                    "writer",
                    (settings.writing, settings.models),
                    lambda: writer_of(settings, cache=cache),
                )
            except (SettingsError, WeightsError) as error:  # which may be mended meanwhile
                return None, str(error)
        return writer, ""


def _with(made: Written, added: str) -> Written:
    """A text with what is never put in other words."""
    if not added:
        return made
    return Written(f"{made.text} {added}", f"{made.template} {added}", made.by, made.reason)
