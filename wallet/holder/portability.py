"""Take everything along: one file with credentials, keys, claims and log (wallet design, 6).

The archive lies inside a JWE (RFC 7516) that opens with the recovery secret or with a passphrase.
Texts for people are handed in: this module knows no language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    canonical_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.model import Entropy
from wallet.holder import recovery, slots
from wallet.holder.archive import MAX_ARCHIVE_BYTES, pack
from wallet.holder.events import EventType
from wallet.holder.vault import Held, Vault

TYPE = "skillspass-export"
"""``typ`` of the JWE."""

INFO = b"skillspass/export/1"
SALT_BYTES, IV_BYTES, KEY_BYTES, TAG_BYTES = 16, 12, 32, 16

PBES2 = "PBES2-HS512+A256KW"
PBES2_ROUNDS = 600_000
"""What a browser does in about half a second; WebCrypto has no Argon2id."""

MAX_PBES2_ROUNDS = 1_000_000
"""A file must not make its reader work without end."""

MAX_EXPORT_BYTES = 2 * MAX_ARCHIVE_BYTES
"""Of a sealed file: base64url adds a third."""

_ENDINGS = {"dc+sd-jwt": "sd-jwt", "vc+sd-jwt": "sd-jwt", "vc+jwt": "jwt", "jwt_vc_json": "jwt"}
_OWN = {EventType.CLAIM_WRITTEN: "claims", EventType.WISH_WRITTEN: "wishes"}


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens an export: the 20 octets of the recovery card, or a passphrase.

    One of both seals; to open a file, either may be it.
    """

    recovery: bytes | None = None
    passphrase: str | None = None


def secret_from(typed: str) -> Secret:
    """What a person typed: the code of the recovery card where it is one, and a passphrase."""
    try:
        card = recovery.secret_of(typed)
    except RejectedError:
        card = None
    return Secret(card, typed)


def archive_of(vault: Vault, texts: Mapping[str, str]) -> bytes:
    """The archive of a vault.

    Args:
        vault: open.
        texts: ``README.txt`` and ``index.html``, in the worker's language.
    """
    held = vault.held()
    own: dict[str, list[JsonValue]] = {name: [] for name in _OWN.values()}
    for event in vault.events:
        if event.type in _OWN:
            own[_OWN[event.type]].append(event.data)
    claims: JsonObject = {name: [*written] for name, written in own.items()}
    keys: JsonObject = {
        "keys": [each.key | {"kid": each.signer().public.thumbprint} for each in held]
    }
    files = {_name(each): _octets(each) for each in held}
    for event in vault.events:
        if event.type is EventType.FOREIGN_ADDED:
            name = f"credentials/{event.data['id']}.{event.data['ending']}"
            files[name] = b64url_decode(str(event.data["file"]))
    files["keys.jwks"] = canonical_json(keys)
    files["claims.json"] = canonical_json(claims)
    files["log.json"] = canonical_json([event.as_json() for event in vault.events])
    files["migration.json"] = canonical_json([_migration(each) for each in held])
    files |= {name: text.encode() for name, text in texts.items()}
    return pack(files)


def seal_export(archive: bytes, secret: Secret, *, entropy: Entropy, rounds: bool = False) -> str:
    """Seal an archive.

    Args:
        archive: what ``archive_of`` made.
        secret: exactly one of both.
        entropy: for salts, key and nonce.
        rounds: stretch a passphrase as browsers do, instead of with Argon2id.
    """
    salt = entropy(SALT_BYTES)
    header: JsonObject = {"typ": TYPE, "cty": "application/zip", "enc": "A256GCM"}
    wrapped = b""
    if secret.passphrase is not None and rounds:
        header |= {"alg": PBES2, "p2s": b64url_encode(salt), "p2c": PBES2_ROUNDS}
        key = entropy(KEY_BYTES)
        wrapped = aes_key_wrap(_pbes2_key(secret.passphrase, salt, PBES2_ROUNDS), key)
    else:
        kdf = "argon2id" if secret.passphrase is not None else "rec"
        header |= {"alg": "dir", "kdf": kdf, "salt": b64url_encode(salt)}
        key = _direct_key(secret, kdf, salt)
    iv = entropy(IV_BYTES)
    aad = b64url_encode(canonical_json(header))
    sealed = AESGCM(key).encrypt(iv, archive, aad.encode())
    parts = (wrapped, iv, sealed[:-TAG_BYTES], sealed[-TAG_BYTES:])
    return ".".join([aad, *map(b64url_encode, parts)])


