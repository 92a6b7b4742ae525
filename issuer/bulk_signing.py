"""Signing many proofs side by side: processes that each open the keys themselves.

No key travels: a process is told the settings, opens the place with the keys as the service does,
and ends when the process that asked is gone, however that ended.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from queue import SimpleQueue
from secrets import token_bytes

from credentials.claims import Paths
from credentials.encoding import compact_json
from credentials.errors import CredentialError, UndeterminedError
from credentials.formats.base import verify
from credentials.model import Credential, Entropy
from issuer.formats import ISSUED_FORMATS
from issuer.key_ring import KeyPlace, KeyRing
from issuer.keys import kept_signers, sealing_key
from issuer.ports import Identity, Ports
from issuer.settings import IssuerSettings
from service.clock import system_clock
from service.database import open_database
from service.sealing import Sealer

END_SECONDS = 5.0
"""What a process may take to end when nothing more is asked."""


@dataclass(frozen=True, slots=True)
class Task:
    """One proof to be signed for nobody's key.

    Attributes:
        format: id in ``ISSUED_FORMATS``.
        key_id: of the signing key that the stored intent names.
        at: the moment at which it is read back.
    """

    credential: Credential
    format: str
    key_id: str
    disclosable: Paths
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What signing needs, wherever it happens."""

    signers: KeyRing
    sealer: Sealer
    entropy: Entropy = field(repr=False)

    def sign(self, tasks: Sequence[Task]) -> list[bytes]:
        """Sign each and read it back; sealed, in their order.

        Raises:
            RejectedError: ``key_unknown``, ``key_revoked``.
            UndeterminedError: ``signer_unavailable``.
        """
        return [self._signed(task) for task in tasks]

    def _signed(self, task: Task) -> bytes:
        written, signer = ISSUED_FORMATS[task.format].written, self.signers.by_id(task.key_id)
        wire = written.issue(
            task.credential,
            signer,
            holder=None,
            disclosable=task.disclosable,
            entropy=self.entropy,
        )
        verify(written, wire, lambda _: signer.public, at=task.at)
        contents = compact_json({"credential": wire, "badge": None})
        return self.sealer.seal(contents, about=f"paper {task.credential.credential_id}")


Sign = Callable[[Sequence[Task]], Future[list[bytes]]]
"""Lets tasks be signed; the answer comes later."""


@contextmanager
def signing_here(ports: Ports) -> Iterator[Sign]:
    """Sign in this process, for keys that no other process can open."""
    desk = Desk(ports.signers, ports.sealer, ports.entropy)
    with ThreadPoolExecutor(1) as thread:
        yield lambda tasks: thread.submit(desk.sign, tasks)


@contextmanager
def signing_beside(ports: Ports, processes: int | None = None) -> Iterator[Sign]:
    """Sign in so many processes of their own; as many as there are cores where left out."""
    context, free = _context(), SimpleQueue[Connection]()
    count = processes or os.cpu_count() or 1
    started, lines = [], []
    for _ in range(count):
        ours, theirs = context.Pipe()
        one = context.Process(
            target=_work, args=(theirs, ports.settings, ports.identity), daemon=True
        )
        one.start()
        theirs.close()  # so that the line breaks when either side is gone
        started.append(one)
        lines.append(ours)
        free.put(ours)
    try:
        with ThreadPoolExecutor(count) as threads:
            yield lambda tasks: threads.submit(_ask, free, tasks)
    finally:
        for line in lines:
            line.close()
        for one in started:
            one.join(END_SECONDS)


def _context() -> SpawnContext | ForkServerContext:
    """How processes begin: from one that has read all code once, where the system can do that.

    None of them is a copy of this process, which has threads and connections.
    """
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _ask(free: SimpleQueue[Connection], tasks: Sequence[Task]) -> list[bytes]:
    line = free.get()
    try:
        line.send(tasks)
        answer: list[bytes] | CredentialError = line.recv()
    except (EOFError, OSError) as error:
        raise UndeterminedError("signer_unavailable", "a signing process ended") from error
    finally:
        free.put(line)
    if isinstance(answer, CredentialError):
        raise answer
    return answer


def _work(line: Connection, settings: IssuerSettings, identity: Identity) -> None:
    """Sign what comes in until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked decides when it ends
    database = open_database(settings.database_url, file=settings.directory / "issuer.db")
    place = KeyPlace(database, identity.id, identity.slug, identity.did, system_clock)
    sealer = Sealer(sealing_key(settings, token_bytes), token_bytes)
    desk = Desk(kept_signers(settings)(place), sealer, token_bytes)
    try:
        while True:
            line.send(_answer(desk, line.recv()))
    except (EOFError, OSError):
        database.close()


def _answer(desk: Desk, tasks: Sequence[Task]) -> list[bytes] | CredentialError:
    try:
        return desk.sign(tasks)
    except CredentialError as error:
        return error
