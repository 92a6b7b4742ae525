"""What is over is deleted: a thread that sees to it every minute."""

from threading import Event, Thread

from service.log import get_log
from service.problems import outcome_of
from wallet import mailboxes, shares
from wallet.doors import Doors

ROUND_SECONDS = 60.0
"""Nobody may read it any more from its very end on; a minute later it is gone as well."""

STOP_SECONDS = 5.0


class Sweeper:
    """Deletes the ciphertext of what is over, beside the service."""

    def __init__(self, doors: Doors) -> None:
        """Nothing runs yet."""
        self._doors, self._stopping = doors, Event()
        self._thread = Thread(target=self._walk, name="wallet-sweep", daemon=True)

    def start(self) -> None:
        """Begin; it starts once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that runs."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def sweep(self) -> None:
        """One round."""
        at = self._doors.keeping.clock()
        with self._doors.database.transaction() as session:
            shares.sweep(session, at=at)
            mailboxes.sweep(session, at=at)

    def _walk(self) -> None:
        log = get_log("wallet")
        while True:
            failure = outcome_of(self.sweep)
            if failure is not None:  # tried again in the next round
                log.error("not_swept", code=failure.code, path=failure.place)
            if self._stopping.wait(ROUND_SECONDS):
                return
