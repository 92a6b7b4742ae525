"""H001 to H040 as cases with their guards: tokens."""

import json
from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from credentials import encoding, jose, keys
from credentials.encoding import JsonObject, b64url_decode, b64url_encode, parse_json
from credentials.formats import (
    base,
    key_binding,
    sd_jwt,
    sd_jwt_vc,
    token_claims,
    type_metadata,
)
from credentials.formats.sd_jwt import digest, join
from credentials.formats.type_metadata import read_type
from credentials.jose import decrypt_compact, encrypt_compact, generate_encryption_key
from credentials.keys import Algorithm, PublicKey, SoftwareSigner, public_key_from_jwk
from credentials.model import Binding
from credentials.trust import listing
from tests.conftest import NOW
from tests.credentials.world import OTHER_TYPE, World
from tests.hostile.guards import Case, Named, Refusals, judged
from tests.hostile.sd_jwt_samples import (
    HEADER,
    HOLDER,
    ISSUER,
    PAYLOAD,
    REQUEST,
    SALT,
    SECONDS,
    accept,
    credential,
    disclosure,
    presentation,
    raw_token,
    token,
)
from tests.hostile.sd_jwt_samples import (
    key_binding as answer,
)

ROLE, NAME = disclosure(SALT, "role", "lasser"), disclosure(SALT, "name", "Sam")
HELD = credential([ROLE, NAME])
THIEF = SoftwareSigner.generate(Algorithm.ES256)
BARE = {name: value for name, value in HEADER.items() if name != "kid"}
TEN_YEARS = 10 * 365 * 86_400
NO_NONCE = Binding("", "")
TYPES = "https://types.example/"

SIGNATURE = Refusals(keys, "signature_invalid")
ALGORITHM = Refusals(jose, "alg_not_allowed")
MISMATCH = Refusals(jose, "alg_key_mismatch")


def held(wire: str, key: PublicKey = ISSUER.public) -> Callable[[], object]:
    """Read as a credential that was received."""
    return lambda: accept(wire, key=key)


def shown(wire: str, expected: Binding = REQUEST) -> Callable[[], object]:
    """Read as the answer to a request."""
    return lambda: accept(wire, expected=expected)


def unsigned(alg: str, signature: bytes = b"") -> str:
    """The usual claims behind a header that names an algorithm, with any octets as signature."""
    parts = (json.dumps(HEADER | {"alg": alg}).encode(), json.dumps(PAYLOAD).encode(), signature)
    return ".".join(map(b64url_encode, parts)) + "~"


def signed(header: JsonObject, payload: JsonObject = PAYLOAD, by: SoftwareSigner = ISSUER) -> str:
    """These members and no other ones."""
    return raw_token(json.dumps(header).encode(), json.dumps(payload).encode(), by) + "~"


def twin(wire: str) -> str:
    """The same signature as (r, n-s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    front, _, signature = wire.rpartition(".")
    raw = b64url_decode(signature)
    other = order - int.from_bytes(raw[32:], "big")
    return f"{front}.{b64url_encode(raw[:32] + other.to_bytes(32, 'big'))}"


def spare_bits(wire: str) -> str:
    """The last character of the signature spelled with bits that count for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return wire[:-2] + alphabet[alphabet.index(wire[-2]) + 1] + "~"


def short_coordinate() -> JsonObject:
    """A P-256 key whose x starts with a zero octet, which is left out."""
    for number in range(1, 10_000):
        key = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
        if key.x >> 248 == 0:
            x, y = key.x.to_bytes(31, "big"), key.y.to_bytes(32, "big")
            return {"kty": "EC", "crv": "P-256", "x": b64url_encode(x), "y": b64url_encode(y)}
    raise AssertionError


def sealed(header: JsonObject) -> Callable[[], object]:
    """An encrypted token with members of its own in the header, opened with the right key."""
    key = generate_encryption_key()
    public = JWK(**{name: str(key[name]) for name in ("kty", "crv", "x", "y")})
    algorithms = [str(header["alg"]), "A128GCM"]
    jwe = JWE(bytes(100_000), json.dumps(header | {"enc": "A128GCM"}), algs=algorithms)
    jwe.add_recipient(public if header["alg"] == "ECDH-ES" else JWK(kty="oct", k="c2VjcmV0"))
    return lambda: decrypt_compact(str(jwe.serialize(compact=True)), key)


def deep(levels: int) -> JsonObject:
    """Objects in one another."""
    value: JsonObject = {"a": 1}
    for _ in range(levels):
        value = {"a": value}
    return value


def types(length: int) -> Callable[[], object]:
    """A chain of types that each extend the next."""
    found = {f"{TYPES}{n}": {"vct": f"{TYPES}{n}"} for n in range(length)}
    for number in range(length - 1):
        found[f"{TYPES}{number}"]["extends"] = f"{TYPES}{number + 1}"
    return lambda: read_type(f"{TYPES}0", lambda url: json.dumps(found[url]).encode())


