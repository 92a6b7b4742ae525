"""eddsa-jcs-2022 and ecdsa-jcs-2019: proofs over plain JSON, and the contexts they name."""

import pytest

from credentials.cryptosuites import ECDSA_JCS_2019, EDDSA_JCS_2022, Cryptosuite, ProofOptions
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError, ProofInvalid, UnsupportedError
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import named

OPTIONS = ProofOptions("did:example:a#k", "assertionMethod", "2026-11-23T12:00:00Z")
V2 = "https://www.w3.org/ns/credentials/v2"
DOCUMENT: JsonObject = {"@context": [V2], "anything": {"goes": [1, 2.5, None, "\u20ac"]}}
CASES = [
    (EDDSA_JCS_2022, Algorithm.EDDSA, 64),
    (ECDSA_JCS_2019, Algorithm.ES256, 64),
    (ECDSA_JCS_2019, Algorithm.ES384, 96),
]
SIGNERS = {algorithm: SoftwareSigner.generate(algorithm) for algorithm in Algorithm}
cases = pytest.mark.parametrize(("suite", "algorithm", "octets"), CASES, ids=named)


def code_of(
    suite: Cryptosuite, document: JsonObject, proof: JsonObject, algorithm: Algorithm
) -> str:
    with pytest.raises((ProofInvalid, UnsupportedError, MalformedError)) as refused:
        suite.verify(document, proof, SIGNERS[algorithm].public)
    return refused.value.code


@cases
def test_a_document_without_json_ld_is_signed_whole(
    suite: Cryptosuite, algorithm: Algorithm, octets: int
) -> None:
    plain: JsonObject = {"anything": [1, {"x": None}]}
    proof = suite.sign(plain, OPTIONS, SIGNERS[algorithm])
    assert "@context" not in proof
    assert len(SIGNERS[algorithm].sign(b"")) == octets
    suite.verify(plain, proof, SIGNERS[algorithm].public)
    others: list[JsonObject] = [
        {"anything": [1, {"x": 0}]},
        {**plain, "y": 1},
        {"@context": V2, **plain},
    ]
    for other in others:
        assert code_of(suite, other, proof, algorithm) == "proof_invalid"
    assert code_of(suite, plain, {**proof, "challenge": "x"}, algorithm) == "proof_invalid"


@cases
@pytest.mark.parametrize(
    ("contexts", "holds"),
    [
        ([V2], True),
        ([V2, "https://www.w3.org/ns/credentials/examples/v2"], True),
        (["https://www.w3.org/ns/credentials/examples/v2", V2], False),
        ([], False),
        ("https://www.w3.org/ns/credentials/examples/v2", False),
    ],
)
def test_contexts_may_follow_the_signed_ones_but_not_replace_them(
    suite: Cryptosuite, algorithm: Algorithm, octets: int, contexts: JsonValue, *, holds: bool
) -> None:
    proof = suite.sign(DOCUMENT, OPTIONS, SIGNERS[algorithm])
    assert proof["@context"] == [V2]
    assert octets
    changed: JsonObject = {**DOCUMENT, "@context": contexts}
    if holds:
        suite.verify(changed, proof, SIGNERS[algorithm].public)
    else:
        assert code_of(suite, changed, proof, algorithm) == "proof_invalid"


@cases
def test_a_key_or_a_name_of_another_suite_is_refused(
    suite: Cryptosuite, algorithm: Algorithm, octets: int
) -> None:
    proof = suite.sign(DOCUMENT, OPTIONS, SIGNERS[algorithm])
    assert octets
    fitting = {case[1] for case in CASES if case[0] is suite}
    for other in set(Algorithm) - fitting:
        assert code_of(suite, DOCUMENT, proof, other) == "cryptosuite_not_allowed"
        with pytest.raises(UnsupportedError) as refused:
            suite.sign(DOCUMENT, OPTIONS, SIGNERS[other])
        assert refused.value.code == "cryptosuite_not_allowed"
    for change in ({"cryptosuite": "ecdsa-jcs-2020"}, {"type": "Proof"}):
        named: JsonObject = {**proof, **change}
        assert code_of(suite, DOCUMENT, named, algorithm) == "cryptosuite_not_allowed"
    for value in (None, "", "u" + str(proof["proofValue"])[1:], "z"):
        spelled: JsonObject = {**proof, "proofValue": value}
        assert code_of(suite, DOCUMENT, spelled, algorithm) == "proof_invalid"
