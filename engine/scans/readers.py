"""A picture in, its lines of text with their places out: by whichever reader is installed.

A reader is anything with a name and a method `read`. All are optional: without one a picture can
still be kept, and its fields are typed.
"""

import csv
import io
import shutil
import subprocess
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from engine.errors import BadInput
from engine.models import weights
from engine.results import Picture, ScanLine

if TYPE_CHECKING:
    from PIL import Image

    from engine.settings import Settings

RAPIDOCR, TESSERACT, TROCR = "rapidocr", "tesseract", "trocr"
AUTO: Final = "auto"
NONE: Final = "none"
NO_READER: Final = (
    "No reader of pictures is installed, so the fields are typed by hand. To add one: "
    "pip install --require-hashes --no-deps -r requirements-extra.txt"
)
RAPIDOCR_NEEDS: Final = (
    "rapidocr",
    "onnxruntime",
    "opencv-python-headless",
    "omegaconf",
    "pyclipper",
    "shapely",
    "six",
    "colorlog",
)
"""Packages of requirements-extra.txt for the first reader."""
_TROCR_WEIGHTS: Final = ("trocr-small-printed", "trocr-base-printed")
_SECONDS: Final = 60
_LEAST_CONFIDENCE: Final = 0.5
"""A line that the reader itself takes for more likely wrong than right is left out."""


class Reader(Protocol):
    """Reads the text of a picture."""

    @property
    def name(self) -> str:
        """Name and version."""

    def read(self, picture: Picture) -> list[ScanLine]:
        """Lines of text, in any order."""


class RapidOcr:
    """PP-OCR by ONNX Runtime, from the package rapidocr (Apache-2.0); its models lie inside."""

    _lock = threading.Lock()
    _engine: Any = None

    @property
    def name(self) -> str:
        """Name and version."""
        return f"rapidocr {weights.version_of('rapidocr')}"

    def read(self, picture: Picture) -> list[ScanLine]:
        """Lines of text; one picture at a time, since the models share their memory."""
        with self._lock:
            if RapidOcr._engine is None:
                RapidOcr._engine = _rapidocr()
            found = RapidOcr._engine(np.ascontiguousarray(np.asarray(_opened(picture))[:, :, ::-1]))
        if found.boxes is None:
            return []
        told = zip(found.boxes, found.txts, found.scores, strict=True)
        return [
            ScanLine(text, *(float(end) for end in (*box.min(axis=0), *box.max(axis=0))), score)
            for box, text, score in ((np.asarray(b), str(t), float(s)) for b, t, s in told)
            if score >= _LEAST_CONFIDENCE and text.strip()
        ]


def _rapidocr() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "warning"})


class Tesseract:
    """The program tesseract, where it is installed (Apache-2.0)."""

    @property
    def name(self) -> str:
        """Name of the program."""
        return TESSERACT

    def read(self, picture: Picture) -> list[ScanLine]:
        """Words of one line joined; a page is taken as one column of text of many sizes."""
        program = shutil.which(TESSERACT)
        if program is None:
            raise BadInput(NO_READER)
        command = [program, "stdin", "stdout", "--psm", "4", "tsv"]
        try:
            ended = subprocess.run(  # noqa: S603 - a program of the machine; the picture is data
                command, input=picture.jpeg, capture_output=True, timeout=_SECONDS, check=True
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise BadInput(
                f"Tesseract could not read the picture ({type(error).__name__}). Type the fields."
            ) from error
        return _lines_of_tsv(ended.stdout.decode("utf-8", "replace"))


def _lines_of_tsv(text: str) -> list[ScanLine]:
    """Lines of Tesseract's table: one row a word, with its block, paragraph and line."""
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        if (row.get("text") or "").strip():
            of = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
            words.setdefault(of, []).append(row)
    lines = []
    for found in words.values():
        left, top = (min(float(row[name]) for row in found) for name in ("left", "top"))
        right = max(float(row["left"]) + float(row["width"]) for row in found)
        bottom = max(float(row["top"]) + float(row["height"]) for row in found)
        sure = float(np.mean([float(row["conf"]) for row in found])) / 100
        said = " ".join(row["text"].strip() for row in found)
        lines.append(ScanLine(said, left, top, right, bottom, sure))
    return lines


class TrOcr:
    """TrOCR by its two classes of transformers, from weights that are on this machine."""

    _lock = threading.Lock()

    def __init__(self, located: weights.ModelWeights):
        self._located = located
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """Name of the weights."""
        return self._located.name

    def read(self, picture: Picture) -> list[ScanLine]:
        """Lines of text: the picture is cut where rows of it hold no ink, each piece is read."""
        seen = _opened(picture)
        bands = ink_bands(np.asarray(seen.convert("L")))
        with self._lock:
            if self._loaded is None:
                self._loaded = _trocr(self._located)
            processor, model = self._loaded
            lines = []
            for top, bottom in bands:
                piece = seen.crop((0, top, picture.width, bottom))
                pixels = processor(images=piece, return_tensors="pt").pixel_values
                said = model.generate(pixels, max_new_tokens=48, do_sample=False)
                text = processor.batch_decode(said, skip_special_tokens=True)[0].strip()
                if text:
                    lines.append(ScanLine(text, 0.0, float(top), float(picture.width), bottom))
        return lines


def _trocr(located: weights.ModelWeights) -> tuple[Any, Any]:
    from transformers import TrOCRProcessor, VisionEncoderDecoderModel

    processor = TrOCRProcessor.from_pretrained(located.path, local_files_only=True)
    model = VisionEncoderDecoderModel.from_pretrained(
        located.path, local_files_only=True, use_safetensors=True
    )
    return processor, model.eval()


def ink_bands(grey: np.ndarray) -> list[tuple[int, int]]:
    """First and last row of each stretch of rows that holds ink, with a margin.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
        Brightness, 0 to 255.
    """
    dark = (grey.astype(np.int64) < np.median(grey) - 50).mean(axis=1) > 0.005
    ends = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(np.int8), [0]])))
    pairs = ends.reshape(-1, 2)
    height = len(grey)
    return [
        (max(int(top) - 3, 0), min(int(bottom) + 3, height))
        for top, bottom in pairs
        if bottom - top >= 6
    ]


def _opened(picture: Picture) -> "Image.Image":
    from PIL import Image

    return Image.open(io.BytesIO(picture.jpeg)).convert("RGB")


def best_reader(settings: "Settings") -> Reader | None:
    """The reader that settings name, or the first that is installed; None where none is."""
    asked = settings.scans.reader
    if asked in (AUTO, RAPIDOCR) and find_spec("rapidocr") and find_spec("onnxruntime"):
        return RapidOcr()
    if asked in (AUTO, TESSERACT) and shutil.which(TESSERACT):
        return Tesseract()
    if asked in (AUTO, TROCR) and (
        located := weights.find_first(_TROCR_WEIGHTS, settings, fetch=False)
    ):
        return TrOcr(located)
    return None
