"""The address of an OpenAI-compatible service in; its answer to a prompt out.

Nothing is sent unless a bank's settings name an address. The key comes from the environment or from
.streamlit/secrets.toml and stands in no setting, log or message.
"""

import http.client
import json
import os
import ssl
import time
import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from engine.errors import SettingsError, WriterError

KEY: Final = "ATTUNE_ENDPOINT_KEY"
"""Variable with the key of the service."""
SECRETS: Final = Path(".streamlit/secrets.toml")
"""File that may hold it, as `endpoint_key`; git ignores it."""
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PIECE: Final = 8192
_SYSTEM: Final = "You put facts in plain English. You add nothing and leave nothing out."


class EndpointWriter:
    """One chat completion a prompt; no redirect is followed and no proxy is used."""

    def __init__(
        self, url: str, model: str, *, max_tokens: int, max_seconds: float, max_bytes: int
    ):
        self._url = _checked(url)
        self._model = model
        self._max_tokens = max_tokens
        self._max_seconds = max_seconds
        self._max_bytes = max_bytes
        self.name = f"{model} at {self._url.hostname}"
        self.local = self._url.hostname in _HERE

    def write(self, prompt: str) -> str:
        """The service's answer.

        Raises
        ------
        WriterError
            If the service cannot be reached, is too slow, answers too much or something else.
        """
        until = time.monotonic() + self._max_seconds
        body = json.dumps(
            {
                "model": self._model,
                "messages": [
                    {"role": "system", "content": _SYSTEM},
                    {"role": "user", "content": prompt},
                ],
                "max_tokens": self._max_tokens,
                "temperature": 0,
                "stream": False,
            }
        ).encode()
        connection = self._connection()
        try:
            connection.request("POST", self._path, body, self._headers())
            answer = connection.getresponse()
            if answer.status != 200:
                raise WriterError(f"{self._url.hostname} answered {answer.status}")
            return _content(self._read(answer, connection, until))
        except TimeoutError as error:
            raise WriterError(f"no answer within {self._max_seconds:g} seconds") from error
        except (OSError, http.client.HTTPException) as error:
            raise WriterError(f"{self._url.hostname} cannot be reached") from error
        finally:
            connection.close()

    @property
    def _path(self) -> str:
        path = self._url.path.rstrip("/")
        return path if path.endswith("/chat/completions") else f"{path}/chat/completions"

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._url.hostname), self._url.port
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                host, port, timeout=self._max_seconds, context=context
            )
        return http.client.HTTPConnection(host, port, timeout=self._max_seconds)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := _key():
            headers["Authorization"] = f"Bearer {key}"
        return headers

    def _read(
        self,
        answer: http.client.HTTPResponse,
        connection: http.client.HTTPConnection,
        until: float,
    ) -> bytes:
        """The whole answer, piece by piece, within its limits of time and size."""
        pieces: list[bytes] = []
        size = 0
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if connection.sock is not None:
                connection.sock.settimeout(left)
            if not (piece := answer.read1(_PIECE)):
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > self._max_bytes:
                raise WriterError(f"the answer is longer than {self._max_bytes:,} bytes")


def _checked(url: str) -> SplitResult:
    """The address, if something may be sent to it."""
    read = urlsplit(url)
    if read.username or read.password or read.query or read.fragment or not read.hostname:
        raise SettingsError(
            "Setting writing.endpoint: expected an address such as https://host/v1, without a "
            f"name, password or parameters; the key belongs in {KEY}."
        )
    if read.scheme != "https" and not (read.scheme == "http" and read.hostname in _HERE):
        raise SettingsError(
            f"Setting writing.endpoint: {read.scheme}://{read.hostname} is not encrypted; expected "
            "https, or http on this machine."
        )
    return read


def _key() -> str:
    if key := os.environ.get(KEY, "").strip():
        return key
    if not SECRETS.is_file():
        return ""
    try:
        return str(tomllib.loads(SECRETS.read_text("utf-8")).get("endpoint_key", "")).strip()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ""


def _content(body: bytes) -> str:
    try:
        read: Any = json.loads(body)
        text = read["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise WriterError("the answer is no chat completion") from error
    if not isinstance(text, str):
        raise WriterError("the answer holds no text")
    return text
