"""Work that is done again and again beside a service: a thread with a pause after each round.

app.state.workers = [Rounds("wallet", sweep, seconds=60.0, failed="not_swept")]
"""

from collections.abc import Callable
from threading import Event, Thread

from service.log import get_log
from service.problems import outcome_of

STOP_SECONDS = 10.0
"""A round takes less; a service that ends waits no longer for it."""


class Rounds:
    """A thread that does one thing, pauses, and does it again until the service ends."""

    def __init__(
        self, name: str, action: Callable[[], None], *, seconds: float, failed: str
    ) -> None:
        """Nothing runs yet.

        Args:
            name: of the service, in the log.
            action: one round; what fails is tried again in the next one.
            seconds: the pause between two rounds.
            failed: the log's word for a round that failed.
        """
        self._name, self._action = name, action
        self._seconds, self._failed, self._stopping = seconds, failed, Event()
        self._thread = Thread(target=self._walk, name=f"{name}-rounds", daemon=True)

    def start(self) -> None:
        """Begin; it starts once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that runs."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _walk(self) -> None:
        log = get_log(self._name)
        while True:
            failure = outcome_of(self._action)
            if failure is not None:
                log.error(self._failed, code=failure.code, path=failure.place)
            if self._stopping.wait(self._seconds):
                return
