"""From error to answer: a page with a sentence, an RFC 9457 problem, or an OAuth error.

The only module that knows status codes, and the only ``except Exception`` of the product: what
nobody foresaw becomes one line in the log (its type and place, never its text) and a plain answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credentials.errors import CredentialError, RejectedError, UndeterminedError
from schemas.messages import sentence
from service.log import get_log
from service.pages import Pages, language_of
from service.rates import TooManyRequestsError

STATUS_BY_CODE: dict[str, int] = {
    "unauthorized": 401,
    "csrf": 403,
    "scope_missing": 403,
    "forbidden": 403,
    "not_found": 404,
    "figures_off": 404,
    "method_not_allowed": 405,
    "already_done": 409,
    "idempotency_conflict": 409,
    "offer_closed": 409,
    "nothing_to_print": 409,
    "offer_held": 409,
    "list_changed": 409,
    "list_not_open": 409,
    "list_not_waiting": 409,
    "list_own": 403,
    "list_needs_second": 403,
    "list_differs": 409,
    "status_final": 409,
    "hold_ended": 409,
    "second_person": 409,
    "response_already_received": 409,
    "gone": 410,
    "share_gone": 410,
    "mailbox_gone": 410,
    "transfer_gone": 410,
    "vault_conflict": 412,
    "vault_condition_missing": 428,
    "confirmation_missing": 403,
    "too_large": 413,
    "host_unknown": 421,
    "too_many_requests": 429,
    "internal_error": 500,
}
"""Everything else is 400, or 503 where something could not be checked now."""

_CODE_BY_STATUS = {status: code for code, status in reversed(STATUS_BY_CODE.items())}
"""The first code of each status, for what the framework refuses by number alone."""

PROBLEM_TYPE = "https://skillspass.example/problems/"
"""Problem types are names, not pages: RFC 9457, section 3.1.1."""


PROBLEMS: dict[int | str, dict[str, Any]] = {  # Any: as FastAPI types its descriptions
    "4XX": {
        "description": "Refused: an RFC 9457 problem with a stable code.",
        "content": {
            "application/problem+json": {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "code"],
                    "properties": {
                        "type": {"type": "string", "format": "uri"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "code": {"type": "string"},
                        "detail": {"type": "string"},
                    },
                }
            }
        },
    }
}
"""How an interface for programs describes its refusals."""


class OAuthError(RejectedError):
    """An answer in OAuth's own words (RFC 6749, section 5.2; OpenID4VCI 1.0, section 8.3.1).

    Attributes:
        error: one of the words of the protocol: ``invalid_grant``, ``invalid_proof``, ...
        status: the HTTP status.
        headers: for example ``WWW-Authenticate``.
    """

    def __init__(
        self,
        error: str,
        *,
        code: str = "",
        detail: str = "",
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse with the protocol's ``error`` and, where it says more, our own ``code``."""
        super().__init__(code or error, detail)
        self.error, self.status, self.headers = error, status, dict(headers or {})


@dataclass(frozen=True, slots=True)
class Problem:
    """What may be said about an error.

    Attributes:
        status: the HTTP status.
        code: the stable code.
        error: OAuth's word.
        detail: where it went wrong; holds no claim, key or token.
    """

    status: int
    code: str
    error: str
    detail: str = ""


def problem_of(error: CredentialError) -> Problem:
    """The answer that belongs to one of our own errors."""
    if isinstance(error, OAuthError):
        return Problem(error.status, error.code, error.error, error.detail)
    default = 503 if isinstance(error, UndeterminedError) else 400
    status = STATUS_BY_CODE.get(error.code, default)
    word = "temporarily_unavailable" if status == default == 503 else "invalid_request"  # noqa: PLR2004
    return Problem(status, error.code, word, error.detail)


def explain(code: str, language: str) -> str:
    """What is wrong and what to do, in the reader's language."""
    try:
        return sentence(f"error.{code}", language)
    except KeyError:
        return sentence("error.unknown", language)


