"""Proof sets and chains of every suite (VC Data Integrity 1.0, sections 2.1.1 and 2.1.2)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from credentials.bbs_keys import VerificationKey
from credentials.cryptosuites import (
    ECDSA_JCS_2019,
    ECDSA_RDFC_2019,
    ECDSA_SD_2023,
    EDDSA_JCS_2022,
    EDDSA_RDFC_2022,
    Cryptosuite,
    ProofOptions,
)
from credentials.cryptosuites.proofs import check_proofs
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import NOW, named
from tests.formats.conftest import entropy

DOCUMENT: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:school.example",
    "credentialSubject": {"id": "did:web:worker.example"},
}
SUITES: list[tuple[Cryptosuite, Algorithm]] = [
    (EDDSA_RDFC_2022, Algorithm.EDDSA),
    (EDDSA_JCS_2022, Algorithm.EDDSA),
    (ECDSA_RDFC_2019, Algorithm.ES256),
    (ECDSA_RDFC_2019, Algorithm.ES384),
    (ECDSA_JCS_2019, Algorithm.ES384),
]
SIGNERS = {
    f"did:web:school.example#{algorithm}": SoftwareSigner.generate(algorithm)
    for algorithm in Algorithm
}
IDS = ["urn:uuid:first", "urn:uuid:second", "urn:uuid:third"]


def key_of(method: str) -> VerificationKey:
    return SIGNERS[method].public


def signed(
    suite: Cryptosuite,
    algorithm: Algorithm,
    *,
    proof_id: str | None = None,
    before: Sequence[JsonObject] = (),
    previous: str | tuple[str, ...] | None = None,
) -> JsonObject:
    """A proof over the document, and over the proofs before it."""
    method = f"did:web:school.example#{algorithm}"
    options = ProofOptions(
        method,
        "assertionMethod",
        "2026-11-23T12:00:00Z",
        proof_id=proof_id,
        previous_proof=previous,
    )
    document: JsonObject = {**DOCUMENT, "proof": [*before]} if before else DOCUMENT
    return suite.sign(document, options, SIGNERS[method])


def check(*proofs: JsonObject) -> None:
    check_proofs({**DOCUMENT, "proof": [*proofs]}, key_of, purpose="assertionMethod", at=NOW)


def code_of(*proofs: JsonObject) -> str:
    with pytest.raises(CredentialError) as refused:
        check(*proofs)
    return refused.value.code


def test_a_set_of_all_suites_holds_in_any_order() -> None:
    proofs = [signed(suite, algorithm) for suite, algorithm in SUITES]
    check(*proofs)
    check(*reversed(proofs))
    broken: JsonObject = {**proofs[2], "created": "2026-11-23T11:59:59Z"}
    assert code_of(*proofs[:2], broken, *proofs[3:]) == "proof_invalid"


@pytest.mark.parametrize(("suite", "algorithm"), SUITES, ids=named)
@pytest.mark.parametrize("as_list", [False, True])
def test_a_proof_may_build_upon_another(
    suite: Cryptosuite, algorithm: Algorithm, *, as_list: bool
) -> None:
    first = signed(EDDSA_RDFC_2022, Algorithm.EDDSA, proof_id=IDS[0])
    previous = (IDS[0],) if as_list else IDS[0]
    second = signed(suite, algorithm, before=[first], previous=previous)
    assert second["previousProof"] == ([IDS[0]] if as_list else IDS[0])
    check(first, second)
    check(second, first)
    assert code_of(second) == "proof_invalid"
    other = signed(ECDSA_RDFC_2019, Algorithm.ES256, proof_id=IDS[0])
    assert code_of(other, second) == "proof_invalid"
    loose: JsonObject = {name: v for name, v in second.items() if name != "previousProof"}
    assert code_of(first, loose) == "proof_invalid"


def test_a_proof_may_build_upon_two_and_a_third_upon_it() -> None:
    first = signed(EDDSA_RDFC_2022, Algorithm.EDDSA, proof_id=IDS[0])
    second = signed(ECDSA_RDFC_2019, Algorithm.ES384, proof_id=IDS[1])
    third = signed(
        ECDSA_RDFC_2019,
        Algorithm.ES256,
        proof_id=IDS[2],
        before=[first, second],
        previous=(IDS[0], IDS[1]),
    )
    last = signed(ECDSA_RDFC_2019, Algorithm.ES256, before=[third], previous=IDS[2])
    for order in permutations([first, second, third, last]):
        check(*order)
    assert code_of(first, third, last) == "proof_invalid"


@pytest.mark.parametrize("previous", ["urn:uuid:absent", ["urn:uuid:first", "x"], [], 7, {}, [[]]])
def test_a_previous_proof_that_is_not_there_is_refused(previous: JsonValue) -> None:
    first = signed(EDDSA_RDFC_2022, Algorithm.EDDSA, proof_id=IDS[0])
    second: JsonObject = {**signed(EDDSA_JCS_2022, Algorithm.EDDSA), "previousProof": previous}
    assert code_of(first, second) == "proof_invalid"


def test_two_proofs_of_one_name_are_ambiguous() -> None:
    first = signed(EDDSA_RDFC_2022, Algorithm.EDDSA, proof_id=IDS[0])
    twin = signed(ECDSA_RDFC_2019, Algorithm.ES256, proof_id=IDS[0])
    second = signed(ECDSA_RDFC_2019, Algorithm.ES256, before=[first], previous=IDS[0])
    assert code_of(first, twin, second) == "proof_invalid"


def test_a_base_proof_stands_beside_others_with_its_holder_alone() -> None:
    method = "did:web:school.example#ES256"
    options = ProofOptions(method, "assertionMethod", "2026-11-23T12:00:00Z")
    base = ECDSA_SD_2023.sign(
        DOCUMENT,
        replace(options, proof_id=IDS[0]),
        SIGNERS[method],
        mandatory=["/issuer"],
        entropy=entropy,
    )
    whole = signed(EDDSA_RDFC_2022, Algorithm.EDDSA)
    upon = signed(ECDSA_RDFC_2019, Algorithm.ES256, before=[base], previous=IDS[0])
    held: JsonObject = {**DOCUMENT, "proof": [whole, base, upon]}
    assert check_proofs(held, key_of, purpose="assertionMethod", at=NOW, held=True) == frozenset()
    assert code_of(whole, base) == "base_proof_presented"
