"""The status of one credential: from a reference and the fetched list to one value.

A list counts only when the credential's issuer signed it: a list that someone else controls is
always clean.
"""

from datetime import datetime

from credentials.dids import resolve
from credentials.encoding import parse_json_object
from credentials.errors import (
    ProofInvalid,
    Revoked,
    Suspended,
    UndeterminedError,
    Untrusted,
)
from credentials.keys import PublicKey
from credentials.model import Get, Purpose, StatusKind, StatusReference
from credentials.status import (
    bitstring_status_list,
    token_status_list,
    token_status_list_cwt,
)
from credentials.trust.listing import TrustedIssuer

REVOKED, SUSPENDED = 1, 2
"""What a token list means by these values, beside 0 for valid."""


def read_status(
    reference: StatusReference,
    body: bytes,
    *,
    issuer: str,
    entry: TrustedIssuer | None,
    get: Get,
    at: datetime,
) -> tuple[datetime, int]:
    """Check the list in ``body`` and read the status that ``reference`` points to.

    ``issuer`` is the credential's, ``entry`` its place on the sector list, and ``get`` fetches its
    DID document where the sector list does not know the key.

    Returns:
        when the list was issued, and the status as it stands there: see ``check_status``.

    Raises:
        ProofInvalid: ``status_issuer_mismatch``.
        UndeterminedError: ``status_invalid``: signature, dates, address, or a key that was not the
            issuer's when the list was made.
        MalformedError: ``status_index_invalid``, or the list itself is not sound.
    """
    if reference.kind is StatusKind.TOKEN and body.startswith(token_status_list_cwt.TAG):
        key_id = token_status_list_cwt.key_id(body)
        key = _list_key(issuer, key_id, entry, get, at=at)
        tokens = token_status_list_cwt.read_list(body, uri=reference.uri, key=key, at=at)
        _check_history(key_id, entry, at=tokens.issued_at)
        return tokens.issued_at, tokens.status(reference.index)
    if reference.kind is StatusKind.TOKEN:
        token = body.decode("utf-8", errors="replace")
        key_id = token_status_list.key_id(token)
        key = _list_key(issuer, key_id, entry, get, at=at)
        tokens = token_status_list.read_list(token, uri=reference.uri, key=key, at=at)
        _check_history(key_id, entry, at=tokens.issued_at)
        return tokens.issued_at, tokens.status(reference.index)
    document = parse_json_object(body)
    key_id = bitstring_status_list.key_id(document)
    key = _list_key(issuer, key_id, entry, get, at=at)
    bits = bitstring_status_list.read(
        document,
        uri=reference.uri,
        purpose=reference.purpose,
        key=key,
        at=at,
        size=reference.size,
    )
    if bits.issuer != issuer:
        raise ProofInvalid("status_issuer_mismatch", "the list names another issuer")
    _check_history(key_id, entry, at=bits.issued_at)
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


def _list_key(
    issuer: str, key_id: str | None, entry: TrustedIssuer | None, get: Get, *, at: datetime
) -> PublicKey:
    if key_id is not None and not key_id.startswith(("#", f"{issuer}#")):
        raise ProofInvalid("status_issuer_mismatch", "the list is signed by another")
    known = entry.named(key_id) if entry else None
    if known is not None:
        return known.key
    return resolve(issuer, get, at=at).key(key_id)


def _check_history(key_id: str | None, entry: TrustedIssuer | None, *, at: datetime) -> None:
    """A key that the sector list knows must have been good when it signed."""
    if entry is None or entry.named(key_id) is None:
        return
    try:
        entry.key(key_id, at=at)
    except Untrusted as error:
        raise UndeterminedError("status_invalid", error.code) from error
