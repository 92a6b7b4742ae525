"""Hostile tokens H001 to H039 in the formats of the W3C data model: refused by the same codes."""

import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from credentials import envelopes
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from credentials.errors import CredentialError
from credentials.formats.sd_jwt import digest
from credentials.jose import encrypt_compact, generate_encryption_key
from credentials.jose import public_encryption_key as public_half
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import NOW
from tests.formats.conftest import REQUEST
from tests.hostile.w3c_samples import W3C_TOKENS, WHOLE, Workshop, keep, signed, workshop_of

SECONDS = int(NOW.timestamp())
YEAR = 365 * 86_400
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(params=W3C_TOKENS, scope="module")
def workshop(request: pytest.FixtureRequest) -> Workshop:
    return workshop_of(request.param)


@pytest.fixture(params=WHOLE, scope="module")
def whole(request: pytest.FixtureRequest) -> Workshop:
    return workshop_of(request.param)


def unsigned(workshop: Workshop, **header: JsonValue) -> tuple[str, str]:
    """The signing input under another header, and what came behind the signature."""
    token, tilde, rest = workshop.held().partition("~")
    head, body, _ = token.split(".")
    members = json.loads(b64url_decode(head)) | header
    return f"{b64url_encode(json.dumps(members).encode())}.{body}", tilde + rest


def test_the_bent_samples_are_good_when_nothing_is_bent(workshop: Workshop) -> None:
    workshop.accept(workshop.held())
    workshop.accept(workshop.shown(), expected=REQUEST)


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "", None, 7])
def test_h001_alg_none(workshop: Workshop, name: JsonValue) -> None:
    signing_input, rest = unsigned(workshop, alg=name)
    assert workshop.refusal(f"{signing_input}.{rest}") == "alg_not_allowed"


def test_h002_hmac_keyed_with_a_public_key(workshop: Workshop) -> None:
    signing_input, rest = unsigned(workshop, alg="HS256")
    jwk = workshop.issuer.public.jwk()
    x, y = (int.from_bytes(b64url_decode(str(jwk[name])), "big") for name in "xy")
    pem = (
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    mac = hmac.digest(pem, signing_input.encode(), hashlib.sha256)
    assert workshop.refusal(f"{signing_input}.{b64url_encode(mac)}{rest}") == "alg_not_allowed"


@pytest.mark.parametrize("name", ["ES256K", "RS1", "ES384", "ES512"])
def test_h003_wrong_algorithm_for_the_key(workshop: Workshop, name: str) -> None:
    signing_input, rest = unsigned(workshop, alg=name)
    wire = f"{signing_input}.{b64url_encode(bytes(64))}{rest}"
    assert workshop.refusal(wire) == "alg_key_mismatch"


@pytest.mark.parametrize(
    "members", [{"crit": ["x-unknown"], "x-unknown": 1}, {"crit": ["absent"]}, {"crit": []}]
)
def test_h004_unknown_critical_header(workshop: Workshop, members: JsonObject) -> None:
    wire = workshop.held(header=lambda header: header.update(members))
    assert workshop.refusal(wire) == "crit_unknown"


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_h005_key_supplied_by_the_header(workshop: Workshop, name: str) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)

    def bend(header: JsonObject) -> None:
        header[name] = thief.public.jwk() if name == "jwk" else "https://evil.example/k"

    named = workshop.held(header=bend, signer=thief)
    assert workshop.refusal(named) == "signature_invalid"

    def bend_alone(header: JsonObject) -> None:
        bend(header)
        del header["kid"]

    alone = workshop.held(header=bend_alone, signer=thief)
    assert workshop.refusal(alone) == "key_not_from_issuer"
    workshop.accept(workshop.held(header=bend))  # ignored where the issuer's own key fits


def test_h006_duplicate_alg_in_the_header(workshop: Workshop) -> None:
    head, body = (b64url_decode(part) for part in workshop.held().split(".")[:2])
    twice = b'{"alg":"none",' + head.removeprefix(b"{")
    assert workshop.refusal(signed(twice, body, workshop.issuer)) == "json_duplicate_key"


