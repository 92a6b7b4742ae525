"""Cases of signed requests (OpenID4VP 1.0, section 5), with the refusals of the wallet's plan."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from credentials import dids, jose
from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.keys import Signer
from credentials.openid4vc.request import (
    AuthorizationRequest,
    parse_request,
    parse_request_link,
)
from tests.cases.case import Case
from tests.cases.keys import FixedSigner, p256
from tests.conftest import NOW

DID = "did:web:firm.example"
CLIENT = f"decentralized_identifier:{DID}"
URI = "https://firm.example/requests/1"
KEY = p256("firm", f"{DID}#k")
STRANGER = p256("stranger", f"{DID}#k")
SEALING: JsonObject = p256("sealing").public.jwk() | {
    "use": "enc",
    "alg": "ECDH-ES",
    "kid": "e",
}
SECONDS = int(NOW.timestamp())
DOCUMENT = dids.write_document(DID, [KEY.public])
PAYLOAD: JsonObject = {
    "client_id": CLIENT,
    "aud": "https://self-issued.me/v2",
    "response_type": "vp_token",
    "response_mode": "direct_post.jwt",
    "response_uri": "https://firm.example/answers/1",
    "nonce": "n-0S6_WzA2Mj",
    "state": "s",
    "iat": SECONDS,
    "exp": SECONDS + 600,
    "dcql_query": {"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {}}]},
    "client_metadata": {
        "jwks": {"keys": [SEALING]},
        "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
        "client_name": "De firma",
    },
    "purpose": "intake",
    "relation": "hirer",
}


def signed(
    payload: JsonObject | None = None, header: JsonObject | None = None, signer: Signer = KEY
) -> str:
    """A request object with members replaced, or taken out by None."""
    first: JsonObject = {"typ": "oauth-authz-req+jwt", "kid": f"{DID}#k", **(header or {})}
    second = PAYLOAD | (payload or {})
    whole: list[JsonObject] = [
        {k: v for k, v in each.items() if v is not None} for each in (first, second)
    ]
    protected, claims = whole
    return jose.sign_compact(protected, claims, signer)


def metadata(**change: JsonValue) -> JsonObject:
    """A change of the client metadata."""
    whole = PAYLOAD["client_metadata"]
    assert isinstance(whole, dict)
    return {"client_metadata": whole | change}


def asked(token: str, **more: JsonValue) -> JsonObject:
    """The input of a case: a request and what led to it."""
    return {
        "token": token,
        "clientId": CLIENT,
        "requestUri": URI,
        "at": SECONDS,
        "document": DOCUMENT,
        **more,
    }


NO_ALG = b64url_encode(b'{"alg":"none"}')
HEAD, _, SIGNATURE = signed().rpartition(".")
UNUSABLE: list[JsonValue] = [
    {"kty": "RSA", "kid": "r"},
    SEALING | {"alg": "RSA-OAEP"},
    SEALING | {"use": "sig"},
    {name: value for name, value in SEALING.items() if name != "kid"},
    SEALING | {"y": "AA"},
    "x",
]


def by_several(*tokens: str, **more: JsonValue) -> str:
    """Several signatures over one payload, in the form that only a page's own call may bring."""
    parts = [token.split(".") for token in tokens]
    entries: list[JsonValue] = [{"protected": a, "signature": c} for a, _, c in parts]
    return compact_json({"payload": parts[0][1], "signatures": entries, **more}).decode()


