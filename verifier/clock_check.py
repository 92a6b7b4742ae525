"""Whether our own clock can be believed: another one that we can read tells (security.md 2, Time).

A clock that is wrong makes every date wrong. What hangs on the time is then unknown, whichever way
it went: a proof that seems over may hold, and one that seems to hold may be over.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from credentials.findings import Check, Finding, Outcome, Verdict

MAX_OFFSET: Final = timedelta(seconds=30)
"""Half of the skew that every check allows: the rest is for the clocks of others."""

_OF_TIME: Final = frozenset(
    ["expired", "not_yet_valid", "kb_iat_invalid", "proof_date_invalid", "status_stale"]
)
"""Codes of failures that another moment would not have."""


def offset_of(clock: Callable[[], datetime], other: Callable[[], datetime]) -> timedelta:
    """How far ``clock`` is ahead of the other one."""
    return clock() - other()


def doubt_times(verdict: Verdict, *, offset: timedelta | None) -> Verdict:
    """The verdict, with what hangs on the time unknown where our clock is off.

    ``offset`` is None where there is no second clock.
    """
    if offset is None or abs(offset) <= MAX_OFFSET:
        return verdict
    return Verdict(tuple(_doubt(each, offset) for each in verdict.findings), verdict.verified)


def _doubt(finding: Finding, offset: timedelta) -> Finding:
    reached = finding.code != "not_reached"
    dated = finding.check is Check.DATES and reached and finding.code != "date_invalid"
    if not dated and finding.code not in _OF_TIME:
        return finding
    facts = MappingProxyType(
        {**finding.facts, "offset_seconds": str(round(offset.total_seconds()))}
    )
    return replace(finding, outcome=Outcome.UNDETERMINED, code="clock_skew", facts=facts)
