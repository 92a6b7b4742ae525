"""Cases of what is fetched: DID documents, status lists, and encrypted messages."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta

from credentials import dids, jose
from credentials.cryptosuites import ECDSA_JCS_2019, EDDSA_JCS_2022, ProofOptions
from credentials.data_model import format_time
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    compact_json,
)
from credentials.errors import UndeterminedError
from credentials.keys import Algorithm, Signer, public_key_from_jwk
from credentials.model import Purpose
from credentials.status import bitstring_status_list, token_status_list
from credentials.status_checks import check_newest
from tests.cases.case import Case
from tests.cases.encrypted import decrypt, encrypted_cases
from tests.cases.keys import ed25519_signer, p256, p384
from tests.conftest import NOW
from wallet.holder.newest import Newest

DID = "did:web:school.example"
FIRST, SECOND, THIRD = p256("first"), p384("second"), ed25519_signer("third")
URI = "https://school.example/status/1"
LIST_KEY = p256("list", f"{DID}#k")
ED_LIST_KEY = ed25519_signer("list", f"{DID}#k")
CONTEXTS = ["https://www.w3.org/ns/credentials/v2"]

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


def bitstring_cases() -> dict[str, JsonObject]:
    """Status lists that are credentials, and a place in them, by a name."""
    plain = bitstring([0, 1, 0, 0, 0, 0, 0, 1])
    subject = plain["credentialSubject"]
    assert isinstance(subject, dict)
    base: JsonObject = {"list": proved(plain), "uri": URI, "index": 1, "at": int(NOW.timestamp())}
    base |= {"purpose": "revocation", "size": 1, "key": LIST_KEY.public.jwk()}
    edward: JsonObject = {"list": proved(plain, ED_LIST_KEY), "key": ED_LIST_KEY.public.jwk()}

    def listed(**change: JsonValue) -> JsonObject:
        return base | {"list": proved(plain | {"credentialSubject": subject | change})}

    return {
        **{f"index {i}": base | {"index": i} for i in (0, 1, 2, 7, 131_071, 131_072, -1)},
        "Ed25519": base | edward,
        "two bits": base | {"list": proved(bitstring([0, 1, 2, 3], size=2)), "index": 2, "size": 2},
        "one bit too few for two": base | {"size": 2},
        "another purpose": base | {"purpose": "suspension"},
        "two purposes": listed(statusPurpose=["suspension", "revocation"]),
        "another address": base | {"uri": "https://evil.example/1"},
        "another type": base | {"list": proved(plain | {"type": ["VerifiableCredential"]})},
        "over": base | {"at": int((NOW + timedelta(days=2)).timestamp())},
        "ahead": base | {"at": int((NOW - timedelta(hours=1)).timestamp())},
        "not dated": base
        | {"list": proved({name: each for name, each in plain.items() if name != "validFrom"})},
        "another key": base | {"key": FIRST.public.jwk()},
        "key of another kind": base | {"key": THIRD.public.jwk()},
        "changed after": base | {"list": proved(plain) | {"issuer": "did:web:evil.example"}},
        "no proof": base | {"list": plain},
        "for another purpose": base | {"list": proved(plain, purpose="authentication")},
        "a context behind": base
        | {"list": proved(plain) | {"@context": [*CONTEXTS, "https://more.example/1"]}},
        "another context": base | {"list": proved(plain) | {"@context": [*CONTEXTS[:-1], "x"]}},
        "ttl": listed(ttl=900_000),
        "ttl no number": listed(ttl="900"),
        "no list": listed(encodedList=None),
        "not base64url": listed(encodedList="u***"),
        "another base": listed(encodedList="zabc"),
        "no gzip": listed(encodedList="u" + b64url_encode(b"abcdefgh")),
        "short list": listed(encodedList=gzipped(bytes(100))),
        "cut short": listed(encodedList=gzipped(bytes(20_000))[:-4]),
        "more behind": listed(
            encodedList="u" + b64url_encode(b64url_decode(gzipped(bytes(20_000))[1:]) + b"xxxx")
        ),
        "bomb": listed(encodedList=gzipped(bytes(9 * 1024 * 1024))),
    }


def bitstring(statuses: list[int], *, size: int = 1) -> JsonObject:
    """A list credential without a proof."""
    until = NOW + timedelta(days=1)
    return bitstring_status_list.credential(
        URI, statuses, purpose=Purpose.REVOCATION, issuer=DID, at=NOW, expires=until, size=size
    )


def newest_cases() -> dict[str, JsonObject]:
    """When a list was issued, and when the newest one that was met before; in seconds."""
    now = int(NOW.timestamp())
    return {
        "the first": {"issued_at": now, "seen": None},
        "the same": {"issued_at": now, "seen": now},
        "a newer one": {"issued_at": now, "seen": now - 1},
        "an older one": {"issued_at": now - 1, "seen": now},
        "one of long ago": {"issued_at": 1, "seen": now},
    }


def met_cases() -> dict[str, JsonObject]:
    """Lists of issuers and addresses as one wallet meets them, one after another, from nothing."""
    another = f"{URI}0"

    def met(*lists: tuple[str, str, float]) -> JsonObject:
        fields = ("issuer", "uri", "issued_at")
        return {"lists": [dict(zip(fields, each, strict=True)) for each in lists]}

    return {
        "nothing": met(),
        "newer and newer": met((DID, URI, 10), (DID, URI, 11), (DID, URI, 11)),
        "an older one between": met((DID, URI, 10), (DID, URI, 9), (DID, URI, 10)),
        "of another address": met((DID, URI, 10), (DID, another, 9)),
        "of another issuer": met((DID, URI, 10), ("did:web:other.example", URI, 9)),
        "by a part of a second": met((DID, URI, 10.5), (DID, URI, 10.25), (DID, URI, 11)),
    }


def gzipped(octets: bytes) -> str:
    """Octets as ``encodedList`` has them."""
    return "u" + b64url_encode(gzip.compress(octets, 9, mtime=0))


def proved(
    document: JsonObject, signer: Signer = LIST_KEY, *, purpose: str = "assertionMethod"
) -> JsonObject:
    """A document with a proof over its canonical JSON."""
    suite = EDDSA_JCS_2022 if signer.public.algorithm is Algorithm.EDDSA else ECDSA_JCS_2019
    options = ProofOptions(f"{DID}#k", purpose, format_time(NOW))
    return {**document, "proof": suite.sign(document, options, signer)}


def cases() -> list[Case]:
    """Everything of this subject."""
    groups: dict[str, dict[str, JsonObject]] = {
        "document": {name: {"document": each} for name, each in DOCUMENTS.items()},
        "address": {did[:40]: {"did": did} for did in NAMES},
        "self-named": {f"{i} {did[:12]}": {"did": did} for i, did in enumerate(SELF_NAMED)},
        "key": {name: {"jwk": jwk} for name, jwk in key_cases().items()},
        "status": status_cases(),
        "bitstring": bitstring_cases(),
        "newest": newest_cases(),
        "met": met_cases(),
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


def read_bitstring(given: JsonObject) -> JsonValue:
    """One status out of a list credential."""
    jwk, document = given["key"], given["list"]
    assert isinstance(jwk, dict)
    assert isinstance(document, dict)
    size = int(str(given["size"]))
    found = bitstring_status_list.read(
        document,
        uri=str(given["uri"]),
        purpose=Purpose(str(given["purpose"])),
        key=public_key_from_jwk(jwk),
        at=NOW.fromtimestamp(float(str(given["at"])), NOW.tzinfo),
        size=size,
    )
    return found.status(int(str(given["index"])))


def read_met(given: JsonObject) -> JsonValue:
    """What each list says, and what is kept of all."""
    newest, lists, said = Newest(), given["lists"], list[JsonValue]()
    assert isinstance(lists, list)
    for each in lists:
        assert isinstance(each, dict)
        moment = datetime.fromtimestamp(float(str(each["issued_at"])), UTC)
        try:
            newest.take(str(each["issuer"]), str(each["uri"]), moment)
            said.append("ok")
        except UndeterminedError as error:
            said.append(error.code)
    return {"said": said, "kept": {**newest.moments}}


def read_newest(given: JsonObject) -> JsonValue:
    """Whether a list may count beside what was met before."""
    issued, seen = (
        None if each is None else NOW.fromtimestamp(float(str(each)), NOW.tzinfo)
        for each in (given["issued_at"], given["seen"])
    )
    assert issued is not None
    check_newest(issued, seen)
    return "ok"


ANSWERS = {
    "document": read_document,
    "address": lambda given: dids.document_url(str(given["did"])),
    "self-named": read_self_named,
    "key": read_key,
    "status": read_status,
    "bitstring": read_bitstring,
    "newest": read_newest,
    "met": read_met,
    "encrypted": decrypt,
}
