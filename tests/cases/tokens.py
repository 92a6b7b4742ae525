"""Cases of SD-JWT credentials (RFC 9901): read, refused, shown in part, and verified."""

import json

from credentials.claims import parse_path
from credentials.data_model import V2_CONTEXT
from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.formats import FORMATS
from credentials.formats.base import verify, verify_presentation
from credentials.formats.sd_jwt import digest, join
from credentials.keys import public_key_from_jwk
from credentials.model import (
    Binding,
    Unverified,
)
from tests.cases.case import Case
from tests.cases.keys import ed25519_signer, p384
from tests.cases.token_samples import (
    DC,
    ELEMENT,
    HEADER,
    HOLDER,
    ISSUER,
    OTHER,
    REQUEST,
    ROLE,
    SALT,
    SECONDS,
    VC,
    YEAR,
    bound,
    did_jwk,
    disclosure,
    held,
    signed,
    token,
)
from tests.conftest import NOW

_PART = token()
_DEEP: JsonValue = "x"
for _ in range(32):
    _DEEP = [_DEEP]

PARSED: dict[str, str] = {
    "whole": DC,
    "no disclosures": _PART + "~",
    "bare issuer JWT": _PART,
    "list element": held(ELEMENT, payload={"_sd": [], "list": [{"...": digest(ELEMENT)}]}),
    "decoys alone": token({"_sd": [digest("x")], "list": [{"...": digest("y")}, 1]}) + "~",
    "bound": bound(DC),
    "foreign critical header": token(header={"crit": ["x"], "x": 1}) + "~",
    "unencoded payload": token(header={"b64": False}) + "~",
    "alg none": token(header={"alg": "none"}) + "~",
    "alg HS256": token(header={"alg": "HS256"}) + "~",
    "alg RS256": token(header={"alg": "RS256"}) + "~",
    "alg no text": token(header={"alg": 7}) + "~",
    "typ of another kind": token(header={"typ": "vc+sd-jwt"}) + "~",
    "typ in capitals": token(header={"typ": "DC+SD-JWT"}) + "~",
    "no typ": token(header={"typ": None}) + "~",
    "kid no text": token(header={"kid": 5}) + "~",
    "only jwk": token(header={"kid": None, "jwk": ISSUER.public.jwk()}) + "~",
    "only jku": token(header={"kid": None, "jku": "https://x.example"}) + "~",
    "only x5c": token(header={"kid": None, "x5c": []}) + "~",
    "jwk beside kid": token(header={"jwk": OTHER.public.jwk()}) + "~",
    "double alg": signed('{"alg":"none","alg":"ES256","typ":"dc+sd-jwt","kid":"k"}', "{}") + "~",
    "payload no object": signed(json.dumps(HEADER), "[]") + "~",
    "iat 1e400": signed(json.dumps(HEADER), '{"iat":1e400}') + "~",
    "iat NaN": signed(json.dumps(HEADER), '{"iat":NaN}') + "~",
    "number too large": signed(json.dumps(HEADER), '{"x":12345678901234567890}') + "~",
    "padded": _PART + "==~",
    "standard alphabet": _PART[:-3] + "+/A~",
    "spare bits": _PART[:-1] + "BB"[: 1 + (len(_PART) % 4 == 1)] + "~",
    "five parts": "a.b.c.d.e~",
    "two parts": "a.b~",
    "blank before": "\n" + _PART + "~",
    "odd character": _PART + "é~",
    "empty": "",
    "empty part": _PART + "~~",
    "no tilde at the end": _PART + "~" + ROLE,
    "too many disclosures": _PART + "~a" * 501 + "~",
    "disclosure twice": held(ROLE, payload={"_sd": [digest(ROLE)]}) + ROLE + "~",
    "disclosure of no list": held(b64url_encode(b'{"a":1}')),
    "disclosure of four": held(disclosure(SALT, "a", 1, 2)),
    "disclosure of one": held(disclosure(SALT)),
    "salt no text": held(disclosure(1, "a", 1)),
    "name no text": held(disclosure(SALT, 1, 1)),
    "name _sd": held(disclosure(SALT, "_sd", [])),
    "name ...": held(disclosure(SALT, "...", "x")),
    "name _sd_alg": held(disclosure(SALT, "_sd_alg", "sha-256")),
    "name __proto__": held(disclosure(SALT, "__proto__", {"a": 1})),
    "unreferenced": _PART + "~" + ROLE + "~",
    "digest twice": token({"_sd": [digest(ROLE), digest(ROLE)]}) + "~",
    "digest no text": token({"_sd": [1]}) + "~",
    "_sd no list": token({"_sd": "x"}) + "~",
    "element as a member": held(ELEMENT),
    "member as an element": join(token({"list": [{"...": digest(ROLE)}]}), [ROLE]),
    "placeholder with more": token({"list": [{"...": digest(ROLE), "a": 1}]}) + "~",
    "placeholder no text": token({"list": [{"...": 1}]}) + "~",
    "placeholder at the top": token({"...": "x"}) + "~",
    "_sd_alg below": token({"a": {"_sd_alg": "sha-256"}}) + "~",
    "_sd_alg sha-512": token({"_sd_alg": "sha-512"}) + "~",
    "claim collision": held(ROLE, payload={"role": "x"}),
    "too deep": held(disclosure(SALT, "deep", _DEEP)),
    "too many items": token({"x": [0] * 5_001}) + "~",
    "hidden exp": held(disclosure(SALT, "exp", SECONDS + YEAR), payload={"exp": None}),
    "hidden and plain exp": held(disclosure(SALT, "exp", SECONDS + YEAR)),
    "hidden vct#integrity": held(disclosure(SALT, "vct#integrity", "x")),
    "no iss": token({"iss": None}) + "~",
    "vct no text": token({"vct": 1}) + "~",
    "no iat": token({"iat": None}) + "~",
    "exp text": token({"exp": "2027"}) + "~",
    "negative nbf": token({"nbf": -1}) + "~",
    "issued after its end": token({"exp": SECONDS - 1}) + "~",
    "status of another kind": token({"status": {"x": 1}}) + "~",
    "status index text": token({"status": {"status_list": {"idx": "1", "uri": "https://x"}}}) + "~",
    "status not https": token({"status": {"status_list": {"idx": 1, "uri": "http://x"}}}) + "~",
    "cnf by kid": token({"cnf": {"kid": "x"}}) + "~",
    "cnf off the curve": token({"cnf": {"jwk": HOLDER.public.jwk() | {"y": SALT * 2}}}) + "~",
    "cnf private": token({"cnf": {"jwk": HOLDER.private_jwk()}}) + "~",
    "kb of another type": bound(DC, header={"typ": "JWT"}),
    "kb no base64": DC + "a.b.c",
    "unicode names": held(disclosure(SALT, "naïef", "Zoë")),
}
"""Credentials to read, by a name."""


