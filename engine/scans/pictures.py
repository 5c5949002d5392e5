"""An uploaded JPG, PNG or one page of PDF in; a picture that is safe to keep and to read out.

The kind is told by content, never by name. What comes out was decoded and written anew, so that
nothing but pixels is left of the file: no EXIF, comment, script or second picture.
"""

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from engine.errors import BadInput

if TYPE_CHECKING:
    from PIL import Image

KINDS: Final = {b"\xff\xd8\xff": "JPG", b"\x89PNG\r\n\x1a\n": "PNG", b"%PDF-": "PDF"}
"""First bytes -> kind. A PDF may have up to a kilobyte before them (ISO 32000-1, H.3)."""
_PDF_STARTS_WITHIN: Final = 1024
LONGEST_SIDE: Final = 2000
"""Pixels of the longer side of what is kept (own choice: small print stays legible)."""
_LEAST_SIDE: Final = 16
_QUALITY: Final = 88
_LARGEST_PAGE: Final = 14_400
"""Points of the longest side of a page of PDF (its own limit, ISO 32000-1, C.2)."""
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What decoders raise over a damaged file."""


class Decoded(NamedTuple):
    """A picture that was written anew, and what was uploaded."""

    jpeg: bytes
    width: int
    height: int
    kind: str


def kind_of(content: bytes) -> str:
    """JPG, PNG or PDF by the first bytes; "" for everything else."""
    for start, kind in KINDS.items():
        place = content[:_PDF_STARTS_WITHIN].find(start) if kind == "PDF" else 0
        if place >= 0 and content.startswith(start, place):
            return kind
    return ""


def expect_scan(content: bytes, megabytes: float) -> str:
    """The kind of a file that may be decoded at all.

    Raises
    ------
    BadInput
        If it is empty, too large, or no JPG, PNG or PDF by its content.
    """
    if not content:
        raise BadInput("The file is empty; expected a JPG, a PNG or one page of PDF.")
    if len(content) > megabytes * 2**20:
        raise BadInput(
            f"The file has {len(content) / 2**20:,.1f} MB; expected at most {megabytes:g} MB. "
            "Take the picture smaller."
        )
    if not (kind := kind_of(content)):
        raise BadInput(
            "By its content the file is no JPG, PNG or PDF, whatever it is called. Save the "
            "picture as one of them."
        )
    return kind


def decoded(content: bytes, megabytes: float, megapixels: float) -> Decoded:
    """Check a file and write its picture anew, at most `LONGEST_SIDE` pixels long.

    Parameters
    ----------
    megabytes, megapixels : float
        The largest file and the largest picture, both told before anything is decoded.

    Raises
    ------
    BadInput
        One sentence of what is wrong and what to do.
    """
    from PIL import Image

    kind = expect_scan(content, megabytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a decoder grumbles about is judged below
        try:
            picture = (
                _page(content, megapixels) if kind == "PDF" else _image(content, kind, megapixels)
            )
            picture = _upright(picture)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            made = io.BytesIO()
            picture.save(made, "JPEG", quality=_QUALITY)
        except BadInput:
            raise
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise BadInput(
                f"The {kind} is damaged and cannot be opened ({type(error).__name__}). Take the "
                "picture or export the page again."
            ) from error
    return Decoded(made.getvalue(), picture.width, picture.height, kind)


def _image(content: bytes, kind: str, megapixels: float) -> "Image.Image":
    """A picture of one kind alone; its measures are looked at before its pixels are."""
    from PIL import Image

    picture = Image.open(io.BytesIO(content), formats=("JPEG" if kind == "JPG" else "PNG",))
    _expect_measures(*picture.size, megapixels)
    picture.load()
    return picture


def _page(content: bytes, megapixels: float) -> "Image.Image":
    """The one page of a PDF as a picture; forms and scripts of it are not run."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        try:
            return _drawn(document, megapixels)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise BadInput(
            "The PDF is damaged or locked by a password and cannot be opened. Export the page "
            "again, or take a picture of it."
        ) from error


def _drawn(document: Any, megapixels: float) -> "Image.Image":
    if (n := len(document)) != 1:
        raise BadInput(f"The PDF has {n:,} pages; expected one. Export the page of the receipt.")
    page = document[0]
    width, height = page.get_size()
    if not (min(width, height) > 0 and max(width, height) <= _LARGEST_PAGE):
        raise BadInput(
            f"The page measures {width:,.0f} by {height:,.0f} points; expected up to "
            f"{_LARGEST_PAGE:,}. Export the page again."
        )
    scale = LONGEST_SIDE / max(width, height)
    _expect_measures(int(width * scale), int(height * scale), megapixels)
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return picture


def _expect_measures(width: int, height: int, megapixels: float) -> None:
    if min(width, height) < _LEAST_SIDE:
        raise BadInput(
            f"The picture measures {width:,} by {height:,} pixels; expected at least "
            f"{_LEAST_SIDE} each way."
        )
    if width * height > megapixels * 1e6:
        raise BadInput(
            f"The picture measures {width:,} by {height:,} pixels; expected at most "
            f"{megapixels:g} million in all. Take it smaller."
        )


def _upright(picture: "Image.Image") -> "Image.Image":
    """Turned as the camera was held, in plain colours, on white where it is see-through."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I"):  # 16 bits of grey: a plain conversion cuts them off at 255
        turned = turned.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    if "A" in turned.getbands() or "transparency" in turned.info:
        seen = turned.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    plain = Image.new("RGB", turned.size)
    plain.paste(turned.convert("RGB"))
    return plain
