"""What an asker tells about itself in ``client_metadata`` (OpenID4VP 1.0, sections 8.3 and 11).

The formats are said exactly: what stands here is what ``formats`` and ``cryptosuites`` read.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from credentials import jose
from credentials.cryptosuites import CRYPTOSUITES, SELECTIVE_CRYPTOSUITES
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, UnsupportedError
from credentials.keys import Algorithm, public_key_from_jwk
from credentials.openid4vc.message import WIRE, WireObject


class ClientMetadata(BaseModel):
    """The members that count; others are ignored (section 11.1)."""

    model_config = WIRE
    jwks: WireObject | None = None
    encrypted_response_enc_values_supported: (
        Annotated[list[str], Field(min_length=1, max_length=20)] | None
    ) = None
    vp_formats_supported: WireObject | None = None
    client_name: Annotated[str, Field(max_length=200)] | None = None


def formats_supported() -> JsonObject:
    """``vp_formats_supported``: every format, algorithm and suite that we check (appendix B)."""
    algorithms: list[JsonValue] = [each.value for each in Algorithm]
    selective: JsonObject = {"sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": algorithms}
    suites = [name for _, name in CRYPTOSUITES if name is not None]
    return {
        "dc+sd-jwt": {**selective},
        "vc+sd-jwt": {**selective},
        "ldp_vc": {
            "proof_type_values": [*dict.fromkeys(kind for kind, _ in CRYPTOSUITES)],
            "cryptosuite_values": [*suites, *SELECTIVE_CRYPTOSUITES],
        },
        "jwt_vc_json": {"alg_values": algorithms},
    }


def write_metadata(*, encryption_jwk: JsonObject | None, client_name: str | None) -> JsonObject:
    """The metadata of one request; ``encryption_jwk`` is made for it, its public half is sent.

    Without a key the answer comes as it is (``direct_post``).
    """
    metadata: JsonObject = {"vp_formats_supported": formats_supported()}
    if encryption_jwk is not None:
        metadata["jwks"] = {"keys": [jose.public_encryption_key(encryption_jwk)]}
        metadata["encrypted_response_enc_values_supported"] = [*jose.CONTENT_ENCRYPTION]
    if client_name is not None:
        metadata["client_name"] = client_name
    return metadata


def encryption_key(metadata: ClientMetadata) -> JsonObject:
    """The first key we can encrypt to; others are passed over (section 8.3).

    Raises:
        UnsupportedError: ``response_encryption_unsupported``.
    """
    found = usable_key(metadata.jwks or {})
    if found is None:
        raise UnsupportedError("response_encryption_unsupported", "no P-256 key for ECDH-ES")
    return found


def usable_key(jwks: JsonObject) -> JsonObject | None:
    """The first public key of a set for ECDH-ES on P-256 that has a ``kid``; None without one."""
    keys = jwks.get("keys")
    for jwk in keys if isinstance(keys, list) else []:
        if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
            continue
        if jwk.get("use", "enc") == "enc" and jwk.get("alg") == "ECDH-ES" and _is_p256(jwk):
            return jwk
    return None


def content_encryption(metadata: ClientMetadata) -> str:
    """A256GCM where it is offered, else A128GCM, which is offered unless others are named (8.3).

    Raises:
        UnsupportedError: ``response_encryption_unsupported``.
    """
    offered = metadata.encrypted_response_enc_values_supported or ["A128GCM"]
    for enc in ("A256GCM", "A128GCM"):
        if enc in offered:
            return enc
    raise UnsupportedError("response_encryption_unsupported", "neither A128GCM nor A256GCM")


def _is_p256(jwk: Mapping[str, object]) -> bool:
    members = {name: str(jwk.get(name)) for name in ("kty", "crv", "x", "y")}
    try:
        public_key_from_jwk(dict(members))
    except CredentialError:
        return False
    return members["crv"] == "P-256" and "d" not in jwk
