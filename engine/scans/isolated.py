"""An upload in, its picture out: decoded by a process of its own, with limits of time and memory.

Decoders of pictures and PDF are large programs in C: whatever a file does to one, it cannot stop
the other people of the server.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from engine.errors import BadInput
from engine.results.scans import Picture
from engine.scans.pictures import expect_scan
from engine.settings import ScanSettings

_ROOT: Final = Path(__file__).resolve().parents[2]
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Pictures that are decoded at once (own choice: two times `decode_megabytes` at the most)."""
_DECODER: Final = "engine.scans.decoder"


def taken(content: bytes, limits: ScanSettings) -> Picture:
    """Check an upload and write its picture anew, outside this process.

    Raises
    ------
    BadInput
        One sentence of what is wrong; also where it takes too long or too much memory.
    """
    expect_scan(content, limits.max_megabytes)
    figures = (
        limits.max_megabytes,
        limits.max_megapixels,
        limits.decode_seconds,
        limits.decode_megabytes,
    )
    command = [sys.executable, "-m", _DECODER, *map(str, figures)]
    too_much = BadInput(
        f"The picture cannot be opened within {limits.decode_seconds} seconds and "
        f"{limits.decode_megabytes:,} MB of memory. Take it smaller, or export the page again."
    )
    if not _AT_ONCE.acquire(timeout=2 * limits.decode_seconds):
        raise BadInput(
            "Many pictures are being opened just now. Upload this one again in a minute."
        )
    try:
        ended = subprocess.run(  # noqa: S603 - our own module; the file is data to it
            command,
            cwd=_ROOT,
            input=content,
            capture_output=True,
            timeout=2 * limits.decode_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_much from error
    finally:
        _AT_ONCE.release()
    head, _, jpeg = ended.stdout.partition(b"\n")
    if ended.returncode != 0 or not head:
        raise too_much
    told = json.loads(head)
    if "error" in told:
        raise BadInput(told["error"])
    return Picture(jpeg, told["width"], told["height"], told["kind"])