def verifying() -> dict[str, JsonObject]:
    """Credentials and presentations to check, by a name."""
    key: JsonObject = {"key": ISSUER.public.jwk(), "at": SECONDS, "format": "dc+sd-jwt"}
    live: JsonObject = key | {"audience": REQUEST.audience, "nonce": REQUEST.nonce}
    head, _, signature = bound(DC).rpartition(".")
    es384, eddsa = p384("issuer384"), ed25519_signer("issuer25519")
    in_384 = token(header={"alg": "ES384"}, signer=es384)
    in_ed = token(header={"alg": "EdDSA"}, signer=eddsa)
    return {
        "held": key | {"wire": DC},
        "held, ES384": key | {"wire": in_384 + "~", "key": es384.public.jwk()},
        "held, EdDSA": key | {"wire": in_ed + "~", "key": eddsa.public.jwk()},
        "held, another key": key | {"wire": DC, "key": OTHER.public.jwk()},
        "held, another algorithm": key | {"wire": DC, "key": eddsa.public.jwk()},
        "held, signature cut": key | {"wire": token()[:-8] + "~"},
        "held, zeros": key | {"wire": f"{token().rpartition('.')[0]}.{'A' * 86}~"},
        "ended this second": key | {"wire": token() + "~", "at": SECONDS + YEAR},
        "not yet": key | {"wire": token({"nbf": SECONDS + 61}) + "~"},
        "within the skew": key | {"wire": token({"nbf": SECONDS + 60}) + "~"},
        "issued ahead": key | {"wire": token({"iat": SECONDS + 61}) + "~"},
        "shown": live | {"wire": bound(DC)},
        "shown without a binding": live | {"wire": DC},
        "shown by another": live | {"wire": bound(DC, signer=OTHER)},
        "shown of no holder": live | {"wire": bound(token({"cnf": None}) + "~")},
        "shown with a flipped signature": live
        | {"wire": f"{head}.{signature[:5]}{'A' if signature[5] != 'A' else 'B'}{signature[6:]}"},
        "another selection": live | {"wire": bound(DC, {"sd_hash": digest("x")})},
        "another audience": live | {"wire": bound(DC, {"aud": "https://evil.example"})},
        "another nonce": live | {"wire": bound(DC, {"nonce": "x"})},
        "no nonce": live | {"wire": bound(DC, {"nonce": None})},
        "no iat in the binding": live | {"wire": bound(DC, {"iat": None})},
        "iat of the binding text": live | {"wire": bound(DC, {"iat": "now"})},
        "binding too old": live | {"wire": bound(DC, {"iat": SECONDS - 601})},
        "binding ahead": live | {"wire": bound(DC, {"iat": SECONDS + 61})},
        "empty nonce expected": live | {"wire": bound(DC), "nonce": ""},
        "vc+sd-jwt held": key | {"wire": VC, "format": "vc+sd-jwt"},
        "vc+sd-jwt shown": live | {"wire": bound(VC), "format": "vc+sd-jwt"},
    }


