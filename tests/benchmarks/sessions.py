"""A session as a browser holds one, without a browser: Streamlit's websocket, spoken.

A person's cookies go with every request, as a browser sends them: what a proxy writes there is
kept. Messages are those of streamlit.proto (BackMsg, ForwardMsg); a run is over with the message
`script_finished`.
"""

import asyncio
import http.client
import re
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

LARGEST: Final = 64 * 2**20
"""Bytes of one message; tables and charts come whole."""


@dataclass(frozen=True)
class Answer:
    """One request answered: status, headers with small names, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Run:
    """One run of a page: seconds from sent to finished, and the errors that it drew."""

    seconds: float
    errors: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass
class Person:
    """Somebody with a browser: their cookies, and at most one open page.

    Parameters
    ----------
    address : str
        "http://host:port" of the dashboard.
    """

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    session: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    _widgets: dict[str, WidgetState] = field(default_factory=dict)
    _cached: set[str] = field(default_factory=set)
    _page: str = ""
    _socket: ClientConnection | None = None

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request beside the page."""
        return await asyncio.to_thread(self._ask, method, path, body, headers or {})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        place = urlsplit(self.address)
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            line.request(method, path, body or None, {"Cookie": self._cookie(), **headers})
            reply = line.getresponse()
            self._keep([v for k, v in reply.getheaders() if k.lower() == "set-cookie"])
            found = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, found, reply.read())
        finally:
            line.close()

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()

    async def arrive(self, page: str = "", query: str = "") -> Run:
        """Read the page, ask for health as Streamlit's code does, connect, and see it drawn."""
        begun = time.monotonic()
        await self.ask("GET", f"/{page}")
        await self.ask("GET", "/_stcore/health")
        self._socket = await connect(
            f"ws{self.address[4:]}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": self._cookie()},
            origin=self.address,
            max_size=LARGEST,
            open_timeout=60,
        )
        self._keep(self._socket.response.headers.get_all("set-cookie"))
        run = await self._run(query, page_name=page)
        return Run(time.monotonic() - begun, run.errors, run.texts)

    async def open(self, page: str, query: str = "") -> Run:
        """Another page, by its path, as the menu and links do."""
        self._page = self.pages[page]
        self._widgets.clear()
        self.inputs.clear()
        return await self._run(query)

    async def type(self, label: str, text: str, query: str = "") -> Run:
        """Write into the box of a label."""
        self._widgets[label] = WidgetState(id=self.inputs[label], string_value=text)
        return await self._run(query)

    async def press(self, label: str, query: str = "") -> Run:
        """Press the button of a label."""
        self._widgets[label] = WidgetState(id=self.inputs[label], trigger_value=True)
        try:
            return await self._run(query)
        finally:
            del self._widgets[label]

    async def upload(self, name: str, content: bytes) -> int:
        """Send a file as the page's file box does; the status of the answer."""
        sent = BackMsg()
        sent.file_urls_request.request_id = "1"
        sent.file_urls_request.file_names.append(name)
        sent.file_urls_request.session_id = self.session
        assert self._socket is not None
        await self._socket.send(sent.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self._socket.recv(decode=False))
            if message.WhichOneof("type") == "file_urls_response":
                break
        place = message.file_urls_response.file_urls[0].upload_url
        head = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
        answer = await self.ask(
            "PUT",
            f"/{place.lstrip('/')}",
            head.encode() + content + b"\r\n--x--\r\n",
            {
                "Content-Type": "multipart/form-data; boundary=x",
                "X-Xsrftoken": self.cookies.get("_streamlit_xsrf", ""),
            },
        )
        return answer.status

    async def leave(self) -> None:
        """Close the page."""
        if self._socket is not None:
            await self._socket.close()

    async def _run(self, query: str, page_name: str = "") -> Run:
        assert self._socket is not None
        sent = BackMsg()
        state = sent.rerun_script
        state.query_string, state.page_script_hash, state.page_name = query, self._page, page_name
        state.widget_states.widgets.extend(self._widgets.values())
        state.cached_message_hashes.extend(sorted(self._cached))
        state.context_info.timezone, state.context_info.locale = "UTC", "en-GB"
        begun = time.monotonic()
        await self._socket.send(sent.SerializeToString())
        errors, texts = [], []
        while True:
            message = ForwardMsg.FromString(await self._socket.recv(decode=False))
            self._learn(message, errors, texts)
            if message.WhichOneof("type") == "script_finished":
                status = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
                if status == "FINISHED_EARLY_FOR_RERUN":
                    continue
                if status == "FINISHED_WITH_COMPILE_ERROR":
                    errors.append(status)
                return Run(time.monotonic() - begun, tuple(errors), tuple(texts))

    def _learn(self, message: ForwardMsg, errors: list[str], texts: list[str]) -> None:
        """What a browser keeps of a message: pages, boxes, buttons, and what it need not get
        again."""
        kind = message.WhichOneof("type")
        if message.hash and message.metadata.cacheable:
            self._cached.add(message.hash)
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
            self._page = message.new_session.page_script_hash
        elif kind == "navigation":
            self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash or self._page
        elif kind == "delta" and message.delta.HasField("new_element"):
            element = message.delta.new_element
            shape = element.WhichOneof("type")
            if shape == "exception":
                errors.append(f"{element.exception.type}: {element.exception.message}"[:200])
            elif shape in ("text_input", "button", "text_area", "file_uploader"):
                found = getattr(element, shape)
                self.inputs[found.label] = found.id
            elif shape in ("markdown", "heading", "alert"):
                texts.append(re.sub(r"\s+", " ", getattr(element, shape).body))
