"""Where the dashboard's processes are in, the configuration of the proxy before them out.

A session of Streamlit lives in one process: its page, websocket, uploads and pictures must all
reach that one. A cookie names it. The proxy writes the cookie when a page or a connection was
answered, by the process that answered: whoever's process is gone is answered by another, and
stays with that from then on, also when the first is back.

Programs bring no cookie but a token. The same token reaches the same process, so that the limits
of a client and the progress of its retraining are one thing.

Source: nginx's documentation of its modules upstream, proxy and map.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COOKIE: Final = "attune_worker"
"""Names the process of a session; it opens nothing, and an unknown name is as good as none."""
AROUND_A_FILE: Final = 2
"""Megabytes that a form adds to the largest file."""

_CONFIGURATION = Template(Path(__file__).with_name("nginx.conf").read_text("utf-8"))


@dataclass(frozen=True)
class Plan:
    """Who listens where.

    Attributes
    ----------
    address, port
        Where people reach the proxy.
    workers : tuple of int
        Ports of the dashboard's processes, on this machine's own address.
    folder : Path
        For bodies on their way and the process id; nobody else's.
    connections : int
        That the proxy may hold: two for each open page.
    certificate, key : Path or None
        With both, people reach it by HTTPS alone.
    """

    address: str
    port: int
    workers: tuple[int, ...]
    folder: Path
    connections: int = 1024
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """What somebody on this machine types."""
        here = self.address in ("0.0.0.0", "::")  # noqa: S104, compared, not listened on
        return f"{self.scheme}://{'localhost' if here else _bracketed(self.address)}:{self.port}"

    @property
    def scheme(self) -> str:
        """By what people reach the proxy."""
        return "https" if self.certificate else "http"


def largest_upload() -> int:
    """Megabytes of a file that the dashboard takes, as `.streamlit/config.toml` says."""
    options: Mapping[str, Mapping[str, int]] = tomllib.loads(
        (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    )
    return options["server"]["maxUploadSize"]


def configuration(plan: Plan) -> str:
    """The whole configuration file.

    Raises
    ------
    ValueError
        If a path or address holds what would end a directive.
    """
    ports = {f"w{place}": port for place, port in enumerate(plan.workers, start=1)}
    return _CONFIGURATION.substitute(
        folder=_plain(plan.folder),
        connections=plan.connections,
        megabytes=largest_upload() + AROUND_A_FILE,
        cookie=COOKIE,
        servers=_lines(f"server 127.0.0.1:{port} max_fails=0;" for port in ports.values()),
        own=_own(ports),
        pools="\n".join(f"        {name} stay_{name};" for name in ports),
        names="\n".join(
            f'        "~127\\.0\\.0\\.1:{port}$" {name};' for name, port in ports.items()
        ),
        listen=f"{_bracketed(plan.address)}:{plan.port}{' ssl' if plan.certificate else ''}",
        certificate=_certificate(plan),
        scheme=plan.scheme,
    )


def _own(ports: Mapping[str, int]) -> str:
    """A pool a process: itself, and the others for when it is gone."""
    pools = []
    for name in ports:
        order = [name, *(other for other in ports if other != name)]
        servers = (
            f"server 127.0.0.1:{ports[one]} max_fails=0{'' if one == name else ' backup'};"
            for one in order
        )
        pools.append(f"    upstream stay_{name} {{\n{_lines(servers)}\n    }}")
    return "\n".join(pools)


def _lines(servers: Iterable[str]) -> str:
    return "\n".join(f"        {server}" for server in servers)


def _certificate(plan: Plan) -> str:
    if plan.certificate is None or plan.key is None:
        return ""
    return (
        f'        ssl_certificate "{_plain(plan.certificate)}";\n'
        f'        ssl_certificate_key "{_plain(plan.key)}";\n'
        "        ssl_protocols TLSv1.2 TLSv1.3;\n"
    )


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _plain(path: Path) -> str:
    """A path that nginx reads back as it stands, between quotes."""
    text = str(path)
    if not text.isprintable() or any(sign in text for sign in '"\\$'):
        raise ValueError(f"nginx reads no path with a quote, a backslash or a $ in it: {text}")
    return text