def w3c() -> dict[str, str]:
    """vc+sd-jwt credentials to read, by a name; what a context defines is not asked here."""
    document: JsonObject = {
        "@context": [V2_CONTEXT],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:school.example",
        "validFrom": "2026-11-23T12:00:00Z",
        "credentialSubject": {"name": "Sam"},
        **dict.fromkeys(["iss", "vct", "iat", "exp"]),
    }

    def made(change: JsonObject | None = None, header: JsonObject | None = None) -> str:
        return token(document | (change or {}), {"typ": "vc+sd-jwt", **(header or {})}) + "~"

    hidden = disclosure(SALT, "issuer", "did:web:evil.example")
    return {
        "whole": VC,
        "small": made(),
        "fraction and zone": made({"validFrom": "2026-11-23T13:00:00.250+01:00"}),
        "holder in the subject": made(
            {"cnf": None, "credentialSubject": {"id": did_jwk(HOLDER), "name": "Sam"}}
        ),
        "holder of another method": made(
            {"cnf": None, "credentialSubject": {"id": "did:web:x.example", "name": "Sam"}}
        ),
        "cty of another kind": made(header={"cty": "JWT"}),
        "no context": made({"@context": None}),
        "another context first": made({"@context": ["https://x.example"]}),
        "no type": made({"type": None}),
        "another type": made({"type": ["VerifiablePresentation"]}),
        "no issuer": made({"issuer": None}),
        "issuer no URL": made({"issuer": "school"}),
        "two subjects": made({"credentialSubject": [{"name": "a"}, {"name": "b"}]}),
        "empty subject": made({"credentialSubject": {}}),
        "no zone": made({"validFrom": "2026-11-23T12:00:00"}),
        "30 February": made({"validFrom": "2026-02-30T12:00:00Z"}),
        "ends before it starts": made({"validUntil": "2026-11-22T12:00:00Z"}),
        "never ends": made({"validUntil": "9999-12-31T23:59:59Z"}),
        "never dated": made({"validFrom": None}),
        "vc claim": made({"vc": {}}),
        "another iss": made({"iss": "did:web:other.example"}),
        "another jti": made({"id": "urn:x:1", "jti": "urn:x:2"}),
        "hidden issuer": join(made({"issuer": None, "_sd": [digest(hidden)]})[:-1], [hidden]),
    }


