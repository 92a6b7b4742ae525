"""Asking to erase the result of an answer, and the receipt (docs/decisions/0052-deletions.md).

The holder signs with the key of a credential that was shown, so that nobody else can have a result
erased; the asker signs the receipt as it signed the request.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, NoReturn

from pydantic import BaseModel, Field

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.model import Get
from credentials.openid4vc.client_identifier import check_signer, client_origin, is_hash
from credentials.openid4vc.message import WIRE, ProtocolError, is_https_url, origin, read_message

DELETION_TYPE: Final = "deletion-request+jwt"
RECEIPT_TYPE: Final = "deletion-receipt+jwt"

MAX_DELETION_BYTES = 8 * 1024
"""Three claims, a key and a signature: under 1 kB."""


class Erased(StrEnum):
    """What the asker says it did."""

    DELETED = "deleted"
    NOTHING_KEPT = "nothing_kept"


class _Request(BaseModel):
    model_config = WIRE
    aud: Annotated[str, Field(min_length=1, max_length=2_048)]
    nonce: Annotated[str, Field(min_length=1, max_length=512)]
    iat: int


class _Receipt(BaseModel):
    model_config = WIRE
    iss: str
    nonce: str
    iat: int
    request_hash: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A request to erase whose signature held.

    Attributes:
        audience: the client id of the asker.
        nonce: of the request that was answered.
        holder: the key that signed; whether it was shown is not known here.
    """

    audience: str
    nonce: str
    holder: PublicKey = field(repr=False)


def create_deletion(signer: Signer, *, client_id: str, nonce: str, at: datetime) -> str:
    """Ask to erase the result of an answer; the signer holds the key of a credential shown."""
    header: JsonObject = {"typ": DELETION_TYPE, "jwk": signer.public.jwk()}
    payload: JsonObject = {"aud": client_id, "nonce": nonce, "iat": int(at.timestamp())}
    return jose.sign_compact(header, payload, signer)


def read_deletion(token: str, *, at: datetime) -> Deletion:
    """Read a request to erase and check its signature.

    Raises:
        ProtocolError: ``deletion_request_invalid``: form, type, key, signature, or from later.
    """
    if len(token) > MAX_DELETION_BYTES:
        _refuse("too long")
    try:
        signed = jose.peek(token, typ=frozenset({DELETION_TYPE}), header_key=True)
        jwk = signed.header.get("jwk")
        holder = public_key_from_jwk(jwk if isinstance(jwk, dict) else {})
        signed.verify(holder)
        made = jose.numeric_date(signed.payload, "iat")
    except CredentialError as error:
        _refuse(error.code)
    asked = read_message(
        _Request, signed.payload, error="invalid_request", code="deletion_request_invalid"
    )
    if made is None or made > at + CLOCK_SKEW:
        _refuse("from later")
    return Deletion(asked.aud, asked.nonce, holder)


def holder_digest(nonce: str, holder: PublicKey) -> str:
    """What an asker keeps of a holder's key: enough to know it again, for this request alone."""
    return hashlib.sha256(f"{nonce}|{holder.thumbprint}".encode()).hexdigest()


def create_receipt(
    signer: Signer,
    deletion: Deletion,
    *,
    request: str,
    outcome: Erased,
    at: datetime,
    x5c: Sequence[JsonValue] = (),
) -> str:
    """Say what was done with a request to erase; ``request`` is its text as it came."""
    header: JsonObject = {"typ": RECEIPT_TYPE}
    header |= {"x5c": [*x5c]} if is_hash(deletion.audience) else {"kid": signer.public.key_id}
    payload: JsonObject = {
        "iss": deletion.audience,
        "nonce": deletion.nonce,
        "iat": int(at.timestamp()),
        "request_hash": _hash(request),
        "outcome": outcome.value,
    }
    return jose.sign_compact(header, payload, signer)


def read_receipt(
    token: str,
    *,
    request: str,
    client_id: str,
    deletion_uri: str,
    get: Get,
    at: datetime,
    anchors: Sequence[bytes] = (),
) -> Erased:
    """Check a receipt: it is the asker's, and about this very request.

    Args:
        token: the receipt.
        request: the request to erase as it was sent.
        client_id: of the asker.
        deletion_uri: where it was sent.
        get: the guarded fetcher, for the asker's document.
        at: now.
        anchors: authorities of certificates whose word counts, in DER.

    Raises:
        RejectedError: ``deletion_receipt_invalid``.
        UndeterminedError: the asker's document cannot be had now.
    """
    try:
        signed = jose.peek(token, typ=frozenset({RECEIPT_TYPE}), chain=True)
        told = read_message(
            _Receipt, signed.payload, error="invalid_request", code="deletion_receipt_invalid"
        )
        _check_address(client_id, deletion_uri)
        check_signer(signed, client_id, address=deletion_uri, get=get, at=at, anchors=anchors)
    except UndeterminedError:
        raise
    except CredentialError as error:
        raise RejectedError("deletion_receipt_invalid", error.code) from error
    if (told.iss, told.request_hash) != (client_id, _hash(request)):
        raise RejectedError("deletion_receipt_invalid", "about another request")
    if told.outcome not in set(Erased):
        raise RejectedError("deletion_receipt_invalid", "an outcome that we do not know")
    return Erased(told.outcome)


def _check_address(client_id: str, deletion_uri: str) -> None:
    own = is_https_url(deletion_uri) and (
        is_hash(client_id) or origin(deletion_uri) == client_origin(client_id)
    )
    if not own:
        raise RejectedError("deletion_receipt_invalid", "not at the asker's host")


def _hash(request: str) -> str:
    return b64url_encode(hashlib.sha256(request.encode()).digest())


def _refuse(detail: str) -> NoReturn:
    raise ProtocolError("invalid_request", detail, code="deletion_request_invalid")
