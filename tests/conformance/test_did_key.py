"""did:key and did:jwk: the examples of both methods, and the cases of the did:key test suite.

The suite asks its questions over HTTP; here its refusals are met at the reader itself. What it
calls invalidPublicKeyLength, invalidPublicKey and invalidDid is ``did_malformed`` here; its
unsupportedPublicKeyType is ``key_unsupported`` and its methodNotSupported ``did_method_unknown``.
"""

import pytest

from credentials.bbs_keys import BbsPublicKey
from credentials.dids import did_jwk, did_key, resolve
from credentials.errors import CredentialError, ProofInvalid, UnsupportedError
from credentials.keys import Algorithm

SUITE = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b"
USED = {
    "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK": Algorithm.EDDSA,
    SUITE: Algorithm.EDDSA,
    "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169": Algorithm.ES256,
    "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9": (
        Algorithm.ES384
    ),
}
"""Examples of the method's specification, and the key of its suite."""

UNUSED = {
    "X25519": "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F",
    "secp256k1": "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
}

BBS = (
    "did:key:zUC7K4ndUaGZgV7Cp2yJy6JtMoUHY6u7tkcSYUvPrEidqBmLCTLmi6d5WvwnUqejscAkERJ3bfjEiSYt"
    "dPkRSE8kSa11hFBr4sTgnbZ95SJj19PN2jdvJjyzpSZgxkyyxNnBNnY"
)

JWK_P256 = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVV"
    "M3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)
JWK_X25519 = (
    "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJYMjU1MTkiLCJ1c2UiOiJlbmMiLCJ4IjoiM3A3YmZYdDl3YlRUVzJIQzdP"
    "UTFOei1EUThoYmVHZE5yZngtRkctSUswOCJ9"
)


def no_fetch(url: str) -> bytes:
    raise AssertionError(url)


def code_of(did: str) -> str:
    with pytest.raises(CredentialError) as refused:
        resolve(did, no_fetch)
    return refused.value.code


@pytest.mark.parametrize(("did", "algorithm"), USED.items(), ids=[*USED.values()])
def test_an_example_of_the_method_gives_its_key_for_both_purposes(
    did: str, algorithm: Algorithm
) -> None:
    document = resolve(did, no_fetch)
    method = f"{did}#{did.removeprefix('did:key:')}"
    for purpose in ("assertionMethod", "authentication"):
        key = document.key(method, purpose)
        assert (key.algorithm, key.key_id) == (algorithm, method)
    assert did_key(document.key(method)) == did


@pytest.mark.parametrize("did", UNUSED.values(), ids=UNUSED)
def test_a_key_type_that_signs_nothing_here_is_named_and_refused(did: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        resolve(did, no_fetch)
    assert refused.value.code == "key_unsupported"
    assert refused.value.detail in UNUSED


def test_a_bbs_key_serves_credentials_and_nothing_that_signs_messages() -> None:
    document = resolve(BBS, no_fetch)
    method = f"{BBS}#{BBS.removeprefix('did:key:')}"
    key = document.verification_key(method)
    assert isinstance(key, BbsPublicKey)
    assert key.key_id == method
    assert did_key(key) == BBS
    with pytest.raises(ProofInvalid, match="alg_key_mismatch"):
        document.key(method)
    with pytest.raises(ProofInvalid, match="proof_purpose_mismatch"):
        document.verification_key(method, "authentication")


def test_the_examples_of_did_jwk_are_read_or_refused_by_name() -> None:
    key = resolve(JWK_P256, no_fetch).key(f"{JWK_P256}#0")
    assert did_jwk(key) == JWK_P256
    assert code_of(JWK_X25519) == "key_unsupported"


@pytest.mark.parametrize(
    ("did", "code"),
    [
        (SUITE.replace("did:", "notDid:"), "did_malformed"),
        (SUITE.replace("did:key", "did:experimental"), "did_method_unknown"),
        (SUITE.replace("key:", "key:-4:"), "did_malformed"),
        (SUITE.replace("key:z", "key:"), "did_malformed"),
        ("did:key:@", "did_malformed"),
        ("did:key:zTjsVPtY", "did_malformed"),
        (f"{SUITE}/^bar^/?query=`#{SUITE[8:]}", "did_malformed"),
        (f"{SUITE}#{SUITE[8:]}", "did_malformed"),
        (f"{SUITE}?publicKeyFormat=RsaVerificationKey2018", "did_malformed"),
    ],
    ids=[
        "scheme",
        "method",
        "version",
        "multibase",
        "not a DID",
        "key length",
        "DID URL",
        "fragment",
        "query",
    ],
)
def test_what_the_suite_refuses_is_refused(did: str, code: str) -> None:
    assert resolve(SUITE, no_fetch).id == SUITE
    assert code_of(did) == code


def test_a_method_of_another_body_is_not_in_the_document() -> None:
    document = resolve(SUITE, no_fetch)
    other = next(did for did in USED if did != SUITE).removeprefix("did:key:")
    with pytest.raises(CredentialError, match="method_not_of_issuer"):
        document.key(f"{SUITE}#{other}")
