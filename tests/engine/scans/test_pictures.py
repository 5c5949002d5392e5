"""What is taken as a picture, what comes out of it, and that a broken file is one sentence."""

import io
import random
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInput
from engine.results import Picture
from engine.scans import isolated
from engine.scans.image_features import features_of, in_words
from engine.scans.isolated import taken
from engine.scans.pictures import LONGEST_SIDE, decoded, kind_of
from engine.settings import default
from tests.engine.scans.pages import drawn, pdf

LIMITS = default().scans


def taken_here(content: bytes):
    return Picture(*decoded(content, LIMITS.max_megabytes, LIMITS.max_megapixels))


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\0" * 64))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(drawn(), "PNG"), (drawn(kind="JPEG"), "JPG"), (pdf(), "PDF"), (b"\n" + pdf(), "PDF")],
)
def test_F02_a_jpg_a_png_and_one_page_of_pdf_are_taken_by_their_content(content, kind):
    picture = taken_here(content)
    assert (kind_of(content), picture.kind) == (kind, kind)
    again = Image.open(io.BytesIO(picture.jpeg))
    assert (again.format, again.size) == ("JPEG", (picture.width, picture.height))
    assert max(again.size) <= LONGEST_SIDE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "no JPG, PNG or PDF"),
        (b"GIF89a" + bytes(40), "no JPG, PNG or PDF"),
        (b"BM" + bytes(40), "no JPG, PNG or PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(11 * 2**20), "at most 10 MB"),
        (bomb(9_000), "at most 60 million"),
        (bomb(60_000), "at most 60 million|damaged"),
        (bomb(8), "at least 16"),
        (pdf(2), "has 2 pages"),
        (b"%PDF-1.7\nnothing", "damaged or locked"),
        (drawn()[:200], "damaged"),
    ],
)
def test_F02_what_is_no_picture_too_large_or_broken_is_refused_in_one_sentence(content, said):
    with pytest.raises(BadInput, match=said) as caught:
        taken_here(content)
    assert "\n" not in str(caught.value)


def test_F137_a_picture_is_written_anew_without_what_else_the_file_holds():
    exif = Image.Exif()
    exif[0x010E] = "a private note"
    exif[0x0112] = 6  # the camera was held on its side
    content = drawn(kind="JPEG", exif=exif, comment=b"a second note")
    assert b"a private note" in content and b"a second note" in content
    picture = taken_here(content)
    assert b"note" not in picture.jpeg and b"Exif" not in picture.jpeg
    assert (picture.width, picture.height) == (480, 320)
    see_through = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(see_through, "PNG")
    seen = Image.open(io.BytesIO(taken_here(see_through.getvalue()).jpeg))
    assert min(seen.getpixel((20, 20))) > 250


def test_F02_sixteen_bits_of_grey_are_told_apart_as_eight_are():
    """As a plain conversion has it, all but one step in 256 is white."""
    steps = np.tile(np.linspace(0, 65_535, 300).astype(np.uint16), (40, 1))
    made = io.BytesIO()
    Image.fromarray(steps).save(made, "PNG")
    seen = np.asarray(Image.open(io.BytesIO(taken_here(made.getvalue()).jpeg)).convert("L"))
    assert np.abs(seen[20] - steps[20] / 257.0).max() <= 4


def test_F02_so_many_pictures_are_decoded_at_once(monkeypatch):
    full = threading.BoundedSemaphore(1)
    monkeypatch.setattr(isolated, "_AT_ONCE", full)
    hurried = LIMITS.model_copy(update={"decode_seconds": 0})
    with full, pytest.raises(BadInput, match="Upload this one again"):
        taken(drawn(), hurried)
    with pytest.raises(BadInput):
        taken(b"no picture", LIMITS)
    assert full.acquire(blocking=False), "each gives its place back"


def test_F02_an_upload_is_decoded_in_a_process_of_its_own():
    picture = taken(drawn(), LIMITS)
    assert picture == taken_here(drawn())
    with pytest.raises(BadInput, match="damaged"):
        taken(drawn()[:200], LIMITS)
    with pytest.raises(BadInput, match="within 20 seconds and 256 MB"):
        taken(
            drawn_large(),
            LIMITS.model_copy(update={"decode_megabytes": 256, "max_megapixels": 80}),
        )


def drawn_large() -> bytes:
    made = io.BytesIO()
    Image.new("L", (7_500, 7_500), "white").save(made, "PNG", compress_level=1)
    return made.getvalue()


def test_F02_broken_files_are_one_sentence_each():
    """A share of what `tests/benchmarks` tries more of."""
    rng = random.Random(15)
    sound = [drawn(), drawn(kind="JPEG"), pdf()]
    refusals = []
    for n in range(36):
        content = bytearray(sound[n % 3])
        if n % 2:
            del content[rng.randrange(8, len(content)) :]
        for _ in range(rng.randrange(1, 60)):
            content[rng.randrange(8, len(content))] = rng.randrange(256)
        try:
            picture = taken_here(bytes(content))
        except BadInput as error:
            refusals.append(str(error))
        else:
            assert max(picture.width, picture.height) <= LONGEST_SIDE
    assert len(refusals) >= 18
    for said in refusals:
        assert said.endswith(".") and "\n" not in said and len(said) < 200


def test_F136_a_picture_is_described_without_reading_it():
    made = io.BytesIO()
    Image.new("RGB", (300, 200), (210, 30, 30)).save(made, "PNG")
    plain = features_of(taken_here(made.getvalue()))
    assert (plain.width, plain.height, plain.colour) == (300, 200, "red")
    assert plain.colour_share > 0.99 and plain.text_share == 0
    page = features_of(taken_here(drawn("Some words of a page\n" * 28)))
    assert page.colour == "white" and page.text_share > 0.15
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(noise).save(made, "PNG")
    assert features_of(taken_here(made.getvalue())).text_share < 0.6
    said = in_words(plain)
    assert said.startswith("A landscape picture of 300 by 200 pixels, 100 % of it red")
    assert len(said.split()) <= 70
