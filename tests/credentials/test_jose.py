"""JWS and JWE: one strict reader, few algorithms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from credentials.encoding import JsonObject, b64url_encode, compact_json, parse_json_object
from credentials.errors import CredentialError, MalformedError, ProofInvalid
from credentials.jose import (
    decrypt_compact,
    encrypt_compact,
    encryption_key_id,
    generate_encryption_key,
    numeric_date,
    peek,
    public_encryption_key,
    sign_compact,
)
from credentials.keys import Algorithm, SoftwareSigner

TYP = frozenset(["test+jwt"])
SIGNERS = {algorithm: SoftwareSigner.generate(algorithm) for algorithm in Algorithm}
SIGNER = SIGNERS[Algorithm.ES256]
TOKEN = sign_compact({"typ": "test+jwt"}, {"a": 1}, SIGNER)
ENCRYPTION_KEY = generate_encryption_key()
JWE_TOKEN = encrypt_compact(b"secret", public_encryption_key(ENCRYPTION_KEY))


def token_of(header: JsonObject, payload: bytes = b"{}", signature: bytes = b"s") -> str:
    return ".".join(map(b64url_encode, (compact_json(header), payload, signature)))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signed_token_is_read_and_holds(algorithm: Algorithm) -> None:
    signer = SIGNERS[algorithm]
    jws = peek(sign_compact({"typ": "test+jwt", "kid": "k"}, {"a": 1}, signer), typ=TYP)
    jws.verify(signer.public)
    assert jws.payload == {"a": 1}
    assert jws.header == {"alg": algorithm.value, "kid": "k", "typ": "test+jwt"}
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        jws.verify(SoftwareSigner.generate(algorithm).public)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_another_library_reads_what_we_sign(algorithm: Algorithm) -> None:
    signer = SIGNERS[algorithm]
    other = JWS()
    other.deserialize(sign_compact({}, {"a": 1}, signer), JWK(**signer.public.jwk()))
    assert other.payload == b'{"a":1}'


def test_the_algorithm_must_be_that_of_the_key() -> None:
    with pytest.raises(ProofInvalid, match="alg_key_mismatch"):
        peek(TOKEN, typ=TYP).verify(SIGNERS[Algorithm.ES384].public)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "token_malformed"),
        ("a.b", "token_malformed"),
        (TOKEN + ".", "token_malformed"),
        (TOKEN + "~", "token_malformed"),
        (" " + TOKEN, "token_malformed"),
        (TOKEN + "\n", "token_malformed"),
        (JWE_TOKEN, "jws_expected"),
        (TOKEN + "=", "base64_not_strict"),
        (token_of({"alg": "none", "typ": "test+jwt"}), "alg_not_allowed"),
        (token_of({"alg": ["ES256"], "typ": "test+jwt"}), "alg_not_allowed"),
        (token_of({"typ": "test+jwt"}), "alg_not_allowed"),
        (token_of({"alg": "RS256", "typ": "test+jwt"}), "alg_key_mismatch"),
        (token_of({"alg": "ES256"}), "typ_not_allowed"),
        (token_of({"alg": "ES256", "typ": ["test+jwt"]}), "typ_not_allowed"),
        (token_of({"alg": "ES256", "typ": "TEST+JWT"}), "typ_not_allowed"),
        (token_of({"alg": "ES256", "typ": "test+jwt", "crit": []}), "crit_unknown"),
        (token_of({"alg": "ES256", "typ": "test+jwt", "b64": True}), "crit_unknown"),
        (token_of({"alg": "ES256", "typ": "test+jwt", "kid": 5}), "token_malformed"),
        (token_of({"alg": "ES256", "typ": "test+jwt", "jwk": {}}), "key_not_from_issuer"),
        (token_of({"alg": "ES256", "typ": "test+jwt"}, b"[]"), "json_malformed"),
        (token_of({"alg": "ES256", "typ": "test+jwt"}, b"{" * 99), "too_deep"),
    ],
)
def test_a_token_that_is_not_quite_one_is_refused(token: str, code: str) -> None:
    with pytest.raises(CredentialError) as refused:
        peek(token, typ=TYP)
    assert refused.value.code == code


def test_a_header_key_is_ignored_beside_a_key_id_and_read_where_it_belongs() -> None:
    header: JsonObject = {"typ": "test+jwt", "jwk": SIGNER.public.jwk()}
    peek(sign_compact(header | {"kid": "k"}, {}, SIGNER), typ=TYP)
    peek(sign_compact(header, {}, SIGNER), typ=TYP, header_key=True)


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_=~.-]{0,80}", fullmatch=True))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    for read in (
        lambda: peek(text, typ=TYP),
        lambda: decrypt_compact(text, ENCRYPTION_KEY),
    ):
        with pytest.raises(CredentialError):
            read()


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=9)
    | st.sampled_from(["ES256"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "jwk", "enc", "epk", "zip", "apu"]), JSON_VALUES
    )
)
def test_any_header_gives_a_token_or_is_refused(header: JsonObject) -> None:
    for usual in (False, True):
        named: JsonObject = {"alg": "ES256", "typ": "test+jwt"} if usual else {}
        try:
            jws = peek(token_of(named | header), typ=TYP, header_key=True)
        except CredentialError:
            continue
        with pytest.raises(ProofInvalid):
            jws.verify(SIGNER.public)
    parts = JWE_TOKEN.split(".")
    changed = compact_json({"alg": "ECDH-ES", "enc": "A128GCM", **header})
    with pytest.raises(CredentialError):
        decrypt_compact(".".join([b64url_encode(changed), *parts[1:]]), ENCRYPTION_KEY)


@pytest.mark.parametrize("value", [0, 1795000000, 1795000000.5, 253402300799])
def test_a_numeric_date_is_a_moment(value: float) -> None:
    moment = numeric_date({"exp": value}, "exp")
    assert moment is not None
    assert moment.timestamp() == value
    assert numeric_date({}, "exp") is None


@pytest.mark.parametrize("value", [-1, True, None, "1795000000", [1], 253402300800, 1e300])
def test_what_is_no_numeric_date_is_refused(value: float | str | None) -> None:
    with pytest.raises(MalformedError, match="date_invalid"):
        numeric_date({"exp": value}, "exp")


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_an_encrypted_text_opens_with_its_key_alone(enc: str) -> None:
    token = encrypt_compact(
        b"secret", public_encryption_key(ENCRYPTION_KEY), enc=enc, apu=b"u", apv=b"v"
    )
    assert decrypt_compact(token, ENCRYPTION_KEY) == b"secret"
    assert encryption_key_id(token) == ENCRYPTION_KEY["kid"]
    other = generate_encryption_key()
    for key in (other, other | {"kid": ENCRYPTION_KEY["kid"]}):
        with pytest.raises(CredentialError, match="encryption_key_unknown"):
            decrypt_compact(token, key)


def test_no_character_of_an_encrypted_text_can_be_changed() -> None:
    for position, character in enumerate(JWE_TOKEN):
        for other in {"A", "B", "."} - {character}:
            changed = JWE_TOKEN[:position] + other + JWE_TOKEN[position + 1 :]
            with pytest.raises(CredentialError):
                decrypt_compact(changed, ENCRYPTION_KEY)


def test_another_library_and_we_open_each_others_texts() -> None:
    other = JWE(algs=["ECDH-ES", "A128GCM"])
    private = {name: str(ENCRYPTION_KEY[name]) for name in ("kty", "crv", "x", "y", "d")}
    other.deserialize(JWE_TOKEN, JWK(**private))
    assert other.payload == b"secret"


def with_header(change: JsonObject) -> str:
    rest = JWE_TOKEN.split(".")[1:]
    header = parse_json_object(JWS_HEADER) | change
    return ".".join([b64url_encode(compact_json(header)), *rest])


JWS_HEADER = '{"alg":"ECDH-ES","enc":"A128GCM","epk":{}}'
POINT: JsonObject = {**SIGNER.public.jwk()}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zip": "DEF"}, "jwe_zip_not_allowed"),
        ({"alg": "PBES2-HS512+A256KW", "p2c": 50_000_000}, "alg_not_allowed"),
        ({"alg": "dir"}, "alg_not_allowed"),
        ({"alg": "RSA1_5"}, "alg_not_allowed"),
        ({"enc": "A128CBC-HS256"}, "alg_not_allowed"),
        ({"crit": ["x"]}, "crit_unknown"),
        ({"epk": None}, "key_invalid"),
        ({"epk": {**POINT, "y": POINT["x"]}}, "key_invalid"),
        ({"epk": {**SIGNERS[Algorithm.ES384].public.jwk()}}, "key_invalid"),
        ({"epk": {**POINT}, "kid": "other"}, "encryption_key_unknown"),
        ({"epk": {**POINT}}, "encryption_key_unknown"),
        ({"epk": {**POINT}, "apu": 5}, "token_malformed"),
        ({"epk": {**POINT}, "apu": "a="}, "base64_not_strict"),
    ],
)
def test_an_encrypted_text_outside_the_profile_is_refused(change: JsonObject, code: str) -> None:
    with pytest.raises(CredentialError) as refused:
        decrypt_compact(with_header(change), ENCRYPTION_KEY)
    assert refused.value.code == code


@pytest.mark.parametrize("recipient", [SIGNERS[Algorithm.ES384].public.jwk(), ENCRYPTION_KEY, {}])
def test_one_encrypts_to_a_public_p256_key_only(recipient: JsonObject) -> None:
    with pytest.raises(MalformedError, match="key_invalid"):
        encrypt_compact(b"secret", recipient)
    with pytest.raises(CredentialError, match="alg_not_allowed"):
        encrypt_compact(b"secret", recipient, enc="A128CBC-HS256")