def answer(request: Request, problem: Problem, *, headers: Mapping[str, str]) -> Response:
    """Say it in the form that this caller reads."""
    path, state = request.url.path, request.app.state
    if path.startswith(state.protocol_paths):
        body = {
            "error": problem.error,
            "error_description": explain(problem.code, "en"),
            "code": problem.code,
        }
        response: Response = JSONResponse(body, problem.status)
        response.headers["Cache-Control"] = "no-store"
    elif path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        response = _rfc9457(request, problem)
    else:
        pages: Pages = state.pages
        response = pages.render(
            request,
            "error.html",
            status=problem.status,
            code=problem.code,
            lost=problem.status == STATUS_BY_CODE["not_found"],
            explanation=explain(problem.code, language_of(request)),
        )
    response.headers.update(headers)
    return response


def _rfc9457(request: Request, problem: Problem) -> Response:
    language = language_of(request)
    body = {
        "type": PROBLEM_TYPE + problem.code,
        "title": explain(problem.code, language),
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        body["detail"] = problem.detail
    response = JSONResponse(body, problem.status, media_type="application/problem+json")
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    return response


def _on_credential_error(request: Request, error: Exception) -> Response:
    own = cast("CredentialError", error)  # the registration below names the type
    problem = problem_of(own)
    get_log(request.app.state.name).info("refused", code=own.code, status=problem.status)
    headers = own.headers if isinstance(own, (OAuthError, TooManyRequestsError)) else {}
    return answer(request, problem, headers=headers)


def _on_database_error(request: Request, _error: Exception) -> Response:
    """A lock that did not come free, or a database that restarts; its text may hold a claim."""
    get_log(request.app.state.name).error("refused", code="database_busy", status=503)
    problem = Problem(503, "database_busy", "temporarily_unavailable")
    return answer(request, problem, headers={"Retry-After": "1"})


def _on_http_exception(request: Request, error: Exception) -> Response:
    raised = cast("HTTPException", error)  # the registration below names the type
    if "Location" in (raised.headers or {}):
        return Response(status_code=raised.status_code, headers=raised.headers)
    code = _CODE_BY_STATUS.get(raised.status_code, "invalid_request")
    problem = Problem(raised.status_code, code, "invalid_request")
    return answer(request, problem, headers=raised.headers or {})


def _on_validation_error(request: Request, error: Exception) -> Response:
    raised = cast("RequestValidationError", error)  # the registration below names the type
    places = [".".join(str(step) for step in one["loc"]) for one in raised.errors()[:5]]
    problem = Problem(400, "invalid_request", "invalid_request", ", ".join(places)[:200])
    return answer(request, problem, headers={})


def _place(trace: TracebackType | None) -> str:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _unforeseen(request: Request, error: Exception) -> Response:
    """One line in the log with the error's type and place; its text may hold a claim."""
    log = get_log(request.app.state.name)
    log.error("unforeseen", error=type(error).__name__, path=_place(error.__traceback__)[-200:])
    return answer(request, Problem(500, "internal_error", "server_error"), headers={})


@contextmanager
def _catching() -> Iterator[list[Exception]]:
    """Keep what is raised inside; see the module's docstring."""
    caught: list[Exception] = []
    try:
        yield caught
    except Exception as error:  # noqa: BLE001 - the one place
        caught.append(error)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job was not done.

    Attributes:
        code: of our own error; the type's name of any other.
        place: file and line where nobody foresaw it; empty for our own errors.
        final: trying again cannot help.
    """

    code: str
    place: str
    final: bool


def outcome_of(action: Callable[[], None]) -> Failure | None:
    """Run a job; whatever it raises becomes a value, without a word of its text."""
    with _catching() as caught:
        action()
    if not caught:
        return None
    error = caught[0]
    if isinstance(error, CredentialError):
        return Failure(error.code, "", final=not isinstance(error, UndeterminedError))
    return Failure(type(error).__name__, _place(error.__traceback__)[-200:], final=False)


class LastResort:
    """Stands around the whole application: what nobody foresaw still gets a calm answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer in the application's place when it fails."""
        started = False

        async def watched(message: Message) -> None:
            """Note when an answer has begun: there can be no other one then."""
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        with _catching() as caught:
            await self.app(scope, receive, watched)
        if caught:
            response = _unforeseen(Request(scope), caught[0])
            if not started:
                await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Let every error of this application end here."""
    app.add_exception_handler(CredentialError, _on_credential_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(OperationalError, _on_database_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
