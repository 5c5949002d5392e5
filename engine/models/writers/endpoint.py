"""The address of an OpenAI-compatible service in; its answer to a prompt out.

Nothing is sent unless a bank's settings name an address. The key comes from the environment or from
.streamlit/secrets.toml and stands in no setting, log or message.
"""

import contextlib
import http.client
import json
import os
import queue
import socket
import ssl
import threading
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
        _key()
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
        try:
            exchange = _Exchange(self._connection(), self._path, body, self._headers())
        except SettingsError as error:
            raise WriterError(str(error)) from None
        try:
            return _content(exchange.answer(self._max_seconds, self._max_bytes))
        except TimeoutError as error:
            raise WriterError(f"no answer within {self._max_seconds:g} seconds") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WriterError(f"{self._url.hostname} cannot be reached") from error

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


class _Exchange:
    """One request in a thread of its own, which is cut off when its time is over.

    A socket's own limit starts again with every byte, and looking up a host has none.
    """

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        body: bytes,
        headers: dict[str, str],
    ):
        self._connection = connection
        self._request = (path, body, headers)
        self._sockets: list[socket.socket] = []
        self._answers: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def answer(self, max_seconds: float, max_bytes: int) -> bytes:
        """The body of the answer.

        Raises
        ------
        TimeoutError, OSError, HTTPException, ValueError or WriterError
            If it is not whole in time; if nothing, too much or an error was answered.
        """
        until = time.monotonic() + max_seconds
        threading.Thread(target=self._run, args=(until, max_bytes), daemon=True).start()
        try:
            answer = self._answers.get(timeout=max_seconds)
        except queue.Empty:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _run(self, until: float, max_bytes: int) -> None:
        try:
            self._answers.put(self._read(until, max_bytes))
        except Exception as error:  # raised where it is waited for
            self._answers.put(error)
        finally:
            self._connection.close()

    def _read(self, until: float, max_bytes: int) -> bytes:
        """The whole answer, piece by piece, within its limits of time and size."""
        path, body, headers = self._request
        self._connection.connect()
        self._sockets.append(self._connection.sock)
        if time.monotonic() >= until:
            raise TimeoutError
        self._connection.request("POST", path, body, headers)
        pieces: list[bytes] = []
        size = 0
        with self._connection.getresponse() as answer:
            if answer.status != 200:
                raise WriterError(f"{self._connection.host} answered {answer.status}")
            while piece := answer.read1(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > max_bytes:
                    raise WriterError(f"the answer is longer than {max_bytes:,} bytes")
        return b"".join(pieces)


def _checked(url: str) -> SplitResult:
    """The address, if something may be sent to it."""
    try:
        read = urlsplit(url)
        _ = read.port
    except ValueError:  # which may quote a password
        raise SettingsError(
            "Setting writing.endpoint: its host or port cannot be read; expected an address such "
            "as https://host/v1 or https://host:8443/v1."
        ) from None
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
    """The key of the service, "" where there is none; SettingsError where it cannot be sent."""
    key = os.environ.get(KEY, "").strip() or _secret()
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            f"The key of the writer's service ({KEY}, or endpoint_key in {SECRETS}) holds a line "
            "break or a sign outside ASCII, which no service takes; enter it again."
        )
    return key


def _secret() -> str:
    """The key of the file of secrets; its text stands in no message."""
    try:
        if not SECRETS.is_file():
            return ""
        key = tomllib.loads(SECRETS.read_text("utf-8")).get("endpoint_key", "")
    except (OSError, ValueError):
        raise SettingsError(
            f"{SECRETS} cannot be read as TOML, so the writer's service has no key; mend the file, "
            f"or set {KEY}."
        ) from None
    if not isinstance(key, str):
        raise SettingsError(f"endpoint_key in {SECRETS} is no text; put it in quotes.")
    return key.strip()


def _content(body: bytes) -> str:
    try:
        read: Any = json.loads(body)
        text = read["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise WriterError("the answer is no chat completion") from error
    if not isinstance(text, str):
        raise WriterError("the answer holds no text")
    return text
