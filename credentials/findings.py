"""What a check found: one finding per check, four parts, one verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

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
