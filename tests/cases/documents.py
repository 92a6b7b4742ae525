"""Cases of what is fetched: DID documents, status lists, and encrypted messages."""

import zlib
from datetime import timedelta

from credentials import dids, jose
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    compact_json,
    parse_json_object,
)
from credentials.keys import public_key_from_jwk
from credentials.status import token_status_list
from tests.cases.case import Case
from tests.cases.keys import ed25519_signer, p256, p384
from tests.conftest import NOW

DID = "did:web:school.example"
FIRST, SECOND, THIRD = p256("first"), p384("second"), ed25519_signer("third")
URI = "https://school.example/status/1"
LIST_KEY = p256("list", f"{DID}#k")
PLAIN = bytes(range(200))

METHOD: JsonObject = {
    "id": f"{DID}#k",
    "type": "JsonWebKey",
    "controller": DID,
    "publicKeyJwk": FIRST.public.jwk(),
}
MULTIKEY: JsonObject = {
    "id": "#m",
    "type": "Multikey",
    "controller": DID,
    "publicKeyMultibase": THIRD.public.multikey(),
}

DOCUMENTS: dict[str, JsonObject] = {
    "two keys": {"id": DID, "verificationMethod": [METHOD, MULTIKEY], "assertionMethod": ["#m"]},
    "as we write it": dids.write_document(DID, [FIRST.public, SECOND.public, THIRD.public]),
    "embedded": {"id": DID, "authentication": [METHOD]},
    "of another": {"id": "did:web:evil.example"},
    "without id": {},
    "controlled by another": {
        "id": DID,
        "verificationMethod": [METHOD | {"controller": "did:x:y"}],
    },
    "method of another": {
        "id": DID,
        "verificationMethod": [METHOD | {"id": "did:web:x.example#k"}],
    },
    "method without id": {"id": DID, "verificationMethod": [{"controller": DID}]},
    "method no object": {"id": DID, "verificationMethod": ["#k"]},
    "unknown type": {"id": DID, "verificationMethod": [METHOD | {"type": "X"}]},
    "unknown curve": {
        "id": DID,
        "verificationMethod": [METHOD | {"publicKeyJwk": {"kty": "EC", "crv": "secp256k1"}}],
    },
    "broken key": {
        "id": DID,
        "verificationMethod": [METHOD | {"publicKeyJwk": FIRST.public.jwk() | {"y": "AA"}}],
    },
    "one id, two keys": {
        "id": DID,
        "verificationMethod": [METHOD, METHOD | {"publicKeyJwk": SECOND.public.jwk()}],
    },
    "both spellings": {
        "id": DID,
        "verificationMethod": [METHOD | {"publicKeyMultibase": THIRD.public.multikey()}],
    },
    "no list": {"id": DID, "verificationMethod": {}},
    "too long": {"id": DID, "assertionMethod": ["#k"] * 65},
    "dangling name": {"id": DID, "verificationMethod": [METHOD], "assertionMethod": ["#gone"]},
}

NAMES = [
    *("did:web:school.example", "did:web:school.example:o:firm", "did:web:x.example%3A8443"),
    *("did:web:x.example%3A443", "did:web:x.example%3A99999", "did:web:127.0.0.1", "did:web:[::1]"),
    *("did:web:0x7f000001", "did:web:1", "did:web:x.1", "did:web:School.example", "did:web:"),
    *("did:web:x..example", "did:web:x.example:", "did:web:x.example:..", "did:web:x.example:%2e"),
    *("did:web:x.example/a", "did:key:z6Mk", "did:web:" + "a" * 600, "did:web:x.example:a b"),
    *("did:web:localhost", "did:web:-x.example", "did:web:x.example.", "did:web:user@x.example"),
]

SELF_NAMED = [
    *(dids.did_key(key.public) for key in (FIRST, SECOND, THIRD)),
    *(dids.did_jwk(key.public) for key in (FIRST, SECOND, THIRD)),
    "did:jwk:" + b64url_encode(compact_json(FIRST.private_jwk())),
    *("did:jwk:e30", "did:jwk:!!", "did:jwk:" + "A" * 3000, "did:key:z", "did:key:f00"),
    *("did:key:" + dids.did_key(FIRST.public)[8:-1] + "1", "did:example:x", "web"),
    "did:key:u" + b64url_encode(bytes([0x80, 0x24]) + bytes(33)),
]


