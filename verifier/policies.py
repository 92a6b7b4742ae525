"""The verifier's own rules, as versioned files: whom it trusts, and what a green verdict asks.

A policy is a small YAML or JSON file (``schemas/policies``; its JSON Schema lies beside them). It
says which issuers count, how old a copy of a status list may be where its host cannot be asked,
and for single types which roles or issuers are good enough: rules beyond the sector's list, that
can only refuse more than the list does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from credentials.errors import RejectedError
from credentials.findings import Part
from credentials.verification import Policy
from schemas import catalog
from schemas.files import ROOT

FOLDER = ROOT / "policies"
"""The policies that have a name."""

SCHEMA = FOLDER / "policy.schema.json"
"""JSON Schema of a policy file."""

MAX_POLICY_BYTES = 64 * 1024
"""Some hundred types with their rules."""

MAX_STATUS_HOURS = 7 * 24
"""Beyond a week nobody can call a copy of a status list fresh."""

USUAL_STATUS_AGE = timedelta(minutes=15)
"""How long a copy counts where a policy does not say: the time to live that issuers give."""

DOCUMENT_AGE = timedelta(days=1)
"""A DID document has no end of its own: its copy may hide a withdrawn key for a day, no longer."""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """Who may issue one type, beyond what the list says.

    Attributes:
        roles: on the list, one of which is asked; empty: any.
        issuers: DIDs or addresses, one of which is asked; empty: any.
    """

    roles: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()

    def allows(self, issuer: str, role: str | None) -> bool:
        """Whether an issuer in its role is good enough."""
        named = not self.issuers or issuer in self.issuers
        return named and (not self.roles or role in self.roles)


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """One set of rules.

    Attributes:
        policy: what the kernel is told about unknown issuers.
        version: kept with each result, so that an old answer can be explained later.
        types: by type URL; a type that is not here has no rule of its own.
        status_age: how old a copy of a status list may be.
    """

    policy: Policy
    version: str
    types: Mapping[str, TypeRule] = field(default_factory=dict)
    status_age: timedelta = USUAL_STATUS_AGE

    def may_issue(self, type_url: str, issuer: str, role: str | None) -> bool:
        """Whether these rules let an issuer through for a type."""
        rule = self.types.get(type_url)
        return rule is None or rule.allows(issuer, role)


_Word = Annotated[str, Field(min_length=1, max_length=1000)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, title="TypeRule")
    roles: list[_Word] = Field(default=[], max_length=50)
    issuers: list[_Word] = Field(default=[], max_length=500)


class PolicyFile(BaseModel):
    """A policy as it is written down.

    Attributes:
        policy: version of this format.
        name: in lower case; with ``version`` it names the rules in a verdict.
        version: of these rules; higher with every change.
        issuers: only those on the list; also those whose domain vouches for them; or any, with a
            warning.
        status_hours: how old a copy of a status list may be, where its host cannot be asked.
        types: by id in the catalogue or URL of the type.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, title="Policy")
    policy: Literal[1]
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    version: int = Field(ge=1, le=1_000_000)
    issuers: Literal["listed", "linked", "any"]
    status_hours: float | None = Field(default=None, gt=0, le=MAX_STATUS_HOURS)
    types: dict[_Word, _Rule] = Field(default={}, max_length=500)


def read_policy(content: bytes) -> TrustPolicy:
    """Read a policy file, YAML or JSON.

    Raises:
        RejectedError: ``usage_policy``: no such file, or a type that the catalogue does not know.
    """
    if len(content) > MAX_POLICY_BYTES:
        raise RejectedError("usage_policy", f"more than {MAX_POLICY_BYTES} bytes")
    try:
        text = content.decode("utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise RejectedError("usage_policy", "an alias: a short file could stand for a long one")
        file = PolicyFile.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise RejectedError("usage_policy", _place(error)) from None
    hours = file.status_hours
    return TrustPolicy(
        policy=Policy(file.issuers),
        version=f"{file.name}/{file.version}",
        types=MappingProxyType({_url(name): _rule(rule) for name, rule in file.types.items()}),
        status_age=USUAL_STATUS_AGE if hours is None else timedelta(hours=hours),
    )


def _place(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "no YAML"
    first = error.errors(include_input=False, include_url=False)[0]
    return f"at {'.'.join(map(str, first['loc'])) or 'the top'}: {first['type']}"


def _url(name: str) -> str:
    if name.startswith("https://"):
        return name
    found = next((each for each in catalog.credential_types() if each.id == name), None)
    if found is None:
        raise RejectedError("usage_policy", f"no type {name[:60]}")
    return found.url


def _rule(rule: _Rule) -> TypeRule:
    return TypeRule(frozenset(rule.roles), frozenset(rule.issuers))


def find_policy(name: str) -> TrustPolicy:
    """The policy of that name, or in that file.

    Raises:
        RejectedError: ``usage_policy``.
    """
    named = FOLDER / f"{name}.yaml"
    try:
        if name.replace("-", "").isalnum() and named.is_file():
            return read_policy(named.read_bytes())
        with Path(name).open("rb") as file:
            return read_policy(file.read(MAX_POLICY_BYTES + 1))
    except (OSError, ValueError) as error:
        names = ", ".join(sorted(each.stem for each in FOLDER.glob("*.yaml")))
        raise RejectedError("usage_policy", f"{names}, or a file") from error


def json_schema() -> str:
    """The JSON Schema of a policy file, as it is published."""
    return json.dumps(PolicyFile.model_json_schema(), indent=2) + "\n"


POLICIES: Mapping[Policy, TrustPolicy] = MappingProxyType(
    {policy: find_policy(policy) for policy in Policy}
)
"""The policies that a program may choose by one word."""


def policy_named(version: str) -> TrustPolicy:
    """The policy that a kept result names; of rules that are no more only their name is left."""
    known = (policy for policy in POLICIES.values() if policy.version == version)
    return next(known, TrustPolicy(Policy.LISTED, version))


LIVE_PARTS = frozenset(Part)
"""A live request asks all four questions."""

LOOSE_PARTS = frozenset({Part.AUTHENTIC, Part.ISSUER, Part.VALID})
"""A proof without a request cannot say who holds it, so that is not asked."""