def open_export(token: str, secret: Secret) -> bytes:
    """Open an export: the archive in it.

    Raises:
        MalformedError: ``export_invalid``: it is no export of ours.
        RejectedError: ``export_not_opened``: another secret, or any damage.
    """
    if len(token) > MAX_EXPORT_BYTES or token.count(".") != 4:  # noqa: PLR2004 - a JWE
        raise MalformedError("export_invalid", f"{len(token)} characters")
    aad, *rest = token.split(".")
    try:
        header = parse_json_object(b64url_decode(aad), max_bytes=2_048)
        wrapped, iv, ciphertext, tag = map(b64url_decode, rest)
    except CredentialError as error:
        raise MalformedError("export_invalid", error.code) from error
    try:
        key = _key(header, wrapped, secret)
        return AESGCM(key).decrypt(iv, ciphertext + tag, aad.encode())
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        raise RejectedError("export_not_opened", "it does not open") from error


def _key(header: JsonObject, wrapped: bytes, secret: Secret) -> bytes:
    if header.get("typ") != TYPE or header.get("enc") != "A256GCM" or "zip" in header:
        raise MalformedError("export_invalid", "another type or cipher")
    if header.get("alg") == PBES2:
        rounds = header.get("p2c")
        if type(rounds) is not int or not PBES2_ROUNDS <= rounds <= MAX_PBES2_ROUNDS:
            raise MalformedError("export_invalid", "p2c")
        if secret.passphrase is None:
            raise RejectedError("export_not_opened", "made with a passphrase")
        kek = _pbes2_key(secret.passphrase, _salt(header, "p2s"), rounds)
        return aes_key_unwrap(kek, wrapped)
    if header.get("alg") != "dir" or wrapped or header.get("kdf") not in {"rec", "argon2id"}:
        raise MalformedError("export_invalid", "another alg")
    return _direct_key(secret, str(header["kdf"]), _salt(header, "salt"))


def _direct_key(secret: Secret, kdf: str, salt: bytes) -> bytes:
    if kdf == "rec":
        if secret.recovery is None:
            raise RejectedError("export_not_opened", "made with the recovery card")
        octets = secret.recovery
    else:
        if secret.passphrase is None:
            raise RejectedError("export_not_opened", "made with a passphrase")
        octets = Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=slots.ARGON2_PASSES,
            lanes=1,
            memory_cost=slots.ARGON2_MEMORY_KIB,
        ).derive(secret.passphrase.encode())
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=INFO).derive(octets)


def _pbes2_key(passphrase: str, salt: bytes, rounds: int) -> bytes:
    whole = PBES2.encode() + b"\0" + salt  # RFC 7518, section 4.8.1.1
    return PBKDF2HMAC(
        algorithm=hashes.SHA512(), length=KEY_BYTES, salt=whole, iterations=rounds
    ).derive(passphrase.encode())


def _salt(header: JsonObject, name: str) -> bytes:
    value = header.get(name)
    try:
        salt = b64url_decode(value) if isinstance(value, str) else b""
    except CredentialError as error:
        raise MalformedError("export_invalid", name) from error
    if len(salt) != SALT_BYTES:
        raise MalformedError("export_invalid", name)
    return salt


def _name(held: Held) -> str:
    ending = _ENDINGS.get(held.format, "json") if isinstance(held.wire, str) else "json"
    return f"credentials/{held.id}.{ending}"


def _octets(held: Held) -> bytes:
    return held.wire.encode() if isinstance(held.wire, str) else canonical_json(held.wire)


def _migration(held: Held) -> JsonObject:
    """Where to ask for the same credential again, without any key."""
    return {
        "credential": held.id,
        "issuer": held.giver.id,
        "type": held.parsed().credential.type,
        "host": held.giver.host,
    }