def key_cases() -> dict[str, JsonObject]:
    """Public JWKs, by a name."""
    first = FIRST.public.jwk()
    small: JsonObject = {"kty": "OKP", "crv": "Ed25519"}
    return {
        "P-256": first,
        "P-384": SECOND.public.jwk(),
        "Ed25519": THIRD.public.jwk(),
        "alg and use": first | {"alg": "ES256", "use": "sig", "kid": "k", "key_ops": ["verify"]},
        "for encryption": first | {"use": "enc"},
        "key_ops of another": first | {"key_ops": ["sign"]},
        "alg of another": first | {"alg": "ES384"},
        "private": FIRST.private_jwk(),
        "wrong kty": first | {"kty": "OKP"},
        "no crv": {"kty": "EC"},
        "symmetric": {"kty": "oct", "k": "AA"},
        "secp256k1": first | {"crv": "secp256k1"},
        "swapped": first | {"x": first["y"], "y": first["x"]},
        "zeros": first | {"x": b64url_encode(bytes(32)), "y": b64url_encode(bytes(32))},
        "all ones": first | {"x": b64url_encode(b"\xff" * 32)},
        "short": first | {"x": b64url_encode(bytes(31))},
        "padded": first | {"x": str(first["x"]) + "="},
        "small order": small | {"x": b64url_encode(bytes(32))},
        "identity": small | {"x": b64url_encode(b"\1" + bytes(31))},
        "not a point": small | {"x": b64url_encode(b"\2" + bytes(31))},
        "height too large": small | {"x": b64url_encode(b"\xff" * 32)},
    }


def status_cases() -> dict[str, JsonObject]:
    """Status list tokens and a place in them, by a name."""
    compressed = token_status_list.encode([0, 1, 2, 0, 3, 0, 0, 1], bits=2)
    good = sealed(b64url_encode(compressed), 2)
    base: JsonObject = {"token": good, "uri": URI, "index": 1, "at": int(NOW.timestamp())}
    base["key"] = LIST_KEY.public.jwk()
    bomb = zlib.compress(bytes(9 * 1024 * 1024), 9)
    later = int((NOW + timedelta(days=2)).timestamp())
    return {
        **{f"index {i}": base | {"index": i} for i in (0, 1, 2, 4, 7, 8, -1)},
        "index 1.5": base | {"index": 1.5},
        "another address": base | {"uri": "https://evil.example/1"},
        "over": base | {"at": later},
        "ahead": base | {"at": int(NOW.timestamp()) - 61},
        "another key": base | {"key": FIRST.public.jwk()},
        "another type": base
        | {"token": jose.sign_compact({"typ": "JWT", "kid": "k"}, {"sub": URI}, LIST_KEY)},
        "no token": base | {"token": "x"},
        "three bits": base | {"token": sealed(b64url_encode(compressed), 3)},
        "no zlib": base | {"token": sealed(b64url_encode(b"abcdefgh"), 1)},
        "cut short": base | {"token": sealed(b64url_encode(compressed[:-2]), 2)},
        "more behind": base | {"token": sealed(b64url_encode(compressed + b"xxxx"), 2)},
        "bomb": base | {"token": sealed(b64url_encode(bomb), 1)},
        "no list": base
        | {
            "token": jose.sign_compact(
                {"typ": "statuslist+jwt"}, {"sub": URI, "iat": int(NOW.timestamp())}, LIST_KEY
            )
        },
    }


def sealed(lst: str, bits: int) -> str:
    """A status list token, sound but for its list."""
    payload: JsonObject = {
        "sub": URI,
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(days=1)).timestamp()),
        "ttl": 900,
        "status_list": {"bits": bits, "lst": lst},
    }
    return jose.sign_compact({"typ": "statuslist+jwt", "kid": f"{DID}#k"}, payload, LIST_KEY)


