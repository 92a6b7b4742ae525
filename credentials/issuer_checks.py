"""Steps 3 and 4 of a verdict: may this party say this, and with which key did it say so?

What the list says counts for the moment of issuing. What it says of later is a note: a withdrawal
or a new key takes nothing back that was given before.
"""

from datetime import datetime

from credentials.bbs_keys import VerificationKey
from credentials.dids import resolve
from credentials.errors import CredentialError, ProofInvalid, UndeterminedError, Untrusted
from credentials.expectations import Expectations, Policy, Sources
from credentials.findings import Check, Finding, Outcome, finding, of_error, passed
from credentials.model import Credential, Get, KeyReference
from credentials.trust.chains import chain_key
from credentials.trust.linkage import find_linked
from credentials.trust.listing import Accreditation, TrustedIssuer

LINKED = "domain_linked"
"""Code of a passed check: not the list, but the issuer's own domain says who it is."""

ONE_TIME = "one_time_key"
"""Code of an open check: a key that carries its own name signed, and nobody says whose it is."""

_SELF_NAMED = ("did:jwk:", "did:key:")


def check_trust(
    credential: Credential,
    entry: TrustedIssuer | None,
    expected: Expectations,
    sources: Sources,
    *,
    at: datetime,
) -> Finding:
    """Whether the verifier's policy lets this issuer through for this type.

    Raises:
        Untrusted: ``issuer_not_listed``, ``issuer_not_accredited_for_type``,
            ``issuer_not_in_policy``.
        UndeterminedError: ``trust_list_unavailable``, or the domain cannot be asked;
            ``one_time_key`` for a type that a key made for it may give.
        CredentialError: as ``find_linked``.
    """
    if entry is not None and expected.policy is not Policy.ANY:
        accreditation = entry.accreditation(credential.type, at=credential.issued_at)
        _check_rules(credential, accreditation.role, expected)
        return _listed(entry, accreditation, sources, at=at)
    _check_rules(credential, None, expected)
    if credential.type in expected.one_time and credential.issuer.startswith(_SELF_NAMED):
        raise UndeterminedError("one_time_key", "nobody says whose key it is")
    if expected.policy is Policy.ANY:
        return finding(Check.TRUST, Outcome.NOT_APPLICABLE, "trust_not_asked")
    if expected.policy is Policy.LINKED:
        return _linked(credential.issuer, sources.get, at=at)
    if sources.trust_list is None:
        raise UndeterminedError("trust_list_unavailable", "no list")
    raise Untrusted("issuer_not_listed", credential.issuer)


def _check_rules(credential: Credential, role: str | None, expected: Expectations) -> None:
    if not expected.may_issue(credential.type, credential.issuer, role):
        raise Untrusted("issuer_not_in_policy", credential.type)


def _listed(
    entry: TrustedIssuer, accreditation: Accreditation, sources: Sources, *, at: datetime
) -> Finding:
    facts = {"name": entry.name, "role": accreditation.role}
    if entry.gone_since is not None:
        facts |= {"note": "issuer_gone_since", "since": entry.gone_since.isoformat()}
    elif accreditation.valid_until is not None and accreditation.valid_until <= at:
        until = accreditation.valid_until.isoformat()
        facts |= {"note": "accreditation_ended_since", "since": until}
    listed = sources.trust_list
    if listed is not None and at >= listed.next_update:
        facts |= {"next_update": listed.next_update.isoformat()}
        return finding(Check.TRUST, Outcome.UNDETERMINED, "trust_list_stale", facts)
    return passed(Check.TRUST, **facts)


def _linked(issuer: str, get: Get, *, at: datetime) -> Finding:
    try:
        origin, until = find_linked(issuer, get, at=at)
    except Untrusted as error:
        raise Untrusted("issuer_not_listed", error.code) from error
    facts = {"origin": origin, "until": until.isoformat()}
    return finding(Check.TRUST, Outcome.PASSED, LINKED, facts)


def find_key(
    reference: KeyReference,
    entry: TrustedIssuer | None,
    get: Get | None,
    *,
    issued_at: datetime,
    at: datetime,
) -> tuple[Finding, VerificationKey | None]:
    """The key of the moment of issuing, and the finding about it; None where there is none.

    ``get`` is None where the policy did not let the issuer through: then nobody is asked.
    """
    try:
        key, facts = _look_up(reference, entry, get, issued_at=issued_at, at=at)
    except CredentialError as error:
        return of_error(Check.KEY, error), None
    return finding(Check.KEY, Outcome.PASSED, "ok", facts), key


def _look_up(
    reference: KeyReference,
    entry: TrustedIssuer | None,
    get: Get | None,
    *,
    issued_at: datetime,
    at: datetime,
) -> tuple[VerificationKey, dict[str, str]]:
    """From the list's history or its certificates, else from the issuer's own document.

    Of the documents, that of a did:webvh has a history of its own. Of an issuer that is gone no
    document is asked: whoever has its domain now is another.
    """
    if reference.chain:
        if entry is None:
            raise ProofInvalid("x5c_invalid", "no anchor of certificates is known")
        anchors = entry.certificates
        leaf = chain_key(reference.chain, anchors, issuer=reference.issuer, at=issued_at)
        return leaf, {"source": "certificate_chain"}
    listed = entry.key(reference.key_id, at=issued_at) if entry else None
    if listed is not None:
        facts = {"source": "trust_list"}
        if listed.valid_until is not None:
            facts |= {"note": "key_rotated_since", "until": listed.valid_until.isoformat()}
        return listed.key, facts
    if entry is not None and entry.gone_since is not None:
        raise UndeterminedError("key_not_kept", "the issuer is gone, and the list has no such key")
    if get is None:
        raise UndeterminedError("not_reached")
    document = resolve(reference.issuer, get, at=at, moment=issued_at)
    key = document.verification_key(reference.key_id)
    facts = {"source": "did_document"}
    if key.key_id in document.rotated:
        facts |= {"note": "key_rotated_since"}
    return key, facts
