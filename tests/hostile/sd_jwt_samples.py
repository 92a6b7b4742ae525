"""A workshop for bad SD-JWTs: every part of one can be bent before it is signed."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError
from credentials.formats.base import verify, verify_presentation
from credentials.formats.sd_jwt import digest, join
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.keys import Algorithm, PublicKey, Signer, SoftwareSigner
from credentials.model import Binding
from tests.conftest import NOW

FORMAT = SdJwtVc()
ISSUER = SoftwareSigner.generate(Algorithm.ES256, "did:web:school.example#k")
HOLDER = SoftwareSigner.generate(Algorithm.ES256)
REQUEST = Binding("https://verifier.example", "n-0S6_WzA2Mj")
SALT = b64url_encode(bytes(range(16)))
SECONDS = int(NOW.timestamp())

HEADER: JsonObject = {"alg": "ES256", "kid": "did:web:school.example#k", "typ": "dc+sd-jwt"}
PAYLOAD: JsonObject = {
    "iss": "did:web:school.example",
    "vct": "https://skillspass.example/types/x",
    "iat": SECONDS,
    "exp": SECONDS + int(timedelta(days=365).total_seconds()),
    "cnf": {"jwk": HOLDER.public.jwk()},
}
"""What every sample says unless a test says otherwise."""


def raw_token(header: bytes, payload: bytes, signer: Signer = ISSUER) -> str:
    """A JWS over exactly these octets."""
    signing_input = f"{b64url_encode(header)}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}"


def token(
    payload: JsonObject | None = None,
    *,
    header: JsonObject | None = None,
    base: JsonObject = PAYLOAD,
    signer: Signer = ISSUER,
) -> str:
    """An issuer's JWT with some members added or replaced."""
    return raw_token(
        json.dumps(HEADER | (header or {})).encode(),
        json.dumps(base | (payload or {})).encode(),
        signer,
    )


def disclosure(*parts: JsonValue) -> str:
    """A disclosure of any parts, also of wrong ones."""
    return b64url_encode(json.dumps(parts).encode())


def credential(
    hidden: Sequence[str] = (), payload: JsonObject | None = None, *, base: JsonObject = PAYLOAD
) -> str:
    """A held credential whose ``_sd`` names the disclosures that come with it."""
    digests: JsonObject = {"_sd": [digest(text) for text in hidden]} if hidden else {}
    return join(token(digests | (payload or {}), base=base), hidden)


def key_binding(
    without: str,
    change: JsonObject | None = None,
    *,
    signer: Signer = HOLDER,
    header: JsonObject | None = None,
    leave_out: str = "",
) -> str:
    """A key-binding JWT over a presentation, with members replaced or left out."""
    payload: JsonObject = {
        "iat": SECONDS,
        "aud": REQUEST.audience,
        "nonce": REQUEST.nonce,
        "sd_hash": digest(without),
    }
    payload |= change or {}
    payload.pop(leave_out, None)
    whole: JsonObject = {"alg": signer.public.algorithm.value, "typ": "kb+jwt", **(header or {})}
    return raw_token(json.dumps(whole).encode(), json.dumps(payload).encode(), signer)


def presentation(without: str, change: JsonObject | None = None, *, leave_out: str = "") -> str:
    """A presentation by the holder."""
    return without + key_binding(without, change, leave_out=leave_out)


def accept(wire: str, *, expected: Binding | None = None, key: PublicKey = ISSUER.public) -> None:
    """Check everything that the format checks; a presentation where a request is expected."""
    if expected is None:
        verify(FORMAT, wire, lambda _reference: key, at=NOW)
    else:
        verify_presentation(FORMAT, wire, lambda _reference: key, expected=expected, at=NOW)


def refusal(wire: str, *, expected: Binding | None = None, key: PublicKey = ISSUER.public) -> str:
    """The code with which it is refused."""
    with pytest.raises(CredentialError) as refused:
        accept(wire, expected=expected, key=key)
    return refused.value.code
