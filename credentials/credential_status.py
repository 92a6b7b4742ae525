"""The status of one credential: from a reference and the fetched list to one value.

A list counts only when the credential's issuer signed it, or a host of status lists that the
sector list names as such: a list that someone else controls is always clean.
"""

from dataclasses import dataclass
from datetime import datetime

from credentials.dids import resolve
from credentials.dids.web import PREFIX, location
from credentials.errors import (
    CredentialError,
    ProofInvalid,
    Revoked,
    Suspended,
    UndeterminedError,
    Untrusted,
)
from credentials.keys import PublicKey
from credentials.model import Get, Purpose, StatusKind, StatusReference
from credentials.status import bitstring_status_list, published, token_status_list
from credentials.status.token_status_list import NamedKey
from credentials.trust.chains import chain_key
from credentials.trust.listing import STATUS_HOST, STATUS_SERVICE, TrustedIssuer, TrustList

REVOKED, SUSPENDED = 1, 2
"""What a token list means by these values, beside 0 for valid."""


def read_status(
    reference: StatusReference,
    body: bytes,
    *,
    issuer: str,
    trust_list: TrustList | None,
    get: Get,
    at: datetime,
) -> tuple[datetime, int]:
    """Check the list in ``body`` and read the status that ``reference`` points to.

    ``issuer`` is the credential's. ``get`` fetches its DID document where ``trust_list`` does not
    know the key; the key of a host must be on the list.

    Returns:
        when the list was issued, and the status as it stands there: see ``check_status``.

    Raises:
        ProofInvalid: ``status_issuer_mismatch``: signed by another, who is no host of this list.
        UndeterminedError: ``status_invalid``: signature, dates, address, or a key that was not the
            signer's when the list was made.
        MalformedError: ``status_index_invalid``, or the list itself is not sound.
    """
    named = published.named_key(reference.kind, body)
    if named.chain:
        key = _chained_key(named, reference.uri, issuer, trust_list)
        tokens = published.open_token(body, key)
        token_status_list.check_list(tokens, uri=reference.uri, at=at)
        return tokens.issued_at, tokens.status(reference.index)
    signer = _signer(named.key_id, reference.uri, issuer, trust_list)
    relative = named.key_id is not None and named.key_id.startswith("#")
    key_id = f"{signer.id}{named.key_id}" if relative else named.key_id
    key = _list_key(signer, key_id, get, at=at)
    if reference.kind is StatusKind.TOKEN:
        tokens = published.open_token(body, key)
        token_status_list.check_list(tokens, uri=reference.uri, at=at)
        _check_history(signer, key_id, at=tokens.issued_at)
        return tokens.issued_at, tokens.status(reference.index)
    bits = bitstring_status_list.check_list(
        published.open_bits(body, key, size=reference.size),
        uri=reference.uri,
        purpose=reference.purpose,
        at=at,
    )
    if bits.issuer != signer.id:
        raise ProofInvalid("status_issuer_mismatch", "the list names another issuer")
    _check_history(signer, key_id, at=bits.issued_at)
    return bits.issued_at, bits.status(reference.index)


def check_status(reference: StatusReference, status: int) -> None:
    """Whether the credential still stands, by the value at its place in a list.

    Raises:
        Revoked: ``revoked``.
        Suspended: ``suspended``.
        UndeterminedError: ``status_unknown``: a value that only the issuer's application knows;
            ``status_message``: a message, which the one who reads it must weigh.
    """
    if status == 0 or reference.purpose is Purpose.REFRESH:
        return
    if reference.purpose is Purpose.MESSAGE:
        raise UndeterminedError("status_message", f"status {status}")
    token = reference.kind is StatusKind.TOKEN
    if reference.purpose is Purpose.REVOCATION or (token and status == REVOKED):
        raise Revoked("revoked")
    if reference.purpose is Purpose.SUSPENSION or (token and status == SUSPENDED):
        raise Suspended("suspended")
    raise UndeterminedError("status_unknown", f"status {status}")


