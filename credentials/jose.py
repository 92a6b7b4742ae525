"""Compact JWS (RFC 7515) and JWE (RFC 7516): one strict reader, few algorithms (RFC 8725)."""

import string
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag

from credentials.encoding import (
    JsonObject,
    b64url_decode,
    b64url_encode,
    b64url_spell,
    compact_json,
    parse_json_object,
)
from credentials.errors import MalformedError, ProofInvalid, RejectedError
from credentials.keys import (
    Algorithm,
    SigningKey,
    SoftwareSigner,
    VerifyingKey,
    public_key_from_jwk,
)
from credentials.limits import MAX_JSON_ITEMS, MAX_TOKEN_BYTES

MAX_HEADER_BYTES = 16 * 1024
"""A header names an algorithm and a key; with a certificate chain it stays under 8 kB."""

CONTENT_ENCRYPTION = ("A128GCM", "A256GCM")
"""What HAIP 1.0 asks of every wallet and verifier."""

_OF_NO_KEY = frozenset(
    [
        *("ES256K", "ES512", "ESB256", "ESB384", "RS1", "RS256", "RS384", "RS512"),
        *("PS256", "PS384", "PS512", "Ed448", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
    ]
)
"""Signature algorithms by name, to tell a foreign key from a trick such as ``none``."""

_NAMED = _OF_NO_KEY.union(Algorithm)
_NONE: frozenset[str] = frozenset()
_HEADER_KEYS = ("jwk", "jku", "x5u")
_TOKEN = (string.ascii_letters + string.digits + "_-=+/\r\n.~").encode("ascii")
"""Also the loose spellings of base64, which are then refused by their own name."""

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, where datetimes end."""

_JWS_PARTS = 3
_JWE_PARTS = 5
_IV_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed JWS. Nothing in it is true until ``verify`` has returned."""

    header: JsonObject
    payload: JsonObject
    signing_input: bytes
    signature: bytes

    def verify(self, key: VerifyingKey) -> None:
        """Check the signature under a key that the caller trusts.

        Raises:
            ProofInvalid: ``alg_key_mismatch`` or ``signature_invalid``.
        """
        _check_signature(self.header, self.signing_input, self.signature, key)


def sign_compact(header: JsonObject, payload: JsonObject | bytes, signer: SigningKey) -> str:
    """Sign a payload, or its JSON; ``alg`` comes from the key, ``kid`` only from ``header``."""
    protected = compact_json({**header, "alg": str(signer.public.algorithm)})
    octets = payload if isinstance(payload, bytes) else compact_json(payload)
    signing_input = b"%b.%b" % (b64url_spell(protected), b64url_spell(octets))
    signature = b64url_spell(signer.sign(signing_input))
    return (signing_input + b"." + signature).decode("ascii")


@dataclass(frozen=True, slots=True)
class Budget:
    """How large a token may be: in characters, and in keys and list items of its payload."""

    octets: int = MAX_TOKEN_BYTES
    items: int = MAX_JSON_ITEMS


_USUAL = Budget()


def check_token_text(token: str, *, max_octets: int = MAX_TOKEN_BYTES) -> None:
    """The text can be a token: its characters, no blank around it, within the limit.

    Raises:
        MalformedError: ``token_malformed``.
    """
    if not token or len(token) > max_octets:
        raise MalformedError("token_malformed", f"{len(token)} characters")
    foreign = not token.isascii() or token.encode("ascii").translate(None, _TOKEN)
    if foreign or token[0] in "\r\n" or token[-1] in "\r\n":
        raise MalformedError("token_malformed", "a character that no token holds")


def peek(
    token: str,
    *,
    typ: frozenset[str],
    header_key: bool = False,
    chain: bool = False,
    also: frozenset[str] = _NONE,
    budget: Budget = _USUAL,
) -> Jws:
    """Read a compact JWS without checking its signature.

    Args:
        token: three parts of strict base64url.
        typ: the token types that may stand here, compared exactly; an empty one allows none.
        header_key: the token's own type says that its key travels in the header (a proof of
            possession); elsewhere a key in the header is no way to name one.
        chain: the caller checks a certificate chain in the header (``certificates.check_chain``).
        also: algorithms beyond ours for which the caller has a key of its own; empty in the
            product.
        budget: how large it may be; another one only where a document is larger by its nature.

    Raises:
        MalformedError: ``token_malformed``, ``jws_expected`` (a JWE), ``base64_not_strict``,
            ``typ_not_allowed``, ``crit_unknown``, or as ``parse_json``.
        RejectedError: ``alg_not_allowed``, ``alg_key_mismatch`` (an algorithm that none of our
            keys has), ``key_not_from_issuer`` (only a key of the sender's own), ``x5c_invalid``
            (only a certificate chain, and none is looked at here).
    """
    check_token_text(token, max_octets=budget.octets)
    header, encoded, signing_input, signature = _read(token, typ, also)
    if not header_key and "kid" not in header:
        _refuse_key_of_sender(header, chain=chain)
    octets = b64url_decode(encoded)
    payload = parse_json_object(octets, max_bytes=budget.octets, max_items=budget.items)
    return Jws(header, payload, signing_input, signature)


def _refuse_key_of_sender(header: JsonObject, *, chain: bool) -> None:
    if any(name in header for name in _HEADER_KEYS):
        raise ProofInvalid("key_not_from_issuer", "the header brings its own key")
    if "x5c" in header and not chain:
        raise ProofInvalid("x5c_invalid", "no anchor of certificates is known")


def numeric_date(payload: JsonObject, name: str) -> datetime | None:
    """A NumericDate of a JWT (RFC 7519, section 2); None where it is absent.

    Raises:
        MalformedError: ``date_invalid`` for no number, a negative one, or one past the year 9999.
    """
    if name not in payload:
        return None
    value = payload[name]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise MalformedError("date_invalid", f"{name} is no number")
    if not 0 <= value <= _LAST_SECOND:
        raise MalformedError("date_invalid", f"{name} lies outside the calendar")
    return datetime.fromtimestamp(value, UTC)


def _read(
    token: str, typ: frozenset[str], also: frozenset[str]
) -> tuple[JsonObject, str, bytes, bytes]:
    """The header, the payload as it is spelled, what was signed, and the signature."""
    parts = token.split(".")
    if len(parts) == _JWE_PARTS:
        raise MalformedError("jws_expected", "an encrypted token")
    if len(parts) != _JWS_PARTS or "~" in token:
        raise MalformedError("token_malformed", f"{len(parts)} parts, expected {_JWS_PARTS}")
    protected, encoded, signature = parts
    header = _protected_header(protected)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _NAMED:
        raise RejectedError("alg_not_allowed", "not ES256, ES384 or EdDSA")
    if algorithm in _OF_NO_KEY and algorithm not in also:
        raise ProofInvalid("alg_key_mismatch", "no key of ours has this algorithm")
    kind = header.get("typ", "")
    if not isinstance(kind, str) or kind not in typ:
        raise MalformedError("typ_not_allowed", f"expected {', '.join(sorted(typ))}")
    signing_input = token[: len(protected) + 1 + len(encoded)].encode("ascii")
    return header, encoded, signing_input, b64url_decode(signature)


def _protected_header(encoded: str) -> JsonObject:
    header = parse_json_object(b64url_decode(encoded), max_bytes=MAX_HEADER_BYTES)
    if "crit" in header or "b64" in header:
        raise MalformedError("crit_unknown", "we know no critical header")
    if not isinstance(header.get("kid", ""), str):
        raise MalformedError("token_malformed", "kid is no string")
    return header


def _check_signature(
    header: JsonObject, signing_input: bytes, signature: bytes, key: VerifyingKey
) -> None:
    if header.get("alg") != key.algorithm:
        raise ProofInvalid("alg_key_mismatch", f"the key is for {key.algorithm}")
    key.verify(signature, signing_input)


def generate_encryption_key() -> JsonObject:
    """A fresh private JWK for ECDH-ES on P-256; its ``kid`` is the thumbprint."""
    signer = SoftwareSigner.generate(Algorithm.ES256)
    usage: JsonObject = {"use": "enc", "alg": "ECDH-ES", "kid": signer.public.thumbprint}
    return signer.private_jwk() | usage


def public_encryption_key(private_jwk: JsonObject) -> JsonObject:
    """The public half of an encryption key, as it is published."""
    return {name: value for name, value in private_jwk.items() if name != "d"}


def encrypt_compact(
    payload: bytes,
    recipient_jwk: JsonObject,
    *,
    enc: str = "A128GCM",
    kid: str | None = None,
    apu: bytes | None = None,
    apv: bytes | None = None,
    cty: str | None = None,
) -> str:
    """Encrypt to a P-256 key with ECDH-ES, direct key agreement (RFC 7518, 4.6).

    Args:
        payload: the plaintext.
        recipient_jwk: the public key; a private one is refused.
        enc: A128GCM or A256GCM.
        kid: how the recipient finds the key; by default the ``kid`` of ``recipient_jwk``.
        apu: agreement information of the sender, raw.
        apv: agreement information of the recipient, raw.
        cty: what the plaintext is, where that must be said: ``JWT`` for a signed token.

    Raises:
        MalformedError: ``key_invalid``.
        RejectedError: ``alg_not_allowed`` for another ``enc``.
    """
    from jwcrypto.jwe import JWE  # noqa: PLC0415 - costs 0.1 s, and signatures need none of it
    from jwcrypto.jwk import JWK  # noqa: PLC0415 - as above

    if enc not in CONTENT_ENCRYPTION:
        raise RejectedError("alg_not_allowed", "enc is not A128GCM or A256GCM")
    header: JsonObject = {"alg": "ECDH-ES", "enc": enc}
    key_id = kid if kid is not None else recipient_jwk.get("kid")
    if isinstance(key_id, str):
        header["kid"] = key_id
    if cty is not None:
        header["cty"] = cty
    header |= {
        name: b64url_encode(octets) for name, octets in (("apu", apu), ("apv", apv)) if octets
    }
    jwe = JWE(payload, compact_json(header).decode("utf-8"), algs=["ECDH-ES", enc])
    jwe.add_recipient(JWK(**_agreement_members(recipient_jwk)))
    return str(jwe.serialize(compact=True))


def encryption_key_id(token: str) -> str | None:
    """The ``kid`` of a JWE, so that its private key can be found.

    Raises:
        CredentialError: as ``decrypt_compact``.
    """
    key_id = _jwe_header(token).get("kid")
    return key_id if isinstance(key_id, str) else None


def decrypt_compact(token: str, private_jwk: JsonObject) -> bytes:
    """Decrypt a compact JWE made for one of our keys.

    Raises:
        MalformedError: ``token_malformed``, ``jwe_zip_not_allowed``, ``crit_unknown``,
            ``key_invalid`` (the sender's ephemeral key), or as the strict readers.
        RejectedError: ``alg_not_allowed``; ``encryption_key_unknown`` when it was made for
            another key or does not open with this one.
    """
    from jwcrypto.common import JWException  # noqa: PLC0415 - as in ``encrypt_compact``
    from jwcrypto.jwe import JWE  # noqa: PLC0415 - as above
    from jwcrypto.jwk import JWK  # noqa: PLC0415 - as above

    header = _jwe_header(token)
    ours = private_jwk.get("kid")
    if "kid" in header and ours is not None and header["kid"] != ours:
        raise RejectedError("encryption_key_unknown", "made for another key")
    secret = private_jwk.get("d")
    if not isinstance(secret, str):
        raise MalformedError("key_invalid", "no private key")
    key = JWK(**_agreement_members(public_encryption_key(private_jwk)), d=secret)
    try:
        jwe = JWE(algs=["ECDH-ES", str(header["enc"])])
        jwe.deserialize(token, key)
    except (JWException, InvalidTag, ValueError) as error:
        raise RejectedError("encryption_key_unknown", "it does not open") from error
    return bytes(jwe.payload)


def _jwe_header(token: str) -> JsonObject:
    """Hold a JWE against every rule that needs no key."""
    check_token_text(token)
    parts = token.split(".")
    if len(parts) != _JWE_PARTS or "~" in token:
        raise MalformedError("token_malformed", f"expected {_JWE_PARTS} parts")
    protected, encrypted_key, iv, ciphertext, tag = parts
    header = _protected_header(protected)
    if "zip" in header:
        raise MalformedError("jwe_zip_not_allowed", "it could swell")
    if header.get("alg") != "ECDH-ES" or header.get("enc") not in CONTENT_ENCRYPTION:
        raise RejectedError("alg_not_allowed", "not ECDH-ES with A128GCM or A256GCM")
    b64url_decode(ciphertext)
    sizes = len(b64url_decode(iv)), len(b64url_decode(tag))
    if encrypted_key or sizes != (_IV_BYTES, _TAG_BYTES):
        raise MalformedError("token_malformed", "parts of another length")
    for name in ("apu", "apv"):
        information = header.get(name, "")
        if not isinstance(information, str):
            raise MalformedError("token_malformed", f"{name} is no string")
        b64url_decode(information)
    ephemeral = header.get("epk")
    if not isinstance(ephemeral, dict):
        raise MalformedError("key_invalid", "no ephemeral key")
    _agreement_members(ephemeral)
    return header


def _agreement_members(jwk: JsonObject) -> dict[str, str]:
    """The members of a public P-256 key that may agree on a secret, point checked."""
    if jwk.get("use", "enc") != "enc" or jwk.get("alg", "ECDH-ES") != "ECDH-ES":
        raise MalformedError("key_invalid", "not meant for ECDH-ES")
    bare = {name: value for name, value in jwk.items() if name in {"kty", "crv", "x", "y", "d"}}
    key = public_key_from_jwk(bare)
    if key.algorithm is not Algorithm.ES256:
        raise MalformedError("key_invalid", "expected P-256")
    return {name: str(value) for name, value in key.jwk().items()}
