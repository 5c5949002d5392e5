"""Documents and files in; one archive, the same bytes for the same content, out."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

from engine.governance.documents import Document
from engine.governance.written import html_of, json_bytes, json_of

CONTENTS: Final = "contents.json"
"""Name -> SHA-256 of every other file."""
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
"""Time of every file: the earliest that an archive knows."""


def packed(documents: Sequence[Document], more: Mapping[str, bytes], footer: str) -> bytes:
    """The archive: each document as HTML and JSON, `more` as it is, and a list of hashes."""
    files = {f"{one.name}.html": html_of(one, footer) for one in documents}
    files |= {f"{one.name}.json": json_of(one) for one in documents} | dict(more)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[CONTENTS] = json_bytes(hashes)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            about = zipfile.ZipInfo(name, date_time=_WHEN)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            about.create_system = 3
            archive.writestr(about, files[name])
    return stream.getvalue()