REQUESTS: dict[str, JsonObject] = {
    "happy-flow": asked(signed()),
    "alternate-happy-flow": asked(signed({"state": None, "exp": None}), clientId=None),
    "no-claims-in-dcql-query": asked(signed()),
    "ignores-unusable-encryption-key": asked(signed(metadata(jwks={"keys": [*UNUSABLE, SEALING]}))),
    "invalid-request-object-signature": asked(f"{HEAD}.{'A' * 43}{SIGNATURE[43:]}"),
    "signed by a stranger": asked(signed(signer=STRANGER)),
    "mismatched-client-id": asked(signed(), clientId=f"{CLIENT}x"),
    "invalid-client-id-prefix": asked(
        signed({"client_id": "redirect_uri:https://x"}), clientId=None
    ),
    "client id of another method": asked(
        signed({"client_id": "decentralized_identifier:did:jwk:e30"}), clientId=None
    ),
    "response-uri-not-client-id": asked(signed({"response_uri": "https://evil.example/1"})),
    "response_uri http": asked(signed({"response_uri": "http://firm.example/1"})),
    "no response_uri": asked(signed({"response_uri": None})),
    "missing-nonce": asked(signed({"nonce": None})),
    "empty nonce": asked(signed({"nonce": ""})),
    "nonce not URL-safe": asked(signed({"nonce": "a b"})),
    "unknown-transaction-data-type": asked(signed({"transaction_data": ["e30"]})),
    "redirect-uri-with-direct-post": asked(signed({"redirect_uri": "https://firm.example/"})),
    "request of another origin": asked(signed(), requestUri="https://evil.example/1"),
    "unsigned": asked(f"{b64url_encode(b'{}')}.{b64url_encode(compact_json(PAYLOAD))}"),
    "alg none": asked(f"{NO_ALG}.e30."),
    "over 64 KiB": asked(signed({"x": "a" * 65_536})),
    "typ JWT": asked(signed(header={"typ": "JWT"})),
    "crit": asked(signed(header={"crit": ["x"]})),
    "kid of another": asked(signed(header={"kid": "did:web:evil.example#k"})),
    "kid unknown": asked(signed(header={"kid": f"{DID}#x"})),
    "no kid": asked(signed(header={"kid": None})),
    "key in the header": asked(signed(header={"kid": None, "jwk": STRANGER.public.jwk()})),
    "document of another": asked(signed(), document={"id": "did:web:evil.example"}),
    "ended": asked(signed(), at=SECONDS + 600),
    "ended by iat": asked(signed({"exp": None}), at=SECONDS + 600),
    "ahead": asked(signed(), at=SECONDS - 61),
    "never dated": asked(signed({"iat": None, "exp": None})),
    "iat text": asked(signed({"iat": "now"})),
    "aud of another": asked(signed({"aud": "https://x.example"})),
    "multisigned-one-invalid-signature": asked(by_several(signed(signer=STRANGER), signed())),
    "multisigned, each holds": asked(by_several(signed(), signed())),
    "multisigned, with two dots": asked(by_several(signed(), signed(), x="..")),
    "response_mode dc_api.jwt": asked(signed({"response_mode": "dc_api.jwt"})),
    "response_mode direct_post": asked(signed({"response_mode": "direct_post"})),
    "response_type code": asked(signed({"response_type": "code"})),
    "no query": asked(signed({"dcql_query": None})),
    "query without credentials": asked(signed({"dcql_query": {}})),
    "state not URL-safe": asked(signed({"state": "a b"})),
    "long purpose": asked(signed({"purpose": "x" * 301})),
    "no key to seal to": asked(signed(metadata(jwks={"keys": UNUSABLE}))),
    "no metadata": asked(signed({"client_metadata": None})),
    "only A192GCM": asked(signed(metadata(encrypted_response_enc_values_supported=["A192GCM"]))),
    "only A128GCM": asked(signed(metadata(encrypted_response_enc_values_supported=["A128GCM"]))),
}

_IN_QUERY = "client_id=decentralized_identifier%3Adid%3Aweb%3Afirm.example"
LINKS = [
    f"openid4vp://?{_IN_QUERY}&request_uri=https%3A%2F%2Ffirm.example%2Fr",
    f"haip-vp://?{_IN_QUERY}&request_uri=https%3A%2F%2Ffirm.example%2Fr&request_uri_method=post",
    f"https://wallet.example/p?{_IN_QUERY}&request_uri=https%3A%2F%2Ffirm.example%2Fr",
    "https://firm.example/r",
    f"openid4vp://?{_IN_QUERY}",
    "openid4vp://?request_uri=https%3A%2F%2Ffirm.example%2Fr",
    f"openid4vp://?{_IN_QUERY}&request_uri=http%3A%2F%2Ffirm.example%2Fr",
    f"openid4vp://?{_IN_QUERY}&request_uri=https%3A%2F%2Fevil.example%2Fr",
    f"openid4vp://?{_IN_QUERY}&{_IN_QUERY}&request_uri=https%3A%2F%2Ffirm.example%2Fr",
    f"openid4vp://?{_IN_QUERY}&request_uri=https%3A%2F%2Ffirm.example&request_uri_method=put",
    "openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fx&request_uri=https%3A%2F%2Fx",
    *("http://firm.example/r", "", "x", "openid4vp://?" + "a" * 70_000),
]


