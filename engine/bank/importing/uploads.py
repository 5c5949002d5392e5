"""Uploaded files in; the same, checked for their size and read once, out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from engine import settings
from engine.bank.reading import files
from engine.bank.reading.files import Forms, SourceFiles
from engine.bank.reading.isolated import read_isolated
from engine.errors import BadInput

NAME: Final = "Upload"
"""What a source of uploads is called."""


Uploads = Mapping[str, bytes] | SourceFiles
"""Name -> content, or what was read of it already."""


def check(files: Sequence[tuple[str, int]], elsewhere: int = 0) -> None:
    """BadInput if files, given as name and bytes, are too much together or two have one name.

    `elsewhere` are bytes that other forms of the same session hold.
    """
    most = settings.default().bank.max_upload_megabytes
    size = sum(n_bytes for _, n_bytes in files)
    if size + elsewhere > most * 2**20:
        others = f" and other forms hold {elsewhere / 2**20:,.0f} MB" if elsewhere else ""
        raise BadInput(
            f"The upload has {size / 2**20:,.0f} MB{others}, more than the {most:,} MB of the "
            "setting bank.max_upload_megabytes. Remove a file, or import the folder by command."
        )
    names = Counter(name for name, _ in files)
    if twice := [name for name, n in names.items() if n > 1]:
        raise BadInput(f"Two files are called {twice[0]}. Rename one, or remove it.")


def read(uploads: Mapping[str, bytes], forms: Forms | None = None) -> SourceFiles:
    """Read uploads once, outside this process; BadInput if a file cannot be read."""
    check([(name, len(data)) for name, data in uploads.items()])
    return read_isolated(NAME, uploads, forms)


def as_read(uploads: Uploads, forms: Forms | None = None) -> SourceFiles:
    """Uploads as raw tables; what was read already is not read again."""
    if isinstance(uploads, SourceFiles):
        return uploads
    return files.read_files(NAME, uploads, forms=forms)
