"""Half-finished journeys of the kiosk: in memory, each bound to one browser, soon forgotten."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from credentials.encoding import b64url_encode
from credentials.errors import RejectedError
from credentials.model import Entropy
from wallet.holder.presenting import Asked
from wallet.holder.receiving import Preview, Received

MAX_STEPS = 200
"""One kiosk serves one person at a time; an attacker with many tabs gains nothing."""

STEP_LIFE = timedelta(minutes=30)
"""Time to read a request without hurry; a request itself lives ten minutes."""

NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Receiving:
    """An offer on its way into the passport.

    Attributes:
        received: None until the PIN was right.
        name_confirmed: the worker said "yes, that is me".
    """

    preview: Preview
    received: Received | None = None
    name_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Presenting:
    """A question on its way to an answer.

    Attributes:
        done: it was answered; None while it was not.
        back: where the asker wants the browser to go afterwards.
        match: digits to read aloud; None before there is an answer.
    """

    asked: Asked
    done: bool | None = None
    back: str | None = None
    match: str | None = None


Journey = Receiving | Presenting


@dataclass(frozen=True, slots=True)
class Step:
    """One journey, and the browser that began it."""

    name: str
    browser: str = field(repr=False)
    journey: Journey
    until: datetime


class Steps:
    """All journeys that were begun and not ended; safe for threads."""

    def __init__(self, *, entropy: Entropy) -> None:
        self._entropy = entropy
        self._steps: OrderedDict[str, Step] = OrderedDict()
        self._lock = Lock()

    def new_browser(self) -> str:
        """A value for the cookie of a browser that has none."""
        return b64url_encode(self._entropy(NAME_BYTES))

    def begin(self, journey: Journey, *, browser: str, at: datetime) -> str:
        """Remember a journey; returns its name for the address line."""
        name = b64url_encode(self._entropy(NAME_BYTES))
        with self._lock:
            self._steps[name] = Step(name, browser, journey, at + STEP_LIFE)
            while len(self._steps) > MAX_STEPS:
                self._steps.popitem(last=False)
        return name

    def find(self, name: str, *, browser: str | None, at: datetime) -> Journey:
        """The journey of that name, for the browser that began it.

        Raises:
            RejectedError: ``step_unknown``: none, over, or another browser's.
        """
        with self._lock:
            step = self._steps.get(name)
        if step is None or step.browser != browser or at >= step.until:
            raise RejectedError("step_unknown", "no such journey in this browser")
        return step.journey

    def advance(self, name: str, journey: Journey) -> None:
        """Remember how far a journey has come."""
        with self._lock:
            if name in self._steps:
                self._steps[name] = replace(self._steps[name], journey=journey)

    def end(self, name: str) -> None:
        """Forget a journey."""
        with self._lock:
            self._steps.pop(name, None)