def test_h007_unencoded_payload(workshop: Workshop) -> None:
    wire = workshop.held(header=lambda header: header.update(b64=False, crit=["b64"]))
    assert workshop.refusal(wire) == "crit_unknown"


def test_h008_loose_base64(workshop: Workshop) -> None:
    token, tilde, rest = workshop.held().partition("~")
    head, body, signature = token.split(".")
    spare_bits = signature[:-1] + BASE64URL[BASE64URL.index(signature[-1]) + 1]
    for loose in (
        f"{head}=.{body}.{signature}",
        f"{head}.{body}.{signature}==",
        f"{head}.{body}.{signature[:-1]}+",
        f"{head}.{body[:40]}\n{body[40:]}.{signature}",
        f"{head}.{body}.{spare_bits}",
    ):
        assert workshop.refusal(f"{loose}{tilde}{rest}") == "base64_not_strict"


@pytest.mark.parametrize("octets", [bytes(64), b"\xff" * 64, bytes(63), bytes(65), b""])
def test_h010_zero_signature_values(workshop: Workshop, octets: bytes) -> None:
    signing_input, rest = unsigned(workshop)
    wire = f"{signing_input}.{b64url_encode(octets)}{rest}"
    assert workshop.refusal(wire) == "signature_invalid"


def test_h014_encrypted_token_where_a_signed_one_is_expected(workshop: Workshop) -> None:
    body = b64url_decode(workshop.held().split(".")[1])
    wire = encrypt_compact(body, public_half(generate_encryption_key()))
    assert workshop.refusal(wire) == "jws_expected"


@pytest.mark.parametrize(
    "kind", ["oauth-authz-req+jwt", "kb+jwt", "dc+sd-jwt", "VC+JWT", "application/vc+jwt", None, 7]
)
def test_h015_foreign_token_type(workshop: Workshop, kind: JsonValue) -> None:
    wire = workshop.held(header=lambda header: header.update(typ=kind))
    assert workshop.refusal(wire) == "typ_not_allowed"
    wire = workshop.shown(header=lambda header: header.update(typ="jwt" if kind == "kb+jwt" else 1))
    assert workshop.refusal(wire, expected=REQUEST) == "typ_not_allowed"


@pytest.mark.parametrize("content", ["vp", "application/vc", 7, None])
def test_h015_foreign_content_type(content: JsonValue) -> None:
    for name in ("vc+jwt", "vc+sd-jwt"):
        workshop = workshop_of(name)
        wire = workshop.held(header=lambda header: header.update(cty=content))
        assert workshop.refusal(wire) == "typ_not_allowed"
        workshop.accept(workshop.held(header=lambda header: header.pop("cty")))


def test_h016_key_binding_left_out(workshop: Workshop) -> None:
    assert workshop.refusal(workshop.held(), expected=REQUEST) == "holder_binding_missing"


def test_h018_presentation_by_another_key(workshop: Workshop) -> None:
    for thief in map(SoftwareSigner.generate, Algorithm):
        jwk = thief.public.jwk()
        for bend in (keep, lambda header, jwk=jwk: header.update(jwk=jwk)):
            shown = workshop.shown(header=bend, signer=thief)
            assert workshop.refusal(shown, expected=REQUEST) == "holder_key_mismatch"


def test_h018_presentation_in_the_name_of_another(whole: Workshop) -> None:
    """The subject signs, but says that someone else holds it."""
    shown = whole.shown(lambda payload: payload.update(holder="did:web:other.example"))
    assert whole.refusal(shown, expected=REQUEST) in {"holder_key_mismatch", "claim_collision"}


