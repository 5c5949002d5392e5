"""A folder of weights in, one SHA-256 out; big files are hashed once."""

import hashlib
import json
from pathlib import Path

from filelock import FileLock

from engine.errors import WeightsError

Key = tuple[str, int, int]
"""Path, size in bytes, time of change in ns: as long as these stay, the hash is taken as known."""

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt", "*.h5")
_LONGEST_NAME = 64
_HASHED: dict[Key, str] = {}


def sha256_of(folder: Path, *, cache: Path | None = None) -> str:
    """Hash of the weights in a folder.

    Parameters
    ----------
    folder : Path
        Holds safetensors, or the model.bin of CTranslate2, which is no pickle; or a pipeline
        without pickles (spaCy, VOSK): then every file counts.
    cache : Path, optional
        Folder that keeps the hashes by path, size and time of change.

    Returns
    -------
    str
        SHA-256 in hex: the file's own where there is one, else that of the sorted
        "relative path, hash" lines.

    Raises
    ------
    WeightsError
        If there are no weights, or only pickled ones, which could run code when loaded.
    """
    files = sorted(folder.rglob("*.safetensors")) or ctranslate_model(folder)
    if not files:
        if pickled := next((p.name for kind in _PICKLED for p in folder.glob(kind)), None):
            raise WeightsError(
                f"{folder} holds pickled weights only ({pickled}), and a pickle can run code. "
                "Save them with save_pretrained() of transformers and name that folder."
            )
        files = sorted(p for p in folder.rglob("*") if p.is_file())
    if not files:
        raise WeightsError(
            f"{folder} is empty; expected a folder with *.safetensors or a pipeline."
        )
    hashes = _file_hashes(files, cache)
    if len(files) == 1:
        return hashes[0]
    lines = (f"{p.relative_to(folder)} {h}\n" for p, h in zip(files, hashes, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def ctranslate_model(folder: Path) -> list[Path]:
    """The model.bin of CTranslate2 in a folder, told by its head: version, then a type's name."""
    file = folder / "model.bin"
    if not file.is_file():
        return []
    with file.open("rb") as content:
        head = content.read(4 + 2 + _LONGEST_NAME)
    length = int.from_bytes(head[4:6], "little")
    name = head[6 : 6 + length].rstrip(b"\0")
    versions = head[1:4] == b"\0\0\0" and 0 < length <= _LONGEST_NAME
    return [file] if versions and name.isalnum() and name.endswith(b"Spec") else []


def _file_hashes(files: list[Path], cache: Path | None) -> list[str]:
    """SHA-256 of each file, computed once per path, size and time of change."""
    stored = cache / "hashes.json" if cache else None
    kept = _read(stored) if stored else {}
    keys = [(str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    for key in keys:
        if key not in _HASHED:
            _HASHED[key] = kept.get(key) or sha256_of_file(Path(key[0]))
    if stored and any(key not in kept for key in keys):
        _write(stored, {key: _HASHED[key] for key in keys})
    return [_HASHED[key] for key in keys]


def sha256_of_file(file: Path) -> str:
    """SHA-256 of one file's bytes, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read(stored: Path) -> dict[Key, str]:
    try:
        rows = json.loads(stored.read_text("utf-8"))
        return {(str(p), int(size), int(when)): str(h) for p, size, when, h in rows}
    except (OSError, ValueError, TypeError):  # no file yet, or a damaged one: hashed anew
        return {}


def _write(stored: Path, fresh: dict[Key, str]) -> None:
    stored.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{stored}.lock"):
        rows = [[*key, value] for key, value in ({**_read(stored), **fresh}).items()]
        draft = stored.with_suffix(".draft")
        draft.write_text(json.dumps(rows, indent=1), "utf-8")
        draft.replace(stored)
