"""From an identifier to its keys: three methods, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.bbs_keys import BbsPublicKey
from credentials.dids import (
    DidDocument,
    did_jwk,
    did_key,
    did_web,
    document_url,
    resolve,
    web,
    write_document,
)
from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.errors import CredentialError
from credentials.keys import Algorithm, PublicKey, SoftwareSigner

DID = "did:web:issuer.skillspass.example"
KEYS = {algorithm: SoftwareSigner.generate(algorithm).public for algorithm in Algorithm}
KEY = KEYS[Algorithm.ES256]


def never(url: str) -> bytes:
    raise AssertionError(url)


def published(document: JsonObject) -> DidDocument:
    return resolve(DID, lambda url: compact_json(document | {"fetched": url}))


def code_of(did: str, document: JsonValue = None) -> str:
    with pytest.raises(CredentialError) as refused:
        resolve(did, never if document is None else lambda _url: compact_json(document))
    return refused.value.code


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_its_own_identifier(key: PublicKey) -> None:
    for did in (did_key(key), did_jwk(key)):
        document = resolve(did, never)
        found = document.key(None)
        assert found == key
        assert found.key_id is not None
        assert found.key_id.startswith(f"{did}#")
        assert document.key(found.key_id, "authentication") == key


def test_did_jwk_of_the_method_specification_is_read() -> None:
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVV"
        "M3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    key = resolve(did, never).key(f"{did}#0")
    assert did_jwk(key) == did


def test_a_published_document_gives_back_its_keys() -> None:
    document = published(write_document(DID, list(KEYS.values())))
    for key in KEYS.values():
        assert document.key(f"{DID}#{key.thumbprint}") == key
        assert document.key(f"#{key.thumbprint}").key_id == f"{DID}#{key.thumbprint}"
    with pytest.raises(CredentialError, match="method_not_of_issuer"):
        document.key(None)
    with pytest.raises(CredentialError, match="method_not_of_issuer"):
        document.key(f"did:web:attacker.example#{KEY.thumbprint}")


def test_a_published_bbs_key_makes_credentials_and_signs_nothing_else() -> None:
    bbs = BbsPublicKey(b"\x80" + bytes(95))
    document = published(write_document(DID, [KEY, bbs]))
    method = f"{DID}#{bbs.thumbprint}"
    assert document.verification_key(method) == bbs
    assert document.key(None, "authentication") == KEY
    with pytest.raises(CredentialError, match="alg_key_mismatch"):
        document.key(method)
    with pytest.raises(CredentialError, match="proof_purpose_mismatch"):
        document.verification_key(method, "authentication")


def test_a_key_serves_its_own_purpose_only() -> None:
    document = published(write_document(DID, [KEY]) | {"authentication": []})
    assert document.key(None) == KEY
    with pytest.raises(CredentialError, match="proof_purpose_mismatch"):
        document.key(f"{DID}#{KEY.thumbprint}", "authentication")


@pytest.mark.parametrize(
    ("origin", "did", "url"),
    [
        ("https://a.example", "did:web:a.example", "https://a.example/.well-known/did.json"),
        ("https://a.example:443", "did:web:a.example", "https://a.example/.well-known/did.json"),
        (
            "https://a.example:8443",
            "did:web:a.example%3A8443",
            "https://a.example:8443/.well-known/did.json",
        ),
    ],
)
def test_an_origin_has_one_identifier_and_one_address(origin: str, did: str, url: str) -> None:
    assert did_web(origin) == did
    assert document_url(did) == url


def test_a_path_lies_beside_its_document() -> None:
    assert document_url("did:web:a.example:b:c") == "https://a.example/b/c/did.json"


@pytest.mark.parametrize(
    "origin", ["http://a.example", "https://a.example/", "https://A.example", "a.example", ""]
)
def test_what_is_no_https_origin_has_no_identifier(origin: str) -> None:
    with pytest.raises(CredentialError, match="did_malformed"):
        did_web(origin)


@pytest.mark.parametrize(
    ("did", "code"),
    [
        ("did:web:127.0.0.1%3A6379", "address_forbidden"),
        ("did:web:0.0.0.0", "address_forbidden"),
        ("did:web:2130706433", "address_forbidden"),
        ("did:web:0x7f000001", "address_forbidden"),
        ("did:web:127.0.0.1.", "address_forbidden"),
        ("did:web:[::ffff:127.0.0.1]", "address_forbidden"),
        ("did:web:[fd00::1]", "address_forbidden"),
        ("did:web:a.example:..%2f..%2fetc", "did_malformed"),
        ("did:web:a.example:..", "did_malformed"),
        ("did:web:a.example%2fb", "did_malformed"),
        ("did:web:user@a.example", "did_malformed"),
        ("did:web:a.example%3A22", "did_malformed"),
        ("did:web:a.example%3A99999", "did_malformed"),
        ("did:web:a.example::b", "did_malformed"),
        ("did:web:a.example:", "did_malformed"),
        ("did:web:", "did_malformed"),
        ("did:web:A.example", "did_malformed"),
        ("did:web:büro.example", "did_malformed"),
        ("did:web:a..example", "did_malformed"),
        ("did:web:a.example.", "did_malformed"),
        ("did:web:a.example\n", "did_malformed"),
        ("did:web:a.example?x", "did_malformed"),
        ("did:web:" + "a" * 64 + ".example", "did_malformed"),
        ("did:web:" + "a." * 300 + "example", "did_malformed"),
        ("did:key:z6Mk", "did_malformed"),
        pytest.param(f"did:key:{KEY.multikey()}#x", "did_malformed", id="did:key with a fragment"),
        ("did:jwk:e30", "did_malformed"),
        ("did:jwk:" + "A" * 4000, "did_malformed"),
        ("did:ion:x", "did_method_unknown"),
        ("https://a.example", "did_malformed"),
    ],
)
def test_a_tricky_identifier_is_refused_before_anything_is_fetched(did: str, code: str) -> None:
    assert code_of(did) == code


def test_a_private_key_is_no_identifier() -> None:
    private = compact_json(SoftwareSigner.generate(Algorithm.ES256).private_jwk())
    assert code_of(f"did:jwk:{b64url_encode(private)}") == "did_malformed"


METHOD: JsonObject = {
    "id": f"{DID}#k",
    "controller": DID,
    "type": "JsonWebKey",
    "publicKeyJwk": KEY.jwk(),
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "did:web:other.example"}, "did_document_mismatch"),
        ({"id": None}, "did_document_mismatch"),
        ({"verificationMethod": [METHOD | {"controller": "did:web:b"}]}, "did_document_mismatch"),
        ({"verificationMethod": [METHOD | {"id": "did:web:b#k"}]}, "did_document_mismatch"),
        ({"assertionMethod": ["did:web:b#k"]}, "did_document_mismatch"),
        ({"assertionMethod": [5]}, "did_document_malformed"),
        ({"assertionMethod": f"{DID}#k"}, "did_document_malformed"),
        ({"verificationMethod": ["x"]}, "did_document_malformed"),
        ({"verificationMethod": [METHOD] * 65}, "did_document_malformed"),
        (
            {
                "verificationMethod": [
                    METHOD,
                    METHOD | {"publicKeyJwk": KEYS[Algorithm.EDDSA].jwk()},
                ]
            },
            "did_document_malformed",
        ),
        (
            {"verificationMethod": [METHOD | {"publicKeyJwk": {**KEY.jwk(), "x": "AA"}}]},
            "key_invalid",
        ),
    ],
)
def test_a_document_that_is_not_quite_ours_is_refused(change: JsonObject, code: str) -> None:
    assert code_of(DID, write_document(DID, [KEY]) | change) == code


def test_methods_of_an_unknown_type_are_left_out() -> None:
    strange: JsonObject = METHOD | {"id": f"{DID}#rsa", "publicKeyJwk": {"kty": "RSA"}}
    document = published(
        {"id": DID, "verificationMethod": [strange], "assertionMethod": [f"{DID}#rsa", METHOD]}
    )
    assert document.key(None) == KEY
    with pytest.raises(CredentialError, match="method_not_of_issuer"):
        document.key(f"{DID}#rsa")


def test_a_key_of_another_identifier_is_not_published() -> None:
    with pytest.raises(CredentialError, match="did_document_mismatch"):
        write_document(DID, [KEY.with_key_id("did:web:other.example#k")])


@given(
    st.text(max_size=40)
    | st.tuples(st.sampled_from(["did:web:", "did:key:z", "did:jwk:"]), st.text(max_size=40)).map(
        "".join
    )
)
def test_any_text_is_an_identifier_or_refused(did: str) -> None:
    with pytest.raises(CredentialError):
        resolve(did, lambda url: url.encode())


PARTS = st.recursive(
    st.none()
    | st.integers(0, 9)
    | st.sampled_from([DID, f"{DID}#k", "#k", "JsonWebKey", "Multikey", KEY.multikey(), "EC"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "controller", "type", "publicKeyJwk", "publicKeyMultibase", "kty"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["verificationMethod", "assertionMethod", "authentication"]), PARTS
    )
)
def test_any_document_gives_keys_or_is_refused(document: JsonObject) -> None:
    try:
        found = published(document | {"id": DID})
    except CredentialError:
        return
    assert all(key == KEY for key in found.methods.values())


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://issuer.example", "did:web:issuer.example"),
        ("https://issuer.example/o/school", "did:web:issuer.example:o:school"),
        ("https://issuer.example:8443/o", "did:web:issuer.example%3A8443:o"),
    ],
)
def test_an_address_with_a_path_has_a_did_of_its_own(address: str, did: str) -> None:
    assert web.did_web_at(address) == did
    assert web.document_url(did).startswith(address)


@pytest.mark.parametrize(
    "address", ["http://issuer.example/o", "https://issuer.example//o", "https://x.example/a%20b"]
)
def test_an_address_that_no_did_can_name_is_refused(address: str) -> None:
    with pytest.raises(CredentialError, match="did_malformed"):
        web.did_web_at(address)
