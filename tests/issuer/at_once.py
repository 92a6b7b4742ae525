"""Several people who act at the same moment, each in a transaction of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

from sqlmodel import Session

from credentials.errors import CredentialError
from service.database import Database

Act = Callable[[Session], object]
DONE = "done"
PATIENCE = 0.3
"""Seconds: so long the first waits for the others, who may be waiting for it."""


def at_once(database: Database, *acts: Act) -> list[str]:
    """Commit only once all have acted, as far as the database lets them act before that.

    Returns:
        What became of each, in the order of the alphabet: ``done``, or the code of the refusal.
    """
    acted = Barrier(len(acts))

    def run(act: Act) -> str:
        try:
            with database.transaction() as session:
                act(session)
                with suppress(BrokenBarrierError):
                    acted.wait(PATIENCE)
        except CredentialError as error:
            return error.code
        return DONE

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def twice(database: Database, act: Act) -> Sequence[str]:
    """The same, done by two at once."""
    return at_once(database, act, act)