def encrypted_cases() -> dict[str, JsonObject]:
    """Encrypted tokens and the key to open them, by a name."""
    key = FIRST.private_jwk() | {"use": "enc", "alg": "ECDH-ES", "kid": "e"}
    public = jose.public_encryption_key(key)
    good = jose.encrypt_compact(PLAIN, public, enc="A256GCM", apu=b"us", apv=b"you")
    parts = good.split(".")
    plain = jose.encrypt_compact(b"short", public)

    def with_header(change: JsonObject) -> str:
        header = parse_json_object(b64url_decode(parts[0])) | change
        return ".".join([b64url_encode(compact_json(header)), *parts[1:]])

    return {
        "A256GCM": {"token": good, "key": key},
        "A128GCM": {"token": plain, "key": key},
        "another key": {"token": good, "key": p256("other").private_jwk()},
        "another kid": {"token": good, "key": key | {"kid": "x"}},
        "public key": {"token": good, "key": public},
        "four parts": {"token": ".".join(parts[:4]), "key": key},
        "a wrapped key": {"token": ".".join([parts[0], "AAAA", *parts[2:]]), "key": key},
        "short tag": {"token": ".".join([*parts[:4], "AAAA"]), "key": key},
        "short iv": {"token": ".".join([*parts[:2], "AAAA", *parts[3:]]), "key": key},
        "flipped": {"token": ".".join([*parts[:3], "A" + parts[3][1:], parts[4]]), "key": key},
        "no header": {"token": ".".join(["e30", *parts[1:]]), "key": key},
        "zip": {"token": with_header({"zip": "DEF"}), "key": key},
        "crit": {"token": with_header({"crit": ["x"]}), "key": key},
        "PBES2": {"token": with_header({"alg": "PBES2-HS512+A256KW"}), "key": key},
        "A192GCM": {"token": with_header({"enc": "A192GCM"}), "key": key},
        "apu no text": {"token": with_header({"apu": 5}), "key": key},
        "no epk": {"token": with_header({"epk": "x"}), "key": key},
        "epk off the curve": {
            "token": with_header({"epk": FIRST.public.jwk() | {"y": "AAAA"}}),
            "key": key,
        },
        "epk on P-384": {"token": with_header({"epk": SECOND.public.jwk()}), "key": key},
    }


def cases() -> list[Case]:
    """Everything of this subject."""
    groups: dict[str, dict[str, JsonObject]] = {
        "document": {name: {"document": each} for name, each in DOCUMENTS.items()},
        "address": {did[:40]: {"did": did} for did in NAMES},
        "self-named": {f"{i} {did[:12]}": {"did": did} for i, did in enumerate(SELF_NAMED)},
        "key": {name: {"jwk": jwk} for name, jwk in key_cases().items()},
        "status": status_cases(),
        "encrypted": encrypted_cases(),
    }
    return [
        Case(f"{kind} {name}", kind, given)
        for kind, group in groups.items()
        for name, given in group.items()
    ]


def described(document: dids.DidDocument) -> JsonObject:
    """The keys of a document and what they serve."""
    methods: JsonObject = {name: key.thumbprint for name, key in document.methods.items()}
    serving: JsonObject = {
        purpose: [*sorted(names)] for purpose, names in document.relationships.items()
    }
    return {"id": document.id, "methods": methods, "serving": serving}


def read_document(given: JsonObject) -> JsonValue:
    """The keys of a did:web document."""
    body = given["document"]
    assert isinstance(body, dict)
    return described(dids.resolve(DID, lambda _: compact_json(body)))


def read_self_named(given: JsonObject) -> JsonValue:
    """The keys of a DID that needs no fetch."""

    def refuse(url: str) -> bytes:
        raise AssertionError(url)

    return described(dids.resolve(str(given["did"]), refuse))


def read_key(given: JsonObject) -> JsonValue:
    """The thumbprint of a key."""
    jwk = given["jwk"]
    assert isinstance(jwk, dict)
    return public_key_from_jwk(jwk).thumbprint


def read_status(given: JsonObject) -> JsonValue:
    """One status out of a token."""
    jwk = given["key"]
    assert isinstance(jwk, dict)
    at = NOW.fromtimestamp(float(str(given["at"])), NOW.tzinfo)
    found = token_status_list.read_list(
        str(given["token"]), uri=str(given["uri"]), key=public_key_from_jwk(jwk), at=at
    )
    index = given["index"]
    return found.status(index)  # type: ignore[arg-type] # also what is no index


def decrypt(given: JsonObject) -> JsonValue:
    """The plaintext."""
    key = given["key"]
    assert isinstance(key, dict)
    return b64url_encode(jose.decrypt_compact(str(given["token"]), key))


ANSWERS = {
    "document": read_document,
    "address": lambda given: dids.document_url(str(given["did"])),
    "self-named": read_self_named,
    "key": read_key,
    "status": read_status,
    "encrypted": decrypt,
}