@pytest.mark.parametrize(
    "aud", [[REQUEST.audience], [REQUEST.audience, "x"], f"{REQUEST.audience}/", "", None]
)
def test_h019_audience_of_someone_else(workshop: Workshop, aud: JsonValue) -> None:
    shown = workshop.shown(lambda payload: payload.update(aud=aud))
    assert workshop.refusal(shown, expected=REQUEST) == "aud_mismatch"


@pytest.mark.parametrize("nonce", ["unknown", "", None, 5, [REQUEST.nonce]])
def test_h020_nonce_of_another_request(workshop: Workshop, nonce: JsonValue) -> None:
    shown = workshop.shown(lambda payload: payload.update(nonce=nonce))
    assert workshop.refusal(shown, expected=REQUEST) == "nonce_invalid"


@pytest.mark.parametrize(
    "iat",
    [
        *(SECONDS - 10 * YEAR, SECONDS + 10 * YEAR, SECONDS - 601, SECONDS + 61),
        *("1795000000", True, None, -1, [SECONDS]),
    ],
)
def test_h021_presentation_time_out_of_window(workshop: Workshop, iat: JsonValue) -> None:
    shown = workshop.shown(lambda payload: payload.update(iat=iat))
    assert workshop.refusal(shown, expected=REQUEST) == "kb_iat_invalid"


@pytest.mark.parametrize("iat", [float("nan"), float("inf")])
def test_h021_presentation_time_that_is_no_number(iat: float) -> None:
    for name in ("vc+jwt", "vc+sd-jwt"):
        workshop = workshop_of(name)
        shown = workshop.shown(lambda payload: payload.update(iat=iat))
        assert workshop.refusal(shown, expected=REQUEST) == "kb_iat_invalid"


def test_h021_presentation_time_absent(workshop: Workshop) -> None:
    shown = workshop.shown(lambda payload: payload.pop("iat"))
    assert workshop.refusal(shown, expected=REQUEST) == "kb_iat_invalid"


@pytest.mark.parametrize(
    "name", ["@context", "type", "issuer", "validUntil", "credentialStatus", "cnf", "exp", "iss"]
)
def test_h029_registered_member_hidden(name: str) -> None:
    workshop = workshop_of("vc+sd-jwt")
    salt = b64url_encode(bytes(16))
    hidden: list[str] = []

    def bend(payload: JsonObject) -> None:
        text = json.dumps([salt, name, payload.pop(name, SECONDS + YEAR)])
        hidden.append(b64url_encode(text.encode()))
        payload["_sd"] = [digest(hidden[0])]

    wire = workshop.held(bend)
    assert workshop.refusal(f"{wire}{hidden[0]}~") == "claim_must_be_plain"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": SECONDS - 1, "iat": SECONDS - 9, "nbf": SECONDS - 9}, "expired"),
        ({"exp": SECONDS}, "expired"),
        ({"nbf": SECONDS + 61}, "not_yet_valid"),
        ({"iat": SECONDS + 61}, "not_yet_valid"),
        ({"exp": "1795"}, "date_invalid"),
        ({"exp": float("nan")}, "date_invalid"),
        ({"exp": -1}, "date_invalid"),
        ({"exp": 1e300}, "date_invalid"),
        ({"exp": True}, "date_invalid"),
        ({"iat": SECONDS + 2 * YEAR}, "date_invalid"),
        ({"iat": "2026-11-23T12:00:00Z"}, "date_invalid"),
    ],
)
def test_h036_dates_that_do_not_hold(workshop: Workshop, claims: JsonObject, code: str) -> None:
    """A token's own dates count beside those of its document: the narrower ones hold."""
    wire = workshop.held(lambda payload: payload.update(claims))
    assert workshop.refusal(wire) == code


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("validUntil", "2026-11-23T12:00:00Z", "expired"),
        ("validFrom", "2026-11-23T12:01:01Z", "not_yet_valid"),
        ("validUntil", "2026-11-23", "date_invalid"),
        ("validUntil", 1_900_000_000, "date_invalid"),
        ("validFrom", "2029-11-23T12:00:00Z", "date_invalid"),
    ],
)
def test_h036_dates_of_the_document_that_do_not_hold(
    member: str, value: JsonValue, code: str
) -> None:
    for name in ("vc+jwt", "vc+sd-jwt"):
        workshop = workshop_of(name)
        wire = workshop.held(lambda payload: payload.update({member: value}))
        assert workshop.refusal(wire) == code


