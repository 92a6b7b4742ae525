"""Verdicts with what they may show, in memory only and for minutes: the database keeps no claim."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from verifier.verdicts import Report

SHOWN_LIFE = timedelta(minutes=30)
"""Long enough to read a verdict with the person beside you; a reload later shows no claims."""

MAX_REPORTS = 2_000
"""A report holds one credential, some kilobytes; the oldest goes first."""


class Reports:
    """The reports of the last minutes, by request; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reports: OrderedDict[str, Report] = OrderedDict()

    def put(self, request_id: str, report: Report) -> None:
        """Remember one report."""
        with self._lock:
            self._reports[request_id] = report
            while len(self._reports) > MAX_REPORTS:
                self._reports.popitem(last=False)

    def get(self, request_id: str, *, at: datetime) -> Report | None:
        """The report of a request, while it lives; whatever is past its life is dropped."""
        with self._lock:
            for old in [key for key, one in self._reports.items() if _is_over(one, at)]:
                del self._reports[old]
            return self._reports.get(request_id)


def _is_over(report: Report, at: datetime) -> bool:
    return at >= report.checked_at + SHOWN_LIFE
