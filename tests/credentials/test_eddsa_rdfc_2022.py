"""The cryptosuites, apart from the official vectors."""

import pytest

from credentials.cryptosuites import (
    CRYPTOSUITES,
    ECDSA_RDFC_2019,
    ED25519_SIGNATURE_2020,
    EDDSA_RDFC_2022,
    Cryptosuite,
    ProofOptions,
    cryptosuite_of,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner

ED25519 = SoftwareSigner.generate(Algorithm.EDDSA)
P256 = SoftwareSigner.generate(Algorithm.ES256)
DOCUMENT: JsonObject = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://w3id.org/security/suites/ed25519-2020/v1",
    ],
    "type": ["VerifiableCredential"],
    "issuer": "did:example:issuer",
    "name": "Heftruck",
    "credentialSubject": {"id": "did:example:worker"},
}
OPTIONS = ProofOptions("did:example:issuer#key", "assertionMethod", "2026-11-23T12:00:00Z")
SUITES = [(EDDSA_RDFC_2022, ED25519), (ECDSA_RDFC_2019, P256), (ED25519_SIGNATURE_2020, ED25519)]


@pytest.mark.parametrize(("suite", "signer"), SUITES, ids=lambda item: type(item).__name__)
def test_proof_holds_for_its_document_and_no_other(
    suite: Cryptosuite, signer: SoftwareSigner
) -> None:
    proof = suite.sign(DOCUMENT, OPTIONS, signer)
    assert cryptosuite_of(proof) is suite
    suite.verify(DOCUMENT, proof, signer.public)
    for document in ({**DOCUMENT, "name": "Hijskraan"}, {**DOCUMENT, "issuer": "did:example:x"}):
        with pytest.raises(ProofInvalid) as refused:
            suite.verify(document, proof, signer.public)
        assert refused.value.code == "proof_invalid"


@pytest.mark.parametrize(("suite", "signer"), SUITES, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("created", "2026-11-23T12:00:01Z"),
        ("proofPurpose", "authentication"),
        ("verificationMethod", "did:example:issuer#other"),
        ("challenge", "added"),
        ("proofValue", ""),
        ("proofValue", "u" + "A" * 86),
        ("proofValue", "z111"),
        ("proofValue", "z0OIl"),
        ("proofValue", None),
    ],
)
def test_every_option_of_a_proof_is_signed(
    suite: Cryptosuite, signer: SoftwareSigner, member: str, value: JsonValue
) -> None:
    proof = {**suite.sign(DOCUMENT, OPTIONS, signer), member: value}
    with pytest.raises(ProofInvalid) as refused:
        suite.verify(DOCUMENT, proof, signer.public)
    assert refused.value.code == "proof_invalid"


@pytest.mark.parametrize(("suite", "signer"), SUITES, ids=lambda item: type(item).__name__)
def test_key_of_another_algorithm_neither_signs_nor_checks(
    suite: Cryptosuite, signer: SoftwareSigner
) -> None:
    other = P256 if signer is ED25519 else ED25519
    with pytest.raises(UnsupportedError) as unsupported:
        suite.sign(DOCUMENT, OPTIONS, other)
    proof = suite.sign(DOCUMENT, OPTIONS, signer)
    with pytest.raises(ProofInvalid) as refused:
        suite.verify(DOCUMENT, proof, other.public)
    assert unsupported.value.code == refused.value.code == "cryptosuite_not_allowed"


@pytest.mark.parametrize(
    "proof",
    [
        {"type": "DataIntegrityProof", "cryptosuite": "xyz-2099"},
        {"type": "DataIntegrityProof"},
        {"type": "DataIntegrityProof", "cryptosuite": "Ed25519Signature2020"},
        {"type": "Ed25519Signature2020", "cryptosuite": "eddsa-rdfc-2022"},
        {"type": "Ed25519Signature2018"},
        {"type": ["DataIntegrityProof"], "cryptosuite": "eddsa-rdfc-2022"},
        {"type": "DataIntegrityProof", "cryptosuite": ["eddsa-rdfc-2022"]},
        {},
    ],
)
def test_suite_outside_the_list_is_refused(proof: JsonObject) -> None:
    with pytest.raises(UnsupportedError) as refused:
        cryptosuite_of(proof)
    assert refused.value.code == "cryptosuite_not_allowed"


def test_list_is_what_we_say() -> None:
    assert {suite.name for suite in CRYPTOSUITES.values()} == {
        "eddsa-rdfc-2022",
        "eddsa-jcs-2022",
        "ecdsa-rdfc-2019",
        "ecdsa-jcs-2019",
        "Ed25519Signature2020",
    }


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "context_keyword_forbidden"),
        ({"foobar": "evil"}, "term_undefined"),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, "cryptosuite_not_allowed"),
    ],
)
def test_proof_with_other_members_is_refused(extra: JsonObject, code: str) -> None:
    proof = {**EDDSA_RDFC_2022.sign(DOCUMENT, OPTIONS, ED25519), **extra}
    with pytest.raises(CredentialError) as refused:
        EDDSA_RDFC_2022.verify(DOCUMENT, proof, ED25519.public)
    assert refused.value.code == code
