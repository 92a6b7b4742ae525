"""Hostile tokens H001 to H039, as far as the kernel meets them: each is refused by its code."""

import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    parse_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError
from credentials.formats.concealment import conceal
from credentials.formats.sd_jwt import digest, join
from credentials.jose import decrypt_compact, encrypt_compact, generate_encryption_key
from credentials.jose import public_encryption_key as public_half
from credentials.keys import Algorithm, SoftwareSigner, public_key_from_jwk
from credentials.model import Binding
from tests.formats.conftest import entropy
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
    key_binding,
    presentation,
    raw_token,
    refusal,
    token,
)

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ROLE = disclosure(SALT, "role", "lasser")
NAME = disclosure(SALT, "name", "Sam")
HELD = credential([ROLE, NAME])


def unsigned(header: JsonObject) -> str:
    parts = (json.dumps(HEADER | header), json.dumps(PAYLOAD))
    return ".".join(b64url_encode(part.encode()) for part in parts)


def test_the_samples_themselves_are_accepted() -> None:
    accept(HELD)
    accept(presentation(HELD), expected=REQUEST)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE"])
def test_h001_alg_none(alg: str) -> None:
    assert refusal(unsigned({"alg": alg}) + ".~") == "alg_not_allowed"


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_h002_hmac_keyed_with_a_public_key(alg: str) -> None:
    pem = ISSUER.public._key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signing_input = unsigned({"alg": alg})
    mac = hmac.digest(pem, signing_input.encode(), f"sha{alg[2:]}")
    assert refusal(f"{signing_input}.{b64url_encode(mac)}~") == "alg_not_allowed"


def test_h003_wrong_algorithm_for_the_key() -> None:
    other = SoftwareSigner.generate(Algorithm.ES384)
    assert refusal(token(header={"alg": "ES384"}, signer=other) + "~") == "alg_key_mismatch"
    signing_input = unsigned({"alg": "ES256K"})
    koblitz = ec.generate_private_key(ec.SECP256K1())
    r, s = decode_dss_signature(koblitz.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert refusal(f"{signing_input}.{b64url_encode(raw)}~") == "alg_key_mismatch"
    rsa = f"{unsigned({'alg': 'RS1'})}.{b64url_encode(b'1' * 256)}~"
    assert refusal(rsa) == "alg_key_mismatch"


@pytest.mark.parametrize(
    "header",
    [{"crit": ["x-unknown"], "x-unknown": 1}, {"crit": ["x-unknown"]}, {"crit": []}],
)
def test_h004_unknown_critical_header(header: JsonObject) -> None:
    assert refusal(token(header=header) + "~") == "crit_unknown"


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u"])
def test_h005_key_supplied_by_the_header(member: str) -> None:
    attacker = SoftwareSigner.generate(Algorithm.ES256)
    value: JsonValue = attacker.public.jwk() if member == "jwk" else "https://attacker.example/keys"
    header: JsonObject = {"alg": "ES256", "typ": "dc+sd-jwt", member: value}
    payload = json.dumps(PAYLOAD).encode()
    only = raw_token(json.dumps(header).encode(), payload, attacker)
    assert refusal(only + "~") == "key_not_from_issuer"
    beside = raw_token(json.dumps(HEADER | header).encode(), payload)
    accept(beside + "~")  # ignored where the issuer's own key holds
    stolen = raw_token(json.dumps(HEADER | header).encode(), payload, attacker)
    assert refusal(stolen + "~") == "signature_invalid"


def test_h006_duplicate_alg_in_the_header() -> None:
    header = b'{"alg":"none","alg":"ES256","typ":"dc+sd-jwt","kid":"k"}'
    assert refusal(raw_token(header, json.dumps(PAYLOAD).encode()) + "~") == "json_duplicate_key"


def test_h007_unencoded_payload() -> None:
    assert refusal(token(header={"b64": False, "crit": ["b64"]}) + "~") == "crit_unknown"
    assert refusal(token(header={"b64": False}) + "~") == "crit_unknown"


def test_h008_loose_base64() -> None:
    without = token()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(without[-1])
    spare = without[:-1] + "BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last]
    while not {"-", "_"} & set(without.rpartition(".")[2]):
        without = token()
    standard = without.replace("-", "+").replace("_", "/")
    for loose in (without + "==", standard, spare, without[:-20] + "\n" + without[-20:]):
        assert refusal(loose + "~") == "base64_not_strict"
    for loose in (ROLE + "=", ROLE[:5] + "\r\n" + ROLE[5:]):
        assert refusal(join(token({"_sd": [digest(ROLE)]}), [loose])) == "base64_not_strict"


def test_h009_twin_ecdsa_signature() -> None:
    shown = presentation(HELD)
    signing_input, _, signature = shown.rpartition(".")
    raw = b64url_decode(signature)
    twin_s = P256_ORDER - int.from_bytes(raw[32:], "big")
    twin = f"{signing_input}.{b64url_encode(raw[:32] + twin_s.to_bytes(32, 'big'))}"
    assert twin != shown
    accept(shown, expected=REQUEST)
    accept(twin, expected=REQUEST)  # the same request: only the spent nonce tells them apart
    spent = Binding(REQUEST.audience, "the next nonce")
    assert refusal(twin, expected=spent) == refusal(shown, expected=spent) == "nonce_invalid"


ZERO, ORDER, ONES = bytes(32), P256_ORDER.to_bytes(32, "big"), b"\xff" * 32


@pytest.mark.parametrize(
    "signature",
    [
        ZERO + ZERO,
        ZERO + b"\1" * 32,
        b"\1" * 32 + ZERO,
        ORDER + b"\1" * 32,
        b"\1" * 32 + ORDER,
        ONES + ONES,
        bytes(63),
        bytes(65),
        b"",
    ],
)
def test_h010_zero_signature_values(signature: bytes) -> None:
    assert refusal(f"{unsigned({})}.{b64url_encode(signature)}~") == "signature_invalid"


def test_h011_public_key_not_on_the_curve() -> None:
    jwk = HOLDER.public.jwk()
    x, y = (int.from_bytes(b64url_decode(str(jwk[name])), "big") for name in ("x", "y"))

    def spelled(number: int, size: int = 32) -> str:
        return b64url_encode(number.to_bytes(size, "big"))

    for change in (
        {"y": spelled(y ^ 1)},
        {"x": spelled(0), "y": spelled(0)},
        {"x": spelled(P256_PRIME), "y": spelled(y)},
        {"x": spelled(2**256 - 1), "y": spelled(2**256 - 1)},
        {"x": b64url_encode(x.to_bytes(32, "big")[1:])},
    ):
        bent: JsonObject = {**jwk, **change}
        with pytest.raises(MalformedError, match="key_invalid"):
            public_key_from_jwk(bent)
        assert refusal(credential(payload={"cnf": {"jwk": bent}})) == "key_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zip": "DEF"}, "jwe_zip_not_allowed"),  # H012
        ({"alg": "PBES2-HS512+A256KW", "p2c": 50_000_000}, "alg_not_allowed"),  # H013
    ],
    ids=["H012", "H013"],
)
def test_h012_h013_work_bombs_in_an_encrypted_token(change: JsonObject, code: str) -> None:
    key = generate_encryption_key()
    first, rest = encrypt_compact(bytes(50_000), public_half(key)).split(".", 1)
    header = parse_json_object(b64url_decode(first)) | change
    with pytest.raises(CredentialError, match=code):
        decrypt_compact(f"{b64url_encode(json.dumps(header).encode())}.{rest}", key)