def status_facts(reference: StatusReference, status: int) -> dict[str, str]:
    """What the issuer says about a status: the message of its value, and where to read more."""
    facts: dict[str, str] = {}
    if reference.messages:
        facts |= {"status": hex(status), "message": reference.messages[status]}
    if reference.references:
        facts |= {"references": " ".join(reference.references)}
    if reference.purpose is Purpose.REFRESH and status:
        facts |= {"note": "newer_available"}
    return facts


@dataclass(frozen=True, slots=True)
class _ListSigner:
    """Who signed a list.

    Attributes:
        id: the issuer's DID, or that of a host.
        entry: on the sector list; a host always has one.
    """

    id: str
    entry: TrustedIssuer | None
    is_host: bool = False


def _signer(key_id: str | None, uri: str, issuer: str, trust_list: TrustList | None) -> _ListSigner:
    """By the key that the list names: the credential's issuer, else a host of this very list."""
    named = issuer if key_id is None or key_id.startswith("#") else key_id.partition("#")[0]
    entry = trust_list.entry(named) if trust_list else None
    if named == issuer:
        return _ListSigner(issuer, entry)
    if entry is None or entry.named(key_id) is None or not uri.startswith(_home(named)):
        raise ProofInvalid("status_issuer_mismatch", "the list is signed by another")
    return _ListSigner(named, entry, is_host=True)


def _chained_key(named: NamedKey, uri: str, issuer: str, trust_list: TrustList | None) -> PublicKey:
    """The leaf of a chain that ends in the list: of the issuer, else of a host of this very list.

    What the list says counts for the moment at which the status list was made.
    """
    entry = trust_list.entry(issuer) if trust_list else None
    if trust_list is None or entry is None or named.issued_at is None:
        raise UndeterminedError("status_invalid", "no anchor of certificates is known")
    hosts = [each for each in trust_list.issuers if _is_host(each, uri, at=named.issued_at)]
    refused = "no certificate of the issuer or a host"
    for party in (entry, *hosts):
        try:
            return chain_key(named.chain, party.certificates, issuer=party.id, at=named.issued_at)
        except Untrusted as error:  # it names the party, and the list does not stand behind it
            raise UndeterminedError("status_invalid", error.code) from error
        except ProofInvalid as error:
            refused = error.detail
    raise ProofInvalid("status_issuer_mismatch", refused)


def _is_host(entry: TrustedIssuer, uri: str, *, at: datetime) -> bool:
    if not entry.certificates or not entry.id.startswith(PREFIX):
        return False
    try:
        role = entry.accreditation(STATUS_SERVICE, at=at).role
    except Untrusted:
        return False
    return role == STATUS_HOST and uri.startswith(_home(entry.id))


def _home(did: str) -> str:
    """The part of the web that a did:web has to itself: a host publishes lists nowhere else."""
    try:
        origin, path = location(did.removeprefix(PREFIX))
    except CredentialError as error:
        raise ProofInvalid("status_issuer_mismatch", error.code) from error
    return "/".join([origin, *path, ""])


def _list_key(signer: _ListSigner, key_id: str | None, get: Get, *, at: datetime) -> PublicKey:
    known = signer.entry.named(key_id) if signer.entry else None
    if known is not None:
        return known.key
    return resolve(signer.id, get, at=at).key(key_id)


def _check_history(signer: _ListSigner, key_id: str | None, *, at: datetime) -> None:
    """A key that the sector list knows must have been good when it signed, and a host a host."""
    entry = signer.entry
    if entry is None or entry.named(key_id) is None:
        return
    try:
        entry.key(key_id, at=at)
        role = entry.accreditation(STATUS_SERVICE, at=at).role if signer.is_host else STATUS_HOST
    except Untrusted as error:
        refused = ProofInvalid if signer.is_host else UndeterminedError
        code = "status_issuer_mismatch" if signer.is_host else "status_invalid"
        raise refused(code, error.code) from error
    if role != STATUS_HOST:
        raise ProofInvalid("status_issuer_mismatch", "no host of status lists")
