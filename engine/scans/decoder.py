"""What a process of its own does: an upload on stdin, one line of JSON and the picture on stdout.

It loads the decoders and nothing else of the engine, so that it starts at once.
"""

import json
import resource
import sys

from engine.errors import BadInput
from engine.scans.pictures import decoded


def serve(megabytes: float, megapixels: float, seconds: int, memory: int) -> None:
    """Decode what stands on stdin within so many seconds and so much memory, in MB."""
    resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    jpeg = b""
    try:
        jpeg, *told = decoded(sys.stdin.buffer.read(), megabytes, megapixels)
        said = dict(zip(("width", "height", "kind"), told, strict=True))
    except BadInput as error:
        said = {"error": str(error)}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + jpeg)


if __name__ == "__main__":
    serve(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
