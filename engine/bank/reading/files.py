"""A folder, a file or uploads in; raw tables, file hashes and remarks out."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine import settings
from engine.bank.bank import MANIFEST
from engine.bank.manifest import PLAN
from engine.bank.parsing.file_names import shape_of
from engine.bank.quality import QUALITY
from engine.bank.reading import (
    camt_files,
    databases,
    json_files,
    mt940_files,
    ofx_files,
    parquet_files,
    qif_files,
    statements,
    text_files,
    workbooks,
)
from engine.bank.reading.raw_table import ANY_FORM, FileForm, RawTable
from engine.errors import BadInput, NotFound

TEXT = frozenset({".csv", ".tsv", ".txt", ".asc", ".json"})
EXCEL = frozenset({".xlsx", ".xlsm"})
SQLITE = frozenset({".db", ".sqlite", ".sqlite3"})
PARQUET = frozenset({".parquet"})
STATEMENTS = frozenset({".ofx", ".qfx", ".qif", ".xml", ".sta", ".mt940", ".940", ".swi"})
READABLE = TEXT | EXCEL | SQLITE | PARQUET | STATEMENTS

_KINDS = {"Excel": EXCEL, "SQLite": SQLITE, "Parquet": PARQUET}

_OURS = frozenset({MANIFEST, QUALITY, PLAN})
"""What an imported bank has beside its tables; a bank's folder can be imported again."""