@dataclass(frozen=True, slots=True)
class Maker:
    """One certificate authority or leaf."""

    name: str
    key: FixedSigner


ROOT, MIDDLE, LEAF = (Maker(name, p256(name)) for name in ("root", "middle", "leaf"))


def certificate(
    subject: Maker,
    by: Maker,
    *,
    host: str | None = None,
    usage: x509.ObjectIdentifier | None = None,
    ends: datetime = NOW + timedelta(days=365),
    odd: bool = False,
    below: int | None = None,
) -> bytes:
    """One certificate in DER: an authority where no host is named."""
    names = [
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, each.name)])
        for each in (subject, by)
    ]
    made = x509.CertificateBuilder(
        issuer_name=names[1],
        subject_name=names[0],
        public_key=subject.key._key.public_key(),
        serial_number=1 + len(subject.name),
        not_valid_before=NOW - timedelta(days=900),
        not_valid_after=ends,
    ).add_extension(x509.BasicConstraints(ca=host is None, path_length=below), critical=True)
    if host is not None:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    if usage is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    if odd:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
        made = made.add_extension(unknown, critical=True)
    private: ec.EllipticCurvePrivateKey = by.key._key
    signed_one = made.sign(private, hashes.SHA256(), ecdsa_deterministic=True)
    return signed_one.public_bytes(serialization.Encoding.DER)


GOOD = certificate(LEAF, MIDDLE, host="firm.example")
ABOVE, ANCHOR = certificate(MIDDLE, ROOT), certificate(ROOT, ROOT)


def by_chain(chain: list[bytes], *, named: bytes | None = None, **more: JsonValue) -> JsonObject:
    """A request by ``x509_hash``."""
    digest = hashlib.sha256(named or (chain[0] if chain else b"")).digest()
    client = f"x509_hash:{b64url_encode(digest)}"
    texts: list[JsonValue] = [base64.b64encode(each).decode() for each in chain]
    token = signed({"client_id": client}, {"kid": None, "x5c": texts}, LEAF.key)
    anchors: list[JsonValue] = [base64.b64encode(ANCHOR).decode()]
    return asked(token, clientId=client, anchors=anchors) | more


def accepted(*, anchored: bool) -> JsonObject:
    """What is answered where a chain holds."""
    return {"origin": "https://firm.example", "certificate": "leaf", "anchored": anchored}


LOWER = Maker("lower", p256("lower"))
DEEP = [certificate(LEAF, LOWER, host="firm.example"), certificate(LOWER, MIDDLE)]

