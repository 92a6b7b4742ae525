"""A page that waits without script and without reloading: its last line comes with the answer.

The server sends everything that can be seen at once and keeps the connection open. When something
changes it sends one line that makes the browser ask for the page again, at once (WCAG technique
H76); until then nothing moves under the reader (docs/decisions/0015-waiting-page.md).
"""

from collections.abc import AsyncIterator, Callable
from threading import Event

import anyio
from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.responses import HTMLResponse, Response

LOOK_SECONDS = 0.5
"""How often the server looks; nobody notices half a second."""

ALIVE_EVERY = 30
"""Looks between two signs of life: a proxy that hears nothing for a minute hangs up."""

MAX_LOOKS = 1_300
"""Somewhat longer than a request lives; then the page stays as it is."""

_ASK_AGAIN = b'<meta http-equiv="refresh" content="0">'
_END = b"</main>"


def waiting(
    request: Request, page: HTMLResponse, *, changed: Callable[[], bool], stopping: Event
) -> Response:
    """Let a browser wait for a change; any other client gets the page as it is now.

    Args:
        request: tells a browser's navigation from other clients.
        page: what is seen while waiting.
        changed: looks whether there is something new; called in a thread.
        stopping: set when the service ends.
    """
    if request.headers.get("sec-fetch-mode") != "navigate":
        return page
    shown, _, rest = bytes(page.body).partition(_END)

    async def parts() -> AsyncIterator[bytes]:
        yield shown
        async for look in looks(stopping):
            if await run_sync(changed):
                yield _ASK_AGAIN
                break
            if look % ALIVE_EVERY == 0:
                yield b"<!-- -->"
        yield _END + rest

    headers = {name: value for name, value in page.headers.items() if name != "content-length"}
    return StreamingResponse(parts(), headers={**headers, "X-Accel-Buffering": "no"})


async def looks(stopping: Event) -> AsyncIterator[int]:
    """The numbers of the looks, from 1, each after its pause, until the service ends."""
    for look in range(1, MAX_LOOKS):
        await anyio.sleep(LOOK_SECONDS)
        if stopping.is_set():
            return
        yield look
