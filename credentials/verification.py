"""The one verdict engine: ten checks in a fixed order, each with its finding.

Only steps 4 and 10 open a connection, through ``Sources.get``. Which part of the verdict each
check counts for stands in ``_PARTS``; the query counts for the holder, since the answer to the
request is his.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from credentials.bbs_keys import VerificationKey
from credentials.credential_status import check_status, read_status, status_facts
from credentials.dids import resolve
from credentials.errors import (
    BindingInvalid,
    CredentialError,
    MalformedError,
    ProofInvalid,
    UndeterminedError,
    UnsupportedError,
    Untrusted,
)
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.formats import FORMATS, format_of
from credentials.formats.base import check_dates
from credentials.formats.data_integrity import DataIntegrity, refuse_base
from credentials.model import (
    Binding,
    Credential,
    Get,
    KeyReference,
    StatusReference,
    Unverified,
    Verified,
    Wire,
)
from credentials.openid4vc.dcql import CredentialQuery, satisfied
from credentials.shape import MetadataOf, SchemaOf, check_shape
from credentials.trust.listing import TrustedIssuer, TrustList

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
_NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Policy(StrEnum):
    """Which issuers count: those on the sector list, or any whose key can be found."""

    LISTED = "listed"
    ANY = "any"


class HolderCheck(StrEnum):
    """Whether the holder must prove, now and for this request, that it is his."""

    LIVE = "live"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a verifier asks of a presentation.

    Attributes:
        held: it is the holder who asks, about what he was given: a base proof is then in order.

    Raises:
        BindingInvalid: ``config_nonce_required``: the holder is to be checked, but audience or
            nonce is empty. A verifier that is set up so must not start.
    """

    policy: Policy = Policy.LISTED
    binding: Binding | None = None
    holder: HolderCheck = HolderCheck.NONE
    query: CredentialQuery | None = None
    format: str | None = None
    held: bool = False

    def __post_init__(self) -> None:
        live = self.holder is HolderCheck.LIVE or self.binding is not None
        if live and not (self.binding and self.binding.audience and self.binding.nonce):
            raise BindingInvalid("config_nonce_required", "audience and nonce must be set")


def _never_seen(_uri: str) -> datetime | None:
    return None


