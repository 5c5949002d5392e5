"""The model-risk pack and the technical report: what every service measured, as files."""

from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import BadInput
from engine.governance import bill_of_materials, decision_log, technical_report
from engine.governance.documents import Document, Table
from engine.governance.pack import packed
from engine.governance.technical_report import Measured
from engine.governance.written import json_bytes
from engine.progress import Progress, quiet
from engine.results import GroupComparison
from engine.services.evaluation import Evaluations
from engine.services.exports import report_pdf
from engine.services.fairness import Fairness
from engine.services.governance import chapters
from engine.services.governance.governance import Governance
from engine.services.receipts import Receipts
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import LISTS

REPORT = "report.pdf"
BILL = "bill-of-materials.cdx.json"


class Packs:
    """Files for those who check the models of one bank; nothing of a customer stands in them."""

    def __init__(
        self,
        snapshots: Snapshots,
        governance: Governance,
        evaluations: Evaluations,
        fairness: Fairness,
        receipts: Receipts,
    ):
        self._snapshots = snapshots
        self._governance = governance
        self._evaluations = evaluations
        self._fairness = fairness
        self._receipts = receipts

    def make(self, progress: Progress = quiet) -> bytes:
        """The pack as a ZIP archive: each subject as HTML and JSON, the report, what it is made of.

        The same bank, state and release give the same bytes: it bears no time of its own.

        Raises
        ------
        NoVersion
            If no version serves yet.
        """
        told = self._measured(progress)
        progress(0.8, "Writing the files")
        documents = [self._readme(told), *self._documents(told)]
        report = technical_report.report(told)
        bill = bill_of_materials.bill(self._governance.parts(), self._governance.release())
        more = {REPORT: report_pdf.exported(report, told.as_of), BILL: json_bytes(bill)}
        return packed([*documents, report], more, self._footer(told))

    def report(self, progress: Progress = quiet) -> bytes:
        """The technical report alone, as PDF."""
        told = self._measured(progress)
        return report_pdf.exported(technical_report.report(told), told.as_of)

    def content(self, out: Path, progress: Progress = quiet) -> bytes:
        """What a file is to hold: the pack (.zip) or the report (.pdf), by its ending.

        Raises
        ------
        BadInput
            If the ending is neither, or the folder does not exist.
        """
        made = {".zip": self.make, ".pdf": self.report}.get(out.suffix.lower())
        if made is None:
            raise BadInput(f"Got {out.name}; expected a file that ends in .zip or .pdf.")
        if not out.parent.is_dir():
            raise BadInput(f"The folder {out.parent} does not exist; make it first.")
        return made(progress)

    def _measured(self, progress: Progress) -> Measured:
        snapshot = self._snapshots.current()
        manifest, version = snapshot.bank.manifest, snapshot.version
        progress(0.1, "Lists again under another seed and small noise")
        stability = [self._evaluations.stability(quiet, list=name) for name in LISTS]
        progress(0.6, "Groups")
        return Measured(
            bank=manifest.name,
            as_of=snapshot.bank.as_of,
            version=version.version_id if version else "none yet",
            seed=version.facts.seed if version else self._snapshots.settings.models.seed,
            simulated=manifest.simulated,
            evaluation=self._evaluations.stored(),
            confidence=self._evaluations.confidence(),
            stability=stability,
            fairness=self._fairness.reports(),
            blinding=self._fairness.blinding(),
            drift=self._governance.drift(),
            changed=self._governance.changed(),
            models=self._governance.inventory(),
        )

    def _documents(self, told: Measured) -> list[Document]:
        governance, names = self._governance, decision_log.Pseudonyms()
        manifest = self._snapshots.base.manifest
        return [
            chapters.questions(governance.questions()),
            chapters.inventory(told.models),
            chapters.model_cards(told.models),
            chapters.lineage(governance.lineage(), governance.sources(), manifest.notes),
            chapters.versions(governance.history()),
            chapters.metrics(told.evaluation),
            chapters.calibration(told.confidence),
            chapters.stability(told.stability),
            chapters.weak_spots(self._evaluations.weak_spots()),
            chapters.fairness(told.fairness, self._compared(), told.blinding),
            chapters.controls(governance.controls()),
            chapters.drift(told.drift, governance.drift_owner()),
            self._decisions(names),
            chapters.overrides(governance.overrides(), names),
            chapters.audit_trail(*governance.trail(), governance.audits(), names),
        ]

    def _compared(self) -> list[GroupComparison]:
        return [self._fairness.compare(name) for name in self._fairness.attributes]

    def _decisions(self, names: decision_log.Pseudonyms) -> Document:
        shown, n_lists, customers = self._receipts.extract(decision_log.MOST)
        answers = self._snapshots.events.read()
        answers = answers[answers["action"] != "shown"]
        return chapters.decisions(
            decision_log.lists(shown, customers, names),
            decision_log.events(answers.tail(decision_log.MOST), names),
            n_lists,
            len(answers),
            self._receipts.verify().head,
        )

    def _readme(self, told: Measured) -> Document:
        bank = self._snapshots.base
        rows: list[tuple[str, Any]] = [
            ("Bank", f"{told.bank}{' (simulated)' if told.simulated else ''}"),
            ("Edition", f"{bank.manifest.edition}, fingerprint {bank.fingerprint}"),
            ("Data as of", f"{told.as_of:%Y-%m-%d}"),
            ("Customers", f"{bank.n_customers:,}"),
            ("Version that serves", told.version),
            ("Seed", str(told.seed)),
            ("Release of the program", self._governance.release()),
            ("Make this pack again", "python -m engine pack --out FILE.zip --data … --state …"),
            ("Build a list again", "python -m engine replay RECEIPT --data … --state …"),
            ("Follow the chain of receipts", "python -m engine verify-receipts --head HEAD"),
            ("Follow the audit trail", "python -m engine trail --verify --head HEAD"),
            ("Check a file", "contents.json has the SHA-256 of every other file"),
        ]
        about = {"what": ("What", "text"), "how": ("How", "text")}
        table = Table("What this is of", pd.DataFrame(rows, columns=["what", "how"]), about)
        said = (
            "Each subject is a page (.html) and the same figures unrounded (.json). Pages need no "
            "network and run no script. No customer is named; people are numbered.",
            "Not answered: whether an offer causes an adoption. That needs a campaign with a "
            "hold-out; the page Campaigns makes one.",
        )
        lead = (
            "For whoever checks these models: what they are, what was measured, what is not known."
        )
        return Document("README", "Model-risk pack", lead, said, (table,))

    def _footer(self, told: Measured) -> str:
        simulated = " (simulated)" if told.simulated else ""
        return (
            f"{told.bank}{simulated}, as of {told.as_of:%Y-%m-%d}, version {told.version}, "
            f"seed {told.seed}, release {self._governance.release()}."
        )
