"""The dashboard: Streamlit's app over pages/_shell.py, its engine warmed up beside it."""

import os
import threading
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from engine import Engine
from pages.components.frame import session
from pages.components.frame.address import KnownAddress

ROOT = Path(__file__).resolve().parent


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the first bank in a thread, so that the server answers meanwhile; logs name nobody."""
    Engine.keep_logs_private()
    threading.Thread(target=session.warm_up, name="warm-up", daemon=True).start()
    yield


def flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Streamlit's option names ("theme.light.textColor") out of nested tables."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


app = st.App(
    ROOT / "pages" / "_shell.py",
    lifespan=lifespan,
    middleware=[Middleware(KnownAddress)],
)

if __name__ == "__main__":
    pinned = dict(flat(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))))
    pinned["server.port"] = int(os.environ.get("PORT", "8501"))
    pinned["server.address"] = os.environ.get("ATTUNE_ADDRESS", pinned["server.address"])
    app.run(config=pinned)
