"""Keys: one key, one value; what is not quite a key is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.keys import (
    Algorithm,
    SoftwareSigner,
    public_key_from_jwk,
    public_key_from_multikey,
)
from credentials.multibase import multibase_encode, varint_encode

P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
SIGNERS = {algorithm: SoftwareSigner.generate(algorithm, "kid") for algorithm in Algorithm}
every_algorithm = pytest.mark.parametrize("algorithm", Algorithm)


@every_algorithm
def test_a_signature_holds_for_its_message_alone(algorithm: Algorithm) -> None:
    signer = SIGNERS[algorithm]
    signature = signer.sign(b"message")
    signer.public.verify(signature, b"message")
    for broken in (signature[:-1], signature + b"\0", bytes(len(signature)), signature[::-1]):
        with pytest.raises(ProofInvalid, match="signature_invalid"):
            signer.public.verify(broken, b"message")
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        signer.public.verify(signature, b"other")
    with pytest.raises(ProofInvalid, match="signature_invalid"):
        SoftwareSigner.generate(algorithm).public.verify(signature, b"message")


@every_algorithm
def test_every_reading_of_a_key_is_the_same_value(algorithm: Algorithm) -> None:
    key = SIGNERS[algorithm].public
    readings = {
        key,
        public_key_from_jwk(key.jwk()),
        public_key_from_multikey(key.multikey()),
        key.with_key_id("other"),
    }
    assert readings == {key}
    assert key.with_key_id("other").key_id == "other"
    assert public_key_from_jwk(key.jwk() | {"kid": "k"}).key_id == "k"


@every_algorithm
def test_a_private_key_comes_back_as_it_went(algorithm: Algorithm) -> None:
    signer = SIGNERS[algorithm]
    again = SoftwareSigner.from_private_jwk(signer.private_jwk() | {"key_ops": ["sign"]})
    assert (again.public, again.public.key_id) == (signer.public, "kid")
    signer.public.verify(again.sign(b"m"), b"m")


@every_algorithm
def test_no_text_form_shows_the_private_key(algorithm: Algorithm) -> None:
    signer = SIGNERS[algorithm]
    secret = str(signer.private_jwk()["d"])
    assert secret not in repr(signer)
    assert secret not in str(signer.public.jwk())


def test_the_thumbprint_is_that_of_rfc_8037() -> None:  # appendix A.3
    jwk: JsonObject = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert public_key_from_jwk(jwk).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_multikeys_are_those_of_controlled_identifiers() -> None:
    for text in (
        "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
        "z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54",
        "z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP",
    ):
        assert public_key_from_multikey(text).multikey() == text


def ec_jwk() -> JsonObject:
    return SIGNERS[Algorithm.ES256].public.jwk()


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"kty": "oct"},
        {"crv": "P-192"},
        {"crv": ["P-256"]},
        {"crv": "P-384"},
        {"crv": "Ed25519"},
        {"kty": "OKP"},
        {"x": 5},
        {"x": None},
        {"x": "AA=="},
        {"y": b64url_encode(bytes(31))},
        {"y": b64url_encode(bytes(33))},
        {"alg": "ES384"},
        {"alg": ["ES256"]},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"d": b64url_encode(bytes(32))},
    ],
)
def test_a_jwk_that_is_not_quite_a_key_is_refused(change: JsonObject) -> None:
    with pytest.raises(MalformedError, match="key_invalid"):
        public_key_from_jwk(ec_jwk() | change)


@pytest.mark.parametrize("curve", ["secp256k1", "P-521", "X25519", "Ed448"])
def test_a_curve_that_is_known_but_signs_nothing_here_is_named(curve: str) -> None:
    with pytest.raises(UnsupportedError, match="key_unsupported"):
        public_key_from_jwk(ec_jwk() | {"crv": curve})


def test_a_jwk_may_say_what_it_is_for() -> None:
    public_key_from_jwk(ec_jwk() | {"alg": "ES256", "use": "sig", "key_ops": ["verify"]})


@pytest.mark.parametrize("d", [None, 5, "", b64url_encode(bytes(32)), b64url_encode(b"\1" * 32)])
@every_algorithm
def test_a_private_half_of_another_key_is_refused(algorithm: Algorithm, d: str | None) -> None:
    with pytest.raises(MalformedError, match="key_invalid"):
        SoftwareSigner.from_private_jwk(SIGNERS[algorithm].private_jwk() | {"d": d})


SMALL_ORDER = [
    bytes(32),
    b"\1" + bytes(31),
    bytes.fromhex("ec" + "ff" * 30 + "7f"),
    bytes(31) + b"\x80",
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
]


@pytest.mark.parametrize(
    "octets",
    [
        *SMALL_ORDER,
        bytes.fromhex("ed" + "ff" * 30 + "7f"),  # not the shortest spelling of 0
        b"\2" + bytes(31),  # no point has this height
        bytes(31),
    ],
    ids=lambda octets: octets.hex()[:8],
)
def test_ed25519_points_under_which_anything_could_hold_are_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError, match="key_invalid"):
        public_key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(octets)})
    with pytest.raises(MalformedError, match="key_invalid"):
        public_key_from_multikey(multibase_encode(varint_encode(0xED) + octets))


@pytest.mark.parametrize(
    "octets",
    [
        varint_encode(0x1200) + b"\2" + b"\xff" * 32,
        varint_encode(0x1200) + b"\2" + bytes(31),
        varint_encode(0x1200) + b"\4" + bytes(64),
        varint_encode(0x1205) + bytes(32),
        b"\x80",
        b"",
    ],
    ids=lambda octets: octets.hex()[:8],
)
def test_a_multikey_that_is_not_quite_a_key_is_refused(octets: bytes) -> None:
    for base in "zu":
        with pytest.raises(MalformedError, match="key_invalid"):
            public_key_from_multikey(multibase_encode(octets, base))


@given(st.text(max_size=60) | st.text(max_size=60).map("z{}".format))
def test_any_text_is_a_multikey_or_refused(text: str) -> None:
    try:
        key = public_key_from_multikey(text)
    except MalformedError:
        return
    assert key.multikey() == text


members = st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.lists(st.text())


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "d", "alg", "use", "key_ops", "kid"]),
        members | st.sampled_from(["EC", "OKP", "P-256", "Ed25519", "sig"]),
    )
)
def test_any_object_is_a_jwk_or_refused(jwk: JsonObject) -> None:
    for read in (public_key_from_jwk, SoftwareSigner.from_private_jwk):
        try:
            read(jwk)
        except MalformedError:
            continue
