"""python -m serving: as many processes as asked for, and the proxy before them, until stopped."""

import argparse
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from serving.nginx import Plan
from serving.supervisor import NotStarted, Supervisor, allow_files

MISSING: Final = (
    "nginx is not on this machine, which keeps each session on its own process. Install it "
    "(apt-get install nginx), or serve with one process and without it (make run)."
)
MOST_WORKERS: Final = 64


def asked(arguments: Sequence[str], outside: Mapping[str, str]) -> argparse.Namespace:
    """What the command line says, and the environment where it does not."""
    parser = argparse.ArgumentParser(prog="python -m serving", description=__doc__)
    parser.add_argument(
        "--workers", type=_count, default=outside.get("WORKERS") or str(os.cpu_count() or 1),
        help="processes; one a core is best (WORKERS)",
    )  # fmt: skip
    parser.add_argument(
        "--address", default=outside.get("ATTUNE_ADDRESS", "127.0.0.1"),
        help="where people reach it; not this machine alone needs sign-in (ATTUNE_ADDRESS)",
    )  # fmt: skip
    parser.add_argument("--port", type=_port, default=outside.get("PORT", "8501"), help="(PORT)")
    for name in ("certificate", "key"):
        parser.add_argument(
            f"--{name}", type=Path, default=outside.get(f"ATTUNE_{name.upper()}") or None,
            help=f"PEM file, for HTTPS (ATTUNE_{name.upper()})",
        )  # fmt: skip
    found = parser.parse_args(arguments)
    if (found.certificate is None) != (found.key is None):
        parser.error("HTTPS wants both --certificate and --key.")
    for file in (found.certificate, found.key):
        if file is not None and not file.is_file():
            parser.error(f"There is no file {file}.")
    return found


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_WORKERS}.")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535.")
    return int(text)


def free_ports(n: int) -> tuple[int, ...]:
    """Ports of this machine's own address that nobody listens on, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return tuple(int(probe.getsockname()[1]) for probe in probes)


def program() -> str:
    """Where nginx is; its folder is on the path of the administrator alone on some machines."""
    known = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
    found = shutil.which("nginx", path=known)
    if found is None:
        raise NotStarted(MISSING)
    return found


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    told = asked(sys.argv[1:], os.environ)
    with tempfile.TemporaryDirectory(prefix="attune-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # nginx, started by root, works as another user
        try:
            plan = Plan(
                told.address,
                told.port,
                free_ports(told.workers),
                folder,
                connections=allow_files(),
                certificate=told.certificate and told.certificate.resolve(),
                key=told.key and told.key.resolve(),
            )
            supervisor = Supervisor(plan, program())
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(sign, supervisor.stop)
            supervisor.run()
        except (NotStarted, ValueError) as error:
            sys.exit(f"Attune is not served. {error}")


if __name__ == "__main__":
    main()
