"""The official vectors of ecdsa-rdfc-2019 and ecdsa-jcs-2019: every intermediate, byte for byte.

They were made with deterministic ECDSA, so that even the signatures can be compared.
"""

from pathlib import Path

import pytest

from credentials.cryptosuites import (
    ECDSA_JCS_2019,
    ECDSA_RDFC_2019,
    Cryptosuite,
    ProofOptions,
    cryptosuite_of,
)
from credentials.cryptosuites.base import (
    HASH_OF,
    canonical_document,
    hash_data,
    json_hash_data,
    proof_configuration,
    signature_of,
)
from credentials.encoding import canonical_json
from credentials.errors import ProofInvalid
from credentials.jsonld.rdf_canonical import HASHES
from credentials.keys import Algorithm, SoftwareSigner
from tests.conformance.di_vectors import DeterministicSigner, key_of, load, signer_of, unsecured
from tests.conftest import named

CASES = [
    ("ecdsa-rdfc-2019-p256", "ECDSAP256", ECDSA_RDFC_2019),
    ("ecdsa-rdfc-2019-p256/employ", "ECDSAP256", ECDSA_RDFC_2019),
    ("ecdsa-rdfc-2019-p384", "ECDSAP384", ECDSA_RDFC_2019),
    ("ecdsa-rdfc-2019-p384/employ", "ECDSAP384", ECDSA_RDFC_2019),
    ("ecdsa-jcs-2019-p256", "JCSECDSAP256", ECDSA_JCS_2019),
    ("ecdsa-jcs-2019-p384", "JCSECDSAP384", ECDSA_JCS_2019),
]
cases = pytest.mark.parametrize(("folder", "ending", "suite"), CASES, ids=named)


@cases
def test_every_intermediate_is_as_published(
    folder: str, ending: str, suite: Cryptosuite, vectors: Path
) -> None:
    place = vectors / "di-ecdsa" / folder

    def text(name: str) -> str:
        return (place / f"{name}{ending}.txt").read_text(encoding="utf-8")

    document, proof = unsecured(load(place / f"signed{ending}.json"))
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    config = load(place / f"proofConfig{ending}.json")
    assert {**options, "@context": document["@context"]} == config
    key = key_of(str(proof["verificationMethod"]))
    algorithm = HASH_OF[key.algorithm]
    if suite is ECDSA_JCS_2019:
        canonical = [canonical_json(value).decode() for value in (document, options)]
        data = json_hash_data(document, options, algorithm)
    else:
        configuration = proof_configuration(document, options, ECDSA_RDFC_2019.name)
        canonical = [canonical_document(value, algorithm) for value in (document, configuration)]
        data = hash_data(document, configuration, algorithm)
    assert canonical == [text("canonDoc"), text("proofCanon")]
    digests = [HASHES[algorithm](value.encode()).hexdigest() for value in canonical]
    assert digests == [text("docHash").strip(), text("proofHash").strip()]
    assert data.hex() == text("combinedHash").strip()
    assert signature_of(proof).hex() == text("sigHex").strip()
    assert proof["proofValue"] == text("sigBTC58").strip()
    assert cryptosuite_of(proof) is suite
    suite.verify(document, proof, key)


@cases
def test_our_proof_is_the_published_one(
    folder: str, ending: str, suite: Cryptosuite, vectors: Path
) -> None:
    signed = load(vectors / "di-ecdsa" / folder / f"signed{ending}.json")
    document, published = unsecured(signed)
    method = str(published["verificationMethod"])
    pair = load(vectors / "di-ecdsa" / f"p{ending[-3:]}KeyPair.json")
    signer = DeterministicSigner(signer_of(pair, method))
    options = ProofOptions(method, "assertionMethod", str(published["created"]))
    assert suite.sign(document, options, signer) == published


@cases
def test_another_key_or_another_document_is_refused(
    folder: str, ending: str, suite: Cryptosuite, vectors: Path
) -> None:
    document, proof = unsecured(load(vectors / "di-ecdsa" / folder / f"signed{ending}.json"))
    key = key_of(str(proof["verificationMethod"]))
    suite.verify(document, proof, key)
    other_curve = {Algorithm.ES256: Algorithm.ES384, Algorithm.ES384: Algorithm.ES256}
    for other in (key.algorithm, other_curve[key.algorithm]):
        with pytest.raises(ProofInvalid) as refused:
            suite.verify(document, proof, SoftwareSigner.generate(other).public)
        assert refused.value.code == "proof_invalid"
    with pytest.raises(ProofInvalid) as refused:
        suite.verify(document, proof, SoftwareSigner.generate(Algorithm.EDDSA).public)
    assert refused.value.code == "cryptosuite_not_allowed"
    with pytest.raises(ProofInvalid) as refused:
        suite.verify({**document, "validFrom": "2023-01-01T00:00:01Z"}, proof, key)
    assert refused.value.code == "proof_invalid"