BAD: JsonValue = {"error": "x5c_invalid"}
YEAR = timedelta(days=365)
CHAINS: dict[str, tuple[JsonObject, JsonValue]] = {
    "anchored": (by_chain([GOOD, ABOVE]), accepted(anchored=True)),
    "one above missing": (by_chain([GOOD]), accepted(anchored=False)),
    "no anchor known": (by_chain([GOOD, ABOVE], anchors=[]), accepted(anchored=False)),
    "two authorities": (by_chain([*DEEP, ABOVE]), accepted(anchored=True)),
    "more authorities than the upper one allows": (
        by_chain([*DEEP, certificate(MIDDLE, ROOT, below=0)]),
        BAD,
    ),
    "anchor included": (by_chain([GOOD, ABOVE, ANCHOR]), BAD),
    "swapped order": (by_chain([ABOVE, GOOD]), BAD),
    "self-signed leaf": (by_chain([certificate(LEAF, LEAF, host="firm.example")]), BAD),
    "leaf is an authority": (by_chain([certificate(LEAF, MIDDLE), ABOVE]), BAD),
    "issued by a leaf": (
        by_chain([GOOD, certificate(MIDDLE, ROOT, host="x.example")]),
        BAD,
    ),
    "expired leaf": (
        by_chain([certificate(LEAF, MIDDLE, host="firm.example", ends=NOW - YEAR), ABOVE]),
        BAD,
    ),
    "expired intermediate": (by_chain([GOOD, certificate(MIDDLE, ROOT, ends=NOW - YEAR)]), BAD),
    "wrong extended key usage": (
        by_chain(
            [
                certificate(
                    LEAF, MIDDLE, host="firm.example", usage=ExtendedKeyUsageOID.SERVER_AUTH
                ),
                ABOVE,
            ]
        ),
        BAD,
    ),
    "unknown critical extension": (
        by_chain([certificate(LEAF, MIDDLE, host="firm.example", odd=True), ABOVE]),
        BAD,
    ),
    "signed by another authority": (
        by_chain([GOOD, certificate(Maker("middle", p256("false")), ROOT)]),
        BAD,
    ),
    "cut short": (by_chain([GOOD[:-1], ABOVE]), BAD),
    "more behind": (by_chain([GOOD + b"\0", ABOVE]), BAD),
    "no certificate": (by_chain([b"\0\0\0"]), BAD),
    "empty": (by_chain([]), BAD),
    "another host": (
        by_chain([certificate(LEAF, MIDDLE, host="evil.example"), ABOVE]),
        {"error": "client_mismatch"},
    ),
    "another certificate's hash": (
        by_chain([GOOD, ABOVE], named=ABOVE),
        {"error": "client_mismatch"},
    ),
    "wrong-expected-origins": (
        asked(
            signed({"expected_origins": ["https://other.example"]}), origin="https://firm.example"
        ),
        {"error": "expected_origins_mismatch"},
    ),
    "expected origins without the API": (
        asked(signed({"expected_origins": ["https://firm.example"]})),
        {"error": "expected_origins_mismatch"},
    ),
}


def cases() -> list[Case]:
    """Everything of this subject."""
    return [
        *(Case(f"request {name}", "request", given) for name, given in REQUESTS.items()),
        *(Case(f"link {i}", "link", {"text": text}) for i, text in enumerate(LINKS)),
        *(Case(f"chain {name}", "chain", *pair) for name, pair in CHAINS.items()),
    ]


def checked(given: JsonObject) -> AuthorizationRequest:
    """A request that was checked whole."""
    client_id, anchors = given["clientId"], given.get("anchors", [])
    assert isinstance(anchors, list)
    request = parse_request(
        str(given["token"]),
        client_id=str(client_id) if client_id is not None else None,
        get=lambda _: compact_json(given["document"]),
        at=NOW.fromtimestamp(float(str(given["at"])), NOW.tzinfo),
        anchors=[base64.b64decode(str(each)) for each in anchors],
    )
    parse_request_link(str(given["requestUri"])).check_host(request.host)
    return request


def read(given: JsonObject) -> JsonValue:
    """What a request says."""
    request = checked(given)
    return {
        "clientId": request.client_id,
        "did": request.did,
        "origin": request.host,
        "responseUri": request.response_uri,
        "nonce": request.nonce,
        "state": request.state,
        "name": request.client_name,
        "purpose": request.purpose,
        "relation": request.relation,
        "kid": request.encryption_key["kid"],
        "enc": request.enc,
        "expires": int(request.expires.timestamp()),
        "queries": [each.id for each in request.query.credentials],
    }


def read_chain(given: JsonObject) -> JsonValue:
    """Who asks by certificate."""
    request = checked(given)
    return {
        "origin": request.host,
        "certificate": request.certificate,
        "anchored": request.anchored,
    }


def read_link(given: JsonObject) -> JsonValue:
    """What a link holds."""
    found = parse_request_link(str(given["text"]))
    return [found.client_id, found.request_uri]


ANSWERS = {"request": read, "chain": read_chain, "link": read_link}
