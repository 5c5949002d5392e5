"""A picture in; what can be told of it without reading it, in figures and in words, out."""

import io
from typing import Final

import numpy as np

from engine.figures import percent
from engine.results import Picture, PictureFeatures

COLOURS: Final = {
    "white": (245, 245, 245),
    "light grey": (200, 200, 200),
    "grey": (128, 128, 128),
    "dark grey": (70, 70, 70),
    "black": (15, 15, 15),
    "red": (200, 40, 40),
    "orange": (235, 140, 40),
    "yellow": (235, 220, 70),
    "green": (60, 150, 70),
    "turquoise": (60, 180, 180),
    "blue": (50, 90, 190),
    "light blue": (150, 195, 235),
    "purple": (120, 60, 160),
    "pink": (235, 150, 180),
    "brown": (120, 80, 45),
    "beige": (225, 205, 170),
}
"""Names of colours and a tone of each (own choice)."""
_SMALL: Final = 96
_LONG: Final = 640
_BLOCK: Final = 16
_EDGE: Final = 40
_LEAST_EDGES, _MOST_EDGES = 0.06, 0.45
"""Share of a block's pixels beside which the brightness jumps, where it may be text (own choice:
print has many short strokes; a plain surface has none, a pattern of noise has them everywhere)."""


def features_of(picture: Picture) -> PictureFeatures:
    """Size, commonest colour and share of text of a picture that was written anew."""
    from PIL import Image

    seen = Image.open(io.BytesIO(picture.jpeg))
    colours = np.asarray(seen.convert("RGB").resize((_SMALL, _SMALL)), dtype=np.int64)
    coarse = (colours // 32).reshape(-1, 3) @ np.array([64, 8, 1])
    commonest = np.bincount(coarse).argmax()
    mine = colours.reshape(-1, 3)[coarse == commonest]
    tone = mine.mean(axis=0)
    names, tones = list(COLOURS), np.array(list(COLOURS.values()))
    nearest = names[int(((tones - tone) ** 2).sum(axis=1).argmin())]
    same = _nearest_to(colours.reshape(-1, 3), tones) == names.index(nearest)
    red, green, blue = (round(float(part)) for part in tone)
    return PictureFeatures(
        picture.width,
        picture.height,
        nearest,
        (red, green, blue),
        float(same.mean()),
        _text_share(seen),
    )


def _nearest_to(pixels: np.ndarray, tones: np.ndarray) -> np.ndarray:
    """Number of the nearest tone of each pixel, shape (n_pixels,)."""
    away: np.ndarray = ((pixels[:, None, :] - tones[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    return away


def _text_share(seen: "object") -> float:
    """Share of square blocks in which the brightness jumps as often as in print."""
    from PIL import Image

    grey: Image.Image = seen.convert("L")  # type: ignore[attr-defined]
    grey.thumbnail((_LONG, _LONG))
    brightness = np.asarray(grey, dtype=np.int64)
    jumps = np.abs(np.diff(brightness, axis=1)) > _EDGE
    rows, columns = (n // _BLOCK * _BLOCK for n in jumps.shape)
    if not rows or not columns:
        return 0.0
    blocks = jumps[:rows, :columns].reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    share = blocks.mean(axis=(1, 3))
    return float(((share > _LEAST_EDGES) & (share < _MOST_EDGES)).mean())


def in_words(features: PictureFeatures) -> str:
    """A picture in one sentence."""
    wide, high = features.width, features.height
    shape = "square" if wide == high else "landscape" if wide > high else "portrait"
    return (
        f"A {shape} picture of {wide:,} by {high:,} pixels, {percent(features.colour_share)} of it "
        f"{features.colour}; {percent(features.text_share)} of it looks like text."
    )
