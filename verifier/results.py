"""Verdicts about what somebody brought: for half an hour, in memory, for the browser that asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import RejectedError
from credentials.model import Entropy
from verifier.requests import digest, same_secret, token
from verifier.short_memory import ShortMemory
from verifier.verdicts import Report

RESULT_LIFE = timedelta(minutes=30)
"""Long enough to read it beside the person and to save the page as PDF."""

MAX_RESULTS = 2_000
"""Each holds some proofs, some kilobytes apiece."""


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict on one or more proofs that came together.

    Attributes:
        owner: SHA-256 of the cookie of the browser that asked.
    """

    id: str
    owner: str
    reports: tuple[Report, ...]


class Results:
    """The results of the last half hour."""

    def __init__(self, entropy: Entropy) -> None:
        """Name results with this entropy."""
        self._entropy = entropy
        self._memory: ShortMemory[Result] = ShortMemory(life=RESULT_LIFE, most=MAX_RESULTS)

    def keep(self, reports: tuple[Report, ...], *, browser: str, at: datetime) -> Result:
        """Keep the verdicts on what one browser brought."""
        made = Result(token(self._entropy), digest(browser), reports)
        self._memory.put(made.id, made, at=at)
        return made

    def find(self, name: str, *, browser: str | None, at: datetime) -> Result:
        """The result of this name, for the browser that asked.

        Raises:
            RejectedError: ``result_gone``: it is over, of another browser, or was never there.
        """
        found = self._memory.get(name, at=at)
        if found is None or not same_secret(browser, found.owner):
            raise RejectedError("result_gone", "over, or of another browser")
        return found
