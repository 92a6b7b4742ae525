"""Until when a certificate counts, for whom, and what to do next: the six kinds of validity.

Requirements R25 and R26. Pure: the day, the chain of confirmations and the reader come in. What
nobody can know is ``unknown`` and never valid. A proof's signature and status are judged elsewhere.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from schemas.completion import add_months
from schemas.credential_types import ValidityKind
from schemas.files import JsonObject
from skills.certificates import Rule


class State(StrEnum):
    """What a certificate is on one day, for one reader."""

    VALID = "valid"
    ENDING = "ending"
    ENDED = "ended"
    WAITING = "waiting"
    NOT_FOR_YOU = "not_for_you"
    UNKNOWN = "unknown"


USABLE = frozenset({State.VALID, State.ENDING})
"""The states in which a certificate counts."""

ENDING_MONTHS = 3
"""A warning this long before an end: time enough to book an exam or a course."""

CONFIRM_MONTHS = 1
"""A warning this long before a confirmation is due: it takes one signature of the own firm."""

RECERT_MONTHS = 12
"""A warning this long before the end of a periodic certificate: its examination takes months."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

REASONS = (
    *("fixed_until", "fixed_ending", "expired", "not_yet", "no_end", "no_end_date"),
    *("continuity_until", "continuity_due", "continuity_lapsed", "route_ended", "route_ending"),
    *("route_unknown", "employer_unknown", "employer_changed", "confirmations_unknown"),
    *("recert_until", "recert_ending", "recert_ended", "vision_missing"),
    *("designated_here", "review_due", "review_overdue", "designation_ended"),
    *("employer_bound_elsewhere", "house_rule_ok", "house_rule_ending"),
    *("house_rule_grace", "house_rule_max_age", "no_house_rule", "no_start_date", "type_unknown"),
)
"""Every reason code; its sentence is ``skills.validity.<code>`` in the message catalogue."""

ACTIONS = (
    *("renew", "confirm", "new_test", "recertify", "review", "ask_designation"),
    *("refresh", "show_more", "wait", "ask_giver"),
)
"""Every next action; its sentence is ``skills.next.<code>`` in the message catalogue."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a credential says about itself; a claim that is not shown is not there.

    Attributes:
        issuer: the DID of who gave it, as the proof showed it.
        until: the last day by the credential's own dates, in the reader's time zone.
    """

    claims: JsonObject
    issuer: str
    issued_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One six-monthly confirmation (type lasbevestiging) whose proof and giver were checked."""

    document_number: str
    confirmed_on: date
    organisation: str
    process: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks.

    Attributes:
        identities: the DIDs and names of the own organisation; in the wallet those of the present
            employers. Empty for someone without an organisation.
        max_age_months: the own house rule; None takes the usual one of the certificate.
    """

    identities: frozenset[str] = frozenset()
    max_age_months: int | None = None


ANYONE = Reader()
"""A reader without an organisation."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer.

    Attributes:
        until: the last day it counts, where that is known; of an ended one the day it ended.
        reason: one of ``REASONS``.
        facts: dates (ISO 8601), counts and months that the sentence names; nothing personal.
        next: one of ``ACTIONS``; None where there is nothing to do.
    """

    state: State
    reason: str
    until: date | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    next: str | None = None

    @property
    def usable(self) -> bool:
        """Whether it counts today, for this reader."""
        return self.state in USABLE


def judge(
    rule: Rule | None,
    shown: Shown,
    *,
    on: date,
    reader: Reader = ANYONE,
    confirmations: Sequence[Confirmation] | None = None,
) -> Standing:
    """How a certificate stands on a day.

    Args:
        shown: the credential, as far as it was shown.
        rule: of its type (``skills.certificates.rule_of``); None for a type that nobody knows.
        on: the day in the reader's time zone; the last day of a term still counts.
        reader: whose house rule and designations hold.
        confirmations: the chain; None where nobody could say whether there are any.
    """
    if rule is None:
        return Standing(State.UNKNOWN, "type_unknown", next="ask_giver")
    if shown.until is not None and shown.until < on:
        return _ended("expired", shown.until, "renew")
    start = _day(shown.claims.get(rule.start)) if rule.start else shown.issued_on
    if start is not None and start > on:
        facts = {"from": start.isoformat()}
        return Standing(State.WAITING, "not_yet", facts=facts, next="wait")
    case = _Case(rule, shown, start, on, reader, confirmations)
    found = _JUDGES[rule.kind](case)
    if shown.until is not None and found.usable and (found.until or date.max) > shown.until:
        return _fixed_until(shown.until, on, ENDING_MONTHS)
    return found