def test_h014_encrypted_token_where_a_signed_one_is_expected() -> None:
    sealed = encrypt_compact(json.dumps(PAYLOAD).encode(), HOLDER.public.jwk())
    assert refusal(sealed) == refusal(sealed + "~") == "jws_expected"


@pytest.mark.parametrize(
    "typ",
    ["oauth-authz-req+jwt", "kb+jwt", "JWT", "DC+SD-JWT", "vc+sd-jwt", None, 5, ["dc+sd-jwt"]],
)
def test_h015_foreign_token_type(typ: JsonValue) -> None:
    assert refusal(token(header={"typ": typ}) + "~") == "typ_not_allowed"
    foreign = HELD + key_binding(HELD, header={"typ": typ if typ != "kb+jwt" else "jwt"})
    assert refusal(foreign, expected=REQUEST) == "typ_not_allowed"


def test_h015_no_token_type() -> None:
    header = {name: value for name, value in HEADER.items() if name != "typ"}
    bare = raw_token(json.dumps(header).encode(), json.dumps(PAYLOAD).encode())
    assert refusal(bare + "~") == "typ_not_allowed"


def test_h016_key_binding_left_out() -> None:
    for without in (HELD, token() + "~", token()):
        assert refusal(without, expected=REQUEST) == "holder_binding_missing"


@pytest.mark.parametrize(
    "nothing", [Binding("", "n"), Binding("https://verifier.example", ""), Binding("", "")]
)
def test_h017_verifier_configured_without_a_nonce(nothing: Binding) -> None:
    shown = presentation(HELD, {"aud": nothing.audience, "nonce": nothing.nonce})
    assert refusal(shown, expected=nothing) == "config_nonce_required"


def test_h018_key_binding_by_another_key() -> None:
    for thief in map(SoftwareSigner.generate, Algorithm):
        for header in ({}, {"jwk": thief.public.jwk()}):
            shown = HELD + key_binding(HELD, signer=thief, header={**header})
            assert refusal(shown, expected=REQUEST) == "holder_key_mismatch"


@pytest.mark.parametrize(
    "aud",
    [
        "https://other.example",
        ["https://verifier.example", "https://other.example"],
        ["https://verifier.example"],
        "https://verifier.example.evil.example",
        "https://verifier.example/",
        "https://VERIFIER.example",
        "",
        None,
    ],
)
def test_h019_audience_of_someone_else(aud: JsonValue) -> None:
    assert refusal(presentation(HELD, {"aud": aud}), expected=REQUEST) == "aud_mismatch"


