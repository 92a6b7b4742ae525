"""What a check found: one finding per check, four parts, one verdict."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from credentials.errors import CredentialError, UndeterminedError
from credentials.model import Verified


class Part(StrEnum):
    """The four questions of a verdict, in the order of the screen."""

    AUTHENTIC = "authentic"
    ISSUER = "issuer"
    VALID = "valid"
    HOLDER = "holder"


class Outcome(StrEnum):
    """The answer to one check, or to one part."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


class Check(StrEnum):
    """The steps of ``verification.check``, in order."""

    PARSE = "parse"
    IDENTITY = "identity"
    TRUST = "trust"
    KEY = "key"
    PROOF = "proof"
    DATES = "dates"
    BINDING = "binding"
    SCHEMA = "schema"
    QUERY = "query"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and its answer.

    Attributes:
        code: ``ok``, or the stable code of the error that was met.
        facts: dates, counts and addresses that explain it; never a claim.
    """

    part: Part
    check: Check
    outcome: Outcome
    code: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_NO_FACTS: Mapping[str, str] = MappingProxyType({})
_PARTS = {
    Check.PARSE: Part.AUTHENTIC,
    Check.IDENTITY: Part.ISSUER,
    Check.TRUST: Part.ISSUER,
    Check.KEY: Part.ISSUER,
    Check.PROOF: Part.AUTHENTIC,
    Check.DATES: Part.VALID,
    Check.BINDING: Part.HOLDER,
    Check.SCHEMA: Part.AUTHENTIC,
    Check.QUERY: Part.HOLDER,
    Check.STATUS: Part.VALID,
}


def finding(
    step: Check, outcome: Outcome, code: str, facts: Mapping[str, str] = _NO_FACTS
) -> Finding:
    """One answer; the part that it counts for follows from its check."""
    return Finding(_PARTS[step], step, outcome, code, MappingProxyType(dict(facts)))


def passed(step: Check, **facts: str) -> Finding:
    """A check that holds."""
    return finding(step, Outcome.PASSED, "ok", facts)


def of_error(step: Check, error: CredentialError, facts: Mapping[str, str] = _NO_FACTS) -> Finding:
    """What could not be checked is unknown; every other error is a failure."""
    unknown = isinstance(error, UndeterminedError)
    return finding(step, Outcome.UNDETERMINED if unknown else Outcome.FAILED, error.code, facts)


def judged(
    step: Check, action: Callable[[], Finding], facts: Mapping[str, str] = _NO_FACTS
) -> Finding:
    """What a check answers; an error of ours is an answer too."""
    try:
        return action()
    except CredentialError as error:
        return of_error(step, error, facts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings about one presentation, and what may be shown of it.

    Attributes:
        verified: the credential, only when its proof held; otherwise None.
    """

    findings: tuple[Finding, ...]
    verified: Verified | None

    def part(self, part: Part) -> Outcome:
        """The answer to one question: failed if any finding is, else undetermined, else passed."""
        return _worst(finding.outcome for finding in self.findings if finding.part is part)

    @property
    def outcome(self) -> Outcome:
        """The answer to all four questions together; never passed while one is unknown."""
        return _worst(finding.outcome for finding in self.findings)


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    seen = set(outcomes)
    for outcome in (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED):
        if outcome in seen:
            return outcome
    return Outcome.NOT_APPLICABLE