def pinned() -> object:
    """A type whose octets are not those that the credential names."""
    wrong = "sha256-" + "A" * 43 + "="
    return read_type(TYPES, lambda url: json.dumps({"vct": url}).encode(), integrity=wrong)


def foreign_type() -> None:
    """A listed issuer signs a type for which it is not listed."""
    world = World(NOW, "dc+sd-jwt")
    judged(world.verdict(world.present(world.issue(world.credential(type_url=OTHER_TYPE)))))


def first_service(entry: listing.TrustedIssuer, *_: str, **__: datetime) -> listing.Accreditation:
    """What an issuer may issue at all."""
    return entry.services[0]


def dated(**dates: int) -> Callable[[], object]:
    """A credential with other dates."""
    plain = {name: value for name, value in PAYLOAD.items() if name not in {"iat", "exp"}}
    return held(signed(HEADER, {**plain, "iat": 1, **dates}))


def several(name: str, *wires: str) -> str:
    """A held credential with a claim and further disclosures."""
    return join(token({"_sd": [digest(text) for text in wires], name: 2}), wires)


TOKENS: MappingProxyType[str, Case] = MappingProxyType(
    {
        "H001": Case(held(unsigned("none")), "alg_not_allowed", (ALGORITHM, MISMATCH, SIGNATURE)),
        "H002": Case(
            held(unsigned("HS256", bytes(32))),
            "alg_not_allowed",
            (ALGORITHM, MISMATCH, SIGNATURE),
        ),
        "H003": Case(held(unsigned("RS1", b"1")), "alg_key_mismatch", (MISMATCH, SIGNATURE)),
        "H004": Case(
            held(token(header={"crit": ["x-unknown"], "x-unknown": 1}) + "~"),
            "crit_unknown",
            (Refusals(jose, "crit_unknown"),),
        ),
        "H005": Case(
            held(signed(BARE | {"jwk": THIEF.public.jwk()}, by=THIEF), THIEF.public),
            "key_not_from_issuer",
            (Refusals(jose, "key_not_from_issuer"),),
        ),
        "H006": Case(
            held(
                raw_token(
                    b'{"alg":"none","alg":"ES256","typ":"dc+sd-jwt","kid":"k"}',
                    json.dumps(PAYLOAD).encode(),
                )
                + "~"
            ),
            "json_duplicate_key",
            (Refusals(encoding, "json_duplicate_key"),),
        ),
        "H007": Case(
            held(token(header={"b64": False, "crit": ["b64"]}) + "~"),
            "crit_unknown",
            (Refusals(jose, "crit_unknown"),),
        ),
        "H008": Case(
            held(spare_bits(token() + "~")),
            "base64_not_strict",
            (Refusals(encoding, "base64_not_strict"),),
        ),
        "H009": Case(
            shown(twin(presentation(HELD)), Binding(REQUEST.audience, "the next nonce")),
            "nonce_invalid",
            (Refusals(key_binding, "nonce_invalid"),),
        ),
        "H010": Case(held(unsigned("ES256", bytes(64))), "signature_invalid", (SIGNATURE,)),
        "H011": Case(
            lambda: public_key_from_jwk(short_coordinate()),
            "key_invalid",
            (Refusals(keys, "key_invalid"),),
        ),
        "H012": Case(
            sealed({"alg": "ECDH-ES", "zip": "DEF"}),
            "jwe_zip_not_allowed",
            (Refusals(jose, "jwe_zip_not_allowed"),),
        ),
        "H013": Case(
            sealed({"alg": "PBES2-HS512+A256KW", "p2c": 1_000, "epk": HOLDER.public.jwk()}),
            "alg_not_allowed",
            (ALGORITHM, Refusals(jose, "token_malformed")),
            after="encryption_key_unknown",
            why="jwcrypto is handed a list of algorithms too, and so refuses without any work",
        ),
        "H014": Case(
            held(encrypt_compact(json.dumps(PAYLOAD).encode(), HOLDER.public.jwk())),
            "jws_expected",
            (Refusals(jose, "jws_expected"),),
            after="token_malformed",
            why="an encrypted token holds no signature that could be taken for a good one",
        ),
        "H015": Case(
            held(token(header={"typ": "kb+jwt"}) + "~"),
            "typ_not_allowed",
            (Refusals(jose, "typ_not_allowed"),),
        ),
        "H016": Case(
            shown(HELD),
            "holder_binding_missing",
            (Named(key_binding, "check_key_binding", lambda *_, **__: None),),
        ),
        "H017": Case(
            shown(presentation(HELD, {"aud": "", "nonce": ""}), NO_NONCE),
            "config_nonce_required",
            (
                Refusals(base, "config_nonce_required"),
                Refusals(key_binding, "config_nonce_required"),
            ),
        ),
        "H018": Case(
            shown(HELD + answer(HELD, signer=THIEF)),
            "holder_key_mismatch",
            (Refusals(key_binding, "holder_key_mismatch"),),
        ),
        "H019": Case(
            shown(presentation(HELD, {"aud": f"{REQUEST.audience}.evil.example"})),
            "aud_mismatch",
            (Refusals(key_binding, "aud_mismatch"),),
        ),
        "H020": Case(
            shown(presentation(HELD, {"nonce": "n-of-tenant-b"})),
            "nonce_invalid",
            (Refusals(key_binding, "nonce_invalid"),),
        ),
        "H021": Case(
            shown(presentation(HELD, {"iat": SECONDS - TEN_YEARS})),
            "kb_iat_invalid",
            (Refusals(key_binding, "kb_iat_invalid"),),
        ),
        "H022": Case(
            shown(presentation(HELD, leave_out="sd_hash")),
            "sd_hash_mismatch",
            (Refusals(key_binding, "sd_hash_mismatch"),),
        ),
        "H023": Case(
            shown(presentation(HELD).replace(f"~{NAME}", "")),
            "sd_hash_mismatch",
            (Refusals(key_binding, "sd_hash_mismatch"),),
        ),
        "H024": Case(
            held(HELD + disclosure(SALT, "role", "supervisor") + "~"),
            "disclosure_unreferenced",
            (Refusals(sd_jwt, "disclosure_unreferenced"),),
        ),
        "H025": Case(
            held(f"{HELD}{ROLE}~"),
            "disclosure_duplicate",
            (Refusals(sd_jwt, "disclosure_duplicate"),),
        ),
        "H026": Case(
            held(token({"a": {"_sd": [digest(ROLE)]}, "b": {"_sd": [digest(ROLE)]}}) + "~"),
            "digest_duplicate",
            (Refusals(sd_jwt, "digest_duplicate"),),
        ),
        "H027": Case(
            held(credential([disclosure(SALT, "_sd_alg", "x")])),
            "disclosure_name_reserved",
            (Refusals(sd_jwt, "disclosure_name_reserved"),),
        ),
        "H028": Case(
            held(several("level", disclosure(SALT, "level", 3))),
            "claim_collision",
            (Refusals(sd_jwt, "claim_collision"),),
        ),
        "H029": Case(
            held(
                credential(
                    [disclosure(SALT, "exp", PAYLOAD["exp"])],
                    base={name: value for name, value in PAYLOAD.items() if name != "exp"},
                )
            ),
            "claim_must_be_plain",
            (Refusals(sd_jwt_vc, "claim_must_be_plain"),),
        ),
        "H030": Case(
            held(token({"_sd_alg": "md5"}) + "~"),
            "sd_alg_not_allowed",
            (Refusals(sd_jwt, "sd_alg_not_allowed"),),
        ),
        "H031": Case(
            held(join(token({"list": [{"...": digest("x"), "x": 1}]}), [])),
            "placeholder_malformed",
            (Refusals(sd_jwt, "placeholder_malformed"),),
        ),
        "H032": Case(
            held(credential([disclosure(SALT, "role", "x", "y")])),
            "disclosure_malformed",
            (Refusals(sd_jwt, "disclosure_malformed"),),
        ),
        "H033": Case(
            held(credential([disclosure(SALT, f"c{place}", 0) for place in range(600)])),
            "too_many_disclosures",
            (Refusals(sd_jwt, "too_many_disclosures"),),
        ),
        "H034": Case(
            held(token({"deep": deep(40)}) + "~"),
            "too_deep",
            (Refusals(encoding, "too_deep"), Refusals(sd_jwt, "too_deep")),
        ),
        "H035": Case(
            lambda: parse_json("[" * 100_000, max_bytes=100_000),
            "too_deep",
            (Refusals(encoding, "too_deep"), Refusals(encoding, "too_large")),
            after="RecursionError",
            why="the damage is a stack error, which no caller expects",
        ),
        "H036 over": Case(dated(exp=SECONDS), "expired", (Refusals(base, "expired"),)),
        "H036 not begun": Case(
            dated(nbf=SECONDS + 61), "not_yet_valid", (Refusals(base, "not_yet_valid"),)
        ),
        "H036 no period": Case(
            dated(iat=SECONDS + 20, exp=SECONDS + 10),
            "date_invalid",
            (Refusals(sd_jwt_vc, "date_invalid"),),
        ),
        "H037": Case(
            foreign_type,
            "issuer_not_accredited_for_type",
            (
                Named(
                    listing.TrustedIssuer, "accreditation", lambda self, *_, **__: self.services[0]
                ),
            ),
        ),
        "H038 too far": Case(
            types(50), "type_metadata_invalid", (Named(type_metadata, "MAX_TYPES", 100),)
        ),
        "H038 other octets": Case(
            pinned, "type_metadata_invalid", (Named(type_metadata, "_pinned", lambda *_: True),)
        ),
        "H039": Case(
            held(token({"note": "x" * 600_000}) + "~"),
            "token_malformed",
            (Refusals(jose, "token_malformed"), Refusals(encoding, "too_large")),
        ),
        "H040": Case(
            held(signed(BARE | {"x5c": ["AAAA"]}, by=THIEF), THIEF.public),
            "x5c_invalid",
            (Refusals(token_claims, "x5c_invalid"),),
        ),
    }
)
"""By id; where one id has several faces, with a word behind it."""