def test_h039_ragged_token_text(workshop: Workshop) -> None:
    wire = workshop.held()
    for ragged in (f" {wire}", f"{wire}\n", f"{wire}\0", f"\t{wire}", "a" * 600_000, "", "~", "."):
        assert workshop.refusal(ragged) == "token_malformed"


def test_a_claim_that_contradicts_its_member_is_refused(workshop: Workshop) -> None:
    old = workshop.sample.format.identifier == "jwt_vc_json"
    for claim in ("jti", "sub") if old else ("jti", "sub", "iss"):

        def bend(payload: JsonObject, claim: str = claim) -> None:
            if old:
                inner = payload["vc"]
                assert isinstance(inner, dict)
                inner |= {"id": "urn:uuid:other", "credentialSubject": {"id": "urn:x", "a": 1}}
            payload[claim] = "urn:uuid:else"

        assert workshop.refusal(workshop.held(bend)) == "claim_collision"


@pytest.mark.parametrize("claim", ["vc", "vp"])
def test_a_claim_of_the_older_model_is_refused(claim: str) -> None:
    for name in ("vc+jwt", "vc+sd-jwt"):
        workshop = workshop_of(name)
        wire = workshop.held(lambda payload: payload.update({claim: {}}))
        assert workshop.refusal(wire) == "claim_not_allowed"


@pytest.mark.parametrize(
    "context", [{"@vocab": "https://evil.example/"}, "https://evil.example/context"]
)
def test_h046_a_context_that_nobody_reviewed_is_refused(
    workshop: Workshop, context: JsonValue
) -> None:
    def bend(payload: JsonObject) -> None:
        document = payload.get("vc", payload)
        assert isinstance(document, dict)
        contexts = document["@context"]
        assert isinstance(contexts, list)
        contexts.append(context)

    code = workshop.refusal(workshop.held(bend))
    assert code == ("context_inline" if isinstance(context, dict) else "context_unknown")


def test_a_credential_altered_inside_a_true_presentation_is_refused(whole: Workshop) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)
    for forged in (whole.held(signer=thief), whole.held()[:-4] + "AAAA"):
        shown = whole.shown(held=forged)
        assert whole.refusal(shown, expected=REQUEST) == "signature_invalid"


@pytest.mark.parametrize("count", [0, 2])
def test_a_presentation_shows_exactly_one_credential(whole: Workshop, count: int) -> None:
    def bend(payload: JsonObject) -> None:
        document = payload.get("vp", payload)
        assert isinstance(document, dict)
        credentials = document["verifiableCredential"]
        assert isinstance(credentials, list)
        document["verifiableCredential"] = credentials * count

    assert whole.refusal(whole.shown(bend), expected=REQUEST) == "presentation_not_one"


def test_a_token_is_read_out_of_its_own_envelope_only() -> None:
    for name in ("vc+jwt", "vc+sd-jwt"):
        workshop = workshop_of(name)
        good = envelopes.envelop(f"application/{name}", workshop.held())
        assert workshop.sample.verified(good).credential == workshop.sample.credential
        for other in ("application/vc+cose", "text/plain"):
            with pytest.raises(CredentialError) as refused:
                workshop.sample.format.parse(envelopes.envelop(other, workshop.held()))
            assert refused.value.code == "token_malformed"
    shown = workshop_of("vc+jwt").shown()
    enveloped = envelopes.envelop("application/vp+jwt", shown, kind=envelopes.PRESENTATION)
    assert workshop_of("vc+jwt").sample.format.parse(enveloped).presented