CHOICES: dict[str, list[list[JsonValue]]] = {
    "nothing": [],
    "one name": [["given_name"]],
    "one skill": [["skills", 1]],
    "one level": [["skills", 0, "level"]],
    "every level": [["skills", None, "level"]],
    "what is not there": [["nothing"], ["skills", 9]],
    "everything": [["given_name"], ["family_name"], ["skills"]],
}


def cases() -> list[Case]:
    """Everything of this subject."""
    found = [
        Case(f"parse {name}", "parse", {"format": "dc+sd-jwt", "wire": wire})
        for name, wire in PARSED.items()
    ]
    found += [
        Case(f"parse vc {name}", "parse", {"format": "vc+sd-jwt", "wire": wire})
        for name, wire in w3c().items()
    ]
    found += [Case(f"verify {name}", "verify", given) for name, given in verifying().items()]
    for format_id, wire in (("dc+sd-jwt", DC), ("vc+sd-jwt", VC)):
        found += [
            Case(
                f"present {format_id} {name}",
                "present",
                {
                    "format": format_id,
                    "wire": wire,
                    "disclose": [*paths],
                    "holder": HOLDER.private_jwk(),
                },
            )
            for name, paths in CHOICES.items()
        ]
    return found


def parse(given: JsonObject) -> JsonValue:
    """What a credential says."""
    return described(FORMATS[str(given["format"])].parse(str(given["wire"])))


def described(unverified: Unverified) -> JsonObject:
    """A parsed credential as JSON; moments in seconds."""
    credential = unverified.credential
    validity = credential.validity
    paths: list[JsonValue] = [[*path] for path in unverified.disclosable]
    return {
        "type": credential.type,
        "issuer": credential.issuer,
        "claims": credential.claims,
        "issuedAt": credential.issued_at.timestamp(),
        "validFrom": validity.valid_from.timestamp() if validity.valid_from else None,
        "validUntil": validity.valid_until.timestamp() if validity.valid_until else None,
        "status": [[each.kind, each.uri, each.index] for each in credential.status],
        "credentialId": credential.credential_id,
        "keyId": unverified.key.key_id,
        "holder": unverified.holder.thumbprint if unverified.holder else None,
        "disclosable": sorted(paths, key=json.dumps),
        "presented": unverified.presented,
    }


def check(given: JsonObject) -> JsonValue:
    """The type of a credential whose every check held."""
    key_jwk = given["key"]
    assert isinstance(key_jwk, dict)
    key = public_key_from_jwk(key_jwk)
    at = NOW.fromtimestamp(float(str(given["at"])), NOW.tzinfo)
    chosen, wire = FORMATS[str(given["format"])], str(given["wire"])
    if "audience" not in given:
        return verify(chosen, wire, lambda _: key, at=at).credential.type
    expected = Binding(str(given["audience"]), str(given["nonce"]))
    return verify_presentation(
        chosen, wire, lambda _: key, expected=expected, at=at
    ).credential.type


def present(given: JsonObject) -> JsonValue:
    """What is shown, up to the key-binding JWT, whose signature differs each time."""
    paths = given["disclose"]
    assert isinstance(paths, list)
    wire = FORMATS[str(given["format"])].present(
        str(given["wire"]),
        HOLDER,
        REQUEST,
        disclose=frozenset(map(parse_path, paths)),
        at=NOW,
    )
    return str(wire).rpartition("~")[0]


ANSWERS = {"parse": parse, "verify": check, "present": present}