def as_json(standing: Standing) -> JsonObject:
    """The one JSON shape: ``state``, ``reason``, ``until``, ``facts``, ``next``."""
    return {
        "state": standing.state.value,
        "reason": standing.reason,
        "until": standing.until.isoformat() if standing.until else None,
        "facts": {**standing.facts},
        "next": standing.next,
    }


@dataclass(frozen=True, slots=True)
class _Case:
    rule: Rule
    shown: Shown
    start: date | None
    on: date
    reader: Reader
    confirmations: Sequence[Confirmation] | None


def _fixed(case: _Case) -> Standing:
    """A term from the exam; a printed end stands, but never goes beyond the rule."""
    rule = case.rule
    stated = _day(case.shown.claims.get("valid_until"))
    reach = None
    if case.start is not None and rule.months is not None:
        reach = _later(case.start, rule.months, end_of_month=rule.end_of_month)
    if stated is not None and reach is not None:
        # A renewal in the window keeps the old date: the new end may lie so much later.
        limit = _later(reach, rule.renew_months or 0, end_of_month=rule.end_of_month)
        stated = min(stated, limit)
    until = stated or case.shown.until or reach
    if until is None:
        return Standing(State.UNKNOWN, "no_end_date", next="show_more")
    return _fixed_until(until, case.on, rule.renew_months or ENDING_MONTHS)


def _fixed_until(until: date, on: date, warn: int) -> Standing:
    if on > until:
        return _ended("expired", until, "renew")
    return _running(until, on, warn, reasons=("fixed_until", "fixed_ending"), action="renew")


def _continuity(case: _Case) -> Standing:
    """ISO 9606-1, 9.2 and 9.3: a chain of confirmations inside a route's term."""
    if case.start is None or case.rule.confirm_months is None:
        return Standing(State.UNKNOWN, "no_start_date", next="show_more")
    chain = _chain(case)
    end = _route_end(case, case.start, chain)
    if isinstance(end, Standing):
        return end
    due, gap = _due(case.start, chain, case.rule.confirm_months)
    lapsed = gap or case.on > due
    if case.on > end and (due >= end or case.confirmations is None):
        return _ended("route_ended", end, "new_test")
    if lapsed:
        unknown = Standing(State.UNKNOWN, "confirmations_unknown", due, next="show_more")
        ended = _ended("continuity_lapsed", due, "new_test")
        return unknown if case.confirmations is None else ended
    if end <= due:
        reasons = ("continuity_until", "route_ending")
        return _running(end, case.on, ENDING_MONTHS, reasons=reasons, action="new_test")
    reasons = ("continuity_until", "continuity_due")
    return _running(due, case.on, CONFIRM_MONTHS, reasons=reasons, action="confirm")


def _route_end(case: _Case, start: date, chain: Sequence[Confirmation]) -> date | Standing:
    """The last day of the route, or why there is none to tell."""
    routes, route = case.rule.routes, case.shown.claims.get("route")
    if len(routes) == 1:
        route = next(iter(routes))
    if not isinstance(route, str) or route not in routes:
        return Standing(State.UNKNOWN, "route_unknown", next="show_more")
    months = routes[route]
    if months is None:
        return _bound_to_employer(case, chain) or date.max
    return _later(start, months)


def _chain(case: _Case) -> list[Confirmation]:
    """The confirmations of this very certificate until today, oldest first."""
    number, process = (case.shown.claims.get(name) for name in ("document_number", "process"))
    fitting = (
        each
        for each in case.confirmations or ()
        if each.document_number == number
        and (each.process is None or each.process == process)
        and (case.start or date.max) <= each.confirmed_on <= case.on
    )
    return sorted(fitting, key=lambda each: each.confirmed_on)


def _due(start: date, chain: Sequence[Confirmation], months: int) -> tuple[date, bool]:
    """The day before which the next confirmation must come, and whether one came too late."""
    due = _later(start, months)
    for each in chain:
        if each.confirmed_on > due:
            return due, True  # lapsed that day: a later confirmation heals nothing
        due = _later(each.confirmed_on, months)
    return due, False


def _bound_to_employer(case: _Case, chain: Sequence[Confirmation]) -> Standing | None:
    """Route c of 9.3 stays with one manufacturer; None where it still does."""
    employer = case.shown.claims.get("employer_at_test")
    if not isinstance(employer, str):
        return Standing(State.UNKNOWN, "employer_unknown", next="show_more")
    other = next((each for each in chain if each.organisation != employer), None)
    if other is not None:
        day = other.confirmed_on
        return _ended("employer_changed", day, "new_test")
    if employer not in case.reader.identities:
        return Standing(State.NOT_FOR_YOU, "employer_changed", next="new_test")
    return None


