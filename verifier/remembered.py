"""Verdicts with what they may show, in memory only and for minutes: the database keeps no claim."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from verifier.verdicts import Report

SHOWN_LIFE = timedelta(minutes=30)
"""Long enough to read a verdict with the person beside you; a reload later shows no claims."""

MAX_REPORTS = 2_000
"""An answer holds a few credentials of some kilobytes; the oldest goes first."""


class Reports:
    """The reports of the last minutes, by request; safe to use from several threads.

    One answer may show several credentials, each with its own report.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._reports: OrderedDict[str, tuple[Report, ...]] = OrderedDict()

    def put(self, request_id: str, reports: tuple[Report, ...]) -> None:
        """Remember the reports of one answer."""
        with self._lock:
            self._reports[request_id] = reports
            while len(self._reports) > MAX_REPORTS:
                self._reports.popitem(last=False)

    def get(self, request_id: str, *, at: datetime) -> tuple[Report, ...] | None:
        """The reports of a request, while they live; whatever is past its life is dropped."""
        with self._lock:
            for old in [key for key, one in self._reports.items() if _is_over(one, at)]:
                del self._reports[old]
            return self._reports.get(request_id)

    def drop(self, request_id: str) -> None:
        """Forget the reports of a request."""
        with self._lock:
            self._reports.pop(request_id, None)


def _is_over(reports: tuple[Report, ...], at: datetime) -> bool:
    return any(at >= report.checked_at + SHOWN_LIFE for report in reports)
