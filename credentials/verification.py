"""The one verdict engine: ten checks in a fixed order, each with its finding.

Only steps 4 and 10 open a connection, through ``Sources.get``; where the policy takes the word of
a domain, step 3 asks it. Which part of the verdict each check counts for stands in ``findings``;
the query counts for the holder, since the answer to the request is his.
"""

from datetime import datetime

from credentials.bbs_keys import VerificationKey
from credentials.errors import (
    CredentialError,
    MalformedError,
    ProofInvalid,
    UndeterminedError,
    UnsupportedError,
)
from credentials.expectations import Expectations, HolderCheck, Policy, Sources
from credentials.findings import (
    Check,
    Finding,
    Outcome,
    Verdict,
    finding,
    judged,
    of_error,
    passed,
)
from credentials.formats import FORMATS, format_of
from credentials.formats.base import check_dates
from credentials.formats.data_integrity import DataIntegrity, refuse_base
from credentials.issuer_checks import ONE_TIME, check_trust, find_key
from credentials.model import Credential, Unverified, Verified, Wire
from credentials.openid4vc.dcql import authorities_of, satisfied
from credentials.shape import check_shape
from credentials.status_checks import find_statuses

__all__ = ["Expectations", "HolderCheck", "Policy", "Sources", "check"]


def check(presentation: Wire, *, expected: Expectations, sources: Sources, at: datetime) -> Verdict:
    """Check a credential or presentation; every error of the input becomes a finding."""
    # (1) parse, within the limits of the format
    parsed, unverified = _parse(presentation, expected)
    if unverified is None:
        return _verdict([parsed])
    credential = unverified.credential
    # (2) issuer identity
    identity = judged(Check.IDENTITY, lambda: _identity(unverified))
    if identity.outcome is not Outcome.PASSED:
        return _verdict([parsed, identity])
    # (3) trust policy
    entry = sources.trust_list.entry(credential.issuer) if sources.trust_list else None
    trust = judged(Check.TRUST, lambda: check_trust(credential, entry, expected, sources, at=at))
    findings = [parsed, identity, trust]
    unknown = entry is None and trust.outcome is not Outcome.PASSED and trust.code != ONE_TIME
    if expected.policy is not Policy.ANY and unknown:
        return _verdict(findings)
    # (4) key: the list's history, else the issuer's document if the policy let it through
    get = None if trust.outcome is Outcome.FAILED else sources.get
    found, key = find_key(unverified.key, entry, get, issued_at=credential.issued_at, at=at)
    findings.append(found)
    if key is None:
        return _verdict(findings)
    # (5) proof
    proof = judged(Check.PROOF, lambda: _proof(unverified, key, expected, at=at))
    findings.append(proof)
    if proof.outcome is not Outcome.PASSED:
        return _verdict(findings)
    # (6) dates (7) holder binding (8) schema, local copies only (9) query
    binding = judged(Check.BINDING, lambda: _binding(unverified, expected, at=at))
    findings += [
        judged(Check.DATES, lambda: _dates(credential, at=at)),
        binding,
        judged(Check.SCHEMA, lambda: _schema(unverified, sources)),
        judged(Check.QUERY, lambda: _query(unverified, expected)),
    ]
    # (10) status, only where 5 to 9 did not fail
    if all(each.outcome is not Outcome.FAILED for each in findings[4:]):
        findings += find_statuses(credential, sources, at=at)
    bound = expected.binding is not None and binding.outcome is Outcome.PASSED
    return _verdict(findings, Verified(unverified.format, credential, key, holder_bound=bound))


def _parse(wire: Wire, expected: Expectations) -> tuple[Finding, Unverified | None]:
    try:
        credential_format = format_of(wire)
        if expected.format not in {None, credential_format.identifier}:
            raise UnsupportedError("format_not_asked", credential_format.identifier)
        unverified = credential_format.parse(wire)
    except CredentialError as error:
        return of_error(Check.PARSE, error), None
    return passed(
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
    return passed(Check.IDENTITY, issuer=issuer)


def _proof(
    unverified: Unverified, key: VerificationKey, expected: Expectations, *, at: datetime
) -> Finding:
    if unverified.format == DataIntegrity.identifier and not expected.held:
        refuse_base(unverified.wire)
    FORMATS[unverified.format].check_proof(unverified, key, at=at)
    return passed(Check.PROOF, algorithm=key.algorithm)


def _dates(credential: Credential, *, at: datetime) -> Finding:
    check_dates(credential.validity, at=at)
    until = credential.validity.valid_until
    facts = {"issued_at": credential.issued_at.isoformat()}
    facts |= {} if until is None else {"valid_until": until.isoformat()}
    return finding(Check.DATES, Outcome.PASSED, "ok", facts)


def _binding(unverified: Unverified, expected: Expectations, *, at: datetime) -> Finding:
    free = expected.query is not None and not expected.query.holder_binding
    if not unverified.presented and (expected.binding is None or free):
        return finding(Check.BINDING, Outcome.NOT_APPLICABLE, "holder_not_asked")
    FORMATS[unverified.format].check_binding(unverified, expected=expected.binding, at=at)
    if expected.binding is None:
        raise UndeterminedError("holder_request_unknown", "the proof answers an unknown request")
    if not expected.binding.live:
        raise UndeterminedError("holder_card_only", "the holder agreed to this share, once")
    return passed(Check.BINDING)


def _schema(unverified: Unverified, sources: Sources) -> Finding:
    if not check_shape(unverified, schemas=sources.schemas, types=sources.types):
        return finding(Check.SCHEMA, Outcome.NOT_APPLICABLE, "schema_unknown")
    return passed(Check.SCHEMA)


def _query(unverified: Unverified, expected: Expectations) -> Finding:
    if expected.query is None:
        return finding(Check.QUERY, Outcome.NOT_APPLICABLE, "query_not_asked")
    satisfied(expected.query, unverified.credential, unverified.format, authorities_of(unverified))
    return passed(Check.QUERY)


def _verdict(findings: list[Finding], verified: Verified | None = None) -> Verdict:
    """All ten checks; the ones that were not reached are unknown."""
    reached = {each.check for each in findings}
    missing = [
        finding(each, Outcome.UNDETERMINED, "not_reached") for each in Check if each not in reached
    ]
    ordered = sorted([*findings, *missing], key=lambda each: list(Check).index(each.check))
    return Verdict(tuple(ordered), verified)