def _periodic(case: _Case) -> Standing:
    """ISO 9712: a period, and a recertification at twice its length, done before the end."""
    if case.shown.claims.get("vision_confirmed") is False:
        return Standing(State.ENDED, "vision_missing", next="ask_giver")
    if case.start is None or case.rule.months is None:
        return Standing(State.UNKNOWN, "no_start_date", next="show_more")
    stated = _day(case.shown.claims.get("valid_until"))
    period = _later(case.start, case.rule.months)
    period = min(stated, period) if stated is not None else period
    first = _day(case.shown.claims.get("first_certified_on"))
    clocks = [(period, "renew")]
    if first is not None and case.rule.recert_months is not None:
        clocks.append((_later(first, case.rule.recert_months), "recertify"))
    until, action = min(clocks)
    if case.on > until:
        return _ended("recert_ended", until, action)
    reasons = ("recert_until", "recert_ending")
    return _running(until, case.on, RECERT_MONTHS, reasons=reasons, action=action)


def _employer_bound(case: _Case) -> Standing:
    """NEN 3140: a written designation holds inside the firm that gave it, and nowhere else."""
    own = case.reader.identities
    if case.shown.issuer not in own:
        return Standing(State.NOT_FOR_YOU, "employer_bound_elsewhere", next="ask_designation")
    ended = _day(case.shown.claims.get("ended_on"))
    if ended is not None and ended < case.on:
        return _ended("designation_ended", ended, "ask_designation")
    review = _day(case.shown.claims.get("review_by"))
    if review is None and case.start is not None and case.rule.review_months is not None:
        review = _later(case.start, case.rule.review_months)
    if review is None:
        return Standing(State.UNKNOWN, "no_start_date", next="show_more")
    if case.on > review:
        return _ended("review_overdue", review, "review")
    reasons = ("designated_here", "review_due")
    return _running(review, case.on, ENDING_MONTHS, reasons=reasons, action="review")


def _policy(case: _Case) -> Standing:
    """No law gives a term: the reader's own greatest age, else the usual one."""
    own = case.reader.max_age_months
    months = case.rule.house_months if own is None else own
    if months is None:
        return Standing(State.VALID, "no_house_rule")
    if case.start is None:
        return Standing(State.UNKNOWN, "no_start_date", next="show_more")
    until = _later(case.start, months)
    grace = _later(until, case.rule.grace_months or 0 if own is None else 0)
    facts = _dated(until, months=str(months))
    if case.on > grace:
        return Standing(State.ENDED, "house_rule_max_age", until, facts, "refresh")
    if case.on > until:
        late = _dated(grace, months=str(months))
        return Standing(State.ENDING, "house_rule_grace", grace, late, "refresh")
    reasons = ("house_rule_ok", "house_rule_ending")
    found = _running(until, case.on, ENDING_MONTHS, reasons=reasons, action="refresh")
    return replace(found, facts=facts)


def _endless(_: _Case) -> Standing:
    return Standing(State.VALID, "no_end")


_JUDGES: Mapping[ValidityKind, Callable[[_Case], Standing]] = MappingProxyType(
    {
        ValidityKind.FIXED: _fixed,
        ValidityKind.CONTINUITY: _continuity,
        ValidityKind.PERIODIC_RECERT: _periodic,
        ValidityKind.EMPLOYER_BOUND: _employer_bound,
        ValidityKind.POLICY: _policy,
        ValidityKind.NONE: _endless,
    }
)


def _running(
    until: date, on: date, warn: int, *, reasons: tuple[str, str], action: str
) -> Standing:
    """Valid, or near its end with what to do."""
    if _later(on, warn) < until:
        return Standing(State.VALID, reasons[0], until, _dated(until))
    return Standing(State.ENDING, reasons[1], until, _dated(until), action)


def _ended(reason: str, since: date, action: str) -> Standing:
    return Standing(State.ENDED, reason, since, {"since": since.isoformat()}, action)


def _dated(day: date, **more: str) -> Mapping[str, str]:
    return {"until": day.isoformat(), **more}


def _later(day: date, months: int, *, end_of_month: bool = False) -> date:
    """So many months later; a term beyond the calendar ends with the calendar."""
    try:
        later = add_months(day, months)
    except OverflowError:
        return date.max
    return later.replace(day=monthrange(later.year, later.month)[1]) if end_of_month else later


def _day(value: object) -> date | None:
    """A full date, ``2026-11-23``; anything else is not known."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
