"""A customer, a product or the book in; a line, a paragraph and notes about them, checked, out."""

import threading
from typing import Final

import pandas as pd

from engine.errors import SettingsError, WeightsError
from engine.explain.product_facts import product_facts
from engine.models.writers.choose import writer_of
from engine.models.writers.writer import Writer
from engine.results import CustomerInsight, ProductVoice, Written
from engine.services.day import Days
from engine.services.offers import Offers
from engine.services.selections import Selections
from engine.snapshot.recorded_bank import LastResults
from engine.snapshot.snapshot import Snapshots
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


class Writing:
    """Texts about customers, products and the book.

    Notes
    -----
    Templates write everything. A writer that settings name is asked only where `ask` is given,
    gets figures with tokens in place of names, and is shown only if the guard of texts finds the
    facts in what it wrote and nothing else.
    """

    def __init__(self, snapshots: Snapshots, selections: Selections, days: Days, offers: Offers):
        self._snapshots = snapshots
        self._selections = selections
        self._days = days
        self._offers = offers
        self._lock = threading.RLock()
        self._results = LastResults()
        self._written: dict[tuple[str, str], Written] = {}

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

    def customer(self, customer_id: str, *, ask: bool = False) -> CustomerInsight:
        """One line and one paragraph about a customer.

        Parameters
        ----------
        ask : bool
            Put them in the writer's words, where settings name one and the words hold.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        given = self._offers.recommend(customer_id, k=1)
        last = self._days.card(customer_id).last_contact
        snapshot = self._snapshots.current()
        row = snapshot.bank.customer_position(customer_id)
        drafts = (
            customer_text.line(snapshot, row),
            customer_text.paragraph(snapshot, row, given, last),
        )
        line, paragraph = (self._put(draft, ask) for draft in drafts)
        return CustomerInsight(customer_id, line, paragraph, snapshot.bank.as_of, self.writer)

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

    def _put(self, draft: Draft, ask: bool) -> Written:
        writer, trouble = self._writer() if ask else (None, "")
        if writer is None:
            made = Written(draft.text, draft.text, reason=trouble)
        else:
            key = (writer.name, draft.text)
            with self._lock:
                kept = self._written.get(key)
            made = kept or self._asked(draft, writer)
            with self._lock:
                if len(self._written) >= _KEPT:
                    self._written.pop(next(iter(self._written)))
                if made.by == writer.name:  # one that failed may be asked again
                    self._written[key] = made
        return _with(made, draft.added)

    def _asked(self, draft: Draft, writer: Writer) -> Written:
        try:
            return rephrased(draft.text, facts_of(draft.claims), writer)
        except WeightsError as error:
            return Written(draft.text, draft.text, reason=str(error))

    def _writer(self) -> tuple[Writer | None, str]:
        """The writer of the settings of now, and what keeps it from being asked."""
        settings = self._snapshots.settings
        cache = self._snapshots.state.folder("cache")

        def make() -> tuple[Writer | None, str]:
            try:
                return writer_of(settings, cache=cache), ""
            except (SettingsError, WeightsError) as error:
                return None, str(error)

        with self._lock:
            return self._results.get("writer", (settings.writing, settings.models), make)


def _with(made: Written, added: str) -> Written:
    """A text with what is never put in other words."""
    if not added:
        return made
    return Written(f"{made.text} {added}", f"{made.template} {added}", made.by, made.reason)