def _no_metadata(_vct: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the checks look things up.

    Attributes:
        get: the guarded fetcher, for DID documents and status lists.
        trust_list: None where none could be had; then no issuer counts as listed.
        schemas: JSON Schema of the claims of a type, from local copies; None for a foreign type.
        types: type metadata by ``vct``, from local copies; None for a foreign type.
        status_seen: when the newest list met at an address was issued; older ones are refused.
    """

    get: Get
    trust_list: TrustList | None
    schemas: SchemaOf
    types: MetadataOf = _no_metadata
    status_seen: Callable[[str], datetime | None] = _never_seen


def check(presentation: Wire, *, expected: Expectations, sources: Sources, at: datetime) -> Verdict:
    """Check a credential or presentation; every error of the input becomes a finding."""
    # (1) parse, within the limits of the format
    parsed, unverified = _parse(presentation, expected)
    if unverified is None:
        return _verdict([parsed])
    credential = unverified.credential
    # (2) issuer identity
    identity = _judged(Check.IDENTITY, lambda: _identity(unverified))
    if identity.outcome is not Outcome.PASSED:
        return _verdict([parsed, identity])
    # (3) trust policy
    entry = sources.trust_list.entry(credential.issuer) if sources.trust_list else None
    trust = _judged(Check.TRUST, lambda: _trust(credential, entry, expected, sources, at=at))
    findings = [parsed, identity, trust]
    if expected.policy is Policy.LISTED and entry is None:
        return _verdict(findings)
    # (4) key: the list's history, else the issuer's document if the policy let it through
    get = None if trust.outcome is Outcome.FAILED else sources.get
    found, key = _key(unverified.key, entry, get, issued_at=credential.issued_at, at=at)
    findings.append(found)
    if key is None:
        return _verdict(findings)
    # (5) proof
    proof = _judged(Check.PROOF, lambda: _proof(unverified, key, expected, at=at))
    findings.append(proof)
    if proof.outcome is not Outcome.PASSED:
        return _verdict(findings)
    # (6) dates (7) holder binding (8) schema, local copies only (9) query
    binding = _judged(Check.BINDING, lambda: _binding(unverified, expected, at=at))
    findings += [
        _judged(Check.DATES, lambda: _dates(credential, at=at)),
        binding,
        _judged(Check.SCHEMA, lambda: _schema(unverified, sources)),
        _judged(Check.QUERY, lambda: _query(unverified, expected)),
    ]
    # (10) status, only where 5 to 9 did not fail
    if all(each.outcome is not Outcome.FAILED for each in findings[4:]):
        findings += _statuses(credential, sources, at=at)
    bound = expected.binding is not None and binding.outcome is Outcome.PASSED
    return _verdict(findings, Verified(unverified.format, credential, key, holder_bound=bound))


def _parse(wire: Wire, expected: Expectations) -> tuple[Finding, Unverified | None]:
    try:
        credential_format = format_of(wire)
        if expected.format not in {None, credential_format.identifier}:
            raise UnsupportedError("format_not_asked", credential_format.identifier)
        unverified = credential_format.parse(wire)
    except CredentialError as error:
        return _of_error(Check.PARSE, error), None
    return _passed(
        Check.PARSE, format=unverified.format, type=unverified.credential.type
    ), unverified


def _identity(unverified: Unverified) -> Finding:
    """The key that the proof names must be one of the issuer that the credential names."""
    issuer, reference = unverified.credential.issuer, unverified.key
    if not issuer.startswith(("did:", "https://")):
        raise MalformedError("did_malformed", "the issuer is no DID")
    foreign = reference.key_id is not None and not reference.key_id.startswith(("#", f"{issuer}#"))
    if reference.issuer != issuer or (foreign and issuer.startswith("did:")):
        raise ProofInvalid("method_not_of_issuer", "the proof names a key of another")
    return _passed(Check.IDENTITY, issuer=issuer)


def _trust(
    credential: Credential,
    entry: TrustedIssuer | None,
    expected: Expectations,
    sources: Sources,
    *,
    at: datetime,
) -> Finding:
    if expected.policy is Policy.ANY:
        return _finding(Check.TRUST, Outcome.NOT_APPLICABLE, "trust_not_asked")
    if sources.trust_list is None:
        raise UndeterminedError("trust_list_unavailable", "no list")
    if entry is None:
        raise Untrusted("issuer_not_listed", credential.issuer)
    accreditation = entry.accreditation(credential.type, at=credential.issued_at)
    facts = {"name": entry.name, "role": accreditation.role}
    if at >= sources.trust_list.next_update:
        until = sources.trust_list.next_update.isoformat()
        facts |= {"next_update": until}
        return _finding(Check.TRUST, Outcome.UNDETERMINED, "trust_list_stale", facts)
    return _finding(Check.TRUST, Outcome.PASSED, "ok", facts)


def _key(
    reference: KeyReference,
    entry: TrustedIssuer | None,
    get: Get | None,
    *,
    issued_at: datetime,
    at: datetime,
) -> tuple[Finding, VerificationKey | None]:
    try:
        key, facts = _look_up(reference, entry, get, issued_at=issued_at, at=at)
    except CredentialError as error:
        return _of_error(Check.KEY, error), None
    return _finding(Check.KEY, Outcome.PASSED, "ok", facts), key


def _look_up(
    reference: KeyReference,
    entry: TrustedIssuer | None,
    get: Get | None,
    *,
    issued_at: datetime,
    at: datetime,
) -> tuple[VerificationKey, dict[str, str]]:
    """The key of the moment of issuing: from the list's history, else the issuer's document.

    Of the documents, that of a did:webvh has a history of its own.
    """
    listed = entry.key(reference.key_id, at=issued_at) if entry else None
    if listed is not None:
        facts = {"source": "trust_list"}
        if listed.valid_until is not None:
            facts |= {"note": "key_rotated_since", "until": listed.valid_until.isoformat()}
        return listed.key, facts
    if get is None:  # the policy did not let this issuer through: ask nobody
        raise UndeterminedError("not_reached")
    document = resolve(reference.issuer, get, at=at, moment=issued_at)
    key = document.verification_key(reference.key_id)
    facts = {"source": "did_document"}
    if key.key_id in document.rotated:
        facts |= {"note": "key_rotated_since"}
    return key, facts


def _proof(
    unverified: Unverified, key: VerificationKey, expected: Expectations, *, at: datetime
) -> Finding:
    if unverified.format == DataIntegrity.identifier and not expected.held:
        refuse_base(unverified.wire)
    FORMATS[unverified.format].check_proof(unverified, key, at=at)
    return _passed(Check.PROOF, algorithm=key.algorithm)


def _dates(credential: Credential, *, at: datetime) -> Finding:
    check_dates(credential.validity, at=at)
    until = credential.validity.valid_until
    facts = {"issued_at": credential.issued_at.isoformat()}
    facts |= {} if until is None else {"valid_until": until.isoformat()}
    return _finding(Check.DATES, Outcome.PASSED, "ok", facts)


def _binding(unverified: Unverified, expected: Expectations, *, at: datetime) -> Finding:
    free = expected.query is not None and not expected.query.holder_binding
    if not unverified.presented and (expected.binding is None or free):
        return _finding(Check.BINDING, Outcome.NOT_APPLICABLE, "holder_not_asked")
    FORMATS[unverified.format].check_binding(unverified, expected=expected.binding, at=at)
    if expected.binding is None:
        raise UndeterminedError("holder_request_unknown", "the proof answers an unknown request")
    if not expected.binding.live:
        raise UndeterminedError("holder_card_only", "the holder agreed to this share, once")
    return _passed(Check.BINDING)


def _schema(unverified: Unverified, sources: Sources) -> Finding:
    if not check_shape(unverified, schemas=sources.schemas, types=sources.types):
        return _finding(Check.SCHEMA, Outcome.NOT_APPLICABLE, "schema_unknown")
    return _passed(Check.SCHEMA)


def _query(unverified: Unverified, expected: Expectations) -> Finding:
    if expected.query is None:
        return _finding(Check.QUERY, Outcome.NOT_APPLICABLE, "query_not_asked")
    satisfied(expected.query, unverified.credential, unverified.format)
    return _passed(Check.QUERY)


def _statuses(credential: Credential, sources: Sources, *, at: datetime) -> list[Finding]:
    if not credential.status:
        return [_finding(Check.STATUS, Outcome.NOT_APPLICABLE, "status_not_offered")]
    return [
        _status(reference, credential.issuer, sources, at=at) for reference in credential.status
    ]


def _status(reference: StatusReference, issuer: str, sources: Sources, *, at: datetime) -> Finding:
    """One status. What is wrong with a list makes it unknown; only its own answer fails."""
    facts = {"uri": reference.uri, "purpose": reference.purpose}
    try:
        body = sources.get(reference.uri)
    except UndeterminedError as error:
        code = error.code if error.code == "status_stale" else "status_unreachable"
        return _finding(Check.STATUS, Outcome.UNDETERMINED, code, facts)
    except CredentialError as error:
        return _of_error(Check.STATUS, error, facts)
    try:
        issued_at, status = read_status(
            reference,
            body,
            issuer=issuer,
            trust_list=sources.trust_list,
            get=sources.get,
            at=at,
        )
    except CredentialError as error:
        failed = error.code in {"status_issuer_mismatch", "status_index_invalid"}
        outcome = Outcome.FAILED if failed else Outcome.UNDETERMINED
        return _finding(Check.STATUS, outcome, error.code, facts)
    facts |= {"issued_at": issued_at.isoformat(), **status_facts(reference, status)}
    seen = sources.status_seen(reference.uri)
    older = seen is not None and issued_at < seen
    return _judged(Check.STATUS, lambda: _standing(reference, status, facts, older=older), facts)


def _standing(
    reference: StatusReference, status: int, facts: Mapping[str, str], *, older: bool
) -> Finding:
    if older:
        raise UndeterminedError("status_rollback", "a newer list was seen before")
    check_status(reference, status)
    return _finding(Check.STATUS, Outcome.PASSED, "ok", facts)


def _verdict(findings: list[Finding], verified: Verified | None = None) -> Verdict:
    """All ten checks; the ones that were not reached are unknown."""
    reached = {finding.check for finding in findings}
    missing = [
        _finding(each, Outcome.UNDETERMINED, "not_reached") for each in Check if each not in reached
    ]
    ordered = sorted([*findings, *missing], key=lambda finding: list(Check).index(finding.check))
    return Verdict(tuple(ordered), verified)


def _judged(
    step: Check, action: Callable[[], Finding], facts: Mapping[str, str] = _NO_FACTS
) -> Finding:
    try:
        return action()
    except CredentialError as error:
        return _of_error(step, error, facts)


def _of_error(step: Check, error: CredentialError, facts: Mapping[str, str] = _NO_FACTS) -> Finding:
    unknown = isinstance(error, UndeterminedError)
    return _finding(step, Outcome.UNDETERMINED if unknown else Outcome.FAILED, error.code, facts)


def _passed(step: Check, **facts: str) -> Finding:
    return _finding(step, Outcome.PASSED, "ok", facts)


def _finding(
    step: Check, outcome: Outcome, code: str, facts: Mapping[str, str] = _NO_FACTS
) -> Finding:
    return Finding(_PARTS[step], step, outcome, code, MappingProxyType(dict(facts)))
