"""A workshop for SD-JWT credentials with fixed keys, sound ones and bent ones."""

import json

from credentials import dids
from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.formats import FORMATS
from credentials.formats.sd_jwt import digest, join
from credentials.keys import Signer
from credentials.model import (
    Binding,
    Credential,
    Purpose,
    StatusKind,
    StatusReference,
    Validity,
)
from tests.cases.keys import entropy, p256
from tests.conftest import NOW

SECONDS = int(NOW.timestamp())
YEAR = 365 * 86_400
ISSUER = p256("issuer", "did:web:school.example#k")
HOLDER = p256("holder")
OTHER = p256("other")
REQUEST = Binding("decentralized_identifier:did:web:firm.example", "n-0S6_WzA2Mj")
HEADER: JsonObject = {"alg": "ES256", "kid": "did:web:school.example#k", "typ": "dc+sd-jwt"}
PAYLOAD: JsonObject = {
    "iss": "did:web:school.example",
    "vct": "https://skillspass.example/types/heftruck",
    "iat": SECONDS,
    "exp": SECONDS + YEAR,
    "cnf": {"jwk": HOLDER.public.jwk()},
}
SALT = b64url_encode(bytes(range(16)))


def signed(header: str, payload: str, signer: Signer = ISSUER) -> str:
    """A JWS over exactly these texts."""
    signing_input = f"{b64url_encode(header.encode())}.{b64url_encode(payload.encode())}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}"


def token(
    payload: JsonObject | None = None, header: JsonObject | None = None, signer: Signer = ISSUER
) -> str:
    """An issuer's JWT with members added, replaced, or taken out by None."""
    parts = (HEADER | (header or {}), PAYLOAD | (payload or {}))
    first, second = (json.dumps({k: v for k, v in part.items() if v is not None}) for part in parts)
    return signed(first, second, signer)


def disclosure(*parts: JsonValue) -> str:
    """A disclosure of any parts, also of wrong ones."""
    return b64url_encode(json.dumps(parts).encode())


ROLE = disclosure(SALT, "role", "lasser")
NAME = disclosure(SALT, "given_name", "Sam")
ELEMENT = disclosure(SALT, "mag")


def held(*hidden: str, payload: JsonObject | None = None) -> str:
    """A credential whose ``_sd`` names the disclosures that come with it."""
    digests: JsonObject = {"_sd": [digest(text) for text in hidden]} if hidden else {}
    return join(token(digests | (payload or {})), hidden)


def issued(format_id: str, seed: str) -> str:
    """A whole credential, made by our issuer."""
    claims: JsonObject = {
        "given_name": "Sam",
        "family_name": "Bakker",
        "skills": [{"skill": "mag", "level": 2}, {"skill": "tig", "level": 1}],
        "language": "nl",
    }
    status = StatusReference(StatusKind.TOKEN, "https://school.example/status/1", 4711)
    if format_id != "dc+sd-jwt":
        uri = "https://school.example/status/2"
        status = StatusReference(StatusKind.BITSTRING, uri, 4711, Purpose.REVOCATION)
    credential = Credential(
        type="https://skillspass.example/types/heftruck",
        issuer="did:web:school.example",
        claims=claims,
        issued_at=NOW,
        validity=Validity(NOW, None),
        status=(status,),
    )
    wire = FORMATS[format_id].issue(
        credential,
        ISSUER,
        holder=HOLDER.public,
        disclosable=frozenset(
            [(name,) for name in claims if name != "language"]
            + [("skills", None), ("skills", None, "level")]
        ),
        entropy=entropy(seed),
    )
    return str(wire)


DC = issued("dc+sd-jwt", "dc")
VC = issued("vc+sd-jwt", "vc")


def bound(
    without: str,
    change: JsonObject | None = None,
    *,
    header: JsonObject | None = None,
    signer: Signer = HOLDER,
) -> str:
    """A presentation: a key-binding JWT with members replaced, or taken out by None."""
    payload: JsonObject = {
        "iat": SECONDS,
        "aud": REQUEST.audience,
        "nonce": REQUEST.nonce,
        "sd_hash": digest(without),
        **(change or {}),
    }
    whole: JsonObject = {"alg": "ES256", "typ": "kb+jwt", **(header or {})}
    kept = {name: value for name, value in payload.items() if value is not None}
    return without + signed(json.dumps(whole), json.dumps(kept), signer)


def did_jwk(signer: Signer) -> str:
    """The did:jwk of a signer."""
    return dids.did_jwk(signer.public)