@pytest.mark.parametrize(
    "nonce", ["unknown", "", None, 5, [REQUEST.nonce], REQUEST.nonce + "\u00e9"]
)
def test_h020_nonce_of_another_request(nonce: JsonValue) -> None:
    assert refusal(presentation(HELD, {"nonce": nonce}), expected=REQUEST) == "nonce_invalid"


TEN_YEARS = 10 * 365 * 86_400


@pytest.mark.parametrize(
    "iat",
    [
        *(SECONDS - TEN_YEARS, SECONDS + TEN_YEARS, SECONDS - 601, SECONDS + 61),
        *("1795000000", True, None, -1, [SECONDS], float("nan"), float("inf")),
    ],
)
def test_h021_key_binding_time_out_of_window(iat: JsonValue) -> None:
    assert refusal(presentation(HELD, {"iat": iat}), expected=REQUEST) == "kb_iat_invalid"


def test_h021_key_binding_time_absent_or_no_number() -> None:
    assert refusal(presentation(HELD, leave_out="iat"), expected=REQUEST) == "kb_iat_invalid"
    header = b'{"alg":"ES256","typ":"kb+jwt"}'
    beyond = HELD + raw_token(header, b'{"iat":1e400}', HOLDER)
    assert refusal(beyond, expected=REQUEST) == "kb_iat_invalid"
    for near in (SECONDS - 600, SECONDS + 60):
        accept(presentation(HELD, {"iat": near}), expected=REQUEST)


def test_h022_sd_hash_absent_or_of_another_selection() -> None:
    other = join(HELD.split("~")[0], [ROLE])
    longer = b64url_encode(hashlib.sha512(HELD.encode()).digest())
    for shown in (
        presentation(HELD, leave_out="sd_hash"),
        presentation(HELD, {"sd_hash": digest(other)}),
        presentation(HELD, {"sd_hash": longer}),
        presentation(HELD, {"sd_hash_sha-256": digest(HELD)}, leave_out="sd_hash"),
        presentation(HELD, {"sd_hash": [digest(HELD)]}),
    ):
        assert refusal(shown, expected=REQUEST) == "sd_hash_mismatch"


def test_h023_disclosure_removed_after_binding() -> None:
    shown = presentation(HELD).replace(f"~{NAME}", "")
    assert refusal(shown, expected=REQUEST) == "sd_hash_mismatch"


def test_h024_unreferenced_disclosure_appended() -> None:
    assert refusal(HELD + disclosure(SALT, "role", "supervisor") + "~") == "disclosure_unreferenced"
    assert refusal(HELD + disclosure(SALT, "x") + "~") == "disclosure_unreferenced"


def test_h025_same_disclosure_twice() -> None:
    assert refusal(f"{HELD}{ROLE}~") == "disclosure_duplicate"


def test_h033_twenty_thousand_disclosures() -> None:
    many = [disclosure(f"{SALT}{place}", f"c{place}", place) for place in range(20_000)]
    assert refusal(join(token(), many)) == "too_many_disclosures"
    at_the_limit = [disclosure(f"{SALT}{place}", f"c{place}", 0) for place in range(500)]
    accept(credential(at_the_limit))


def test_h034_six_hundred_levels_deep() -> None:
    value: JsonValue = "x"
    hidden: JsonObject = {}
    for _ in range(600):
        value = {"a": value}
        hidden = {"_sd": [digest("x")], "a": hidden}
    assert refusal(token({"deep": value}) + "~") == "too_deep"
    assert refusal(token({"deep": hidden}) + "~") == "too_deep"


def test_h034_disclosures_inside_one_another() -> None:
    def nested(levels: int) -> str:
        claims: JsonObject = {"a": 1}
        for _ in range(levels - 1):
            claims = {"a": claims}
        names = [("a",) * length for length in range(1, levels + 1)]
        concealed, made = conceal(claims, frozenset(names), entropy=entropy)
        return join(token(concealed), made)

    accept(nested(32))
    assert refusal(nested(40)) == "too_deep"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_h035_hundred_thousand_brackets(opening: str) -> None:
    with pytest.raises(MalformedError, match="too_deep"):
        parse_json(opening * 90_000)
    assert refusal(raw_token(json.dumps(HEADER).encode(), opening.encode() * 70_000) + "~") == (
        "too_deep"
    )


@pytest.mark.parametrize(
    ("ragged", "code"),
    [
        (HELD + "~", "token_malformed"),
        (HELD.replace("~", "~~", 1), "token_malformed"),
        (HELD[:-1], "token_malformed"),
        (" " + HELD, "token_malformed"),
        (HELD + "\n", "token_malformed"),
        ("\n" + HELD, "token_malformed"),
        (HELD[:50] + "\0" + HELD[50:], "token_malformed"),
        (HELD[:50] + "\t" + HELD[50:], "token_malformed"),
        (HELD[:50] + "é" + HELD[50:], "token_malformed"),
        ("~" + HELD, "token_malformed"),
        ("~", "token_malformed"),
        ("", "token_malformed"),
        ("a" * 2 * 1024 * 1024, "token_malformed"),
    ],
)
def test_h039_ragged_token_text(ragged: str, code: str) -> None:
    assert refusal(ragged) == code
