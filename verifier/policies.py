"""The verifier's own rules, versioned: whom it trusts, and what a green verdict asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from credentials.findings import Part
from credentials.verification import Policy


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """One set of rules.

    Attributes:
        policy: what the kernel is told about unknown issuers.
        version: kept with each result, so that an old answer can be explained later.
    """

    policy: Policy
    version: str


POLICIES: Mapping[Policy, TrustPolicy] = MappingProxyType(
    {
        Policy.LISTED: TrustPolicy(Policy.LISTED, "listed/1"),
        Policy.ANY: TrustPolicy(Policy.ANY, "any/1"),
    }
)
"""Every policy that a person or a program may choose by name."""

LIVE_PARTS = frozenset(Part)
"""A live request asks all four questions."""

LOOSE_PARTS = frozenset({Part.AUTHENTIC, Part.ISSUER, Part.VALID})
"""A proof without a request cannot say who holds it, so that is not asked."""
