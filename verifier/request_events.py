"""Watch a request while it is open: server-sent events, for programs (HTML, section 9.2).

Each change of state is one event, numbered in the order that states have; a client that lost the
line says what it saw last (``Last-Event-ID``) and hears the rest. Between two looks no thread is
held; the line ends with the answer, and some minutes later in any case.
"""

import json
from collections.abc import AsyncIterator
from threading import Lock
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as Connection

from credentials.errors import CredentialError
from service.problems import PROBLEMS
from service.rates import TooManyRequestsError
from verifier import requests
from verifier.api import state_of
from verifier.programs import Caller, CallerOf, Scope
from verifier.requests import State
from verifier.waiting import ALIVE_EVERY, looks

MAX_LINES = 200
"""Programs that listen at once, of all firms: each look takes some tenths of a millisecond."""

_BUSY_SECONDS = 5.0
_ORDER = tuple(State)
_ENDS = frozenset({State.ANSWERED, State.EXPIRED, State.DELETED})

router = APIRouter(prefix="/api", tags=["requests"])


class Lines:
    """How many listen now."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._lock, self._open = Lock(), 0

    def take(self) -> None:
        """One more.

        Raises:
            TooManyRequestsError: ``too_many_requests``.
        """
        with self._lock:
            if self._open >= MAX_LINES:
                raise TooManyRequestsError(_BUSY_SECONDS)
            self._open += 1

    def leave(self) -> None:
        """One less."""
        with self._lock:
            self._open -= 1


class _Stream(StreamingResponse):
    """A line that is given back however it ends."""

    def __init__(self, parts: AsyncIterator[bytes], lines: Lines) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(parts, media_type="text/event-stream", headers=headers)
        self._lines = lines

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Send, and leave."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._lines.leave()


@router.get(
    "/requests/{request_id}/events",
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **PROBLEMS},
    response_class=StreamingResponse,
)
def watch(
    request: Request,
    request_id: str,
    caller: CallerOf,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> StreamingResponse:
    """Hear how a request fares until it is answered or over; then read the result."""
    caller.require(Scope.RESULTS)
    _look(caller, request_id)
    lines: Lines = request.app.state.lines
    lines.take()
    seen = int(last_event_id) if last_event_id in {str(n) for n in range(len(_ORDER))} else -1
    parts = _parts(caller, request_id, seen=seen, request=request)
    return _Stream(parts, lines)


async def _parts(
    caller: Caller, request_id: str, *, seen: int, request: Request
) -> AsyncIterator[bytes]:
    yield b": hello\n\n"
    async for look in looks(request.app.state.stopping):
        state = await run_sync(_state, caller, request_id)
        number = _ORDER.index(state)
        if number > seen:
            seen = number
            yield _event(number, state)
        elif look % ALIVE_EVERY == 0:
            yield b": still here\n\n"
        if state in _ENDS:
            return


def _event(number: int, state: State) -> bytes:
    data = json.dumps({"state": state.value})
    return f"id: {number}\nevent: state\ndata: {data}\n\n".encode()


def _look(caller: Caller, request_id: str) -> State:
    """Where the request is.

    Raises:
        RejectedError: ``not_found``, ``result_deleted``.
    """
    with caller.ports.database.reading() as session:
        row = requests.find_asked(session, request_id, organisation_id=caller.organisation.id)
    return state_of(caller.ports, row)


def _state(caller: Caller, request_id: str) -> State:
    try:
        return _look(caller, request_id)
    except CredentialError:
        return State.DELETED
