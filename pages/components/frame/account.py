"""The own account: what a person may change of themselves, and nothing else (`EDITABLE`)."""

import html
from collections.abc import Callable
from typing import Any, Final, Protocol

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from engine.errors import BadInput, EngineError
from pages.components.frame import sign_in
from pages.components.frame.sign_in import KEPT_NOWHERE, SIGN_IN, TRIES_AT_ONCE

ACCOUNT: Final = "/account"
RENEW: Final = "/account/password"
SAVED: Final = "Your name is saved; a page that is open shows it when it is opened anew."
CHANGED: Final = "Your password is changed. Sign in with the new one."
NOT_THE_SAME: Final = "The new password was typed in two ways. Nothing was changed."


class Accounts(sign_in.Accounts, Protocol):
    """What this page has to know of accounts."""

    def edit(self, name: str, /, **told: str) -> Any:
        """Change what people may change of themselves."""

    def change_password(self, name: str, old: str, new: str) -> None:
        """Change one's own password; every session ends."""


def routes(accounts: Callable[[], Accounts], with_password: bool) -> list[BaseRoute]:
    """The page, the name that is saved, and (where there are passwords) a new one.

    The door lets nobody here without a session; whose account it is, the session alone says.
    """
    tries = CapacityLimiter(TRIES_AT_ONCE)

    async def page(request: Request) -> Response:
        person = await _whose(request, accounts())
        return _to_door() if person is None else _written(person, with_password)

    async def save(request: Request) -> Response:
        person = await _whose(request, accounts())
        if person is None:
            return _to_door()
        filled = await sign_in.filled_form(request)
        if filled is None:
            return _written(person, with_password, sign_in.TOO_LARGE, 413)

        def change() -> Any:
            return accounts().edit(person.name, **filled)

        try:
            person = await run_in_threadpool(change)
        except EngineError as error:
            return _written(person, with_password, str(error), 400)
        return _written(person, with_password, SAVED, role="status")

    async def renew(request: Request) -> Response:
        person = await _whose(request, accounts())
        if person is None:
            return _to_door()
        filled = await sign_in.filled_form(request)
        if filled is None:
            return _written(person, with_password, sign_in.TOO_LARGE, 413)
        old, new, again = (filled.get(key, "") for key in ("old", "new", "again"))
        try:
            if new != again:
                raise BadInput(NOT_THE_SAME)
            typed = (person.name, old, new)
            await to_thread.run_sync(accounts().change_password, *typed, limiter=tries)
        except EngineError as error:
            return _written(person, with_password, str(error), 400)
        answer = sign_in.password_form("/", CHANGED, role="status")
        answer.delete_cookie(sign_in.COOKIE)
        return answer

    own = [Route(ACCOUNT, page, methods=["GET"]), Route(ACCOUNT, save, methods=["POST"])]
    return [*own, Route(RENEW, renew, methods=["POST"])] if with_password else own


async def _whose(request: Request, accounts: Accounts) -> Any:
    token = sign_in.token_of(request.headers.get("cookie", ""))
    return await run_in_threadpool(accounts.of_session, token)


def _to_door() -> Response:
    return RedirectResponse(SIGN_IN, 303, KEPT_NOWHERE)


def _written(
    person: Any, with_password: bool, said: str = "", status: int = 200, role: str = "alert"
) -> Response:
    book = f"<dt>Book</dt><dd>{html.escape(person.book)}</dd>" if person.book else ""
    form = sign_in.template("account-form").substitute(
        account=html.escape(person.name),
        role=html.escape(person.role.replace("_", " ")),
        book=book,
        shown=html.escape(person.shown_name),
        password=sign_in.template("account-password").substitute() if with_password else "",
    )
    lead = "What you may change of it yourself. Whoever runs Attune changes the rest."
    return sign_in.written("Your account", lead, form, said, status, role)
