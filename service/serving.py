"""Several services in one process: each its own uvicorn server in a thread, one clean stop."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

import uvicorn
from fastapi import FastAPI

from credentials.errors import RejectedError, UndeterminedError
from service.log import hide_exceptions
from service.settings import RoleSettings
from service.workers import Worker

START_SECONDS = 60.0
"""A service starts in well under a second; a busy machine gets more."""

STOP_SECONDS = 5
"""What running requests may still take."""

_BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Seat:
    """One service and the socket it is served on.

    Attributes:
        app: the application, made by ``service.app.create_app``.
        listener: bound already, so that no other process can take the port in between.
        certificate: PEM file with key and certificate: https is spoken; None leaves that to
            whoever stands in front.
    """

    app: FastAPI
    listener: socket.socket
    certificate: Path | None = None

    @property
    def port(self) -> int:
        """The port that people and other services use."""
        return int(self.listener.getsockname()[1])


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 is any that is free.

    Raises:
        RejectedError: ``port_in_use``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named as TCP: asyncio turns Nagle's waiting off only there, else 40 ms go by for each answer
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise RejectedError("port_in_use", f"{host} port {port} cannot be used") from error
    return listener


def free_ports(count: int) -> list[int]:
    """Ports that are free now, for settings that must be known before anything listens."""
    listeners = [listen("127.0.0.1", 0) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def seat(app: FastAPI) -> Seat:
    """Bind an application to the host and port of its settings.

    Raises:
        RejectedError: ``port_in_use``.
    """
    settings: RoleSettings = app.state.settings
    return Seat(app, listen(settings.host, settings.port))


@contextmanager
def running(seats: Sequence[Seat]) -> Iterator[None]:
    """Serve all seats until the block ends; inside it every one of them answers and does its jobs.

    Raises:
        UndeterminedError: ``start_failed``: one did not start in time.
    """
    workers: list[Worker] = [worker for one in seats for worker in one.app.state.workers]
    servers = [_server(one) for one in seats]
    threads = [
        threading.Thread(target=server.run, kwargs={"sockets": [one.listener]}, name=one.app.title)
        for server, one in zip(servers, seats, strict=True)
    ]
    try:
        for thread in threads:
            thread.start()
        _wait_until_started(servers, threads)
        for worker in workers:
            worker.start()
        yield
    finally:
        for one in seats:
            one.app.state.stopping.set()
        for server in servers:
            server.should_exit = True
        for thread in threads:
            if thread.ident is not None:
                thread.join(STOP_SECONDS + 1)
        for worker in workers:
            worker.stop()
        for one in seats:
            one.listener.close()


def serve(seats: Sequence[Seat], *, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or a polite end (SIGTERM) is asked; for the main thread.

    Args:
        seats: the services.
        ready: called once all of them answer, to say where they are.

    Raises:
        UndeterminedError: ``start_failed``.
    """
    asked = SimpleQueue[int]()  # an event's lock could be held by the very wait that is interrupted

    def ask(number: int, _frame: FrameType | None) -> None:
        """Note the wish; the main thread acts on it."""
        asked.put(number)

    old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(seats):
            ready()
            while True:
                with suppress(Empty):  # wakes up now and then: not every system interrupts a wait
                    asked.get(timeout=0.5)
                    break
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _server(one: Seat) -> uvicorn.Server:
    one.listener.listen(_BACKLOG)
    logging.getLogger("uvicorn.error").addFilter(hide_exceptions)
    config = uvicorn.Config(
        one.app,
        log_config=None,  # our own log has one line a request, without addresses of people
        access_log=False,
        server_header=False,
        proxy_headers=False,  # links are made from the settings, never from a header
        timeout_graceful_shutdown=STOP_SECONDS,
        lifespan="off",
        ssl_certfile=one.certificate,
    )
    return uvicorn.Server(config)


def _wait_until_started(
    servers: Sequence[uvicorn.Server], threads: Sequence[threading.Thread]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(server.started for server in servers):
        if time.monotonic() > deadline or not all(thread.is_alive() for thread in threads):
            raise UndeterminedError("start_failed", "a service did not start")
        time.sleep(0.01)