_MEDIA = {
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".heic"),
    "recording": (".wav", ".mp3", ".m4a", ".ogg", ".flac"),
}
_MEDIA_INSTEAD = {
    "picture": "what it shows as a row of transactions or messages",
    "recording": "what was said as a row of messages (kind voice)",
}
_SIGNATURES = (
    (b"PK\x03\x04", "Excel"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\xd0\xcf\x11\xe0", "old Excel (.xls)"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)

_STATEMENT_READERS = (
    (re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE), ofx_files.read_ofx),
    (re.compile(rb"<(?:\w+:)?BkToCstmr|camt\.05\d"), camt_files.read_camt),
    (re.compile(rb"^:20:[\s\S]*^:25:", re.MULTILINE), mt940_files.read_mt940),
    (qif_files.SIGN, qif_files.read_qif),
)
"""What is among the first bytes of statements that banks send, and who reads them."""
_START = 4096


Forms = Mapping[str, FileForm]


_COPY = re.compile(r"(?: ?\(\d+\)| - (?:Copy|Kopie)|[ _-]copy)(?=\.\w+$)")
"""What a program adds to the name of a file that is saved again."""


@dataclass(frozen=True, eq=False)
class SourceFiles:
    """Everything that was read from one place.

    Attributes
    ----------
    name : str
        Of the folder or file.
    tables : mapping of str to RawTable
        By lower-case name; a file in a subfolder is "subfolder/name".
    hashes : mapping of str to str
        File -> SHA-256.
    notes : tuple of str
        Files that were left out, encodings, columns that were never read.
    """

    name: str
    tables: Mapping[str, RawTable]
    hashes: Mapping[str, str]
    notes: tuple[str, ...]


def read_path(path: Path | str, forms: Forms | None = None) -> SourceFiles:
    """Read a file, or all readable files of a folder and its direct subfolders.

    Parameters
    ----------
    forms : mapping of str to FileForm, optional
        Table or the shape of its name -> how its cells are told apart, as a plan says.

    Raises
    ------
    NotFound
        If there is no such path.
    BadInput
        If there is nothing to read, or a file is not what its name says, is empty or is too big.
    """
    path = Path(path)
    if not path.exists():
        raise NotFound(f"There is no file or folder {_shown(str(path))}.")
    if path.is_file():
        return read_files(_shown(path.stem), {_shown(path.name): path}, forms=forms)
    visible = sorted(f for pattern in ("*", "*/*") for f in path.glob(pattern) if _is_visible(f))
    names = {_shown(f.relative_to(path).as_posix()): f for f in visible if f.name not in _OURS}
    readable = {name: f for name, f in names.items() if _suffix(name) in READABLE}
    others = [name for name in names if name not in readable]
    notes = tuple(_media(other) or f"{other} is no data file and was left out." for other in others)
    if not readable:
        raise BadInput(
            f"{_shown(str(path))} holds no file that can be read; expected "
            f"{', '.join(sorted(READABLE))}."
        )
    return read_files(_shown(path.resolve().name), readable, notes, forms=forms)


def read_files(
    name: str,
    files: Mapping[str, Path | bytes],
    notes: Iterable[str] = (),
    before: Callable[[str], object] | None = None,
    forms: Forms | None = None,
) -> SourceFiles:
    """Read named files, given as paths or as bytes; `before` is told of each before it is read.

    `forms` are those of `read_path`.
    """
    tables: dict[str, RawTable] = {}
    hashes, remarks = {}, list(notes)
    for file, content in files.items():
        if before is not None:
            before(file)
        data = _checked_bytes(file, content)
        digest = hashlib.sha256(data).hexdigest()
        same = next((other for other, known in hashes.items() if known == digest), "")
        if same and _COPY.sub("", file) == _COPY.sub("", same):
            remarks.append(f"{file} is {same} again, byte for byte: it counts once.")
            continue
        hashes[file] = digest
        folder = PurePosixPath(file).parent.as_posix().lower()
        within = "" if folder == "." else f"{folder}/"
        for table in _tables(file, data, within, forms or {}):
            key = within + table.name
            if key in tables:
                raise BadInput(
                    f"{table.file} and {tables[key].file} are both called {key!r}. Rename one."
                )
            tables[key] = table
            remarks += table.notes
    tables, more = statements.joined(tables)
    return SourceFiles(name, tables, hashes, (*remarks, *more))


def _tables(file: str, data: bytes, within: str, forms: Forms) -> list[RawTable]:
    def form_of(name: str) -> FileForm:
        key = within + name
        return forms.get(key) or forms.get(shape_of(key), ANY_FORM)

    suffix, stem = _suffix(file), PurePosixPath(file).stem.strip().lower()
    content = next((kind for magic, kind in _SIGNATURES if data.startswith(magic)), "text")
    expected = next((kind for kind, suffixes in _KINDS.items() if suffix in suffixes), "text")
    if media := _media(file):
        raise BadInput(media)
    if suffix not in READABLE:
        raise BadInput(f"{file} cannot be read; expected {', '.join(sorted(READABLE))}.")
    if content != expected:
        raise BadInput(
            f"{file} is called {suffix} ({expected}), but its content is {content}. "
            "Save it in the format of its name, or rename it."
        )
    if expected == "Excel":
        return workbooks.read_excel(data, file, form_of)
    if expected == "SQLite":
        return databases.read_sqlite(data, file)
    if expected == "Parquet":
        return [parquet_files.read_parquet(data, file, stem)]
    start = data[:_START].replace(b"\0", b"").replace(b"\r", b"\n")
    for sign, reader in _STATEMENT_READERS:
        if sign.search(start):
            return reader(data, file, stem)
    if suffix in STATEMENTS:
        raise BadInput(
            f"{file} is called {suffix}, but is no statement in OFX, CAMT.053, MT940 or QIF. Save "
            "it in the format of its name, or rename it."
        )
    if suffix == ".json":
        return json_files.read_json(data, file, stem)
    return [text_files.read_csv(data, file, stem, form_of(stem))]


def _checked_bytes(file: str, content: Path | bytes) -> bytes:
    limit = settings.default().bank.max_file_megabytes
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size > limit * 2**20:
        raise BadInput(
            f"{file} has {size / 2**20:,.0f} MB, more than the {limit:,} MB of the setting "
            "bank.max_file_megabytes."
        )
    data = content if isinstance(content, bytes) else content.read_bytes()
    if not data.strip():
        raise BadInput(f"{file} is empty.")
    return data


def _media(file: str) -> str:
    """Why a picture or a recording is not read, and where it goes; "" for other files."""
    kind = next((kind for kind, suffixes in _MEDIA.items() if _suffix(file) in suffixes), "")
    if not kind:
        return ""
    return (
        f"{file} is a {kind}: no tables are read from it, and nothing else of Attune takes it yet. "
        f"Keep it with the customer's file, and import {_MEDIA_INSTEAD[kind]}."
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _shown(name: str) -> str:
    """A file's name as it can be written, also where the disk has bytes that are no text."""
    return os.fsencode(name).decode("utf-8", "replace")


def _is_visible(path: Path) -> bool:
    return path.is_file() and not path.name.startswith((".", "~$"))
